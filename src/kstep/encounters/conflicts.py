"""Answers that offices gave apart, and that differ: a fact of its own, for a person to decide, never settled by the last writer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select

from kstep.encounters.facts import name_of
from kstep.encounters.tables import facts
from kstep.ledger.service import Unit
from kstep.register.tables import is_of


class Recording(Protocol):
    """Whoever records facts in files."""

    def record_in(
        self, unit: Unit, person: int, kind: str, about: Mapping[str, str], says: Mapping[str, str]
    ) -> object:
        """Record a fact in the file of a person within a unit of work."""


ANSWERS: Mapping[str, str] = {
    "CheckEnded": "result", "ReviewGiven": "outcome", "DispositionGiven": "outcome", "StepCompleted": "outcome",
    "ConfirmationReceived": "answer", "TransferAnswered": "answer", "AgeQuestioned": "age",
}  # fmt: skip
"""The kinds of facts that answer something, and the field that says what."""

_RETURNED = {"returned-nothing", "returned-hits"}
"""The results of checks that contradict each other; one that did not return says nothing against another."""


def note_conflicts(files: Recording, unit: Unit, person: int, new: Collection[str] | None = None) -> int:
    """Record of each answer in the file of a person (of those that are new here, if that is said), and of each that another log
    gave to the same, that they differ, if neither node had heard of the other's; returns how many did.
    """
    asked = select(facts).where(is_of(facts, person)).order_by(facts.c.recorded, facts.c.log, facts.c.number)
    lines = unit.connection.execute(asked).all()
    answers = [_Answer.of(line) for line in lines if line.kind in ANSWERS]
    known = {_pair_of(json.loads(line.says)) for line in lines if line.kind == "AnswersConflict"}
    count = 0
    for number, first in enumerate(answers):
        for second in answers[number + 1 :]:
            pair = (first.name, second.name)
            is_new = new is None or not {*pair}.isdisjoint(new)
            if is_new and pair not in known and first.is_apart(second) and first.differs(second):
                about = {key: value for key, value in first.about.items() if second.about.get(key) == value}
                about["conflict"] = hashlib.sha256("|".join(pair).encode()).hexdigest()[:8]
                says = {"kind": first.kind, "one": first.name, "other": second.name}
                says |= {"of": first.step} if first.step else {}
                files.record_in(unit, person, "AnswersConflict", about, says)
                count += 1
    return count


@dataclass(frozen=True)
class _Answer:
    """A fact that answers something; and how much of each other log its node had heard of when it was recorded."""

    name: str
    log: str
    number: int
    kind: str
    about: Mapping[str, str]
    step: str
    answer: str
    knew: Mapping[str, int]

    @classmethod
    def of(cls, line: Any) -> _Answer:
        says = json.loads(line.says)
        return cls(
            name_of(line.log, line.number), line.log, line.number, line.kind, json.loads(line.about), says.get("step", ""),
            says.get(ANSWERS[line.kind], ""), json.loads(line.knew),
        )  # fmt: skip

    def is_apart(self, other: _Answer) -> bool:
        """Whether neither node had heard of what the other recorded."""
        heard = self.knew.get(other.log, 0) > other.number or other.knew.get(self.log, 0) > self.number
        return self.log != other.log and not heard

    def differs(self, other: _Answer) -> bool:
        """Whether both answer the same, and otherwise."""
        if (self.kind, self.step) != (other.kind, other.step) or self.answer == other.answer:
            return False
        if self.kind == "CheckEnded" and {self.answer, other.answer} != _RETURNED:
            return False
        if "pairing" in self.about and "pairing" in other.about:  # each node makes a referral of its own
            return self.about["pairing"] == other.about["pairing"]
        return all(other.about.get(key, value) == value for key, value in self.about.items())


def _pair_of(says: Mapping[str, str]) -> tuple[str, str]:
    return says.get("one", ""), says.get("other", "")


__all__ = ["ANSWERS", "note_conflicts"]
