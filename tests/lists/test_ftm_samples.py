"""FollowTheMoney entities as someone else wrote them: they are read as he expects, but for one count."""

from __future__ import annotations

import pytest

from kstep.lists import read_list
from kstep.model import InputError
from sample_lists import SAMPLES, disagreements, malformed

MALFORMED = [row for row in malformed() if row[0].startswith("ftm-")]


def test_the_sample_is_read_as_its_author_expects_but_for_records_that_are_not_people() -> None:
    edition = read_list("ftm", SAMPLES / "ftm" / "entities.ftm.json")
    # The expected file passes over the `Address` and the `Ownership`; every record is an entry, belongs to one or is
    # left out for a reason, so they stand in the account.
    assert disagreements(edition, "ftm/entities.ftm.json") == ["2 left out as 'not a person', not 0"]


def test_every_line_of_the_sample_is_an_entry_belongs_to_one_or_is_left_out() -> None:
    edition = read_list("ftm", SAMPLES / "ftm" / "entities.ftm.json")
    left_out = edition.left_out_by_reason
    assert len(edition.entries) + left_out["no name"] + left_out["duplicate id"] == edition.rows["Person"]
    assert left_out["entity"] == edition.rows["Company"] + edition.rows["Organization"]
    assert left_out["not a person"] == edition.rows["Address"] + edition.rows["Ownership"]
    assert (left_out["vessel"], left_out["aircraft"]) == (edition.rows["Vessel"], edition.rows["Airplane"])


@pytest.mark.parametrize(("name", "outcome", "left_out"), MALFORMED, ids=[row[0] for row in MALFORMED])
def test_a_malformed_sample_is_refused_or_read_with_what_is_left_out(
    name: str, outcome: str, left_out: dict[str, int]
) -> None:
    path = SAMPLES / "malformed" / name
    try:
        edition = read_list("ftm", path)
    except InputError as refused:
        assert outcome in ("refused", "either")
        assert str(path) in str(refused)
        assert "\n" not in str(refused)
    else:
        assert outcome in ("read", "either")
        assert outcome == "either" or edition.left_out_by_reason == left_out
        assert edition.entries_root


def test_there_are_malformed_samples_of_this_kind() -> None:
    assert len(MALFORMED) >= 7
