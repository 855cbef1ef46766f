"""What a reader keeps beside the entries: how many records of which kind it met, and what it left out, where and
why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from kstep.lists.edition import Edition, LeftOut
from kstep.model import Entry, one_line


class Reason(StrEnum):
    """Why something of the source is not in the edition. The first four are records that are not people."""

    ENTITY = "entity"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    NOT_A_PERSON = "not a person"
    UNREADABLE_ROW = "unreadable row"
    NAMELESS = "no name"
    DUPLICATE_ID = "duplicate id"
    POINTS_AT_NOTHING = "points at no entry"
    UNREADABLE_NAME = "unreadable name"
    UNREADABLE_DATE = "unreadable date"
    UNKNOWN_COUNTRY = "unknown country"
    UNKNOWN_SEX = "unknown sex"
    UNREADABLE_DOCUMENT = "unreadable document"
    UNREADABLE_FIELD = "unreadable field"
    BROKEN_OFF = "broken off"
    FALSE_DOCUMENT = "document known to be false"


class Account:
    """Collects the account of one source while it is read; `edition` freezes it. The only mutable value in this
    room.
    """

    def __init__(self) -> None:
        self._rows: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._left_out: list[LeftOut] = []
        self._notes: list[str] = []
        self._stated: tuple[int, int] | None = None
        self._unended: list[str] = []

    def count(self, kind: str) -> None:
        """One more record of `kind` was met in the source, kept or not."""
        self._rows[kind] += 1

    def leave_out(self, reason: Reason, where: str, detail: str = "") -> None:
        """A record or a field is left out: `where` names the line or the publisher's id, `detail` quotes what it
        said.
        """
        self._left_out.append(LeftOut(reason.value, where, one_line(detail, 200)))

    def unknown(self, element: str) -> None:
        """An element, attribute or column that the publisher's schema, as this reader knows it, does not have."""
        self._unknown[one_line(element, 200)] += 1

    def note(self, text: str) -> None:
        """Something about the whole source that a person should see."""
        self._notes.append(one_line(text))

    def stated(self, says: int, holds: int) -> None:
        """The source says how many records it holds, and this is how many it does."""
        self._stated = (says, holds)

    def unended(self, file: str) -> None:
        """A file lacks the mark by which its publisher ends it."""
        self._unended.append(file)

    def edition(self, edition_id: str, kind: str, source_date: date | None, entries: Iterable[Entry]) -> Edition:
        """The finished edition."""
        return Edition(
            id=edition_id,
            kind=kind,
            source_date=source_date,
            entries=tuple(entries),
            rows=dict(sorted(self._rows.items())),
            left_out=tuple(self._left_out),
            unknown=dict(sorted(self._unknown.items())),
            notes=tuple(self._notes),
            stated=self._stated,
            unended=tuple(self._unended),
        )
