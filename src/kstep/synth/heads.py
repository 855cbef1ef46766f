"""How much of a population its ten commonest given names carry, and how steep the law of given names is for a wanted share.

A steeper law raises the exponent of every culture's given names alike, so that each keeps its own names in their order;
family names and which culture a person is of do not change.
"""

from __future__ import annotations

import functools
import unicodedata
from collections import defaultdict

from kstep.model import InputError
from kstep.synth.cultures import FEMALE, GIVEN, MALE, Culture, cultures

_FLATTEST, _STEEPEST = 0.9, 2.5
_HALVINGS = 40


def given_names_of(common: float | None) -> tuple[Culture, ...]:
    """The cultures with given names so common that the ten commonest carry a share `common` of people; None leaves them.

    Raises `InputError` for a share that laws of a tenth flatter to two and a half times as steep do not give.
    """
    if common is None:
        return cultures()
    lowest, highest = share_of_ten(_FLATTEST), share_of_ten(_STEEPEST)
    if not lowest <= common <= highest:
        raise InputError(f"{common} of the people cannot bear one of the ten commonest given names",
                         mend=f"write a share from {lowest + 0.0005:.3f} to {highest - 0.0005:.3f}")  # fmt: skip
    flat, steep = _FLATTEST, _STEEPEST
    for _ in range(_HALVINGS):
        middle = (flat + steep) / 2
        flat, steep = (middle, steep) if share_of_ten(middle) < common else (flat, middle)
    return cultures((flat + steep) / 2)


@functools.cache
def share_of_ten(steepness: float = 1.0) -> float:
    """The share of people whose first given name is one of the ten commonest, as the laws give it.

    `steepness` multiplies the exponents of given names. Names are told apart by their spelling without accents.
    """
    shares: defaultdict[str, float] = defaultdict(float)
    everyone = sum(culture.weights["people"] for culture in cultures())
    for culture in cultures():
        for sex, of_sex in ((MALE, culture.male_share), (FEMALE, 1.0 - culture.male_share)):
            named = culture.weights["people"] / everyone * of_sex * _bearing_a_given_name(culture, sex)
            for form, share in culture.vocabularies[culture.slot(GIVEN, sex)].common_forms(steepness):
                shares[_plain(form)] += named * share
    return sum(sorted(shares.values(), reverse=True)[:10])


def _bearing_a_given_name(culture: Culture, sex: int) -> float:
    """The share of people whose name has a given name of this culture in it; others have a foreign one, or only one name."""
    weights = [(structure.weight, structure.given[sex]) for structure in culture.structures]
    bearing = sum(weight for weight, pieces in weights if any(piece.slot == GIVEN for piece in pieces))
    return bearing / sum(weight for weight, _ in weights)


def _plain(form: str) -> str:
    return unicodedata.normalize("NFKD", form.replace("·", "")).encode("ascii", "ignore").decode("ascii").lower()
