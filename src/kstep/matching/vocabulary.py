"""Joining the vocabularies of two sides: every comparable pair of tokens, strong pair of dates, agreeing pair of
documents.

Whatever is expensive happens here, once per distinct pair of values, never per pair of records.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Pairs, Shorts
from kstep.matching.columns import Vocabularies, words_of
from kstep.matching.field_joins import join_dates, join_documents
from kstep.matching.joinable import Joinable, script_keys, some_cards
from kstep.matching.kernels.bits import no_marks
from kstep.matching.kernels.cards import cards_of
from kstep.matching.kernels.native_spelling import native_board
from kstep.matching.kernels.postings import rank_pairs
from kstep.matching.kernels.scripts import NativeArrays, join_scripts, met_scratch
from kstep.matching.kernels.spelling import spelling_tables
from kstep.matching.kernels.token_joins import join_tokens, merged, token_scratch
from kstep.matching.kernels.walk import Ranked, Tables
from kstep.matching.threads import Spaces, in_threads, pieces
from kstep.matching.weights import Weights

Rows = tuple[Ints, Shorts, Shorts]
"""Of some tokens, in order: with how many of the other side each is comparable, with which (ascending), and millibits."""


class Found(NamedTuple):
    """What was found of tokens of two scripts: tokens of the one side, ascending, those of the other, ascending for each, and
    millibits.
    """

    tokens: Shorts
    others: Shorts
    millibits: Shorts


OF_OTHER_SCRIPTS = 100
"""A token of another script takes about as long as so many Latin ones."""


class Fields(NamedTuple):
    """The tables of dates and of documents of two sides."""

    dates: Pairs
    documents: Pairs


def join_fields(
    people: Vocabularies, entries: Vocabularies, keys: Joinable, weights: Weights, workers: int = 1
) -> Fields:
    """Strong pairs of dates (that earn more than `weak_date`) and agreeing pairs of documents; `keys` are those of the entries."""
    return Fields(
        join_dates(people.dates, entries.dates, keys.dates, weights),
        join_documents(people.documents, keys.documents, weights, workers),
    )


def join(
    people: Vocabularies,
    entries: Vocabularies,
    keys: Joinable,
    weights: Weights,
    workers: int,
    wanted: Ints | None = None,
    posting_start: Ints | None = None,
    fields: Fields | None = None,
) -> Tables:
    """The tables of two sides; `keys` are those of the entries.

    `posting_start` says where the places of each of the entries' tokens begin; it is only needed where somebody is looked for among
    them. `wanted` are the people's tokens of which the table of tokens has to tell (all if it is not given), ascending; others
    cost next to nothing. `fields` are what `join_fields` says of the two sides, if it was asked before.
    """
    if wanted is None:
        wanted = np.arange(len(people.tokens.weight), dtype=np.int64)
    tokens = join_vocabularies(people, entries, keys, workers, wanted)
    return tables_of(entries, tokens, fields or join_fields(people, entries, keys, weights, workers), posting_start)


def tables_of(entries: Vocabularies, tokens: Pairs, fields: Fields, posting_start: Ints | None = None) -> Tables:
    """All tables of two sides of which the tokens are joined."""
    words = words_of(entries.tokens)
    places = np.zeros(0, np.int64) if posting_start is None else posting_start
    ranked = Ranked(*rank_pairs(tokens.start, tokens.other, tokens.millibits, words, places))
    return Tables(tokens, words, ranked, fields.dates, fields.documents)


def join_vocabularies(people: Vocabularies, entries: Vocabularies, keys: Joinable, workers: int, wanted: Ints) -> Pairs:
    """The table of the tokens alone, of those that are `wanted`."""
    mine, theirs, tables = people.tokens, entries.tokens, spelling_tables()
    cards, words = some_cards(theirs, keys.card), words_of(theirs)
    natives = chosen_natives(people.natives, wanted)
    swapped = _in_latin(people, entries, keys, wanted, workers)
    spaces = Spaces(lambda: token_scratch(mine, theirs, tables))
    of_scripts = Spaces(lambda: (no_marks(len(theirs.weight)), met_scratch(len(theirs.weight)), native_board(tables)))

    def part(some: Ints) -> Rows:
        with spaces.lent() as space:
            rows = join_tokens(some, mine, theirs, words, keys.tokens, cards, tables, space)
        edges = np.searchsorted(people.natives.token[natives], (some[0], some[-1] + 1)).tolist()
        if len(chosen := natives[slice(*edges)]):
            with of_scripts.lent() as (marks, met, board):
                found = join_scripts(
                    chosen, people.natives, mine.weight, words, cards, keys.scripts, tables, marks, met, board
                )
            rows = with_found(some, rows, found_of(people.natives.token[chosen], [found]))
        return with_found(some, rows, swapped)

    work = np.ones(len(wanted), np.int64)
    work[np.searchsorted(wanted, people.natives.token[natives])] = OF_OTHER_SCRIPTS
    return table_of(len(mine.weight), wanted, in_threads(part, pieces(wanted, workers, work), workers))


def with_found(some: Ints, rows: Rows, found: Found) -> Rows:
    """The rows of some tokens with what else was found of these."""
    of_some = slice(*np.searchsorted(found.tokens, (some[0], some[-1] + 1)).tolist())
    if of_some.start == of_some.stop:
        return rows
    counts = np.bincount(np.searchsorted(some, found.tokens[of_some]), minlength=len(some))
    return merged(*rows, counts, found.others[of_some], found.millibits[of_some])


def found_of(tokens: Ints, parts: Sequence[Rows]) -> Found:
    """The rows of these tokens, in pieces, as what was found of them."""
    counts = np.concatenate([np.zeros(0, np.int64), *(counts for counts, _, _ in parts)])
    others, millibits = (np.concatenate([np.empty(0, np.int32), *(part[place] for part in parts)]) for place in (1, 2))
    return Found(np.repeat(tokens[: len(counts)], counts).astype(np.int32), others, millibits)


def turned(found: Found) -> Found:
    """The same with the sides exchanged."""
    order = np.argsort(found.others, kind="stable")
    return Found(found.others[order], found.tokens[order], found.millibits[order])


def table_of(tokens: int, wanted: Ints, of_parts: Iterable[Rows]) -> Pairs:
    """The table of all people's tokens, of which some are wanted; each part is let go when it was copied."""
    parts, counts = deque(of_parts), np.zeros(tokens + 1, np.int64)
    total = sum(len(found) for _, found, _ in parts)
    other, millibits = np.empty(total, np.int32), np.empty(total, np.int32)
    row, used = 0, 0
    while parts:
        count, found, earned = parts.popleft()
        counts[1 + wanted[row : row + len(count)]] = count
        other[used : used + len(found)], millibits[used : used + len(found)] = found, earned
        row, used = row + len(count), used + len(found)
    return Pairs(np.cumsum(counts, out=counts), other, millibits)


