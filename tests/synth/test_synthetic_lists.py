"""Synthetic lists: true to the publishers' formats by an independent reading, and whole to the house's readers."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest

from kstep.lists import read_list
from kstep.model import InputError, NameQuality, PartialDate
from kstep.model.countries import country_of_name
from kstep.synth import write_list
from kstep.synth.countries import countries
from kstep.synth.ofac import LONGEST_REMARK

N = 700


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of each kind."""
    folder = tmp_path_factory.mktemp("lists")
    write_list(folder / "ofac", "ofac-sdn", N, 3)
    write_list(folder / "un.xml", "un", N, 3)
    write_list(folder / "table.csv", "table", N, 3)
    return folder


def sdn(path: Path) -> list[list[str]]:
    """The rows of one file of OFAC's, without its last line."""
    text = path.read_bytes().decode("ascii")
    assert text.endswith("\x1a") and text.count("\x1a") == 1
    lines = text.removesuffix("\x1a").splitlines(keepends=True)
    assert all(line.endswith("\r\n") for line in lines)
    return list(csv.reader(lines, strict=True))


def test_ofac_files_are_the_legacy_format(folder: Path) -> None:
    entries = sdn(folder / "ofac" / "sdn.csv")
    assert {len(row) for row in entries} == {12}
    numbers = [row[0] for row in entries]
    assert len(set(numbers)) == len(numbers) and numbers == sorted(numbers, key=int)
    kinds = Counter(row[2] for row in entries)
    assert set(kinds) == {"individual", "-0- ", "vessel", "aircraft"} and kinds["individual"] == N
    assert 0.4 < N / len(entries) < 0.6
    assert {row[11][-1] for row in entries if row[11] != "-0- " and len(row[11]) < LONGEST_REMARK} == {"."}
    for name, columns in (("alt", 5), ("add", 6), ("sdn_comments", 2)):
        rows = sdn(folder / "ofac" / f"{name}.csv")
        assert {len(row) for row in rows} == {columns}
        assert {row[0] for row in rows} <= set(numbers)
    assert {row[0] for row in sdn(folder / "ofac" / "add.csv")} == set(numbers), (
        "each entry has an address, if an empty one"
    )
    assert {row[2] for row in sdn(folder / "ofac" / "alt.csv")} == {"aka"}


def test_ofac_remarks_hold_what_identifies_a_person(folder: Path) -> None:
    people = [row for row in sdn(folder / "ofac" / "sdn.csv") if row[2] == "individual"]
    text = "\n".join(row[11] for row in people)
    for pattern in (r"DOB \d\d [A-Z][a-z]{2} \d{4}", r"alt\. DOB ", r"DOB circa \d{4}", r"DOB \d{4} to \d{4}",
                    r"POB \w+, \w+", r"nationality \w+", r"citizen \w+", r"Gender Male", r"Gender Female",
                    r"Passport \w+ \(\w+\)", r"National ID No\. ", r"Cedula No\. ", r"a\.k\.a\. '[^']+",
                    r"Linked To: "):  # fmt: skip
        assert re.search(pattern, text), pattern
    assert sum(", " in row[1] for row in people) > 0.85 * N


def test_long_remarks_go_on_in_the_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_list(tmp_path / "cut", "ofac-sdn", 2000, 1)
    remarks = {row[0]: row[11] for row in sdn(tmp_path / "cut" / "sdn.csv")}
    comments = dict(sdn(tmp_path / "cut" / "sdn_comments.csv"))
    assert comments and max(map(len, remarks.values())) == LONGEST_REMARK
    monkeypatch.setattr("kstep.synth.ofac.LONGEST_REMARK", 1_000_000)
    write_list(tmp_path / "whole", "ofac-sdn", 2000, 1)
    whole = {row[0]: row[11] for row in sdn(tmp_path / "whole" / "sdn.csv")}
    assert {number: text + comments.get(number, "") for number, text in remarks.items()} == whole
    assert sdn(tmp_path / "whole" / "sdn_comments.csv") == []


