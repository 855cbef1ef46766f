"""What is owed in a file, by the protocol that keeps it now; what was broken, by the one that kept it then and by what was known
to whoever did it. Moving a file undoes no breach, and what comes to be known later makes none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, select

from kstep.encounters.facts import facts_of, facts_with, name_of, protocol_with
from kstep.encounters.tables import courses, facts, files
from kstep.protocol.breaches import Breach, BreachKind
from kstep.protocol.decide import Decision, decide
from kstep.protocol.facts import Fact
from kstep.protocol.protocol import Protocol
from kstep.register.tables import is_of


@dataclass(frozen=True)
class _Stretch:
    """A time in which one protocol kept a file with the facts of the same people."""

    protocol: Protocol
    facts: Sequence[Fact]
    since: int | None = None
    until: int | None = None

    def holds(self, moment: int) -> bool:
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)

    def broken(self, now: int) -> Iterator[Breach]:
        """What was broken in it until now."""
        end = now if self.until is None else min(now, self.until - 1)
        yield from (one for one in decide(self.protocol, self.facts, end).breaches if self.holds(one.at))


def decide_file(connection: Connection, person: int, now: int, held: Sequence[Fact] | None = None) -> Decision | None:
    """What is owed in the file of a person at a moment, and what was broken until then; None if there is no file. `held` are the
    facts in it, if they were read already.
    """
    hash = connection.execute(select(files.c.protocol).where(files.c.person == person)).scalar()
    if hash is None:
        return None
    protocol, held = protocol_with(connection, hash), facts_of(connection, person) if held is None else held
    decided = decide(protocol, held, now)
    stretches = _stretches(connection, person) or [_Stretch(protocol, held)]
    pasts = _Pasts.of(connection, person, held)
    broken = [
        one for stretch in stretches for one in stretch.broken(now) if pasts.knew_all or one.kind is BreachKind.LATE
    ]
    broken += [one for stretch in stretches for one in pasts.acts(stretch, now)]
    broken += _late(decided, next((one.since for one in stretches if one.until is None), None))
    there = {one.id for one in held}
    first = {
        (one.kind, one.where, one.key, one.fact): one
        for one in sorted(broken, key=lambda one: one.at, reverse=True)
        if one.kind is not BreachKind.LATE or one.fact in there
    }
    ordered = sorted(first.values(), key=lambda one: (one.at, one.fact, one.kind, one.where))
    return replace(decided, breaches=tuple(ordered))


def _late(decided: Decision, since: int | None) -> Iterator[Breach]:
    """What is late by the protocol that keeps a file now, and was not settled before it did."""
    judged = {
        (one.step, one.key, one.due)
        for one in decided.obligations
        if since is None or one.settled is None or one.settled >= since
    }
    for one in decided.breaches:
        if one.kind is BreachKind.LATE and (one.where, one.key, one.at) in judged:
            yield one


def _stretches(connection: Connection, person: int) -> list[_Stretch]:
    """How the file of a person was kept, and those of the others in it until they were found to be one; none of a file that was
    kept in one way.
    """
    never_another = (courses.c.person != person) | (courses.c.protocol != "")  # who is another no more never was, here
    asked = select(courses).where(is_of(courses, person), never_another)
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
        asked = select(facts.c.log, facts.c.number, facts.c.knew).where(is_of(facts, person))
        lines = connection.execute(asked).all()
        return cls({name_of(line.log, line.number): (line.log, line.number, json.loads(line.knew)) for line in lines})

    @property
    def knew_all(self) -> bool:
        """Whether all facts are of one node, so that each knew what came before it."""
        return not self.known

    def acts(self, stretch: _Stretch, now: int) -> Iterator[Breach]:
        """What was broken in a stretch by what was known to whoever did it; nothing if each knew what came before it."""
        for fact in stretch.facts if self.known else ():
            if fact.id in self.known and stretch.holds(fact.recorded) and fact.recorded <= now:
                past = [one for one in stretch.facts if self._is_past(one, fact)]
                for one in decide(stretch.protocol, past, fact.recorded).breaches:
                    if one.fact == fact.id and one.kind is not BreachKind.LATE:
                        yield one

    def _is_past(self, one: Fact, fact: Fact) -> bool:
        """Whether a fact was known to whoever recorded another, or is it."""
        log, number, knew = self.known[fact.id]
        its_log, its_number, _ = self.known.get(one.id, (log, number, {}))
        return its_number <= number if its_log == log else its_number < knew.get(its_log, 0)


__all__ = ["decide_file"]
