"""What is owed in all files, by when it is due; and what a file holds, without what some must not see yet."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kstep.encounters.facts import facts_of, protocol_with
from kstep.encounters.happened import happened_in
from kstep.encounters.projection import JOINED
from kstep.encounters.service import MARKING, Files
from kstep.encounters.tables import erased, facts, files, obligations
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


COUNTED: Mapping[str, str] = {
    "GateOverridden": "gate", "StepWaived": "step", "ClockPaused": "step", "PossibleMatchSuppressed": "", "ClearanceGiven": "",
    "ClearanceEnded": "", "AnswersConflict": "kind", "PersonReleased": "ground", "TransferAnswered": "answer", "FileClosed": "",
}  # fmt: skip
"""What is counted in all files, and the field by which."""


def counts_in_files(connection: Connection, only: Only = everything) -> list[tuple[str, str, int]]:
    """How often a gate was passed, a step waived, a clock stopped, a match not shown, and so on: the kind of fact, of what, and how
    often; the acts that broke a protocol; and last what was owed, late and broken in the files of those who were erased.
    """
    seen = only(declared(people.c.office, MARKING))
    asked = select(facts.c.kind, facts.c.says).join(people, people.c.person == facts.c.person).where(seen)
    found: Counter[tuple[str, str]] = Counter()
    for kind, says in connection.execute(asked.where(facts.c.kind.in_(COUNTED))):
        found[kind, json.loads(says).get(COUNTED[kind], "")] += 1
    broken = select(func.sum(files.c.breaches)).join(people, people.c.person == files.c.person).where(seen)
    broken = broken.where(files.c.state != JOINED)
    rows = [(kind, of, count) for (kind, of), count in sorted(found.items())]
    rows.append(("breaches", "", int(connection.execute(broken).scalar() or 0)))
    went = select(func.sum(erased.c.owed), func.sum(erased.c.late), func.sum(erased.c.breaches))
    left = connection.execute(went.where(only(declared(erased.c.office, MARKING)))).one()
    return rows + [
        ("erased", of, int(count)) for of, count in zip(("owed", "late", "breaches"), left, strict=True) if count
    ]


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


__all__ = ["COUNTED", "Owed", "counts_in_files", "hidden", "owed_in_files", "read_file", "show_answers"]
