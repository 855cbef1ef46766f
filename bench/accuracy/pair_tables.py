"""Tables of scored pairs: every set, then by script, by culture and by what both records say, and pairs a second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from figures import Flags, calibration_errors, figures, rate, table
from labelled import Row
from systems import USUAL, Floats, Scored

FEWEST = 8
"""True pairs of a group that gets a line of its own."""

Results = Mapping[str, tuple[list[Row], Mapping[str, Scored]]]
"""For each set, its rows and what each system says of them."""


def pair_tables(results: Results) -> None:
    """Print all tables."""
    for name, (rows, scored) in results.items():
        _every_figure(name, rows, scored)
    _by("script", results, ("probes", "script", "composed", "tokens"))
    _by("culture", results, ("probes",))
    _by("culture", results, ("alias",))
    _by("completeness", results, ("across_fields", "alias_un_fields", "alias_ofac-sdn_fields"))
    _cases(results)
    _calibration(results)
    _speed(results)


def _match(rows: Sequence[Row]) -> Flags:
    return np.array([row["match"] for row in rows], np.bool_)


def _every_figure(name: str, rows: Sequence[Row], scored: Mapping[str, Scored]) -> None:
    match = _match(rows)
    lines = []
    for system, found in scored.items():
        said = figures(match, found.scores, system)
        within = f" ({said.area_interval.low:.3f} to {said.area_interval.high:.3f})" if said.area_interval else ""
        lines.append([system, rate(said.area, 4) + within, rate(said.recall_at_1_percent), rate(said.recall_at_1_in_1000),
                      f"{USUAL[system]:g}", rate(said.recall), rate(said.false_alarms, 4)])  # fmt: skip
    table(f"{name}: {len(rows):,} pairs, {int(match.sum()):,} true",
          ["system", "area (95 %)", "recall at 1 % false", "at 0.1 %", "usual threshold", "recall there", "false alarms"],
          lines)  # fmt: skip


def _by(label: str, results: Results, sets: tuple[str, ...]) -> None:
    """Area and recall at 1 % false positives of each group of pairs with one label, over the sets that begin so."""
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    match: list[bool] = []
    scores: defaultdict[str, list[Floats]] = defaultdict(list)
    for name, (rows, scored) in results.items():
        if name.startswith(sets):
            kind = name.rsplit("_", 1)[0] if label != "script" else name.split("_")[0]
            for row in rows:
                groups[kind, str(row[label])].append(len(match))
                match.append(bool(row["match"]))
            for system, found in scored.items():
                scores[system].append(found.scores)
    labels = np.array(match, np.bool_)
    joined = {system: np.concatenate(parts) for system, parts in scores.items()}
    lines = []
    for (kind, value), places in sorted(groups.items()):
        of_group = labels[places]
        if of_group.sum() < FEWEST or of_group.all():
            continue
        cells = []
        for system, all_of in joined.items():
            said = figures(of_group, all_of[places], system)
            cells.append(f"{rate(said.area)} / {rate(said.recall_at_1_percent)}")
        lines.append([kind, value, f"{len(places):,}", f"{int(of_group.sum()):,}", *cells])
    if lines:
        table(f"{', '.join(sets)}: area / recall at 1 % false positives, by {label}",
              ["set", label, "pairs", "true", *joined], lines)  # fmt: skip


def _cases(results: Results) -> None:
    """What each system makes of the cases of a name's structure: its middle score, and how many it takes for a match."""
    chosen = [found for name, found in results.items() if name.startswith("structures")]
    if not chosen:
        return
    rows, scored = chosen[0]
    cases = dict.fromkeys(str(row["case"]) for row in rows)
    lines = []
    for case in cases:
        places = [number for number, row in enumerate(rows) if row["case"] == case]
        cells = []
        for system, found in scored.items():
            of_case = found.scores[places]
            least = 0.0 if system == "kstep" else USUAL[system]
            cells.append(f"{np.median(of_case):.2f} ({int((of_case >= least).sum())} of {len(places)})")
        lines.append([case, *cells])
    table("structures: middle score (taken for a match at the usual threshold)", ["case", *scored], lines)


def _calibration(results: Results) -> None:
    lines = []
    for name, (rows, scored) in results.items():
        even, own = calibration_errors(_match(rows), scored["kstep"].scores)
        lines.append([name, rate(even, 4), rate(own, 4)])
    table("kstep: expected calibration error, 15 bins",
          ["set", "even odds before evidence", "the set's share of matches before evidence"], lines)  # fmt: skip


def _speed(results: Results) -> None:
    lines = []
    for name, (rows, scored) in results.items():
        lines.append([name, f"{len(rows):,}", *(f"{len(rows) / found.seconds:,.0f}" for found in scored.values())])
    systems = list(next(iter(results.values()))[1])
    table("pairs a second on one core, the labelled pairs", ["set", "pairs", *systems], lines)
