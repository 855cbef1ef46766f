"""Malformed files of people that are refused as a whole, each with precisely the message it gets."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import polars as pl
import pytest

from kstep.model import InputError
from kstep.records import read_people

HEADER = b"person_id,name,birth_date\n"
JSON_MEND = "write one JSON object in each line"
QUOTE_MEND = "close it, and double every quotation mark inside a quoted field"


def parquet(columns: dict[str, object]) -> bytes:
    """The bytes of a Parquet file of `columns`."""
    buffer = io.BytesIO()
    pl.DataFrame(columns, strict=False).write_parquet(buffer)
    return buffer.getvalue()


WHOLE_PARQUET = parquet({"person_id": ["p1"], "name": ["Ann Lee"]})
WHOLE_GZIP = gzip.compress(HEADER + b"p1,Ann Lee,1990\n" * 100)

NO_ID_COLUMN = "has no column person_id; add it: every row needs an id"
NOT_GZIP = "is not a whole gzip file; compress or fetch it again"
NOT_PARQUET = "is not a whole Parquet file; write or fetch it again"
NOT_UTF_8 = "is not UTF-8 text; save it as UTF-8"
NUL = "holds a NUL byte; it is damaged or not text; save it again as UTF-8"
NOT_CLOSED = "a quotation mark opens a field that is not closed; " + QUOTE_MEND

REFUSED_FILES: dict[str, tuple[str, bytes, int, str]] = {
    "nothing in it": ("p.csv", b"", 1, "is empty; check how it was made"),
    "blank lines only": ("p.csv", b"\n \n", 1, "is empty; check how it was made"),
    "byte order mark only": ("p.csv", b"\xef\xbb\xbf", 1, "is empty; check how it was made"),
    "empty JSON lines": ("p.jsonl", b"\n", 1, "is empty; check how it was made"),
    "spreadsheet": ("p.xlsx", HEADER, 0, "is a spreadsheet; save it as CSV (UTF-8, with commas) and name that file"),
    "unknown ending": ("p.dat", HEADER, 0, "has a name that says no format; name it .csv, .jsonl or .parquet"),
    "no ending": ("people", HEADER, 0, "has a name that says no format; name it .csv, .jsonl or .parquet"),
    "no person_id": ("p.csv", b"id,name\n1,Ann\n", 1, NO_ID_COLUMN),
    "no name": (
        "p.csv", b"person_id,aliases\n1,Ann\n",
        1, "has neither a column name nor family_name and given_names; add the names of the people"),
    "column twice": (
        "p.csv", b"person_id,name,Name\n1,Ann,Lee\n",
        1, "has the column name more than once; keep one of each"),
    "semicolons": (
        "p.csv", b"person_id;name\n1;Ann\n", 1, "separates its columns with semicolons; save it with commas"),
    "semicolons and quotes": (
        "p.csv", b'"person_id";"name"\n1;Ann\n',
        1, "separates its columns with semicolons; save it with commas"),
    "text behind a quote in the header": (
        "p.csv", b'person_id,"na"me\n1,Ann\n',
        1, "the header has text behind a closing quotation mark; "
           "double every quotation mark inside a quoted field"),
    "tabs": ("p.csv", b"name\tperson_id\nAnn\t1\n", 1, "separates its columns with tabs; save it with commas"),
    "bars": ("p.csv", b"person_id|name\n1|Ann\n", 1, "separates its columns with bars; save it with commas"),
    "UTF-16": ("p.csv", HEADER.decode().encode("utf-16"), 1, "is UTF-16 text; save it as UTF-8"),
    "UTF-16 big endian": (
        "p.jsonl", b"\xfe\xff" + '{"person_id": "1"}'.encode("utf-16-be"), 1, "is UTF-16 text; save it as UTF-8"),
    "UTF-16 without mark": ("p.csv", HEADER.decode().encode("utf-16-le"), 1, NUL),
    "Windows-1252": ("p.csv", HEADER + b"p1,Ann,1990\np2,Jos\xe9,1990\n", 3, NOT_UTF_8),
    "Latin-1 with old line ends": ("p.csv", b"person_id,name\rp1,Ann\rp2,Jos\xe9\r", 3, NOT_UTF_8),
    "JSON lines not UTF-8": (
        "p.jsonl", b'{"person_id": "p1"}\n' b'{"person_id": "p2", "name": "\xe9"}\n',
        2, NOT_UTF_8),
    "NUL byte": ("p.csv", HEADER + b"p1,Ann,1990\np2,A\0nn,1990\n", 3, NUL),
    "quote open to the end": ("p.csv", HEADER + b'p1,Ann,1990\np2,"Lee,1990\np3,Eve,1990\n', 3, NOT_CLOSED),
    "quote open in the last line": ("p.csv", HEADER + b'p1,Ann,"1990', 2, NOT_CLOSED),
    "open quote meets another": ("p.csv", HEADER + b'p1,"Ann,1990\np2,Lee,1990\np3,"Eve",1990\n', 2, NOT_CLOSED),
    "open quote swallows a row that then does not fit": (
        "p.csv", HEADER + b'p1,"Ann,1990\np2,Lee",1990,x\n',
        2, "a quoted field runs on to line 3, and the row does not fit the header; "
        "close the quotation mark that opens there"),
    "open quote in the header": ("p.csv", b'person_id,"name\np1,Ann\n', 1, NOT_CLOSED),
    "endless line": ("p.csv", HEADER + b"x" * (17 * 1024**2), 2, "is longer than 16,777,216 bytes; "
                     "check that this is a table"),
    "Parquet named CSV": ("p.csv", WHOLE_PARQUET, 1, "is a Parquet file; name it .parquet"),
    "spreadsheet named CSV": ("p.csv", b"PK\x03\x04\x14\0", 1, "is a ZIP or Excel file; save it as CSV"),
    "gzip named CSV": ("p.csv", WHOLE_GZIP, 1, "is compressed with gzip; add .gz to its name"),
    "CSV named gzip": ("p.csv.gz", HEADER, 0, NOT_GZIP),
    "gzip cut short": ("p.csv.gz", WHOLE_GZIP[:-12], 0, NOT_GZIP),
    "gzip damaged": ("p.csv.gz", WHOLE_GZIP[:20] + b"\xff\xff" + WHOLE_GZIP[22:], 0, NOT_GZIP),
    "JSON named CSV": (
        "p.csv", b'{"person_id": "p1", "name": "Ann"}\n',
        1, "is JSON, not CSV; write one JSON object in each line and name it .jsonl"),
    "CSV named JSON lines": (
        "p.jsonl", HEADER + b"p1,Ann,1990\n", 1, "is a table with a header, not JSON lines; name it .csv"),
    "one JSON array": ("p.jsonl", b'[\n{"person_id": "p1"}\n]\n', 1, "is one JSON array; " + JSON_MEND),
    "CSV named Parquet": ("p.parquet", HEADER, 0, NOT_PARQUET),
    "empty Parquet": ("p.parquet", b"", 0, NOT_PARQUET),
    "Parquet cut short": ("p.parquet", WHOLE_PARQUET[:-40], 0, NOT_PARQUET),
    "Parquet without person_id": ("p.parquet", parquet({"name": ["Ann"]}), 0, NO_ID_COLUMN),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_file_that_cannot_be_read_to_its_end_is_refused_with_one_message(case: str, tmp_path: Path) -> None:
    name, content, line, message = REFUSED_FILES[case]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        read_people(path)
    assert str(refusal.value) == (f"{path}, line {line}: {message}" if line else f"{path}: {message}")


def test_damage_anywhere_in_a_parquet_file_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    refused = 0
    for place in range(len(WHOLE_PARQUET)):
        path.write_bytes(WHOLE_PARQUET[:place] + b"\xff" + WHOLE_PARQUET[place + 1 :])
        try:
            assert read_people(path).rows <= 1
        except InputError:
            refused += 1
    assert refused > 100


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nobody\.csv: there is no such file; check the path$"):
        read_people(tmp_path / "nobody.csv")


def test_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "people.csv").mkdir()
    with pytest.raises(
        InputError, match=r"people\.csv: cannot be read \(Is a directory\); check that it is a readable file$"
    ):
        read_people(tmp_path / "people.csv")
