"""Which referral a fact is about, and of which match a message tells: what is sent and answered for a pairing is of that pairing,
and no pairing is referred twice at once.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from kstep.encounters.checking import FileError, entry_of
from kstep.encounters.projection import pairing_of
from kstep.encounters.tables import pairings
from kstep.model import one_line
from kstep.protocol.facts import KINDS
from kstep.protocol.history import History
from kstep.register.tables import is_of


def check_referral(before: History, kind: str, about: Mapping[str, str]) -> None:
    """Raise `FileError` if a fact is about a referral that nobody made, or makes one while another of the same pairing waits."""
    key, pairing = about.get("referral"), about.get("pairing")
    if key is None:
        return
    of = _referred(before)
    if kind == "ReferralMade":
        if key in of:
            raise FileError(
                f"there is a referral {one_line(key, 40)} already; leave the key out, and a new one is made"
            )
        if waiting := _unanswered(before, pairing):
            mend = "record the answer first (ConfirmationReceived; no-reply, if none comes)"
            raise FileError(
                f"{one_line(str(pairing), 40)} is referred already, as {waiting}, and nobody answered yet; {mend}"
            )
    elif key not in of:
        known = ", ".join(f"{one} ({other})" if other else one for one, other in of.items())
        there = (
            f"it has {known}"
            if known
            else "it has none; a referral is made first, or taken from the office that made it"
        )
        raise FileError(f"{kind}: there is no referral {one_line(key, 40)!r} in this file; {there}")
    elif pairing and of[key] and pairing != of[key]:
        raise FileError(f"{kind}: the referral {key} is of {of[key]}, not of {one_line(pairing, 40)}; say which it is")


def with_pairing(before: History, kind: str, about: Mapping[str, str]) -> dict[str, str]:
    """What a fact is about, with the pairing of the referral that it names, where it says only that."""
    pairing = _referred(before).get(about.get("referral", ""))
    if pairing and kind in KINDS and {"pairing", "referral"} <= set(KINDS[kind].about):
        return {"pairing": pairing, **about}
    return dict(about)


def _referred(before: History) -> dict[str, str]:
    """The referrals of a file, and the pairing of each; nothing where none is known."""
    found: dict[str, str] = {}
    for fact in before.facts:
        if (one := fact.about.get("referral")) and not found.get(one):
            found[one] = fact.about.get("pairing", "")
    return found


def _unanswered(before: History, pairing: str | None) -> str:
    """The referral of a pairing that waits for its first answer; nothing if none does. A withdrawn match has none that matters."""
    waiting: dict[str, None] = {}
    for fact in before.facts:
        if fact.about.get("pairing") != pairing:
            continue
        if fact.kind == "ReferralMade":
            waiting[fact.about.get("referral", "")] = None
        elif fact.kind == "ConfirmationReceived":
            waiting.pop(fact.about.get("referral", ""), None)
        elif fact.kind == "PossibleMatchWithdrawn":
            waiting.clear()
    return next(iter(waiting), "")


def matches_in(connection: Connection, person: int) -> set[tuple[str, int]]:
    """The possible matches that stand in the file of a person: the list of each, and kstep's number of its entry."""
    asked = select(pairings.c.list, pairings.c.entry).where(is_of(pairings, person), pairings.c.state != "withdrawn")
    return {(line.list, line.entry) for line in connection.execute(asked)}


def check_match(connection: Connection, before: History, about: Mapping[str, str], body: Mapping[str, object]) -> None:
    """Raise `FileError` if a message tells of another match than the file's that it is sent for."""
    match = body.get("match")
    if not isinstance(match, Mapping):
        return
    keys = {about["pairing"]} if "pairing" in about else set[str]()
    for fact in () if keys else before.facts:
        if "pairing" in fact.about and ("referral" not in about or fact.about.get("referral") == about["referral"]):
            keys.add(fact.about["pairing"])
    known = []
    for key in sorted(keys):
        if (named := pairing_of(key)) is None or "entry" not in (entry := entry_of(connection, key)):
            return  # another office's entry, of which nothing is known here
        if (named[0], entry["entry"]) == (match.get("list"), match.get("entry")):
            return
        known.append(f"{key}, the entry {entry['entry']} of {named[0]}")
    told = one_line(f"{match.get('entry')} of {match.get('list')}", 80)
    mend = f"it is sent for {'; '.join(known)}" if known else "there is no match in the file"
    raise FileError(f"the message tells of a match with the entry {told}; {mend}")


__all__ = ["check_match", "check_referral", "matches_in", "with_pairing"]
