"""The pinned weights of the model, in millibits, and the hash that names an engine's configuration.

Everything that a score depends on is in the package: the weights here and the frequencies of `names/`. The hash covers
them all, so two results with one hash were computed by one model.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from importlib.metadata import version

from kstep import __version__
from kstep.model.fingerprints import code_hash
from kstep.names.frequencies import asset as frequencies_asset
from kstep.names.spelling import asset as spellings_asset
from kstep.names.variants import asset as variants_asset

MOST_PAIRS = 1 << 14
"""More comparisons than this are charged as this many."""

NOMINAL_LIST = 8_000
"""Entries of the list that the pinned prior supposes."""

HALVINGS = 3
"""How often a list may be half as long again and ask for a bit less each time: one of 1,000 entries asks for as little as any. On
the shortest lists two usual names would else be a match (docs/decisions/0034-shorter-lists.md).
"""

MILLIBITS_OF_A_DOUBLING = 1_667
"""What the prior is lower for a list twice as long, so that as many people have a match by chance as before: on made-up registers
and lists of 100,000 and 1,800,000 entries each bit leaves about two thirds of the chance matches, not a half, because names and
dates are not independent (docs/decisions/0009-the-prior-follows-the-length-of-the-list.md).
"""


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights in millibits, grouped as in `data/weights.json`."""

    prior: int
    choice: int
    date_choice: int
    name: Mapping[str, int]
    birth_date: Mapping[str, int]
    sex: Mapping[str, int]
    nationality: Mapping[str, int]
    birth_country: Mapping[str, int]
    country: Mapping[str, int]
    document: Mapping[str, int]

    def charge(self, pairs: int) -> int:
        """What it costs that the best of `pairs` comparisons is taken (0 for one), in millibits."""
        return charge(self.choice, pairs)

    def date_charge(self, pairs: int) -> int:
        """The same for pairs of birth dates."""
        return charge(self.date_choice, pairs)

    @property
    def related_state(self) -> int:
        """What it earns that one record has a country where the other has a related state, in millibits."""
        return self.country["equal"] // 2

    def for_list(self, entries: int) -> Weights:
        """These weights with the prior of a list of so many entries, to the nearest doubling or halving of `NOMINAL_LIST`."""
        doublings = max(-HALVINGS, round(math.log2(max(1, entries) / NOMINAL_LIST)))
        return replace(self, prior=self.prior - doublings * (MILLIBITS_OF_A_DOUBLING if doublings > 0 else 1_000))

    def needed(self, threshold: float) -> int:
        """The least millibits of which `probability` is at least `threshold`, which lies between 0 and 1."""
        need = math.ceil(1000 * math.log2(threshold / (1 - threshold))) - self.prior
        while self.probability(need) < threshold:
            need += 1
        while self.probability(need - 1) >= threshold:
            need -= 1
        return need

    def probability(self, bits: int) -> float:
        """The probability that a pair is one person, of its evidence in millibits and the prior."""
        odds = (bits + self.prior) / 1000
        return 1 / (1 + 2**-odds) if odds > -1000 else 0.0


def charge(of_doubling: int, pairs: int) -> int:
    """What it costs that the best of `pairs` comparisons is taken, if it is so much for each doubling, in millibits."""
    return round(of_doubling * math.log2(max(1, min(pairs, MOST_PAIRS - 1))))


def _asset(name: str) -> bytes:
    return resources.files("kstep.matching").joinpath("data", name).read_bytes()


@functools.cache
def shipped_weights() -> Weights:
    """The weights that ship with kstep."""
    found = json.loads(_asset("weights.json"))
    fields = ("name", "birth_date", "sex", "nationality", "birth_country", "country", "document")
    numbers = ("prior", "choice", "date_choice")
    return Weights(**{key: found[key] for key in (*numbers, *fields)})


@functools.cache
def configuration() -> str:
    """The engine's configuration hash: 16 hexadecimal digits over every pinned asset, the code that reads names and
    compares records, and the tables of letters that it uses.
    """
    letters = f"anyascii {version('anyascii')} unicode {unicodedata.unidata_version}"
    digest = hashlib.sha256(letters.encode())
    for part in (
        _asset("weights.json"),
        frequencies_asset(),
        spellings_asset(),
        variants_asset(),
    ):
        digest.update(hashlib.sha256(part).digest())
    digest.update(code_hash("kstep.names", "kstep.matching", "kstep.matching.kernels").encode())
    return digest.hexdigest()[:16]


@functools.cache
def engine_name() -> str:
    """What computed a result: the package's version and the configuration hash."""
    return f"kstep {__version__} {configuration()}"
