"""Countries as list publishers write them, and towns in them, for synthetic lists."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Country:
    """A country's name on OFAC's and on the UN's list, and some of its towns."""

    ofac: str
    un: str
    towns: tuple[str, ...]


@functools.cache
def countries() -> Mapping[str, Country]:
    """Every country in which people of a culture live, by alpha-2 code."""
    text = resources.files("kstep.synth").joinpath("data/countries.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    return {code: Country(ofac, un, tuple(towns.split(", "))) for code, (ofac, un, towns) in read.items()}
