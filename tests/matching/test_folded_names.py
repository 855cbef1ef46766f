"""Names that differ only in particles are one name, and nothing of them is lost, in whatever order they stand."""

from __future__ import annotations

import pytest

from kstep.matching import prepare, score, shipped_weights
from kstep.model import Identity, Name, PartialDate

BORN = (PartialDate.parse("1970-05-05"),)


def bits(asked: str, *known: str) -> int:
    person, entry = (prepare(Identity(tuple(map(Name.of, names)), BORN)) for names in ((asked,), known))
    return score(person, entry, shipped_weights()).millibits


def test_order_of_aliases_makes_no_difference() -> None:
    names = ("Abbud ZUMAR", "Abbud AL-ZUMAR")
    assert bits("Abbud Alzumar", *names) == bits("Abbud Alzumar", *reversed(names))
    assert bits("Abbud Alzumar", *names) > bits("Abbud Alzumar", names[0])


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("Juan Delacruz", "Juan de la Cruz"), ("Anna Vanderberg", "Anna van der Berg"), ("Bin Xu", "Xu Bin"),
        ("Li Na", "Li Na"), ("Hafiz Khan", "Hafiz Khan"), ("Muhammad al-Shaykh", "Muhammad al-Shaykh"),
        ("Mahmud Nuraldin", "Mahmud Nur al-Din"),
    ],
)  # fmt: skip
def test_name_and_birth_date_reach_the_threshold(asked: str, known: str) -> None:
    assert bits(asked, known) >= shipped_weights().needed(0.5)
