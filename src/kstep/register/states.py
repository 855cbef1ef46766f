"""Of which states people are, as far as the register knows: those of nationality and birth, and those that came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from sqlalchemy import Connection, func, or_, select

from kstep.ledger.segments import some_rows
from kstep.ledger.vault import Vault
from kstep.model.countries import RELATED_STATES
from kstep.register.tables import people


def own_states(connection: Connection, vault: Vault, numbers: Iterable[int]) -> dict[int, frozenset[str]]:
    """The states of each of these people, those of everybody who was found to be the same with them."""
    groups = same_people(connection, sorted(set(numbers)))
    known = known_states(connection, vault, {member for group in groups.values() for member in group})
    return {
        person: widened(state for member in group for state in known.get(member, ()))
        for person, group in groups.items()
    }


def known_states(connection: Connection, vault: Vault, numbers: Iterable[int]) -> Mapping[int, frozenset[str]]:
    """The states of nationality and birth that each record alone tells."""
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


def same_people(connection: Connection, numbers: list[int]) -> dict[int, Set[int]]:
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


def widened(states: Iterable[str]) -> frozenset[str]:
    """These states, and those that came of them or give the same people papers."""
    found = set(states)
    related = {other for state in found for other in RELATED_STATES.get(state, ())}
    return frozenset(found | related | {state for state, others in RELATED_STATES.items() if found & set(others)})


__all__ = ["known_states", "own_states", "same_people", "widened"]
