"""Malformed UN lists: each is refused with one message of what, where and how to mend, or read with a named gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.lists import read_list
from kstep.lists.source import read_bytes
from kstep.model import InputError
from un_list import HEAD, alias, consolidated, element, individual, read

GOOD = consolidated(individual())
REFUSED = {
    "breaks off inside an element": (GOOD[:230].encode(), "is not whole XML"),
    "breaks off between elements": (GOOD.removesuffix("</CONSOLIDATED_LIST>").encode(), "is not whole XML"),
    "another root": (f"{HEAD}<CONSOLIDATED/>".encode(), "its root element is CONSOLIDATED, not CONSOLIDATED_LIST"),
    "an EU file": (f'{HEAD}<export xmlns="http://eu.europa.ec/fpi/fsd/export"/>'.encode(), "root element is export"),
    "a web page": (b"<!DOCTYPE html><html><body>Error 500</body></html>", "its root element is html"),
    "entities that expand": (
        GOOD.replace(HEAD, HEAD + '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>').encode(),
        "declares a DTD or entities",
    ),
    "an entity that names a file": (
        GOOD.replace(HEAD, HEAD + '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')
        .replace("VARDO", "&a;").encode(),
        "declares a DTD or entities",
    ),
    "another encoding than it says": (GOOD.replace("VARDO", "VÄRDO").encode("latin-1"), "is not whole XML"),
    "a NUL": (GOOD.replace("VARDO", "VAR\0DO").encode(), "is not whole XML"),
    "text that is no XML": (b"DATAID,FIRST_NAME\n1,VARDO\n", "is not XML"),
    "nothing": (b"", "is empty"),
    "white space": (b" \n\t\n", "is empty"),
    "nesting without end": (f"{HEAD}<CONSOLIDATED_LIST>".encode() + b"<A>" * 5000, "is not whole XML"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_malformed_file_is_refused_with_one_line_that_names_it(tmp_path: Path, case: str) -> None:
    content, message = REFUSED[case]
    with pytest.raises(InputError) as refused:
        read(tmp_path, content)
    assert message in str(refused.value)
    assert str(tmp_path / "consolidated.xml") in str(refused.value)
    assert refused.value.mend
    assert "\n" not in str(refused.value)


def test_a_file_that_breaks_off_is_refused_with_its_line(tmp_path: Path) -> None:
    lines = GOOD.replace("><", ">\n<").split("\n")
    with pytest.raises(InputError, match=r"consolidated\.xml, line 7: is not whole XML"):
        read(tmp_path, "\n".join(lines[:6]) + "\n")


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_list("un", tmp_path / "nothing.xml")
    with pytest.raises(InputError, match="is a directory"):
        read_list("un", tmp_path)


def test_an_oversized_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "consolidated.xml"
    path.write_text(GOOD)
    size = path.stat().st_size
    with pytest.raises(InputError, match=rf"has {size} bytes, more than the {size - 1} allowed"):
        read_bytes(path, largest=size - 1)
    assert read_bytes(path, largest=size) == GOOD.encode()


LEFT_OUT = {
    "the same reference twice": (
        consolidated(individual(), individual(second_name="OTHER")), ["duplicate id: XXi.001: VARDO OTHER"], 1),
    "no id": (
        consolidated(individual(), individual(dataid="", reference_number="")),
        ["unreadable row: line 2: VARDO PLUMWRIGHT: no REFERENCE_NUMBER and no DATAID"], 1),
    "no name": (consolidated(individual(first_name="", second_name="")), ["no name: XXi.001: "], 0),
    "a name without a letter": (
        consolidated(individual(first_name="0", second_name="-")),
        ["unreadable name: XXi.001: 0 -", "no name: XXi.001: "], 0),
    "an alias that is no name": (consolidated(individual(alias("???"))), ["unreadable name: XXi.001: ???"], 1),
    "a figure in the brackets of an alias": (
        consolidated(individual(alias("Wardo (Plum 2)"))), ["unreadable name: XXi.001: Plum 2"], 1),
    "an alias without end": (
        consolidated(individual(alias("PLUM " * 400))), [f"unreadable name: XXi.001: {'PLUM ' * 39}PLUM…"], 1),
    "a sex that is none": (consolidated(individual(gender="Robot")), ["unknown sex: XXi.001: Robot"], 1),
    "a country that is none": (
        consolidated(individual(element("INDIVIDUAL_PLACE_OF_BIRTH", country="Atlantis"))),
        ["unknown country: XXi.001: country of birth Atlantis"], 1),
    "an issuer that is none": (
        consolidated(individual(element("INDIVIDUAL_DOCUMENT", number="A1", issuing_country="Atlantis"))),
        ["unknown country: XXi.001: issuer Atlantis"], 1),
    "a document without a number": (
        consolidated(individual(element("INDIVIDUAL_DOCUMENT", type_of_document="Passport", number="---"))),
        ["unreadable document: XXi.001: Passport; ---"], 1),
    "a listing day that is none": (
        consolidated(individual(listed_on="2001-02-30")), ["unreadable date: XXi.001: listed on 2001-02-30"], 1),
    "an entity": (
        consolidated(individual(), entities=element("ENTITY", first_name="PLUM LTD", reference_number="XXe.001")),
        ["entity: XXe.001: PLUM LTD"], 1),
}  # fmt: skip


@pytest.mark.parametrize("case", LEFT_OUT)
def test_what_cannot_be_read_is_left_out_and_named(tmp_path: Path, case: str) -> None:
    text, expected, entries = LEFT_OUT[case]
    edition = read(tmp_path, text)
    assert [f"{item.reason}: {item.where}: {item.detail}" for item in edition.left_out] == expected
    assert len(edition.entries) == entries


def test_the_data_id_names_an_individual_without_reference_number(tmp_path: Path) -> None:
    edition = read(tmp_path, consolidated(individual(reference_number="", dataid="77")))
    assert [(entry.entry_id, entry.references) for entry in edition.entries] == [("77", ())]


def test_elements_that_the_schema_does_not_have_are_counted(tmp_path: Path) -> None:
    strange = element("INDIVIDUAL_ALIAS", alias_name="Wardo", nickname="Plum")
    text = consolidated(individual(strange, moon_sign="Cancer")).replace(
        "</INDIVIDUALS>", "</INDIVIDUALS><SHIPS><SHIP/><SHIP/></SHIPS>"
    )
    edition = read(tmp_path, text)
    assert edition.unknown == {
        "INDIVIDUAL/MOON_SIGN": 1, "INDIVIDUAL_ALIAS/NICKNAME": 1, "SHIPS": 1, "SHIP": 2
    }  # fmt: skip
    assert [name.full for name in edition.entries[0].identity.names] == ["VARDO PLUMWRIGHT", "Wardo"]


def test_a_list_without_its_date_says_so(tmp_path: Path) -> None:
    edition = read(tmp_path, GOOD.replace('dateGenerated="2025-03-04T00:00:09.554Z"', 'dateGenerated="soon"'))
    assert edition.source_date is None
    assert edition.notes == ("the list does not say when it was generated: dateGenerated='soon'",)


def test_every_individual_is_an_entry_or_left_out(tmp_path: Path) -> None:
    edition = read(tmp_path, consolidated(individual(), individual(), individual(first_name="", second_name="")))
    assert edition.rows == {"individual": 3}
    assert len(edition.entries) + len(edition.left_out) == 3
