"""Joining the vocabularies of two sides: every comparable pair of tokens, strong pair of dates, agreeing pair of
documents.

Whatever is expensive happens here, once per distinct pair of values, never per pair of records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise

import numpy as np

from kstep.matching.arrays import Ints, Pairs, pairs_of
from kstep.matching.kernels.find import Tables
from kstep.matching.kernels.tokens import (
    BUCKET_BITS,
    BUCKET_SHIFT,
    SOUND_KEYS,
    TokenArrays,
    TokenKeys,
    join_tokens,
    spelling_hashes,
)
from kstep.matching.reference_dates import compare_dates
from kstep.matching.reference_fields import LONGEST_NUMBER, compare_document
from kstep.matching.weights import Weights
from kstep.model import Document, PartialDate, Precision

LETTERS = 128

JOINED_DATES = frozenset({"equal", "equal 1 January", "day and month swapped", "same month"})
"""Relations of dates that the join looks for."""


def weak_date(weights: Weights) -> int:
    """The most that a date can earn by a relation that the join does not look for: what earns more is strong."""
    return max(0, *(worth for relation, worth in weights.birth_date.items() if relation not in JOINED_DATES))


def token_keys(tokens: TokenArrays) -> TokenKeys:
    """The sorted keys of a vocabulary."""
    offsets, hashes = spelling_hashes(tokens.start, tokens.letters)
    owners = np.repeat(np.arange(len(tokens.weight), dtype=np.int64), np.diff(offsets))
    order = np.argsort(hashes, kind="stable")
    firsts = np.arange(1 << BUCKET_BITS, dtype=np.uint64) << BUCKET_SHIFT
    bucket_start = np.append(np.searchsorted(hashes[order], firsts), len(hashes)).astype(np.int64)
    heard = np.flatnonzero(tokens.sound)
    sound_order = heard[np.argsort(tokens.sound[heard], kind="stable")]
    letter_token = np.argsort(tokens.first_letter, kind="stable")
    letter_start = np.searchsorted(tokens.first_letter[letter_token], np.arange(LETTERS + 1))
    return TokenKeys(bucket_start, hashes[order], owners[order], tokens.sound[sound_order], sound_order // SOUND_KEYS,
                     letter_start.astype(np.int64), letter_token.astype(np.int64))  # fmt: skip


def join(
    people: tuple[TokenArrays, Sequence[PartialDate], Sequence[Document]],
    entries: tuple[TokenArrays, Sequence[PartialDate], Sequence[Document]],
    keys: TokenKeys,
    weights: Weights,
    workers: int,
) -> Tables:
    """The tables of two sides' (tokens, dates, documents). A date pair is strong if it earns more than `weak_date`."""
    tokens = _join_tokens(people[0], entries[0], keys, workers)
    most = np.zeros(len(tokens.start) - 1, np.int64)
    if len(tokens.millibits):
        filled = np.flatnonzero(np.diff(tokens.start))
        most[filled] = np.maximum.reduceat(tokens.millibits, tokens.start[filled])
    dates = join_dates(people[1], entries[1], weights)
    return Tables(tokens, most, dates, join_documents(people[2], entries[2], weights))


def _join_tokens(people: TokenArrays, entries: TokenArrays, keys: TokenKeys, workers: int) -> Pairs:
    offsets, hashes = spelling_hashes(people.start, people.letters)
    count = len(people.weight)
    edges = np.linspace(0, count, 4 * workers + 1).astype(np.int64).tolist()

    def part(bounds: tuple[int, int]) -> tuple[Ints, Ints, Ints]:
        return join_tokens(*bounds, people, offsets, hashes, entries, keys)

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(part, pairwise(edges)))
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.concatenate([counts for counts, _, _ in parts]), out=start[1:])
    return Pairs(
        start, np.concatenate([found for _, found, _ in parts]), np.concatenate([earned for _, _, earned in parts])
    )


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
    """Every pair of documents that agree: equal, or one character apart and so sharing a number with one deleted.

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
    keys = {key}
    if least <= len(key) <= LONGEST_NUMBER:
        keys.update(key[:place] + key[place + 1 :] for place in range(len(key)))
    return keys
