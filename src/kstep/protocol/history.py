"""What follows from the facts of a file, one after another: what is owed, what is settled, what was done against the protocol.

Total: any fact can come at any moment. What makes no sense changes nothing; what is not allowed is a breach and does not count.
Nothing here knows what time it is; deadlines are for `decide`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kstep.protocol import acts
from kstep.protocol.breaches import Breach, BreachKind
from kstep.protocol.facts import FILE, KINDS, Fact
from kstep.protocol.gates import is_nobodys, judge_act
from kstep.protocol.matching import agree, any_holds, holds, matches_any, matches_step, moment_of
from kstep.protocol.obligations import Owed, Settled, about_of
from kstep.protocol.protocol import Protocol, Step

AUTHORITIES = ("CustodyAuthorityIssued", "CustodyAuthorityRenewed")
"""What permits custody."""

_NUMBER = re.compile("[0-9]{1,18}")


class History:
    """A file as it stands after some facts."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.facts: list[Fact] = []
        self.owed: list[Owed] = []
        self.done: list[Owed] = []
        self.breaches: list[Breach] = []
        self.overrides: list[Fact] = []
        self.filed: dict[str, tuple[Fact, ...]] = {}
        self.fired: dict[tuple[str, str, int], frozenset[int]] = {}
        self.closed: Fact | None = None

    @classmethod
    def of(cls, protocol: Protocol, facts: Iterable[Fact]) -> History:
        """A file after these facts, in whatever order they are given; of several with one id, the first recorded counts."""
        made = cls(protocol)
        counted: dict[str, Fact] = {}
        for fact in sorted(facts, key=lambda fact: fact.order):
            counted.setdefault(fact.id, fact)
        for fact in counted.values():
            made.take(fact)
        return made

    def copy(self) -> History:
        """Another that goes on from here by itself."""
        made = History(self.protocol)
        made.facts, made.owed, made.done = self.facts[:], self.owed[:], self.done[:]
        made.breaches, made.overrides = self.breaches[:], self.overrides[:]
        made.filed, made.fired, made.closed = dict(self.filed), dict(self.fired), self.closed
        return made

    @property
    def standing(self) -> list[Owed]:
        """What is owed and not settled."""
        return [one for one in self.owed if one.settled is None]

    def take(self, fact: Fact) -> None:
        """Let another fact follow on those before."""
        fact = self._within_its_authority(fact)
        if fact.kind in KINDS:
            broken = judge_act(self, fact)
            self.breaches += broken
            if is_nobodys(fact, broken):
                return
        self.facts.append(fact)
        match fact.kind:
            case "EvidenceFiled":
                of = fact.says.get("fact", "")
                self.filed[of] = (*self.filed.get(of, ()), fact)
            case "StepWaived":
                self._waive(fact)
            case "ClockPaused" | "ClockResumed":
                self._pause(fact)
            case "GateOverridden":
                self._override(fact)
            case "RungFired":
                self._fire(fact)
            case "FileClosed":
                self._close(fact)
        before = self.standing
        for one in before:
            if matches_any(one.step.void, fact) and agree(one.about, fact.about):
                self._settle(one, Settled.VOID, fact, fact)
            elif acts.answers(one, fact):
                self._claim(one, fact)
        self._settle_what_is_claimed(fact)
        self._begin(fact)

    def _within_its_authority(self, fact: Fact) -> Fact:
        """A fact about custody; it expires no later than its kind of authority lasts, nor than the authorities that hold then: at
        once, if it is an authority of no kind that is declared, or if none holds.
        """
        if fact.kind not in (*AUTHORITIES, "CustodyBegan"):
            return fact
        ends = [moment_of(fact, "expires")]
        kind = self.protocol.custody.get(fact.says.get("authority", ""))
        if kind is not None:
            ends.append(fact.recorded + kind.lasts.microseconds)
        elif self.protocol.custody and fact.kind in AUTHORITIES:
            ends.append(fact.recorded)
        if fact.kind == "CustodyBegan":
            ends.append(self._last_end(fact))
        return fact if min(ends) == ends[0] else replace(fact, says={**fact.says, "expires": str(min(ends))})

    def _last_end(self, fact: Fact) -> int:
        """When the last authority ends that holds when custody begins; at once, if there is none."""
        ends: list[int] = []
        for other in self.facts:
            if agree(other.about, fact.about):
                if other.kind in AUTHORITIES:
                    ends.append(moment_of(other, "expires"))
                elif other.kind == "CustodyAuthorityEnded":
                    ends = []
        return max([fact.recorded, *ends])

    def _begin(self, fact: Fact) -> None:
        for step in self.protocol.steps.values():
            if matches_any(step.starts, fact):
                self._owe(step, fact, fact.about)

    def _owe(
        self,
        step: Step,
        fact: Fact,
        about: Mapping[str, str],
        *,
        needed: bool = False,
        by: Fact | None = None,
        instead_of: tuple[str, ...] = (),
    ) -> None:
        key, held = about_of(step, about)
        same = [one for one in self.owed if one.id == step.id and one.key == key]
        if same and (needed or same[-1].settled is None):
            return
        if not needed and not self._may_begin(step, held, fact.recorded):
            return
        if step.times is not None and len(same) >= step.times:
            if step.then and step.then not in instead_of:
                then = self.protocol.steps[step.then]
                self._owe(then, fact, about, by=by, instead_of=(*instead_of, step.id))
            return
        self.owed.append(Owed(step, key, len(same) + 1, fact, held, said_by=by))
        self.closed = None
        for name in step.needs:
            before = self.protocol.steps[name]
            if (before.per == FILE or before.per in about) and not self._related(before, held):
                self._owe(before, fact, about, needed=True, by=by)

    def _may_begin(self, step: Step, about: Mapping[str, str], now: int) -> bool:
        """Whether all holds that has to when a step begins, and nothing that may not."""
        given = all(holds(one, self.facts, self.done, about, now) for one in step.given)
        return given and not any_holds(step.unless, self.facts, self.done, about, now)

    def _related(self, step: Step, about: Mapping[str, str]) -> list[Owed]:
        return [one for one in self.owed if one.id == step.id and agree(one.about, about)]

    def waits_for(self, one: Owed) -> list[Owed]:
        """What has to be settled before something that is owed can be."""
        return [before for before in self.comes_before(one) if before.settled is None]

    def comes_before(self, one: Owed) -> list[Owed]:
        """What comes before something that is owed, settled or not."""
        return [before for name in one.step.before for before in self._related(self.protocol.steps[name], one.about)]

    def _claim(self, one: Owed, fact: Fact) -> None:
        if not acts.does(one.step, fact):
            self._replace(one, failed=fact)
            return
        found = acts.judge(self, one, fact)
        self.breaches += found
        if all(breach.kind is BreachKind.OUT_OF_ORDER for breach in found):
            self._replace(one, claims=(*one.claims, fact))

    def _settle_what_is_claimed(self, fact: Fact) -> None:
        """Of several steps that can be done now, the one that began first is: it may let an earlier one be done before the next."""
        while found := next(self._can_be_done(), None):
            done = self._settle(found[0], Settled.DONE, found[1], fact)
            self.follow(done, fact)

    def _can_be_done(self) -> Iterator[tuple[Owed, Fact]]:
        for one in self.standing:
            claim = next((claim for claim in one.claims if not self.missing(one, claim)), None)
            if claim is not None and not self.waits_for(one):
                yield one, claim

    def missing(self, one: Owed, claim: Fact) -> list[str]:
        """The kinds of evidence that a claim to have done a step lacks: neither it brought them, nor somebody who may."""
        filed = [fact for fact in self.filed.get(claim.id, ()) if acts.may_file(one.step, fact, claim)]
        there = {*claim.evidence, *(fact.says.get("kind", "") for fact in filed)}
        return [kind for kind in one.step.evidence if kind not in there]

    def follow(self, done: Owed, fact: Fact) -> None:
        """Begin what a step begins that was done last."""
        about = {**done.about, **(done.by.about if done.by else {})}
        for step in self.protocol.steps.values():
            for pattern in step.starts:
                if pattern.step == done.id and matches_step(pattern, done, self.done[:-1]):
                    self._owe(step, fact, about, by=done.by)
                    break

    def _settle(self, one: Owed, how: Settled, by: Fact, fact: Fact) -> Owed:
        settled = self._replace(one, settled=how, by=by, at=fact.recorded)
        if how is Settled.DONE:
            self.done.append(settled)
        return settled

    def _replace(self, one: Owed, **changes: object) -> Owed:
        place = next(place for place, held in enumerate(self.owed) if held.name == one.name)
        self.owed[place] = replace(self.owed[place], **changes)  # type: ignore[arg-type]
        return self.owed[place]

    def _addressed(self, fact: Fact) -> Owed | None:
        named = (one for one in self.standing if one.id == fact.says.get("step") and agree(one.about, fact.about))
        return next((one for one in named if one.step.per == FILE or one.step.per in fact.about), None)

    def _waive(self, fact: Fact) -> None:
        one = self._addressed(fact)
        if one is None:
            return
        why = acts.refused(one.step.waiver, fact)
        if why:
            self.breaches.append(Breach(BreachKind.WAIVER, fact.recorded, one.id, one.key, fact.id, why))
        else:
            self._settle(one, Settled.WAIVED, fact, fact)

    def _pause(self, fact: Fact) -> None:
        one = self._addressed(fact)
        if one is None:
            return
        if fact.kind == "ClockResumed":
            ended = tuple((start, min(end, max(start, fact.recorded))) for start, end in one.pauses)
            self._replace(one, pauses=ended)
            return
        rule = self.protocol.pauses
        why = acts.pause_refused(rule, one, fact)
        if why or rule is None:
            self.breaches.append(Breach(BreachKind.PAUSE, fact.recorded, one.id, one.key, fact.id, why))
        else:
            left = rule.in_all.microseconds - one.stopped_for(fact.recorded)
            until = fact.recorded + min(rule.at_most.microseconds, left)
            self._replace(one, pauses=(*one.pauses, (fact.recorded, until)))

    def _override(self, fact: Fact) -> None:
        gate = self.protocol.gates.get(fact.says.get("gate", ""))
        if gate is None:
            return
        why = acts.refused(gate.override, fact)
        if why:
            self.breaches.append(Breach(BreachKind.OVERRIDE, fact.recorded, gate.id, "", fact.id, why))
        else:
            self.overrides.append(fact)

    def _fire(self, fact: Fact) -> None:
        number, offset = fact.says.get("number", ""), fact.says.get("rung", "")
        if not (_NUMBER.fullmatch(number) and _NUMBER.fullmatch(offset.removeprefix("-"))):
            return
        name = (fact.says.get("step", ""), fact.says.get("key", ""), int(number))
        self.fired[name] = self.fired.get(name, frozenset()) | {int(offset)}

    def _close(self, fact: Fact) -> None:
        rule, found = self.protocol.closing, []
        if not fact.roles.intersection(rule.who):
            found.append((BreachKind.WRONG_ROLE, acts.not_of(rule.who)))
        if self.standing:
            left = ", ".join(dict.fromkeys(one.id for one in self.standing))
            found.append((BreachKind.CLOSED_EARLY, f"still owed: {left}"))
        self.breaches += [Breach(kind, fact.recorded, "closing", "", fact.id, why) for kind, why in found]
        if not found:
            self.closed = fact


__all__ = ["AUTHORITIES", "History"]
