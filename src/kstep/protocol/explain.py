"""A protocol as a page of plain English, in Markdown, for those who have to know it and those who answer for it."""

from __future__ import annotations

from collections.abc import Iterator

from kstep.protocol.facts import FILE, KINDS, Liberty
from kstep.protocol.protocol import EVERYBODY, Gate, Protocol, Step
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
    found |= {f"step {step.id}": [step.title, *page.of_step(step)] for step in protocol.steps.values()}
    found |= {f"gate {gate.id}": [gate.title, *page.of_gate(gate)] for gate in protocol.gates.values()}
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
            ]
        pauses = self.protocol.pauses
        if pauses:
            who, grounds = capital(self.say.roles(pauses.who)), "; ".join(pauses.grounds)
            stop = (
                f"{who} may stop the clock of {self.say.titles(pauses.steps)}, for {pauses.at_most} at most each time"
            )
            lines += ["", f"{stop}, on one of these grounds: {grounds}. No other clock can be stopped."]
        return "\n".join(lines)

    def step(self, number: int, step: Step) -> str:
        lines = [f"### {number}. {step.title}", ""]
        if step.why:
            lines += [f"*{step.why}*", ""]
        return "\n".join([*lines, " ".join(self.of_step(step))])

    def of_step(self, step: Step) -> Iterator[str]:
        each = "" if step.per == FILE else f", for each {plain(step.per)},"
        if step.starts:
            given = f" and {self.say.patterns(step.given, 'and')}" if step.given else ""
            yield f"This is owed{each} when {self.say.patterns(step.starts)}{given}."
        else:
            yield f"This is owed{each} when a step needs it that it comes before."
        if step.times:
            often = {1: "once", 2: "twice"}.get(step.times, f"{step.times} times")
            instead = f"; after that, {self.say.title(step.then)} is owed instead" if step.then else ""
            yield f"It is owed {often} at most{instead}."
        if step.after:
            yield f"Before it come {self.say.titles(step.after)}."
        yield f"{capital(self.say.roles(step.who))} {self._does(step)}."
        yield from self._takes(step)
        if step.due:
            yield f"It is due {self.say.deadline(step.due)}."
            rungs = [self.say.rung(rung) for rung in step.ladder]
            if rungs:
                yield f"{capital('; '.join(rungs))}."
        else:
            yield "It has no deadline."
        if step.waiver:
            yield f"It may be waived by {self.say.exemption(step.waiver)}."
        if step.void:
            yield f"It falls away when {self.say.patterns(step.void)}."

    def _does(self, step: Step) -> str:
        text = "does it"
        if step.training:
            text += f", with current training in {listed(map(plain, step.training), 'and')}"
        if EVERYBODY in step.not_by:
            text += ", who did nothing else in this file"
        elif step.not_by:
            text += f", who is another than whoever did {self.say.titles(step.not_by, 'or')}"
        if step.blind_to:
            text += f", without having been shown the answer of {self.say.titles(step.blind_to, 'or')}"
        return text

    def _takes(self, step: Step) -> Iterator[str]:
        done = [pattern for pattern in step.done if pattern.fact != "StepCompleted"]
        if done:
            also = " or that it was completed" if len(done) < len(step.done) else ""
            yield f"It is done when it is recorded that {self.say.patterns(done)}{also}."
        if step.outcomes:
            yield f"The outcome is {listed(f'*{plain(one)}*' for one in step.outcomes)}."
        needs = [f"the {plain(one)}" for one in step.states]
        needs += [f"in the file: {plain(kind)}" for kind in step.evidence]
        if needs:
            yield f"It takes {listed(needs, 'and')}."

    def gate(self, gate: Gate) -> str:
        return "\n".join([f"### {gate.title}", "", " ".join(self.of_gate(gate))])

    def of_gate(self, gate: Gate) -> list[str]:
        text = []
        if gate.waits_for:
            text.append(
                f"It waits while any of these is owed: {self.say.titles(gate.waits_for)}; but for {gate.at_most} at most since it "
                f"was asked for. Then {self.say.roles([gate.then])} decides."
            )
        if gate.barred_by:
            text.append(
                f"It may not be while any of these is open: {self.say.titles(gate.barred_by)}. Time does not change that."
            )
        if gate.needs:
            text.append(f"It may only be if {self.say.patterns(gate.needs)}.")
        if gate.override:
            text.append(f"It may be all the same by {self.say.exemption(gate.override)}; that is counted.")
        if KINDS[gate.act.fact].liberty is Liberty.GIVES:
            text.append("What a court orders, or what a limit or the end of an authority brings, waits for nothing.")
        return text

    def closing(self) -> str:
        closing = self.protocol.closing
        who = capital(self.say.roles(closing.who))
        text = f"{who} closes the file when nothing is owed in it any more. It opens again by itself when something is."
        return f"## Closing\n\n{text}"


__all__ = ["explain", "sentences"]
