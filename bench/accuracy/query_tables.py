"""Queries with their truth: kstep by its whole engine, as `kstep screen` searches, the peers on the likeliest entries.

Peers have no search of their own here. They get every truth and, as an index before them would give them, the entries whose
names are most alike by letters; a truth is never lost before they score it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
from figures import rate, table
from labelled import Row, good_names, person, read, write
from people import LISTS, Alike, Listed
from systems import USUAL, Scored

from kstep.evaluation.calibration import calibration, probabilities
from kstep.evaluation.queries import read_queries
from kstep.evaluation.query_evaluation import QueryEvaluation, evaluate_queries
from kstep.evaluation.records import Records
from kstep.model import Entry, NameQuality
from kstep.model.intervals import wilson
from kstep.screening.sources import open_lists, parse_sources

CANDIDATES = {"slipped": 20, "mistyped": 20, "recorded": 20, "against": 200}
"""Entries that the peers get for a query beside its truths, by a word of the set's name."""


def candidates(path: Path, listed: Listed, alike: Alike, work: Path) -> Path:
    """Write the pairs of each query and what the peers get for it of the list that `alike` is of; returns the file."""
    label = label_of(path)
    entries = listed.entries[label]
    most = next(number for word, number in CANDIDATES.items() if word in path.stem)
    place = {f"{label}:{entry.entry_id}": number for number, entry in enumerate(entries)}
    shown = [_entry(entry) for entry in entries]
    rows: list[Row] = []
    for number, row in enumerate(read(path)):
        asked = cast(Row, row["person"])
        truths = {place[key] for key in cast("list[str]", row["truth"])}
        names = [cast(str, asked["name"]), *cast("list[str]", asked.get("aliases", []))]
        for entry in dict.fromkeys([*sorted(truths), *alike.nearest(names)[:most]]):
            left = {field: value for field, value in asked.items() if value}
            rows.append({"left": left, "right": shown[entry], "match": entry in truths, "query": number,
                         "has_truth": bool(truths)})  # fmt: skip
    out = work / f"candidates_{path.stem}.jsonl"
    write(rows, out)
    return out


def label_of(path: Path) -> str:
    """The list that the queries of a set are looked up in."""
    return "ofac-sdn" if "against_ofac-sdn" in path.stem else "un"


def _entry(entry: Entry) -> Row:
    row = person([name.full for name in good_names(entry.identity)] or [entry.identity.names[0].full], entry.identity)
    weak = [name.full for name in entry.identity.names if name.quality is NameQuality.WEAK]
    return {**row, "weak_aliases": weak} if weak else row


def query_tables(
    paths: Sequence[Path], data: Path, peers: Mapping[str, tuple[list[Row], Mapping[str, Scored]]]
) -> None:
    """Print a line for every set and system."""
    lines, calibrated = [], []
    for path in paths:
        label = label_of(path)
        opened = open_lists(parse_sources([f"{label}={data / LISTS[label]}"]), lambda said: None)
        evaluated = evaluate_queries(path, read_queries(path, Records()), opened, threshold=USUAL["kstep"])
        found = evaluated.at
        calibrated.append([path.stem, *_calibration(evaluated)])
        lines.append([path.stem, "kstep", *_cells(found.truths_found, found.truths, found.wrong, found.with_truth,
                                                  found.flagged, found.unrelated)])  # fmt: skip
        if path.stem in peers:
            rows, scored = peers[path.stem]
            for system, said in scored.items():
                lines.append(["", system, *_peer(rows, said, USUAL[system], found.unrelated)])
    table("queries: found, wrong hits a query with a truth, and unrelated people flagged, at the usual threshold",
          ["set", "system", "truths", "recall", "(95 %)", "wrong hits a query", "unrelated", "flagged", "(95 %)"],
          lines)  # fmt: skip
    table("queries: kstep's pairs of probability .01 or more, with its own prior",
          ["set", "pairs", "true as expected", "true", "calibration error"], calibrated)  # fmt: skip


def _calibration(evaluated: QueryEvaluation) -> list[str]:
    """How many pairs have a probability of .01 or more, how many of them its sum expects to be true, and how many are."""
    found = evaluated.searched
    counted = found.counts | ~found.has_truth[found.hits.query]
    bits, true = found.hits.millibits[counted], found.is_truth[counted]
    if not len(bits):
        return ["0", "–", "–", "–"]
    expected = float(probabilities(bits, evaluated.prior_bits).sum())
    error = calibration(true, bits, evaluated.prior_bits).error
    return [f"{len(bits):,}", f"{expected:.1f}", f"{int(true.sum()):,}", rate(error, 4)]


def _peer(rows: Sequence[Row], said: Scored, threshold: float, unrelated: int) -> list[str]:
    above = said.scores >= threshold
    match = np.array([row["match"] for row in rows], np.bool_)
    asked = np.array([row["has_truth"] for row in rows], np.bool_)
    query = np.array([row["query"] for row in rows])
    return _cells(int((above & match).sum()), int(match.sum()), int((above & ~match & asked).sum()),
                  len(np.unique(query[asked])), len(np.unique(query[above & ~asked])), unrelated)  # fmt: skip


def _cells(found: int, truths: int, wrong: int, asked: int, flagged: int, unrelated: int) -> list[str]:
    return [f"{truths:,}", *_share(found, truths, 3), rate(wrong / asked if asked else None),
            f"{unrelated:,}", *_share(flagged, unrelated, 5)]  # fmt: skip


def _share(part: int, whole: int, digits: int) -> tuple[str, str]:
    interval = wilson(part, whole)
    if interval is None:
        return "–", "–"
    return rate(part / whole, digits), f"{rate(interval.low, digits)} to {rate(interval.high, digits)}"
