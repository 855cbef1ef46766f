"""How common a name is, as weights: a pinned asset that is part of the engine, never taken from a run's own inputs.

A weight is -log2 of the share of people who carry the token, in millibits (thousandths of a bit), in the population
where it is most common, so that sharing *Mohammed* is never taken for rarer than it is among the people who bear it.
`tools/build_frequencies.py` makes the data file; its first lines say of what.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

UNSEEN_TOKEN = 15_000
"""Millibits for a token too rare to be in the data: the most that one token can weigh."""

UNSEEN_SOUND = 12_500
"""Millibits for a sound key too rare to be in the data: the most that agreement by sound can weigh."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Weights in millibits of tokens and of sound keys; what is not in them is rare and weighs the most."""

    tokens: Mapping[str, int]
    sounds: Mapping[str, int]

    def token(self, token: str) -> int:
        """The weight of a token: what it earns to carry the very same one."""
        return self.tokens.get(token, UNSEEN_TOKEN)

    def sound(self, key: str) -> int:
        """The weight of a sound key: what it earns that two tokens sound alike."""
        return self.sounds.get(key, UNSEEN_SOUND)


def asset() -> bytes:
    """The data file's bytes, which the engine's configuration hash covers."""
    return resources.files("kstep.names").joinpath("data/frequencies.tsv").read_bytes()


@functools.cache
def shipped_frequencies() -> Frequencies:
    """The weights that ship with kstep."""
    tokens: dict[str, int] = {}
    sounds: dict[str, int] = {}
    table = {"token": tokens, "sound": sounds}
    for line in asset().decode().splitlines():
        if not line.startswith("#"):
            kind, text, millibits = line.split("\t")
            table[kind][text] = int(millibits)
    return Frequencies(tokens, sounds)


__all__ = ["UNSEEN_SOUND", "UNSEEN_TOKEN", "Frequencies", "asset", "shipped_frequencies"]
