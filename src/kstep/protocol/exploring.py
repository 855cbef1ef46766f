"""Every state that a step can come to, found by trying everything that can happen in each.

A step is looked at together with what its being done depends on: the steps before it, and those that bar it. Everything
else may have happened or not, in any order: so what can be in the whole protocol is among what is looked at. A state is what is
owed and settled, what came of it where that is compared, and which conditions hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from kstep.protocol.acts import answers
from kstep.protocol.breaches import BreachKind
from kstep.protocol.facts import KINDS, Fact
from kstep.protocol.history import AUTHORITIES, History
from kstep.protocol.matching import holds, matches, outcome, says
from kstep.protocol.obligations import Owed, Settled, about_of
from kstep.protocol.protocol import Pattern, Protocol, Step

FAR = str(253_402_300_799_000_000)
"""A moment after every other."""

MOST_STATES = 50_000

Signature = tuple[object, ...]


class TooMany(Exception):
    """A step depends on so much that its states are too many to look at."""


@dataclass
class Explored:
    """The states of a step and what it depends on: a file for each, the states that follow by what people owe, and those in which
    nothing is owed; the steps that are owed, and done, anywhere.
    """

    files: dict[Signature, History] = field(default_factory=dict)
    by_acts: dict[Signature, set[Signature]] = field(default_factory=dict)
    quiet: set[Signature] = field(default_factory=set)
    owed: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)

    def dead_ends(self) -> list[History]:
        """Files in which something is owed that nobody can ever do, those soonest come to first."""
        backward: dict[Signature, set[Signature]] = {}
        for state, following in self.by_acts.items():
            for after in following:
                backward.setdefault(after, set()).add(state)
        good, left = set(self.quiet), list(self.quiet)
        while left:
            for before in backward.get(left.pop(), ()):
                if before not in good:
                    good.add(before)
                    left.append(before)
        return [file for state, file in self.files.items() if state not in good]


def group_of(protocol: Protocol, step: str) -> Protocol:
    """The part of a protocol on which it depends whether a step can be done. What a gate waits for is left out: time opens that.
    So is whoever may not do a step for a role of theirs: there are others.
    """
    found: dict[str, Step] = {}
    gates, left = {}, [step]
    while left:
        one = protocol.steps[left.pop()]
        if one.id in found:
            continue
        found[one.id] = one
        left += one.before
        for gate in protocol.gates.values():
            if any(_can_be(gate.act, done) for done in one.done):
                gates[gate.id] = replace(gate, asked_by=None, waits_for=(), at_most=None, then="")
                left += gate.barred_by
    in_order = {name: replace(one, then="", not_of=()) for name, one in protocol.steps.items() if name in found}
    return replace(protocol, steps=in_order, gates=gates)


def _can_be(one: Pattern, other: Pattern) -> bool:
    """Whether a fact can match both."""
    if one.fact != other.fact:
        return False
    others = dict(other.where)
    return all(set(values) & set(others.get(name, values)) for name, values in one.where)


def explore(protocol: Protocol, step: str) -> Explored:
    """All states of a step and what it depends on. Raises `TooMany`."""
    trying = Trying(protocol, group_of(protocol, step))
    first = History(trying.part)
    found = Explored({trying.signature(first): first})
    left = list(found.files)
    while left:
        following: list[Signature] = []
        for state in left:
            file = found.files[state]
            found.by_acts[state] = set()
            if not file.standing:
                found.quiet.add(state)
            for after, is_act in trying.following(file):
                found.owed.update(one.id for one in after.owed)
                found.done.update(one.id for one in after.done)
                signature = trying.signature(after)
                if is_act:
                    found.by_acts[state].add(signature)
                if signature not in found.files:
                    found.files[signature] = after
                    following.append(signature)
        if len(found.files) > MOST_STATES:
            raise TooMany
        left = following
    return found


class Trying:
    """What can be tried in the files of a part of a protocol."""

    def __init__(self, whole: Protocol, part: Protocol) -> None:
        self.part = part
        self.patterns = list(_patterns(part))
        self.conditions = [one for step in part.steps.values() for one in (*step.given, *step.unless)]
        self.conditions += [one for gate in part.gates.values() for one in (*gate.needs, *gate.barred_if)]
        self.roles = frozenset(part.roles)
        self.training = frozenset(course for step in part.steps.values() for course in step.training)
        self.evidence = tuple(sorted({one for step in part.steps.values() for one in step.evidence}))
        self.stated = {name for step in part.steps.values() for name in step.states}
        self.compared = sorted(
            {name for one in self.patterns for name in (one.agrees_with, one.disagrees_with) if name}
        )
        named = {name for one in self.patterns for name in (one.step, one.agrees_with, one.disagrees_with) if name}
        outside = [whole.steps[name] for name in sorted(named) if name not in part.steps]
        self.outside = [(step, kind) for step in outside for kind in self._does(step)]
        begins = {
            one.fact for step in part.steps.values() for one in (*step.starts, *step.void, *step.given, *step.unless)
        }
        begins |= {one.fact for one in self.patterns if one in self.conditions or _is_ending(one, self.conditions)}
        moves = list(self._moves())
        self.happens = [(kind, said) for kind, said in moves if kind in begins]
        does = {one.fact for step in part.steps.values() for one in step.done}
        self.does = [(kind, said) for kind, said in moves if kind in does]

    def following(self, file: History) -> Iterator[tuple[History, bool]]:
        """The files to which something leads that can happen, and whether it is something that somebody owes."""
        for kind, said in self.happens:
            after = file.copy()
            after.take(self._fact(file, kind, said))
            yield after, False
        for step, kind in self.outside:
            yield from ((after, False) for after in self._done_outside(file, step, kind))
        for fact in self._acts(file):
            after = file.copy()
            after.take(fact)
            new = after.breaches[len(file.breaches) :]
            if all(one.kind is BreachKind.OUT_OF_ORDER for one in new):
                yield after, True

    def _acts(self, file: History) -> Iterator[Fact]:
        standing = file.standing
        for kind, said in self.does:
            named: Iterable[Mapping[str, str]] = [said]
            if KINDS[kind].answers:
                named = [{**said, "step": one.id} for one in standing]
            for one in named:
                fact = self._fact(file, kind, one)
                if any(answers(owed, fact) for owed in standing):
                    yield fact
        for owed in standing:
            if owed.step.waiver:
                yield self._fact(file, "StepWaived", {"step": owed.id, "ground": owed.step.waiver.grounds[0]})

    def _moves(self) -> Iterator[tuple[str, dict[str, str]]]:
        """The facts that can make a difference: of those that nothing here tells apart, one."""
        for kind in dict.fromkeys(one.fact for one in self.patterns if one.fact):
            seen = set()
            for said in self._ways(kind, [one for one in self.patterns if kind in self._kinds(one)]):
                fact = Fact("", kind, 0, says=said)
                told = tuple(matches(one, fact) if one.fact else says(one, fact) for one in self.patterns)
                outcomes = tuple(said.get("outcome") in step.outcomes for step in self.part.steps.values())
                difference = (told, outcomes, said.get("outcome") if self.compared else "")
                if difference not in seen:
                    seen.add(difference)
                    yield kind, said

    def _kinds(self, pattern: Pattern) -> list[str]:
        if pattern.fact:
            return [pattern.fact]
        return [one.fact for one in self.part.steps[pattern.step].done] if pattern.step in self.part.steps else []

    def _ways(self, kind: str, patterns: Iterable[Pattern], outcomes: Iterable[str] = ()) -> Iterator[dict[str, str]]:
        """What a fact of a kind can say, as far as these patterns ask for it."""
        asked: dict[str, set[str]] = {}
        for pattern in patterns:
            for name, values in pattern.where:
                asked.setdefault(name, set()).update(values)
        can_come = set(outcomes) or {one for step in self._done_by(kind) for one in step.outcomes}
        if can_come:
            asked.setdefault("outcome", set()).update(can_come)
        fields = KINDS[kind].fields
        for name in asked:
            asked[name] |= set(fields.get(name, ())) or ({"something else"} if not can_come else set())
        names = sorted(asked)
        always = {name: FAR if name == "expires" else "said" for name in {*fields, *self.stated}}
        if kind in AUTHORITIES and self.part.custody:
            always["authority"] = max(self.part.custody, key=lambda name: self.part.custody[name].lasts.microseconds)
        for values in product(*(sorted(asked[name]) for name in names)):
            yield always | dict(zip(names, values, strict=True))

    def _done_by(self, kind: str) -> Iterator[Step]:
        for step in self.part.steps.values():
            if any(one.fact == kind for one in step.done):
                yield step

    def _does(self, step: Step) -> list[str]:
        """The kinds of facts that do a step: one that no condition asks for, as what is asked for happens anyhow; if there is none,
        all of them.
        """
        asked = {one.fact for condition in self.conditions for one in _with_endings(condition)}
        kinds = list(dict.fromkeys(done.fact for done in step.done))
        return [kind for kind in kinds if kind not in asked][:1] or kinds

    def _done_outside(self, file: History, step: Step, kind: str) -> Iterator[History]:
        """The files in which a step that is not looked at itself was done by a kind of fact, with all that can come of it."""
        asking = [one for one in self.patterns if one.step == step.id]
        for said in self._ways(kind, asking, step.outcomes):
            fact = self._fact(file, kind, said)
            key, about = about_of(step, fact.about)
            after = file.copy()
            after.facts.append(fact)
            done = Owed(step, key, len(file.facts), fact, about, settled=Settled.DONE, by=fact, at=fact.recorded)
            after.done.append(done)
            after.follow(done, fact)
            yield after

    def _fact(self, file: History, kind: str, said: Mapping[str, str]) -> Fact:
        number = len(file.facts) + 1
        about = KINDS[kind].about if kind in KINDS else KINDS["StepCompleted"].about
        return Fact(
            id=f"{number:06}", kind=kind, recorded=number, actor=f"person {number}", roles=self.roles, training=self.training,
            second=f"second of {number}", second_roles=self.roles, about=dict.fromkeys(about, "1"), says=said,
            evidence=self.evidence,
        )  # fmt: skip

    def signature(self, file: History) -> Signature:
        """What of a file decides what can follow."""
        told: list[object] = [holds(one, file.facts, file.done, {}, len(file.facts)) for one in self.conditions]
        last = {one.id: one for one in file.owed}
        times = Counter(one.id for one in file.owed)
        for name, step in self.part.steps.items():
            standing = name in last and last[name].settled is None
            told.append((min(times[name], step.times or 1), standing, standing and bool(last[name].claims)))
        for name in self.compared:
            done = [one for one in file.done if one.id == name]
            told.append(outcome(done[-1]) if done else None)
        return tuple(told)


def _patterns(part: Protocol) -> Iterator[Pattern]:
    for step in part.steps.values():
        for pattern in (*step.starts, *step.given, *step.unless, *step.done, *step.void):
            yield from _with_endings(pattern)
    for gate in part.gates.values():
        for pattern in (gate.act, *gate.needs, *gate.barred_if, *([gate.asked_by] if gate.asked_by else [])):
            yield from _with_endings(pattern)


def _with_endings(pattern: Pattern) -> Iterator[Pattern]:
    yield pattern
    for ending in pattern.until:
        yield from _with_endings(ending)


def _is_ending(pattern: Pattern, conditions: Sequence[Pattern]) -> bool:
    return any(pattern in list(_with_endings(one))[1:] for one in conditions)


__all__ = ["MOST_STATES", "Explored", "TooMany", "Trying", "explore", "group_of"]
