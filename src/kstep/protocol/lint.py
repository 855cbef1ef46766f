"""What is wrong with a protocol that can be read: steps that never come, states nobody can leave, circles, deadlines that
contradict each other, roles that nobody has, and whatever could outlast an authority for custody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache, partial

from kstep.protocol.exploring import Explored, TooMany, explore
from kstep.protocol.facts import KINDS, Fact, Liberty
from kstep.protocol.gates import Way, standing
from kstep.protocol.protocol import Deadline, Gate, Pattern, Protocol, Step

LookedAt = Callable[[str], Explored]
"""Every state of a step, found once however often it is asked for."""


@dataclass(frozen=True)
class Flaw:
    """Something wrong: where, what, and how to mend it. Not `serious` is what may be meant so."""

    where: str
    what: str
    mend: str
    serious: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.mend}"


def lint(
    protocol: Protocol, held: Collection[str] | None = None, advance: Callable[[int], None] = lambda more: None
) -> list[Flaw]:
    """What is wrong with a protocol; `held` are the roles that somebody has, if that is known. `advance` is told of each step that
    was looked at in every state, which takes nearly all of the time.
    """
    possible, looked_at = _possible(protocol), cache(partial(explore, protocol))
    return [
        *_unreachable(protocol, possible), *_circles(protocol), *_dead_ends(protocol, looked_at, advance),
        *_deadlines(protocol), *_roles(protocol, held), *_custody(protocol, looked_at), *_ungated(protocol),
        *_unconfirmed(protocol), *_apart(protocol),
    ]  # fmt: skip


def _possible(protocol: Protocol) -> set[str]:
    """The steps that can come to be owed: found by going on from what happens outside until nothing new follows."""
    possible: set[str] = set()
    grew = True
    while grew:
        grew = False
        for step in protocol.steps.values():
            if step.id not in possible and _can_begin(protocol, step, possible):
                possible.add(step.id)
                grew = True
    return possible


def _can_begin(protocol: Protocol, step: Step, possible: set[str]) -> bool:
    if any(step.id in protocol.steps[name].needs or protocol.steps[name].then == step.id for name in possible):
        return True
    given = all(_can_match(protocol, one, possible) for one in step.given)
    return given and any(_can_match(protocol, one, possible) for one in step.starts)


def _can_match(protocol: Protocol, pattern: Pattern, possible: set[str]) -> bool:
    if pattern.step:
        return pattern.step in possible and any(_together(pattern, done) for done in protocol.steps[pattern.step].done)
    by = [step for step in protocol.steps.values() if any(done.fact == pattern.fact for done in step.done)]
    return not by or any(step.id in possible and any(_together(pattern, done) for done in step.done) for step in by)


def _together(pattern: Pattern, done: Pattern) -> bool:
    """Whether what a step is done by can have the values that a pattern asks for."""
    if pattern.fact and pattern.fact != done.fact:
        return False
    said = dict(done.where)
    return all(name not in said or set(values) & set(said[name]) for name, values in pattern.where)


def _unreachable(protocol: Protocol, possible: set[str]) -> Iterator[Flaw]:
    for step in protocol.steps.values():
        if step.id not in possible:
            what = "is never owed" if step.starts else "is never owed: nothing begins it, and no step needs it"
            yield Flaw(f"steps.{step.id}", what, "begin it by something that happens, or take it out")


def _circles(protocol: Protocol) -> Iterator[Flaw]:
    for circle in _cycles({step.id: list(step.before) for step in protocol.steps.values()}):
        yield Flaw(
            f"steps.{circle[0]}.after",
            f"waits for itself: {' -> '.join(circle)}",
            "take one of them out of needs or after",
        )
    follows = {step.id: _followers(protocol, step) for step in protocol.steps.values() if step.times is None}
    for circle in _cycles({name: [one for one in after if one in follows] for name, after in follows.items()}):
        what = f"begins itself again without an end: {' -> '.join(circle)}"
        yield Flaw(f"steps.{circle[0]}.starts", what, "say in one of them how often: times, and then what")


def _followers(protocol: Protocol, step: Step) -> list[str]:
    """The steps that begin when one is done, by whoever does it: what comes from outside ends by itself."""
    found = []
    for other in protocol.steps.values():
        for start in other.starts:
            by_step = start.step == step.id
            ours = bool(start.fact) and not (KINDS[start.fact].outside or KINDS[start.fact].reply)
            if by_step or (ours and any(_together(start, done) for done in step.done)):
                found.append(other.id)
    return found


def _cycles(arrows: dict[str, list[str]]) -> Iterator[list[str]]:
    """A circle through each part of a picture in which one can go round."""
    told: set[str] = set()
    for start in arrows:
        if start in told:
            continue
        left: list[list[str]] = [[start]]
        seen: set[str] = set()
        while left:
            path = left.pop(0)
            for after in arrows.get(path[-1], []):
                if after == start:
                    told.update(path)
                    yield [*path, start]
                    left = []
                    break
                if after not in seen:
                    seen.add(after)
                    left.append([*path, after])


def _dead_ends(protocol: Protocol, looked_at: LookedAt, advance: Callable[[int], None]) -> Iterator[Flaw]:
    told: set[str] = set()
    for place, step in enumerate(protocol.steps.values()):
        advance(1 if place else 0)
        try:
            found = looked_at(step.id)
        except TooMany:
            what = "depends on more than can be looked at"
            yield Flaw(f"steps.{step.id}", what, "let it come after fewer steps", serious=False)
            continue
        for file in found.dead_ends():
            stuck = file.standing[0].id
            if stuck not in told:
                told.add(stuck)
                path = ", then ".join(
                    dict.fromkeys(KINDS[fact.kind].meaning for fact in file.facts if fact.kind in KINDS)
                )
                yield Flaw(
                    f"steps.{stuck}",
                    f"can be owed so that nobody can do it: {path}",
                    "void it then, or let a gate pass it",
                )
        if step.id in found.owed - found.done - told:
            told.add(step.id)
            yield Flaw(f"steps.{step.id}", "is never done", "mend what it is done by, or what comes before it")


def _deadlines(protocol: Protocol) -> Iterator[Flaw]:
    for step in protocol.steps.values():
        where = f"steps.{step.id}.due"
        if step.due is None:
            yield Flaw(where, "is missing: nobody would ever know that it was forgotten", "give one", serious=False)
            continue
        for name in step.before:
            before = protocol.steps[name]
            if before.due and _later(before, step):
                what = f"comes before that of {name}, which has to be done first: {step.due.within} and {before.due.within}"
                yield Flaw(where, what, "give this one more time, or that one less")
        if step.due.within and step.ladder and -step.ladder[0].offset >= step.due.within.microseconds:
            yield Flaw(f"steps.{step.id}.late", "reminds before the step is owed", "remind later, or give more time")
        if step.due.of and not KINDS[step.due.of.fact].outside:
            by = [one.id for one in protocol.steps.values() if any(done.fact == step.due.of.fact for done in one.done)]
            if step.id in by:
                yield Flaw(where, "counts from what it is done by", "count from what comes before")
    pauses = protocol.pauses
    if pauses and pauses.in_all.microseconds < pauses.at_most.microseconds:
        what = f"is less than a single pause may take: {pauses.in_all} and {pauses.at_most}"
        yield Flaw("pauses.in_all", what, "give more time in all, or less each time")
    gates = [gate for gate in protocol.gates.values() if gate.at_most is not None]
    for gate in gates:
        for name in gate.waits_for:
            if protocol.steps[name].due is None:
                yield Flaw(
                    f"gates.{gate.id}", f"waits for {name}, which has no deadline", "give that one", serious=False
                )


def _later(before: Step, step: Step) -> bool:
    """Whether what comes first is due later, both counted from the same."""
    first, second = before.due, step.due
    if first is None or second is None or first.within is None or second.within is None or second.once_ready:
        return False
    same = first.of == second.of and (not before.starts or bool(set(before.starts) & set(step.starts)))
    if not same or (first.calendar != second.calendar and second.calendar != "always"):
        return False
    return first.within.microseconds > second.within.microseconds


def _roles(protocol: Protocol, held: Collection[str] | None) -> Iterator[Flaw]:
    used = set(protocol.closing.who)
    for step in protocol.steps.values():
        used.update(step.who, *(rung.roles for rung in step.ladder))
        if step.waiver:
            used.update(step.waiver.who, [step.waiver.second])
    for gate in protocol.gates.values():
        used.update(gate.who, [gate.then] if gate.then else [])
        if gate.override:
            used.update(gate.override.who, [gate.override.second])
    used.update(protocol.pauses.who if protocol.pauses else [])
    for role in protocol.roles:
        if role not in used:
            yield Flaw(f"roles.{role}", "has nothing to do", "take it out, or give it something", serious=False)
        elif held is not None and role not in held:
            yield Flaw(f"roles.{role}", "is nobody's", "give it to somebody, with kstep account grant")


def _custody(protocol: Protocol, looked_at: LookedAt) -> Iterator[Flaw]:
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
    if protocol.custody and not any(_ends_custody(protocol, step) for step in protocol.steps.values()):
        what = "can go on when its authority has ended, and nobody is told"
        mend = (
            "add a step that CustodyBegan starts, due: {at: expires}, done by PersonReleased, that escalates when due"
        )
        yield Flaw("custody", what, mend)


def _ungated(protocol: Protocol) -> Iterator[Flaw]:
    """That no act that takes liberty is without a gate that bars it, where custody is known at all; and that a claim of citizenship
    bars what hands somebody over or removes them.
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
        elif kind != "CustodyBegan" and not any(_asks_for_claims(protocol, gate) for gate in barring):
            what = "passes while a claim of citizenship is open"
            mend = "let a step that CitizenshipClaimed starts, whatever else is so, bar it"
            yield Flaw(f"gates.{barring[0].id}.barred_by", what, mend)


