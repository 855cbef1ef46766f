"""What becomes of well-formed files of people: values, names and their parts, lists, ids that rows share, notices."""

from __future__ import annotations

import gc
import gzip
import json
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pytest

from kstep.model import Document, DocumentType, Identity, InputError, Name, NameQuality, PartialDate, Person, Sex
from kstep.records import PeopleFile, read_people

FULL_ROW = {
    "person_id": "A-100",
    "family_name": "Rahimi",
    "given_names": "Abdul Karim",
    "aliases": "Karim Rahimi; A. K. Raheemi ;;Karim Rahimi",
    "birth_date": "1984-03-07;1984",
    "sex": "m",
    "nationality": "AFG; pk;AF",
    "birth_country": "AF",
    "documents": "passport:AFG:P012 345; national_id::77-1",
    "custody_place": "none",
    "release_basis": "bond",
    "outcome": "",
    "office": "North",
}
FULL_PERSON = Person(
    person_id="A-100",
    identity=Identity(
        names=(
            Name("Abdul Karim Rahimi", "Rahimi", "Abdul Karim"),
            Name("Karim Rahimi", quality=NameQuality.STRONG),
            Name("A. K. Raheemi", quality=NameQuality.STRONG),
        ),
        birth_dates=(PartialDate.of(1984, 3, 7), PartialDate.of(1984)),
        sexes=(Sex.MALE,),
        nationalities=("AF", "PK"),
        birth_countries=("AF",),
        documents=(Document(DocumentType.PASSPORT, "P012 345", "AF"), Document(DocumentType.NATIONAL_ID, "77-1")),
    ),
    custody_place="none",
    release_basis="bond",
    office="North",
)


