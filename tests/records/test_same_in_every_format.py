"""Whatever the values and the bytes: the three formats read alike, and nothing but `InputError` is ever raised."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kstep.model import InputError
from kstep.records import read_people
from kstep.records.people import CODES, PERSON_COLUMNS
from kstep.records.rows import TEXT_ROWS

COLUMNS = sorted(PERSON_COLUMNS.declared)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
plausible = st.sampled_from(
    [
        "1990",
        "1990-02",
        "1990-02-30",
        "SY",
        "irq",
        "ZZ",
        "M",
        "F",
        "Ann Lee",
        "محمد علي",
        "passport:IR:A1",
        "visa::x",
        "a;b",
    ]
    + [code for codes in CODES.values() for code in codes]
)
rows = st.fixed_dictionaries({column: st.one_of(st.just(""), plausible, texts) for column in COLUMNS})
row_lists = st.lists(rows, min_size=1, max_size=5)


def csv_bytes(people: Sequence[dict[str, str]]) -> bytes:
    """`people` as CSV."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(people)
    return text.getvalue().encode()


def jsonl_bytes(people: Sequence[Mapping[str, object]]) -> bytes:
    """`people` as JSON lines."""
    return "".join(json.dumps({column: person[column] for column in COLUMNS}) + "\n" for person in people).encode()


def parquet_bytes(people: Sequence[Mapping[str, object]], dtype: pl.DataType) -> bytes:
    """`people` as Parquet."""
    content = io.BytesIO()
    pl.DataFrame([*people], schema=dict.fromkeys(COLUMNS, dtype)).write_parquet(content)
    return content.getvalue()


def reading(name: str, content: bytes) -> tuple[object, ...]:
    """Everything that a file says, but the lines: they differ between formats."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        found = read_people(path)
    errors = [(error.record_id, error.field, error.message) for error in found.errors]
    refused = [(error.record_id, error.field, error.message) for error in found.refused]
    assert found.rows == len(found.people) + len(found.refused)
    return found.people, errors, refused, found.notices, dict(found.shared_ids)


@given(row_lists)
def test_same_values_read_alike_from_every_format(people: list[dict[str, str]]) -> None:
    from_csv = reading("p.csv", csv_bytes(people))
    assert reading("p.jsonl", jsonl_bytes(people)) == from_csv
    assert reading("p.parquet", parquet_bytes(people, pl.String())) == from_csv
    lists = [{column: [value] for column, value in person.items()} for person in people]
    assert reading("p.parquet", parquet_bytes(lists, pl.List(pl.String))) == from_csv
    assert reading("p.jsonl", jsonl_bytes(lists)) == from_csv


@given(row_lists)
def test_what_cannot_be_written_is_taken_out_of_every_text(people: list[dict[str, str]]) -> None:
    broken = [{column: f"\x1b{value}\ud800\0" for column, value in person.items()} for person in people]
    assert reading("p.jsonl", jsonl_bytes(broken))[0] == reading("p.jsonl", jsonl_bytes(people))[0]


TABLE_LIKE = st.lists(
    st.sampled_from([b"person_id", b"name", b",", b'"', b"\n", b"\r", b"{", b"}", b"[", b":", b'"name"', b'"person_id"',
                     b" ", b"1", b"\xef\xbb\xbf", b"\xff", b"\0", b"\\ud800", b"null", b";"]), max_size=40,
).map(b"".join)  # fmt: skip


@pytest.mark.parametrize("ending", [*TEXT_ROWS, ".parquet", ".csv.gz", ".jsonl.gz"])
@given(content=st.one_of(st.binary(max_size=200), TABLE_LIKE, TABLE_LIKE.map(lambda more: b"person_id,name\n" + more)))
@example(content=b'person_id,name\n"')
@example(content=b"PAR1")
def test_any_bytes_are_read_or_refused(ending: str, content: bytes) -> None:
    try:
        reading("p" + ending, content)
    except InputError as refusal:
        assert str(refusal).isprintable()


@given(row_lists, st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=4), st.integers(0, 5000))
def test_any_damage_to_a_file_is_read_or_refused(
    people: list[dict[str, str]], damage: list[tuple[int, int]], end: int
) -> None:
    for name, whole in (("p.csv", csv_bytes(people)), ("p.jsonl", jsonl_bytes(people))):
        content = bytearray(whole)
        for place, byte in damage:
            content[place % len(content)] = byte
        try:
            reading(name, bytes(content[:end]))
        except InputError as refusal:
            assert str(refusal).isprintable()
