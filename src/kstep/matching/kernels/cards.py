"""What the comparison of spellings asks of a token, in half a line of memory: a card.

Candidates lie anywhere in a list of millions, and what costs time is to fetch them: so all that decides about most of them is
fetched at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Ints, Longs, Octets, Words
from kstep.matching.kernels.bits import lowest
from kstep.matching.kernels.compiled import inlined_kernel, kernel
from kstep.matching.kernels.token_keys import TokenArrays
from kstep.names.scripts import Script
from kstep.names.spelling import LONGEST

CARD = 4
"""Numbers of 64 bits in a card: three with the letters, one with the rest."""

_EIGHT = 8
IN_CARD = (CARD - 1) * _EIGHT
"""Letters that a card has room for; a longer token has the first ones here."""

OTHER_LETTER = 27
"""In the place of what is none of the letters *a* to *z*, which are 1 to 26."""

_FIRST_LETTER = ord("a") - 1
_LATIN = int(Script.LATIN)
_VOWELS = np.array([1 + ord(letter) - ord("a") for letter in "aeiouy"], np.uint8)
_MOST_CHANCE, _MOST_LETTERS, _MOST_VOWELS = (1 << 24) - 1, 255, 255
_WEIGHT_AT, _LENGTH_AT, _VOWELS_AT, _FLAGS_AT = (np.uint64(place) for place in (24, 40, 48, 56))
_PLAIN, _INITIAL, _JOINED, _IS_LATIN, _KNOWN = (np.uint64(flag) for flag in (1, 2, 4, 8, 16))


@kernel
def fill_card(card: int, token: int, tokens: TokenArrays, cards: Longs) -> None:
    """Write a token's card."""
    start, length = tokens.start[token], tokens.start[token + 1] - tokens.start[token]
    plain = length <= IN_CARD
    for word in range(CARD):
        cards[card * CARD + word] = 0
    runs, within = 0, False
    for place in range(length):
        letter = letter_of(int(np.int64(tokens.letters[start + place])))
        plain &= letter != OTHER_LETTER
        if place < IN_CARD:
            cards[card * CARD + place // _EIGHT] |= np.uint64(letter) << np.uint64(_EIGHT * (place % _EIGHT))
        vowel = False
        for other in _VOWELS:
            vowel |= letter == other
        runs += vowel and not within
        within = vowel
    latin = tokens.script[token] == _LATIN
    flags = np.uint64(0)
    if plain and latin and not tokens.initial[token]:
        flags |= _PLAIN
    if tokens.initial[token]:
        flags |= _INITIAL
    if tokens.joined[token]:
        flags |= _JOINED
    if latin:
        flags |= _IS_LATIN
    if tokens.known[token]:
        flags |= _KNOWN
    about = np.uint64(min(max(tokens.chance[token], 0), _MOST_CHANCE))
    about |= np.uint64(tokens.weight[token]) << _WEIGHT_AT | np.uint64(min(length, _MOST_LETTERS)) << _LENGTH_AT
    cards[card * CARD + CARD - 1] = about | np.uint64(min(runs, _MOST_VOWELS)) << _VOWELS_AT | flags << _FLAGS_AT


@kernel
def _fill_cards(tokens: TokenArrays, some: Ints, cards: Longs) -> None:
    for card in range(len(some)):
        fill_card(card, some[card], tokens, cards)


def cards_of(tokens: TokenArrays, some: Ints) -> Longs:
    """The cards of these tokens, one after the other."""
    cards = np.empty(CARD * len(some), np.uint64)  # not by a kernel: NumPy asks for large pages
    _fill_cards(tokens, some, cards)
    return cards


@inlined_kernel
def letter_of(code: int) -> int:
    """The number of a letter of this code point."""
    number = code - _FIRST_LETTER
    return number if 1 <= number < OTHER_LETTER else OTHER_LETTER


@inlined_kernel
def chance_on(about: np.uint64) -> int:
    """The token's chance, by the last number of its card."""
    return int(np.int64(about & np.uint64(_MOST_CHANCE)))


@inlined_kernel
def weight_on(about: np.uint64) -> int:
    """The token's weight."""
    return int(np.int64(about >> _WEIGHT_AT & np.uint64(0xFFFF)))


@inlined_kernel
def length_on(about: np.uint64) -> int:
    """How many letters the token has; more than are ever compared if there are too many to write down."""
    return int(np.int64(about >> _LENGTH_AT & np.uint64(0xFF)))


@inlined_kernel
def vowels_on(about: np.uint64) -> int:
    """How many runs of vowels the token has."""
    return int(np.int64(about >> _VOWELS_AT & np.uint64(0xFF)))


@inlined_kernel
def is_plain(about: np.uint64) -> bool:
    """Whether the token is of Latin letters that all stand on the card, and no initial."""
    return bool(about >> _FLAGS_AT & _PLAIN)


@inlined_kernel
def is_initial(about: np.uint64) -> bool:
    """Whether the token is an initial."""
    return bool(about >> _FLAGS_AT & _INITIAL)


@inlined_kernel
def is_join(about: np.uint64) -> int:
    """1 if the token is a join."""
    return int(np.int64(about >> _FLAGS_AT & _JOINED) >> 2)


@inlined_kernel
def is_latin(about: np.uint64) -> bool:
    """Whether the token is written in Latin letters."""
    return bool(about >> _FLAGS_AT & _IS_LATIN)


@inlined_kernel
def is_known(about: np.uint64) -> bool:
    """Whether the token is in the data."""
    return bool(about >> _FLAGS_AT & _KNOWN)


class Spelt(NamedTuple):
    """A word of at most `LONGEST` letters, as their numbers: one by one, and the same memory by eights."""

    letter: Octets
    eight: Longs


def no_word() -> Spelt:
    """Room for a word."""
    eights = np.zeros(LONGEST // _EIGHT, np.uint64)
    return Spelt(eights.view(np.uint8), eights)


class Cards(NamedTuple):
    """The cards of some tokens, and for what does not stand on these, where the code points of each begin among all `letters`."""

    card: Longs
    start: Ints
    letters: Words


@inlined_kernel
def spell(place: int, card: Longs, token: int, cards: Cards, word: Spelt) -> int:
    """Write the letters of a token, of `LONGEST` at most, which has the card in this place of `card`, to `word`; returns with how
    many letters it begins like the word that was there, or fewer.
    """
    same, begins_alike = 0, True
    for eight in range(CARD - 1):
        now = card[place * CARD + eight]
        unlike = word.eight[eight] ^ now
        word.eight[eight] = now
        if begins_alike:
            same += lowest(unlike) // _EIGHT if unlike else _EIGHT
            begins_alike = unlike == 0
    length = length_on(card[place * CARD + CARD - 1])
    for further in range(IN_CARD, length):
        word.letter[further] = letter_of(int(np.int64(cards.letters[cards.start[token] + further])))
    return min(same, length)
