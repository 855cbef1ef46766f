"""A measurement over labelled pairs: read, scored, written and counted block by block, with the worst errors kept to
read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from kstep.evaluation.calibration import Calibration, calibration, odds_bits, probabilities
from kstep.evaluation.compilation import compile_pair_kernels
from kstep.evaluation.decisions import Decisions, decisions
from kstep.evaluation.pairs import LabelledPair, ScoredPairs, Scorer, read_pairs
from kstep.evaluation.ranking import Area, Curve, Flags, area, average_precision, curve, recall_at
from kstep.evaluation.records import Records
from kstep.matching import Finding, engine_name, shipped_weights
from kstep.matching.arrays import Ints
from kstep.model import InputError
from kstep.model.collector import garbage_collector_paused
from kstep.screening.files import whole_file
from kstep.screening.matches import evidence_rows
from kstep.screening.writers import write_jsonl

WORST = 20
"""Errors of each kind that are kept to read."""

RATES = (0.01, 0.001)
"""False positive rates at which recall is told."""


@dataclass(frozen=True, slots=True)
class PairError:
    """A pair that the threshold puts on the wrong side, with its evidence."""

    pair: LabelledPair
    millibits: int
    probability: float
    names: tuple[int, int] | None
    evidence: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long things took: reading records into tokens and columns (`preparing`), joining vocabularies and summing up
    (`scoring`), and all of it, with reading and writing files.
    """

    preparing: float
    scoring: float
    total: float

    @property
    def engine(self) -> float:
        """The engine's part."""
        return self.preparing + self.scoring


@dataclass(frozen=True, slots=True)
class PairEvaluation:
    """What was measured. `match` and `millibits` are of the pairs in their order; `curve` ranks them.

    `false_alarms` are the worst of the others at or above the threshold, most bits first, `misses` the worst matches
    below it, fewest bits first; both are empty unless they were asked for.
    """

    prior: float
    threshold: float
    engine: str
    match: Flags
    millibits: Ints
    decisions: Decisions
    curve: Curve
    area: Area | None
    average_precision: float | None
    recall_at: dict[float, float | None]
    calibration: Calibration
    false_alarms: Sequence[PairError]
    misses: Sequence[PairError]
    seconds: Seconds

    def to_json(self) -> dict[str, Any]:
        """The figures, for programs; what cannot be counted is null."""
        pairs, found = len(self.match), self.decisions
        interval = self.area.interval if self.area else None
        return {
            "pairs": pairs,
            "positives": int(self.match.sum()),
            "prior": self.prior,
            "threshold": self.threshold,
            "true_positives": found.found,
            "false_positives": found.false_alarms,
            "false_negatives": found.missed,
            "true_negatives": found.passed,
            "precision": found.precision,
            "recall": found.recall,
            "f1": found.f1,
            "false_positive_rate": found.false_positive_rate,
            "auc": self.area.value if self.area else None,
            "auc_interval": list(interval) if interval else None,
            "average_precision": self.average_precision,
            "recall_at_false_positive_rate": {f"{rate:g}": recall for rate, recall in self.recall_at.items()},
            "ece": self.calibration.error,
            "brier": self.calibration.brier,
            "log_loss": self.calibration.log_loss,
            "calibration": [
                {"low": each.low, "high": each.high, "pairs": each.pairs, "matches": each.matches,
                 "mean_probability": each.mean_probability}
                for each in self.calibration.bins
            ],
            "seconds": {"scoring": self.seconds.scoring, "engine": self.seconds.engine, "total": self.seconds.total},
            "pairs_per_second": {
                "scoring": round(pairs / max(self.seconds.scoring, 1e-9)),
                "engine": round(pairs / max(self.seconds.engine, 1e-9)),
                "total": round(pairs / max(self.seconds.total, 1e-9)),
            },
            "engine": self.engine,
        }  # fmt: skip


def check_prior(prior: float) -> float:
    """The prior, if it is a probability that can be reckoned with. Raises `InputError` otherwise."""
    if not 0 < prior < 1:
        raise InputError(f"{prior} is not a probability between 0 and 1", where="--prior", mend="write one like 0.5")
    return prior


