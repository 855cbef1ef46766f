"""Joining two vocabularies: every pair of comparable tokens, with what it earns, once per distinct pair.

Each token that shares a key with another (`kernels.token_keys`) is verified here: Latin ones that stand on a card by
`kernels.latin_spelling`, all others by `kernels.tokens`. Of two scripts `kernels.scripts` tells the rest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Longs, Shorts
from kstep.matching.kernels.bits import IN_FIRST, Marks, lowest, no_marks, take_either
from kstep.matching.kernels.cards import (
    CARD,
    Cards,
    chance_on,
    fill_card,
    is_initial,
    is_join,
    is_known,
    is_latin,
    is_plain,
    length_on,
    spell,
    weight_on,
)
from kstep.matching.kernels.compiled import inlined_kernel, kernel, making_kernel
from kstep.matching.kernels.latin_spelling import (
    LatinBoard,
    cost_as_name,
    cost_as_spelling,
    edits,
    keep,
    latin_board,
    set_word,
)
from kstep.matching.kernels.spelling import Board, SpellingTables, dearest, empty_board, explained, slipped
from kstep.matching.kernels.token_keys import MOST_HASHES, TokenArrays, TokenKeys, token_candidates
from kstep.matching.kernels.tokens import NOT_COMPARABLE, are_other_syllables, compare, compare_scratch, grown
from kstep.names.keys import LONGEST_EDITED
from kstep.names.similarity import INITIAL, LEAST, RESPELLED, SAME

_EIGHT = 8


class TokenScratch(NamedTuple):
    """Working space of one thread: what was met, in which sets, which of it are known variants, a token's own card, and what
    comparing takes.
    """

    marks: Marks
    met: Shorts
    sets: Shorts
    varied: Shorts
    hashes: Longs
    card: Longs
    edits: Ints
    board: Board
    latin: LatinBoard


def token_scratch(people: TokenArrays, entries: TokenArrays, tables: SpellingTables) -> TokenScratch:
    """Working space for one thread."""
    most_variants = int(np.diff(people.variants).max(initial=0))
    return TokenScratch(
        no_marks(len(entries.weight)), np.empty(len(entries.weight), np.int32), np.empty(len(entries.weight), np.int32),
        np.empty(16 + 4 * most_variants, np.int32), np.empty(MOST_HASHES, np.uint64), np.empty(CARD, np.uint64),
        compare_scratch(), empty_board(), latin_board(tables),
    )  # fmt: skip


@inlined_kernel
def _edits_allowed(letters: int, joined: int) -> int:
    """The edits allowed in a Latin token (or a join) of so many letters."""
    if letters == 2:
        return 1
    if letters < 3 or letters > LONGEST_EDITED:
        return 0
    return 1 if joined or letters < 7 else 2


@inlined_kernel
def _is_first(mine: Longs, b: int, card: Longs) -> bool:
    """Whether the word on the card `mine` comes before the other in the order of texts."""
    for eight in range(CARD - 1):
        left, right = mine[eight], card[b * CARD + eight]
        if left != right:
            shift = np.uint64(lowest(left ^ right) // _EIGHT * _EIGHT)
            return bool((left >> shift & np.uint64(0xFF)) < (right >> shift & np.uint64(0xFF)))
    return False


@inlined_kernel
def _compare_plain(
    b: int, heard: bool, others: bool, cards: Cards, tables: SpellingTables, scratch: TokenScratch
) -> int:
    """What the Latin token on the scratch's card and token `b`, which has a card of that kind too, earn: by their letters, if
    they are `heard` alike or differ by no more edits than are allowed. They are no known variants; if they are `others`, they are
    syllables of other names.
    """
    mine, card, board = scratch.card, cards.card, scratch.latin
    about, other = mine[CARD - 1], card[b * CARD + CARD - 1]
    weight, other_weight = weight_on(about), weight_on(other)
    light, heavy = min(weight, other_weight), max(weight, other_weight)
    if mine[0] == card[b * CARD] and mine[1] == card[b * CARD + 1] and mine[2] == card[b * CARD + 2]:
        return light - SAME
    joined = is_join(about) | is_join(other)
    letters, other_letters = length_on(about), length_on(other)
    is_name = weight < other_weight or (weight == other_weight and _is_first(mine, b, card))
    if not heard:
        most_edits = min(_edits_allowed(letters, joined), _edits_allowed(other_letters, joined))
        if abs(letters - other_letters) > most_edits or most_edits == 0:
            return NOT_COMPARABLE
    word = board.as_name if is_name else board.as_spelling
    keep(spell(b, card, b, cards, word), board, is_name)
    distance = 2  # or more
    if abs(letters - other_letters) <= (1 if heard else most_edits):
        distance = edits(word.letter, other_letters, board)
    if not heard and distance > most_edits:
        return NOT_COMPARABLE
    least = 1 if joined else LEAST
    chance, earned = chance_on(other if is_name else about), NOT_COMPARABLE
    if not others:
        most = dearest(chance, heavy, RESPELLED, least)
        if is_name:
            cost = cost_as_name(word.letter, other_letters, most, tables, board)
        else:
            cost = cost_as_spelling(word.letter, other_letters, most, tables, board)
        earned = explained(chance, cost, light, heavy) - RESPELLED
    if distance == 1:
        known, length = (is_known(other), other_letters) if is_name else (is_known(about), letters)
        earned = max(earned, slipped(light, chance, heavy, known, length))
    return earned if earned >= least else NOT_COMPARABLE


@inlined_kernel
def _compare_initial(b: int, cards: Cards, scratch: TokenScratch) -> int:
    """What the Latin initial on the scratch's card and token `b` earn, which has a card and is none."""
    about, other, letter = scratch.card[CARD - 1], cards.card[b * CARD + CARD - 1], np.uint64(0xFF)
    if is_join(about) | is_join(other) or scratch.card[0] & letter != cards.card[b * CARD] & letter:
        return NOT_COMPARABLE
    return min(INITIAL, min(weight_on(about), weight_on(other)) - SAME)


