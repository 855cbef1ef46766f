"""The distinct values of one side as the kernels read them: tokens and joins, words that are not Latin, dates."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from kstep.matching.arrays import Bytes, Ints, Longs, letters_of, ragged
from kstep.matching.kernels import fields as field_kernels
from kstep.matching.kernels.script_keys import chunk_bones, native_keys
from kstep.matching.kernels.scripts import NativeArrays
from kstep.matching.kernels.sounds import sound_hashes, sound_tables
from kstep.matching.kernels.spelling import spelling_tables
from kstep.matching.kernels.token_keys import TokenArrays, hash_texts
from kstep.matching.processes import in_processes
from kstep.model import PartialDate, Precision
from kstep.names import shipped_frequencies
from kstep.names.frequencies import UNSEEN_SOUND
from kstep.names.keys import is_initial
from kstep.names.scripts import ALPHABETS, Script, latin, script_of
from kstep.names.similarity import chance_of
from kstep.names.spelling import shipped_spellings
from kstep.names.syllables import syllables
from kstep.names.variants import variants

TEXTS_AT_ONCE = 50_000
"""Texts that one process looks at, at a time."""


def date_rows(dates: Sequence[PartialDate]) -> Ints:
    """Dates as the kernels read them, one row each."""
    rows = np.zeros((len(dates), field_kernels.DATE_COLUMNS), np.int64)
    for row, date in zip(rows, dates, strict=True):
        precision = date.precision
        row[:] = (
            date.earliest.toordinal(), date.latest.toordinal(), date.earliest.year, date.latest.year, date.earliest.month,
            date.earliest.day, precision is Precision.DAY and not date.circa, date.circa,
            precision in (Precision.DAY, Precision.MONTH),
        )  # fmt: skip
    return rows


class _Looked(NamedTuple):
    """What single texts say: of each its weight, its chance, whether it is in the data, which syllables it may be, its script,
    whether it is an initial, its first letter, its Latin form (nothing where it is Latin), its known variants and their prices.
    """

    weight: Ints
    chance: Ints
    known: Bytes
    syllable: Longs
    script: Bytes
    initial: Bytes
    first_letter: Bytes
    latin: list[str]
    variants: Ints
    variant: Longs
    variant_price: Ints


def _looked(texts: Sequence[str]) -> _Looked:
    pinned = shipped_frequencies()
    plain = ["" if text.isascii() else latin(text) for text in texts]
    pairs = [
        [("\n".join(sorted((text, other))), price) for other, price in others.items()] if others else ()
        for text, others in zip(texts, map(variants, texts), strict=True)
    ]
    return _Looked(
        weight=np.array([pinned.token(text) for text in texts], np.int64),
        chance=np.array([chance_of(text, pinned) for text in texts], np.int64),
        known=np.array([text in pinned.tokens for text in texts], np.int8),
        syllable=np.array([syllables(text) for text in texts], np.uint64),
        script=np.array([script_of(text) for text in texts], np.int8),
        initial=np.array([is_initial(text) for text in texts], np.int8),
        first_letter=np.array([_first_letter(*both) for both in zip(texts, plain, strict=True)], np.int8),
        latin=plain if not all(map(str.isascii, texts)) else [],
        variants=np.array([len(row) for row in pairs], np.int64),
        variant=hash_texts(*letters_of([pair for row in pairs for pair, _ in row])),
        variant_price=np.array([price for row in pairs for _, price in row], np.int64),
    )


def _first_letter(text: str, plain: str) -> int:
    return ord((text if text.isascii() else plain)[:1] or "\0")


def token_arrays(texts: Sequence[str], words: int | None = None) -> TokenArrays:
    """A vocabulary as the kernels read it: so many `words` (all, if it is not given), then joins."""
    edges = [*range(0, len(texts), TEXTS_AT_ONCE), len(texts)]
    parts = [*in_processes(_looked, [texts[first:last] for first, last in pairwise(edges)])] or [_looked(())]
    latins = [
        text if text.isascii() else other
        for (first, last), part in zip(pairwise(edges), parts, strict=False)
        for text, other in zip(texts[first:last], part.latin or texts[first:last], strict=True)
    ]
    start, letters = letters_of(texts)
    sounds = sound_hashes(
        *(letters_of(latins) if any(part.latin for part in parts) else (start, letters)), sound_tables()
    )

    def column(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts])

    return TokenArrays(
        start=start,
        letters=letters,
        weight=column("weight"),
        chance=column("chance"),
        known=column("known"),
        syllable=column("syllable"),
        sound=sounds,
        sound_weight=_sound_weights(sounds),
        script=column("script"),
        initial=column("initial"),
        first_letter=column("first_letter"),
        joined=(np.arange(len(texts)) >= (len(texts) if words is None else words)).astype(np.int8),
        variants=np.append(0, np.cumsum(column("variants"))).astype(np.int64),
        variant=column("variant"),
        variant_price=column("variant_price"),
    )


@functools.cache
def _known_sounds() -> tuple[Longs, Ints]:
    """The hashes of the sounds of which the weight is known, ascending, and these."""
    sounds = shipped_frequencies().sounds
    hashes = hash_texts(*letters_of(list(sounds)))
    order = np.argsort(hashes)
    return hashes[order], np.array(list(sounds.values()), np.int64)[order]


def _sound_weights(sounds: Longs) -> Ints:
    """The weights of hashes of sounds; 0 where there is none."""
    known, weights = _known_sounds()
    places = np.minimum(np.searchsorted(known, sounds), len(known) - 1)
    return np.where(known[places] == sounds, weights[places], np.where(sounds != 0, UNSEEN_SOUND, 0))


def native_arrays(texts: Sequence[str], words: int | None = None) -> NativeArrays:
    """The tokens of a vocabulary (as `token_arrays` takes it) that are not Latin, as the kernels that read them into Latin letters
    expect them.
    """
    spellings = shipped_spellings()
    tokens: list[int] = []
    readings_of: list[range] = []
    readings: list[tuple[int, ...]] = []
    for number, text in enumerate(texts):
        if script_of(text) is not Script.LATIN and (found := spellings.read(text)):
            tokens.append(number)
            readings_of.append(range(len(readings), len(readings) + len(found)))
            readings += found
    of_token, of_reading = ragged(readings_of), ragged(readings)
    keys = native_keys(of_token, of_reading, spelling_tables(), chunk_bones())
    numbers = np.array(tokens, np.int64)
    joined = (numbers >= (len(texts) if words is None else words)).astype(np.int8)
    alphabetic = np.array([script_of(texts[token]) in ALPHABETS for token in tokens], np.int8)
    length = np.array([len(texts[token]) for token in tokens], np.int64)
    return NativeArrays(numbers, joined, alphabetic, length, of_token, of_reading, *keys)
