"""Moments and lengths of time as people write them. Programs give microseconds, which are taken everywhere as well."""

from __future__ import annotations

import re

from kstep.model import InputError, ValueRefused

_END = 7_258_118_400_000_000
"""The year 2200, in microseconds since 1970: until then numbers are such as every program carries."""

_MICROSECONDS = re.compile("[0-9]{14,16}")
"""A moment as programs give it; what has fewer digits is a day, or nothing."""


def moment_in(text: str, where: str = "--says", *, now: int | None = None) -> int:
    """A moment as people write it, in microseconds since 1970; with `now`, also as a length of time from then on. Raises
    `InputError`.
    """
    from datetime import UTC, datetime

    if _MICROSECONDS.fullmatch(text):
        found = int(text)
    elif now is not None and (length := _length(text)) is not None:
        found = now + length
    else:
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            forms = "2027-03-01T09:00Z or 2027-03-01" if now is None else "2027-03-01T09:00Z, 2027-03-01 or 4 hours"
            mend = f"write it as {forms}, or in microseconds since 1970"
            raise InputError(f"{text[:40]!r} is no moment", where=where, mend=mend) from None
        found = int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()) * 1_000_000
    if not 0 <= found < _END:
        raise InputError(f"{text[:40]!r} is too far off", where=where, mend="give a moment from 1970 to 2199")
    return found


def length_in(text: str, where: str) -> int:
    """A length of time as people write it, in microseconds. Raises `InputError`."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else _length(text)
    if found is None:
        mend = "write it as 30 minutes, 4 hours or 2 days, or in microseconds"
        raise InputError(f"{text[:40]!r} is no length of time", where=where, mend=mend)
    return found


def _length(text: str) -> int | None:
    from kstep.protocol.protocol import Length

    try:
        return Length.parse(text).microseconds
    except ValueRefused:
        return None


def told_field(name: str, value: str) -> str:
    """What a fact says in a field, as people read it: a moment as a day and time in UTC."""
    from kstep.cli.tables import told_dates
    from kstep.protocol.facts import MOMENTS

    is_moment = name in MOMENTS and value.isascii() and value.isdigit() and int(value) < _END
    return told_dates(int(value)) if is_moment else value


__all__ = ["length_in", "moment_in", "told_field"]
