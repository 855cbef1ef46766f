"""What is owed in a file: a step, for each thing that it is owed for, from the fact that began it until it is settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kstep.protocol.facts import FILE, Fact
from kstep.protocol.protocol import Step


class Settled(StrEnum):
    """How something stops being owed."""

    DONE = "done"
    WAIVED = "waived"
    VOID = "void"


class State(StrEnum):
    """How something that is owed stands."""

    NOT_YET = "not yet"
    OPEN = "open"
    DONE = "done"
    LATE = "late"
    KNOWN_LATE = "known late"
    WAIVED = "waived"
    VOID = "void"


@dataclass(frozen=True)
class Owed:
    """A step that is, or was, owed: the `number`th time for this key; begun by a fact, claimed to be done by others, settled by one
    at a moment; and the spans in which its clock stood still, in microseconds since 1970.
    """

    step: Step
    key: str
    number: int
    begun: Fact
    about: Mapping[str, str]
    claims: tuple[Fact, ...] = ()
    settled: Settled | None = None
    by: Fact | None = None
    at: int = 0
    pauses: tuple[tuple[int, int], ...] = ()
    failed: Fact | None = None
    """The last fact that answered the step and did not do it: a check that errored, say."""
    said_by: Fact | None = None
    """The fact that did the step by which this began, if it began by a step: what that says counts as said by the beginning."""

    @property
    def id(self) -> str:
        """The step's id."""
        return self.step.id

    @property
    def name(self) -> tuple[str, str, int]:
        """What tells it from everything else that is owed in a file."""
        return self.step.id, self.key, self.number

    def stopped_for(self, moment: int) -> int:
        """For how many microseconds in all its clock stood still until a moment."""
        found, last = 0, 0
        for start, end in sorted(self.pauses):
            until = min(end, moment)
            found += max(0, until - max(start, last))
            last = max(last, until)
        return found


def about_of(step: Step, about: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """The key for which a step is owed that something begins, and what it is about then: all that, or nothing if it is owed once in
    a file. What is owed for a pairing is about it by whichever referral it was asked for.
    """
    if step.per == FILE:
        return "", {}
    left_out = "referral" if step.per == "pairing" else ""
    return about.get(step.per, ""), {name: value for name, value in about.items() if name != left_out}


__all__ = ["Owed", "Settled", "State", "about_of"]
