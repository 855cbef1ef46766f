"""Malformed rows and fields of people: the row is refused, or the field alone, each with precisely its message."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pytest

from kstep.records import RowError, read_people

HEADER = b"person_id,name,birth_date\n"
JSON_MEND = "write one JSON object in each line"
COMMA_MEND = "put a value that holds a comma into quotation marks"


def parquet(columns: dict[str, object]) -> bytes:
    """The bytes of a Parquet file of `columns`."""
    buffer = io.BytesIO()
    pl.DataFrame(columns, strict=False).write_parquet(buffer)
    return buffer.getvalue()


def line(**fields: object) -> bytes:
    """One line of JSON."""
    return json.dumps(fields).encode() + b"\n"


NO_READABLE_ID = "has no person_id that can be read: it "
NO_ID = "has no person_id; give every row an id"
REFUSED_ROWS: dict[str, tuple[str, bytes, list[str], list[RowError]]] = {
    "too few fields": (
        "p.csv", HEADER + b"p1,Ann\np2,Lee,1990\n", ["p2"],
        [RowError(2, "", "", "has 2 fields where the header has 3; " + COMMA_MEND)]),
    "too many fields": (
        "p.csv", HEADER + b"p1,Lee, Ann,1990\np2,Lee,1990\n", ["p2"],
        [RowError(2, "", "", "has 4 fields where the header has 3; " + COMMA_MEND)]),
    "one word": ("p.csv", HEADER + b"total\n", [],
                 [RowError(2, "", "", "has 1 field where the header has 3; " + COMMA_MEND)]),
    "text behind a quote": (
        "p.csv", HEADER + b'p1,"Ann" Lee,1990\np2,Eve,1990\n', ["p2"],
        [RowError(2, "", "", "has text behind a closing quotation mark; "
                             "double every quotation mark inside a quoted field")]),
    "field beyond the limit": (
        "p.csv", HEADER + b"p1," + b"x" * 200_000 + b",1990\np2,Eve,1990\n", ["p2"],
        [RowError(2, "", "", "has a field of more than 131,072 characters; check that it is one value")]),
    "no id": ("p.csv", HEADER + b",Ann,1990\n  ,Lee,1990\n,,\n", [],
              [RowError(number, "", "person_id", NO_ID) for number in (2, 3, 4)]),
    "endless id": ("p.csv", HEADER + b"i" * 201 + b",Ann,1990\n", [],
                   [RowError(2, "", "person_id", "has a person_id of 201 characters; write at most 200")]),
    "lines counted through line breaks": (
        "p.csv", HEADER + b'\np1,"Ann\nMarie\nLee",1990\r\n\n,x,y\n', ["p1"], [RowError(7, "", "person_id", NO_ID)]),
    "not JSON": (
        "p.jsonl", line(person_id="p1") + b"{person_id: 1}\n\n" + line(person_id="p2"), ["p1", "p2"],
        [RowError(2, "", "", "is not JSON (Expecting property name enclosed in double quotes, character 2); "
                             + JSON_MEND)]),
    "JSON cut short": (
        "p.jsonl", line(person_id="p1") + b'{"person_id": "p2", "na', ["p1"],
        [RowError(2, "", "", "is not JSON (Unterminated string starting at, character 21); " + JSON_MEND)]),
    "not an object": (
        "p.jsonl", b'"p0"\n' + line(person_id="p1") + b"[1]\nnull\n", ["p1"],
        [RowError(number, "", "", "is not an object; " + JSON_MEND) for number in (1, 3, 4)]),
    "deep nesting": (
        "p.jsonl", b'{"name": ' + b"[" * 100_000 + b"\n" + line(person_id="p1"), ["p1"],
        [RowError(1, "", "", "is nested too deeply; " + JSON_MEND)]),
    "endless number": (
        "p.jsonl", b'{"person_id": ' + b"9" * 5000 + b"}\n", [],
        [RowError(1, "", "", "holds a number with thousands of digits; write it as text")]),
    "id that is no text": (
        "p.jsonl", line(person_id=True) + line(person_id=None) + line(person_id="\x01"), [],
        [RowError(1, "", "person_id", NO_READABLE_ID + "is true or false; write text"),
         RowError(2, "", "person_id", NO_ID),
         RowError(3, "", "person_id", NO_READABLE_ID + "held control characters, which were taken out; "
                                                       "check how the file was made")]),
    "several ids": ("p.jsonl", b'{"person_id": ["a", "b"]}\n{"person_id": "a", "person_id": "b"}\n', [],
                    [RowError(number, "", "person_id", "has 2 different values of person_id; give every row one id")
                     for number in (1, 2)]),
    "null id in Parquet": ("p.parquet", parquet({"person_id": ["p1", None], "name": ["Ann", "Lee"]}), ["p1"],
                           [RowError(2, "", "person_id", NO_ID)]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_ROWS)
def test_row_that_is_no_person_is_refused_and_the_others_are_read(case: str, tmp_path: Path) -> None:
    name, content, people, refused = REFUSED_ROWS[case]
    path = tmp_path / name
    path.write_bytes(content)
    found = read_people(path)
    assert [person.person_id for person in found.people] == people
    assert list(found.refused) == refused
    assert found.rows == len(people) + len(refused)


DATE_MEND = "is not a date; write YYYY, YYYY-MM or YYYY-MM-DD"
COUNTRY_MEND = "is not a country; write an ISO 3166 code of two or three letters"
CONTROL = "held control characters, which were taken out; check how the file was made"
AS_TEXT = "is a number that cannot be taken as text without loss; write it as text"


def csv_field(column: str, value: bytes) -> tuple[str, bytes]:
    """A file of one person with one value."""
    return "p.csv", b"person_id,name,%s\np1,Ann,%s\n" % (column.encode(), value)


def json_field(column: str, value: object) -> tuple[str, bytes]:
    """A file of one person with one value."""
    return "p.jsonl", line(person_id="p1", **{column: value})


BAD_FIELDS: dict[str, tuple[tuple[str, bytes], str, str]] = {
    "impossible day": (csv_field("birth_date", b"2001-02-30"), "birth_date", "there is no date 2001-02-30"),
    "impossible month": (csv_field("birth_date", b"2001-13"), "birth_date", "there is no date 2001-13"),
    "year nought": (csv_field("birth_date", b"0000"), "birth_date", "there is no date 0000"),
    "other order": (csv_field("birth_date", b"30/02/2001"), "birth_date", f"'30/02/2001' {DATE_MEND}"),
    "time of day": (csv_field("birth_date", b"2001-02-03 12:00"), "birth_date", f"'2001-02-03 12:00' {DATE_MEND}"),
    "endless date": (csv_field("birth_date", b"1" * 201), "birth_date", "has 201 characters; write at most 200"),
    "unknown country": (csv_field("nationality", b"Persia"), "nationality", f"'Persia' {COUNTRY_MEND}"),
    "unknown birth country": (csv_field("birth_country", b"XX"), "birth_country", f"'XX' {COUNTRY_MEND}"),
    "unknown sex": (csv_field("sex", b"male"), "sex", "'male' is not a sex; write M, F or X"),
    "unknown document type": (
        csv_field("documents", b"library_card:IR:12"), "documents",
        "'library_card' is not a type of document; write one of passport, national_id, tax_id, driving_licence, "
        "residence, travel_document, military_id, birth_certificate, visa, social_security, other"),
    "document without parts": (
        csv_field("documents", b"A123"), "documents",
        "'A123' is not a document; write type:issuer:number, as in passport:IR:A1234567"),
    "document of no country": (csv_field("documents", b"passport:ZZ:1"), "documents", f"'ZZ' {COUNTRY_MEND}"),
    "document without letters": (
        csv_field("documents", b"passport:IR:--"), "documents", "the document number '--' has no letter or digit"),
    "unknown custody place": (
        csv_field("custody_place", b"jail"), "custody_place",
        "'jail' is not a value of custody_place; write one of agency, state_local, child_welfare, hospital, none, "
        "unknown, or leave it empty"),
    "unknown release basis": (
        csv_field("release_basis", b"luck"), "release_basis",
        "'luck' is not a value of release_basis; write one of bond, recognizance, supervision_order, parole, "
        "monitoring, none, or leave it empty"),
    "unknown outcome": (
        csv_field("outcome", b"gone"), "outcome",
        "'gone' is not a value of outcome; write one of departed, removed, status_granted, citizen, deceased, "
        "absconded, or leave it empty"),
    "endless office": (csv_field("office", b"o" * 300), "office", "has 300 characters; write at most 200"),
    "endless alias": (
        csv_field("aliases", b"a" * 1001), "aliases",
        "a name has 1001 characters; more than 1000 is not a person's name"),
    "endless family name": (
        csv_field("family_name", b"a" * 1001), "family_name",
        "a name has 1001 characters; more than 1000 is not a person's name"),
    "control characters": (csv_field("aliases", b"A\x1b[31mnn\x07"), "aliases", CONTROL),
    "broken surrogate": (json_field("name", "A\ud800nn"), "name", CONTROL),
    "escaped NUL": (json_field("name", "A\0nn"), "name", CONTROL),
    "object": (json_field("name", {"first": "Ann"}), "name", "is an object; write text or a list of texts"),
    "list in a list": (json_field("aliases", [["Ann"]]), "aliases", "is a list inside a list; write one list of texts"),
    "true": (json_field("name", True), "name", "is true or false; write text"),
    "fraction": (json_field("birth_date", 1990.5), "birth_date", AS_TEXT),
    "infinity": (json_field("birth_date", float("inf")), "birth_date", AS_TEXT),
    "several offices": (json_field("office", ["A", "B"]), "office", "has 2 values; write one"),
    "key twice": (
        ("p.jsonl", b'{"person_id": "p1", "aliases": "Ann", "aliases": ["Lee"]}'), "aliases",
        "is given more than once and every value was read; give it once, several values as a list"),
    "moment in Parquet": (
        ("p.parquet", parquet({"person_id": ["p1"], "name": ["Ann"],
                               "birth_date": [datetime.combine(date(1990, 1, 2), time(3))]})),
        "birth_date", "is a time of day; write a date"),
    "bytes in Parquet": (
        ("p.parquet", parquet({"person_id": ["p1"], "name": [b"Ann"]})), "name", "is of type bytes; write text"),
    "record in Parquet": (("p.parquet", parquet({"person_id": ["p1"], "name": [{"first": "Ann"}]})),
        "name", "is an object; write text or a list of texts"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FIELDS)
def test_bad_field_is_reported_and_its_person_kept(case: str, tmp_path: Path) -> None:
    (name, content), column, message = BAD_FIELDS[case]
    path = tmp_path / name
    path.write_bytes(content)
    found = read_people(path)
    place = 2 if name == "p.csv" else 1
    assert list(found.errors) == [RowError(place, "p1", column, message)]
    assert [person.person_id for person in found.people] == ["p1"]
    assert not found.refused
