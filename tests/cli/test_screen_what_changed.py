"""`kstep screen --people-before --list-before`: precisely those lines of a run of everything of which a side changed, and what is
told of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from command_line import ENTRIES, PEOPLE, Ran, kstep, kstep_here, own_cache, rows_of, write_rows
from kstep.lists import read_list
from kstep.screening.rosters import find_roster
from kstep.screening.sources import open_lists, parse_sources
from kstep.synth import write_list, write_people
from real_data import real_data

Rows = list[dict[str, str]]
Pair = tuple[str, str, str]
Capture = pytest.CaptureFixture[str]

NEW, RENAMED, ELSEWHERE = 0, 1, (2, 3)
"""Of every ten records one is new, one had another name, and two differ in what is not compared."""

GONE = 3
"""Records of each file that are there no more."""


class Made(NamedTuple):
    """The arguments of a run of everything, of the one before, and of what changed; and who and what is new or changed."""

    everything: list[str]
    before: list[str]
    past: list[str]
    people: set[str]
    entries: set[tuple[str, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """60 made-up people, half of them altered copies of entries of two lists of 40 and 30; and all three as they were."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "then").mkdir()
    for seed, (name, count) in enumerate((("a.csv", 40), ("b.csv", 30))):
        write_list(folder / name, "table", count, seed=seed)
    sources = [f"table={folder / 'a.csv'}", f"table={folder / 'b.csv'}"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KSTEP_CACHE", str(own_cache(folder / "cache")))
        planted = [(ready.label, list(ready.index.entries)) for ready in open_lists(parse_sources(sources))]
        write_people(folder / "people.csv", 60, seed=3, lists=planted, planted_share=0.5)
        people = as_they_were(folder, "people.csv", "person_id", "office")
        entries = {
            (f"table:{name}", entry_id)
            for name in "ab"
            for entry_id in as_they_were(folder, f"{name}.csv", "entry_id", "listed_on")
        }
        now, then = (
            [str(place / "people.csv"), *(f"--list=table={place / name}" for name in ("a.csv", "b.csv"))]
            for place in (folder, folder / "then")
        )
        rest = ["--threshold=0.2"]
        yield Made([*now, *rest], [*then, *rest], past_of(*then), people, entries)


def past_of(people: str | Path, *lists: str) -> list[str]:
    """The options that name a past, of the arguments of its own run."""
    return [f"--people-before={people}", *(option.replace("--list=", "--list-before=") for option in lists)]


def as_they_were(folder: Path, name: str, key: str, not_compared: str) -> set[str]:
    """Write the file of an earlier day from that of now; the ids of what is new or changed since."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        now = list(csv.DictReader(file))
    then: Rows = [{**row, key: f"gone-{place}"} for place, row in enumerate(now[:GONE])]
    for place, row in enumerate(now):
        if place % 10 in ELSEWHERE:
            then.append({**row, not_compared: "1999-09-09"})
        elif place % 10 == RENAMED:
            then.append({**row, "name": f"Wilhelmina Achterberg {place}", "family_name": "", "given_names": ""})
        elif place % 10 != NEW:
            then.append(row)
    write_csv(folder / "then" / name, then[::-1])
    return {row[key] for place, row in enumerate(now) if place % 10 in (NEW, RENAMED)}


def write_csv(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def bits_of(text: str) -> dict[Pair, float]:
    return {(row["person_id"], row["list"], row["entry_id"]): row["bits"] for row in rows_of(text)}


def told_of_changes(ran: Ran) -> str:
    (told,) = (line for line in ran.told if "are new or changed" in line)
    return told.removeprefix("kstep: ")


@pytest.mark.parametrize("engine", ["local", "brute"])
def test_what_changed_is_those_lines_of_a_run_of_everything(made: Made, engine: str) -> None:
    everything = kstep("screen", *made.everything, f"--engine={engine}")
    ran = kstep("screen", *made.everything, *made.past, f"--engine={engine}")
    lines = everything.out.splitlines(keepends=True)
    touched = [
        row["person_id"] in made.people or (row["list"], row["entry_id"]) in made.entries
        for row in rows_of(everything.out)
    ]
    assert ran.out == "".join(line for line, is_changed in zip(lines, touched, strict=True) if is_changed)
    assert 5 < sum(touched) < len(lines) - 5
    assert ran.code == everything.code == 0
    assert told_of_changes(ran) == "12 people and 14 entries are new or changed; 9 and 13 are gone or were otherwise"
    assert ran.told[-1].startswith(f"kstep: 60 people, 1,512 comparisons, {sum(touched)} possible matches, ")


def test_it_and_what_stands_of_before_is_a_run_of_everything(made: Made, capsys: Capture) -> None:
    before, now = (
        bits_of(kstep_here(capsys, "screen", *arguments).out) for arguments in (made.before, made.everything)
    )
    delta = bits_of(kstep_here(capsys, "screen", *made.everything, *made.past).out)
    stands = {
        pair: bits for pair, bits in before.items()
        if not (pair[0] in made.people or pair[1:] in made.entries or "gone" in pair[0] or "gone" in pair[2])
    }  # fmt: skip
    assert not stands.keys() & delta.keys()
    assert stands | delta == now
    assert stands.keys() < before.keys()


def test_output_in_a_file_is_that_of_stdout(made: Made, tmp_path: Path, capsys: Capture) -> None:
    ran = kstep_here(capsys, "screen", *made.everything, *made.past)
    for form in ("jsonl", "parquet"):
        written = kstep_here(capsys, "screen", *made.everything, *made.past, "--out", tmp_path / f"matches.{form}")
        assert (written.code, written.out) == (0, "")
    assert (tmp_path / "matches.jsonl").read_text(encoding="utf-8") == ran.out
    assert pl.read_parquet(tmp_path / "matches.parquet").to_dicts() == rows_of(ran.out)


def test_nothing_is_found_where_nothing_changed(made: Made, capsys: Capture) -> None:
    ran = kstep_here(capsys, "screen", *made.everything, *past_of(*made.everything[:3]))
    assert (ran.code, ran.out) == (0, "")
    assert told_of_changes(ran) == "0 people and 0 entries are new or changed; 0 and 0 are gone or were otherwise"
    assert ran.told[-1].startswith("kstep: 60 people, 0 comparisons, 0 possible matches, ")


def test_since_nothing_was_there_everything_is_new(made: Made, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "nobody.csv").write_text("person_id,name\n")
    (tmp_path / "nothing.csv").write_text("entry_id,name\n")
    nothing = f"--list=table={tmp_path / 'nothing.csv'}"
    ran = kstep_here(capsys, "screen", *made.everything, *past_of(tmp_path / "nobody.csv", nothing, nothing))
    everything = kstep_here(capsys, "screen", *made.everything)
    assert (ran.code, ran.out) == (everything.code, everything.out)
    assert told_of_changes(ran) == "60 people and 70 entries are new or changed; 0 and 0 are gone or were otherwise"
    assert ran.told[-1].startswith("kstep: 60 people, 4,200 comparisons, ")


@pytest.mark.parametrize("also_of_b", [False, True])
def test_more_entries_than_people_may_have_changed(
    made: Made, tmp_path: Path, capsys: Capture, also_of_b: bool
) -> None:
    """Against 12 people, all 40 entries of one list are new, and of the other none or six."""
    people, a, b = made.everything[:3]
    with Path(people).open(encoding="utf-8", newline="") as file:
        few = write_csv(tmp_path / "few.csv", list(csv.DictReader(file))[:12])
    (tmp_path / "nothing.csv").write_text("entry_id,name\n")
    now = [str(few), a, b, "--threshold=0.2"]
    past = past_of(few, f"--list=table={tmp_path / 'nothing.csv'}", made.before[2] if also_of_b else b)
    everything = bits_of(kstep_here(capsys, "screen", *now).out)
    ran = kstep_here(capsys, "screen", *now, *past)
    assert bits_of(ran.out) == {
        pair: bits
        for pair, bits in everything.items()
        if pair[1] == "table:a" or (also_of_b and pair[1:] in made.entries)
    }
    assert ran.out
    assert told_of_changes(ran).startswith(f"0 people and {46 if also_of_b else 40} entries are new or changed; 0 and ")


def test_form_of_the_files_is_no_change(tmp_path: Path, cache: Path, capsys: Capture) -> None:
    people = write_rows(tmp_path / "people.jsonl", PEOPLE)
    watch = write_rows(tmp_path / "watch.jsonl", ENTRIES)
    then, old = (
        write_csv(tmp_path / name, [{**dict.fromkeys(chain(*rows), ""), **row} for row in rows])
        for name, rows in (("then.csv", PEOPLE), ("old.csv", ENTRIES))
    )
    ran = kstep_here(capsys, "screen", people, f"--list=table={watch}", *past_of(then, f"--list=table={old}"))
    assert (ran.code, ran.out) == (0, "")
    assert "kstep: building the index of table as it was (4 entries) …" in ran.told
    assert told_of_changes(ran) == "0 people and 0 entries are new or changed; 0 and 0 are gone or were otherwise"
    assert find_roster(people).open().index.ways is None, "nobody was made searchable, because nothing is looked for"


@pytest.mark.parametrize(
    ("people", "entries", "message"),
    [
        ("gone.csv", "table=watch.jsonl", "gone.csv: there is no such file; check the path"),
        ("json.csv", "table=watch.jsonl", "json.csv, line 1: is JSON, not CSV; write one JSON object"),
        (".", "table=watch.jsonl", ".: is a directory"),
        ("now.jsonl", "table=gone.csv", "gone.csv: there is no such file or directory; check the path"),
        ("now.jsonl", "table=json.csv", "json.csv, line 1: is JSON, not CSV; write one JSON object"),
        ("now.jsonl", "table=watch.txt", "has a name that says no format; name it .csv, .jsonl or .parquet"),
    ],
)
def test_past_that_cannot_be_read_is_told_in_one_line(
    tmp_path: Path,
    cache: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    people: str,
    entries: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, rows in (("now.jsonl", PEOPLE), ("json.csv", PEOPLE), ("watch.jsonl", ENTRIES), ("watch.txt", ENTRIES)):
        write_rows(tmp_path / name, rows)
    now = ["screen", "now.jsonl", "--list=table=watch.jsonl", "--out=matches.jsonl"]
    assert kstep_here(capsys, *now).code == 0  # its index is kept, so that no line tells that it is built
    (tmp_path / "matches.jsonl").unlink()
    ran = kstep("screen", *now[1:], f"--people-before={people}", f"--list-before={entries}")
    assert (ran.code, ran.out, len(ran.told)) == (2, "", 1), ran
    assert message in ran.told[0]
    assert not (tmp_path / "matches.jsonl").exists()


def test_two_real_editions(tmp_path: Path, cache: Path, capsys: Capture) -> None:
    """People among whom are copies of entries of the later edition, against what the publisher changed in ten months."""
    then, now = (real_data() / "un" / name for name in ("consolidated-2025.xml", "consolidated-2026-02-27.xml"))
    old, new = (list(read_list("un", path).entries) for path in (then, now))
    write_people(tmp_path / "people.csv", 300, seed=5, lists=[("un", new)], planted_share=1.0)
    known = {(entry.entry_id, entry.identity) for entry in old}
    changed = {entry.entry_id for entry in new if (entry.entry_id, entry.identity) not in known}
    everything = [str(tmp_path / "people.csv"), f"--list=un={now}"]
    past = past_of(everything[0], f"--list=un={then}")
    expected = [row for row in rows_of(kstep_here(capsys, "screen", *everything).out) if row["entry_id"] in changed]
    ran = kstep_here(capsys, "screen", *everything, *past)
    assert rows_of(ran.out) == expected
    assert len(expected) > 10
    gone = len(known - {(entry.entry_id, entry.identity) for entry in new})
    assert told_of_changes(ran) == (
        f"0 people and {len(changed)} entries are new or changed; 0 and {gone} are gone or were otherwise"
    )