def chosen_natives(natives: NativeArrays, wanted: Ints) -> Ints:
    """Which of a side's tokens that are not Latin are wanted."""
    places = np.searchsorted(wanted, natives.token)
    places[places == len(wanted)] = 0
    return np.flatnonzero(wanted[places] == natives.token) if len(wanted) else np.zeros(0, np.int64)


def _in_latin(people: Vocabularies, entries: Vocabularies, keys: Joinable, wanted: Ints, workers: int) -> Found:
    """What the people's Latin tokens that are wanted earn beside the entries' that are not."""
    mine, theirs, natives, tables = people.tokens, entries.tokens, entries.natives, spelling_tables()
    if not len(natives.token):
        return found_of(natives.token, [])
    card = cards_of(mine, wanted)
    own, cards = script_keys(mine, wanted, card), some_cards(mine, card, wanted)
    met = np.zeros(len(natives.token), np.bool_)
    edges = (np.searchsorted(keys.natives.key, own.key, side).tolist() for side in ("left", "right"))
    for first, last in zip(*edges, strict=True):
        met[keys.natives.native[first:last]] = True
    words = int(np.searchsorted(wanted, words_of(mine)))
    spaces = Spaces(lambda: (no_marks(len(wanted)), met_scratch(len(wanted)), native_board(tables)))

    def part(some: Ints) -> Rows:
        with spaces.lent() as (marks, met, board):
            counts, found, earned = join_scripts(
                some, natives, theirs.weight, words, cards, own, tables, marks, met, board
            )
            return counts, wanted[found].astype(np.int32), earned

    chosen = np.flatnonzero(met)
    parts = in_threads(part, pieces(chosen, workers, np.full(len(chosen), OF_OTHER_SCRIPTS)), workers)
    return turned(found_of(natives.token[chosen], list(parts)))
