"""Whether everything that a protocol names is there: roles, steps, calendars, kinds of facts, their fields and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from kstep.protocol.calendars import Calendar
from kstep.protocol.facts import FILE, KINDS, Liberty
from kstep.protocol.protocol import EVERYBODY, MINUTE, Deadline, Exemption, Gate, Length, Pattern, Protocol, Step
from kstep.protocol.text import At

Wrong = tuple[At, str, str]
"""Where something is wrong, what, and the mend."""


def check_references(protocol: Protocol) -> Iterator[Wrong]:
    """What a protocol names that is not there, or cannot be said there."""
    for step in protocol.steps.values():
        yield from _Here(protocol, ("steps", step.id)).step(step)
    for gate in protocol.gates.values():
        yield from _Here(protocol, ("gates", gate.id)).gate(gate)
    yield from _Here(protocol, ("closing",)).roles("who", protocol.closing.who)
    if protocol.pauses:
        here = _Here(protocol, ("pauses",))
        yield from here.roles("who", protocol.pauses.who)
        yield from here.steps("steps", protocol.pauses.steps)


def _is_signed_for(pattern: Pattern, message: str) -> bool:
    return pattern.fact == "MessageAcknowledged" and message in dict(pattern.where).get("message", (message,))


def _is_endless(calendar: Calendar, within: Length) -> bool:
    minutes = sum(end - begin for hours in calendar.hours for begin, end in hours)
    days = sum(bool(hours) for hours in calendar.hours)
    weeks = within.amount / days if within.unit == "day" else within.microseconds / MINUTE / minutes
    return weeks > 20 * 52


class _Here:
    """A part of a protocol, and where it stands."""

    def __init__(self, protocol: Protocol, at: At) -> None:
        self.protocol = protocol
        self.at = at

    def step(self, step: Step) -> Iterator[Wrong]:
        yield from self.roles("who", step.who)
        yield from self.roles("not_of", step.not_of)
        if set(step.who) <= set(step.not_of):
            yield (*self.at, "not_of"), "leaves nobody of who", "take out a role that may do it, or let another do it"
        for field, steps in (
            ("needs", step.needs),
            ("after", step.after),
            ("blind_to", step.blind_to),
            ("then", (step.then,) if step.then else ()),
        ):
            yield from self.steps(field, steps)
        yield from self.steps("not_by", (one for one in step.not_by if one != EVERYBODY))
        for field, patterns in (
            ("starts", step.starts),
            ("given", step.given),
            ("unless", step.unless),
            ("done", step.done),
            ("void", step.void),
        ):
            yield from self.patterns(field, patterns)
        for place, pattern in enumerate(step.starts):
            yield from self._is_about(("starts", place), pattern, step.per)
        for place, pattern in enumerate(step.done):
            if pattern.step:
                yield (*self.at, "done", place), "is a step, not a fact", "name the fact by which this step is done"
            yield from self._outcomes(place, pattern, step.outcomes)
            yield from self._is_about(("done", place), pattern, step.per)
        for place, rung in enumerate(step.ladder):
            yield from self.roles(("late", place), rung.roles)
            if not rung.roles:
                yield (*self.at, "late", place), "tells nobody", "say remind or escalate, and the roles"
        for first, second in pairwise(step.ladder):
            if first.offset == second.offset:
                what = "has two rungs at the same moment"
                yield (*self.at, "late"), what, "make them one, with the roles of both, or move one of them"
        if step.ladder and step.due is None:
            yield (*self.at, "late"), "never comes: the step has no deadline", "give it one: due: {within: 4 hours}"
        if step.due:
            yield from self._deadline(step.due, step)
        yield from self._exemption("waiver", step.waiver)
        if step.sends and not any(_is_signed_for(pattern, step.sends.message) for pattern in step.done):
            what = f"sends a {step.sends.message} that does not do the step when it is signed for"
            yield (*self.at, "sends"), what, f"add done: {{fact: MessageAcknowledged, message: [{step.sends.message}]}}"
        if step.then and step.times is None:
            yield (*self.at, "then"), "never comes: the step can be owed any number of times", "give times too"

    def gate(self, gate: Gate) -> Iterator[Wrong]:
        for field, pattern in (("act", gate.act), ("asked_by", gate.asked_by)):
            if pattern:
                yield from self.pattern((field,), pattern)
        yield from self.roles("who", gate.who)
        yield from self.patterns("barred_if", gate.barred_if)
        yield from self.patterns("needs", gate.needs)
        yield from self.steps("waits_for", gate.waits_for)
        yield from self.steps("barred_by", gate.barred_by)
        yield from self._exemption("override", gate.override)
        if gate.then:
            yield from self.roles("then", (gate.then,))
            if gate.who and gate.then not in gate.who:
                yield (
                    (*self.at, "who"),
                    f"leaves out {gate.then!r}, who decides when the time is up",
                    "add it, or change then",
                )
        if len({bool(gate.waits_for), gate.at_most is not None, bool(gate.then), gate.asked_by is not None}) > 1:
            what = "waits without an end" if gate.waits_for else "has a time to wait, and nothing to wait for"
            yield self.at, what, "give waits_for, asked_by, at_most and then, all of them or none"
        liberty = KINDS[gate.act.fact].liberty if gate.act.fact in KINDS else Liberty.NOTHING
        if liberty is Liberty.GIVES:
            if gate.barred_by or gate.barred_if or gate.needs:
                yield self.at, "keeps somebody from being released without an end", "use waits_for with at_most"
            if dict(gate.act.where).get("ground") != ("discretion",):
                mend = "add ground: [discretion]; a court, a limit or an authority that ended waits for nobody"
                yield (*self.at, "act"), "would hold up a release that is not ours to hold up", mend
        if liberty is Liberty.TAKES and (gate.waits_for or gate.override):
            what = "lets time or an override open what takes somebody's liberty"
            yield self.at, what, "use barred_by, barred_if and needs"

    def roles(self, field: str | At, roles: Iterable[str]) -> Iterator[Wrong]:
        for role in roles:
            if role not in self.protocol.roles:
                at = (*self.at, *((field,) if isinstance(field, str) else field))
                yield at, f"{role!r} is no role", f"declare it, or use one of {', '.join(self.protocol.roles)}"

    def steps(self, field: str, steps: Iterable[str]) -> Iterator[Wrong]:
        for step in steps:
            if step not in self.protocol.steps:
                yield (*self.at, field), f"{step!r} is no step", "mend its spelling, or declare it"

    def patterns(self, field: str, patterns: Iterable[Pattern]) -> Iterator[Wrong]:
        for place, pattern in enumerate(patterns):
            yield from self.pattern((field, place), pattern)

    def pattern(self, field: At, pattern: Pattern) -> Iterator[Wrong]:
        at = (*self.at, *field)
        if bool(pattern.fact) == bool(pattern.step):
            yield at, "names neither a fact nor a step, or both", "name one of them"
            return
        if pattern.fact and pattern.fact not in KINDS:
            yield at, f"{pattern.fact[:40]!r} is no kind of fact", "kstep protocol facts shows them all"
            return
        for named in (pattern.step, pattern.disagrees_with, pattern.agrees_with):
            if named and named not in self.protocol.steps:
                yield at, f"{named!r} is no step", "mend its spelling, or declare it"
                return
        if pattern.fact and (pattern.disagrees_with or pattern.agrees_with):
            yield at, "compares the outcome of a fact", "name a step, whose outcome can be compared"
        for name, values in pattern.where:
            yield from self._values(at, pattern, name, values)
        if pattern.while_before and not self._has_field(pattern, pattern.while_before):
            yield at, f"has no field {pattern.while_before!r}", "kstep protocol facts shows the fields of each"
        for place, ending in enumerate(pattern.until):
            yield from self.pattern((*field, "until", place), ending)

    def _kinds(self, pattern: Pattern) -> list[str]:
        if pattern.fact:
            return [pattern.fact]
        return [one.fact for one in self.protocol.steps[pattern.step].done if one.fact in KINDS]

    def _has_field(self, pattern: Pattern, name: str) -> bool:
        return any(name in KINDS[kind].fields for kind in self._kinds(pattern))

    def _values(self, at: At, pattern: Pattern, name: str, values: tuple[str, ...]) -> Iterator[Wrong]:
        if not self._has_field(pattern, name):
            yield at, f"has no field {name!r}", "kstep protocol facts shows the fields of each"
            return
        outcomes = self.protocol.steps[pattern.step].outcomes if pattern.step and name == "outcome" else ()
        can_be = set(outcomes) or {value for kind in self._kinds(pattern) for value in KINDS[kind].fields.get(name, ())}
        for value in values:
            if can_be and value not in can_be:
                yield (*at, name), f"{value!r} is never said there", f"use one of {', '.join(sorted(can_be))}"

    def _outcomes(self, place: int, pattern: Pattern, outcomes: tuple[str, ...]) -> Iterator[Wrong]:
        if not outcomes or pattern.fact not in KINDS:
            return
        fields = KINDS[pattern.fact].fields
        if "outcome" not in fields:
            yield (*self.at, "outcomes"), f"{pattern.fact} has no outcome", "take them out, or use another fact"
        for outcome in outcomes:
            if fields.get("outcome") and outcome not in fields["outcome"]:
                mend = f"use some of {', '.join(fields['outcome'])}"
                yield (*self.at, "outcomes"), f"{pattern.fact} never has the outcome {outcome!r}", mend

    def _is_about(self, field: At, pattern: Pattern, per: str) -> Iterator[Wrong]:
        if per == FILE or (pattern.step and pattern.step not in self.protocol.steps):
            return
        of_step = pattern.step and self.protocol.steps[pattern.step].per == per
        if not of_step and not any(per in KINDS[kind].about for kind in self._kinds(pattern) if kind in KINDS):
            at = (*self.at, *field)
            yield (
                at,
                f"is about no {per}, for each of which the step is owed",
                "change per, or begin it by something else",
            )

    def _deadline(self, due: Deadline, step: Step) -> Iterator[Wrong]:
        at = (*self.at, "due")
        if bool(due.at) == (due.within is not None):
            yield at, "says neither within nor at, or both", "give one of them"
        if due.calendar not in self.protocol.calendars:
            mend = f"use one of {', '.join(self.protocol.calendars)}, or declare it"
            yield (*at, "on"), f"{due.calendar!r} is no calendar", mend
        elif due.within and _is_endless(self.protocol.calendars[due.calendar], due.within):
            yield (*at, "within"), "takes more than twenty years on that calendar", "write a shorter time"
        if due.of:
            yield from self.pattern(("due", "of"), due.of)
            if due.of.step:
                yield (*at, "of"), "is a step", "name a fact"
        if due.once_ready and (due.of or due.at):
            yield (*at, "once"), "counts from something else already", "leave out once, or of and at"
        if due.once_ready and not step.before:
            yield (
                (*at, "once"),
                "waits for nothing: the step has neither needs nor after",
                "leave it out, or say what comes before",
            )
        if due.at and not all(self._has_field(start, due.at) for start in step.starts):
            yield (
                (*at, "at"),
                f"{due.at!r} is no field of what begins the step",
                "kstep protocol facts shows the fields",
            )

    def _exemption(self, field: str, exemption: Exemption | None) -> Iterator[Wrong]:
        if exemption:
            yield from self.roles((field, "who"), exemption.who)
            yield from self.roles((field, "second"), (exemption.second,))


__all__ = ["Wrong", "check_references"]
