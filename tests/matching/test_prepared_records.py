"""Records as both engines start from them: what is one name, what contradicts itself, and what kernels must never get."""

from __future__ import annotations

import dataclasses
from itertools import permutations
from typing import Any

import pytest

from kstep.matching import columns_of, prepare
from kstep.matching.prepared import PreparedName
from kstep.model import Document, DocumentType, Identity, Name, NameQuality, PartialDate, Sex, ValueRefused
from kstep.names import Join
from kstep.names.tokens import MOST_JOINS, MOST_TOKENS

WEAK, STRONG = NameQuality.WEAK, NameQuality.STRONG


def names_of(*names: tuple[str, NameQuality]) -> list[tuple[tuple[str, ...], bool, str]]:
    prepared = prepare(Identity(names=tuple(Name(full, quality=quality) for full, quality in names)))
    return [(name.tokens, name.weak, name.shown) for name in prepared.names]


def test_names_of_equal_tokens_are_one_name_of_the_best_quality() -> None:
    ali = ("ali", "hassan")
    assert names_of(("Ali Hassan", STRONG), ("ALI HASSAN", WEAK)) == [(ali, False, "Ali Hassan")]
    assert names_of(("Ali Hassan", WEAK), ("ALI HASSAN", STRONG)) == [(ali, False, "ALI HASSAN")]
    assert names_of(("Ali Hassan", WEAK), ("ALI HASSAN", WEAK)) == [(ali, True, "Ali Hassan")]


def test_names_of_equal_tokens_keep_the_joins_of_all_in_any_order() -> None:
    """*Zawahiri* beside *al-Zawahiri* must still be comparable with *Alzawahiri*."""
    spellings = ["Zawahiri", "al-Zawahiri", "el Zawahiri"]
    for order in permutations(spellings):
        (name,) = prepare(Identity(names=tuple(map(Name, order)))).names
        assert {join.token for join in name.joins} == {"alzawahiri", "elzawahiri"}


def test_names_keep_their_order_and_those_without_tokens_are_none() -> None:
    found = names_of(("Omar", STRONG), ("FNU LNU", STRONG), ("---", STRONG), ("Ali", WEAK), ("omar", WEAK))
    assert found == [(("omar",), False, "Omar"), (("ali",), True, "Ali")]


@pytest.mark.parametrize(
    ("told", "sex"),
    [
        ((), None),
        ((Sex.MALE,), Sex.MALE),
        ((Sex.FEMALE, Sex.FEMALE), Sex.FEMALE),
        ((Sex.MALE, Sex.FEMALE), None),
        ((Sex.UNSPECIFIED,), None),
        ((Sex.UNSPECIFIED, Sex.FEMALE), Sex.FEMALE),
    ],
)
def test_a_sex_that_contradicts_itself_or_says_nothing_is_not_known(told: tuple[Sex, ...], sex: Sex | None) -> None:
    assert prepare(Identity(sexes=told)).sex is sex


def test_what_is_said_twice_counts_once() -> None:
    """Otherwise a record that repeats itself would be charged for more to choose from."""
    born, paper = PartialDate.of(1970), Document(DocumentType.PASSPORT, "A1234567", "IR")
    twice = prepare(Identity(birth_dates=(born, born), documents=(paper, paper), nationalities=("IR", "IR")))
    assert (twice.dates, twice.documents, twice.nationalities) == ((born,), (paper,), frozenset({"IR"}))


@pytest.mark.parametrize("code", ["ir", "IRN", "I", "", "ÄÖ", "I1", "İR"])
@pytest.mark.parametrize("field", ["nationalities", "birth_countries", "documents"])
def test_a_country_that_is_no_code_never_reaches_the_kernels(field: str, code: str) -> None:
    """Their tables have a place for each two letters and no check for others."""
    value: Any = Document(DocumentType.NATIONAL_ID, "12345678", code) if field == "documents" else code
    record = prepare(dataclasses.replace(Identity(), **{field: (value,)}))
    if field == "documents" and not code:
        assert columns_of([record]).fields.national_issuer.tolist() == [-1]
        return
    with pytest.raises(ValueRefused, match="is not the ISO 3166 alpha-2 code of a country"):
        columns_of([record])


@pytest.mark.parametrize(
    ("tokens", "joins"), [(MOST_TOKENS + 1, 0), (MOST_TOKENS, MOST_JOINS + 1), (1, MOST_JOINS + 1)]
)
def test_more_tokens_or_joins_than_the_kernels_have_room_for_never_reach_them(tokens: int, joins: int) -> None:
    name = PreparedName(("ali",) * tokens, (Join(0, 1, "alali"),) * joins, weak=False, shown="")
    with pytest.raises(AssertionError, match="working space"):
        columns_of([dataclasses.replace(prepare(Identity()), names=(name,))])
