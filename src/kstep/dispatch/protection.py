"""Who is protected, and from which states: those of nationality, birth and claim, and those that give the same people
papers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from kstep.dispatch.tables import protected
from kstep.ledger.service import By, Ledger
from kstep.ledger.vault import Vault
from kstep.model import InputError
from kstep.model.countries import country_of_code
from kstep.model.events import ProtectionEnded, ProtectionRecorded
from kstep.register.importing import MARKING
from kstep.register.projection import subject_of
from kstep.register.repair_queue import written
from kstep.register.states import known_states, same_people, widened
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
            known = known_states(unit.connection, self._ledger.vault, [person]).get(person, frozenset())
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
        groups = same_people(connection, some)
        members = sorted({member for group in groups.values() for member in group})
        told = _told(connection, members)
        if not told:
            continue
        concerned = [member for group in groups.values() if told.keys() & group for member in group]
        known = known_states(connection, vault, concerned)
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
        everyone.update(*same_people(connection, told[first : first + _AT_ONCE]).values())
    wanted = set(states)
    return frozenset(person for person, from_ in homes(connection, vault, everyone).items() if from_ & wanted)


def _told(connection: Connection, members: list[int]) -> dict[int, tuple[str, ...]]:
    lines: list[Any] = []
    for first in range(0, len(members), _AT_ONCE):
        these = protected.c.person.in_(members[first : first + _AT_ONCE])
        lines += connection.execute(select(protected.c.person, protected.c.states).where(these)).all()
    return {line.person: tuple(json.loads(line.states)) for line in lines}


__all__ = ["Protection", "homes", "kept_from"]
