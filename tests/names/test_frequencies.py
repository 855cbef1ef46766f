"""The shipped weights: usual names weigh what their bearers' own people say, and unseen ones what their spelling says."""

from __future__ import annotations

import pytest

from kstep.names.frequencies import UNSEEN_TOKEN, Frequencies, asset, shipped_frequencies
from kstep.names.scripts import Script

SHIPPED = shipped_frequencies()
LINE = Frequencies(
    {"known": 7_000}, {}, {Script.LATIN: ((20_000, 12_000), (40_000, 16_000)), Script.HAN: ((1, 10_000),)}
)


@pytest.mark.parametrize(
    "token",
    ["warsame", "maxamed", "tesfaye", "haile", "karimov", "nazarov", "akhmetov", "magomedov", "traore", "okafor", "zadran",
     "patel", "kaur", "nguyen", "hossain", "perera", "santos", "hernandez", "王", "김", "محمد"],
)  # fmt: skip
def test_usual_names_of_every_people_are_not_taken_for_rare(token: str) -> None:
    assert SHIPPED.token(token) < 9_000


def test_unseen_latin_tokens_weigh_more_the_stranger_they_are_spelled() -> None:
    ordinary, strange = "marenda", "xqzvwkgj"
    assert ordinary not in SHIPPED.tokens
    assert SHIPPED.surprise(ordinary) < SHIPPED.surprise(strange)
    assert SHIPPED.token(ordinary) + 1_000 < SHIPPED.token(strange)


def test_rare_tokens_of_every_script_weigh_between_nine_and_seventeen_bits() -> None:
    for token in ("marenda", "жщыъ", "ظضذغث", "ךםץףן", "龘龗", "ぬぬぬ", "뷁뷁"):
        assert token not in SHIPPED.tokens
        assert 9_000 <= SHIPPED.token(token) <= 17_000


def test_no_token_in_the_table_weighs_more_than_it_would_unseen() -> None:
    unseen = Frequencies({}, {}, SHIPPED.unseen)
    assert all(millibits < unseen.token(token) for token, millibits in SHIPPED.tokens.items())


def test_weights_lie_on_the_line_between_knots_and_level_beyond_them() -> None:
    assert LINE.token("known") == 7_000
    for token in ("ann", "maria", "xxxxxxxxxxxx"):
        surprise = LINE.surprise(token)
        assert LINE.token(token) == min(max(12_000 + 4_000 * (surprise - 20_000) // 20_000, 12_000), 16_000)
    assert LINE.token("龍") == LINE.token("龍龍龍") == 10_000


def test_script_without_knots_weighs_the_constant() -> None:
    assert LINE.token("омар") == UNSEEN_TOKEN


def test_asset_covers_the_weights_and_the_letters() -> None:
    assert b"\ntoken\t" in asset()
    assert b"\nzz\t" in asset()
