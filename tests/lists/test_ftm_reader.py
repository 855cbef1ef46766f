"""FollowTheMoney entities: a person, and what papers and listings elsewhere in the file say of him."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kstep.lists import Edition, read_list
from kstep.model import Entry


def record(schema: str, entity_id: str, **properties: Any) -> dict[str, Any]:
    """An entity; a property may be one text or a list of them."""
    listed = {name: value if isinstance(value, list) else [value] for name, value in properties.items()}
    return {"id": entity_id, "caption": entity_id, "schema": schema, "properties": listed, "referents": [],
            "datasets": ["xx_orchard"], "first_seen": "2024-01-02T06:00:01", "last_seen": "2025-03-04T06:00:01",
            "last_change": "2025-02-14T06:00:01", "target": schema == "Person"}  # fmt: skip


def read(folder: Path, *records: dict[str, Any]) -> Edition:
    path = folder / "entities.ftm.json"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    return read_list("ftm", path)


def entry(folder: Path, *records: dict[str, Any], **properties: Any) -> Entry:
    """The entry of a person `P1` called Vardo Plum with these properties, and with the other records around it."""
    edition = read(folder, *records, record("Person", "P1", **{"name": "Vardo Plum"} | properties))
    assert len(edition.entries) == 1
    assert edition.left_out == ()
    return edition.entries[0]


def test_names_have_the_quality_of_their_property(tmp_path: Path) -> None:
    found = entry(
        tmp_path, name=["Vardo Plum", "Вардо Плам"], alias="Wardo", previousName="Bardo", weakAlias="The Plum"
    )
    assert [f"{name.quality.value} {name.full}" for name in found.identity.names] == [
        "primary Vardo Plum", "primary Вардо Плам", "strong Wardo", "strong Bardo", "weak The Plum"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("full", "first", "last", "family", "given"),
    [
        ("Vardo Plum", "Vardo", "Plum", "Plum", "Vardo"),
        ("PLUM WRIGHT Vardo B.", "Vardo", "Plum Wright", "PLUM WRIGHT", "Vardo B."),
        ("Vardo Benedict PLUM", "Vardo", "Plum", "PLUM", "Vardo Benedict"),
        ("Wardo Plum", "Vardo", "Plum", "", ""),
        ("Vardo Pflaum", "Vardo", "Plum", "", ""),
    ],
)
def test_known_parts_mark_the_names_that_hold_them_and_make_no_name(
    tmp_path: Path, full: str, first: str, last: str, family: str, given: str
) -> None:
    (name,) = entry(tmp_path, name=full, firstName=first, lastName=last).identity.names
    assert (name.full, name.family, name.given) == (full, family, given)


def test_a_person_with_parts_alone_has_them_as_a_name(tmp_path: Path) -> None:
    (name,) = entry(tmp_path, name=[], firstName="Vardo", middleName="B.", lastName="Plum").identity.names
    assert (name.full, name.family, name.given, name.quality.value) == ("Vardo B. Plum", "Plum", "Vardo B.", "primary")


@pytest.mark.parametrize("said", ["1970", "1970-05", "1970-05-12"])
def test_a_birth_date_is_a_prefix_of_a_day(tmp_path: Path, said: str) -> None:
    assert [str(found) for found in entry(tmp_path, birthDate=said).identity.birth_dates] == [said]


@pytest.mark.parametrize("said", ["circa 1970", "12/05/1970", "1970-02-30", "Thursday"])
def test_a_birth_date_of_another_form_is_left_out(tmp_path: Path, said: str) -> None:
    edition = read(tmp_path, record("Person", "P1", name="Vardo Plum", birthDate=[said, "1971"]))
    assert [str(found) for found in edition.entries[0].identity.birth_dates] == ["1971"]
    assert [(item.reason, item.where, item.detail) for item in edition.left_out] == [
        ("unreadable date", "line 1", f"birth date {said}")
    ]


def test_countries_are_read_from_every_form_of_code(tmp_path: Path) -> None:
    found = entry(tmp_path, nationality=["ru", "suhh", "gb-sct", "xk"], citizenship=["yucs", "RU"], birthCountry="ddde",
                  country=["us"], birthPlace="Plumville")  # fmt: skip
    assert found.identity.nationalities == ("RU", "SU", "GB", "XK", "YU")
    assert found.identity.birth_countries == ("DD",)
    assert found.identity.birth_places == ("Plumville",)


@pytest.mark.parametrize(("said", "expected"), [("male", "M"), ("female", "F"), ("other", "X")])
def test_gender_is_read(tmp_path: Path, said: str, expected: str) -> None:
    assert [sex.value for sex in entry(tmp_path, gender=said).identity.sexes] == [expected]


def test_every_number_of_a_person_is_a_document(tmp_path: Path) -> None:
    found = entry(tmp_path, passportNumber="A 1", idNumber="B2", taxNumber="C3", innCode="7707",
                  socialSecurityNumber="5", registrationNumber="R6")  # fmt: skip
    assert [str(document) for document in found.identity.documents] == [
        "passport::A 1", "national_id::B2", "social_security::5", "tax_id::C3", "tax_id:RU:7707", "other::R6"
    ]  # fmt: skip


PASSPORT = record("Passport", "K1", holder="P1", number="CJ 72", country="ru", type="Diplomatic passport")


def test_papers_are_added_to_their_holder_wherever_they_stand(tmp_path: Path) -> None:
    card = record("Identification", "K2", holder=["P1"], number="99", country="ye", type="National ID card")
    old = record("Passport", "K3", holder="P1", passportNumber="OLD1", personalNumber="77", birthDate="1970-05-12",
                 gender="male", surname="Plum", givenName="Wardo")  # fmt: skip
    person = record("Person", "P1", name="Vardo Plum", birthDate="1970")
    for records in ((PASSPORT, card, old, person), (person, PASSPORT, card, old)):
        (found,) = read(tmp_path, *records).entries
        assert [str(document) for document in found.identity.documents] == [
            "passport:RU:CJ 72", "national_id:YE:99", "passport::OLD1", "national_id::77"
        ]  # fmt: skip
        assert [str(said) for said in found.identity.birth_dates] == ["1970", "1970-05-12"]
        assert [sex.value for sex in found.identity.sexes] == ["M"]
        assert [name.full for name in found.identity.names] == ["Vardo Plum", "Wardo Plum"]


def test_a_listing_gives_programme_day_and_references(tmp_path: Path) -> None:
    listings = [
        record("Sanction", "S1", entity="P1", programId="XX-ORCHARD", program="Orchard measures",
               startDate="2019-04-08", authorityId="X-9", unscId="XXi.001"),
        record("Sanction", "S2", entity="P1", program="Plum measures", listingDate="2014-03-17",
               startDate="2014-03-18"),
    ]  # fmt: skip
    found = entry(tmp_path, *listings, programId="XX-OWN", topics="sanction", wikidataId="Q7")
    assert found.programmes == ("XX-OWN", "XX-ORCHARD", "Plum measures")
    assert found.listed_on == date(2014, 3, 17)
    assert found.references == ("Q7", "X-9", "XXi.001")


def test_referents_are_references(tmp_path: Path) -> None:
    person = record("Person", "P1", name="Vardo Plum") | {"referents": ["P1", "xx-old-7"]}
    assert read(tmp_path, person).entries[0].references == ("xx-old-7",)


def test_records_nested_in_their_person_are_read(tmp_path: Path) -> None:
    nested = [{"id": "K1", "schema": "Passport", "properties": {"number": ["CJ 72"], "country": ["ru"]}}]
    listing = [
        {"id": "S1", "schema": "Sanction", "properties": {"program": ["Orchard"], "listingDate": ["2014-03-17"]}}
    ]
    address = [{"id": "A1", "schema": "Address", "properties": {"full": ["1 Plum Street"]}}]
    found = entry(tmp_path, identification=nested, sanctions=listing, addressEntity=address)
    assert [str(document) for document in found.identity.documents] == ["passport:RU:CJ 72"]
    assert (found.programmes, found.listed_on) == (("Orchard",), date(2014, 3, 17))


def test_every_record_is_an_entry_belongs_to_one_or_is_left_out(tmp_path: Path) -> None:
    edition = read(
        tmp_path, record("Person", "P1", name="Vardo Plum"), PASSPORT, record("Company", "C1", name="Orchard Ltd"),
        record("Vessel", "V1", name="SEA OF PLUMS"), record("Airplane", "F1", name="XQ-000"),
        record("Address", "A1", full="1 Plum Street"), record("Passport", "K2", holder="C1", number="1"),
        record("Sanction", "S1", entity="C1"), record("LegalEntity", "L1", name="Vardo Plum"),
    )  # fmt: skip
    assert edition.rows == {"Address": 1, "Airplane": 1, "Company": 1, "LegalEntity": 1, "Passport": 2, "Person": 1,
                            "Sanction": 1, "Vessel": 1}  # fmt: skip
    assert [f"{item.reason}: {item.where}: {item.detail}" for item in edition.left_out] == [
        "entity: line 3: Company C1",
        "vessel: line 4: Vessel V1",
        "aircraft: line 5: Airplane F1",
        "not a person: line 6: Address A1",
        "entity: line 9: LegalEntity L1",
        "points at no entry: line 7: Passport of C1, which is no person here",
        "points at no entry: line 8: Sanction of C1, which is no person here",
    ]
    assert edition.notes == ("1 of LegalEntity are left out: the source does not say if they are people",)
    assert sum(edition.rows.values()) == len(edition.entries) + len(edition.left_out) + 1


def test_what_the_schema_does_not_have_is_counted(tmp_path: Path) -> None:
    edition = read(tmp_path, record("Person", "P1", name="Vardo Plum", moonSign="Cancer") | {"mood": "fine"})
    assert edition.unknown == {"Person:moonSign": 1, "mood": 1}
