"""Proving that nothing of the erased can be read any more: their events, their secrets, and every row that was sealed with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kstep.ledger.events import Event
from kstep.ledger.service import Ledger
from kstep.ledger.soundness import Soundness
from kstep.ledger.tables import OWN, events, payloads, rows
from kstep.ledger.vault import Secret
from kstep.ledger.verifier import Key, leaf_hash
from kstep.model.events import DifferenceForgotten, PersonErased
from kstep.register.projection import stranger, subject_of, subjects_with
from kstep.register.tables import State, addresses, leavings, people, repairs, statuses
from kstep.register.tables import differences as found_differences
from kstep.register.tables import holds as placed_holds

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Erasure:
    """Somebody who was erased: the event that says so, with its leaf in the log; how many rows and payloads of theirs are sealed
    for good; how many can be read after all, and which tables tell of them, both of which is to be none.
    """

    person: int
    event: int
    leaf: str
    recorded: int
    actor: str
    sealed: int
    readable: int
    kept: tuple[str, ...]

    @property
    def proved(self) -> bool:
        """Whether nothing of them is left."""
        return not self.readable and not self.kept


@dataclass(frozen=True)
class Proof:
    """Of each who was erased; and what is wrong with the database, which is to be nothing."""

    erasures: Sequence[Erasure]
    unsound: Sequence[str]

    @property
    def holds(self) -> bool:
        """Whether everyone who was erased is gone, in a database that is sound."""
        return not self.unsound and all(erasure.proved for erasure in self.erasures)


def prove(ledger: Ledger, keys: Sequence[Key]) -> Proof:
    """Look for what is left of everyone who was erased; `keys` are those told from outside, by which checkpoints are signed."""
    with ledger.database.read() as connection:
        told = _events(connection)
        of_person = {person: [subject_of(person), *subjects_with(connection, person)] for person in told}
        subjects = sorted({subject for some in of_person.values() for subject in some})
        secrets = ledger.vault.look(connection, subjects)
        sealed, readable = _rows(connection, subjects, secrets)
        kept = _tables(connection, list(told))
        erasures = [
            Erasure(
                person, event.number, leaf_hash(event.text).hex(), event.recorded, event.actor,
                sum(sealed[subject] for subject in of_person[person]), sum(readable[subject] for subject in of_person[person]),
                tuple(sorted(kept.get(person, ()))),
            )
            for person, event in sorted(told.items())
        ]  # fmt: skip
        remembered = _remembered(ledger, connection)
    return Proof(erasures, [*remembered, *(str(finding) for finding in Soundness(ledger, keys).findings())])


def _events(connection: Connection) -> dict[int, Event]:
    """The event that erased each, by number."""
    asked = select(events.c.text).where(events.c.log == OWN, events.c.type == PersonErased.__name__)
    found = (Event.read(text) for text in connection.execute(asked.order_by(events.c.number)).scalars())
    return {int(event.subject.rpartition(":")[2]): event for event in found}


def _remembered(ledger: Ledger, connection: Connection) -> list[str]:
    """Which differences about strangers were forgotten and can be read all the same."""
    found = []
    for event, _, told in ledger.opened(connection, OWN, types=[DifferenceForgotten.__name__]):
        subject = stranger(told["difference"])
        secret = ledger.vault.look(connection, [subject]).get(subject)
        if secret and not secret.is_gone_for(told["generation"].to_bytes(4)):
            found.append(f"{subject}: was forgotten in event {event.number:,}, and can be read")
    return found


def _rows(
    connection: Connection, subjects: Sequence[str], secrets: dict[str, Secret]
) -> tuple[Counter[str], Counter[str]]:
    """How many rows and payloads of these subjects are sealed for good, and how many are not."""
    sealed: Counter[str] = Counter()
    readable: Counter[str] = Counter()
    for first in range(0, len(subjects), _AT_ONCE):
        some = subjects[first : first + _AT_ONCE]
        head = select(rows.c.subject, func.substr(rows.c.sealed, 1, 4)).where(rows.c.subject.in_(some))
        of_events = select(events.c.subject, func.substr(payloads.c.sealed, 1, 4)).join_from(
            events, payloads, (events.c.log == payloads.c.log) & (events.c.number == payloads.c.number)
        )
        for asked in (head, of_events.where(events.c.subject.in_(some))):
            for subject, generation in connection.execute(asked):
                secret = secrets.get(subject)
                gone = secret is not None and secret.is_gone_for(bytes(generation))
                (sealed if gone else readable)[subject] += 1
    return sealed, readable


def _tables(connection: Connection, numbers: Sequence[int]) -> dict[int, set[str]]:
    """In which tables something still stands of these people."""
    kept: dict[int, set[str]] = {}
    for first in range(0, len(numbers), _AT_ONCE):
        some = numbers[first : first + _AT_ONCE]
        for table in (addresses, repairs, found_differences, statuses, leavings, placed_holds):
            for person in connection.execute(select(table.c.person).where(table.c.person.in_(some))).scalars():
                kept.setdefault(person, set()).add(table.name)
        known = (people.c.state != State.ERASED) | people.c.reference.is_not(None) | people.c.segment.is_not(None)
        for person in connection.execute(select(people.c.person).where(people.c.person.in_(some), known)).scalars():
            kept.setdefault(person, set()).add(people.name)
    return kept


__all__ = ["Erasure", "Proof", "prove"]
