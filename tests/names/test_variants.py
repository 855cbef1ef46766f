"""Tokens that are known to stand for one name: the pinned table, and how it counts beside what the letters say."""

from __future__ import annotations

import pytest

from kstep.names import Frequencies, Relation, compare, shipped_frequencies
from kstep.names.keys import is_initial
from kstep.names.scripts import own_form
from kstep.names.variants import asset, variants

SHIPPED = shipped_frequencies()
LINES = [line.split("\t") for line in asset().decode().splitlines() if not line.startswith("#")]


def test_the_table_says_where_it_is_from() -> None:
    assert asset().decode().startswith("# ")
    assert "build_variants.py" in asset().decode().partition("\n#\n")[0]


def test_every_pair_is_of_two_tokens_once_with_a_price() -> None:
    assert len(LINES) > 1_000
    assert [line[:2] for line in LINES] == sorted(line[:2] for line in LINES)
    assert len({(left, right) for left, right, _ in LINES}) == len(LINES)
    for left, right, price in LINES:
        assert left < right
        assert int(price) > 0
        for token in (left, right):
            assert token.isalpha()
            assert token == token.casefold() == own_form(token)
            assert not is_initial(token)


def test_the_table_reads_the_same_either_way_round() -> None:
    for left, right, price in LINES:
        assert variants(left)[right] == variants(right)[left] == int(price)


def test_what_is_not_in_the_table_has_no_variants() -> None:
    assert dict(variants("zqxvwj")) == dict(variants("")) == {}


@pytest.mark.parametrize(
    ("left", "right"),
    [("bob", "robert"), ("bill", "william"), ("liz", "elizabeth"), ("mehmet", "mohammed"), ("haroun", "aaron")],
)
def test_nicknames_translations_and_forms_of_another_language_earn(left: str, right: str) -> None:
    found = compare(left, right, SHIPPED)
    same = compare(left, left, SHIPPED), compare(right, right, SHIPPED)
    assert found
    assert 0 < found.millibits < min(one.millibits for one in same if one)


def test_a_variant_earns_the_lighter_token_less_its_price() -> None:
    price = variants("bob")["robert"]
    found = compare("bob", "robert", Frequencies({"bob": 9_000, "robert": 5_000}, {}))
    assert found
    assert (found.relation, found.millibits) == (Relation.VARIANT, 5_000 - price)


def test_of_variant_and_letters_the_higher_counts() -> None:
    """Every pair of the table earns at least what it says there; where the letters say more, as much as they say."""
    light = Frequencies({word: 8_000 for line in LINES for word in line[:2]}, {})
    relations = set()
    for left, right, price in LINES[::7]:
        found = compare(left, right, light)
        assert found
        assert found.millibits >= 8_000 - int(price)
        assert found.relation is Relation.VARIANT or found.millibits > 8_000 - int(price)
        relations.add(found.relation)
    assert Relation.VARIANT in relations
