"""Malformed UK lists: each is refused with one message of what, where and how to mend, or read with a named gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.model import InputError
from uk_list import SANCTIONS_LIST, consolidated_list, read, sanctions_list

GOOD = sanctions_list({}, {"Name 6": "PLUMKIN", "Name type": "Alias"})
TITLE, HEADER, FIRST, SECOND, _ = GOOD.split("\r\n")


def without(column: str) -> bytes:
    return sanctions_list({}, columns=tuple(name for name in SANCTIONS_LIST if name != column)).encode()


REFUSED = {
    "breaks off": (GOOD[:-25].encode(), "line 4: breaks off in a row of"),
    "a quotation mark that never closes": (GOOD.replace("PLUMKIN", '"PLUMKIN').encode(), "line 4: is not whole CSV"),
    "text behind a quotation mark": (GOOD.replace("PLUMKIN", '"PLUM"KIN').encode(), "line 4: is not whole CSV"),
    "another encoding": (GOOD[1:].replace("PLUMKIN", "PLÜMKIN").encode("cp1252"), "line 4: is not UTF-8 text"),
    "no column of ids": (without("Unique ID"), "line 2: has neither a column 'Unique ID' nor 'Group ID'"),
    "no column of types": (without("Designation Type"), "has no column 'designation type' or 'individual entity ship'"),
    "no column of name types": (without("Name type"), "line 2: has no column 'name type'"),
    "no column of given names": (without("Name 1"), "line 2: has no column 'name 1'"),
    "no column of family names": (without("Name 6"), "no header with the column 'Name 6'"),
    "no header": (f"{TITLE}\r\n{FIRST}\r\n".encode(), "no header with the column 'Name 6'"),
    "the XML": (b"<?xml version='1.0'?><Designations/>", "is XML or a web page"),
    "another CSV": (b"person_id,name\n1,Vardo Plum\n", "is not the UK's sanctions list"),
    "nothing": (b"", "is empty"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_malformed_file_is_refused_with_one_line_that_names_it(tmp_path: Path, case: str) -> None:
    content, message = REFUSED[case]
    with pytest.raises(InputError) as refused:
        read(tmp_path, content)
    assert message in str(refused.value)
    assert str(tmp_path / "uk-list.csv") in str(refused.value)
    assert refused.value.mend
    assert "\n" not in str(refused.value)


LEFT_OUT = {
    "a row without id": (
        sanctions_list({}, {"Unique ID": "", "Name 6": "LOST"}), ["unreadable row: line 4: no unique id: LOST"], 1),
    "a row of another type than before": (
        sanctions_list({}, {"Designation Type": "Ship"}),
        ["unreadable row: line 4: XXX0001 is 'ship' here and 'individual' before"], 1),
    "a row that is too short": (
        f"{TITLE}\r\n{HEADER}\r\n04/03/2025,XXX0001,PLUM\r\n{FIRST}\r\n",
        ["unreadable row: line 3: 3 cells, where the header has 36: 04/03/2025, XXX0001, PLUM"], 1),
    "a row that is too long": (
        f"{TITLE}\r\n{HEADER}\r\n{FIRST}\r\n{SECOND},9,9\r\n",
        ["unreadable row: line 4: 38 cells, where the header has 36: XXX0001, PLUMKIN, Vardo"], 1),
    "no name": (sanctions_list({"Name 6": "", "Name 1": ""}), ["no name: XXX0001: "], 0),
    "a name that says it is none": (sanctions_list({"Name 6": "n/a", "Name 1": "-"}), ["no name: XXX0001: "], 0),
    "a type that is none": (
        sanctions_list({"Designation Type": "Balloon"}), ["not a person: XXX0001: PLUM"], 0),
    "a birth date that is none": (
        sanctions_list({"D.O.B": "31/02/1970"}), ["unreadable date: XXX0001: birth date 31/02/1970"], 1),
    "a birth date whose year is not known": (
        sanctions_list({"D.O.B": "15/08/19yy"}), ["unreadable date: XXX0001: birth date 15/08/19yy"], 1),
    "the same unreadable date in every row": (
        sanctions_list(*({"D.O.B": "soon", "Name 6": f"PLUM {letter}"} for letter in "ABC")),
        ["unreadable date: XXX0001: birth date soon"], 1),
    "a sex that is none": (sanctions_list({"Gender": "n/k"}), ["unknown sex: XXX0001: n/k"], 1),
    "a nationality that is none": (
        sanctions_list({"Nationality(/ies)": "Atlantis"}), ["unknown country: XXX0001: nationality Atlantis"], 1),
    "a passport without a number": (
        sanctions_list({"Passport number": "lost", "Passport additional information": "Iraqi"}),
        ["unreadable document: XXX0001: lost Iraqi"], 1),
    "a listing day that is none": (
        sanctions_list({"Date Designated": "30/02/2012"}), ["unreadable date: XXX0001: listed on 30/02/2012"], 1),
    "a group of the consolidated list without id": (
        consolidated_list({}, {"Group ID": "", "Name 6": "LOST"}), ["unreadable row: line 4: no group id: LOST"], 1),
}  # fmt: skip


@pytest.mark.parametrize("case", LEFT_OUT)
def test_what_cannot_be_read_is_left_out_and_named(tmp_path: Path, case: str) -> None:
    text, expected, entries = LEFT_OUT[case]
    edition = read(tmp_path, text)
    assert [f"{item.reason}: {item.where}: {item.detail}" for item in edition.left_out] == expected
    assert len(edition.entries) == entries


def test_columns_and_values_that_are_not_known_are_counted(tmp_path: Path) -> None:
    text = sanctions_list({"Name type": "Nickname", "Alias strength": "Superb"}, columns=(*SANCTIONS_LIST, "Moon sign"))
    edition = read(tmp_path, text)
    assert edition.unknown == {"alias strength superb": 1, "moon sign": 1, "name type nickname": 1}
    assert [name.quality.value for name in edition.entries[0].identity.names] == ["strong"]


def test_a_missing_column_of_the_identity_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, without("D.O.B")).notes == (
        "the file has no column 'd o b': what it says elsewhere is not known here",
    )


def test_a_file_without_its_date_says_so(tmp_path: Path) -> None:
    edition = read(tmp_path, GOOD.replace("Report Date: 04-Mar-2025", "The UK Sanctions List"))
    assert edition.source_date is None
    assert edition.notes == ("the file does not say when it was published: 'The UK Sanctions List'",)
