"""What a protocol asks for in a file at a moment. Pure and total: the same facts and the same moment give the same answer, in
whatever order the facts are given, and every file has one.

A deadline is the first moment that is too late, and it is judged by when something was recorded, never by when it happened. What
was done late stays known to be late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kstep.protocol import acts
from kstep.protocol.breaches import Breach, BreachKind
from kstep.protocol.facts import HANDLING, KINDS, Fact
from kstep.protocol.gates import GateStanding, standing
from kstep.protocol.history import History
from kstep.protocol.matching import agree, matches, moment_of
from kstep.protocol.obligations import Owed, Settled, State
from kstep.protocol.protocol import Protocol


@dataclass(frozen=True)
class RungStanding:
    """Something to be told before or after a deadline: when, whom, whether that is an escalation, and whether it was told."""

    offset: int
    at: int
    roles: tuple[str, ...]
    escalates: bool
    fired: bool


@dataclass(frozen=True)
class Obligation:
    """Something owed: the step, for what (`key` of `per`), the how manyeth time; how it stands and why, by which fact; since when
    and until when (None: no deadline yet, or none); who owes it; when, by whom and by which fact it was settled.
    """

    step: str
    per: str
    key: str
    number: int
    state: State
    why: str
    fact: str
    since: int
    due: int | None
    who: tuple[str, ...]
    settled: int | None
    by: str
    happened: int | None
    rungs: tuple[RungStanding, ...]

    @property
    def is_standing(self) -> bool:
        """Whether somebody still has to do it."""
        return self.state in (State.NOT_YET, State.OPEN, State.LATE)

    def was_late(self, now: int) -> bool:
        """Whether its deadline passed while it was owed: a waiver that came later does not undo that."""
        return self.due is not None and (now if self.settled is None else self.settled) >= self.due


class FileState(StrEnum):
    """How a file stands as a whole."""

    EMPTY = "empty"
    PENDING = "pending"
    TO_CLOSE = "to close"
    CLOSED = "closed"


@dataclass(frozen=True)
class Decision:
    """What a protocol says about a file at a moment."""

    now: int
    state: FileState
    obligations: Sequence[Obligation]
    breaches: Sequence[Breach]
    gates: Sequence[GateStanding]
    next: int | None
    """When something will be due, told or passed by time alone; None if nothing will."""


def decide(protocol: Protocol, facts: Iterable[Fact], now: int) -> Decision:
    """What is owed at a moment (microseconds since 1970, UTC) in a file with these facts, of which those recorded later do not
    count.
    """
    history = History.of(protocol, (fact for fact in facts if fact.recorded <= now))
    return decision(history, now)


def decision(history: History, now: int) -> Decision:
    """The same, of a file as it stands."""
    obligations = tuple(_obligation(history, one, now) for one in history.owed)
    late = (_late(history, one) for one in obligations if one.was_late(now))
    breaches = sorted(
        [*history.breaches, *late], key=lambda breach: (breach.at, breach.fact, breach.kind, breach.where)
    )
    asked = tuple(_asked(history, now))
    coming = [moment for one in obligations for moment in _coming(one)] + [gate.until for gate in asked if gate.until]
    return Decision(
        now,
        _state(history),
        obligations,
        tuple(breaches),
        asked,
        min((moment for moment in coming if moment > now), default=None),
    )


def due_of(history: History, one: Owed) -> int | None:
    """When something that is owed is late; None if it never is, or if what the time counts from has not happened yet."""
    due = one.step.due
    if due is None:
        return None
    if due.at:
        return moment_of(one.said_by or one.begun, due.at)
    start: int | None = one.begun.recorded
    if due.of is not None:
        counted = [fact for fact in history.facts if matches(due.of, fact) and agree(fact.about, one.about)]
        before = [fact.recorded for fact in counted if fact.order <= one.begun.order]
        start = before[-1] if before else next((fact.recorded for fact in counted), None)
    if due.once_ready:
        return _due_once_ready(history, one)
    return None if start is None else _due_from(history, one, start)


def _due_from(history: History, one: Owed, start: int) -> int | None:
    due = one.step.due
    if due is None or due.within is None:
        return None
    calendar = history.protocol.calendars[due.calendar]
    if due.within.unit == "day":
        return calendar.after_days(start, due.within.amount, one.pauses)
    return calendar.due(start, due.within.microseconds, one.pauses)


def _due_once_ready(history: History, one: Owed) -> int | None:
    """The deadline of a step whose time counts while nothing that comes before it is owed, and from the beginning each time that
    something was. What passed before that stays passed.
    """
    ready = one.begun.recorded
    for before in sorted(history.comes_before(one), key=lambda before: before.begun.order):
        begun, settled = before.begun.recorded, None if before.settled is None else before.at
        if one.settled is not None and begun >= one.at:
            continue
        if begun > ready:
            due = _due_from(history, one, ready)
            if due is not None and due <= begun:
                return due
        if settled is None or (one.settled is not None and settled > one.at):
            return None
        ready = max(ready, settled)
    return _due_from(history, one, ready)


def _obligation(history: History, one: Owed, now: int) -> Obligation:
    due = due_of(history, one)
    state, why, fact = _stands(history, one, due, now)
    settled = one.settled is not None
    fired = history.fired.get(one.name, frozenset())
    rungs = tuple(
        RungStanding(rung.offset, due + rung.offset, rung.roles, rung.escalates, rung.offset in fired)
        for rung in one.step.ladder
        if due is not None
    )
    return Obligation(
        step=one.id,
        per=one.step.per,
        key=one.key,
        number=one.number,
        state=state,
        why=why,
        fact=fact,
        since=one.begun.recorded,
        due=due,
        who=one.step.who,
        settled=one.at if settled else None,
        by=one.by.actor if settled and one.by else "",
        happened=one.by.happened if settled and one.by else None,
        rungs=rungs,
    )


def _stands(history: History, one: Owed, due: int | None, now: int) -> tuple[State, str, str]:
    by = one.by.id if one.by else one.begun.id
    if one.settled is Settled.VOID:
        return State.VOID, "its reason fell away", by
    if one.settled is Settled.WAIVED:
        return State.WAIVED, f"waived: {one.by.says.get('ground', '') if one.by else ''}", by
    if one.settled is Settled.DONE:
        late = due is not None and one.at >= due
        return (State.KNOWN_LATE, "done, and recorded too late", by) if late else (State.DONE, "done in time", by)
    waiting = list(dict.fromkeys(before.id for before in history.waits_for(one)))
    why, fact = _why_not(history, one, waiting)
    if due is not None and now >= due:
        return State.LATE, why, fact
    if waiting:
        return State.NOT_YET, why, fact
    if not one.claims and not one.failed:
        why = KINDS[one.begun.kind].meaning if one.begun.kind in KINDS else HANDLING[one.begun.kind]
    return State.OPEN, why, fact


def _why_not(history: History, one: Owed, waiting: Sequence[str]) -> tuple[str, str]:
    """Why something is not done, and the fact that made it so."""
    if waiting:
        return f"waits for {', '.join(waiting)}", one.begun.id
    if one.claims:
        last = one.claims[-1]
        return f"evidence is missing: {', '.join(history.missing(one, last))}", last.id
    if one.failed:
        return acts.lacking(one.step, one.failed), one.failed.id
    return "nobody has done it", one.begun.id


def _late(history: History, one: Obligation) -> Breach:
    assert one.due is not None
    begun = next(owed.begun.id for owed in history.owed if owed.name == (one.step, one.key, one.number))
    return Breach(BreachKind.LATE, one.due, one.step, one.key, begun, one.why)


def _coming(one: Obligation) -> Iterable[int]:
    if one.is_standing and one.due is not None:
        yield one.due
        yield from (rung.at for rung in one.rungs if not rung.fired)


def _asked(history: History, now: int) -> Iterable[GateStanding]:
    """How the gates stand for what was asked for and has not been."""
    for gate in history.protocol.gates.values():
        if gate.asked_by is None:
            continue
        asked: list[Fact] = []
        for fact in history.facts:
            if matches(gate.act, fact):
                asked = [one for one in asked if not agree(one.about, fact.about)]
            elif matches(gate.asked_by, fact):
                asked = [one for one in asked if one.about != fact.about] + [fact]
        yield from (standing(history, gate, one.about, now) for one in asked)


def _state(history: History) -> FileState:
    if history.closed is not None:
        return FileState.CLOSED
    if not history.owed:
        return FileState.EMPTY
    return FileState.PENDING if history.standing else FileState.TO_CLOSE


__all__ = ["Decision", "FileState", "Obligation", "RungStanding", "decide", "decision", "due_of"]
