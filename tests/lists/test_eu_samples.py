"""Both files of the EU as someone else wrote them from public descriptions: they are read as he expects."""

from __future__ import annotations

import pytest

from kstep.lists import read_list
from kstep.model import InputError
from sample_lists import SAMPLES, disagreements, malformed

MALFORMED = [row for row in malformed() if row[0].startswith("eu-")]


@pytest.mark.parametrize("sample", ["eu/full-1_1.xml", "eu/full.csv"])
def test_a_sample_is_read_as_its_author_expects(sample: str) -> None:
    edition = read_list("eu", SAMPLES / sample)
    assert disagreements(edition, sample) == []
    left_out = edition.left_out_by_reason
    people_left_out = left_out["no name"] + left_out.get("duplicate id", 0)
    assert len(edition.entries) + people_left_out == edition.rows["individual"]
    assert left_out["entity"] == edition.rows["entity"]


def test_both_files_say_the_same_of_the_same_people() -> None:
    xml, csv = (
        {entry.entry_id: entry for entry in read_list("eu", SAMPLES / sample).entries}
        for sample in ("eu/full-1_1.xml", "eu/full.csv")
    )
    assert xml.keys() == csv.keys()
    for entry_id, entry in xml.items():
        other = csv[entry_id]
        assert {name.full for name in entry.identity.names} == {name.full for name in other.identity.names}
        assert entry.identity.birth_dates == other.identity.birth_dates
        assert entry.identity.documents == other.identity.documents
        assert (entry.programmes, entry.references) == (other.programmes, other.references)


@pytest.mark.parametrize(("name", "outcome", "left_out"), MALFORMED, ids=[row[0] for row in MALFORMED])
def test_a_malformed_sample_is_refused_or_read_with_what_is_left_out(
    name: str, outcome: str, left_out: dict[str, int]
) -> None:
    path = SAMPLES / "malformed" / name
    try:
        edition = read_list("eu", path)
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
