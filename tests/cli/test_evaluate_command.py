"""`kstep evaluate`: figures on stdout, rows and a page in files, and one line for what cannot be measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import PEOPLE, kstep, kstep_here, rows_of, small_files, write_rows
from evaluation.labelled_files import ONE, PAIRS, SAME, pairs_file

pytestmark = pytest.mark.usefixtures("cache")

Capture = pytest.CaptureFixture[str]

QUERIES: list[dict[str, Any]] = [
    {"person": PEOPLE[0], "truth": ["table:E-1"]},
    {"person": PEOPLE[1], "truth": ["table:E-2", "table:E-4"]},
    {"person": PEOPLE[3], "truth": []},
]


def queries_file(folder: Path) -> tuple[Path, str]:
    """Queries, and the argument of `--list`."""
    return write_rows(folder / "queries.jsonl", QUERIES), small_files(folder)[1]


def test_pairs_print_a_table(tmp_path: Path, capsys: Capture) -> None:
    ended = kstep_here(capsys, "evaluate", pairs_file(tmp_path))
    assert ended.code == 0
    lines = {line.strip().split("  ")[0]: line for line in ended.out.splitlines() if line.strip()}
    for label in ("labelled pairs", "precision", "recall", "F1", "area under the ROC curve", "average precision",
                  "recall at 1 % false positives", "recall at 0.1 % false positives", "calibration error (ECE)",
                  "Brier score", "log loss", "in all"):  # fmt: skip
        assert label in lines, label
    assert "0.7500" in lines["precision"] and "3 of 4 matches" in lines["recall"]


def test_pairs_print_json_with_the_same_figures(tmp_path: Path, capsys: Capture) -> None:
    ended = kstep_here(capsys, "evaluate", pairs_file(tmp_path), "--json")
    figures = json.loads(ended.out)
    assert (ended.code, figures["pairs"], figures["positives"], figures["prior"], figures["threshold"]) == (
        0,
        6,
        4,
        0.5,
        0.5,
    )
    assert (figures["precision"], figures["recall"], figures["f1"]) == (0.75, 0.75, 0.75)
    low, high = figures["auc_interval"]
    assert 0 <= low <= figures["auc"] <= high <= 1
    assert set(figures) >= {"average_precision", "recall_at_false_positive_rate", "ece", "brier", "log_loss", "calibration",
                            "pairs_per_second", "engine"}  # fmt: skip


def test_prior_moves_probabilities_and_not_bits(tmp_path: Path, capsys: Capture) -> None:
    path, rows = pairs_file(tmp_path), []
    for prior in ("0.5", "0.001"):
        ended = kstep_here(capsys, "evaluate", path, "--prior", prior, "--out", tmp_path / prior)
        assert ended.code == 0
        rows.append(rows_of((tmp_path / prior).read_text("utf-8")))
    even, rare = rows
    assert [row["bits"] for row in even] == [row["bits"] for row in rare]
    assert all(a["probability"] >= b["probability"] for a, b in zip(even, rare, strict=True))
    assert even[1]["probability"] > 500 * rare[1]["probability"]


def test_threshold_decides_what_counts_as_found(tmp_path: Path, capsys: Capture) -> None:
    path = pairs_file(tmp_path)
    strict = json.loads(kstep_here(capsys, "evaluate", path, "--threshold", "0.99999999", "--json").out)
    loose = json.loads(kstep_here(capsys, "evaluate", path, "--threshold", "0.000000001", "--json").out)
    assert strict["recall"] < 0.75 <= loose["recall"]
    assert strict["auc"] == loose["auc"]


def test_two_runs_give_the_same_bytes(tmp_path: Path, capsys: Capture) -> None:
    pairs, (queries, argument) = pairs_file(tmp_path), queries_file(tmp_path)
    for name in ("first", "second"):
        page = tmp_path / f"{name}.html"
        assert kstep_here(capsys, "evaluate", pairs, "--out", tmp_path / name, "--report", page).code == 0
        page = tmp_path / f"{name}.queries.html"
        out = tmp_path / f"{name}.queries"
        assert kstep_here(capsys, "evaluate", queries, "--list", argument, "--out", out, "--report", page).code == 0
    for ending in ("", ".html", ".queries", ".queries.html"):
        assert (tmp_path / f"first{ending}").read_bytes() == (tmp_path / f"second{ending}").read_bytes()
    assert [row["match"] for row in rows_of((tmp_path / "first").read_text("utf-8"))] == [
        pair["match"] for pair in PAIRS
    ]


def test_queries_print_a_table_and_the_curve(tmp_path: Path, capsys: Capture) -> None:
    queries, argument = queries_file(tmp_path)
    ended = kstep_here(capsys, "evaluate", queries, "--list", argument)
    assert ended.code == 0
    for label in ("recall of truths", "recall of queries", "wrong hits a query", "unrelated people flagged",
                  "recall at rank 1", "0.999"):  # fmt: skip
        assert label in ended.out, label
    assert "2 of 3" in ended.out and "0 of 1; 95 %: 0.0000 to " in ended.out


def test_queries_print_json_with_the_same_figures(tmp_path: Path, capsys: Capture) -> None:
    queries, argument = queries_file(tmp_path)
    figures = json.loads(kstep_here(capsys, "evaluate", queries, "--list", argument, "--json").out)
    assert (figures["queries"], figures["queries_with_truth"], figures["truths"], figures["unrelated"]) == (3, 2, 3, 1)
    assert figures["recall_of_truths"] == pytest.approx(2 / 3)
    assert (figures["recall_of_queries"], figures["recall_at_rank_1"], figures["wrong_hits_per_query"]) == (
        1.0,
        1.0,
        0.0,
    )
    assert [point["threshold"] for point in figures["curve"]] == sorted(
        point["threshold"] for point in figures["curve"]
    )


def test_queries_write_a_row_each_with_matches_as_screen_writes_them(tmp_path: Path, capsys: Capture) -> None:
    queries, argument = queries_file(tmp_path)
    out = tmp_path / "out.jsonl"
    assert kstep_here(capsys, "evaluate", queries, "--list", argument, "--out", out).code == 0
    rows = rows_of(out.read_text("utf-8"))
    people = write_rows(tmp_path / "roster.jsonl", [row["person"] for row in QUERIES])
    screened = rows_of(kstep_here(capsys, "screen", people, "--list", argument).out)
    assert [match for row in rows for match in row["found"]] == screened
    assert [row["truth"] for row in rows] == [row["truth"] for row in QUERIES]


def test_truth_written_as_screen_writes_its_lists_and_entries(tmp_path: Path, capsys: Capture) -> None:
    _, argument = queries_file(tmp_path)
    again = f"table={write_rows(tmp_path / 'second.jsonl', [{'entry_id': 'E-1', 'name': 'Tariq Qasrawan'}])}"
    people = write_rows(tmp_path / "roster.jsonl", [PEOPLE[0]])
    ran = kstep_here(capsys, "screen", people, "--list", argument, "--list", again, "--threshold", "0.01")
    truths = [f"{row['list']}:{row['entry_id']}" for row in rows_of(ran.out)]
    assert sorted(truths) == ["table:second:E-1", "table:watch:E-1"]
    queries = write_rows(tmp_path / "queries.jsonl", [{"person": PEOPLE[0], "truth": truths}])
    ended = kstep_here(
        capsys, "evaluate", queries, "--list", argument, "--list", again, "--threshold", "0.01", "--json"
    )
    assert json.loads(ended.out)["recall_of_truths"] == 1.0


def test_unread_field_is_told_and_sets_the_exit_code(tmp_path: Path, capsys: Capture) -> None:
    path = pairs_file(
        tmp_path, [{"left": {**ONE, "birth_date": "1980-02-31"}, "right": {**SAME, "hair": "x"}, "match": True}]
    )
    ended = kstep_here(capsys, "evaluate", path)
    assert ended.code == 1
    assert ended.told == [
        "kstep: 1 column is not declared and was dropped: hair",
        "kstep: attention: field not read: 1 (line 1, left birth_date: there is no date …)",
    ]


USAGE = [
    ("evaluate", "Missing argument"),
    ("evaluate gone.jsonl", "gone.jsonl: there is no such file; check the path"),
    ("evaluate empty.jsonl", "empty.jsonl, line 1: is empty; check how it was made"),
    ("evaluate pairs.jsonl --prior 0", "--prior: 0.0 is not a probability between 0 and 1; write one like 0.5"),
    ("evaluate pairs.jsonl --prior 1", "--prior: 1.0 is not a probability"),
    ("evaluate pairs.jsonl --prior nan", "--prior: nan is not a probability"),
    ("evaluate pairs.jsonl --threshold 1", "--threshold: 1.0 is not a probability between 0 and 1; write one like 0.5"),
    ("evaluate pairs.jsonl --out pairs.jsonl", "pairs.jsonl: is one of the files that are read; name another one with --out"),
    ("evaluate pairs.jsonl --report pairs.jsonl", "is one of the files that are read; name another one with --report"),
    ("evaluate pairs.jsonl --report nowhere/page.html", "cannot be written (No such file or directory); choose another"),
    ("evaluate pairs.jsonl --report folder", "folder: is not an ordinary file; name a file with --report"),
    ("evaluate pairs.jsonl --out one --report ./one", "--report: is the file of --out too; name another one"),
    ("evaluate queries.jsonl", "queries.jsonl, line 1: has no 'left'; write"),
    ("evaluate pairs.jsonl --list table=watch.jsonl", "pairs.jsonl, line 1: has no 'person'; write"),
    ("evaluate queries.jsonl --list table=watch.jsonl --prior 0.5", "--prior: is for labelled pairs; leave it out"),
    ("evaluate queries.jsonl --list table=gone.jsonl", "gone.jsonl: there is no such file or directory; check the path"),
    ("evaluate queries.jsonl --list watch.jsonl", "does not name a list; write KIND=PATH"),
    ("evaluate queries.jsonl --list table=watch.jsonl --out watch.jsonl", "is one of the files that are read"),
    ("evaluate unknown.jsonl --list table=watch.jsonl --out o --report p", "names the truth 'table:E-99', which is on none"),
    ("evaluate broken.jsonl --out o --report p", "broken.jsonl, line 3: has a 'match' that is neither true nor false; write"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message"), USAGE)
def test_bad_input_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, line: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    pairs_file(tmp_path)
    queries_file(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.jsonl").write_bytes(b"")
    write_rows(tmp_path / "unknown.jsonl", [{"person": PEOPLE[0], "truth": ["table:E-99"]}])
    write_rows(tmp_path / "broken.jsonl", [PAIRS[0], PAIRS[1], {**PAIRS[2], "match": "yes"}])
    before = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    ended = kstep_here(capsys, *line.split(" "))
    told = [each for each in ended.told if not each.startswith("kstep: building the index")]
    assert (ended.code, ended.out, len(told)) == (2, "", 1), ended
    assert message in told[0]
    assert {path.name: path.stat().st_size for path in tmp_path.iterdir()} == before


def test_process_measures_and_draws_no_progress_in_a_pipe(tmp_path: Path) -> None:
    ended = kstep("evaluate", pairs_file(tmp_path), "--json")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)["pairs"] == 6
