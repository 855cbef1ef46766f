"""A protocol as a page of plain English, in Markdown, for those who have to know it and those who answer for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kstep.protocol.facts import FILE, KINDS, REDRESS, Liberty
from kstep.protocol.protocol import EVERYBODY, Gate, Pattern, Protocol, Step
from kstep.protocol.wording import Wording, capital, listed, plain


def explain(protocol: Protocol) -> str:
    """The page."""
    page = _Page(protocol)
    parts = [page.head(), page.people(), page.time()]
    parts += ["## What is owed", *(page.step(number, step) for number, step in enumerate(protocol.steps.values(), 1))]
    parts += ["## What has to be so first", *map(page.gate, protocol.gates.values())] if protocol.gates else []
    parts += [page.closing()]
    return "\n\n".join(part for part in parts if part) + "\n"


def sentences(protocol: Protocol) -> dict[str, list[str]]:
    """What the page says of each part."""
    page = _Page(protocol)
    found = {"the whole": [page.head()], "people": page.people().splitlines(), "time": page.time().splitlines()}
    found |= {f"step {step.id}": [step.title, step.why, *page.of_step(step)] for step in protocol.steps.values()}
    found |= {
        f"gate {gate.id}": [gate.title, *"\n".join(page.of_gate(gate)).splitlines()] for gate in protocol.gates.values()
    }
    return found | {"closing": [page.closing()]}


class _Page:
    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.say = Wording(protocol)

    def head(self) -> str:
        lines = [f"# {self.protocol.title}", self.protocol.purpose]
        if self.protocol.example:
            lines.append("**This is an example, to be replaced by the protocol of whoever uses it.**")
        lines.append(f"It carries out: {'; '.join(self.protocol.authority)}. There is {self.protocol.file}.")
        return "\n\n".join(lines)

    def people(self) -> str:
        return "\n".join(
            ["## Who", "", *(f"- **{plain(name)}**: {title}" for name, title in self.protocol.roles.items())]
        )

    def time(self) -> str:
        lines = [
            "## Time",
            "",
            "A deadline is the first moment that is too late, by the time at which something was recorded.",
        ]
        declared = [one for name, one in self.protocol.calendars.items() if name != "always"]
        lines += ["", *(f"- The calendar *{plain(one.name)}* is {self.say.calendar(one)}." for one in declared)]
        if declared:
            lines += ["", "Where no calendar is named, every hour counts."]
        if self.protocol.custody:
            lasting = (f"{one.title}, {one.lasts}" for one in self.protocol.custody.values())
            lines += [
                "",
                f"Custody rests on an authority of its own and lasts no longer than that: {'; '.join(lasting)}.",
                "An authority of another kind permits nothing, and custody that rests on none has to end at once.",
            ]
        pauses = self.protocol.pauses
        if pauses:
            who, grounds = capital(self.say.roles(pauses.who)), "; ".join(pauses.grounds)
            long = f"for {pauses.at_most} at most each time, and {pauses.in_all} in all"
            stop = f"{who} may stop the clock of {self.say.steps(pauses.steps)}, {long}"
            lines += ["", f"{stop}, on one of these grounds: {grounds}. No other clock can be stopped."]
        return "\n".join(lines)

    def step(self, number: int, step: Step) -> str:
        lines = [f"### {number}. {step.title}", ""]
        if step.why:
            lines += [f"{step.why}", ""]
        return "\n".join([*lines, *(f"- {line}" for line in self.of_step(step))])

    def of_step(self, step: Step) -> Iterator[str]:
        each = "" if step.per == FILE else f" for each {plain(step.per)}"
        yield f"**Owed**{each} {self._begins(step)}."
        if step.needs:
            yield f"**Needs** {self.say.steps(step.needs)} first."
        if step.after:
            yield f"**After** {self.say.steps(step.after)}, if owed."
        yield f"**By** {self._by(step)}."
        if step.sends:
            yield f"**Sent** by itself, as soon as it is owed: a {plain(step.sends.message)} to {plain(step.sends.to)}."
        yield f"**Done** {self._done(step)}."
        if step.due:
            rungs = "; ".join(self.say.rung(rung) for rung in step.ladder)
            yield f"**Due** {self.say.deadline(step.due)}.{f' {capital(rungs)}.' if rungs else ''}"
        else:
            yield "**Due** at no time."
        if step.waiver:
            yield f"**Waived** by {self.say.exemption(step.waiver)}."
        if step.void:
            yield f"**Falls away** when {self.say.patterns(step.void)}."

    def _begins(self, step: Step) -> str:
        text = "when a step needs it before itself"
        if step.starts:
            given = f", if {self.say.patterns(step.given, 'and')}" if step.given else ""
            unless = f", unless {self.say.patterns(step.unless)}" if step.unless else ""
            text = f"when {self.say.patterns(step.starts)}{given}{unless}"
        if step.times:
            often = {1: "once", 2: "twice"}.get(step.times, f"{step.times} times")
            text += f"; {often} at most" + (f", and then {self.say.step(step.then)} instead" if step.then else "")
        return text

    def _by(self, step: Step) -> str:
        text = self.say.roles(step.who)
        if step.training:
            text += f", currently trained in {listed(map(plain, step.training), 'and')}"
        if EVERYBODY in step.not_by:
            text += ", who did nothing else in this file"
            text += " but for requests for redress" if step.per == REDRESS else ""
        elif step.not_by:
            text += f", other than whoever did {self.say.steps(step.not_by, 'or')}"
        if step.not_of:
            text += f", and who is not {self.say.roles(step.not_of)} as well"
        if step.blind_to:
            text += f", before being shown the answer of {self.say.steps(step.blind_to, 'or')}"
        return text

    def _done(self, step: Step) -> str:
        facts = [pattern for pattern in step.done if pattern.fact != "StepCompleted"]
        text = f"when it is recorded that {self.say.patterns(facts)}" if facts else "when it is recorded as completed"
        if 0 < len(facts) < len(step.done):
            text += ", or as completed"
        if step.outcomes:
            text += f": {listed(f'*{plain(one)}*' for one in step.outcomes)}"
        if step.states:
            text += f"; with {listed(map(plain, step.states), 'and')}"
        if step.evidence:
            text += f"; and the file holds the evidence: {listed(map(plain, step.evidence), 'and')}"
        return text

    def gate(self, gate: Gate) -> str:
        return "\n".join([f"### {gate.title}", "", *(f"- {line}" for line in self.of_gate(gate))])

    def of_gate(self, gate: Gate) -> Iterator[str]:
        yield f"**For this act:** {self.say.pattern(gate.act)}."
        if gate.asked_by:
            yield f"**Asked for** when {self.say.pattern(gate.asked_by)}."
        if gate.who:
            yield f"**Only** by {self.say.roles(gate.who)}."
        if gate.waits_for:
            yield f"**Waits** while any of these is owed: {self.say.steps(gate.waits_for)}."
            yield f"**Waits no longer** than {gate.at_most} since it was asked for; then {self.say.roles([gate.then])} decides."
        if gate.barred_by:
            yield f"**Barred** while any of these is open, for however long: {self.say.steps(gate.barred_by)}."
        if gate.barred_if:
            yield self._any_of("**Barred** if", gate.barred_if)
        if gate.needs:
            yield self._any_of("**Only** if", gate.needs)
        if gate.override:
            yield f"**All the same** by {self.say.exemption(gate.override)}. It is counted."
        if KINDS[gate.act.fact].liberty is Liberty.GIVES:
            yield "What a court orders, or what a limit or the end of an authority brings, waits for nothing."

    def _any_of(self, so: str, conditions: Sequence[Pattern]) -> str:
        """That something is so if one of several conditions holds, each on a line of its own."""
        if len(conditions) == 1:
            return f"{so} {self.say.pattern(conditions[0])}."
        return "\n".join([f"{so} one of these is so:", *(f"  - {self.say.pattern(one)}" for one in conditions)])

    def closing(self) -> str:
        closing = self.protocol.closing
        who = capital(self.say.roles(closing.who))
        text = f"{who} closes the file when nothing is owed in it any more. It opens again by itself when something is."
        return f"## Closing\n\n{text}"


__all__ = ["explain", "sentences"]
