"""Shares of people who carry a token or a sound, per population, and what one weighs in the population where it is most usual.

A share counted in a sample is lowered by the absolute discount of Ney, Essen and Kneser (1994), which is Good and Turing's
estimate for the rarest, so that a handful of people on a short list does not make a rare name common. The highest share
counts, because nobody knows which population a person is of; and nowhere less than that of all samples together.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from kstep.names import scripts
from kstep.names.keys import is_initial, sound_keys
from kstep.names.scripts import Script
from kstep.names.tokens import tokenize

_WHOLE = (Script.HAN, Script.KANA, Script.HANGUL)
_SPELLED = (*_WHOLE, Script.CYRILLIC)
STEP = 100
"""Millibits to which weights are rounded, so that the file says each once."""


def tokens_of_part(written: str) -> set[str]:
    """The tokens of a given or family name; what is not in Arabic or Hebrew letters also as it is first romanised."""
    text = unicodedata.normalize("NFKC", written).casefold().strip()
    if not text:
        return set()
    own = {scripts.own_form(text)} if scripts.script_of(text) in _WHOLE else set(tokenize(text).tokens)
    romanized = {scripts.latin(token) for token in own if scripts.script_of(token) in _SPELLED}
    return {token for token in own | romanized if token and not is_initial(token)}


class Population:
    """How many of `people` carry each token and each sound.

    `sampled` if they are a sample of those they stand for; `counted` if rare names were counted in it one by one, so
    that it tells how usual those are that no source has.
    """

    def __init__(self, name: str, people: float = 0.0, *, sampled: bool = False, counted: bool = False) -> None:
        self.name = name
        self.people = people
        self.sampled = sampled
        self.counted = counted
        self.tokens: defaultdict[str, float] = defaultdict(float)
        self.sounds: defaultdict[str, float] = defaultdict(float)

    def add(self, tokens: Iterable[str], count: float, people: float = 0.0) -> None:
        """`count` bearers of each of `tokens`, who are `people` more people."""
        distinct = {token for token in tokens if not is_initial(token)}
        for token in distinct:
            self.tokens[token] += count
        for key in {key for token in distinct for key in sound_keys(token)}:
            self.sounds[key] += count
        self.people += people

    def shares(self, counts: Mapping[str, float]) -> dict[str, float]:
        """The share of people for each text of `counts`, the population's tokens or sounds."""
        discount = _discount(counts) if self.sampled else 0.0
        return {text: (count - discount) / self.people for text, count in counts.items() if count > discount}


def _discount(counts: Mapping[str, float]) -> float:
    times = Counter(round(count) for count in counts.values())
    return times[1] / (times[1] + 2 * times[2]) if times[1] else 0.0


def highest_shares(populations: list[Population], sounds: bool) -> dict[str, float]:
    """The share of every token or sound in the population where it is highest."""
    everyone = sum(population.people for population in populations if population.sampled)
    together: defaultdict[str, float] = defaultdict(float)
    highest: defaultdict[str, float] = defaultdict(float)
    for population in populations:
        counts = population.sounds if sounds else population.tokens
        for text, share in population.shares(counts).items():
            highest[text] = max(highest[text], share)
            together[text] += share * population.people * population.sampled
    return {text: max(share, together[text] / max(everyone, 1.0)) for text, share in highest.items()}


def weight(share: float) -> int:
    """-log2 of a share in millibits, in whole steps; a token that half of a people carries is as usual as any."""
    return STEP * round(-1000 * math.log2(min(share, 0.5)) / STEP)


def by_weight(weights: Mapping[str, int]) -> Iterator[tuple[int, str]]:
    """Each weight with the texts that have it, in order."""
    texts: defaultdict[int, list[str]] = defaultdict(list)
    for text in sorted(weights):
        texts[weights[text]].append(text)
    for millibits in sorted(texts):
        yield millibits, " ".join(texts[millibits])
