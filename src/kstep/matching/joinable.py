"""The vocabularies of a side as others are joined with them: keys and cards, made once and kept with the side.

To join a few values with millions takes as long as it takes to look up a few: nothing here is made again for a join.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Longs, Shorts
from kstep.matching.columns import Vocabularies
from kstep.matching.field_joins import DateKeys, date_keys, document_keys
from kstep.matching.kernels.cards import CARD, Cards, cards_of, is_join, vowels_on
from kstep.matching.kernels.compiled import making_kernel
from kstep.matching.kernels.documents import DocumentKeys
from kstep.matching.kernels.scripts import GROUPS, VOWELS, NativeArrays, ScriptKeys, latin_keys
from kstep.matching.kernels.token_keys import (
    SOUND_KEYS,
    TokenArrays,
    TokenKeys,
    in_buckets,
    known_hashes,
    spelling_hashes,
)

LETTERS = 128


class NativeKeys(NamedTuple):
    """The hashes of the script keys of a vocabulary's tokens that are not Latin, ascending, and the tokens' places among these."""

    key: Longs
    native: Shorts


class Joinable(NamedTuple):
    """All that a side's vocabularies are looked up by. `card` has the card of each token."""

    tokens: TokenKeys
    card: Longs
    scripts: ScriptKeys
    natives: NativeKeys
    dates: DateKeys
    documents: DocumentKeys


def joinable(side: Vocabularies) -> Joinable:
    """What it takes to join others with these vocabularies."""
    tokens = side.tokens
    card = cards_of(tokens, every(tokens))
    return Joinable(
        token_keys(tokens), card, script_keys(tokens, every(tokens), card), native_keys(side.natives),
        date_keys(side.dates), document_keys(side.documents),
    )  # fmt: skip


def every(tokens: TokenArrays) -> Ints:
    """The numbers of all tokens."""
    return np.arange(len(tokens.weight), dtype=np.int64)


def some_cards(tokens: TokenArrays, card: Longs, some: Ints | None = None) -> Cards:
    """The cards of a vocabulary, or of some of its tokens."""
    return Cards(card, tokens.start if some is None else tokens.start[some], tokens.letters)


def token_keys(tokens: TokenArrays) -> TokenKeys:
    """The sorted keys of a vocabulary's tokens."""
    buckets, spelling, spelling_token = in_buckets(*spelling_hashes(tokens.start, tokens.letters, tokens.joined))
    heard = np.flatnonzero(tokens.sound).astype(np.int32)
    heard = heard[np.argsort(tokens.sound[heard], kind="stable")]
    sounds, sound_start = np.unique(tokens.sound[heard], return_index=True)
    variant_owner = np.repeat(np.arange(len(tokens.weight), dtype=np.int32), np.diff(tokens.variants))
    variant_order = np.argsort(tokens.variant, kind="stable")
    words = np.searchsorted(tokens.joined, np.int8(1))  # joins come behind all others
    first, initial = tokens.first_letter[:words], tokens.initial[:words] != 0
    by_letter = np.lexsort((~initial, first)).astype(np.int32)
    letter_start = np.searchsorted(first[by_letter], np.arange(LETTERS + 1))
    initials = np.bincount(first[initial], minlength=LETTERS)
    return TokenKeys(
        buckets, spelling, spelling_token, known_hashes(spelling), sounds, _starts(sound_start, len(heard)),
        heard // np.int32(SOUND_KEYS), tokens.variant[variant_order], variant_owner[variant_order],
        letter_start.astype(np.int32), (letter_start[:LETTERS] + initials).astype(np.int32), by_letter,
    )  # fmt: skip


def _starts(starts: Ints, total: int) -> Shorts:
    return np.append(starts, total).astype(np.int32)


def script_keys(tokens: TokenArrays, some: Ints, card: Longs) -> ScriptKeys:
    """The script keys of the Latin ones of some tokens, which have these cards; the tokens are told by their place among these."""
    hashes, owners = latin_keys(tokens, some)
    keys, numbers = np.unique(hashes, return_inverse=True)
    ending = np.zeros(len(keys), np.int8)
    ending[numbers[1::2]] = 1
    group = numbers * GROUPS + _groups(card)[owners]
    start = np.append(0, np.cumsum(np.bincount(group, minlength=len(keys) * GROUPS)))
    return ScriptKeys(keys, ending, start.astype(np.int32), owners[np.argsort(group, kind="stable")])


@making_kernel
def _groups(card: Longs) -> Bytes:
    """The group of the token of each card: words, or joins by their runs of vowels."""
    groups = np.zeros(len(card) // CARD, np.int8)
    for token in range(len(groups)):
        about = card[token * CARD + CARD - 1]
        groups[token] = 1 + min(vowels_on(about), VOWELS) if is_join(about) else 0
    return groups


def native_keys(natives: NativeArrays) -> NativeKeys:
    """The script keys of the tokens that are not Latin."""
    owners = np.repeat(np.arange(len(natives.token), dtype=np.int32), np.diff(natives.key_start))
    order = np.argsort(natives.key, kind="stable")
    return NativeKeys(natives.key[order], owners[order])
