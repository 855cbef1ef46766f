"""What is owed in all files, by when it is due; and what a file holds, without what some must not see yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kstep.encounters.facts import facts_of, protocol_with
from kstep.encounters.happened import happened_in
from kstep.encounters.service import MARKING, Files
from kstep.encounters.tables import files, obligations
from kstep.ledger.service import By, lock_log
from kstep.model.events import FileFact, Recorded
from kstep.protocol.history import History
from kstep.register.tables import Only, declared, everything, people


@dataclass(frozen=True)
class Owed:
    """Something owed in a file: the step, for what, until when (microseconds since 1970; None if no deadline is known yet), by
    which roles, and in which office.
    """

    person: int
    step: str
    key: str
    since: int
    due: int | None
    who: tuple[str, ...]
    office: str


def owed_in_files(
    connection: Connection,
    only: Only = everything,
    *,
    office: str | None = None,
    role: str | None = None,
    step: str | None = None,
    due_by: int | None = None,
) -> Sequence[Owed]:
    """What is owed, what is due first first; in an office, by a role, of a step, or due by a moment."""
    asked = select(obligations, people.c.office, files.c.protocol).where(obligations.c.settled == "")
    asked = asked.join(people, people.c.person == obligations.c.person).join(
        files, files.c.person == obligations.c.person
    )
    asked = asked.where(only(declared(people.c.office, MARKING)))
    for column, value in ((people.c.office, office), (obligations.c.step, step)):
        asked = asked if value is None else asked.where(column == value)
    asked = asked if due_by is None else asked.where(obligations.c.due <= due_by)
    order = (obligations.c.due.is_(None), obligations.c.due, *obligations.primary_key)
    found = []
    for line in connection.execute(asked.order_by(*order)).all():
        who = protocol_with(connection, line.protocol).steps[line.step].who
        if role is None or role in who:
            found.append(Owed(line.person, line.step, line.key, line.since, line.due, who, line.office))
    return found


def read_file(files: Files, person: int) -> list[Recorded]:
    """The facts in the file of a person as they were recorded, with what people wrote, in order."""
    with files.ledger.database.read() as connection:
        found = happened_in(files.ledger, connection, person)
    return [event for event in found if isinstance(event.fact, FileFact)]


def hidden(history: History) -> set[str]:
    """The facts whose answers nobody should see who may still have to give one of their own: those of steps to which something owed
    is blind.
    """
    blind = {name for one in history.standing for name in one.step.blind_to}
    return {fact.id for fact in history.facts if fact.kind == "ReviewGiven" and fact.says.get("step") in blind}


def show_answers(files: Files, by: By, person: int) -> set[str]:
    """Record that somebody is shown the answers that are hidden: they cannot give one of their own then. Returns which they are."""
    with files.ledger.unit(by) as unit:
        lock_log(unit.connection)
        history = History.of(files.protocol(unit.connection, person), facts_of(unit.connection, person))
        shown = hidden(history)
        for fact in history.facts:
            if fact.id in shown:
                says = {"step": fact.says["step"]}
                files.record_in(unit, person, "AnswerShown", {"pairing": fact.about.get("pairing", "")}, says)
    return shown


__all__ = ["Owed", "hidden", "owed_in_files", "read_file", "show_answers"]
