"""False alarms of groups of people at one recall: each group's own threshold finds the same share of its true pairs.

Intervals are of samples drawn again from the true and from the false pairs of a group.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from figures import NOT_KNOWN, rate, table
from labelled import Row
from systems import Floats, Scored

FEWEST = 30
"""True pairs of a group that gets a threshold of its own."""

RESAMPLES = 400
SEED = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One group: the scores of its true pairs, and of its false pairs or unrelated people."""

    culture: str
    true: Floats
    unrelated: Floats


def together(groups: Sequence[Measured]) -> Measured:
    """All groups as one."""
    return Measured("all together", np.concatenate([each.true for each in groups]),
                    np.concatenate([each.unrelated for each in groups]))  # fmt: skip


def at_equal_recall(group: Measured, every: Measured, recall: float, lowest: float = -math.inf) -> tuple[str, str, str]:
    """The false alarms of a group at a recall, their interval, and how many times those of `every` group they are.

    Nothing is said of a group that is too small, or whose threshold lies below the `lowest` score that was looked for.
    """
    if len(group.true) < FEWEST or not len(group.unrelated) or _threshold(group.true, recall) < lowest:
        return NOT_KNOWN, NOT_KNOWN, NOT_KNOWN
    own, overall = (
        _false_alarms(group.true, group.unrelated, recall),
        _false_alarms(every.true, every.unrelated, recall),
    )
    generator = np.random.default_rng([SEED, len(group.true)])
    again = [
        _false_alarms(generator.choice(group.true, len(group.true)),
                      generator.choice(group.unrelated, len(group.unrelated)), recall)
        for _ in range(RESAMPLES)
    ]  # fmt: skip
    low, high = np.quantile(again, [0.025, 0.975])
    return rate(own, 5), f"{low:.5f} to {high:.5f}", f"{own / overall:.2f}" if overall else NOT_KNOWN


def _threshold(true: Floats, recall: float) -> float:
    return float(np.quantile(true, 1 - recall, method="lower"))


def _false_alarms(true: Floats, unrelated: Floats, recall: float) -> float:
    return float((unrelated >= _threshold(true, recall)).mean())


def equal_recall_table(
    title: str, label: str, sets: Mapping[str, tuple[list[Row], Mapping[str, Scored]]], recall: float
) -> None:
    """Print, for every group of pairs with one label, the false alarms of each system at one recall."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    match: list[bool] = []
    parts: defaultdict[str, list[Floats]] = defaultdict(list)
    for rows, scored in sets.values():
        for row in rows:
            places[str(row[label])].append(len(match))
            match.append(bool(row["match"]))
        for system, found in scored.items():
            parts[system].append(found.scores)
    labels = np.array(match, np.bool_)
    scores = {system: np.concatenate(of_sets) for system, of_sets in parts.items()}
    lines = []
    for value, where in [*sorted(places.items()), ("all together", list(range(len(labels))))]:
        of_group = labels[where]
        if of_group.sum() < FEWEST:
            continue
        cells = []
        for all_of in scores.values():
            mine = all_of[where]
            own, interval, beside = at_equal_recall(
                Measured(value, mine[of_group], mine[~of_group]), Measured("", all_of[labels], all_of[~labels]), recall
            )
            cells.append(f"{own} ({interval}) × {beside}")
        lines.append([value, f"{int(of_group.sum()):,}", f"{int((~of_group).sum()):,}", *cells])
    table(f"{title}: false alarms at recall {recall} (95 %, bootstrap) × those of all together",
          [label, "true", "false", *scores], lines)  # fmt: skip