@kernel
def _compare_all(
    a: int, varied: int, count: int, people: TokenArrays, entries: TokenArrays, cards: Cards, tables: SpellingTables,
    scratch: TokenScratch, found: Shorts, earned: Shorts, used: int,
) -> int:  # fmt: skip
    """Write which of the first `count` tokens that were met are comparable with token `a`, and their millibits, behind the first
    `used`; returns how many are used then. The first so many of those that are noted as known variants are.
    """
    met, sets, board, variant = scratch.met, scratch.sets, scratch.latin, 0
    fill_card(0, a, people, scratch.card)
    about = scratch.card[CARD - 1]
    plain, initial = is_plain(about), is_initial(about) and is_latin(about)
    syllable = people.syllable[a]
    if plain:
        spell(0, scratch.card, 0, cards, board.word)
        set_word(length_on(about), board)
    for place in range(count):
        b = met[place]
        while variant < varied and scratch.varied[variant] < b:
            variant += 1
        is_varied = variant < varied and scratch.varied[variant] == b
        plain_too = is_plain(cards.card[b * CARD + CARD - 1])
        if plain and plain_too and not is_varied:
            others = syllable != 0 and are_other_syllables(syllable, entries.syllable[b])
            millibits = _compare_plain(b, sets[place] & IN_FIRST != 0, others, cards, tables, scratch)
        elif initial and plain_too:
            millibits = _compare_initial(b, cards, scratch)
        else:
            millibits = compare(people, a, entries, b, tables, scratch.edits, scratch.board)
        if millibits > NOT_COMPARABLE:
            found[used], earned[used] = b, millibits
            used += 1
    return used


@making_kernel
def join_tokens(
    wanted: Ints, people: TokenArrays, entries: TokenArrays, words: int, keys: TokenKeys, cards: Cards,
    tables: SpellingTables, scratch: TokenScratch,
) -> tuple[Ints, Shorts, Shorts]:  # fmt: skip
    """For these tokens of the people: how many comparable list tokens each has, which (ascending), and millibits.

    `words` of the list's tokens are no joins; `keys` and `cards` are the list's.
    """
    counts = np.zeros(len(wanted), np.int64)
    found, earned = np.empty(1 << 12, np.int32), np.empty(1 << 12, np.int32)
    used = 0
    for at in range(len(wanted)):
        varied = token_candidates(wanted[at], people, keys, words, scratch.hashes, scratch.marks, scratch.varied)
        if varied > 1:
            scratch.varied[:varied].sort()
        count = take_either(scratch.marks, scratch.met, scratch.sets)
        if used + count > len(found):
            size = max(2 * len(found), used + count)
            found, earned = grown(found, used, size), grown(earned, used, size)
        kept = _compare_all(wanted[at], varied, count, people, entries, cards, tables, scratch, found, earned, used)
        counts[at], used = kept - used, kept
    return counts, found[:used].copy(), earned[:used].copy()


@making_kernel
def merged(
    counts: Ints, found: Shorts, earned: Shorts, more: Ints, others: Shorts, worths: Shorts
) -> tuple[Ints, Shorts, Shorts]:
    """Rows of two kinds as one: of each how many tokens, which (ascending), and millibits; where both have one, the higher
    counts.
    """
    both, total = np.zeros(len(counts), np.int64), len(found) + len(others)
    tokens, millibits = np.empty(total, np.int32), np.empty(total, np.int32)
    used, left, right = 0, 0, 0
    for row in range(len(counts)):
        left_stop, right_stop, before = left + counts[row], right + more[row], used
        while left < left_stop or right < right_stop:
            if right == right_stop or (left < left_stop and found[left] < others[right]):
                tokens[used], millibits[used] = found[left], earned[left]
                left += 1
            elif left == left_stop or others[right] < found[left]:
                tokens[used], millibits[used] = others[right], worths[right]
                right += 1
            else:
                tokens[used], millibits[used] = found[left], max(earned[left], worths[right])
                left, right = left + 1, right + 1
            used += 1
        both[row] = used - before
    return both, tokens[:used].copy(), millibits[:used].copy()


__all__ = ["TokenScratch", "join_tokens", "merged", "token_scratch"]
