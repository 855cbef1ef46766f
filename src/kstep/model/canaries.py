"""Canaries: made-up people and entries that are screened as all others are, so that it is noticed if screening fails in silence.

They are marked for good by what never changes: the number of such a person is below 0, and such an entry is on the one list of this
name. A pair of one of them with anybody or anything else is nothing.
"""

from __future__ import annotations

CANARIES = "canaries"
"""The list of their entries; no other list has this name."""


def is_canary(person: int) -> bool:
    """Whether the person of this number is made up."""
    return person < 0


def belongs(person: int, list: str) -> bool:
    """Whether a pair of this person with an entry of this list can be a possible match: both are made up, or neither."""
    return is_canary(person) == (list == CANARIES)


__all__ = ["CANARIES", "belongs", "is_canary"]