def read_csv(folder: Path, content: str | bytes, name: str = "people.csv") -> PeopleFile:
    """The people of a file with `content`."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_people(path)


def read_json(folder: Path, *rows: Mapping[str, object]) -> PeopleFile:
    """The people of a JSON lines file of `rows`."""
    return read_csv(folder, "".join(json.dumps(row) + "\n" for row in rows), "people.jsonl")


def names_of(found: PeopleFile) -> list[list[str]]:
    """The names of each person."""
    return [[name.full for name in person.identity.names] for person in found.people]


def test_every_column_becomes_its_value(tmp_path: Path) -> None:
    found = read_csv(tmp_path, ",".join(FULL_ROW) + "\n" + ",".join(FULL_ROW.values()) + "\n")
    assert found == PeopleFile((FULL_PERSON,), 1, (), (), (), {})


def test_json_lists_hold_several_values(tmp_path: Path) -> None:
    row = {**FULL_ROW, "aliases": ["Karim Rahimi", "A. K. Raheemi"], "birth_date": ["1984-03-07", 1984],
           "nationality": ["AFG", "PK"], "documents": ["passport:AFG:P012 345", "national_id::77-1"],
           "given_names": ["Abdul", "Karim"], "office": ["North"], "outcome": None}  # fmt: skip
    assert read_json(tmp_path, row).people == (FULL_PERSON,)


def test_parquet_takes_dates_numbers_and_lists(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pl.DataFrame(
        {
            "person_id": [7, 8],
            "name": ["Ann Lee", "Eve Roe"],
            "birth_date": [date(1984, 3, 7), None],
            "aliases": [["A. Lee", "Annie Lee"], []],
            "office": pl.Series(["North", None], dtype=pl.Categorical),
            "outcome": [float("nan"), None],
        }
    ).write_parquet(path)
    first, second = read_people(path).people
    assert (first.person_id, second.person_id) == ("7", "8")
    assert [name.full for name in first.identity.names] == ["Ann Lee", "A. Lee", "Annie Lee"]
    assert first.identity.birth_dates == (PartialDate.of(1984, 3, 7),)
    assert (first.office, second.office, second.identity.birth_dates) == ("North", "", ())
    assert not read_people(path).errors


def test_parquet_takes_moments_at_midnight_and_days_beyond_the_calendar_cost_only_their_field(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    midnight = datetime.combine(date(1990, 1, 2), time())
    pl.DataFrame({"person_id": ["p1"], "name": ["Ann"], "birth_date": [midnight]}).write_parquet(path)
    assert read_people(path).people[0].identity.birth_dates == (PartialDate.of(1990, 1, 2),)
    beyond = pl.Series([5_000_000, 0], dtype=pl.Int32).cast(pl.Date)
    pl.DataFrame({"person_id": ["p1", "p2"], "name": ["Ann", "Eve"], "birth_date": beyond}).write_parquet(path)
    found = read_people(path)
    assert [(error.line, error.record_id, error.field) for error in found.errors] == [(1, "p1", "birth_date")]
    assert found.people[1].identity.birth_dates == (PartialDate.of(1970, 1, 1),)


def test_parquet_is_read_in_batches_to_its_last_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kstep.records.parquet_rows.BATCH", 3)
    path = tmp_path / "people.parquet"
    pl.DataFrame({"person_id": [*"abcdefg", None], "name": ["Ann"] * 8}).write_parquet(path)
    found = read_people(path)
    assert "".join(person.person_id for person in found.people) == "abcdefg"
    assert [error.line for error in found.refused] == [8]


@pytest.mark.parametrize("name", ["p.csv.gz", "P.CSV.GZ"])
def test_compressed_file_is_read(name: str, tmp_path: Path) -> None:
    assert names_of(read_csv(tmp_path, gzip.compress(b"person_id,name\n1,Ann\n"), name)) == [["Ann"]]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_byte_order_mark_and_any_line_end_are_taken(ending: str, tmp_path: Path) -> None:
    text = ending.join(["\ufeffPERSON_ID, Name ", "1,Zoë", "2,宮本 茂", ""])
    assert names_of(read_csv(tmp_path, text)) == [["Zoë"], ["宮本 茂"]]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_whole_wherever_the_file_is_cut_into_blocks(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ending.join(["\ufeffperson_id,name", *(f"{number},Žofie Ḥasan {number}" for number in range(40)), ",nobody"])
    monkeypatch.setattr("kstep.records.lines.LONGEST_LINE", 80)
    for block in range(4, 40):
        monkeypatch.setattr("kstep.records.lines.BLOCK", block)
        found = read_csv(tmp_path, text)
        assert names_of(found) == [[f"Žofie Ḥasan {number}"] for number in range(40)]
        assert [error.line for error in found.refused] == [42]


def test_quoted_commas_quotes_and_line_breaks_belong_to_the_value(tmp_path: Path) -> None:
    found = read_csv(tmp_path, 'person_id,name,office\n1, "Lee, ""Ann""\nMarie","a\nb"\n')
    assert names_of(found) == [['Lee, "Ann" Marie']]
    assert found.people[0].office == "a b"


def test_person_without_any_name_or_value_is_a_person(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "person_id,name,birth_date\n1,,\n2,  ,\n")
    assert found.people == (Person("1", Identity()), Person("2", Identity()))
    assert not found.errors


def test_placeholder_names_are_kept_as_text(tmp_path: Path) -> None:
    assert names_of(read_csv(tmp_path, "person_id,family_name,given_names\n1,LNU,FNU\n2,UNKNOWN,\n")) == [
        ["FNU LNU"],
        ["UNKNOWN"],
    ]


def test_whole_name_and_different_parts_are_both_kept(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "person_id,name,family_name,given_names\n1,Ann Lee,Lee,Ann\n2,Ann Roe,Lee,Ann\n")
    assert names_of(found) == [["Ann Lee"], ["Ann Lee", "Ann Roe"]]
    assert found.people[0].identity.names == (Name("Ann Lee", "Lee", "Ann"),)


def test_several_whole_names_are_all_primary(tmp_path: Path) -> None:
    found = read_json(
        tmp_path, {"person_id": "1", "name": ["Иван Петров", "Ivan Petrov"], "aliases": "Ivan Petrov; Vanya"}
    )
    assert [(name.full, name.quality.value) for name in found.people[0].identity.names] == [
        ("Иван Петров", "primary"), ("Ivan Petrov", "primary"), ("Vanya", "strong")]  # fmt: skip


def test_value_beside_a_bad_one_is_kept(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "person_id,name,birth_date,nationality\n1,Ann,1990-02-30; 1990,ZZ;SY\n")
    assert found.people[0].identity.birth_dates == (PartialDate.of(1990),)
    assert found.people[0].identity.nationalities == ("SY",)
    assert [error.field for error in found.errors] == ["birth_date", "nationality"]


def test_control_characters_are_taken_out_of_a_name_that_is_kept(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "person_id,name\n1,A\x00\x1bn\x7fn\tLee\u200c\n".replace("\x00", ""))
    assert names_of(found) == [["Ann Lee\u200c"]]
    assert [error.field for error in found.errors] == ["name"]


def test_repeated_key_keeps_every_value(tmp_path: Path) -> None:
    found = read_csv(tmp_path, '{"person_id": "1", "name": "Ann", "NAME": ["Eve", "Ann"]}', "p.jsonl")
    assert names_of(found) == [["Ann", "Eve"]]
    assert [error.field for error in found.errors] == ["name"]


def test_codes_are_taken_in_any_case(tmp_path: Path) -> None:
    person = read_csv(tmp_path, "person_id,name,custody_place,outcome\n1,Ann, State_Local ,DEPARTED\n").people[0]
    assert (person.custody_place, person.outcome) == ("state_local", "departed")


def test_rows_that_share_an_id_are_all_kept_and_named(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "person_id,name\n1,Ann\n2,Eve\n 1 ,Lee\n")
    assert [person.person_id for person in found.people] == ["1", "2", "1"]
    assert found.shared_ids == {"1": 2}
    assert found.notices == ("2 rows share a person_id with another row, and all of them are screened (person_id 1)",)


def test_undeclared_columns_are_named_and_dropped(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "person_id,name,religion,,weak_aliases\n1,Ann,x,y,z\n")
    assert found.notices == ("3 columns are not declared and were dropped: religion, (no name), weak_aliases",)
    found = read_json(tmp_path, {"person_id": "1", "x\x1by": {"deep": [1]}}, {"person_id": "2"})
    assert found.notices == ("1 column is not declared and was dropped: x\\x1by",)


def test_many_undeclared_columns_are_named_in_part(tmp_path: Path) -> None:
    found = read_json(tmp_path, {"person_id": "1", **{f"column {number}": 1 for number in range(12)}})
    assert found.notices[0].startswith("12 columns are not declared and were dropped: column 0, column 1,")
    assert found.notices[0].endswith("column 9 and 2 more")


def test_header_without_rows_is_read_and_noticed(tmp_path: Path) -> None:
    assert read_csv(tmp_path, "person_id,name\n") == PeopleFile((), 0, (), (), ("there are no rows",), {})
    pl.DataFrame(schema={"person_id": pl.String, "name": pl.String}).write_parquet(tmp_path / "p.parquet")
    assert read_people(tmp_path / "p.parquet").notices == ("there are no rows",)


def test_reading_leaves_the_garbage_collector_as_it_was(tmp_path: Path) -> None:
    assert gc.isenabled()
    with pytest.raises(InputError):
        read_csv(tmp_path, "x")
    assert gc.isenabled()
    gc.disable()
    try:
        read_csv(tmp_path, "person_id,name\n1,Ann\n")
        assert not gc.isenabled()
    finally:
        gc.enable()
