"""Holding the register against a file of another source, person by person: who is in both, only here, only there, or has left here
and is still there. Each difference is a task with a time by which it is to be settled.

A source that knows only some of our people is told who: those of offices, or in kinds of custody. Of whoever is only there, nothing
is kept but the source's id; the rest stands in the source.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from kstep.ledger.segments import NewRow, append_rows, some_rows
from kstep.ledger.service import By, Ledger, Unit
from kstep.ledger.tables import OWN, events
from kstep.ledger.vault import Vault
from kstep.ledger.verifier import Tree
from kstep.model import Identity, InputError, Person, one_line
from kstep.model.events import DifferenceForgotten, RegisterReconciled
from kstep.records.people import read_people
from kstep.register.importing import MARKING
from kstep.register.pairing import Pairing, pair
from kstep.register.projection import RegisterProjection, stranger, subject_of, together
from kstep.register.service import Register, RegisterError
from kstep.register.tables import State, differences, people, reconciliations
from kstep.register.tasks import Difference, series

KINDS = ("bookings", "docket", "monitoring")
"""What other sources are: who was booked, who is before a court, whom a vendor monitors."""

_AT_ONCE = 500
_ROWS_AT_ONCE = 5_000
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Source:
    """Another source: its name, what it is, and who of ours it should know, if not all: those of offices, in kinds of custody."""

    name: str
    kind: str
    offices: tuple[str, ...] = ()
    custody: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            mend = f"write one of {', '.join(KINDS)}"
            raise InputError(f"{one_line(self.kind, 40)!r} is no kind of source", where="--kind", mend=mend)
        if not self.name.strip() or len(self.name) > _LONGEST_NAME or not self.name.isprintable():
            mend = f"write 1 to {_LONGEST_NAME} printable characters"
            raise InputError("is no name of a source", where=f"{one_line(self.name, 40)!r}", mend=mend)

    @property
    def series(self) -> str:
        """What all files of this source have in common."""
        return series(self.kind, self.name, self.offices, self.custody)


@dataclass(frozen=True)
class Reconciled:
    """What came of it. `there` are the people of the source, `expected` those of ours who should be in it, `both` those who are.
    `already` says that this file was held against a register that has not changed since.
    """

    there: int = 0
    refused: int = 0
    expected: int = 0
    both: int = 0
    ways: Mapping[str, int] = field(default_factory=dict)
    differences: Mapping[str, int] = field(default_factory=dict)
    agreed: int = 0
    already: bool = False


@dataclass(frozen=True)
class _Ours:
    """Everyone who is or was on the roster: numbers, records, whether on the roster, office and custody, in one order."""

    numbers: Sequence[int]
    records: Sequence[Sequence[Identity]]
    state: Mapping[int, State]
    office: Mapping[int, str]
    custody: Mapping[int, str]


class Reconciling:
    """Holding the register of a ledger against other sources."""

    def __init__(self, ledger: Ledger, projection: RegisterProjection) -> None:
        self._ledger = ledger
        self._projection = projection
        self._register = Register(ledger, projection)

    def run(self, path: Path, source: Source, by: By) -> Reconciled:
        """Hold the register against a file of a source. Raises `InputError` if it cannot be read to its end, `StoreError`, and
        `RegisterError` if the register changed meanwhile.
        """
        digest = _digest(path)
        file = read_people(path)
        if not file.people:
            raise InputError("names nobody", where=str(path), mend="check that it is the file that was meant")
        if _digest(path) != digest:
            raise InputError("changed while it was read", where=str(path), mend="try again when it is whole")
        theirs = _theirs(file.people)
        with self._ledger.database.read() as connection:
            as_of = self._ledger.moment(connection)
            if _is_done(connection, source, digest):
                return Reconciled(already=True)
            ours = self._ours(connection)
            by_id = _by_id(connection, self._projection, list(theirs), ours)
            places = list(theirs.values())
            found = pair([[person.identity for person in some] for some in places], ours.records, by_id)
            rows, counts, expected = _compared(source, places, ours, found, self._ledger.vault)
            agreed = self._agreed(connection, source, rows, theirs, ours, found)
        ways = Counter(way.value for way in found.ways.values())
        fact = RegisterReconciled(
            source=source.name, kind=source.kind, digest=digest, as_of=as_of, offices=source.offices, custody=source.custody,
            rows=file.rows, refused=len(file.refused), there=len(places), expected=expected, both=len(found.ours), ways=dict(ways),
            differences=dict(counts), segment={},
        )  # fmt: skip
        self._record(fact, [*rows, *agreed], by)
        return Reconciled(
            len(places), len(file.refused), expected, len(found.ours), dict(ways), dict(counts), len(agreed)
        )

    def _ours(self, connection: Connection) -> _Ours:
        lines = connection.execute(select(people.c.person, people.c.state, people.c.office, people.c.custody)).all()
        records: dict[int, list[Identity]] = {}
        for one in self._register.roster(connection, State.LEFT):
            records.setdefault(one.person, []).extend(record.identity for record in one.records)
        numbers = sorted(records)
        return _Ours(
            numbers=numbers,
            records=[records[number] for number in numbers],
            state={line.person: State(line.state) for line in lines},
            office={line.person: line.office for line in lines},
            custody={line.person: line.custody for line in lines},
        )

    def _agreed(
        self,
        connection: Connection,
        source: Source,
        rows: Sequence[dict[str, Any]],
        theirs: Mapping[str, Sequence[Person]],
        ours: _Ours,
        found: Pairing,
    ) -> list[dict[str, Any]]:
        """Rows that say which differences, open until now, are none any more: the source names the same, and agrees with us."""
        still = {row["difference"] for row in rows}
        open_ = differences.c.settled.is_(None) & (differences.c.series == source.series)
        lines = [
            line for line in connection.execute(select(differences).where(open_)).all() if line.difference not in still
        ]
        told = some_rows(connection, self._ledger.vault, [(line.segment, line.place) for line in lines])
        paired = {ours.numbers[mine] for mine in found.ours.values()}
        agreed = []
        for line in lines:
            row = told[line.segment, line.place].row
            if line.what == Difference.ONLY_HERE:
                agrees = line.person in paired or ours.state.get(line.person) != State.PRESENT
            else:
                agrees = row is not None and row["id"] in theirs
            if agrees:
                agreed.append({"agreed": True, "difference": line.difference, "person": line.person})
        return agreed

    def _record(self, fact: RegisterReconciled, rows: Sequence[dict[str, Any]], by: By) -> None:
        segment = f"reconciliation {fact.digest[:32]} {secrets.token_hex(4)}"
        subject = f"reconciliation:{fact.digest[:16]}"
        tree = Tree()
        with self._ledger.unit(by) as unit:
            if _last_change(unit.connection) > fact.as_of:
                raise RegisterError("the register changed while it was compared; run the same again")
            for first in range(0, len(rows), _ROWS_AT_ONCE):
                some = rows[first : first + _ROWS_AT_ONCE]
                append_rows(unit.connection, segment, tree, self._sealed(unit, subject, some))
            told = {"id": segment, "root": tree.root().hex(), "rows": tree.size}
            unit.record(RegisterReconciled(**{**vars(fact), "segment": told}), subject=subject, marking=MARKING)

    def _sealed(self, unit: Unit, subject: str, rows: Sequence[dict[str, Any]]) -> list[NewRow]:
        """Rows to write, each under the secret of whoever it is about, or else of the reconciliation."""
        vault = self._ledger.vault
        whose = [_whose(row) or subject for row in rows]
        known = vault.find(unit.connection, [subject, *whose])
        known |= vault.add(unit.connection, {subject, *whose} - known.keys())
        return [
            NewRow(who, known[who], json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
            for who, row in zip(whose, rows, strict=True)
        ]


def _whose(row: Mapping[str, Any]) -> str | None:
    """What a row is about: somebody of ours, those who it may be, or nobody of ours; None if only that there is no difference."""
    if row["person"] is not None:
        return subject_of(row["person"])
    if row.get("agreed"):
        return None
    return together(row["people"]) if row["people"] else stranger(row["difference"])


def _theirs(found: Sequence[Person]) -> dict[str, list[Person]]:
    """The people of a source by its ids, each with all records."""
    theirs: dict[str, list[Person]] = {}
    for person in found:
        theirs.setdefault(person.person_id, []).append(person)
    return theirs


def _is_done(connection: Connection, source: Source, digest: str) -> bool:
    """Whether this file was the last of its source, and nobody of ours changed since."""
    of_source = select(reconciliations).where(reconciliations.c.series == source.series)
    last = connection.execute(of_source.order_by(reconciliations.c.recorded.desc()).limit(1)).one_or_none()
    if last is None or last.digest != digest:
        return False
    forgotten = (events.c.type == DifferenceForgotten.__name__) & (events.c.recorded > last.recorded)
    if connection.execute(select(events.c.number).where(events.c.log == OWN, forgotten).limit(1)).first():
        return False
    return _last_change(connection) <= int(last.as_of)


def _last_change(connection: Connection) -> int:
    """When anybody of ours changed last."""
    asked = select(func.max(people.c.changed)).where(people.c.state != State.CANARY)
    return int(connection.execute(asked).scalar() or 0)


def _by_id(connection: Connection, projection: RegisterProjection, ids: Sequence[str], ours: _Ours) -> dict[int, int]:
    """The places of ours who have the ids of theirs, by the places of those."""
    place_of = {number: place for place, number in enumerate(ours.numbers)}
    found: dict[int, int] = {}
    for first in range(0, len(ids), _AT_ONCE):
        references = {projection.reference(id): first + at for at, id in enumerate(ids[first : first + _AT_ONCE])}
        asked = select(people.c.reference, func.coalesce(people.c.merged_into, people.c.person))
        for reference, number in connection.execute(asked.where(people.c.reference.in_(list(references)))):
            if number in place_of:
                found[references[reference]] = place_of[number]
    return found


def _compared(
    source: Source, places: Sequence[Sequence[Person]], ours: _Ours, found: Pairing, vault: Vault
) -> tuple[list[dict[str, Any]], Counter[str], int]:
    """The rows of all differences, how many there are of each kind, and how many of ours should have been there."""
    rows: list[dict[str, Any]] = []

    def add(what: Difference, person: int | None, office: str, id: str = "", several: Sequence[int] = ()) -> None:
        named = f"{source.series}\n{what}\n{'' if person is None else person}\n{'' if person else id}"
        named += "".join(f"\n{one}" for one in several)  # with others it is another difference
        rows.append({
            "difference": vault.keyed("difference", named.encode())[:8].hex(), "what": what.value, "person": person,
            "office": office, "id": id, "people": list(several),
        })  # fmt: skip

    here: set[int] = set()
    for place, records in enumerate(places):
        theirs, ended = records[0], all(record.outcome for record in records)
        mine = found.ours.get(place)
        if mine is not None:
            number = ours.numbers[mine]
            if ours.state[number] == State.LEFT and not ended:
                add(Difference.LEFT_HERE, number, ours.office[number], theirs.person_id)
            elif not ended:
                here.add(number)
        elif place in found.doubtful:
            several = sorted(ours.numbers[mine] for mine in found.doubtful[place])
            here.update(several)  # the task names them
            add(Difference.AMBIGUOUS, None, theirs.office or ours.office[several[0]], theirs.person_id, several)
        elif not ended:
            add(Difference.ONLY_THERE, None, theirs.office, theirs.person_id)
    expected = [
        number
        for number in ours.numbers
        if ours.state[number] == State.PRESENT
        and (not source.offices or ours.office[number] in source.offices)
        and (not source.custody or ours.custody[number] in source.custody)
    ]
    for number in expected:
        if number not in here:
            add(Difference.ONLY_HERE, number, ours.office[number])
    unique = {row["difference"]: row for row in rows}  # one of ours may be there under several ids
    return list(unique.values()), Counter(row["what"] for row in unique.values()), len(expected)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        mend = "check that it is a readable file"
        raise InputError(f"cannot be read ({error.strerror or error})", where=str(path), mend=mend) from None


__all__ = ["KINDS", "Reconciled", "Reconciling", "Source"]
