"""The page of a measurement, over pairs or over queries: what is drawn on it, and how it is put together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from kstep.evaluation.calibration import odds_bits
from kstep.evaluation.figures import pair_figures, query_figures, rate
from kstep.evaluation.pair_evaluation import PairError, PairEvaluation
from kstep.evaluation.query_evaluation import QueryError, QueryEvaluation
from kstep.evaluation.report.curves import precision_recall, roc, thresholds
from kstep.evaluation.report.reliability import reliability
from kstep.evaluation.report.sheets import Sheet, sheet_of
from kstep.evaluation.report.spread import spread
from kstep.screening.files import Remark, by_kind, whole_file
from kstep.screening.matches import evidence_rows
from kstep.screening.report import shell, words
from kstep.screening.reporting import entry_details, person_details

_SHARED = "kstep.screening.report"
_SHARED_STYLE = ("colours.css", "page.css", "match.css", "print.css")
_STYLE = ("measurement.css",)


def write_pair_report(found: PairEvaluation, title: str, remarks: Sequence[Remark], out: Path) -> None:
    """Write the page of a measurement over the labelled pairs of the file named `title`, whole or not at all.

    Raises `InputError` if it cannot be written.
    """
    curve = found.curve
    threshold = odds_bits(found.threshold) - odds_bits(found.prior)
    both = curve.matches[-1] and curve.others[-1]
    charts = {
        "roc": roc(curve, found.decisions) if both else "",
        "precision": precision_recall(curve, found.decisions) if curve.matches[-1] else "",
        "spread": spread(found.millibits[found.match], found.millibits[~found.match], threshold,
                         words.share(found.threshold), ("matches", "others")),
        "reliability": reliability(found.calibration),
    }  # fmt: skip
    _write("pairs.html", out, found=found, title=title, charts=charts, groups=pair_figures(found), remarks=by_kind(remarks),
           false_alarms=[_pair_sheet(error) for error in found.false_alarms],
           misses=[_pair_sheet(error) for error in found.misses])  # fmt: skip


def write_query_report(found: QueryEvaluation, title: str, remarks: Sequence[Remark], out: Path) -> None:
    """Write the page of a measurement over the queries of the file named `title`, whole or not at all.

    Raises `InputError` if it cannot be written.
    """
    searched = found.searched
    wrong = searched.hits.millibits[~searched.is_truth & (searched.counts | ~searched.has_truth[searched.hits.query])]
    threshold = odds_bits(found.at.threshold) - found.prior_bits
    charts = {
        "thresholds": thresholds(found.curve, found.at) if found.at.with_truth else "",
        "spread": spread(searched.truths.millibits, wrong, threshold, words.share(found.at.threshold),
                         ("truths", "wrong hits")),
    }  # fmt: skip
    _write("queries.html", out, found=found, title=title, charts=charts, groups=query_figures(found),
           remarks=by_kind(remarks), wrong=[_query_sheet(error) for error in found.wrong],
           missed=[_query_sheet(error) for error in found.missed])  # fmt: skip


def _write(template: str, out: Path, **said: Any) -> None:
    style = shell.assembled(_SHARED, "style", _SHARED_STYLE) + shell.assembled(__package__, "style", _STYLE)
    page = shell.environment(__package__, _SHARED).overlay()
    page.filters = {**page.filters, "rate": rate}
    rendered = page.get_template(template).render(style=Markup(style), policy=shell.policy(style), **said)  # noqa: S704 - our own files
    with whole_file(out, "--report") as temporary:
        temporary.write_bytes(rendered.encode())


def _pair_sheet(error: PairError) -> Sheet:
    left, right = error.pair.left, error.pair.right
    names = ("", "")
    if error.names:
        names = left.prepared.names[error.names[0]].shown, right.prepared.names[error.names[1]].shown
    return sheet_of(f"line {error.pair.line:,}", names, error.probability, person_details(left.person),
                    person_details(right.person), evidence_rows(error.evidence))  # fmt: skip


def _query_sheet(error: QueryError) -> Sheet:
    match = error.match
    return sheet_of(f"line {error.line:,}: {match.list}:{match.entry.entry_id}",
                    (match.matched_name, match.matched_entry_name), match.probability, person_details(match.person),
                    entry_details(match.entry), evidence_rows(match.evidence))  # fmt: skip
