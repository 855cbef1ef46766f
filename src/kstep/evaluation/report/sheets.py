"""An error to read: two records side by side, field by field, with what each field says for and against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kstep.screening.report import Details, Value, words
from kstep.screening.report.embedded import NAMELESS
from kstep.screening.report.reasons import why

Evidence = Sequence[Mapping[str, Any]]
"""Rows of evidence in the shape of the possible match output."""


@dataclass(frozen=True, slots=True)
class Part:
    """One row of evidence as it is shown: both texts, how they stand to each other, and bits."""

    left: str
    right: str
    state: str
    mark: str
    word: str
    relation: str
    bits: float


@dataclass(frozen=True, slots=True)
class Line:
    """A field: what both records say, the evidence of it, and its sum (None where nothing was compared)."""

    label: str
    left: Sequence[Value]
    right: Sequence[Value]
    parts: Sequence[Part]
    bits: float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """An error: where it stands, the names that compared best, the figures, the sentence, and its lines."""

    where: str
    left: str
    right: str
    bits: float
    probability: float
    why: Sequence[str]
    lines: Sequence[Line]


def sheet_of(
    where: str, names: tuple[str, str], probability: float, left: Details, right: Details, evidence: Evidence
) -> Sheet:
    """The sheet of two records."""
    bits = sum(row["bits"] for row in evidence)
    return Sheet(
        where=where,
        left=names[0] or NAMELESS,
        right=names[1] or NAMELESS,
        bits=bits,
        probability=probability,
        why=why({"evidence": evidence}),
        lines=_lines(dict(left), dict(right), evidence),
    )


def _lines(left: dict[str, Sequence[Value]], right: dict[str, Sequence[Value]], evidence: Evidence) -> list[Line]:
    by_label: dict[str, list[Part]] = {}
    for row in evidence:
        by_label.setdefault(words.label(row["field"]), []).append(_part(row))
    labels = dict.fromkeys((*words.LABELS.values(), *left, *right, *by_label))
    return [
        Line(label, left.get(label, ()), right.get(label, ()), by_label.get(label, ()),
             sum(part.bits for part in by_label[label]) if label in by_label else None)
        for label in labels
        if label in left or label in right or label in by_label
    ]  # fmt: skip


def _part(row: Mapping[str, Any]) -> Part:
    state = words.state(row)
    mark, word = words.STATES[state]
    left, right = (words.value(row["field"], str(row[side] or "")) for side in ("person", "entry"))
    return Part(left, right, state, mark, word, row["relation"], row["bits"])
