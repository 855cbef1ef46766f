"""Other spellings of a name: known ones, letter rewrites as often as real aliases show them, and slips of the keyboard.

The rewrites and their rates were counted on aliases of real lists (`tools/fit_synth.py`); the known spellings are those
of the cultures' files. Only Latin letters are respelled.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate

from kstep.synth.cultures import cultures
from kstep.synth.draws import Draws
from kstep.synth.rates import rates

_LETTERS = "etaoinsrhldcumfpgwybvkxjqz"


@functools.cache
def known_spellings() -> Mapping[str, tuple[str, ...]]:
    """Every spelling of a common name, in lower case, to all spellings of that name."""
    found: dict[str, tuple[str, ...]] = {}
    for culture in cultures():
        for vocabulary in culture.vocabularies.values():
            for forms in vocabulary.spellings:
                plain = tuple(form.replace("~", "").replace("·", "") for form in forms)
                for form in plain if len(plain) > 1 else ():
                    found.setdefault(form.lower(), plain)
    return found


@functools.cache
def _rewrites() -> Mapping[str, tuple[tuple[str, ...], tuple[float, ...]]]:
    """For letters that are rewritten: what they become, and the rates of that summed up so far."""
    found: dict[str, dict[str, float]] = {}
    for before, after, rate in rates().name.rewrites:
        found.setdefault(before, {})[after] = rate
    return {before: (tuple(options), tuple(accumulate(options.values()))) for before, options in found.items()}


@functools.cache
def _how_many() -> Mapping[int, float]:
    return dict(enumerate(rates().name.rewrites_per_token, start=1))


class Speller:
    """Respells tokens and names with its own source of chance."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws

    def respelled_name(self, name: str) -> str:
        """`name` with one of its longer tokens spelled otherwise."""
        tokens = name.split()
        position = self._draws.one([i for i, token in enumerate(tokens) if len(token) > 2] or [0])
        tokens[position] = self.respelled(tokens[position])
        return " ".join(tokens)

    def respelled(self, token: str) -> str:
        """Another spelling of `token`, or `token` itself if none is known (other scripts, single letters)."""
        others = [form for form in known_spellings().get(token.lower(), ()) if form.lower() != token.lower()]
        if others and self._draws.chance(rates().assumed["known_spelling_share"]):
            return _cased(self._draws.one(others), token)
        word = token.lower()
        for _ in range(self._draws.one_by_weight(_how_many())):
            word = self._rewritten(word)
        return _cased(word, token)

    def _rewritten(self, word: str) -> str:
        marked = f"^{word}$"
        known = _rewrites()
        places = [
            (start, part)
            for length in (1, 2, 3)
            for start in range(len(marked) - length + 1)
            if (part := marked[start : start + length]) in known
        ]
        if not places:
            return word
        reached = list(accumulate([known[part][1][-1] for _, part in places], initial=0.0))
        point = self._draws.point() * reached[-1]
        which = bisect_right(reached, point, hi=len(places)) - 1
        start, before = places[which]
        afters, rates_of = known[before]
        after = afters[bisect_right(rates_of, point - reached[which], hi=len(afters) - 1)]
        changed = (marked[:start] + after + marked[start + len(before) :]).strip("^$")
        return changed if len(changed) > 1 else word

    def mistyped(self, token: str) -> str:
        """`token` with one letter substituted, deleted, inserted or transposed with the next."""
        draws = self._draws
        kind = draws.one_by_weight(rates().typing_kinds)
        at = draws.number(len(token) - (kind == "transposed"))
        letter = draws.one(_LETTERS)
        letter = letter.upper() if token[at].isupper() else letter
        if kind == "substituted":
            return token[:at] + letter + token[at + 1 :]
        if kind == "deleted":
            return token[:at] + token[at + 1 :]
        if kind == "inserted":
            return token[:at] + letter + token[at:]
        return token[:at] + token[at + 1] + token[at] + token[at + 2 :]


def _cased(word: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word.lower()
