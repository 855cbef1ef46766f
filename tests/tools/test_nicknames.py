"""Which given names a token may stand for."""

from __future__ import annotations

import pytest

from kstep.names import tokenize
from kstep.names.scripts import script_of
from nickname_table import asset, equivalents, nickname_classes

MOST_CLASSES = 6

ONE_PERSON = [
    "bob robert", "rob robert", "bill william", "peggy margaret", "liz elizabeth", "jack john", "ted edward", "sasha alexander",
    "sasha aleksandr", "sasha oleksandr", "sasha alexandra", "misha mikhail", "vova vladimir", "vova volodymyr", "dima dmitry",
    "zhenya yevgeny", "pepe jose", "paco francisco", "nacho ignacio", "mohd mohammed", "md muhammad", "muhd mohamed",
    "hans johann", "kasia katarzyna", "beppe giuseppe", "саша александр", "миша mikhail", "itzik yitzhak",
]  # fmt: skip


@pytest.mark.parametrize("both", ONE_PERSON)
def test_a_nickname_shares_a_class_with_its_name(both: str) -> None:
    left, right = both.split()
    assert set(nickname_classes(left)) & set(nickname_classes(right))


@pytest.mark.parametrize(
    "both", ["robert william", "jose francisco", "mohd ahmed", "ivan john", "sasha misha", "pepe paco"]
)
def test_other_names_share_none(both: str) -> None:
    left, right = both.split()
    assert not set(nickname_classes(left)) & set(nickname_classes(right))


@pytest.mark.parametrize(
    "both",
    ["ivan john", "juan giovanni", "yusuf joseph", "ibrahim abraham", "иван john", "mehmet mohammed", "boutros peter"],
)
def test_translations_of_one_name_are_equivalents_and_no_nicknames(both: str) -> None:
    left, right = both.split()
    assert set(equivalents(left)) & set(equivalents(right))
    assert not set(nickname_classes(left)) & set(nickname_classes(right))


@pytest.mark.parametrize("token", ["", "zqxvw", "习", "김", "محمد", "k"])
def test_a_token_that_is_not_known_is_in_no_class(token: str) -> None:
    assert nickname_classes(token) == equivalents(token) == ()


def test_the_table_holds_tokens_in_few_classes() -> None:
    """What is not a token as names are read can never be looked up."""
    rows = [line.split("\t") for line in asset().decode().splitlines() if not line.startswith("#")]
    assert len(rows) > 3000
    for kind, name, classes in rows:
        assert kind in ("nickname", "equivalent")
        assert 1 <= len(set(classes.split())) == len(classes.split()) <= MOST_CLASSES
        for token in (name, *classes.split()):
            assert tokenize(token).tokens == (token,)
            assert token.isascii(), script_of(token)


def test_the_table_is_sorted_and_has_no_name_twice() -> None:
    names = [line.rsplit("\t", 1)[0] for line in asset().decode().splitlines() if not line.startswith("#")]
    assert len(names) == len(set(names))
    kinds = [name.split("\t")[0] for name in names]
    assert kinds == sorted(kinds, reverse=True)
