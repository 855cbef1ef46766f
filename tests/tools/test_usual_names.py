"""The hand-made file of usual names: every row is read, and its shares add up to what it says is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from usual_names import shares, usual_names

FILE = Path(__file__).parents[2] / "tools/data/usual_names.tsv"
ROWS = [line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def test_names_without_shares_fall_with_their_rank_and_add_up() -> None:
    found = dict(shares(["first", "second", "third"], 0.6))
    assert found["first"] > found["second"] > found["third"]
    assert sum(found.values()) == pytest.approx(0.6)


def test_spellings_part_a_name_and_the_first_has_half() -> None:
    found = dict(shares(["ali/aly/eli=20", "omar"], 0.6))
    assert found == pytest.approx({"ali": 0.1, "aly": 0.05, "eli": 0.05, "omar": 0.4})


def test_given_shares_leave_a_fifth_to_the_others() -> None:
    found = dict(shares(["nguyen=90", "tran"], 0.5))
    assert found == pytest.approx({"nguyen": 0.4, "tran": 0.1})


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}, {row[1]}" for row in ROWS])
def test_row_of_the_file_is_whole(row: list[str]) -> None:
    _, kind, carried, known, names = row
    assert kind in ("given", "family", "patronymic")
    assert 1 <= float(carried) <= 4
    assert 10 <= float(known) <= 100
    assert len(names.split(" ")) >= 20
    found = list(shares(names.split(" "), float(known) * float(carried) / 100))
    assert all(spelling and spelling == spelling.casefold() and share > 0 for spelling, share in found)
    assert sum(share for _, share in found) <= float(known) * float(carried) / 100 + 1e-9


def test_every_population_has_bearers_of_its_names() -> None:
    populations = {population.name: population for population in usual_names(FILE)}
    assert populations.keys() == {row[0] for row in ROWS}
    somali = populations["Somalia"]
    assert somali.tokens["mohamed"] / somali.people > 0.05
