"""Cultures: how people of one part of the world are named, where they live and what their papers look like.

Each is one file of `data/cultures`, which a person can read and correct; nothing of a culture stands in code.
A structure's template is words and {slots}: `male/female` gives two forms by sex, `latin=native` a word in two scripts.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from kstep.synth.vocabulary import Vocabulary, vocabularies

MALE, FEMALE = 0, 1
GIVEN = "given"
_GIVEN_NAMES = ("given", "male", "female")
"""The slots whose vocabularies are given names, be they one's own or one's father's."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a template: a `slot` to be filled, or text in Latin letters and, where known, in the own script."""

    slot: str = ""
    latin: str = ""
    native: str = ""


Template = tuple[tuple[Piece, ...], tuple[Piece, ...]]
"""The pieces in order, for a man and for a woman."""


Endings = tuple[tuple[str, str, str], ...]
"""(ending, what it becomes for a man, and for a woman), the first that fits counting."""


@dataclass(frozen=True, slots=True)
class Structure:
    """One way to put a name together: the given part and the family part (which may be empty)."""

    weight: float
    given: Template
    family: Template


@dataclass(frozen=True)
class Culture:
    """All of one culture's file. `weights` says how common it is among people and on each kind of list."""

    name: str
    weights: Mapping[str, float]
    male_share: float
    january_first: float
    """The share of birth dates that are 1 January because the day was not known."""
    family_first: bool
    countries: Mapping[str, float]
    passport: str
    national_id: str
    structures: tuple[Structure, ...]
    nicknames: tuple[Template, ...]
    vocabularies: Mapping[str, Vocabulary]
    joints: Mapping[str, Mapping[str, float]]
    """Marks inside names, such as the one before which the Arabic article stands, and how they are written."""
    endings: Mapping[str, tuple[Endings, Endings]]
    """By slot, for Latin letters and for the own script: how a name's ending changes with the bearer's sex."""

    def slot(self, slot: str, sex: int) -> str:
        """The vocabulary that fills `slot` for this sex."""
        by_sex = ("male", "female")[sex]
        wanted = by_sex if slot == GIVEN else f"{slot}_{by_sex}"
        return wanted if wanted in self.vocabularies else slot


def _template(text: str) -> Template:
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    for word in text.split():
        forms = word.split("/")
        for sex, pieces in enumerate(sides):
            form = forms[min(sex, len(forms) - 1)]
            if pieces and form:
                pieces.append(Piece(latin=" ", native=" "))
            latin, _, native = form.partition("=")
            for part in re.split(r"(\{\w+\})", latin):
                if part.startswith("{"):
                    pieces.append(Piece(slot=part[1:-1]))
                elif part:
                    pieces.append(Piece(latin=part, native=native))
    return tuple(sides[0]), tuple(sides[1])


def _endings(lines: list[str]) -> tuple[Endings, Endings]:
    """For each script, (ending, man's form, woman's form); a line of two forms a script leaves the man's as it is."""
    scripts: tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]] = ([], [])
    for line in lines:
        parts = line.split(" ")
        half = len(parts) // 2
        for script, forms in zip(scripts, (parts[:half], parts[half:]), strict=True):
            script.append((forms[0], forms[-2], forms[-1]))
    return tuple(scripts[0]), tuple(scripts[1])


def _culture(name: str, read: Mapping[str, Any], steepness: float) -> Culture:
    return Culture(
        name=name,
        weights={kind: read[kind] for kind in ("people", "ofac", "un")},
        male_share=read["male_share"],
        january_first=read["january_first"],
        family_first=read.get("family_first", False),
        countries=read["countries"],
        passport=read["passport"],
        national_id=read["national_id"],
        structures=tuple(
            Structure(weight, _template(given), _template(family)) for weight, given, family in read["structures"]
        ),
        nicknames=tuple(_template(text) for text in read["nicknames"]),
        vocabularies=vocabularies(read, dict.fromkeys(_GIVEN_NAMES, steepness)),
        joints=read.get("joints", {}),
        endings={slot: _endings(lines) for slot, lines in read.get("endings", {}).items()},
    )


@functools.cache
def cultures(steepness: float = 1.0) -> tuple[Culture, ...]:
    """Every culture, in the order of their names; `steepness` multiplies the exponents of the laws of given names."""
    folder = resources.files("kstep.synth").joinpath("data/cultures")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(
        _culture(file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8")), steepness)
        for file in files
    )


@functools.cache
def with_family_names() -> tuple[Culture, ...]:
    """The cultures that have family names."""
    return tuple(culture for culture in cultures() if "family" in culture.vocabularies)
