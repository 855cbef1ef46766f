"""Rows of a CSV file: commas, quotation marks as in RFC 4180, a header line.

A record that does not fit the header is refused by its line. Where a quotation mark may have swallowed other records,
the whole file is refused: nobody can say who was in it.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kstep.model import InputError
from kstep.records.columns import Columns, Undeclared, column_name, placed_columns
from kstep.records.row import Row, row_of_texts

if TYPE_CHECKING:
    from _csv import Reader


SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What other tables than ours have between their columns."""


def csv_rows(lines: Iterator[str], path: Path, columns: Columns, undeclared: Undeclared) -> Iterator[Row]:
    """Each data row of `lines`. Raises `InputError` for a bad header and for a field that is never closed."""
    opening = list(itertools.islice(lines, 1))
    for text in opening:
        _refuse_other_text(text, f"{path}, line 1", columns)
    reader = csv.reader(itertools.chain(opening, lines), strict=True, skipinitialspace=True)
    records = _records(reader, path)
    line, header = next(records, (1, []))
    where = f"{path}, line {line}"
    if isinstance(header, str):
        raise InputError(f"the header {header}", where=where)
    if not header:
        raise InputError("is empty", where=where, mend="check how it was made")
    placed = placed_columns(header, columns, where, undeclared)
    width = len(header)
    for line, values in records:
        if isinstance(values, str):
            yield Row(line, {}, refusal=values)
        elif len(values) == width:
            yield row_of_texts(line, placed, values)
        else:
            if reader.line_num > line:
                raise InputError(
                    f"a quoted field runs on to line {reader.line_num}, and the row does not fit the header",
                    where=f"{path}, line {line}", mend="close the quotation mark that opens there")  # fmt: skip
            yield Row(line, {}, refusal=f"has {_counted(len(values))} where the header has {width}; "
                                        "put a value that holds a comma into quotation marks")  # fmt: skip


def _refuse_other_text(line: str, where: str, columns: Columns) -> None:
    if line.lstrip().startswith(("{", "[")):
        raise InputError("is JSON, not CSV", where=where, mend="write one JSON object in each line and name it .jsonl")
    for separator, word in SEPARATORS.items():
        parts = [column_name(part.strip().strip('"')) for part in line.split(separator)]
        if len(parts) > 1 and columns.id in parts:
            raise InputError(f"separates its columns with {word}", where=where, mend="save it with commas")


def _records(reader: Reader, path: Path) -> Iterator[tuple[int, list[str] | str]]:
    """The line where each record that is not blank begins, and its values, or what is wrong with it."""
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, _refusal(error, reader, line, path)
            continue
        if len(values) > 1 or (values and values[0].strip()):
            yield line, values


def _refusal(error: csv.Error, reader: Reader, line: int, path: Path) -> str:
    """Why the record of `line` alone cannot be read. Raises `InputError` if it may have swallowed others."""
    if reader.line_num > line or "unexpected end" in str(error):
        raise InputError("a quotation mark opens a field that is not closed", where=f"{path}, line {line}",
                         mend="close it, and double every quotation mark inside a quoted field")  # fmt: skip
    if "limit" in str(error):
        return f"has a field of more than {csv.field_size_limit():,} characters; check that it is one value"
    return "has text behind a closing quotation mark; double every quotation mark inside a quoted field"


def _counted(fields: int) -> str:
    return "1 field" if fields == 1 else f"{fields:,} fields"
