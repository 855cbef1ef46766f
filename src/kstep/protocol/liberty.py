"""What a protocol could do to somebody's liberty that none may: whatever could outlast an authority for custody, hold up a release,
or take liberty while something stands against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kstep.protocol.exploring import Explored
from kstep.protocol.facts import KINDS, Fact, Liberty
from kstep.protocol.flaws import Flaw
from kstep.protocol.gates import Way, standing
from kstep.protocol.history import AUTHORITIES
from kstep.protocol.protocol import Deadline, Gate, Pattern, Protocol, Step

LookedAt = Callable[[str], Explored | None]
"""Every state of a step, found once however often it is asked for; none, if they are too many."""


def custody(protocol: Protocol, looked_at: LookedAt) -> Iterator[Flaw]:
    """That nothing keeps somebody in custody longer than its authority does."""
    takes = any(KINDS[gate.act.fact].liberty is Liberty.TAKES for gate in protocol.gates.values())
    releasing = [gate for gate in protocol.gates.values() if KINDS[gate.act.fact].liberty is Liberty.GIVES]
    if (takes or releasing) and not protocol.custody:
        yield Flaw(
            "custody", "names no authority on which custody rests", "declare each with how long it lasts at most"
        )
    shortest = min(protocol.custody.items(), key=lambda one: one[1].lasts.microseconds, default=None)
    for gate in releasing:
        assert gate.at_most is not None
        if shortest and gate.at_most.microseconds >= shortest[1].lasts.microseconds:
            what = f"can wait {gate.at_most}, as long as {shortest[0]} lasts ({shortest[1].lasts})"
            yield Flaw(f"gates.{gate.id}.at_most", what, "let it wait less")
        yield from _outlasts(protocol, gate, looked_at)
    if protocol.custody:
        yield from _ended(protocol)


def _ended(protocol: Protocol) -> Iterator[Flaw]:
    """That somebody is told when the authority for custody ends, and when a new one does."""
    ending = [step for step in protocol.steps.values() if _ends_custody(protocol, step)]
    begun = [step for step in ending if Pattern("CustodyBegan") in step.starts]
    if not begun:
        what = "can go on when its authority has ended, and nobody is told"
        mend = (
            "add a step that CustodyBegan starts, due: {at: expires}, done by PersonReleased, that escalates when due"
        )
        yield Flaw("custody", what, mend)
        return
    anew = any(Pattern("CustodyAuthorityRenewed") in step.starts for step in ending)
    if not anew and all(_over_with(protocol, step) - set(step.starts) for step in begun):
        what = "is over with a new authority for custody, and nobody is told when that has ended"
        yield Flaw(f"steps.{begun[0].id}.starts", what, "let CustodyAuthorityRenewed start it as well")


def _over_with(protocol: Protocol, step: Step) -> set[Pattern]:
    """The new authorities after which nothing is owed any more of what ends custody, nor of what takes over from it."""
    lifted = [_renewed(one) for one in _lifted(protocol)] if step.void else []
    return _renewed(step) | (set().union(*lifted) if all(lifted) else set())


def _renewed(step: Step) -> set[Pattern]:
    return {one for one in step.done if one.fact == "CustodyAuthorityRenewed"}


def _lifted(protocol: Protocol) -> list[Step]:
    """The steps that take over when an authority for custody is lifted."""
    return [
        step
        for step in protocol.steps.values()
        if any(one.fact == "CustodyAuthorityEnded" for one in step.starts)
        and any(one.fact == "PersonReleased" and not one.where for one in step.done)
        and any(rung.escalates for rung in step.ladder)
    ]


def _ends_custody(protocol: Protocol, step: Step) -> bool:
    """Whether a step that begins in custody is owed until the person is released or there is a new authority; unless another takes
    over when the authority is lifted.
    """
    bound = (step.given, step.unless, step.before, step.times, step.waiver)
    return (
        not any(bound)
        and set(step.void) <= ({Pattern("CustodyAuthorityEnded")} if _lifted(protocol) else set())
        and step.due == Deadline(at="expires")
        and any(one.fact == "PersonReleased" and not one.where for one in step.done)
        and {one.fact for one in step.done} <= {"PersonReleased", "CustodyAuthorityRenewed"}
        and any(rung.escalates and rung.offset <= 0 for rung in step.ladder)
    )


def _outlasts(protocol: Protocol, gate: Gate, looked_at: LookedAt) -> Iterator[Flaw]:
    """In every state of what a release waits for, the time to wait ends it, and what is not ours to hold up passes."""
    assert gate.at_most is not None
    end = gate.at_most.microseconds
    for name in gate.waits_for:
        found = looked_at(name)
        for file in found.files.values() if found else ():
            for ground in KINDS["PersonReleased"].fields["ground"]:
                after, now = file.copy(), len(file.facts) + end
                after.protocol = protocol
                after.take(Fact("ask", "ReleaseProposed", len(file.facts), about={"custody": "1"}))
                stands = standing(after, gate, {"custody": "1"}, now + 1)
                director = frozenset([gate.then])
                released = Fact(
                    "go", "PersonReleased", now + 1, "x", director, about={"custody": "1"}, says={"ground": ground}
                )
                before = len(after.breaches)
                after.take(released)
                if stands.way not in (Way.OPEN, Way.DECIDES) or after.breaches[before:]:
                    yield Flaw(
                        f"gates.{gate.id}", f"holds somebody up while {name} is open", "use waits_for with at_most"
                    )
                    return


def ungated(protocol: Protocol) -> Iterator[Flaw]:
    """That no act that takes liberty is without a gate that bars it, where custody is known at all; that custody rests on an
    authority of its own; and that a claim of citizenship bars what hands somebody over or removes them.
    """
    gates = protocol.gates.values()
    if not protocol.custody and all(KINDS[gate.act.fact].liberty is Liberty.NOTHING for gate in gates):
        return
    for kind, one in KINDS.items():
        if one.liberty is not Liberty.TAKES:
            continue
        barring = [
            gate for gate in gates if gate.act == Pattern(kind) and (gate.barred_by or gate.barred_if or gate.needs)
        ]
        if not barring:
            mend = f"add a gate with act: {{fact: {kind}}}, and barred_by and needs"
            yield Flaw("gates", f"let through what takes somebody's liberty, whatever is open: {one.meaning}", mend)
        elif kind == "CustodyBegan" and not any(_asks_for_authority(gate) for gate in barring):
            what = "lets somebody be taken into custody on something else than an authority for it"
            mend = "let it need CustodyAuthorityIssued or CustodyAuthorityRenewed, and nothing else instead"
            yield Flaw(f"gates.{barring[0].id}.needs", what, mend)
        elif kind != "CustodyBegan" and not any(_asks_for_claims(protocol, gate) for gate in barring):
            what = "passes while a claim of citizenship is open"
            mend = "let a step that CitizenshipClaimed starts, whatever else is so, and that is never void or waived, bar it"
            yield Flaw(f"gates.{barring[0].id}.barred_by", what, mend)


def _asks_for_authority(gate: Gate) -> bool:
    return bool(gate.needs) and all(one.fact in AUTHORITIES for one in gate.needs)


def _asks_for_claims(protocol: Protocol, gate: Gate) -> bool:
    """Whether each claim of citizenship bars an act until it was answered; what voids a step may begin it anew."""
    return any(
        Pattern("CitizenshipClaimed") in one.starts
        and not (one.given or one.unless or one.times or one.waiver)
        and set(one.void) <= set(one.starts)
        for one in (protocol.steps[name] for name in gate.barred_by)
    )


__all__ = ["LookedAt", "custody", "ungated"]
