"""What keeps the register complete and no larger than it may be: sources it is held against, dated statuses, holds, retention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kstep.model.events.fact import Fact


@dataclass(frozen=True, kw_only=True)
class RegisterReconciled(Fact):
    """The register, as it was at `as_of`, was held person by person against a file of another source, whose bytes have the digest
    told. `expected` people of ours should have been there: all on the roster, or those of `offices` and `custody` where they are
    not empty. `both` were found, `ways` says by what; the others are differences, one row of `segment` each. A row with `agreed`
    says of an earlier difference that there is none any more.
    """

    source: str
    kind: str
    digest: str
    as_of: int
    offices: tuple[str, ...]
    custody: tuple[str, ...]
    rows: int
    refused: int
    there: int
    expected: int
    both: int
    ways: dict[str, int]
    differences: dict[str, int]
    segment: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DifferenceSettled(Fact):
    """Somebody found out what a difference to another source comes from, and what was done."""

    difference: str
    how: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class StatusDated(Fact):
    """Somebody has a status of a kind, from a moment to another (microseconds since 1970), at which it runs out or is reviewed.
    Said again of the same kind and beginning, it ends otherwise.
    """

    kind: str
    on: int
    until: int
    evidence: str


@dataclass(frozen=True, kw_only=True)
class StatusEnded(Fact):
    """A status has ended, or was reviewed, whatever its date."""

    kind: str
    on: int
    ground: str


@dataclass(frozen=True, kw_only=True)
class LegalHoldPlaced(Fact):
    """What is known of somebody must be kept, whatever the schedule, as two people say."""

    hold: str
    ground: str
    second: str


@dataclass(frozen=True, kw_only=True)
class LegalHoldLifted(Fact):
    """It need not be kept on that account any more, as two people say."""

    hold: str
    ground: str
    second: str


@dataclass(frozen=True, kw_only=True)
class DifferenceForgotten(Fact):
    """What another source said of somebody who is nobody of ours was destroyed, so many days after it was settled, with how that
    was done: the secret of this generation. Two people said so. It is about the forgetting, so that it can still be read.
    """

    difference: str
    generation: int
    days: int
    second: str


@dataclass(frozen=True, kw_only=True)
class RetentionApplied(Fact):
    """These people are erased because they left so many days ago as the schedule says, by ground of leaving; two people say so.
    Each erasure is an event of its own, which follows.
    """

    schedule: dict[str, int]
    people: tuple[int, ...]
    held: int
    second: str


__all__ = [
    "DifferenceForgotten", "DifferenceSettled", "LegalHoldLifted", "LegalHoldPlaced", "RegisterReconciled", "RetentionApplied",
    "StatusDated", "StatusEnded",
]  # fmt: skip
