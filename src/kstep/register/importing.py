"""Importing a file of people: read to its end, some thousands of rows at a time, and then one event that tells of all of them.

Rows are sealed and written as they are read, under a name that nothing commits to before the end; an import that was stopped goes
on behind the last rows that it wrote. Until its event is there, nobody of the file is in the register.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from kstep.ledger.segments import NewRow, append_rows, some_rows, tree_of
from kstep.ledger.service import By, Ledger, Unit, lock_log
from kstep.ledger.verifier import Tree
from kstep.matching.processes import sent_to_processes
from kstep.model import InputError
from kstep.model.events import PeopleImported, RosterMoved
from kstep.records.columns import Undeclared
from kstep.records.people import RowError, people_of_rows, rows_of_people
from kstep.records.row import Row
from kstep.register.numbers import take_numbers
from kstep.register.projection import ROSTER, RegisterProjection, subject_of
from kstep.register.records import record_of, row_text
from kstep.register.tables import State, imports, people, staged, underway

AT_ONCE = 5_000
"""Rows of a file that are read and written together."""

MARKING = "restricted"
SHOWN = 1_000
"""Errors of which the account says where they are."""


@dataclass
class Account:
    """What an import did: rows read, people new, changed and unchanged; rows refused and fields that could not be read, by what was
    wrong; people on the roster of whom the file says nothing, and people in it who left; and ids that several rows share. `wrong`
    are the first of the errors.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    absent: int = 0
    left: int = 0
    shared: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[RowError] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    already: bool = False

    def kept(self) -> str:
        """The account as it is kept while the import goes on."""
        wrong = [asdict(error) for error in self.wrong]
        return json.dumps({**vars(self), "refused": dict(self.refused), "errors": dict(self.errors), "wrong": wrong})

    @classmethod
    def read(cls, text: str) -> Account:
        """The account that was kept."""
        found = json.loads(text)
        wrong = [RowError(**error) for error in found.pop("wrong")]
        return cls(
            **{**found, "refused": Counter(found["refused"]), "errors": Counter(found["errors"]), "wrong": wrong}
        )