def evaluate_pairs(
    path: Path,
    records: Records,
    *,
    prior: float,
    threshold: float,
    out: Path | None = None,
    keep_errors: bool = False,
    say: Callable[[str], None] = lambda text: None,
    progress: Callable[[int], None] = lambda pairs: None,
) -> PairEvaluation:
    """Measure the model on the labelled pairs of a file, with a prior and a threshold between 0 and 1.

    With `out`, one row a pair is written there, in the file's order. `say` is told what takes a while, `progress` the
    number of pairs done since its last call. Raises `InputError` for a file that is not whole; nothing is written then.
    """
    compile_pair_kernels(say)
    started = time.perf_counter()
    prior_bits = odds_bits(prior)
    scorer = Scorer(shipped_weights())
    blocks = scorer.blocks(read_pairs(path, records))
    matches: list[Flags] = []
    millibits: list[Ints] = []
    worst = _Worst(prior_bits, threshold)
    with garbage_collector_paused(), _rows_written(out) as write:
        for block in blocks:
            matches.append(np.array([pair.match for pair in block.pairs], np.bool_))
            millibits.append(block.scores.millibits)
            if keep_errors:
                worst.keep(block, matches[-1])
            write(_output(block, prior_bits))
            progress(len(block.pairs))
    match, score = np.concatenate(matches), np.concatenate(millibits)
    found = curve(match, score)
    return PairEvaluation(
        prior=prior,
        threshold=threshold,
        engine=engine_name(),
        match=match,
        millibits=score,
        decisions=decisions(match, probabilities(score, prior_bits), threshold),
        curve=found,
        area=area(match, score),
        average_precision=average_precision(found),
        recall_at={rate: recall_at(found, rate) for rate in RATES},
        calibration=calibration(match, score, prior_bits),
        false_alarms=worst.false_alarms,
        misses=worst.misses,
        seconds=Seconds(records.seconds + scorer.preparing, scorer.scoring, time.perf_counter() - started),
    )


class _Worst:
    """The worst errors so far, of which only so many are kept."""

    def __init__(self, prior_bits: float, threshold: float) -> None:
        self.false_alarms: list[PairError] = []
        self.misses: list[PairError] = []
        self._prior_bits, self._threshold = prior_bits, threshold

    def keep(self, block: ScoredPairs, match: Flags) -> None:
        """Look at another block."""
        millibits = block.scores.millibits
        above = probabilities(millibits, self._prior_bits) >= self._threshold
        alarms, misses = np.flatnonzero(above & ~match), np.flatnonzero(~above & match)
        alarms = alarms[np.argsort(-millibits[alarms], kind="stable")[:WORST]]
        misses = misses[np.argsort(millibits[misses], kind="stable")[:WORST]]
        self.false_alarms += [self._error(block, place) for place in alarms.tolist()]
        self.misses += [self._error(block, place) for place in misses.tolist()]
        self.false_alarms = sorted(self.false_alarms, key=lambda error: -error.millibits)[:WORST]
        self.misses = sorted(self.misses, key=lambda error: error.millibits)[:WORST]

    def _error(self, block: ScoredPairs, place: int) -> PairError:
        millibits = block.scores.millibits[place : place + 1]
        return PairError(
            pair=block.pairs[place],
            millibits=int(millibits[0]),
            probability=float(probabilities(millibits, self._prior_bits)[0]),
            names=block.scores.best_names(place),
            evidence=block.evidence(place, shipped_weights()),
        )


def _output(block: ScoredPairs, prior_bits: float) -> Iterator[dict[str, Any]]:
    """One row a pair, as `--out` has them."""
    probability = probabilities(block.scores.millibits, prior_bits)
    for place, pair in enumerate(block.pairs):
        yield {
            "match": pair.match,
            "probability": rounded(float(probability[place])),
            "bits": int(block.scores.millibits[place]) / 1000,
            "evidence": evidence_rows(block.evidence(place, shipped_weights())),
        }


def rounded(probability: float) -> float:
    """A probability to 15 digits: as much as is the same on every machine, and enough to tell 40 bits from 45."""
    return float(f"{probability:.15g}")


@contextmanager
def _rows_written(out: Path | None) -> Iterator[Callable[[Iterable[dict[str, Any]]], None]]:
    """A function that writes rows to `out`, which takes its place when all are written; without `out`, it does nothing."""
    if out is None:
        yield lambda rows: None
        return
    with whole_file(out) as temporary, temporary.open("w", encoding="utf-8") as stream:

        def write(rows: Iterable[dict[str, Any]], stream: IO[str] = stream) -> None:
            write_jsonl(rows, stream)

        yield write
