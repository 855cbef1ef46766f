"""Which given names a token may stand for: *Bob* for *Robert*, *Sasha* for *Alexander*; and, apart from these, the standard
translations of one name (*John*, *Ivan*, *Juan*).

Both are a pinned table that `tools/build_nicknames.py` makes. A token is in at most six classes; two tokens may be the
name of one person if they share a class.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from kstep.names.scripts import Script, latin, script_of


def nickname_classes(token: str) -> tuple[str, ...]:
    """The given names, each named by one spelling, that a token may stand for, a name of its own among them; none if it is
    not known. Cyrillic tokens are looked up by their first romanisation.
    """
    return _found("nickname", token)


def equivalents(token: str) -> tuple[str, ...]:
    """The classes of names in other languages to which a token belongs: a weaker hint than a nickname, because most people
    use their name in one language only.
    """
    return _found("equivalent", token)


def asset() -> bytes:
    """The table's bytes."""
    return (Path(__file__).parent / "data" / "nicknames.tsv").read_bytes()


def _found(kind: str, token: str) -> tuple[str, ...]:
    known = _tables()[kind]
    return known.get(latin(token) if script_of(token) is Script.CYRILLIC else token, ())


@functools.cache
def _tables() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    tables: dict[str, dict[str, tuple[str, ...]]] = {"nickname": {}, "equivalent": {}}
    for line in asset().decode().splitlines():
        if not line.startswith("#"):
            kind, token, classes = line.split("\t")
            tables[kind][token] = tuple(classes.split())
    return tables
