"""How common a name is, as weights: a pinned asset that is part of the engine, never taken from a run's own inputs.

A weight is -log2 of the share of people who carry the token, in millibits (thousandths of a bit), in the population
where it is most common, so that sharing *Mohammed* is never taken for rarer than it is among the people who bear it.
What is in no population weighs what such tokens were measured to: less where its spelling is ordinary.
`tools/build_frequencies.py` makes the data files; their first lines say of what.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources

from kstep.names import letters
from kstep.names.letters import letter_costs
from kstep.names.scripts import Script, script_of

UNSEEN_TOKEN = 15_000
"""Millibits for a token that is not in the data, of a script of which nothing was measured."""

UNSEEN_SOUND = 12_500
"""Millibits for a sound key too rare to be in the data: the most that agreement by sound can weigh."""

Knots = tuple[tuple[int, int], ...]
"""Points of a line: surprise in millibits (Latin) or number of letters (other scripts), and weight in millibits."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Weights in millibits of tokens and of sound keys, and how to weigh tokens that are not among them."""

    tokens: Mapping[str, int]
    sounds: Mapping[str, int]
    unseen: Mapping[Script, Knots] = field(default_factory=dict)

    def token(self, token: str) -> int:
        """The weight of a token: what it earns to carry the very same one."""
        found = self.tokens.get(token)
        return self._unseen(token) if found is None else found

    def sound(self, key: str) -> int:
        """The weight of a sound key: what it earns that two tokens sound alike."""
        return self.sounds.get(key, UNSEEN_SOUND)

    def surprise(self, token: str) -> int:
        """-log2 of the probability that a name token is spelled so, its end included, in millibits."""
        return letters.surprise(token)

    def _unseen(self, token: str) -> int:
        script = script_of(token)
        knots = self.unseen.get(script)
        if not knots:
            return UNSEEN_TOKEN
        return _between(knots, letters.surprise(token) if script is Script.LATIN else len(token))


def _between(knots: Knots, at: int) -> int:
    """The height at `at` of the line through the knots, level beyond its ends."""
    place = bisect_right(knots, (at, 1 << 62))
    if place in (0, len(knots)):
        return knots[min(place, len(knots) - 1)][1]
    (left, low), (right, high) = knots[place - 1 : place + 1]
    return low + (high - low) * (at - left) // (right - left)


def asset() -> bytes:
    """The data files' bytes, which the engine's configuration hash covers."""
    return _table() + letters.letters_asset()


def _table() -> bytes:
    return resources.files("kstep.names").joinpath("data/frequencies.tsv").read_bytes()


@functools.cache
def shipped_frequencies() -> Frequencies:
    """The weights that ship with kstep."""
    tokens: dict[str, int] = {}
    sounds: dict[str, int] = {}
    unseen: dict[Script, Knots] = {}
    for line in _table().decode().splitlines():
        if line.startswith("#"):
            continue
        kind, head, texts = line.split("\t")
        if kind == "unseen":
            unseen[Script[head.upper()]] = tuple(_knot(text) for text in texts.split(" "))
        else:
            (tokens if kind == "token" else sounds).update(dict.fromkeys(texts.split(" "), int(head)))
    return Frequencies(tokens, sounds, unseen)


def _knot(text: str) -> tuple[int, int]:
    at, millibits = text.split("=")
    return int(at), int(millibits)


__all__ = ["UNSEEN_SOUND", "UNSEEN_TOKEN", "Frequencies", "asset", "letter_costs", "shipped_frequencies"]
