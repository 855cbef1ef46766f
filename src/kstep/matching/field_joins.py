"""Joining the dates and documents of two sides: every pair of dates that is strong, every pair of documents that agree.

Keys of a side are plain arrays: whoever joins it often, or with little, keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Pairs, Shorts, letters_of, pairs_of
from kstep.matching.kernels.documents import (
    DocumentKeys,
    DocumentNumbers,
    DocumentPrices,
    folded,
    join_numbers,
    keys_in_buckets,
)
from kstep.matching.kernels.token_keys import hash_texts
from kstep.matching.reference_dates import compare_dates
from kstep.matching.threads import in_threads
from kstep.matching.weights import Weights
from kstep.model import Document, DocumentType, PartialDate, Precision

JOINED_DATES = frozenset({"equal", "equal 1 January", "day and month swapped", "same month"})
"""Relations of dates that the join looks for."""


def weak_date(weights: Weights) -> int:
    """The most that a date can earn by a relation that the join does not look for: what earns more is strong."""
    return max(0, *(worth for relation, worth in weights.birth_date.items() if relation not in JOINED_DATES))


class DateKeys(NamedTuple):
    """The dates of a side that a strong date may be strong with: ordinals of days, ascending, and which dates these are; the same
    of dates of which only the month is known, numbered as `_month` does.
    """

    day: Shorts
    day_date: Shorts
    month: Shorts
    month_date: Shorts


def date_keys(dates: Sequence[PartialDate]) -> DateKeys:
    """The sorted keys of a side's dates."""
    days = [(known.earliest.toordinal(), at) for at, known in enumerate(dates) if known.precision is Precision.DAY]
    months = [(_month(known.earliest), at) for at, known in enumerate(dates) if known.precision is Precision.MONTH]
    by_day, by_month = (np.array(sorted(keys), np.int32).reshape(-1, 2).T.copy() for keys in (days, months))
    return DateKeys(by_day[0], by_day[1], by_month[0], by_month[1])


def _month(day: date) -> int:
    return day.year * 12 + day.month


def join_dates(
    people: Sequence[PartialDate], entries: Sequence[PartialDate], keys: DateKeys, weights: Weights
) -> Pairs:
    """Strong relations: one day, one day with day and month swapped, or one month where a side knows no more. `keys` are those of
    the entries.
    """
    weak = weak_date(weights)
    days: list[tuple[int, int, int]] = []
    months: list[tuple[int, int, int]] = []
    for number, known in enumerate(people):
        first = known.earliest
        if known.precision is Precision.DAY:
            days.append((number, first.toordinal(), first.toordinal()))
            if first.day <= 12 and first.day != first.month:
                swapped = first.replace(month=first.day, day=first.month).toordinal()
                days.append((number, swapped, swapped))
        elif known.precision is Precision.MONTH:
            days.append((number, first.toordinal(), known.latest.toordinal()))
        else:
            continue
        months.append((number, _month(first), _month(first)))
    found = []
    for asked, values, owners in ((days, keys.day, keys.day_date), (months, keys.month, keys.month_date)):
        for number, other in _within(asked, values, owners):
            worth = weights.birth_date[compare_dates(people[number], entries[other])]
            if worth > weak:
                found.append((number, other, worth))
    return pairs_of(len(people), found)


def _within(asked: Sequence[tuple[int, int, int]], values: Shorts, owners: Shorts) -> zip[tuple[int, int]]:
    """For each (number, least, most) that is asked for, the number beside each owner of a value from least to most."""
    rows = np.array(asked, np.int64).reshape(-1, 3)
    first = np.searchsorted(values, rows[:, 1], side="left")
    count = np.searchsorted(values, rows[:, 2], side="right") - first
    places = np.arange(count.sum()) + np.repeat(first - np.append(0, np.cumsum(count)[:-1])[: len(count)], count)
    return zip(np.repeat(rows[:, 0], count).tolist(), owners[places].tolist(), strict=True)


KINDS = tuple(DocumentType)
"""Types of documents in the order of their numbers."""

_NUMBER_OF_KIND = {kind: number for number, kind in enumerate(KINDS)}
_PIECE = 1 << 14
"""Documents in a piece of work."""


def document_numbers(documents: Sequence[Document]) -> DocumentNumbers:
    """Documents as the kernels read them."""
    numbers = [document.number if document.number.isascii() else document.key for document in documents]
    start, letters, core = folded(*letters_of(numbers))
    issuers = [document.issuer for document in documents]
    distinct = list(dict.fromkeys(issuers))
    hashes = dict(zip(distinct, hash_texts(*letters_of(distinct)).tolist(), strict=True)) | {"": 0}
    return DocumentNumbers(
        start, letters, core,
        np.array([_NUMBER_OF_KIND[document.type] for document in documents], np.int8),
        np.array([hashes[issuer] for issuer in issuers], np.uint64),
    )  # fmt: skip


def document_keys(documents: DocumentNumbers) -> DocumentKeys:
    """The keys of a side's documents, whatever the weights."""
    return DocumentKeys(*documents, *keys_in_buckets(documents))


def join_documents(people: DocumentNumbers, keys: DocumentKeys, weights: Weights, workers: int = 1) -> Pairs:
    """Every pair of documents that agree: equal, equal in their core, or one character apart and so sharing a number with
    one deleted. `keys` are those of the entries.

    Equal numbers that are too short to say anything are among them, worth 0: they do not conflict.
    """
    theirs = DocumentNumbers(keys.start, keys.letters, keys.core, keys.kind, keys.issuer)
    price = DocumentPrices(*(weights.document[name] for name in DocumentPrices._fields))

    def piece(edges: tuple[int, int]) -> tuple[Ints, Shorts, Shorts]:
        return join_numbers(*edges, people, theirs, keys, price)

    pieces = list(pairwise([*range(0, len(people.kind), _PIECE), len(people.kind)]))
    parts = list(in_threads(piece, pieces, workers))
    counts = np.concatenate([np.zeros(1, np.int64), *(count for count, _, _ in parts)])
    other, millibits = (np.concatenate([np.empty(0, np.int32), *(part[place] for part in parts)]) for place in (1, 2))
    return Pairs(np.cumsum(counts), other, millibits)
