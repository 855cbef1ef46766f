"""Random facts for a file: most of them what is owed, or would be but for one thing; some of them nonsense.

What is drawn depends on the model's view of the file, so that histories go deep: a step that is owed is answered, time goes on to
the very moment of a deadline, and evidence comes to claims that lack it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from kstep.protocol.facts import HANDLING, KINDS, Fact
from protocol.minutes_model import MINUTE, Text
from protocol.model_values import Owed
from protocol.protocol_model import Course

HOUR, DAY = 60 * MINUTE, 1440 * MINUTE

KEYS = {
    "pairing": ("P1", "P1", "P2"), "referral": ("R1", "R1", "R2"), "claim": ("L1", "L2"), "custody": ("C1", "C1", "C2"),
    "request": ("Q1", "Q2"), "redress": ("D1", "D2"), "conflict": ("K1", "K2"),
}  # fmt: skip
PEOPLE = ("ana", "ben", "cleo", "dan", "eve", "fay")
HOSTILE = (
    "",
    " ",
    "\x00",
    "P1",
    "identity-check",
    "file",
    "everybody",
    "9" * 400,
    "-1",
    "--1",
    "9" * 5000,
    "1e999",
    "\u202e",
    "{}",
    "nan",
)
AT_THE_END = ("CustodyBegan", "TransferRequested", "PossibleMatchSuppressed", "PossibleMatchFound")
"""What comes when something expires: it may come no more."""

MONDAY = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
"""Nine o'clock in New York, in the week before its clocks go forward."""


def micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _facts_named(protocol: Text) -> Iterator[str]:
    """The kinds of facts by which something begins, holds or ends, as often as the protocol names them."""
    for part in (*protocol["steps"].values(), *protocol["gates"].values()):
        patterns = [*part.get("starts", ()), *part.get("given", ()), *part.get("unless", ()), *part.get("void", ())]
        patterns += (
            [*part.get("needs", ()), *part.get("barred_if", ())] if "act" in part else []
        )  # those of steps are steps
        patterns += [ending for pattern in patterns for ending in pattern.get("until", ())] * 2
        patterns += [part[name] for name in ("asked_by", "act") if name in part]
        patterns += [part["due"]["of"]] if "of" in part.get("due", {}) else []
        yield from (pattern["fact"] for pattern in patterns if "fact" in pattern)


