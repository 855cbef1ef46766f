"""A model of what a protocol asks for, written from docs/protocol.md alone: slow, and plain enough to be checked by eye.

It shares nothing with the engine, not even the reading of the text. Time goes by minute after minute (in pieces
of a minute where something is recorded within one), and every clock of a step is a counter that runs down while the office is open.
Nothing here computes when something is due: it is late when its counter is empty. Moments are microseconds since 1970, UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from protocol.minutes_model import MINUTE, Countdown, Text, minute_of, read, span
from protocol.model_patterns import Patterns
from protocol.model_values import (
    LIBERTY,
    NAMING,
    OUTSIDE,
    About,
    Match,
    Owed,
    Recorded,
    Seen,
    Stand,
    Wrong,
    alike,
    permitted,
)


class Course(Patterns):
    """The course of a file under a protocol: `advance` lets time pass, `take` records the next fact."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.protocol, self.calendars = read(text)
        self.steps: Mapping[str, Text] = self.protocol["steps"]
        self.gates: Mapping[str, Text] = self.protocol.get("gates", {})
        self.ids: set[str] = set()
        self.owed: list[Owed] = []
        self.filed: dict[str, list[Recorded]] = {}
        self.overrides: list[Recorded] = []
        self.breaches: list[Wrong] = []
        self.closed = False

    # Time

    def advance(self, to: int) -> None:
        """Let time pass until a moment, before what is recorded in it."""
        if not self.facts:
            self.now = max(self.now, to)
        for one in self.owed:
            one.stopped_for += max(0, min(to, one.stopped_until) - self.now)
        running = [(one, one.clock) for one in self.owed if one.stands and one.clock and one.clock.due is None]
        calendars = {clock.calendar for _, clock in running}
        stops = sorted(one.stopped_until for one in self.owed if self.now < one.stopped_until < to)
        while self.now < to:
            end = min(to, (self.now // MINUTE + 1) * MINUTE, *stops[:1])
            if stops and end == stops[0]:
                del stops[0]
            shown = {calendar: minute_of(calendar, self.now) for calendar in calendars}
            for one, clock in running:
                if clock.due is None:
                    clock.run(self.now, end, one.stopped_until, shown[clock.calendar])
            self.now = end
        for one, clock in running:
            if clock.due is None:
                clock.run(to, to, one.stopped_until, minute_of(clock.calendar, to))

    def _set_clock(self, one: Owed) -> None:
        """From when the time of a step counts, if that is known yet."""
        due = self.steps[one.step].get("due")
        if due and "once" in due and one.clock and one.clock.due is None and self.waiting(one):
            one.clock = None
        if due is None or one.clock or one.fixed is not None:
            return
        if "once" in due:
            if not self.waiting(one):
                one.clock = Countdown(self.calendars[due.get("on", "always")], due["within"], self.now)
                one.clock.run(self.now, self.now, one.stopped_until, minute_of(one.clock.calendar, self.now))
            return
        if "at" in due:
            one.fixed = self._moment(one.saying, due["at"])
            return
        start: int | None = one.fact.recorded
        if "of" in due:
            same = self._matching(due["of"], one.about)
            before = [match for match in same if match.at <= one.fact.recorded]
            start = before[-1].at if before else same[0].at if same else None
        if start is not None:
            clock = one.clock = Countdown(self.calendars[due.get("on", "always")], due["within"], start)
            while start < self.now:  # what had passed before it was owed
                end = min(self.now, (start // MINUTE + 1) * MINUTE)
                if clock.due is None:
                    clock.run(start, end, 0, minute_of(clock.calendar, start))
                start = end
            if clock.due is None:
                clock.run(start, start, 0, minute_of(clock.calendar, start))

    # Facts

    def take(self, fact: Recorded) -> None:
        if fact.id in self.ids:
            return
        self.advance(fact.recorded)
        self.ids.add(fact.id)
        for gate in self.barring(fact):
            self._breach("gate not open", fact, gate)
        others = [
            name
            for name, gate in self.gates.items()
            if self._is(gate["act"], self._match(fact)) and gate.get("who") and not fact.roles & set(gate["who"])
        ]
        for gate in others:
            self._breach("wrong role", fact, gate, next(iter(fact.about.values()), ""))
        if others and fact.kind not in LIBERTY:
            return
        self.facts.append(fact)
        mine = self._match(fact)
        self.matches.append(mine)
        self._handle(fact)
        for one in [one for one in self.owed if one.stands and alike(one.about, fact.about)]:
            self._look(one, fact)
        self._settle(fact)
        self._start(mine, fact)
        for one in self.owed:
            if one.stands:
                self._set_clock(one)

    def _breach(self, kind: str, fact: Recorded, where: str, key: str = "") -> None:
        self.breaches.append(Wrong(kind, fact.recorded, where, key, fact.id))

    def _owed(self, names: Sequence[str], about: About) -> list[Owed]:
        return [one for one in self.owed if one.stands and one.step in names and alike(one.about, about)]

    def waiting(self, one: Owed) -> list[Owed]:
        """What comes before a step and is owed."""
        step = self.steps[one.step]
        return self._owed([*step.get("needs", []), *step.get("after", [])], one.about)

    def _look(self, one: Owed, fact: Recorded) -> None:
        step = self.steps[one.step]
        itself = self._match(fact)
        if any(self._is(pattern, itself) for pattern in step.get("void", [])):
            one.how, one.settled, one.by = "void", fact.recorded, fact
            return
        named = fact.says.get("step")
        answers = (
            fact.kind in {pattern["fact"] for pattern in step["done"]}
            and (step.get("per", "file") == "file" or step["per"] in fact.about)
            and (named == one.step if fact.kind in NAMING else named in (None, one.step))
        )
        if not answers or self._fails(step, itself):
            return
        wrong = list(self._wrong(one, step, fact))
        for kind in wrong:
            self._breach(kind, fact, one.step, one.key)
        if self.waiting(one):
            self._breach("out of order", fact, one.step, one.key)
        if not wrong:
            one.claims.append(fact)

    def _fails(self, step: Text, claim: Match) -> bool:
        said = claim.fact.says
        return (
            not any(self._is(pattern, claim) for pattern in step["done"])
            or any(not said.get(name) for name in step.get("states", []))
            or ("outcomes" in step and said.get("outcome") not in step["outcomes"])
        )

    def _wrong(self, one: Owed, step: Text, fact: Recorded) -> Iterator[str]:
        if fact.kind not in OUTSIDE:
            if not fact.roles & set(step["who"]):
                yield "wrong role"
            if not set(step.get("training", [])) <= fact.training:
                yield "untrained"
        not_by = step.get("not_by", [])
        did = any(
            other.how == "done"
            and other.step in not_by
            and alike(other.about, one.about)
            and other.by is not None
            and other.by.actor == fact.actor
            for other in self.owed
        ) or any(
            other.kind in NAMING
            and other.says.get("step") in not_by
            and alike(other.about, one.about)
            and other.actor == fact.actor
            for other in self.facts[:-1]
        )
        others = [other for other in self.facts[:-1] if fact.actor in (other.actor, other.second)]
        if step.get("per") == "redress":  # work about requests for redress is no other work
            others = [other for other in others if not self._is_redress(other)]
        if did or ("everybody" in not_by and others) or fact.roles & set(step.get("not_of", [])):
            yield "not independent"
        if any(
            shown.kind == "AnswerShown"
            and shown.actor == fact.actor
            and shown.says.get("step") in step.get("blind_to", [])
            and alike(shown.about, fact.about)
            for shown in self.facts[:-1]
        ):
            yield "had seen the first answer"

    def _is_redress(self, fact: Recorded) -> bool:
        named = self.steps.get(fact.says.get("step", ""), {"per": "redress"})
        return list(fact.about) == ["redress"] and named.get("per", "file") == "redress"

    def _put_to(self, claim: Recorded, step: Text) -> Iterator[str]:
        """The kinds of evidence that were put to a claim by whoever made it, or who may do the step."""
        for fact in self.filed.get(claim.id, []):
            if fact.actor == claim.actor or fact.roles & set(step.get("who", [])):
                yield fact.says["kind"]

    def _settle(self, fact: Recorded) -> None:
        while True:
            for one in self.owed:
                step = self.steps[one.step]
                if not one.stands or self.waiting(one):
                    continue
                whole = [
                    claim
                    for claim in one.claims
                    if set(step.get("evidence", [])) <= {*claim.evidence, *self._put_to(claim, step)}
                ]
                if whole:
                    one.how, one.settled, one.by = "done", fact.recorded, whole[0]
                    done = Match(one.step, one.about, whole[0], fact.recorded, True, len(self.matches))
                    self.matches.append(done)
                    self._start(done, fact)
                    break
            else:
                return

    def _start(self, match: Match, fact: Recorded) -> None:
        """What begins by a fact, or by what was done: by the fact that did it, at the moment at which it was known."""
        for name, step in self.steps.items():
            if any(self._is(pattern, match) for pattern in step.get("starts", [])):
                self._begin(name, fact, match.fact, {**match.about, **match.fact.about})

    def _begin(
        self,
        name: str,
        fact: Recorded,
        saying: Recorded,
        about: About,
        needed: bool = False,
        passed: tuple[str, ...] = (),
    ) -> None:
        step = self.steps[name]
        per = step.get("per", "file")
        key = "" if per == "file" else about.get(per, "")
        mine: About = {} if per == "file" else dict(about)
        if per == "pairing":
            mine = {key: value for key, value in about.items() if key != "referral"}
        if any(one.stands for one in self.owed if (one.step, one.key) == (name, key)):
            return
        given, unless = step.get("given", []), step.get("unless", [])
        is_so = all(self._holds(one, mine) for one in given) and not any(self._holds(one, mine) for one in unless)
        if not needed and not is_so:
            return
        number = 1 + sum((one.step, one.key) == (name, key) for one in self.owed)
        if number > int(step.get("times", number)):
            then = step.get("then")
            if then and then not in passed:
                self._begin(then, fact, saying, about, needed, (*passed, name))
            return
        self.closed = False
        self.owed.append(Owed(name, key, number, mine, fact, saying))
        for before in step.get("needs", []):
            is_known = self.steps[before].get("per", "file") in ("file", *about)
            if is_known and not any(other.step == before and alike(other.about, mine) for other in self.owed):
                self._begin(before, fact, saying, about, needed=True)

    # Handling

    def _handle(self, fact: Recorded) -> None:
        said = fact.says
        named = self.steps.get(said.get("step", ""), {})
        addressed = self._addressed(fact)
        if fact.kind == "EvidenceFiled":
            if said.get("kind", "") in fact.evidence:
                self.filed.setdefault(said.get("fact", ""), []).append(fact)
        elif fact.kind == "StepWaived" and addressed:
            if permitted(named.get("waiver"), fact):
                addressed.how, addressed.settled, addressed.by = "waived", fact.recorded, fact
            else:
                self._breach("waiver not permitted", fact, addressed.step, addressed.key)
        elif fact.kind == "ClockPaused" and addressed:
            pauses = self.protocol.get("pauses")
            left = span(pauses["in_all"]) - addressed.stopped_for if pauses else 0
            if pauses and addressed.step in pauses["steps"] and permitted(pauses, fact) and left > 0:
                until = fact.recorded + min(span(pauses["at_most"]), left)
                addressed.stopped_until = max(addressed.stopped_until, until)
            else:
                self._breach("pause not permitted", fact, addressed.step, addressed.key)
        elif fact.kind == "ClockResumed" and addressed:
            addressed.stopped_until = min(addressed.stopped_until, fact.recorded)
        elif fact.kind == "GateOverridden" and said.get("gate") in self.gates:
            if permitted(self.gates.get(said.get("gate", ""), {}).get("override"), fact):
                self.overrides.append(fact)
            else:
                self._breach("override not permitted", fact, said.get("gate", ""))
        elif fact.kind == "FileClosed":
            is_wrong = not fact.roles & set(self.protocol["closing"]["who"])
            is_early = any(one.stands for one in self.owed)
            if is_wrong:
                self._breach("wrong role", fact, "closing")
            if is_early:
                self._breach("closed too early", fact, "closing")
            self.closed = self.closed or not (is_wrong or is_early)

    def _addressed(self, fact: Recorded) -> Owed | None:
        """What a waiver or a pause is for."""
        step = fact.says.get("step", "")
        per = self.steps.get(step, {}).get("per", "file")
        return next(iter(self._owed([step], fact.about)), None) if per in ("file", *fact.about) else None

    # Gates

    def barring(self, fact: Recorded) -> list[str]:
        """The gates through which an act does not pass as they stand."""
        act, found = self._match(fact), []
        for name, gate in self.gates.items():
            if self._is(gate["act"], act):
                way = self.stand(name, fact.about).way
                decides = way == "somebody decides" and gate.get("then") in fact.roles
                if way not in ("open", "overridden") and not decides:
                    found.append(name)
        return found

    def stand(self, name: str, about: About) -> Stand:
        gate = self.gates[name]
        acts = self._matching(gate["act"], about)
        places = {id(fact): place for place, fact in enumerate(self.facts)}
        last = places[id(acts[-1].fact)] if acts else -1
        asked = [match.fact for match in self._matching(gate["asked_by"], about)] if "asked_by" in gate else []
        asked = [fact for fact in asked if places[id(fact)] > last]
        since = asked[0].recorded if asked else None
        until = since + span(gate["at_most"]) if since is not None else None

        def way() -> str:
            if any(
                all(places[id(act.fact)] < places[id(fact)] for act in self._matching(gate["act"], fact.about))
                for fact in self.overrides
                if fact.says["gate"] == name and alike(fact.about, about)
            ):
                return "overridden"
            needs = gate.get("needs", [])
            if any(self._holds(found, about) for found in gate.get("barred_if", [])):
                return "barred"
            if self._owed(gate.get("barred_by", []), about) or (
                needs and not any(self._holds(need, about) for need in needs)
            ):
                return "barred"
            if not self._owed(gate.get("waits_for", []), about):
                return "open"
            return "somebody decides" if until is not None and until <= self.now else "waits"

        stands = way()
        return Stand(name, stands, since, until) if stands in ("waits", "somebody decides") else Stand(name, stands)

    # What is asked of it

    def seen(self) -> Seen:
        """How the file stands now."""
        late = [one for one in self.owed if one.is_late(self.now)]
        wrong = [Wrong("late", one.due, one.step, one.key, one.fact.id) for one in late if one.due is not None]
        owed = {(one.step, one.key, one.number): (self._state(one), one.due, one.settled) for one in self.owed}
        return Seen(self.now, self._file(), owed, (*self.breaches, *wrong), tuple(self.asked()))

    def _state(self, one: Owed) -> str:
        if one.stands:
            return "late" if one.is_late(self.now) else "not yet" if self.waiting(one) else "open"
        return "known late" if one.how == "done" and one.is_late(self.now) else one.how

    def asked(self) -> list[Stand]:
        """How the gates stand for what was asked for and has not been, once for each thing that it was asked for."""
        found: list[Stand] = []
        for name, gate in self.gates.items():
            asked: list[About] = []
            for match in self.matches if "asked_by" in gate else ():
                if self._is(gate["act"], match):
                    asked = [about for about in asked if not alike(about, match.about)]
                elif self._is(gate["asked_by"], match) and match.about not in asked:
                    asked.append(match.about)
            found += [self.stand(name, about) for about in asked]
        return found

    def _file(self) -> str:
        if self.closed:
            return "closed"
        if not self.owed:
            return "empty"
        return "pending" if any(one.stands for one in self.owed) else "to close"


__all__ = ["Course"]
