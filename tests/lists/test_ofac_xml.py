"""OFAC's plain and advanced XML, against samples and expected values that the readers' author did not write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from kstep.lists import Edition, read_list
from kstep.lists.account import Account
from kstep.lists.ofac_schema import ADVANCED, PLAIN, count_unknown
from kstep.model import InputError
from sample_lists import SAMPLES, disagreements, malformed

MALFORMED = [row for row in malformed() if row[0].startswith("ofac-xml")]


@pytest.mark.parametrize("sample", ["ofac-xml/plain.xml", "ofac-xml/advanced.xml"])
def test_a_sample_is_read_as_its_author_expects(sample: str) -> None:
    assert disagreements(read_list("ofac-xml", SAMPLES / sample), sample) == []


@pytest.mark.parametrize("sample", ["ofac-xml/plain.xml", "ofac-xml/advanced.xml"])
def test_entries_and_left_out_records_add_up_to_the_sample(sample: str) -> None:
    edition = read_list("ofac-xml", SAMPLES / sample)
    root = etree.parse(SAMPLES / sample).getroot()
    records = root.findall("{*}sdnEntry") or root.findall("{*}DistinctParties/{*}DistinctParty")
    kinds = ("individual", "entity", "vessel", "aircraft", "unreadable record")
    assert sum(edition.rows.get(kind, 0) for kind in kinds) == len(records)
    lost = sum(edition.left_out_by_reason.get(reason, 0) for reason in ("no name", "duplicate id"))
    assert len(edition.entries) == edition.rows["individual"] - lost
    aliases = list(root.iter("{*}aka", "{*}Alias"))
    assert sum(count for kind, count in edition.rows.items() if kind.startswith("alias of")) == len(aliases)
    documents = list(root.iter("{*}id", "{*}IDRegDocument"))
    papers = [count for kind, count in edition.rows.items() if kind.startswith(("id of", "document of"))]
    assert sum(papers) == len(documents)
    assert all(item.where.startswith("line ") for item in edition.left_out)


@pytest.mark.parametrize(("name", "outcome", "left_out"), MALFORMED, ids=[row[0] for row in MALFORMED])
def test_a_malformed_file_has_the_outcome_that_its_author_expects(
    name: str, outcome: str, left_out: dict[str, int]
) -> None:
    path = SAMPLES / "malformed" / name
    try:
        edition = read_list("ofac-xml", path)
    except InputError as error:
        assert outcome != "read"
        assert str(path) in str(error)
        assert "\n" not in str(error)
    else:
        assert outcome != "refused"
        assert outcome == "either" or edition.left_out_by_reason == left_out


PLAIN_FILE = """<?xml version="1.0" encoding="utf-8"?>
<sdnList xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML">
 <publshInformation><Publish_Date>05/03/2024</Publish_Date><Record_Count>{count}</Record_Count></publshInformation>
 {entries}
</sdnList>"""
PERSON = """<sdnEntry><uid>7</uid><firstName>Ana</firstName><lastName>PEREZ</lastName><sdnType>Individual</sdnType>
 {more}</sdnEntry>"""


def _plain(folder: Path, more: str = "", *, count: int = 1) -> Edition:
    file = folder / "sdn.xml"
    file.write_text(PLAIN_FILE.format(count=count, entries=PERSON.format(more=more)), encoding="utf-8")
    return read_list("ofac-xml", file)


def test_plain_remarks_are_read_like_those_of_the_csv(tmp_path: Path) -> None:
    edition = _plain(
        tmp_path, "<remarks>(Linked To: ACME (UK) LTD.; Passport A1234567 (Iran); a.k.a. 'LA JEFA')</remarks>"
    )
    [entry] = edition.entries
    assert [str(document) for document in entry.identity.documents] == ["passport:IR:A1234567"]
    assert [(name.full, name.quality.value) for name in entry.identity.names] == [
        ("Ana PEREZ", "primary"),
        ("LA JEFA", "weak"),
    ]
    assert edition.source_date == date(2024, 5, 3)


def test_a_document_of_a_type_that_is_new_is_kept_and_counted_as_unknown(tmp_path: Path) -> None:
    edition = _plain(
        tmp_path,
        """<idList><id><uid>1</uid><idType>Moon Passport</idType><idNumber>M1</idNumber><idCountry>Peru</idCountry></id>
        <id><uid>2</uid><idType>Shoe Size</idType><idNumber>44</idNumber></id></idList>""",
    )
    assert [str(document) for document in edition.entries[0].identity.documents] == ["other:PE:M1"]
    assert edition.unknown == {"id/idType: Moon Passport": 1, "id/idType: Shoe Size": 1}


def test_a_file_that_holds_fewer_records_than_it_says_has_a_note(tmp_path: Path) -> None:
    assert any("holds 2 records and holds 1" in note for note in _plain(tmp_path, count=2).notes)
    assert not any("records and holds" in note for note in _plain(tmp_path, count=1).notes)


def _advanced(folder: Path, *replacements: tuple[str, str]) -> Edition:
    """The sample's advanced file with some of its text replaced."""
    text = (SAMPLES / "ofac-xml" / "advanced.xml").read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    file = folder / "sdn_advanced.xml"
    file.write_text(text, encoding="utf-8")
    return read_list("ofac-xml", file)


