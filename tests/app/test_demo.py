"""The demonstration: everything is made, screened and held against what was planted, and its figures are those of its files."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from command_line import ENTRIES, Ran, kstep_here, own_cache, rows_of, write_rows
from kstep.app.demo import MADE_LISTS, DemoResult, run_demo
from kstep.records import read_people
from kstep.synth import write_list
from real_data import real_data

Capture = pytest.CaptureFixture[str]

PEOPLE = 2_000


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoResult, list[str], list[int]]:
    """A demonstration on made lists: its result, what it said, and the steps of its progress."""
    folder = tmp_path_factory.mktemp("demo")
    said: list[str] = []
    steps: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KSTEP_CACHE", str(own_cache(folder / "cache")))
        result = run_demo(folder / "new" / "folder", PEOPLE, 3, say=said.append, progress=steps.append)
    return result, said, steps


def truth_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "people.truth.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def pairs_of(matches: Path) -> list[tuple[str, str, str]]:
    return [(row["person_id"], row["list"], row["entry_id"]) for row in rows_of(matches.read_text(encoding="utf-8"))]


def small_demo(folder: Path, capsys: Capture, *more: str) -> Ran:
    watch = write_rows(folder / "watch.jsonl", ENTRIES)
    return kstep_here(capsys, "demo", folder / "made", "--n", "600", "--list", f"table={watch}", *more)


def test_everything_is_in_one_folder(shown: tuple[DemoResult, list[str], list[int]]) -> None:
    result, said, _ = shown
    names = {path.name for path in result.report.parent.iterdir()}
    assert names - {"matches.jsonl.attention.jsonl"} == {
        "people.csv", "people.truth.csv", "matches.jsonl", "report.html", *(name for _, name, _ in MADE_LISTS),
    }  # fmt: skip
    assert result.matches.parent == result.report.parent
    assert (result.attention is not None) == ("matches.jsonl.attention.jsonl" in names)
    assert len(read_people(result.report.parent / "people.csv").people) == PEOPLE
    assert [line for line in said if line.startswith("making a list of kind ")] == [
        f"making a list of kind {kind} with {size:,} people …" for kind, _, size in MADE_LISTS
    ]


def test_figures_are_those_of_the_files(shown: tuple[DemoResult, list[str], list[int]]) -> None:
    result, _, _ = shown
    truth = truth_of(result.report.parent)
    planted = {(row["person_id"], row["list"], row["entry_id"]) for row in truth}
    pairs = pairs_of(result.matches)
    flagged = {person_id for person_id, _, _ in pairs}
    assert (result.planted, result.found) == (len(truth), len(planted & set(pairs)))
    assert (result.flagged, result.flagged_planted) == (
        len(flagged),
        len(flagged & {row["person_id"] for row in truth}),
    )
    assert result.recall == result.found / result.planted
    assert result.precision == result.flagged_planted / result.flagged
    rows = rows_of(result.matches.read_text(encoding="utf-8"))
    assert result.bands == Counter(row["band"] for row in rows)
    tried: Counter[str] = Counter(kind for row in truth for kind in row["corruptions"].split(";"))
    assert {kind: planted for kind, (planted, _) in result.by_corruption.items()} == tried
    assert (result.people, result.entries) == (PEOPLE, sum(size for _, _, size in MADE_LISTS))
    assert result.comparisons == result.people * result.entries


def test_planted_people_are_found_and_few_others_flagged(shown: tuple[DemoResult, list[str], list[int]]) -> None:
    result, _, _ = shown
    assert result.planted == round(PEOPLE * 0.002)
    assert result.recall >= 0.5
    assert result.flagged - result.flagged_planted <= PEOPLE // 100


def test_progress_adds_up(shown: tuple[DemoResult, list[str], list[int]]) -> None:
    assert sum(shown[2]) == PEOPLE * len(MADE_LISTS)


def test_report_shows_every_match_and_the_time(shown: tuple[DemoResult, list[str], list[int]]) -> None:
    result, _, _ = shown
    page = result.report.read_text(encoding="utf-8")
    assert f"<title>{len(pairs_of(result.matches)):,} possible matches: Made-up people: people.csv against " in page
    assert all(person_id in page for person_id, _, _ in pairs_of(result.matches))
    assert f"<dt>Time</dt><dd>{result.seconds:.1f}<small> s" in page


def test_command_prints_the_figures_and_where_the_report_is(tmp_path: Path, capsys: Capture, cache: Path) -> None:
    ended = small_demo(tmp_path, capsys)
    figures = json.loads(small_demo(tmp_path, capsys, "--json").out)
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert ended.code == 0
    assert "people 600" in lines
    assert "list entries 4" in lines
    assert "comparisons 2,400" in lines
    assert f"planted matches found {figures['found']} of {figures['planted']} (recall {figures['recall']:.3f})" in lines
    assert any(f"(precision {figures['precision']:.3f})" in line for line in lines)
    assert f"report {tmp_path / 'made' / 'report.html'} (open it in a browser)" in lines
    assert figures["report"] == str(tmp_path / "made" / "report.html")
    assert figures["planted"] == 1
    assert Path(figures["matches"]).exists()


def test_seed_decides_everything_but_the_time(tmp_path: Path, capsys: Capture, cache: Path) -> None:
    names = ("people.csv", "people.truth.csv", "matches.jsonl")
    written = []
    for seed in ("4", "4", "5"):
        small_demo(tmp_path, capsys, "--seed", seed)
        written.append([(tmp_path / "made" / name).read_bytes() for name in names])
    assert written[0] == written[1]
    assert written[0][0] != written[2][0]


def test_planted_people_who_are_missed_are_counted_as_missed(tmp_path: Path, cache: Path) -> None:
    write_list(tmp_path / "own.csv", "table", 60, seed=9)
    arguments = [f"table={tmp_path / 'own.csv'}"]
    usual = run_demo(tmp_path / "usual", 4_000, 2, arguments)
    truth = truth_of(tmp_path / "usual")
    planted = {(row["person_id"], row["list"], row["entry_id"]) for row in truth}
    rows = rows_of(usual.matches.read_text(encoding="utf-8"))
    found = [row for row in rows if (row["person_id"], row["list"], row["entry_id"]) in planted]
    bits = sorted(row["bits"] + row["prior_bits"] for row in found)
    between = (bits[0] + bits[-1]) / 2
    strict = run_demo(tmp_path / "strict", 4_000, 2, arguments, threshold=1 / (1 + 2**-between))
    still = {row["person_id"] for row in found if row["bits"] + row["prior_bits"] >= between}
    assert (strict.planted, strict.found) == (len(planted), len(still))
    assert 0 < strict.found < usual.found
    expected: Counter[str] = Counter(
        kind for row in truth if row["person_id"] in still for kind in row["corruptions"].split(";")
    )
    assert {kind: found for kind, (_, found) in strict.by_corruption.items() if found} == expected


def test_list_that_cannot_be_read_leaves_no_folder(tmp_path: Path, capsys: Capture, cache: Path) -> None:
    ended = kstep_here(capsys, "demo", tmp_path / "made", "--list", f"table={tmp_path / 'gone.csv'}")
    assert (ended.code, len(ended.told)) == (2, 1)
    assert not (tmp_path / "made").exists()


def test_entries_of_a_real_list_are_planted_and_found(tmp_path: Path, capsys: Capture, cache: Path) -> None:
    argument = f"un={real_data() / 'un/consolidated-2025.xml'}"
    options = ("--n", "1500", "--list", argument, "--json")
    figures = json.loads(kstep_here(capsys, "demo", tmp_path / "made", *options).out)
    assert (figures["people"], figures["entries"], figures["planted"]) == (1_500, 684, 3)
    assert {row["list"] for row in truth_of(tmp_path / "made")} == {"un"}
    assert figures["found"] >= 1
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == [
        "matches.jsonl", "matches.jsonl.attention.jsonl", "people.csv", "people.truth.csv", "report.html",
    ]  # fmt: skip
