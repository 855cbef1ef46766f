"""What is owed in a file, by the protocol that keeps it now; what was broken, by the one that kept it then and by what was known
to whoever did it. Moving a file undoes no breach, and what comes to be known later makes none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from kstep.encounters.facts import facts_of, facts_with, name_of, protocol_with
from kstep.encounters.tables import courses, facts, files
from kstep.protocol.breaches import Breach, BreachKind
from kstep.protocol.decide import Decision, decide
from kstep.protocol.facts import Fact
from kstep.protocol.protocol import Protocol
from kstep.register.tables import people


@dataclass(frozen=True)
class _Stretch:
    """A time in which one protocol kept a file with the facts of the same people."""

    protocol: Protocol
    facts: Sequence[Fact]
    since: int | None = None
    until: int | None = None

    def broken(self, now: int) -> Iterator[Breach]:
        """What was broken in it until now."""
        end = now if self.until is None else min(now, self.until - 1)
        for one in decide(self.protocol, self.facts, end).breaches:
            if (self.since is None or self.since <= one.at) and one.at <= end:
                yield one


def decide_file(connection: Connection, person: int, now: int, held: Sequence[Fact] | None = None) -> Decision | None:
    """What is owed in the file of a person at a moment, and what was broken until then; None if there is no file. `held` are the
    facts in it, if they were read already.
    """
    hash = connection.execute(select(files.c.protocol).where(files.c.person == person)).scalar()
    if hash is None:
        return None
    protocol, held = protocol_with(connection, hash), facts_of(connection, person) if held is None else held
    decided = decide(protocol, held, now)
    stretches = _stretches(connection, person)
    if len(stretches) < 2:
        broken = [(one, _Stretch(protocol, held)) for one in decided.breaches]
    else:
        broken = [(one, stretch) for stretch in stretches for one in stretch.broken(now)]
    pasts = _Pasts.of(connection, person, held)
    blamed = {  # of what two stretches show, the first
        (one.kind, one.where, one.key, one.fact): one
        for one, stretch in reversed(broken)
        if pasts.could_know(one, stretch)
    }
    ordered = sorted(blamed.values(), key=lambda one: (one.at, one.fact, one.kind, one.where))
    return replace(decided, breaches=tuple(ordered))


def _stretches(connection: Connection, person: int) -> list[_Stretch]:
    """How the file of a person was kept, and those of the others in it until they were found to be one; none of a file that was
    kept in one way.
    """
    asked = select(courses).where((courses.c.person == person) | courses.c.person.in_(_others(person)))
    asked = asked.where(
        (courses.c.person != person) | (courses.c.protocol != "")
    )  # who is another no more never was, here
    lines = connection.execute(asked.order_by(courses.c.person, courses.c.number)).all()
    if len(lines) < 2:
        return []
    return [
        _Stretch(
            protocol_with(connection, line.protocol),
            facts_with(connection, line.person, json.loads(line.others)),
            line.since if _follows(before, line) else None,
            after.since if after is not None and _follows(line, after) else None,
        )
        for before, line, after in zip([None, *lines], lines, [*lines[1:], None], strict=False)
        if line.protocol
    ]


def _others(person: int) -> Select[Any]:
    """Who was found to be the same."""
    return select(people.c.person).where(people.c.merged_into == person)


def _follows(before: Row[Any] | None, line: Row[Any]) -> bool:
    return before is not None and before.person == line.person


@dataclass(frozen=True)
class _Pasts:
    """What the node of each fact knew when it was recorded, where facts of several nodes are in a file."""

    known: Mapping[str, tuple[str, int, Mapping[str, int]]]

    @classmethod
    def of(cls, connection: Connection, person: int, held: Sequence[Fact]) -> _Pasts:
        """Of the facts of a file. Where all are of one node, each knew what came before it."""
        if len({one.id.rpartition("#")[0] for one in held}) < 2:
            return cls({})
        this = (facts.c.person == person) | facts.c.person.in_(_others(person))
        lines = connection.execute(select(facts.c.log, facts.c.number, facts.c.knew).where(this)).all()
        return cls({name_of(line.log, line.number): (line.log, line.number, json.loads(line.knew)) for line in lines})

    def could_know(self, breach: Breach, stretch: _Stretch) -> bool:
        """Whether an act was a breach by what was known where it was done. What is late is late whoever knows of it."""
        if breach.kind is BreachKind.LATE or breach.fact not in self.known:
            return True
        log, number, knew = self.known[breach.fact]
        past = [
            one
            for one in stretch.facts
            for its_log, its_number, _ in [self.known.get(one.id, (log, number, {}))]
            if (its_number <= number if its_log == log else its_number < knew.get(its_log, 0))
        ]
        found = decide(stretch.protocol, past, breach.at).breaches
        return any((one.fact, one.kind, one.where) == (breach.fact, breach.kind, breach.where) for one in found)


__all__ = ["decide_file"]
