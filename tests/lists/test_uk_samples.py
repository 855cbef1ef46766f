"""Both layouts of the UK's list as someone else wrote them from public descriptions: they are read as he expects."""

from __future__ import annotations

import pytest

from kstep.lists import read_list
from kstep.model import InputError
from sample_lists import SAMPLES, disagreements, malformed

MALFORMED = [row for row in malformed() if row[0].startswith("uk-")]


@pytest.mark.parametrize("sample", ["uk/sanctions-list.csv", "uk/conlist.csv"])
def test_a_sample_is_read_as_its_author_expects(sample: str) -> None:
    edition = read_list("uk", SAMPLES / sample)
    assert disagreements(edition, sample) == []
    left_out = edition.left_out_by_reason
    assert len(edition.entries) + left_out["no name"] == edition.rows["individual"]
    assert (left_out["entity"], left_out["vessel"]) == (edition.rows["entity"], edition.rows["ship"])


@pytest.mark.parametrize(("name", "outcome", "left_out"), MALFORMED, ids=[row[0] for row in MALFORMED])
def test_a_malformed_sample_is_refused_or_read_with_what_is_left_out(
    name: str, outcome: str, left_out: dict[str, int]
) -> None:
    path = SAMPLES / "malformed" / name
    try:
        edition = read_list("uk", path)
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
