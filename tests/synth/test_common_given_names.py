"""A roster in which the ten commonest given names carry a chosen share of people, and what does not change with it."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from kstep.model import InputError
from kstep.synth import SyntheticPerson, people, write_people
from kstep.synth.draws import Draws
from kstep.synth.heads import share_of_ten
from kstep.synth.vocabulary import Law

N = 30_000


def first_given_names(roster: list[SyntheticPerson]) -> Counter[str]:
    """How often each first given name stands in a field of its own, without accents; own scripts are left out."""
    plain = (unicodedata.normalize("NFKD", person.given_names).encode("ascii", "ignore") for person in roster)
    return Counter(name.decode().lower().split()[0] for name in plain if name.strip())


def share_of(top: int, counted: Counter[str]) -> float:
    """What the commonest names carry."""
    return sum(count for _, count in counted.most_common(top)) / sum(counted.values())


def tolerance(share: float, people: int) -> float:
    """Four standard errors, and half a point for the choice of the ten and for words like `Van` that are no given name."""
    return 4 * math.sqrt(share * (1 - share) / people) + 0.005


@pytest.mark.parametrize("common", [0.11, 0.2, 0.25, 0.35])
def test_ten_commonest_given_names_carry_the_share_that_was_asked_for(common: float) -> None:
    counted = first_given_names(list(people(N, 4, common)))
    assert share_of(10, counted) == pytest.approx(common, abs=tolerance(common, sum(counted.values())))


def test_without_the_option_they_carry_what_the_laws_say() -> None:
    counted = first_given_names(list(people(N, 4)))
    assert share_of(10, counted) == pytest.approx(share_of_ten(), abs=tolerance(0.13, sum(counted.values())))


def test_only_given_names_become_commoner() -> None:
    usual, steep = list(people(N, 4)), list(people(N, 4, 0.25))
    assert [person.person_id for person in usual] == [person.person_id for person in steep]
    families = [Counter(person.family_name.lower() for person in roster if person.family_name)
                for roster in (usual, steep)]  # fmt: skip
    assert share_of(10, families[0]) == pytest.approx(share_of(10, families[1]), abs=0.006)
    nations = [Counter(person.nationality for person in roster) for roster in (usual, steep)]
    for code, count in nations[0].most_common(8):
        assert nations[1][code] == pytest.approx(count, abs=5 * count**0.5)
    assert {name for name, _ in first_given_names(usual).most_common(5)} <= set(first_given_names(steep))


def test_same_seed_and_share_give_the_same_people() -> None:
    assert list(people(300, 4, 0.25)) == list(people(300, 4, 0.25))
    assert list(people(300, 4, 0.25)) != list(people(300, 4, 0.26))


@pytest.mark.parametrize("common", [0.0, -1.0, 0.05, 0.5, 1.0, math.inf, math.nan])
def test_share_that_cannot_be_had_is_refused_with_those_that_can(tmp_path: Path, common: float) -> None:
    with pytest.raises(InputError) as refused:
        write_people(tmp_path / "people.csv", 5, 1, common=common)
    assert str(refused.value) == (
        f"{common} of the people cannot bear one of the ten commonest given names; write a share from 0.103 to 0.373"
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("share", [0.103, 0.373])
def test_both_ends_of_the_range_that_is_told_can_be_had(share: float) -> None:
    assert len(list(people(5, 1, share))) == 5


@pytest.mark.parametrize("law", [Law(1.3, 8.0, 5000), Law(1.0, 2.0, 400), Law(1.6, 5.0, 900)])
def test_shares_of_a_law_are_how_often_its_ranks_are_drawn(law: Law) -> None:
    size = 200_000
    counted = np.bincount(law.ranks(Draws(2, "law").uniform(size)), minlength=law.size)[:12] / size
    assert law.shares(law.size).sum() == pytest.approx(1.0)
    assert law.shares(12) == pytest.approx(counted, abs=0.003)
