"""Small labelled files of invented people. Nobody here exists."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from command_line import write_rows
from kstep.evaluation.pair_evaluation import PairEvaluation, evaluate_pairs
from kstep.evaluation.records import Records

ONE = {"name": "Tariq Nadir Qasrawan", "birth_date": "1980-01-02"}
SAME = {"name": "طارق قصروان", "birth_date": "1980-02-01"}
OTHER = {
    "person_id": "P-9",
    "name": "Ingerid Oosterhaal",
    "birth_date": "1971-03",
    "documents": ["passport:NO:K8812345"],
}
NAMELESS = {"birth_date": "1980-01-02", "sex": "M"}

PAIRS: tuple[dict[str, Any], ...] = (
    {"left": ONE, "right": SAME, "match": True},
    {"left": ONE, "right": OTHER, "match": False},
    {"left": OTHER, "right": OTHER, "match": True},
    {"left": NAMELESS, "right": ONE, "match": True},
    {"left": SAME, "right": ONE, "match": False},
    {"left": ONE, "right": {"name": "Somchai Rattanavong"}, "match": True},
)
"""Matches and others, of which the fifth is labelled falsely and the last cannot be found."""


def pairs_file(folder: Path, rows: Iterable[dict[str, Any]] = PAIRS) -> Path:
    """A file of labelled pairs."""
    return write_rows(folder / "pairs.jsonl", rows)


def measured(path: Path, *, prior: float = 0.5, threshold: float = 0.5, out: Path | None = None) -> PairEvaluation:
    """The measurement over a file of pairs, with its worst errors."""
    return evaluate_pairs(path, Records(), prior=prior, threshold=threshold, out=out, keep_errors=True)
