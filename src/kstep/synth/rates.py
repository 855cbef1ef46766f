"""The parameters of the generator, read from `data/rates.json`: fitted ones, and assumed ones with their reason.

`tools/fit_synth.py` writes the file and says there what each number was counted on.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class NameRates:
    """How names of one person differ. `..._per_token` and `..._per_name` hold for names that were written anew."""

    alias: float
    changed: float
    respelled_per_token: float
    dropped_per_token: float
    initial_per_token: float
    joined_per_name: float
    split_per_name: float
    swapped_per_name: float
    added_per_name: float
    rewrites_per_token: tuple[float, ...]
    """The share of respelled tokens with one, two, three rewrites."""
    rewrites: tuple[tuple[str, str, float], ...]
    """Letters, what they become, and how often where they stand. `^` and `$` are a token's start and end."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Everything of `rates.json` that the generator uses."""

    name: NameRates
    birth_date: Mapping[str, float]
    nationality: Mapping[str, float]
    document: Mapping[str, float]
    lists: Mapping[str, Mapping[str, Any]]
    assumed: Mapping[str, float]
    typing_kinds: Mapping[str, float]


@functools.cache
def rates() -> Rates:
    """The parameters of this version."""
    text = resources.files("kstep.synth").joinpath("data/rates.json").read_text(encoding="utf-8")
    read = json.loads(text)
    name = read["name"]
    name["rewrites_per_token"] = tuple(name["rewrites_per_token"])
    name["rewrites"] = tuple((before, after, rate) for before, after, rate in name["rewrites"])
    assumed = {key: value for key, value in read["assumed"].items() if isinstance(value, float | int)}
    return Rates(NameRates(**name), read["birth_date"], read["nationality"], read["document"], read["lists"], assumed,
                 read["assumed"]["typing_kinds"])  # fmt: skip
