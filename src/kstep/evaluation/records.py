"""The people of labelled files, each distinct one read and prepared once, with an account of what could not be read."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from kstep.matching import Prepared, prepare
from kstep.model import Person, ValueRefused
from kstep.records import person_from_mapping
from kstep.records.columns import Undeclared
from kstep.records.people import PERSON_COLUMNS
from kstep.screening.files import Remark

NO_ID = "no id"
"""The person_id of someone who is given none."""

MOST_KEPT = 1 << 16
"""Records that are remembered, should they come again."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A person and the form in which the model compares it; a record equals itself only."""

    person: Person
    prepared: Prepared


class Records:
    """Reads people. `seconds` is how long preparing them took."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._kept: dict[str, Record] = {}
        self._undeclared = Undeclared()
        self._unread: list[Remark] = []

    def read(self, line: int, side: str, fields: Any) -> Record:
        """The person that the JSON object `fields` gives; `line` and `side` say where it stands.

        Raises `ValueRefused` if it is no object, or has an id that cannot be one.
        """
        if not isinstance(fields, dict):
            raise ValueRefused(f'has a {side!r} that is not an object; write a person like {{"name": "…"}}')
        key = json.dumps(fields, ensure_ascii=False)
        known = self._kept.get(key)
        if known is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            known = self._kept[key] = self._read(line, side, fields)
        return known

    def _read(self, line: int, side: str, fields: dict[str, Any]) -> Record:
        person, errors = person_from_mapping(fields, person_id=NO_ID)
        for column, message in errors:
            if column in PERSON_COLUMNS.declared:
                self._unread.append(Remark("field not read", f"line {line}, {side}", column, message))
            else:
                self._undeclared.add(column)
        started = time.perf_counter()
        prepared = prepare(person.identity)
        self.seconds += time.perf_counter() - started
        return Record(person, prepared)

    @property
    def notice(self) -> str:
        """A sentence on columns that are not declared, or nothing."""
        return self._undeclared.notice()

    @property
    def remarks(self) -> list[Remark]:
        """What needs attention: fields that could not be read, and columns that look like one that is compared."""
        misnamed = [
            Remark("column not read", "", column, f"looks like {meant} and was dropped; rename it and measure again")
            for column, meant in self._undeclared.meant().items()
        ]
        return [*misnamed, *self._unread]
