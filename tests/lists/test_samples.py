"""The samples themselves: what they expect is valid, and the comparison sees every kind of difference."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import etree

from kstep.lists import Edition, LeftOut
from kstep.lists.account import Reason
from kstep.model import Document, Entry, Identity, Name, NameQuality, PartialDate, Sex
from kstep.model.countries import country_of_code
from sample_lists import SAMPLES, disagreements, malformed

FILES = sorted(path.relative_to(SAMPLES).as_posix().removesuffix(".expected.json") for path in SAMPLES.glob("*/*.json")
               if path.name.endswith(".expected.json"))  # fmt: skip
BIG = date(2025, 1, 1)


def _date(text: str) -> PartialDate:
    plain = text.removeprefix("about ")
    first, _, last = plain.partition(" to ")
    known = PartialDate.between(PartialDate.parse(first), PartialDate.parse(last or first))
    return replace(known, circa=plain != text)


def _entry(wanted: dict[str, Any]) -> Entry:
    """The entry of a reader that returns what is expected, taking the first of all alternatives."""
    names = [Name(words) for words in wanted.get("name_words", ())]
    for full, *parts, quality in wanted.get("names", ()):
        family, given = parts or ("", "")
        names.append(Name(full, family, given, NameQuality(quality.split("|")[0])))
    documents = [":".join([*(part.split("|")[0] for part in one.split(":", 2)[:2]), one.split(":", 2)[2]])
                 for one in wanted.get("documents", ())]  # fmt: skip
    identity = Identity(
        names=tuple(names),
        birth_dates=tuple(_date(text) for text in wanted.get("birth_dates", ())),
        sexes=tuple(Sex(text) for text in wanted.get("sexes", ())),
        nationalities=tuple(country_of_code(text) for text in wanted.get("nationalities", ())),
        birth_countries=tuple(country_of_code(text) for text in wanted.get("birth_countries", ())),
        birth_places=tuple(wanted.get("birth_places", ())),
        documents=tuple(Document.parse(text) for text in documents),
    )
    on = wanted.get("listed_on")
    return Entry(wanted["entry_id"].split("|")[0], identity, tuple(wanted["programmes"]),
                 date.fromisoformat(on) if on else None, tuple(wanted.get("references", ())))  # fmt: skip


def _edition(sample: str) -> Edition:
    expected = json.loads((SAMPLES / f"{sample}.expected.json").read_text(encoding="utf-8"))
    counts = {Reason(reason): count for reason, count in expected["left_out"].items()}
    left_out = [LeftOut(reason.value, "somewhere") for reason, count in counts.items()
                for _ in range(count[0] if isinstance(count, list) else count)]  # fmt: skip
    on = expected.get("source_date")
    return Edition("an id", "a kind", date.fromisoformat(on) if on else None, tuple(map(_entry, expected["entries"])),
                   left_out=tuple(left_out), unknown={"something": expected["unknown_count_at_least"]})  # fmt: skip


@pytest.mark.parametrize("sample", FILES)
def test_every_sample_is_well_formed(sample: str) -> None:
    text = (SAMPLES / sample).read_text(encoding="utf-8-sig")
    if sample.endswith(".xml"):
        assert len(etree.parse(SAMPLES / sample).getroot()) > 1
    elif sample.endswith(".csv"):
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=";" if sample.startswith("eu/") else ","))
        start = 0 if sample.startswith("eu/") else 1
        assert len(rows) > 20
        assert len({len(row) for row in rows[start:]}) == 1
    else:
        assert all(json.loads(line)["properties"] for line in text.split("\n") if line)


@pytest.mark.parametrize("sample", FILES)
def test_what_is_expected_is_made_of_valid_values_and_agrees_with_itself(sample: str) -> None:
    assert disagreements(_edition(sample), sample) == []


def _first(edition: Edition, **changes: Any) -> Edition:
    first, *rest = edition.entries
    return replace(edition, entries=(replace(first, identity=replace(first.identity, **changes)), *rest))


BREAKS: dict[str, Callable[[Edition], Edition]] = {
    "source date": lambda whole: replace(whole, source_date=BIG),
    "unknown elements": lambda whole: replace(whole, unknown={}),
    "left out": lambda whole: replace(whole, left_out=whole.left_out[1:]),
    "is missing": lambda whole: replace(whole, entries=whole.entries[1:]),
    "should not be there": lambda whole: replace(
        whole, entries=(*whole.entries, replace(whole.entries[0], entry_id="x"))
    ),
    "share an id": lambda whole: replace(whole, entries=(*whole.entries, whole.entries[0])),
    "names lack": lambda whole: _first(whole, names=whole.entries[0].identity.names[1:]),
    "names have": lambda whole: _first(whole, names=(*whole.entries[0].identity.names, Name("Somebody Else"))),
    "has parts": lambda whole: _first(
        whole, names=tuple(replace(name, family="", given="") for name in whole.entries[0].identity.names)
    ),
    "not primary": lambda whole: _first(
        whole, names=tuple(replace(name, quality=NameQuality.WEAK) for name in whole.entries[0].identity.names)
    ),
    "birth_dates lack": lambda whole: _first(whole, birth_dates=()),
    "sexes lack": lambda whole: _first(whole, sexes=()),
    "nationalities lack": lambda whole: _first(whole, nationalities=()),
    "birth_countries lack": lambda whole: _first(whole, birth_countries=()),
    "birth_places lack": lambda whole: _first(whole, birth_places=()),
    "documents lack": lambda whole: _first(whole, documents=()),
    "programmes lack": lambda whole: replace(
        whole, entries=(replace(whole.entries[0], programmes=()), *whole.entries[1:])
    ),
    "listed on": lambda whole: replace(
        whole, entries=(replace(whole.entries[0], listed_on=BIG + timedelta(1)), *whole.entries[1:])
    ),
}


@pytest.mark.parametrize("said", sorted(BREAKS))
def test_a_reader_that_is_wrong_in_one_thing_is_told_so(said: str) -> None:
    found = disagreements(BREAKS[said](_edition("ofac-xml/plain.xml")), "ofac-xml/plain.xml")
    assert any(said in line for line in found), found


def test_words_of_a_name_references_and_impossible_dates_are_compared() -> None:
    advanced = _edition("ofac-xml/advanced.xml")
    six = next(entry for entry in advanced.entries if entry.entry_id == "910006")
    nameless = replace(six, identity=replace(six.identity, names=()))
    broken = replace(advanced, entries=tuple(nameless if entry is six else entry for entry in advanced.entries))
    assert len(disagreements(broken, "ofac-xml/advanced.xml")) == 2
    union = _edition("eu/full-1_1.xml")
    bare = replace(union, entries=tuple(replace(entry, references=()) for entry in union.entries))
    assert "references lack" in disagreements(bare, "eu/full-1_1.xml")[0]
    hijri = replace(union, entries=tuple(
        replace(entry, identity=replace(entry.identity, birth_dates=(PartialDate.of(1343, 5, 2),)))
        if entry.entry_id == "9000003" else entry for entry in union.entries))  # fmt: skip
    assert "no reading of the source gives" in disagreements(hijri, "eu/full-1_1.xml")[0]


def test_the_table_of_malformed_files_names_every_file_and_nothing_else() -> None:
    table = malformed()
    assert {name for name, _, _ in table} == {path.name for path in (SAMPLES / "malformed").iterdir()} - {"README.md"}
    assert {outcome for _, outcome, _ in table} == {"refused", "read", "either"}
    assert all(bool(left_out) == (outcome == "read") for _, outcome, left_out in table)
    assert {reason for _, _, left_out in table for reason in left_out} <= set(Reason)
