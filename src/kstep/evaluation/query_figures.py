"""What a threshold makes of searched queries: how many truths are found, and how much is found beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kstep.evaluation.decisions import share
from kstep.evaluation.search import Searched
from kstep.model.intervals import Interval, wilson

THRESHOLDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
"""Probabilities of the curve."""


@dataclass(frozen=True, slots=True)
class QueryFigures:
    """The counts at one threshold. Rates are None where they would divide by nothing.

    `wrong` are hits that are no truth, of queries with a truth, in the lists that hold one of that query; `wrong_anywhere`
    in all lists. `flagged` are the people with no truth who have a hit, `flagged_hits` their hits.
    """

    threshold: float
    queries: int
    with_truth: int
    truths: int
    truths_found: int
    queries_found: int
    wrong: int
    wrong_anywhere: int
    flagged: int
    flagged_hits: int

    @property
    def recall_of_truths(self) -> float | None:
        """The share of the truths at or above the threshold."""
        return share(self.truths_found, self.truths)

    @property
    def recall_of_queries(self) -> float | None:
        """The share of the queries with a truth of which at least one truth is."""
        return share(self.queries_found, self.with_truth)

    @property
    def wrong_per_query(self) -> float | None:
        """Wrong hits a query with a truth, in the lists that hold one of it."""
        return share(self.wrong, self.with_truth)

    @property
    def wrong_anywhere_per_query(self) -> float | None:
        """Wrong hits a query with a truth, in all lists."""
        return share(self.wrong_anywhere, self.with_truth)

    @property
    def precision(self) -> float | None:
        """The share of truths among the hits in lists that hold a truth of their query."""
        return share(self.truths_found, self.truths_found + self.wrong)

    @property
    def unrelated(self) -> int:
        """People with no truth."""
        return self.queries - self.with_truth

    @property
    def false_positive_rate(self) -> float | None:
        """The share of the people with no truth who have a hit."""
        return share(self.flagged, self.unrelated)

    @property
    def false_positive_interval(self) -> Interval | None:
        """Wilson's 95 % interval of that share."""
        return wilson(self.flagged, self.unrelated)

    def to_json(self) -> dict[str, Any]:
        """The figures, for programs."""
        interval = self.false_positive_interval
        return {
            "threshold": self.threshold,
            "recall_of_truths": self.recall_of_truths,
            "recall_of_queries": self.recall_of_queries,
            "precision": self.precision,
            "wrong_hits": self.wrong,
            "wrong_hits_per_query": self.wrong_per_query,
            "wrong_hits_all_lists": self.wrong_anywhere,
            "wrong_hits_all_lists_per_query": self.wrong_anywhere_per_query,
            "unrelated_flagged": self.flagged,
            "unrelated_hits": self.flagged_hits,
            "false_positive_rate": self.false_positive_rate,
            "false_positive_rate_interval": list(interval) if interval else None,
        }


def figures_at(searched: Searched, threshold: float, need: int) -> QueryFigures:
    """The figures at a threshold, which is reached by `need` millibits."""
    has_truth, truths, hits = searched.has_truth, searched.truths, searched.hits
    found = truths.millibits >= need
    above = hits.millibits >= need
    of_related = has_truth[hits.query]
    stray = above & ~of_related
    return QueryFigures(
        threshold=threshold,
        queries=searched.queries,
        with_truth=int(has_truth.sum()),
        truths=len(truths.query),
        truths_found=int(found.sum()),
        queries_found=len(np.unique(truths.query[found])),
        wrong=int((above & searched.counts & ~searched.is_truth).sum()),
        wrong_anywhere=int((above & of_related & ~searched.is_truth).sum()),
        flagged=len(np.unique(hits.query[stray])),
        flagged_hits=int(stray.sum()),
    )