def test_a_file_of_changes_only_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds only the changes since version 4, not the whole list"):
        _advanced(tmp_path, ("<Sanctions ", '<Sanctions DeltaBaseVersion="4" '))


def test_a_birth_date_in_another_calendar_is_left_out(tmp_path: Path) -> None:
    before = _advanced(tmp_path)
    after = _advanced(tmp_path, (">Gregorian<", ">Islamic<"))
    assert any(entry.identity.birth_dates for entry in before.entries)
    assert not any(entry.identity.birth_dates or entry.listed_on for entry in after.entries)
    assert any("calendar Islamic" in item.detail for item in after.left_out)


def test_the_first_of_several_events_is_the_listing_date(tmp_path: Path) -> None:
    event = '<EntryEvent ID="910001" EntryEventTypeID="1" LegalBasisID="1">'
    others = "".join(
        f'<EntryEvent ID="{year}" EntryEventTypeID="1"><Date CalendarTypeID="1"><Year>{year}</Year><Month>1</Month>'
        "<Day>2</Day></Date></EntryEvent>"
        for year in (2019, 2009)
    )
    before, after = (_advanced(tmp_path, *changes) for changes in ((), ((event, others + event),)))
    assert (before.entries[0].listed_on, after.entries[0].listed_on) == (date(2014, 3, 17), date(2009, 1, 2))


@pytest.mark.parametrize(
    ("old", "new", "reason", "detail"),
    [
        (
            '<VersionLocation LocationID="601" />',
            '<VersionLocation LocationID="0" />',
            "points at no entry",
            "location 0",
        ),
        ('IssuedBy-CountryID="11020"', 'IssuedBy-CountryID="1"', "unknown country", "issuer country 1"),
    ],
)
def test_what_points_at_no_reference_value_is_left_out_by_name(
    old: str, new: str, reason: str, detail: str, tmp_path: Path
) -> None:
    before, after = _advanced(tmp_path), _advanced(tmp_path, (old, new))
    added = set(after.left_out) - set(before.left_out)
    assert {(item.reason, item.detail) for item in added} == {(reason, detail)}
    assert [entry.entry_id for entry in after.entries] == [entry.entry_id for entry in before.entries]


def test_types_that_are_new_are_counted_as_unknown(tmp_path: Path) -> None:
    edition = _advanced(
        tmp_path,
        (">Gender<", ">Shoe Size<"),
        (">A.K.A.<", ">X.K.A.<"),
        (">First Name<", ">Joke<"),
        (">Passport<", ">Pass<"),
    )
    counted = {element.partition(":")[0] for element in edition.unknown}
    assert {"FeatureType", "AliasType", "NamePartType", "IDRegDocType"} <= counted
    assert {name.family for entry in edition.entries for name in entry.identity.names if " " in name.full} == {""}


def test_unknown_elements_and_attributes_are_counted_by_their_path() -> None:
    account = Account()
    record = etree.fromstring("<sdnEntry><uid>1</uid><akaList><aka><uid/><foo><bar/></foo></aka></akaList></sdnEntry>")
    count_unknown(record, PLAIN, account)
    record = etree.fromstring('<Location ID="1" DeltaAction="add" Foo="x"><!-- a --><LocationPart Foo="y"/></Location>')
    count_unknown(record, ADVANCED, account)
    assert account.edition("", "", None, ()).unknown == {
        "sdnEntry/akaList/aka/foo": 1,
        "Location/@Foo": 1,
        "Location/LocationPart/@Foo": 1,
    }


def test_every_kind_of_element_in_the_samples_is_in_the_schemas_but_the_one_put_there() -> None:
    unknown = [read_list("ofac-xml", SAMPLES / "ofac-xml" / name).unknown for name in ("plain.xml", "advanced.xml")]
    assert [len(counted) for counted in unknown] == [1, 1]
