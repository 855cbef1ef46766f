"""Bad OFAC XML: each case with the one message that refuses it, or with what is left out, where and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.lists import read_list
from kstep.model import InputError

PLAIN = (
    "<sdnList><sdnEntry><uid>1</uid><lastName>DOE</lastName><sdnType>Individual</sdnType></sdnEntry>{more}</sdnList>"
)
BAD_XML: dict[str, tuple[str, str]] = {
    "the UN list": (
        "<CONSOLIDATED_LIST/>",
        "its root element is CONSOLIDATED_LIST, not sdnList or Sanctions; it looks like",
    ),
    "the EU list": ("<export/>", "it looks like the kind eu: write eu="),
    "a CSV file": ('10,"DOE, Jane","individual"', "is not XML"),
    "no record": ("<sdnList/>", "holds no sdnEntry"),
    "no party": ('<Sanctions Version="3"/>', "holds no DistinctParty"),
    "breaks off": (PLAIN.format(more="<sdnEntry>")[:-10], "is not whole XML"),
    "a prefix that was never declared": (PLAIN.format(more="<M:new/>"), "Namespace prefix M on new is not defined"),
    "a namespace that is none": (PLAIN.format(more="<new xmlns='a}b'/>"), "is not whole XML"),
    "an entity": ("<!DOCTYPE a [<!ENTITY b 'c'>]>" + PLAIN.format(more="&b;"), "declares a DTD or entities"),
}


@pytest.mark.parametrize("case", BAD_XML)
def test_xml_that_cannot_be_read_to_its_end_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    text, message = BAD_XML[case]
    (tmp_path / "sdn.xml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_list("ofac-xml", tmp_path / "sdn.xml")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


BAD_RECORDS: dict[str, tuple[str, tuple[str, str]]] = {
    "an id that comes twice": (
        "<uid>1</uid><lastName>A</lastName><sdnType>Individual</sdnType>",
        ("duplicate id", "A"),
    ),
    "an id that is no number": (
        "<uid>x</uid><lastName>A</lastName><sdnType>Individual</sdnType>",
        ("unreadable row", "uid x, type individual: A"),
    ),
    "an id that would break the line": (
        "<uid>x\n\u0085y</uid><lastName>A</lastName><sdnType>Individual</sdnType>",
        ("unreadable row", "type individual: A"),
    ),
    "no id": (
        "<lastName>A</lastName><sdnType>Individual</sdnType>",
        ("unreadable row", "uid missing, type individual: A"),
    ),
    "no type": ("<uid>2</uid><lastName>A</lastName>", ("unreadable row", "uid 2, type missing: A")),
    "no name": ("<uid>2</uid><sdnType>Individual</sdnType>", ("no name", "individual")),
}


@pytest.mark.parametrize("case", BAD_RECORDS)
def test_a_bad_record_is_left_out_by_its_line_and_the_rest_is_read(case: str, tmp_path: Path) -> None:
    record, (reason, detail) = BAD_RECORDS[case]
    text = PLAIN.format(more=f"\n<sdnEntry>{record}</sdnEntry>")
    (tmp_path / "sdn.xml").write_text(text, encoding="utf-8")
    edition = read_list("ofac-xml", tmp_path / "sdn.xml")
    assert [entry.entry_id for entry in edition.entries] == ["1"]
    [left_out] = edition.left_out
    assert left_out.reason == reason
    assert left_out.detail.endswith(detail)
    assert left_out.where.startswith("line 2 (")
    assert left_out.where.isprintable()
