"""Queries whose entries are known are searched as a screening would, and every hit is a truth or a wrong one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from command_line import ENTRIES, PEOPLE, rows_of, write_rows
from kstep.evaluation import search as search_module
from kstep.evaluation.queries import read_queries
from kstep.evaluation.query_evaluation import QueryEvaluation, evaluate_queries
from kstep.evaluation.query_figures import THRESHOLDS
from kstep.evaluation.records import Records
from kstep.matching import prepare, score, shipped_weights
from kstep.model import InputError
from kstep.records import person_from_mapping
from kstep.screening.run import screen
from kstep.screening.sources import OpenList, open_lists, parse_sources

TWIN = {"entry_id": "E-5", "name": "Ingrid Osterhaal", "birth_date": "1971", "documents": "passport:NO:K8812345"}
USUAL = {"entry_id": "E-6", "name": "Ali Hassan"}

pytestmark = pytest.mark.usefixtures("cache")


def opened(
    folder: Path, entries: Sequence[dict[str, Any]] = ENTRIES, more: Sequence[dict[str, Any]] = ()
) -> list[OpenList]:
    """One list, `table`, or with `more` entries two: `table:watch` and `table:more`."""
    arguments = [f"table={write_rows(folder / 'watch.jsonl', entries)}"]
    if more:
        arguments.append(f"table={write_rows(folder / 'more.jsonl', more)}")
    return open_lists(parse_sources(arguments))


def query(person: dict[str, Any], *truth: str) -> dict[str, Any]:
    return {"person": person, "truth": list(truth)}


KNOWN = [
    query(PEOPLE[0], "table:E-1"),
    query(PEOPLE[1], "table:E-2"),
    query(PEOPLE[2], "table:E-3", "table:E-4"),
    query(PEOPLE[3]),
]


def measured(
    folder: Path, rows: Sequence[dict[str, Any]], lists: Sequence[OpenList], threshold: float = 0.5
) -> tuple[QueryEvaluation, list[dict[str, Any]]]:
    path, out = write_rows(folder / "queries.jsonl", rows), folder / "out.jsonl"
    queries = read_queries(path, Records())
    found = evaluate_queries(path, queries, lists, threshold=threshold, out=out, keep_errors=True)
    return found, rows_of(out.read_text("utf-8"))


MALFORMED = [
    ({"person": {"name": "Ali"}}, 'has no \'truth\'; write {"person": {…}, "truth": ["list:entry_id"]}'),
    ({"truth": []}, "has no 'person'"),
    ({"person": {"name": "Ali"}, "truth": "table:E-1"}, "has a 'truth' that is not a list of texts; write"),
    ({"person": {"name": "Ali"}, "truth": [1]}, "has a 'truth' that is not a list of texts"),
    ({"person": {"name": "Ali"}, "truth": None}, "has a 'truth' that is not a list of texts"),
    ({"person": "Ali", "truth": []}, "has a 'person' that is not an object"),
]


@pytest.mark.parametrize(("row", "message"), MALFORMED)
def test_malformed_query_is_refused_with_its_line(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    path = write_rows(tmp_path / "queries.jsonl", [KNOWN[0], row])
    with pytest.raises(InputError) as refused:
        read_queries(path, Records())
    assert f"{path.name}, line 2: {message}" in str(refused.value)


@pytest.mark.parametrize("named", ["table:E-99", "E-1", "un:E-1", "table:", "", "table:e-1"])
def test_truth_on_no_list_is_refused_by_name(tmp_path: Path, named: str) -> None:
    with pytest.raises(InputError) as refused:
        measured(tmp_path, [KNOWN[0], query(PEOPLE[0], "table:E-1", named)], opened(tmp_path))
    assert f"line 2: names the truth {named!r}, which is on none of the lists (table)" in str(refused.value)
    assert not (tmp_path / "out.jsonl").exists()


def test_figures_of_a_small_set(tmp_path: Path) -> None:
    found, _ = measured(tmp_path, KNOWN, opened(tmp_path))
    at = found.at
    assert (at.queries, at.with_truth, at.truths, at.unrelated) == (4, 3, 4, 1)
    assert (at.truths_found, at.queries_found, at.wrong, at.flagged) == (3, 3, 0, 0)
    assert (at.recall_of_truths, at.recall_of_queries, at.precision, at.wrong_per_query) == (0.75, 1.0, 1.0, 0.0)
    assert at.false_positive_rate == 0.0
    assert at.false_positive_interval and at.false_positive_interval.high > 0.7
    assert found.recall_at_first == 1.0


def test_hits_are_those_of_a_screening(tmp_path: Path) -> None:
    lists = opened(tmp_path, [*ENTRIES, TWIN])
    found, rows = measured(tmp_path, KNOWN, lists, threshold=0.3)
    people = [person_from_mapping(dict(person))[0] for person in PEOPLE]
    screened = [match.to_json() for match in screen(people, lists, 0.3).matches]
    assert len(screened) > 3
    written = [match for row in rows for match in (*row["found"], *row["wrong"])]
    assert sorted(written, key=_place) == sorted(screened, key=_place)
    assert [row["truth"] for row in rows] == [row["truth"] for row in KNOWN]
    assert [[match["entry_id"] for match in row["missed"]] for row in rows] == [[], [], ["E-4"], []]
    missed = rows[2]["missed"][0]
    assert missed["bits"] == pytest.approx(sum(each["bits"] for each in missed["evidence"]))
    assert missed["probability"] < 0.3
    assert [error.match.entry.entry_id for error in found.missed] == ["E-4"]
    assert [(error.line, error.match.entry.entry_id) for error in found.wrong] == [(2, "E-5")]


def _place(match: dict[str, Any]) -> tuple[str, str]:
    return match["person_id"], match["entry_id"]


def test_wrong_hits_count_in_the_lists_that_hold_a_truth(tmp_path: Path) -> None:
    lists = opened(tmp_path, ENTRIES, [TWIN])
    rows = [
        query(PEOPLE[1], "table:watch:E-2"),
        query(PEOPLE[1]),
        query(PEOPLE[1], "table:more:E-5", "table:watch:E-2"),
    ]
    at = measured(tmp_path, rows, lists)[0].at
    # The first finds the twin on the list that holds no truth of it, the second twice as nobody's, the third none.
    assert (at.truths_found, at.wrong, at.wrong_anywhere) == (3, 0, 1)
    assert (at.flagged, at.flagged_hits, at.false_positive_rate) == (1, 2, 1.0)
    assert at.wrong_anywhere_per_query == 0.5


def test_rank_one_is_lost_to_an_equal_entry(tmp_path: Path) -> None:
    lists = opened(tmp_path, [*ENTRIES, TWIN])
    found, _ = measured(tmp_path, [query(PEOPLE[1], "table:E-2")], lists)
    assert (found.at.truths_found, found.first) == (1, 0)
    both, _ = measured(tmp_path, [query(PEOPLE[1], "table:E-2", "table:E-5")], lists)
    assert (both.at.truths_found, both.first) == (2, 1)


@pytest.mark.parametrize("pairs_at_once", [1, 7, 1000])
def test_rank_one_below_every_threshold_equals_the_model_for_every_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pairs_at_once: int
) -> None:
    monkeypatch.setattr(search_module, "PAIRS_AT_ONCE", pairs_at_once)
    entries = [*ENTRIES, USUAL, {"entry_id": "E-7", "name": "Ali Hasan Omar"}, {"entry_id": "E-8", "name": "Omar Ali"}]
    people = [{"name": "Ali Hassan"}, {"name": "Omar"}, {"name": "Hasan Ali"}, {"name": "Nobody Atall"}, {}]
    rows = [query(person, f"table:{entry['entry_id']}") for person in people for entry in entries[4:]]
    found, _ = measured(tmp_path, rows, opened(tmp_path, entries), threshold=0.9)
    weights = shipped_weights()
    listed = [prepare(person_from_mapping({**entry, "entry_id": None}, "x")[0].identity) for entry in entries]
    expected = []
    for person in people:
        bits = [
            score(prepare(person_from_mapping(person, "x")[0].identity), entry, weights).millibits for entry in listed
        ]
        expected += [bits[place] > max(bits[:place] + bits[place + 1 :]) for place in range(4, len(entries))]
    assert found.searched.first.tolist() == expected
    assert 0 < sum(expected) < len(expected)


def test_curve_falls_with_the_threshold_and_meets_the_figures(tmp_path: Path) -> None:
    lists = opened(tmp_path, [*ENTRIES, TWIN, USUAL])
    rows = [*KNOWN, query({"name": "Ali Hassan"}, "table:E-6")]
    found, _ = measured(tmp_path, rows, lists)
    assert [point.threshold for point in found.curve] == list(THRESHOLDS)
    for earlier, later in zip(found.curve, found.curve[1:], strict=False):
        assert earlier.truths_found >= later.truths_found
        assert earlier.wrong >= later.wrong
    assert next(point for point in found.curve if point.threshold == 0.5) == found.at
    weights = shipped_weights().for_list(len(ENTRIES) + 2)
    for point in found.curve:
        hits = screen(
            [person_from_mapping(dict(row["person"]), "x")[0] for row in rows], lists, point.threshold
        ).matches
        assert len(hits) == point.truths_found + point.wrong_anywhere + point.flagged_hits
        assert all(weights.probability(hit.millibits) >= point.threshold for hit in hits)


def test_only_unrelated_people_leave_recall_open(tmp_path: Path) -> None:
    found, _ = measured(tmp_path, [query(PEOPLE[0]), query({"name": "Meera Tarvenkar"})], opened(tmp_path))
    figures = found.to_json()
    assert (figures["recall_of_truths"], figures["recall_at_rank_1"], figures["wrong_hits_per_query"]) == (
        None,
        None,
        None,
    )
    assert (figures["unrelated"], figures["unrelated_flagged"], figures["false_positive_rate"]) == (2, 1, 0.5)
    low, high = figures["false_positive_rate_interval"]
    assert 0 < low < 0.5 < high < 1


def test_a_truth_given_twice_counts_once(tmp_path: Path) -> None:
    found, rows = measured(tmp_path, [query(PEOPLE[0], "table:E-1", "table:E-1")], opened(tmp_path))
    assert (found.at.truths, found.at.truths_found, len(rows[0]["found"])) == (1, 1, 1)
    assert np.array_equal(found.searched.has_truth, [True])
