"""What a threshold makes of labelled pairs: four counts, and the rates that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

from kstep.evaluation.ranking import Flags, Floats


@dataclass(frozen=True, slots=True)
class Decisions:
    """Pairs at or above a threshold (matches `found`, `false_alarms`) and below it (matches `missed`, others `passed`).

    A rate is None where it would divide by nothing.
    """

    found: int
    false_alarms: int
    missed: int
    passed: int

    @property
    def precision(self) -> float | None:
        """The share of matches among what is at or above the threshold."""
        return share(self.found, self.found + self.false_alarms)

    @property
    def recall(self) -> float | None:
        """The share of the matches that is at or above the threshold."""
        return share(self.found, self.found + self.missed)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall."""
        return share(2 * self.found, 2 * self.found + self.false_alarms + self.missed)

    @property
    def false_positive_rate(self) -> float | None:
        """The share of the others that is at or above the threshold."""
        return share(self.false_alarms, self.false_alarms + self.passed)


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`; None of nothing."""
    return part / whole if whole else None


def decisions(match: Flags, probability: Floats, threshold: float) -> Decisions:
    """The counts at a threshold."""
    above = probability >= threshold
    return Decisions(
        found=int((above & match).sum()),
        false_alarms=int((above & ~match).sum()),
        missed=int((~above & match).sum()),
        passed=int((~above & ~match).sum()),
    )
