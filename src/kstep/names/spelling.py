"""How a name of one spelling or script is written in another: a learned model of which letters become which.

Every sign of a word emits a chunk of 0 to `LONGEST_CHUNK` Latin letters, at a cost in millibits that depends on the signs
beside it; the cost of a Latin spelling is that of the cheapest way to cut it into chunks. The costs are a pinned asset that
`tools/train_spelling.py` learns by expectation maximisation; they are whole millibits, so every machine gives the same.
"""

from __future__ import annotations

import functools
import json
import sys
import unicodedata
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources

from kstep.model import InputError
from kstep.names.scripts import Script, latin, script_of

LONGEST_CHUNK = 4
"""Letters that one sign may stand for at most."""

UNHEARD_OF = (9_500, 10_500, 12_500, 15_000, 17_500)
"""Millibits of a chunk of 0 to 4 letters that a sign was never or hardly ever seen to stand for."""

SWAP = 10_000
"""Millibits of two neighbouring letters that change places (Latin spellings only: a slip of the finger)."""

LONGEST = 40
"""Letters; longer words are not read by the model, because that would be an attack."""

BEYOND = 1 << 30
"""The cost of what cannot be: more letters than the signs could emit."""

NEITHER = "\0"
"""In the name of a row, stands for any neighbour; the edge of a word is `EDGE`."""

EDGE = "\1"

READINGS = {
    Script.LATIN: ("latin",), Script.ARABIC: ("arabic",), Script.HEBREW: ("hebrew",), Script.CYRILLIC: ("cyrillic",),
    Script.HAN: ("chinese", "kanji"), Script.KANA: ("kana",), Script.HANGUL: ("hangul",),
}  # fmt: skip
"""The models by which a word of a script may be read; where there are several, the cheapest counts."""


def signs(word: str) -> Sequence[str]:
    """The signs of which each emits a chunk: letters; the parts of Hangul syllables; Han characters in two halves, because
    one may be read as many letters.
    """
    script = script_of(word)
    if script is Script.HANGUL:
        return unicodedata.normalize("NFD", word)
    if script is Script.HAN:
        return [character + half for character in word for half in "12"]
    return word


def fallback(sign: str) -> str:
    """The name of the row that reads a sign which was never seen: for Han, by its pinyin initial or final; else none's."""
    if len(sign) == 2 and sign[1] in "12":
        pinyin = latin(sign[0])
        cut = 2 if pinyin[:2] in ("zh", "ch", "sh") else 1 if pinyin[:1] not in ("", *"aeiouv") else 0
        return f"@{pinyin[:cut] if sign[1] == '1' else pinyin[cut:]}{sign[1]}"
    return "@"