def _asks_for_claims(protocol: Protocol, gate: Gate) -> bool:
    steps = (protocol.steps[name] for name in gate.barred_by)
    return any(
        Pattern("CitizenshipClaimed") in one.starts and not (one.given or one.unless or one.times) for one in steps
    )


def _unconfirmed(protocol: Protocol) -> Iterator[Flaw]:
    """That nobody calls a person confirmed whom the confirming authority did not."""
    called = [step for step in protocol.steps.values() if any(one.fact == "DispositionGiven" for one in step.done)]
    if not any("confirmed" in step.outcomes for step in called):
        return
    for gate in protocol.gates.values():
        said = dict(gate.act.where)
        is_asked = (
            gate.act.fact == "DispositionGiven"
            and set(said) <= {"outcome"}
            and "confirmed" in said.get("outcome", ("confirmed",))
        )
        if is_asked and gate.needs and all(_is_positive(one) for one in gate.needs):
            return
    what = "can call a person confirmed whom no authority did"
    mend = (
        "add a gate with act: {fact: DispositionGiven, outcome: [confirmed]}, and needs a positive ConfirmationReceived"
    )
    yield Flaw(f"steps.{called[0].id}.outcomes", what, mend)


def _is_positive(need: Pattern) -> bool:
    return need.fact == "ConfirmationReceived" and dict(need.where).get("answer") == ("positive",)


