"""The person who is looked up: what was typed, read by the rules of a roster, and refused by the option's name."""

from __future__ import annotations

from typing import Any

import pytest

from kstep.model import Document, InputError, PartialDate, Sex
from kstep.records import person_from_mapping
from kstep.screening.lookup import QUERY_ID, person_of


def test_everything_that_was_typed_is_compared() -> None:
    person = person_of(
        ["Tariq  Qasrawan", "طارق قصروان"], ["1980-01-02", "1981"], ["MT", "NOR"], ["passport:MT:K1", "other::7"], "m",
        ["CL"],
    )  # fmt: skip
    identity = person.identity
    assert person.person_id == QUERY_ID
    assert [name.full for name in identity.names] == ["Tariq Qasrawan", "طارق قصروان"]
    assert identity.birth_dates == (PartialDate.parse("1980-01-02"), PartialDate.parse("1981"))
    assert (identity.nationalities, identity.birth_countries, identity.sexes) == (("MT", "NO"), ("CL",), (Sex.MALE,))
    assert identity.documents == (Document.parse("passport:MT:K1"), Document.parse("other::7"))


def test_name_alone_is_enough() -> None:
    identity = person_of(["Tariq Qasrawan"]).identity
    assert (identity.birth_dates, identity.nationalities, identity.documents, identity.sexes) == ((), (), (), ())


def test_lookup_reads_values_as_a_roster_does() -> None:
    fields: dict[str, Any] = {"name": "Tariq Qasrawan", "birth_date": " 1980-01 ", "nationality": "nor", "sex": " f",
                              "documents": "Passport : no : K 1", "birth_country": "SU"}  # fmt: skip
    typed = person_of(
        [fields["name"]], [fields["birth_date"]], [fields["nationality"]], [fields["documents"]], fields["sex"],
        [fields["birth_country"]],
    )  # fmt: skip
    person, errors = person_from_mapping(fields, QUERY_ID)
    assert errors == []
    assert typed.identity == person.identity


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"names": [""]}, "--name: a name is empty; correct it or leave it out"),
        ({"names": ["x" * 1001]}, "--name: a name has 1001 characters"),
        ({"birth_dates": ["1980-00"]}, "--birth-date: there is no date 1980-00; correct it or leave it out"),
        ({"birth_dates": ["1980", "soon"]}, "--birth-date: 'soon' is not a date; write YYYY, YYYY-MM or YYYY-MM-DD"),
        ({"nationalities": ["Norway"]}, "--nationality: 'Norway' is not a country; write an ISO 3166 code"),
        ({"birth_countries": ["??"]}, "--birth-country: '??' is not a country; write an ISO 3166 code"),
        ({"sex": "male"}, "--sex: 'male' is not a sex; write M, F or X"),
        ({"documents": ["K1"]}, "--document: 'K1' is not a document; write type:issuer:number"),
        ({"documents": ["passport:NO:---"]}, "--document: the document number '---' has no letter or digit; correct"),
    ],
)
def test_value_that_cannot_be_read_is_refused_by_its_option(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        person_of(**{"names": ["Tariq Qasrawan"], **options})
    assert str(refused.value).startswith(message)


def test_refusal_shows_hostile_text_harmless() -> None:
    with pytest.raises(InputError) as refused:
        person_of(["Tariq Qasrawan"], birth_dates=["\x1b[31m\n1980"])
    assert str(refused.value).isprintable()