@dataclass(frozen=True, slots=True)
class Spellings:
    """The learned costs. Row `number` says what a sign in a context emits: `chunk[start[number]:start[number + 1]]` are
    indexes of `chunks`, and `cost` runs parallel, in millibits. `rows` has each reading's rows by name.
    """

    rows: Mapping[str, Mapping[str, int]]
    chunks: tuple[str, ...]
    start: array[int]
    chunk: array[int]
    cost: array[int]
    _emits: dict[int, dict[str, int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def read(self, word: str) -> list[tuple[int, ...]]:
        """The rows of a word's signs, once for each model that can read it."""
        if not 0 < len(word) <= LONGEST:
            return []
        found = (self._read(signs(word), self.rows[name]) for name in READINGS[script_of(word)])
        return [row for row in found if row]

    def _read(self, word: Sequence[str], rows: Mapping[str, int]) -> tuple[int, ...]:
        """The most specific row that was learned for every sign; none if the model cannot read one of them."""
        found = []
        before = EDGE
        for place, sign in enumerate(word):
            after = word[place + 1] if place + 1 < len(word) else EDGE
            for name in (before + sign + after, NEITHER + sign + after, before + sign + NEITHER, sign):
                if name in rows:
                    found.append(rows[name])
                    break
            else:
                if (unseen := fallback(sign)) not in rows:
                    return ()
                found.append(rows[unseen])
            before = sign
        return tuple(found)

    def emits(self, row: int) -> dict[str, int]:
        """What a row emits, and at what cost in millibits; any other chunk costs as `UNHEARD_OF` says."""
        if row not in self._emits:
            places = range(self.start[row], self.start[row + 1])
            self._emits[row] = {self.chunks[self.chunk[place]]: self.cost[place] for place in places}
        return self._emits[row]


def asset() -> bytes:
    """The data file's bytes, which the engine's configuration hash covers."""
    return resources.files("kstep.names").joinpath("data/spellings.bin").read_bytes()


@functools.cache
def shipped_spellings() -> Spellings:
    """The costs that ship with kstep."""
    return parse(asset())


def parse(data: bytes) -> Spellings:
    """The costs out of a data file: one line of JSON, then the starts of rows (4 bytes each), chunks and costs (2 each),
    little-endian. Raises `InputError` for a file that is not whole.
    """
    head, _, body = data.partition(b"\n")
    try:
        found = json.loads(head)
        known_rows, chunks = found["rows"], tuple(found["chunks"])
    except (ValueError, KeyError, TypeError):
        raise _damaged() from None
    rows, number = {}, 0
    for name, known in known_rows.items():
        rows[name] = {row: number + place for place, row in enumerate(known)}
        number += len(known)
    start, chunk, cost = array("i"), array("H"), array("H")
    begin = 4 * (number + 1)
    middle = (begin + len(body)) // 2
    try:
        for numbers, part in ((start, body[:begin]), (chunk, body[begin:middle]), (cost, body[middle:])):
            numbers.frombytes(part)
    except ValueError:
        raise _damaged() from None
    if sys.byteorder == "big":
        for numbers in (start, chunk, cost):
            numbers.byteswap()
    if len(start) != number + 1 or not start[-1] == len(chunk) == len(cost):
        raise _damaged()
    return Spellings(rows, chunks, start, chunk, cost)


def _damaged() -> InputError:
    return InputError(
        "the learned spellings are not whole", where="names/data/spellings.bin", mend="install kstep again"
    )


def spelling_cost(word: str, spelling: str, spellings: Spellings) -> int:
    """-log2 of the probability that `word`, of any script, is spelled `spelling` in Latin letters, in millibits.

    `BEYOND` if no model reads the word, or if it has too few signs for so many letters.
    """
    if not 0 < len(spelling) <= LONGEST:
        return BEYOND
    swaps = word if script_of(word) is Script.LATIN else ""
    found = [_cheapest([spellings.emits(row) for row in rows], spelling, swaps) for rows in spellings.read(word)]
    return min(found, default=BEYOND)


def _cheapest(rows: Sequence[Mapping[str, int]], spelling: str, swaps: str) -> int:
    """The cost of the cheapest way to cut the spelling; `swaps` are the letters that may change places, if any."""
    before: list[int] = []
    reached = [0] + [BEYOND] * len(spelling)
    for sign, row in enumerate(rows):
        following = [BEYOND] * (len(spelling) + 1)
        for stop in range(len(spelling) + 1):
            for start in range(max(0, stop - LONGEST_CHUNK), stop + 1):
                if reached[start] < BEYOND:
                    price = row.get(spelling[start:stop], UNHEARD_OF[stop - start])
                    following[stop] = min(following[stop], reached[start] + price)
            if before and stop > 1 and swaps and before[stop - 2] < BEYOND:
                swapped = swaps[sign - 1] == spelling[stop - 1] and swaps[sign] == spelling[stop - 2]
                if swapped and swaps[sign] != swaps[sign - 1]:
                    following[stop] = min(following[stop], before[stop - 2] + SWAP)
        before, reached = reached, following
    return reached[-1]


_CLASS = {
    letter: sound
    for sound, letters in {
        "B": "bp", "F": "fv", "K": "ckgqx", "T": "dt", "S": "jsz", "L": "l", "M": "m", "N": "n", "R": "r",
    }.items()
    for letter in letters
}  # fmt: skip


def classes_of_letters() -> list[int]:
    """The code point of the class of each letter from *a* to *z*, 0 for those that are left out."""
    return [ord(_CLASS.get(letter, "\0")) for letter in "abcdefghijklmnopqrstuvwxyz"]


KEY_LENGTH = 3
"""Classes of consonants in a key of `script_keys`."""

MOST_KEYS = 16
"""Beginnings, and as many endings, that a word of another script may have in Latin letters."""

WIDTH = 32
REACH = 12_000
BONES_OF_A_SIGN = 8
"""How many ways to begin or end are followed from sign to sign, how much dearer (millibits) than the cheapest, and how many
ways to read one sign.
"""


def skeleton(letters: str) -> str:
    """The classes of the consonants of Latin letters, each run of one class once; vowels, *h*, *w* and *y* are left out."""
    found = [_CLASS[letter] for letter in letters if letter in _CLASS]
    return "".join(sound for place, sound in enumerate(found) if not place or found[place - 1] != sound)


@functools.lru_cache(maxsize=1 << 18)
def script_keys(word: str) -> tuple[str, ...]:
    """The keys by which a word is comparable with one of another script: how its consonants may begin and end in Latin
    letters. One beginning and one ending for a Latin word, the likeliest few for others.
    """
    if script_of(word) is Script.LATIN:
        bones = skeleton(word)
        return ("<" + bones[:KEY_LENGTH], ">" + bones[::-1][:KEY_LENGTH])
    spellings = shipped_spellings()
    keys: dict[str, None] = {}
    for rows in spellings.read(word):
        keys |= dict.fromkeys("<" + bones for bones in _ends(rows, 1))
        keys |= dict.fromkeys(">" + bones for bones in _ends(rows[::-1], -1))
    return tuple(sorted(keys))


def _ends(rows: Iterable[int], step: int) -> list[str]:
    """The likeliest beginnings (`step` 1) or endings (-1, read backwards) of what rows emit."""
    reached = {"": 0}
    for row in rows:
        following: dict[str, int] = {}
        for bones, so_far in reached.items():
            for added, price in _bones(row, step):
                now = bones + (added[1:] if bones and added[:1] == bones[-1] else added)
                now, cost = now[:KEY_LENGTH], so_far + price
                if cost < following.get(now, BEYOND):
                    following[now] = cost
        likely = sorted(following.items(), key=lambda item: (item[1], item[0]))[:WIDTH]
        reached = {bones: cost for bones, cost in likely if cost <= likely[0][1] + REACH}
    return list(reached)[:MOST_KEYS]


@functools.lru_cache(maxsize=1 << 16)
def _bones(row: int, step: int) -> tuple[tuple[str, int], ...]:
    """What a row emits as classes of consonants, each at its cheapest, the few cheapest."""
    found: dict[str, int] = {}
    for chunk, cost in shipped_spellings().emits(row).items():
        bones = skeleton(chunk)[::step]
        found[bones] = min(cost, found.get(bones, BEYOND))
    return tuple(sorted(found.items(), key=lambda item: (item[1], item[0]))[:BONES_OF_A_SIGN])


__all__ = [
    "BEYOND", "EDGE", "LONGEST_CHUNK", "NEITHER", "READINGS", "SWAP", "UNHEARD_OF", "Spellings", "asset", "fallback", "parse",
    "script_keys", "shipped_spellings", "signs", "spelling_cost",
]  # fmt: skip
