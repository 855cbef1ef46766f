"""Whether what was read of a source adds up to what is in it, and to what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from kstep.lists import Edition
from kstep.lists.account import Reason

OF_PEOPLE = ("individual", "Person", "row")
"""What readers call a record of a person; every row of a table is one."""

_WHOLE = (Reason.NAMELESS, Reason.DUPLICATE_ID, Reason.UNREADABLE_ROW)
"""Reasons for which a whole record of a person is left out."""

_OTHERS = ((Reason.ENTITY, ("entity",)), (Reason.VESSEL, ("vessel", "ship")), (Reason.AIRCRAFT, ("aircraft",)))


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Records of people in the source, how many became entries and how many were left out whole; what does not add up, in words;
    and how many records the source says it holds and how many it does, None where it says nothing.
    """

    people: int
    persons: int
    left_out: int
    odd: tuple[str, ...]
    stated: tuple[int, int] | None


def reconciled(edition: Edition) -> Reconciliation:
    """The account of an edition."""
    left_out = edition.left_out_by_reason
    people, persons = sum(edition.rows.get(kind, 0) for kind in OF_PEOPLE), len(edition.entries)
    odd = []
    if not 0 <= people - persons <= sum(left_out.get(reason.value, 0) for reason in _WHOLE):
        odd.append(f"{people:,} records of people became {persons:,} entries, and the rest is not accounted for")
    for reason, kinds in _OTHERS:
        records = sum(edition.rows.get(kind, 0) for kind in kinds)
        if records > left_out.get(reason.value, 0):
            odd.append(f"{records:,} records are of the kind {reason.value}, and not all of them were left out")
    return Reconciliation(people, persons, people - persons, tuple(odd), edition.stated)


__all__ = ["Reconciliation", "reconciled"]
