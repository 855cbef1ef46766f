"""Malformed `table` lists: refused as a whole with one message, or a field or row left out and counted."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

from kstep.lists import LeftOut, read_list
from kstep.model import InputError

HEADER = b"entry_id,name,birth_date,sex,nationality,documents,listed_on,programmes\n"


def parquet(columns: dict[str, list[str]]) -> bytes:
    """The bytes of a Parquet file of `columns`."""
    content = io.BytesIO()
    pl.DataFrame(columns).write_parquet(content)
    return content.getvalue()


REFUSED_FILES = {
    "nothing in it": ("l.csv", b"", "{path}: is empty; fetch the publisher's file again"),
    "people, not entries": (
        "l.csv", b"person_id,name\n1,Ann\n", "{path}, line 1: has no column entry_id; add it: every row needs an id"),
    "no name": (
        "l.csv", b"entry_id,documents\n1,visa::1\n",
        "{path}, line 1: has neither a column name nor family_name and given_names; add the names of the people"),
    "column twice": (
        "l.csv", b"entry_id,name,entry_id\n",
        "{path}, line 1: has the column entry_id more than once; keep one of each"),
    "semicolons": (
        "l.csv", b"name;entry_id\n", "{path}, line 1: separates its columns with semicolons; save it with commas"),
    "not UTF-8": ("l.csv", b"entry_id,name\n1,Ann\n2,\xff\n", "{path}, line 3: is not UTF-8 text; save it as UTF-8"),
    "open quote": (
        "l.csv", b'entry_id,name\n1,Ann\n2,"Eve\n3,Lee\n',
        "{path}, line 3: a quotation mark opens a field that is not closed; "
        "close it, and double every quotation mark inside a quoted field"),
    "one JSON array": (
        "l.jsonl", b'[{"entry_id": 1}]', "{path}, line 1: is one JSON array; write one JSON object in each line"),
    "unknown ending": ("l.txt", HEADER, "{path}: has a name that says no format; name it .csv, .jsonl or .parquet"),
    "damaged gzip": ("l.csv.gz", HEADER, "{path}: is not a whole gzip file; compress or fetch it again"),
    "Parquet cut short": (
        "l.parquet", parquet({"entry_id": ["1"], "name": ["Ann"]})[:-9],
        "{path}: is not a whole Parquet file; write or fetch it again"),
    "Parquet without id": (
        "l.parquet", parquet({"id": ["1"], "name": ["Ann"]}),
        "{path}: has no column entry_id; add it: every row needs an id"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_list_that_cannot_be_read_to_its_end_is_refused_with_one_message(case: str, tmp_path: Path) -> None:
    name, content, message = REFUSED_FILES[case]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        read_list("table", path)
    assert str(refusal.value) == message.format(path=path)


DATE_MEND = "is not a date; write YYYY, YYYY-MM or YYYY-MM-DD"
BAD_FIELDS = {
    "impossible date": (b"1,Ann,1990-02-30,,,,,", "unreadable date", "birth_date: there is no date 1990-02-30"),
    "listed on no date": (b"1,Ann,,,,,yesterday,", "unreadable date", f"listed_on: 'yesterday' {DATE_MEND}"),
    "listed on a month": (
        b"1,Ann,,,,,2015-06,", "unreadable date", "listed_on: '2015-06' is not a day; write YYYY-MM-DD"),
    "listed twice": (
        b"1,Ann,,,,,2015-06-01;2016-06-01,", "unreadable date",
        "listed_on: has 2 values, and the first was taken; write one"),
    "unknown country": (
        b"1,Ann,,,Persia,,,", "unknown country",
        "nationality: 'Persia' is not a country; write an ISO 3166 code of two or three letters"),
    "unknown sex": (b"1,Ann,,female,,,,", "unknown sex", "sex: 'female' is not a sex; write M, F or X"),
    "unreadable document": (
        b"1,Ann,,,,P123,,", "unreadable document",
        "documents: 'P123' is not a document; write type:issuer:number, as in passport:IR:A1234567"),
    "control character": (
        b"1,An\x07n,,,,,,", "unreadable name",
        "name: held control characters, which were taken out; check how the file was made"),
    "endless programme": (
        b"1,Ann,,,,,," + b"x" * 201, "unreadable field", "programmes: has 201 characters; write at most 200"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FIELDS)
def test_bad_field_is_left_out_and_counted_and_its_entry_kept(case: str, tmp_path: Path) -> None:
    row, reason, detail = BAD_FIELDS[case]
    path = tmp_path / "l.csv"
    path.write_bytes(HEADER + row + b"\n")
    edition = read_list("table", path)
    assert edition.left_out == (LeftOut(reason, "line 2", detail),)
    assert [name.full for name in edition.entries[0].identity.names] == ["Ann"]
    assert edition.rows == {"row": 1}


def test_entry_whose_only_name_cannot_be_read_is_left_out_for_both_reasons(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("entry_id,name\n1," + "a" * 1001 + "\n")
    assert dict(read_list("table", path).left_out_by_reason) == {"no name": 1, "unreadable name": 1}
