"""Queries whose entries are known: `{"person": person, "truth": ["un:110403", …]}` a line.

A truth names an entry as the rows of possible matches do: the list's label, a colon, the entry's id. Somebody who is on
no list has no truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kstep.evaluation.lines import field_of, labelled_rows
from kstep.evaluation.records import Record, Records
from kstep.model import InputError, ValueRefused
from kstep.screening.sources import OpenList

SHAPE = '{"person": {…}, "truth": ["list:entry_id"]}'


@dataclass(frozen=True, slots=True)
class Query:
    """Someone to look for, from `line` of the file, and the entries that are the same person, as `list:entry_id`."""

    line: int
    record: Record
    truth: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """An entry that is the same person as a query: indexes of the query, of the list and of the entry in it."""

    query: int
    list: int
    entry: int


def read_queries(path: Path, records: Records) -> list[Query]:
    """The queries of a file, in its order. Raises `InputError` at the first line that is not one, and if there is none."""

    def query_of(line: int, row: dict[str, Any]) -> Query:
        person, truth = (field_of(row, name, SHAPE) for name in ("person", "truth"))
        if not isinstance(truth, list) or not all(isinstance(named, str) for named in truth):
            raise ValueRefused("has a 'truth' that is not a list of texts; write [\"list:entry_id\"], or [] for nobody")
        return Query(line, records.read(line, "person", person), tuple(dict.fromkeys(truth)))

    return list(labelled_rows(path, query_of))


def truths_of(queries: Sequence[Query], lists: Sequence[OpenList], path: Path) -> list[Truth]:
    """The entries that the queries name. Raises `InputError`, naming it, for one that is on none of the lists."""
    places = {
        f"{opened.label}:{entry.entry_id}": (number, place)
        for number, opened in enumerate(lists)
        for place, entry in enumerate(opened.index.entries)
    }
    found = []
    for number, query in enumerate(queries):
        for named in query.truth:
            if named not in places:
                labels = ", ".join(opened.label for opened in lists)
                raise InputError(
                    f"names the truth {named!r}, which is on none of the lists ({labels})",
                    where=f"{path}, line {query.line}",
                    mend="write list:entry_id as `kstep screen` names them, or give the list with --list",
                )
            found.append(Truth(number, *places[named]))
    return found