def _apart(protocol: Protocol) -> Iterator[Flaw]:
    """That whatever two offices can answer otherwise, each without the other, is for somebody to decide."""
    conflicting = KINDS["AnswersConflict"].fields["kind"]
    begins = [one for step in protocol.steps.values() for one in step.starts if one.fact == "AnswersConflict"]
    for step in protocol.steps.values():
        for kind in dict.fromkeys(done.fact for done in step.done if done.fact in conflicting):
            if kind == "StepCompleted" and not step.outcomes:
                continue
            told = {"kind": kind, "of": step.id}
            if not any(all(told[name] in values for name, values in one.where if name in told) for one in begins):
                what = f"begins nothing where two offices that worked apart answered it otherwise ({kind})"
                yield Flaw(f"steps.{step.id}", what, f"let a step begin by {{fact: AnswersConflict, kind: [{kind}]}}")


def _ends_custody(protocol: Protocol, step: Step) -> bool:
    """Whether a step is owed whenever somebody is in custody, until they are released or there is a new authority; unless another
    takes over when the authority is lifted.
    """
    lifted = any(
        any(one.fact == "CustodyAuthorityEnded" for one in other.starts)
        and any(one.fact == "PersonReleased" and not one.where for one in other.done)
        and any(rung.escalates for rung in other.ladder)
        for other in protocol.steps.values()
    )
    bound = (step.given, step.unless, step.before, step.times, step.waiver)
    return (
        not any(bound)
        and set(step.void) <= ({Pattern("CustodyAuthorityEnded")} if lifted else set())
        and step.due == Deadline(at="expires")
        and any(one.fact == "CustodyBegan" and not one.where for one in step.starts)
        and any(one.fact == "PersonReleased" and not one.where for one in step.done)
        and {one.fact for one in step.done} <= {"PersonReleased", "CustodyAuthorityRenewed"}
        and any(rung.escalates and rung.offset <= 0 for rung in step.ladder)
    )


def _outlasts(protocol: Protocol, gate: Gate, looked_at: LookedAt) -> Iterator[Flaw]:
    """In every state of what a release waits for, the time to wait ends it, and what is not ours to hold up passes."""
    assert gate.at_most is not None
    end = gate.at_most.microseconds
    for name in gate.waits_for:
        try:
            found = looked_at(name)
        except TooMany:
            continue
        for file in found.files.values():
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


__all__ = ["Flaw", "lint"]
