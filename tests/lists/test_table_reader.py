"""`table` lists: every row of one's own file becomes an entry or is left out for a named reason."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import polars as pl

from kstep.lists import Edition, LeftOut, read_list
from kstep.model import Document, DocumentType, Entry, Identity, Name, NameQuality, PartialDate, Sex

CSV = (
    "entry_id,name,aliases,weak_aliases,birth_date,sex,nationality,birth_country,documents,programmes,listed_on,"
    "references\n"
    'E-1,Karim Rahimi,K. Raheemi,"Kay; The Clerk",1984; 1985-02,M,AF,PK,passport:AF:P1,SDGT; IRAQ2,2015-06-30,A1; U7\n'
    "E-2,مريم,,,,,,,,,,\n"
)


def edition_of(folder: Path, content: str | bytes, name: str = "list.csv") -> Edition:
    """The edition of a table with `content`."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_list("table", path)


def test_every_column_becomes_its_value(tmp_path: Path) -> None:
    edition = edition_of(tmp_path, CSV)
    identity = Identity(
        names=(
            Name("Karim Rahimi"),
            Name("K. Raheemi", quality=NameQuality.STRONG),
            Name("Kay", quality=NameQuality.WEAK),
            Name("The Clerk", quality=NameQuality.WEAK),
        ),
        birth_dates=(PartialDate.of(1984), PartialDate.of(1985, 2)),
        sexes=(Sex.MALE,),
        nationalities=("AF",),
        birth_countries=("PK",),
        documents=(Document(DocumentType.PASSPORT, "P1", "AF"),),
    )
    assert edition.entries == (
        Entry("E-1", identity, ("SDGT", "IRAQ2"), date(2015, 6, 30), ("A1", "U7")),
        Entry("E-2", Identity(names=(Name("مريم"),))),
    )
    assert (edition.kind, edition.source_date, dict(edition.rows)) == ("table", None, {"row": 2})
    assert (edition.left_out, dict(edition.unknown), edition.notes) == ((), {}, ())


def test_entries_and_left_out_rows_add_up_to_the_file(tmp_path: Path) -> None:
    edition = edition_of(
        tmp_path,
        "entry_id,name,documents\n1,Ann,\n2,,visa::77\n3,,\n1,Eve,\n,Lee,\n4,a,b,c\n5,Roe,visa::--\n",
    )
    assert [entry.entry_id for entry in edition.entries] == ["1", "2", "5"]
    assert edition.left_out == (
        LeftOut("no name", "line 4", "entry_id 3 has neither a name nor a document"),
        LeftOut("duplicate id", "line 5", "entry_id 1"),
        LeftOut("unreadable row", "line 6", "has no entry_id; give every row an id"),
        LeftOut("unreadable row", "line 7", "has 4 fields where the header has 3; "
                                            "put a value that holds a comma into quotation marks"),
        LeftOut("unreadable document", "line 8", "documents: the document number '--' has no letter or digit"),
    )  # fmt: skip
    rows_left_out = sum(edition.left_out_by_reason[reason] for reason in ("no name", "duplicate id", "unreadable row"))
    assert edition.rows["row"] == len(edition.entries) + rows_left_out


def test_id_is_the_bytes_and_the_format_but_not_the_name_of_the_file(tmp_path: Path) -> None:
    first = edition_of(tmp_path, CSV)
    assert edition_of(tmp_path, CSV, "renamed.csv").id == first.id
    assert edition_of(tmp_path, CSV.replace("E-2", "E-3")).id != first.id
    compressed = edition_of(tmp_path, gzip.compress(CSV.encode()), "list.csv.gz")
    assert compressed.id != first.id
    assert compressed.entries_root == first.entries_root


def test_same_entries_from_json_lines_and_parquet(tmp_path: Path) -> None:
    frame = pl.read_csv(CSV.encode(), infer_schema=False)
    lines = edition_of(tmp_path, frame.write_ndjson(), "list.jsonl")
    frame = frame.with_columns(pl.col("listed_on").str.to_date(), pl.col("references").str.split(";"))
    frame.write_parquet(tmp_path / "list.parquet")
    parquet = read_list("table", tmp_path / "list.parquet")
    assert lines.entries == parquet.entries == edition_of(tmp_path, CSV).entries


def test_columns_of_people_that_say_nothing_of_an_entry_are_counted_as_unknown(tmp_path: Path) -> None:
    edition = edition_of(tmp_path, "entry_id,name,outcome,Colour\n1,Ann,removed,red\n")
    assert dict(edition.unknown) == {"colour": 1, "outcome": 1}


def test_rows_of_parquet_are_left_out_by_their_row(tmp_path: Path) -> None:
    pl.DataFrame({"entry_id": ["1", None], "name": ["Ann", "Eve"]}).write_parquet(tmp_path / "list.parquet")
    assert read_list("table", tmp_path / "list.parquet").left_out == (
        LeftOut("unreadable row", "row 2", "has no entry_id; give every row an id"),
    )
