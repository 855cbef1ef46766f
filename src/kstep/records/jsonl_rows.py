"""Rows of a JSON lines file: one object a line, whose every field is text, a whole number, a list of these, or null."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from kstep.model import InputError
from kstep.records.columns import Columns, Undeclared
from kstep.records.row import GIVEN_TWICE, Row, by_column, row_of_values

MEND = "write one JSON object in each line"


class _Repeated(dict[str, object]):
    """An object that gives some of its fields more than once, with all their values."""

    twice: tuple[str, ...] = ()


def jsonl_rows(lines: Iterator[str], path: Path, columns: Columns, undeclared: Undeclared) -> Iterator[Row]:
    """Each line that is not blank as a row. Raises `InputError` if the file is another kind of text, or empty."""
    first = True
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text:
            continue
        if first:
            _refuse_other_text(text, f"{path}, line {number}", columns)
            first = False
        yield _row(number, text, columns, undeclared)
    if first:
        raise InputError("is empty", where=f"{path}, line 1", mend="check how it was made")


def _refuse_other_text(text: str, where: str, columns: Columns) -> None:
    if text.startswith("["):
        raise InputError("is one JSON array", where=where, mend=MEND)
    if not text.startswith("{") and columns.id in text.lower():
        raise InputError("is a table with a header, not JSON lines", where=where, mend="name it .csv")


def _row(number: int, text: str, columns: Columns, undeclared: Undeclared) -> Row:
    try:
        found = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        return Row(number, {}, refusal=f"is not JSON ({error.msg}, character {error.pos + 1}); {MEND}")
    except RecursionError:
        return Row(number, {}, refusal=f"is nested too deeply; {MEND}")
    except ValueError:
        return Row(number, {}, refusal="holds a number with thousands of digits; write it as text")
    if not isinstance(found, dict):
        return Row(number, {}, refusal=f"is not an object; {MEND}")
    values: dict[str, object] = {}
    for column, value in found.items():
        if column in columns.declared:
            values[column] = value
        else:
            undeclared.add(column)
    twice = found.twice if isinstance(found, _Repeated) else ()
    return row_of_values(number, values, [(column, GIVEN_TWICE) for column in twice if column in columns.declared])


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values, twice = by_column(pairs)
    if not twice:
        return values
    repeated = _Repeated(values)
    repeated.twice = twice
    return repeated