def test_un_file_is_the_consolidated_format(folder: Path) -> None:
    root = ElementTree.parse(folder / "un.xml").getroot()
    assert root.tag == "CONSOLIDATED_LIST" and [child.tag for child in root] == ["INDIVIDUALS", "ENTITIES"]
    people = root.findall("INDIVIDUALS/INDIVIDUAL")
    entities = root.findall("ENTITIES/ENTITY")
    assert len(people) == N and 0.2 < len(entities) / (len(entities) + N) < 0.35
    for tag in ("DATAID", "REFERENCE_NUMBER"):
        found = [entry.findtext(tag) for entry in [*people, *entities]]
        assert len(set(found)) == len(found)
    qualities = Counter(alias.findtext("QUALITY") for person in people for alias in person.iter("INDIVIDUAL_ALIAS"))
    assert set(qualities) == {"Good", "Low", ""}
    dates = [birth for person in people for birth in person.iter("INDIVIDUAL_DATE_OF_BIRTH")]
    assert {birth.findtext("TYPE_OF_DATE") for birth in dates} == {"EXACT", "APPROXIMATELY", "BETWEEN", ""}
    for birth in dates:
        kind = birth.findtext("TYPE_OF_DATE")
        given = {child.tag for child in birth} - {"TYPE_OF_DATE"}
        assert given in {"EXACT": ({"DATE"}, {"YEAR"}), "APPROXIMATELY": ({"YEAR"},),
                         "BETWEEN": ({"FROM_YEAR", "TO_YEAR"},), "": (set(),)}[kind or ""]  # fmt: skip
    scripts = sum(person.find("NAME_ORIGINAL_SCRIPT") is not None for person in people)
    assert 0.15 * N < scripts < 0.6 * N
    assert any(document.findtext("NUMBER") for person in people for document in person.iter("INDIVIDUAL_DOCUMENT"))


@pytest.mark.parametrize(("kind", "name"), [("ofac-sdn", "ofac"), ("un", "un.xml"), ("table", "table.csv")])
def test_every_person_is_an_entry_to_the_readers(folder: Path, kind: str, name: str) -> None:
    edition = read_list(kind, folder / name)
    assert len(edition.entries) == N
    assert set(edition.left_out_by_reason) <= {"entity", "vessel", "aircraft"}
    assert not edition.unknown
    assert all(entry.identity.names for entry in edition.entries)
    qualities = Counter(name.quality for entry in edition.entries for name in entry.identity.names)
    assert qualities[NameQuality.STRONG] > N * 0.8 and qualities[NameQuality.WEAK] > N * 0.2
    assert 0.9 * N < sum(bool(entry.identity.birth_dates) for entry in edition.entries) < N
    assert sum(bool(entry.identity.documents) for entry in edition.entries) > 0.25 * N
    assert sum(bool(entry.identity.nationalities) for entry in edition.entries) > 0.4 * N


def test_table_holds_person_input_with_entry_ids(folder: Path) -> None:
    with (folder / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["entry_id"] for row in rows}) == N
    for row in rows:
        assert bool(row["name"]) != bool(row["family_name"])
        assert not row["birth_date"] or PartialDate.parse(row["birth_date"])


def test_country_names_of_publishers_are_countries() -> None:
    for code, country in countries().items():
        assert country_of_name(country.ofac) == code == country_of_name(country.un)


@pytest.mark.parametrize(
    ("name", "kind", "n", "message"),
    [
        ("x.csv", "eu", 5, "'eu' is not a kind of list that can be made; write one of ofac-sdn, un, table"),
        ("x.csv", "table", -2, "-2 is not a number of people; write 0 or more"),
        ("x.jsonl", "table", 2, "a table is written as CSV; name it .csv"),
        ("taken", "ofac-sdn", 2, "cannot be written (File exists); check the path"),
        ("no/ofac", "ofac-sdn", 2, "cannot be written (No such file or directory); check the path"),
        ("no/x.csv", "table", 2, "cannot be written (No such file or directory); check the path"),
        ("no/x.xml", "un", 2, "cannot be written (No such file or directory); check the path"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_message(
    tmp_path: Path, name: str, kind: str, n: int, message: str
) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError) as refused:
        write_list(tmp_path / name, kind, n, 1)
    assert str(refused.value).removeprefix(f"{tmp_path / name}: ") == message
