"""Reading from the settings of a home where its checkpoints go:

    [checkpoints]
    directory = "/mnt/elsewhere"

    [checkpoints.mail]
    server = "mail.example:587"         # 465 with tls = true
    sender = "kstep@screening.example"
    to = ["inspector@oversight.example"]
    user, password_file, authority, tls are optional

    [checkpoints.witness]
    url = "https://witness.example"
    key = "witness.example/w1+…"        # authority is optional

Of each there may be several, as a list. Paths begin at the home, unless they begin with /.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import Any

from kstep.ledger.leaving import Directory, Way
from kstep.ledger.mail import Mail
from kstep.ledger.verifier import COSIGNATURE, Key, Refused
from kstep.ledger.witness import Witness
from kstep.model import InputError

SECTION = "checkpoints"
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\\\[\]]+@[^\s@<>,;:\"()\\\[\]]+")


def ways_of(settings: Mapping[str, Any], home: Path) -> list[Way]:
    """Where the settings of this home have checkpoints go. Raises `InputError` at what cannot be understood."""
    section = settings.get(SECTION, {})
    readers: dict[str, Callable[[Any, Path, str], Way]] = {
        "directory": _directory,
        "mail": mail_of,
        "witness": _witness,
    }
    if not isinstance(section, dict) or (unknown := sorted(set(section) - set(readers))):
        what = f"does not know {unknown[0]!r}" if isinstance(section, dict) else "is no table"
        raise InputError(what, where=f"kstep.toml, [{SECTION}]", mend=f"name {', '.join(readers)}")
    found: list[Way] = []
    for name, held in section.items():
        for one in held if isinstance(held, list) else [held]:
            found.append(readers[name](one, home, f"kstep.toml, [{SECTION}] {name}"))
    return found


def _directory(held: Any, home: Path, where: str) -> Directory:
    if not isinstance(held, str) or not held:
        raise InputError("is no path", where=where, mend='write directory = "/mnt/elsewhere"')
    return Directory(home / held)


def mail_of(held: Any, home: Path, where: str, needed: Set[str] = frozenset({"server", "sender", "to"})) -> Mail:
    """The mail server of a table of the settings. Raises `InputError`."""
    told = _members(held, where, set(needed), {"user", "password_file", "authority", "tls"})
    host, colon, port = str(told["server"]).rpartition(":")
    if not colon or not re.fullmatch(r"[^\s/@]+", host) or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise InputError("names no server", where=where, mend='write server = "mail.example:587"')
    to = told.get("to", told["sender"])
    recipients = tuple(to if isinstance(to, list) else [to])
    if not recipients or not all(
        isinstance(address, str) and _ADDRESS.fullmatch(address) for address in (told["sender"], *recipients)
    ):
        raise InputError("has a sender or recipients that are no addresses", where=where, mend="write NAME@HOST")
    tls = told.get("tls", False)
    if not isinstance(tls, bool):
        raise InputError("tls is neither true nor false", where=where, mend="write tls = true for port 465")
    return Mail(
        host, int(port), told["sender"], recipients, not tls, str(told.get("user", "")), _path(told, "password_file", home),
        _path(told, "authority", home),
    )  # fmt: skip


def _witness(held: Any, home: Path, where: str) -> Witness:
    told = _members(held, where, {"url", "key"}, {"authority"})
    if not re.fullmatch(r"https?://[^\s?#@]+", str(told["url"])):
        raise InputError("has no URL of a witness", where=where, mend='write url = "https://witness.example"')
    keys = told["key"] if isinstance(told["key"], list) else [told["key"]]
    try:
        parsed = tuple(Key.parse(str(key)) for key in keys)
    except Refused as refused:
        raise InputError(str(refused), where=where, mend="write the key that the witness tells") from None
    if not parsed or any(key.type != COSIGNATURE for key in parsed):
        raise InputError("has a key that is no witness's", where=where, mend="write the key that the witness tells")
    return Witness(str(told["url"]), parsed, _path(told, "authority", home))


def _path(told: Mapping[str, Any], name: str, home: Path) -> Path | None:
    return home / str(told[name]) if name in told else None


def _members(held: Any, where: str, needed: set[str], others: set[str]) -> dict[str, Any]:
    if not isinstance(held, dict):
        raise InputError("is no table", where=where, mend=f"give it {', '.join(sorted(needed))}")
    if missing := sorted(needed - set(held)):
        raise InputError(f"lacks {missing[0]}", where=where, mend=f"give it {', '.join(sorted(needed))}")
    if unknown := sorted(set(held) - needed - others):
        raise InputError(
            f"does not know {unknown[0]!r}", where=where, mend=f"name {', '.join(sorted(needed | others))}"
        )
    return dict(held)


__all__ = ["mail_of", "ways_of"]
