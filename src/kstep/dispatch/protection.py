"""Who is protected, and from which states: those of nationality, birth and claim, and those that give the same people
papers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, func, or_, select

from kstep.dispatch.tables import protected
from kstep.ledger.segments import some_rows
from kstep.ledger.service import By, Ledger
from kstep.ledger.vault import Vault
from kstep.model import InputError
from kstep.model.countries import RELATED_STATES, country_of_code
from kstep.model.events import ProtectionEnded, ProtectionRecorded
from kstep.register.importing import MARKING
from kstep.register.projection import subject_of
from kstep.register.repair_queue import written
from kstep.register.tables import State, people

_AT_ONCE = 500


class Protection:
    """Who is protected, in a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def record(self, person: int, states: Iterable[str], ground: str, by: By) -> tuple[str, ...]:
        """Protect somebody from these states, and those that the register knows; returns all of them. Raises `InputError`
        if nobody has that number, no state is known at all, or one is none.
        """
        claimed = {country_of_code(code) for code in states}
        with self._ledger.unit(by) as unit:
            self._check(unit.connection, person)
            known = _known(unit.connection, self._ledger.vault, [person]).get(person, frozenset())
            found = tuple(sorted(claimed | known))
            if not found:
                mend = "say --state, the state that the person claims to be of, or to flee from"
                raise InputError("neither nationality nor birth is known", where=f"person {person}", mend=mend)
            fact = ProtectionRecorded(states=found, ground=written(ground, "a ground"))
            unit.record(fact, subject=subject_of(person), marking=MARKING)
        return found

    def end(self, person: int, ground: str, second: str, by: By) -> None:
        """End somebody's protection, as two people say. Raises `InputError`."""
        if second in ("", by.actor):
            raise InputError(
                "no protection ends on one person's word", where="--second", mend="have somebody else agree"
            )
        with self._ledger.unit(by) as unit:
            this = select(protected.c.person).where(protected.c.person == person)
            if unit.connection.execute(this).first() is None:
                raise InputError("is not protected", where=f"person {person}", mend="nothing needs to be done")
            fact = ProtectionEnded(ground=written(ground, "a ground"), second=second)
            unit.record(fact, subject=subject_of(person), marking=MARKING)

    @staticmethod
    def _check(connection: Connection, person: int) -> None:
        state = connection.execute(select(people.c.state).where(people.c.person == person)).scalar()
        if state in (None, State.ERASED, State.CANARY):
            raise InputError("nothing is known of them", where=f"person {person}", mend="look the number up again")


def homes(connection: Connection, vault: Vault, numbers: Iterable[int]) -> dict[int, frozenset[str]]:
    """From which states those of these people are protected who are; a record found to be the same person's counts with
    theirs.
    """
    wanted = sorted(set(numbers))
    found: dict[int, frozenset[str]] = {}
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        groups = _groups(connection, some)
        members = sorted({member for group in groups.values() for member in group})
        told = _told(connection, members)
        if not told:
            continue
        concerned = [member for group in groups.values() if told.keys() & group for member in group]
        known = _known(connection, vault, concerned)
        for person, group in groups.items():
            if told.keys() & group:
                states = {state for member in group for state in (*told.get(member, ()), *known.get(member, ()))}
                found[person] = widened(states)
    return found


def kept_from(connection: Connection, vault: Vault, states: Iterable[str]) -> frozenset[int]:
    """Everybody who is protected from one of these states, with every record that was found to be theirs."""
    told = sorted(connection.execute(select(protected.c.person)).scalars())
    everyone: set[int] = set()
    for first in range(0, len(told), _AT_ONCE):
        everyone.update(*_groups(connection, told[first : first + _AT_ONCE]).values())
    wanted = set(states)
    return frozenset(person for person, from_ in homes(connection, vault, everyone).items() if from_ & wanted)


def widened(states: Iterable[str]) -> frozenset[str]:
    """These states, and those that came of them or give the same people papers."""
    found = set(states)
    related = {other for state in found for other in RELATED_STATES.get(state, ())}
    return frozenset(found | related | {state for state, others in RELATED_STATES.items() if found & set(others)})


def _groups(connection: Connection, numbers: list[int]) -> dict[int, set[int]]:
    """Each of these people with everybody who was found to be the same."""
    kept = func.coalesce(people.c.merged_into, people.c.person)
    asked_of = select(people.c.person, kept).where(people.c.person.in_(numbers))
    of = {line[0]: line[1] for line in connection.execute(asked_of)}
    heads = sorted(set(of.values()))
    groups: dict[int, set[int]] = {head: {head} for head in heads}
    asked = select(people.c.person, kept).where(or_(people.c.person.in_(heads), people.c.merged_into.in_(heads)))
    for person, head in connection.execute(asked):
        groups.setdefault(head, set()).add(person)
    return {person: groups.get(of.get(person, person), {person}) | {person} for person in numbers}


def _told(connection: Connection, members: list[int]) -> dict[int, tuple[str, ...]]:
    lines: list[Any] = []
    for first in range(0, len(members), _AT_ONCE):
        these = protected.c.person.in_(members[first : first + _AT_ONCE])
        lines += connection.execute(select(protected.c.person, protected.c.states).where(these)).all()
    return {line.person: tuple(json.loads(line.states)) for line in lines}


def _known(connection: Connection, vault: Vault, numbers: Iterable[int]) -> Mapping[int, frozenset[str]]:
    """The states of nationality and birth that the register knows of each."""
    asked = select(people.c.person, people.c.segment, people.c.place)
    lies = connection.execute(
        asked.where(people.c.person.in_(sorted(set(numbers))), people.c.segment.is_not(None))
    ).all()
    rows = some_rows(connection, vault, [(line.segment, line.place) for line in lies]) if lies else {}
    found = {}
    for line in lies:
        row = rows[line.segment, line.place].row
        records = [] if row is None else row["records"]
        states = {state for record in records for state in (*record["nationalities"], *record["birth_countries"])}
        found[line.person] = frozenset(states)
    return found


__all__ = ["Protection", "homes", "kept_from", "widened"]
