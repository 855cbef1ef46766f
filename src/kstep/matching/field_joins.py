"""Joining the dates and documents of two sides: every pair of dates that is strong, every pair of documents that agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from kstep.matching.arrays import Pairs, pairs_of
from kstep.matching.reference_dates import compare_dates
from kstep.matching.reference_fields import LONGEST_NUMBER, compare_document, core_of
from kstep.matching.weights import Weights
from kstep.model import Document, PartialDate, Precision

JOINED_DATES = frozenset({"equal", "equal 1 January", "day and month swapped", "same month"})
"""Relations of dates that the join looks for."""


def weak_date(weights: Weights) -> int:
    """The most that a date can earn by a relation that the join does not look for: what earns more is strong."""
    return max(0, *(worth for relation, worth in weights.birth_date.items() if relation not in JOINED_DATES))


def join_dates(people: Sequence[PartialDate], entries: Sequence[PartialDate], weights: Weights) -> Pairs:
    """Strong relations: one day, one day with day and month swapped, or one month where a side knows no more."""
    weak = weak_date(weights)
    days: defaultdict[date, list[int]] = defaultdict(list)
    days_of_month: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    months: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, known in enumerate(entries):
        first = known.earliest
        if known.precision is Precision.DAY:
            days[first].append(number)
            days_of_month[first.year, first.month].append(number)
        elif known.precision is Precision.MONTH:
            months[first.year, first.month].append(number)
    found = []
    for number, known in enumerate(people):
        first = known.earliest
        others: list[int] = []
        if known.precision is Precision.DAY:
            others = [*days.get(first, ()), *months.get((first.year, first.month), ())]
            if first.day <= 12 and first.day != first.month:
                others += days.get(first.replace(month=first.day, day=first.month), ())
        elif known.precision is Precision.MONTH:
            others = [*months.get((first.year, first.month), ()), *days_of_month.get((first.year, first.month), ())]
        for other in others:
            worth = weights.birth_date[compare_dates(known, entries[other])]
            if worth > weak:
                found.append((number, other, worth))
    return pairs_of(len(people), found)


def join_documents(people: Sequence[Document], entries: Sequence[Document], weights: Weights) -> Pairs:
    """Every pair of documents that agree: equal, equal in their core, or one character apart and so sharing a number with
    one deleted.

    Equal numbers that are too short to say anything are among them, worth 0: they do not conflict.
    """
    by_key: defaultdict[str, list[int]] = defaultdict(list)
    least = weights.document["one_off_least_length"]
    for number, document in enumerate(entries):
        for key in _document_keys(document.key, least):
            by_key[key].append(number)
    found = []
    for number, document in enumerate(people):
        keys = _document_keys(document.key, least)
        for other in sorted({other for key in keys for other in by_key.get(key, ())}):
            relation, worth = compare_document(document, entries[other], weights)
            if relation not in ("conflict", "other document"):
                found.append((number, other, worth))
    return pairs_of(len(people), found)


def _document_keys(key: str, least: int) -> set[str]:
    keys = {key, core_of(key)} - {""}
    if least <= len(key) <= LONGEST_NUMBER:
        keys.update(key[:place] + key[place + 1 :] for place in range(len(key)))
    return keys
