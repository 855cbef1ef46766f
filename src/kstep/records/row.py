"""One row of a file as clean texts by declared column, the same from every format.

Texts hold no control characters and no broken surrogates, so they can be written and shown anywhere. A row keeps what
was wrong with it: errors of single fields beside the fields that could be read, or why nothing could be read.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from kstep.records.columns import column_name

Texts = tuple[str, ...]
Fields = Mapping[str, Texts]
"""The values of a row by column, as written; a column that is absent is unknown."""

FieldError = tuple[str, str]
"""A column and what is wrong with its value, with the mend."""

GIVEN_TWICE = "is given more than once and every value was read; give it once, several values as a list"

MOST_BITS = 4096
"""Of a whole number that is taken as text; Python refuses to write far longer ones."""


class Row(NamedTuple):
    """The row that begins at `line` (Parquet: row, from 1). `refusal` says why nothing of it could be read, if so."""

    line: int
    fields: Fields
    errors: Sequence[FieldError] = ()
    refusal: str = ""


def row_of_texts(line: int, placed: Iterable[tuple[int, str]], values: Sequence[str]) -> Row:
    """The row of a format that holds one text a column, such as CSV: `placed` says which value is of which column."""
    if "".join(values).isprintable():
        return Row(line, {column: (value,) for place, column in placed if (value := values[place])})
    return row_of_values(line, {column: values[place] for place, column in placed})


def row_of_values(line: int, values: Mapping[str, object], errors: Sequence[FieldError] = ()) -> Row:
    """The row of a format that holds numbers and lists too, such as JSON; `errors` are those known already."""
    fields: dict[str, Texts] = {}
    found = list(errors)
    for column, value in values.items():
        if type(value) is str and value.isprintable():
            if value:
                fields[column] = (value,)
            continue
        texts, messages = texts_of(value)
        if texts:
            fields[column] = texts
        found += [(column, message) for message in messages]
    return Row(line, fields, found)


def by_column(pairs: Sequence[tuple[str, object]]) -> tuple[dict[str, object], tuple[str, ...]]:
    """The values of `pairs` by column, and the columns that are given more than once: these have all their values."""
    values = {column_name(key): value for key, value in pairs}
    if len(values) == len(pairs):
        return values, ()
    every: dict[str, list[object]] = {}
    times = Counter(column_name(key) for key, _ in pairs)
    for key, value in pairs:
        every.setdefault(column_name(key), []).extend(value if isinstance(value, list | tuple) else [value])
    return dict[str, object](every), tuple(column for column, given in times.items() if given > 1)


def texts_of(value: object) -> tuple[Texts, list[str]]:
    """The texts that a value means, and what could not be read of it.

    Text, whole numbers, dates and lists of these are texts; None, empty text and not-a-number are unknown.
    """
    messages: list[str] = []
    texts = [_text(item, messages) for item in (value if isinstance(value, list | tuple) else [value])]
    return tuple(text for text in texts if text), messages


def _text(value: object, messages: list[str]) -> str:
    match value:
        case None:
            return ""
        case str():
            return _clean(value, messages)
        case bool():
            messages.append("is true or false; write text")
        case int() if value.bit_length() <= MOST_BITS:
            return str(value)
        case float() if value != value:
            return ""
        case int() | float():
            messages.append("is a number that cannot be taken as text without loss; write it as text")
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            messages.append("is a time of day; write a date")
        case date():
            return value.isoformat()
        case Mapping():
            messages.append("is an object; write text or a list of texts")
        case list() | tuple():
            messages.append("is a list inside a list; write one list of texts")
        case _:
            messages.append(f"is of type {type(value).__name__}; write text")
    return ""


def _clean(text: str, messages: list[str]) -> str:
    """`text` without control characters and broken surrogates; line breaks and tabs become spaces."""
    spaced = "".join([" " if ch.isspace() else ch for ch in text])
    kept = "".join([ch for ch in spaced if unicodedata.category(ch) not in ("Cc", "Cs")])
    if len(kept) != len(text):
        messages.append("held control characters, which were taken out; check how the file was made")
    return kept