class _Told(NamedTuple):
    """What a row of a file tells of a person: the id, the row of them alone, and the columns that could not be read."""

    person_id: str
    text: bytes
    wrong: tuple[str, ...]

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records of the row."""
        found: list[dict[str, Any]] = json.loads(self.text)["records"]
        return found


class _Piece(NamedTuple):
    """Some rows of a file, read: how many, what they tell, and what was wrong."""

    rows: int
    told: list[_Told]
    errors: tuple[RowError, ...]
    refused: tuple[RowError, ...]


def _read(rows: list[Row]) -> _Piece:
    found = people_of_rows(rows)
    wrong: dict[str, list[str]] = {}
    for error in found.errors:
        wrong.setdefault(error.record_id, []).append(error.field)
    told = []
    for person in found.people:
        columns = tuple(wrong.get(person.person_id, ()))
        told.append(_Told(person.person_id, row_text([record_of(person)], columns), columns))
    return _Piece(len(rows), told, found.errors, found.refused)


class Importing:
    """One import of a file of people into the register of a ledger."""

    WHAT = "import"
    """With which word the name of its segment begins."""

    def __init__(
        self, ledger: Ledger, projection: RegisterProjection, path: Path, progress: Callable[[int], None]
    ) -> None:
        self._ledger = ledger
        self._projection = projection
        self._path = path
        self._progress = progress
        self._digest = _digest(path)
        self._segment = ""

    def run(self, by: By) -> Account:
        """Import the file, and return the account. Raises `InputError` if it cannot be read to its end, and `StoreError`."""
        account = self._begun()
        if account.already:
            return account
        undeclared = Undeclared()
        rows = rows_of_people(self._path, undeclared)
        self._progress(account.rows)
        with self._ledger.database.read() as connection:
            tree = tree_of(connection, self._segment)
        pieces = iter(lambda: list(islice(rows, AT_ONCE)), [])
        for piece in sent_to_processes(_read, islice(pieces, -(-account.rows // AT_ONCE), None)):
            self._stage(piece, account, tree)
            self._progress(piece.rows)
        if _digest(self._path) != self._digest:
            raise InputError("changed while it was read", where=str(self._path), mend="try again when it is whole")
        account.notices = [text for text in (undeclared.notice(),) if text]
        self._end(by, account, tree)
        return account

    def _begun(self) -> Account:
        """The account so far: of nothing, or of an import of this file that was stopped."""
        with self._ledger.database.write() as connection:
            lock_log(connection)  # nobody else begins one meanwhile
            last = connection.execute(select(imports.c.digest).order_by(imports.c.recorded.desc()).limit(1)).scalar()
            if last == self._digest:
                return Account(already=True)
            found = connection.execute(select(underway).with_for_update()).one_or_none()
            if found and found.digest == self._digest:
                self._segment = found.segment
                return Account.read(found.account)
            if found:
                self._check_may_end(found.segment)
                self._give_up(connection)
            self._segment = f"{self.WHAT} {self._digest[:32]} {secrets.token_hex(4)}"
            begun = {"digest": self._digest, "segment": self._segment, "done": 0, "account": Account().kept()}
            connection.execute(insert(underway), [begun])
            return Account()

    def _check_may_end(self, segment: str) -> None:
        """Raise unless the import that writes this segment may be given up for this one: one of people may whatever else is."""

    def _give_up(self, connection: Connection) -> None:
        """Forget an import that was stopped and will not be ended: what it wrote of new people cannot be read any more."""
        nobody = connection.execute(
            select(staged.c.person).where(~select(people.c.person).where(people.c.person == staged.c.person).exists())
        ).scalars()
        for person in nobody.all():
            self._ledger.vault.destroy(connection, subject_of(person))
        connection.execute(delete(staged))
        connection.execute(delete(underway))

    def _stage(self, piece: _Piece, account: Account, tree: Tree) -> None:
        """Write some rows, and what the account says then."""
        with self._ledger.database.write() as connection:
            self._check_mine(connection, account)
            self._put(connection, piece, account, tree)
            account.rows += piece.rows
            account.refused.update(_what(error) for error in piece.refused)
            account.errors.update(error.field for error in piece.errors)
            account.wrong += [*piece.refused, *piece.errors][: max(0, SHOWN - len(account.wrong))]
            state = {"done": account.rows, "account": account.kept()}
            connection.execute(update(underway).where(underway.c.digest == self._digest).values(state))

    def _check_mine(self, connection: Connection, account: Account) -> None:
        """Raise `InputError` if another process went on with this import, or gave it up for another file, and let none do so before
        the end of this unit of work.
        """
        this = (underway.c.segment == self._segment) & (underway.c.done == account.rows)
        if connection.execute(select(underway.c.done).where(this).with_for_update()).one_or_none() is None:
            mend = "let that one end; or run this again"
            raise InputError("another process imports this file or another one", where=str(self._path), mend=mend)

    def _put(self, connection: Connection, piece: _Piece, account: Account, tree: Tree) -> None:
        met: dict[bytes, list[_Told]] = {}
        for told in piece.told:
            met.setdefault(self._projection.reference(told.person_id), []).append(told)
        known, before = _lines(connection, people, met), _lines(connection, staged, met)
        new = [found for found in met if found not in known and found not in before]
        numbers = dict(zip(new, self._take_numbers(connection, len(new)), strict=True))
        numbers |= {found: line.person for found, line in (*known.items(), *before.items())}
        at_hand = self._ledger.vault.add(connection, [subject_of(numbers[found]) for found in new])
        at_hand |= self._ledger.vault.find(
            connection, [subject_of(line.person) for line in (*known.values(), *before.values())]
        )
        earlier = self._earlier(connection, before)
        rows: list[NewRow] = []
        places: dict[bytes, int | None] = {}
        for found, several in met.items():
            text = several[0].text
            if len(several) > 1 or found in before:
                records = [*earlier.get(found, []), *(record for told in several for record in told.records)]
                text = row_text(records, [column for told in several for column in told.wrong])
                account.shared += len(records) - 1
            line = known.get(found)
            same = line is not None and line.fingerprint == self._projection.fingerprint(text)
            if found not in before:
                account.new, account.changed = (
                    account.new + (line is None),
                    account.changed + (line is not None and not same),
                )
                account.unchanged += same
                account.left += line is not None and line.state == State.LEFT
            if not same:
                subject = subject_of(numbers[found])
                rows.append(NewRow(subject, at_hand[subject], text))
            places[found] = None if same else tree.size + len(rows) - 1
        append_rows(connection, self._segment, tree, rows)
        for found in before:
            connection.execute(update(staged).where(staged.c.reference == found).values(place=places[found]))
        fresh = [
            {"reference": found, "person": numbers[found], "place": place}
            for found, place in places.items() if found not in before
        ]  # fmt: skip
        if fresh:
            connection.execute(insert(staged), fresh)

    def _take_numbers(self, connection: Connection, count: int) -> Sequence[int]:
        """Numbers for so many people who are new."""
        return take_numbers(connection, self._ledger.origin(connection), count)

    def _earlier(self, connection: Connection, before: Mapping[bytes, Any]) -> dict[bytes, list[dict[str, Any]]]:
        """The records of people whom the file named before, which are screened too."""
        wanted = {(self._segment, line.place): found for found, line in before.items() if line.place is not None}
        rows = some_rows(connection, self._ledger.vault, wanted) if wanted else {}
        return {wanted[at]: row.row["records"] for at, row in rows.items() if row.row is not None}

    def _end(self, by: By, account: Account, tree: Tree) -> None:
        """Tell of all that was written."""
        segment = {"id": self._segment, "rows": tree.size, "root": tree.root().hex()}
        with self._ledger.unit(by) as unit:
            self._check_mine(unit.connection, account)
            self._tell(unit, account, segment)
            unit.connection.execute(delete(staged))
            unit.connection.execute(delete(underway))

    def _tell(self, unit: Unit, account: Account, segment: dict[str, Any]) -> None:
        """Record that those whom `staged` names are in the register as the rows of a segment say."""
        in_file = select(staged.c.person).where(staged.c.person == people.c.person).exists()
        absent = select(func.count()).select_from(people).where(people.c.state == State.PRESENT, ~in_file)
        account.absent = unit.connection.execute(absent).scalar_one()
        fact = PeopleImported(
            source=self._path.name, digest=self._digest, rows=account.rows, new=account.new, changed=account.changed,
            unchanged=account.unchanged, refused=dict(account.refused), errors=dict(account.errors), absent=account.absent,
            segment=segment,
        )  # fmt: skip
        unit.record(fact, subject=f"import:{self._digest[:16]}", marking=MARKING)
        if account.new:
            unit.record(RosterMoved(reason="imported", people=account.new), subject=ROSTER, marking=MARKING)


def _lines(connection: Connection, table: Any, references: Mapping[bytes, Any]) -> dict[bytes, Any]:
    found = connection.execute(select(table).where(table.c.reference.in_(list(references)))).all()
    return {line.reference: line for line in found}


def _what(error: RowError) -> str:
    return error.field or "the whole row"


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        mend = "check that it is a readable file"
        raise InputError(f"cannot be read ({error.strerror or error})", where=str(path), mend=mend) from None


__all__ = ["Account", "Importing"]
