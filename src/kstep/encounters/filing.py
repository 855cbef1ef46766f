"""Evidence that comes later: to which fact it is put, and as what, as whoever puts it there may leave it to be understood."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kstep.encounters.checking import FileError
from kstep.encounters.facts import name_of

_NAMED = re.compile(r"(?:(?P<log>[^#]*)#)?(?P<number>[0-9]{1,18})")


def filed(says: Mapping[str, str], kinds: Sequence[str], own: str) -> dict[str, str]:
    """What an *EvidenceFiled* with evidence of these kinds says: its fact by the whole id, where only the number of an event in the
    log of this node, `own`, is given; and the kind of its evidence. Raises `FileError` if that is left open.
    """
    found = dict(says)
    if named := _NAMED.fullmatch(found.get("fact", "").strip()):
        found["fact"] = name_of(named["log"] or own, int(named["number"]))
    if not found.get("kind"):
        several = list(dict.fromkeys(kinds))
        if len(several) != 1:
            mend = f"say --says kind=…, one of {', '.join(several)}" if several else "give it with --evidence KIND=FILE"
            what = "does not say kind, as which it counts" if several else "brings no evidence"
            raise FileError(f"EvidenceFiled {what}; {mend}")
        found["kind"] = several[0]
    return found


def short_id(id: str, own: str) -> str:
    """What people call a fact: of this node's own log, by the number of its event alone."""
    log, _, number = id.rpartition("#")
    return f"{int(number)}" if log == own else f"{log}#{int(number)}"


__all__ = ["filed", "short_id"]