class Drawing:
    """Draws the next moment and the next fact of a file."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.drawn = 0
        self.announced: list[Fact] = []
        """What is recorded next: its evidence came before it."""
        self.narrow: list[str] = []
        """In some files the kinds of facts that begin or do one step and those that are owed instead, all about the same."""
        self.roles = sorted(course.protocol["roles"])
        self.courses = sorted({name for step in course.steps.values() for name in step.get("training", [])})
        self.named = list(_facts_named(course.protocol))
        self.authorities = tuple(course.protocol.get("custody", ("said",)))
        self.evidence = sorted({name for step in course.steps.values() for name in step.get("evidence", [])})

    # Time

    def begin(self, dice: Random) -> int:
        """Any minute of some weeks, in most files one in the office's hours."""
        if dice.random() < 0.2:
            name = dice.choice(tuple(self.course.steps))
            chain: list[str] = []
            while name and name not in chain:
                chain.append(name)
                name = self.course.steps[name].get("then", "")
            parts = [self.course.steps[name] for name in chain]
            patterns = [pattern for part in parts for pattern in (*part.get("starts", ()), *part["done"])]
            patterns += [part["due"]["of"] for part in parts if "of" in part.get("due", {})]
            self.narrow = [pattern["fact"] for pattern in patterns if "fact" in pattern]
        start = micros(MONDAY) + dice.randrange(0, 28) * DAY
        return start + dice.choice((0, 0, 50, 7 * 60 + 59, 8 * 60, 12 * 60, dice.randrange(1440))) * MINUTE

    def later(self, dice: Random, now: int) -> int:
        """When the next fact is recorded: seldom more than some hours later, and often at a moment that matters."""
        which = dice.random()
        if which < 0.25:
            return now
        if which < 0.32:
            return now + dice.randrange(1, 4)
        if which < 0.6:
            return now + dice.randrange(1, 90) * MINUTE
        if which < 0.75:
            return now + dice.randrange(1, 13) * HOUR
        if which < 0.92 and (moments := list(self._that_matter(now))):
            return max(now, dice.choice(moments) + dice.choice((-1, 0, 0, 0, 1)))
        if which < 0.985:
            return now + dice.choice((1, 1, 2)) * DAY
        return now + dice.choice((3, 4, 7, 11)) * DAY

    def _that_matter(self, now: int) -> Sequence[int]:
        course, found = self.course, []
        for one in course.owed:
            if one.stands and one.clock and one.clock.due is None:
                found.append(one.clock.same_time or now + one.clock.left)
            found.append(one.stopped_until)
            found.append(one.fixed or 0)
        found += self._ends()
        for stand in course.asked():
            found.append(stand.until or 0)
        return [moment for moment in found if now < moment < now + 4 * DAY]

    def _ends(self) -> list[int]:
        """When something expires."""
        said = [fact.says.get("expires", "") for fact in self.course.facts]
        return [int(moment) for moment in said if moment.isdigit() and len(moment) < 19]

    # Facts

    def fact(self, dice: Random, now: int) -> Fact:
        self.drawn += 1
        owed = [one for one in self.course.owed if one.stands]
        which = dice.random()
        if self.announced:
            return replace(self.announced.pop(), recorded=now)
        if not self.course.facts and which < 0.9:
            made = self._any(dice, now, dice.choice(("EncounterOpened", "PossibleMatchFound")))
        elif dice.random() < 0.7 * (now in (ends := self._ends())) + 0.1 * any(moment < now for moment in ends):
            made = self._any(dice, now, dice.choice(AT_THE_END))
        elif self.narrow and dice.random() < 0.8:
            kind = dice.choice(self.narrow)
            made = replace(self._any(dice, now, kind), about={name: KEYS[name][0] for name in KINDS[kind].about})
        elif which < 0.02 and owed:
            made = self._announced(dice, now, dice.choice(owed))
        elif which < 0.48 and owed:
            made = self.answer(dice, dice.choice(owed), now)
        elif which < 0.51 and (asked := [match for match in self.course.matches if match.name == "ReleaseProposed"]):
            kind, says = dice.choice((("PersonReleased", {"ground": "discretion"}), ("ReleaseProposed", {})))
            made = replace(self._any(dice, now, kind), about=dice.choice(asked).about, says=says)
        elif which < 0.54 and self.course.overrides:
            override = dice.choice(self.course.overrides)
            act = self.course.gates[override.says["gate"]]["act"]
            says = {name: dice.choice(values) for name, values in act.items() if name != "fact"}
            made = replace(self._any(dice, now, act["fact"]), about=override.about, says=says)
        elif which < 0.75:
            made = self._any(dice, now, dice.choice(self.named if dice.random() < 0.6 else tuple(KINDS)))
        elif which < 0.94:
            made = self._handling(dice, now, owed)
        elif which < 0.97:
            made = self.nonsense(dice, now)
        else:
            made = self._shown(dice, now)
        return made

    def _id(self, dice: Random) -> str:
        """They order what was recorded in one moment, whatever the order in which they were drawn."""
        return f"{dice.randrange(1000):03}-{self.drawn}"

    def _person(self, dice: Random, roles: Sequence[str]) -> dict[str, object]:
        has = {dice.choice(self.roles)} if dice.random() < 0.1 or not roles else {dice.choice(roles)}
        courses = self.courses if dice.random() < 0.9 else self.courses[: dice.randrange(len(self.courses) + 1)]
        if dice.random() < 0.1:
            has |= {dice.choice(self.roles)}
        return {"actor": dice.choice(PEOPLE), "roles": frozenset(has), "training": frozenset(courses)}

    def _says(self, dice: Random, kind: str, now: int) -> dict[str, str]:
        said: dict[str, str] = {}
        for name, values in KINDS[kind].fields.items():
            if name == "expires":
                ahead = dice.choice((-HOUR, 30 * MINUTE, 5 * HOUR, 30 * HOUR, 10 * DAY, 10 * DAY, 90 * DAY))
                said[name] = str(now + ahead) if dice.random() < 0.95 else "soon"
            elif name == "authority" and kind.startswith("Custody") and dice.random() < 0.8:
                said[name] = dice.choice(self.authorities)
            elif dice.random() < 0.95:
                said[name] = dice.choice(values) if values else dice.choice(("said", "said", "said", ""))
        return said

    def _about(self, dice: Random, kind: str) -> dict[str, str]:
        names = KINDS[kind].about
        if kind == "StepCompleted":
            names = tuple(dice.sample(names, 1))
        found = {name: dice.choice(KEYS[name]) for name in names if dice.random() < 0.93}
        if dice.random() < 0.02:
            found["pairing"] = "P1"
        return found

    def _any(self, dice: Random, now: int, kind: str) -> Fact:
        said = self._says(dice, kind, now)
        if KINDS[kind].answers:
            said["step"] = dice.choice(tuple(self.course.steps))
        some = frozenset(name for name in self.evidence if dice.random() < 0.5)
        return Fact(self._id(dice), kind, now, about=self._about(dice, kind), says=said, evidence=tuple(sorted(some)),
                    happened=now - dice.choice((0, HOUR, 50 * HOUR)), **self._person(dice, ()))  # type: ignore[arg-type]  # fmt: skip

    def answer(self, dice: Random, one: Owed, now: int, care: float = 0.93) -> Fact:
        """What does a step that is owed; each thing that this needs is there as often as `care` says."""

        def rightly() -> bool:
            return dice.random() < care

        step = self.course.steps[one.step]
        pattern = dice.choice(step["done"])
        kind = pattern["fact"]
        said = self._says(dice, kind, now)
        if rightly():
            said |= {name: dice.choice(values) for name, values in pattern.items() if name != "fact"}
            said |= {name: "said" for name in step.get("states", []) if not said.get(name)}
        if "outcomes" in step and rightly():
            said["outcome"] = dice.choice(step["outcomes"])
        if KINDS[kind].answers and rightly():
            said["step"] = one.step
        about = {**self._about(dice, kind), **one.about} if rightly() else self._about(dice, kind)
        if one.key and rightly():
            about[step["per"]] = one.key
        evidence = tuple(step.get("evidence", ())) if dice.random() < 0.7 else ()
        person = self._person(dice, step["who"]) if rightly() else self._person(dice, ())
        shown = [fact.actor for fact in self.course.facts if fact.kind == "AnswerShown"]
        if "blind_to" in step and shown and dice.random() < 0.4:
            person["actor"] = dice.choice(shown)
        return Fact(self._id(dice), kind, now, about=about, says=said, evidence=evidence, happened=now - HOUR, **person)  # type: ignore[arg-type]

    def _announced(self, dice: Random, now: int, one: Owed) -> Fact:
        self.announced.append(replace(self.answer(dice, one, now), evidence=()))
        kinds = self.course.steps[one.step].get("evidence", self.evidence)
        says = {"fact": self.announced[0].id, "kind": dice.choice(kinds)}
        filed = replace(self._filed(dice, now, says), says=says)
        return replace(filed, actor=self.announced[0].actor) if dice.random() < 0.8 else filed

    def _filed(self, dice: Random, now: int, says: Mapping[str, str]) -> Fact:
        """Evidence, mostly with a piece of the kind that it says."""
        piece = (says["kind"],) if dice.random() < 0.93 else dice.choice(((), ("another",)))
        return replace(self._handled(dice, now, "EvidenceFiled", says, {}, {}), evidence=piece)

    def _handling(self, dice: Random, now: int, owed: Sequence[Owed]) -> Fact:
        lacking = [(one, claim) for one in owed for claim in one.claims]
        which = dice.random()
        if which < 0.35 and lacking:
            one, claim = dice.choice(lacking)
            kinds = self.course.steps[one.step].get("evidence", ()) if dice.random() < 0.8 else self.evidence
            said = {"fact": claim.id, "kind": dice.choice(kinds or self.evidence)}
            filed = self._filed(dice, now, said)
            if dice.random() < 0.7:
                who = self._person(dice, self.course.steps[one.step]["who"])
                return replace(filed, **who)  # type: ignore[arg-type]
            return replace(filed, actor=claim.actor) if dice.random() < 0.5 else filed
        if which < 0.42:
            return self._handled(dice, now, "FileClosed", {}, {}, {"who": self.course.protocol["closing"]["who"]})
        if which < 0.55:
            name, gate = dice.choice(list(self.course.gates.items()))
            override = gate.get("override", {})
            about = self._about(dice, gate["act"]["fact"])
            return self._handled(dice, now, "GateOverridden", {"gate": name}, about, override)
        pauses = self.course.protocol.get("pauses", {})
        kind = dice.choice(("StepWaived", "ClockPaused", "ClockPaused", "ClockResumed", "RungFired"))
        fitting = [
            one for one in owed
            if (one.step in pauses.get("steps", ()) if kind.startswith("Clock") else "waiver" in self.course.steps[one.step])
        ]  # fmt: skip
        ended = [one for one in owed if 0 < one.stopped_until <= now]
        if ended and dice.random() < 0.5:
            one = dice.choice(ended)
            return self._handled(dice, now, "ClockResumed", {"step": one.step}, one.about, {})
        chosen = fitting if fitting and dice.random() < 0.9 else owed
        if not chosen:
            return self._handled(dice, now, kind, {"step": dice.choice(tuple(self.course.steps))}, {}, {})
        one = dice.choice(chosen)
        about = dict(one.about) if dice.random() < 0.9 else self._about(dice, "StepCompleted")
        exemption = self.course.steps[one.step].get("waiver", {}) if kind == "StepWaived" else pauses
        said = {"step": one.step}
        if kind == "RungFired":
            said |= {"key": one.key, "number": str(one.number), "rung": "0"}
        return self._handled(dice, now, kind, said, about, exemption)

    def _handled(
        self, dice: Random, now: int, kind: str, said: Mapping[str, str], about: Mapping[str, str], exemption: Text
    ) -> Fact:
        """Somebody sets something aside, mostly as they may."""
        person = self._person(dice, exemption.get("who", ()))
        ground = dice.choice(exemption.get("grounds", ("whim",))) if dice.random() < 0.9 else "whim"
        second = dice.choice((*PEOPLE, "gus", "gus", "")) if dice.random() < 0.9 else str(person["actor"])
        second_role = exemption.get("second", "") if dice.random() < 0.9 else dice.choice(self.roles)
        return Fact(self._id(dice), kind, now, about=about, says={**said, "ground": ground}, second=second,
                    second_roles=frozenset([second_role]), **person)  # type: ignore[arg-type]  # fmt: skip

    def _shown(self, dice: Random, now: int) -> Fact:
        blind = [name for step in self.course.steps.values() for name in step.get("blind_to", ())]
        said = {"step": dice.choice((*blind * 10, *self.course.steps))}
        return replace(self._any(dice, now, "AnswerShown"), says=said)

    def nonsense(self, dice: Random, now: int) -> Fact:
        """Anything at all: unknown kinds, empty fields, hostile text."""

        def words(names: Sequence[str]) -> dict[str, str]:
            return {name: dice.choice(HOSTILE) for name in dice.sample(names, dice.randrange(len(names)))}

        kind = dice.choice((*KINDS, *HANDLING, *HOSTILE, "Unknown"))
        says = words(
            ("step", "outcome", "answer", "expires", "fact", "kind", "gate", "ground", "number", "rung", "key", "x")
        )
        about = words((*KEYS, "file", ""))
        who = dice.choice((*HOSTILE, *PEOPLE))
        return Fact(
            self._id(dice), kind, now, actor=who, roles=frozenset(dice.sample(self.roles, 2)),
            training=frozenset(dice.choice(HOSTILE)), second=dice.choice(HOSTILE), second_roles=frozenset(HOSTILE), about=about,
            says=says, evidence=(dice.choice(HOSTILE),), happened=dice.choice((None, -(10**30))),
        )  # fmt: skip


def drawn(text: str, number: int, facts: int) -> tuple[Course, list[Fact]]:
    """The history of a number: the file as it stands by the model at the moment of the last fact; and the facts in order."""
    dice, course = Random(number), Course(text)
    found: list[Fact] = []
    drawing = Drawing(course)
    now = drawing.begin(dice)
    waiting: list[Fact] = []
    for _ in range(facts):
        later = drawing.later(dice, now) if found else now
        if later > now:
            take(course, waiting, later)
            now = later
        waiting.append(drawing.fact(dice, now))
        found.append(waiting[-1])
    take(course, waiting, now)
    return course, sorted(found, key=lambda fact: fact.order)


def take(course: Course, waiting: list[Fact], until: int) -> None:
    """What was recorded in one moment is taken in the order of the ids, when all of it is there."""
    for fact in sorted(waiting, key=lambda fact: fact.order):
        course.take(fact)
    waiting.clear()
    course.advance(until)


__all__ = ["DAY", "HOUR", "Drawing", "drawn", "take"]
