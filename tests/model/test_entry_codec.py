"""Entries and people as JSON and back: nothing is lost, whatever is in them."""

from __future__ import annotations

import json
from datetime import date
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from kstep.model import Document, DocumentType, Entry, Identity, Name, NameQuality, PartialDate, Person, Sex
from kstep.model.codec import entry_from_json, entry_to_json, identity_from_json, person_from_json, person_to_json

Value = TypeVar("Value")

texts = st.text(max_size=12)
some = st.text(min_size=1, max_size=12)


def several(values: st.SearchStrategy[Value]) -> st.SearchStrategy[tuple[Value, ...]]:
    return st.lists(values, max_size=3).map(tuple)


dates = st.tuples(st.dates(), st.dates(), st.booleans()).map(
    lambda both: PartialDate(min(both[:2]), max(both[:2]), both[2])
)
documents = st.builds(
    Document, st.sampled_from(DocumentType), texts.map(lambda text: text + "7"), st.sampled_from(["", "IR"])
)
identities = st.builds(
    Identity,
    names=several(st.builds(Name, some, texts, texts, st.sampled_from(NameQuality))),
    birth_dates=several(dates),
    sexes=several(st.sampled_from(Sex)),
    nationalities=several(st.sampled_from(["IR", "SY", "SU"])),
    birth_countries=several(st.sampled_from(["IR", "SY", "SU"])),
    birth_places=several(texts),
    documents=several(documents),
)
entries = st.builds(
    Entry, some, identities, programmes=several(texts), listed_on=st.none() | st.dates(), references=several(texts)
)

people = st.builds(Person, some, identities, texts, texts, texts, texts)


@settings(max_examples=200)
@given(entries)
def test_an_entry_comes_back_through_json(entry: Entry) -> None:
    compared, rest = entry_to_json(entry)
    assert entry_from_json(json.loads(json.dumps(compared | rest))) == entry
    assert identity_from_json(json.loads(json.dumps(compared))) == entry.identity
    assert not compared.keys() & rest.keys()


@settings(max_examples=200)
@given(people)
def test_a_person_comes_back_through_json(person: Person) -> None:
    compared, rest = person_to_json(person)
    assert person_from_json(json.loads(json.dumps(compared | rest))) == person
    assert identity_from_json(json.loads(json.dumps(compared))) == person.identity
    assert not compared.keys() & rest.keys()


def test_an_entry_of_everything_is_written_as_it_is_read_by_others() -> None:
    identity = Identity(
        names=(Name("Ali Hassan", "Hassan", "Ali", NameQuality.STRONG),),
        birth_dates=(PartialDate.of(1970, circa=True),),
        sexes=(Sex.MALE,),
        nationalities=("IR",),
        birth_countries=("SU",),
        birth_places=("Qom",),
        documents=(Document(DocumentType.PASSPORT, "A 12", "IR"),),
    )
    compared, rest = entry_to_json(Entry("7", identity, ("SDGT",), date(2020, 2, 29), ("QDi.007",)))
    assert compared == {
        "entry_id": "7",
        "names": [["Ali Hassan", "Hassan", "Ali", "strong"]],
        "birth_dates": [["1970-01-01", "1970-12-31", True]],
        "sexes": ["M"],
        "nationalities": ["IR"],
        "birth_countries": ["SU"],
        "birth_places": ["Qom"],
        "documents": [["passport", "A 12", "IR"]],
    }
    assert rest == {"programmes": ["SDGT"], "listed_on": "2020-02-29", "references": ["QDi.007"]}
