"""Joining the vocabularies of two sides: every comparable pair of tokens, strong pair of dates, agreeing pair of documents.

Whatever is expensive happens here, once per distinct pair of values, never per pair of records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from kstep.matching.arrays import Ints, Pairs, pairs_of
from kstep.matching.kernels.find import Tables
from kstep.matching.kernels.tokens import SOUND_KEYS, TokenArrays, TokenKeys, join_tokens, spelling_hashes
from kstep.matching.reference_dates import compare_dates
from kstep.matching.reference_fields import compare_document
from kstep.matching.weights import Weights
from kstep.model import Document, PartialDate

LETTERS = 128


def token_keys(tokens: TokenArrays) -> TokenKeys:
    """The sorted keys of a vocabulary."""
    offsets, hashes = spelling_hashes(tokens.start, tokens.letters)
    owners = np.repeat(np.arange(len(tokens.weight), dtype=np.int64), np.diff(offsets))
    order = np.argsort(hashes, kind="stable")
    heard = np.flatnonzero(tokens.sound)
    sound_order = heard[np.argsort(tokens.sound[heard], kind="stable")]
    letter_token = np.argsort(tokens.first_letter, kind="stable")
    letter_start = np.searchsorted(tokens.first_letter[letter_token], np.arange(LETTERS + 1))
    return TokenKeys(hashes[order], owners[order], tokens.sound[sound_order], sound_order // SOUND_KEYS,
                     letter_start.astype(np.int64), letter_token.astype(np.int64))  # fmt: skip


def join(
    people: tuple[TokenArrays, Sequence[PartialDate], Sequence[Document]],
    entries: tuple[TokenArrays, Sequence[PartialDate], Sequence[Document]],
    keys: TokenKeys,
    weights: Weights,
    weak_date: int,
    workers: int,
) -> Tables:
    """The tables of two sides' (tokens, dates, documents). A date pair is strong if it earns more than `weak_date`."""
    tokens = _join_tokens(people[0], entries[0], keys, workers)
    most = np.zeros(len(tokens.start) - 1, np.int64)
    if len(tokens.millibits):
        filled = np.flatnonzero(np.diff(tokens.start))
        most[filled] = np.maximum.reduceat(tokens.millibits, tokens.start[filled])
    dates = _join_dates(people[1], entries[1], weights, weak_date)
    return Tables(tokens, most, dates, join_documents(people[2], entries[2], weights))


def _join_tokens(people: TokenArrays, entries: TokenArrays, keys: TokenKeys, workers: int) -> Pairs:
    offsets, hashes = spelling_hashes(people.start, people.letters)
    count = len(people.weight)
    edges = np.linspace(0, count, 4 * workers + 1).astype(np.int64).tolist()

    def part(bounds: tuple[int, int]) -> tuple[Ints, Ints, Ints]:
        return join_tokens(*bounds, people, offsets, hashes, entries, keys)

    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(part, zip(edges, edges[1:], strict=False)))
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.concatenate([counts for counts, _, _ in parts]), out=start[1:])
    return Pairs(
        start, np.concatenate([found for _, found, _ in parts]), np.concatenate([earned for _, _, earned in parts])
    )


def _join_dates(
    people: Sequence[PartialDate], entries: Sequence[PartialDate], weights: Weights, weak_date: int
) -> Pairs:
    """Strong relations hold between dates in one month of one year, read as written or with day and month swapped."""
    by_month: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, date in enumerate(entries):
        for month in _months(date):
            by_month[month].append(number)
    found = []
    for number, date in enumerate(people):
        for other in sorted({other for month in _months(date) for other in by_month.get(month, ())}):
            worth = weights.birth_date[compare_dates(date, entries[other])]
            if worth > weak_date:
                found.append((number, other, worth))
    return pairs_of(len(people), found)


def _months(date: PartialDate) -> set[tuple[int, int]]:
    first, last = date.earliest, date.latest
    if (first.year, first.month) != (last.year, last.month):
        return set()
    return {(first.year, first.month), (first.year, first.day)} if first == last else {(first.year, first.month)}


def join_documents(people: Sequence[Document], entries: Sequence[Document], weights: Weights) -> Pairs:
    """Every pair of documents that agree. They are equal or one character apart, so they share a number with at most one character deleted."""
    by_key: defaultdict[str, list[int]] = defaultdict(list)
    least = weights.document["one_off_least_length"]
    for number, document in enumerate(entries):
        for key in _document_keys(document.key, least):
            by_key[key].append(number)
    found = []
    for number, document in enumerate(people):
        keys = _document_keys(document.key, least)
        for other in sorted({other for key in keys for other in by_key.get(key, ())}):
            _, worth = compare_document(document, entries[other], weights)
            if worth > 0:
                found.append((number, other, worth))
    return pairs_of(len(people), found)


def _document_keys(key: str, least: int) -> set[str]:
    keys = {key}
    if least <= len(key) <= LETTERS:
        keys.update(key[:place] + key[place + 1 :] for place in range(len(key)))
    return keys
