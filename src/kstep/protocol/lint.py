"""What is wrong with a protocol that can be read: steps that never come, states nobody can leave, circles, deadlines that
contradict each other, roles that nobody has, and whatever could outlast an authority for custody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache

from kstep.protocol.exploring import Explored, TooMany, explore, group_of
from kstep.protocol.facts import KINDS
from kstep.protocol.flaws import Flaw
from kstep.protocol.liberty import LookedAt, custody, ungated
from kstep.protocol.protocol import Pattern, Protocol, Step


def lint(
    protocol: Protocol, held: Collection[str] | None = None, advance: Callable[[int], None] = lambda more: None
) -> list[Flaw]:
    """What is wrong with a protocol; `held` are the roles that somebody has, if that is known. `advance` is told of each step that
    was looked at in every state, which takes nearly all of the time: of one protocol it is done once.
    """
    if protocol.hash not in _FOUND:
        _FOUND[protocol.hash] = _flaws(protocol, advance)
    return [*_FOUND[protocol.hash], *_roles(protocol, held)]


_FOUND: dict[str, Sequence[Flaw]] = {}
"""What was found in protocols, by their hashes, whoever has which role."""


def _flaws(protocol: Protocol, advance: Callable[[int], None]) -> Sequence[Flaw]:
    possible = _possible(protocol)

    @cache
    def looked_at(step: str) -> Explored | None:
        try:
            return explore(protocol, step)
        except TooMany:
            return None

    return [
        *_unreachable(protocol, possible), *_circles(protocol), *_dead_ends(protocol, looked_at, advance),
        *_forbidden(protocol, possible, looked_at), *_deadlines(protocol), *custody(protocol, looked_at), *ungated(protocol),
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
        found = looked_at(step.id)
        if found is None:
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


def _forbidden(protocol: Protocol, possible: set[str], looked_at: LookedAt) -> Iterator[Flaw]:
    """That in some state each step begins for which there is a beginning. Nothing is said of what hangs together with a step that
    begins instead of another, or unless something that lapses holds: neither is looked at.
    """
    instead = {step.then for step in protocol.steps.values()}
    can_be_owed: set[str] = set()
    for name in protocol.steps:
        together, found = group_of(protocol, name).steps, looked_at(name)
        is_partly = any(
            one.id in instead or any(condition.while_before for condition in one.unless) for one in together.values()
        )
        can_be_owed.update(together if found is None or is_partly else found.owed)
    for step in protocol.steps.values():
        if step.id not in possible or step.id in can_be_owed:
            continue
        if step.given or step.unless:
            what, mend = "whatever begins it, given or unless forbids it", "mend these conditions, or take it out"
        else:
            what, mend = "nothing that begins it can come", "mend that, or take it out"
        yield Flaw(f"steps.{step.id}", f"is never owed: {what}", mend)


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
        for before in protocol.steps.values():
            if step.id in _followers(protocol, before) and _no_later(before, step):
                what = (
                    f"can have passed when it begins: {before.id}, which begins it, has {before.due and before.due.within} "
                    f"from the same, and this {step.due.within}"
                )
                yield Flaw(where, what, "give this one more time, or that one less")
        if step.due.within and step.ladder and -step.ladder[0].offset >= step.due.within.microseconds:
            yield Flaw(f"steps.{step.id}.late", "reminds before the step is owed", "remind later, or give more time")
        if all(rung.offset < 0 for rung in step.ladder):
            what, mend = "tells nobody when the deadline passes", "add {at: when due, escalate: [role]}"
            yield Flaw(f"steps.{step.id}.late", what, mend, serious=False)
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


def _no_later(before: Step, step: Step) -> bool:
    """Whether a step that begins when another was done is due no later than that one, both counted from the same fact."""
    first, second = before.due, step.due
    if first is None or second is None or first.within is None or second.within is None or second.of is None:
        return False
    since = second.of
    same = first.of == since or (
        first.of is None and not first.once_ready and any(_together(since, one) for one in before.starts)
    )
    anew = any(_together(since, one) for one in before.done)
    if not same or anew or (first.calendar != second.calendar and second.calendar != "always"):
        return False
    return second.within.microseconds <= first.within.microseconds


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


__all__ = ["Flaw", "lint"]
