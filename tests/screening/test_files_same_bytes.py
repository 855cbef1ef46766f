"""Output files: two runs give identical bytes, an old file stays until the new one is whole, and nothing is left over."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from command_line import PEOPLE, small_files, write_rows
from kstep.model import Identity, InputError, Name, Person
from kstep.records import PeopleFile, read_people
from kstep.screening.files import check_out, screen_people, write_outcome
from kstep.screening.sources import OpenList, open_lists, parse_sources
from kstep.synth import write_list, write_people

FORMS = ("jsonl", "csv", "parquet", "html")

pytestmark = pytest.mark.usefixtures("cache")


def bytes_of(people: PeopleFile, lists: Sequence[OpenList], out: Path, form: str, engine: str = "local") -> bytes:
    """What a run writes, with what it writes beside."""
    write_outcome(screen_people(people, lists, 0.2, engine), out, form, "people against lists")
    return out.read_bytes() + out.with_name(f"{out.name}.attention.jsonl").read_bytes()


@pytest.fixture
def made(tmp_path: Path) -> tuple[PeopleFile, list[str]]:
    """30 made-up people with planted matches, and two lists of which one has a row too poor to be found."""
    write_list(tmp_path / "own.csv", "table", 20, seed=3)
    with (tmp_path / "own.csv").open("a") as rows:
        rows.write('poor,"Li",,,,,,,,,,\n')
    write_list(tmp_path / "un.xml", "un", 20, seed=3)
    arguments = [f"table={tmp_path / 'own.csv'}", f"un={tmp_path / 'un.xml'}"]
    planted = [(ready.label, list(ready.index.entries)) for ready in open_lists(parse_sources(arguments))]
    write_people(tmp_path / "people.csv", 30, seed=4, lists=planted, planted_share=0.5)
    return read_people(tmp_path / "people.csv"), arguments


@pytest.mark.parametrize("form", FORMS)
def test_fresh_kept_and_brute_runs_give_the_same_bytes(
    made: tuple[PeopleFile, list[str]], tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, arguments = made
    kept = open_lists(parse_sources(arguments))
    monkeypatch.setenv("KSTEP_CACHE", str(tmp_path / "another"))
    fresh = open_lists(parse_sources(arguments))
    assert len(list((tmp_path / "another").glob("*.index"))) == 2
    first = bytes_of(people, fresh, tmp_path / "first", form)
    assert len(first) > 2_000
    assert bytes_of(people, kept, tmp_path / "second", form) == first
    assert bytes_of(people, fresh, tmp_path / "first", form) == first
    assert bytes_of(people, kept, tmp_path / "third", form, "brute") == first


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_left_beside_the_output(tmp_path: Path, form: str) -> None:
    people, argument = small_files(tmp_path)
    out = tmp_path / "out" / f"matches.{form}"
    out.parent.mkdir()
    write_outcome(screen_people(read_people(people), open_lists(parse_sources([argument])), 0.5), out, form, "")
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert out.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_output_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path, form: str) -> None:
    _, argument = small_files(tmp_path)
    broken = Person("P-1", Identity(names=(Name.of("Tariq \ud800 Qasrawan"),)))
    people = PeopleFile((broken,), 1, (), (), (), {})
    outcome = screen_people(people, open_lists(parse_sources([argument])), 0.001)
    assert outcome.screening.matches
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "matches").write_text("the old one")
    with pytest.raises(Exception, match="surrogates"):
        write_outcome(outcome, folder / "matches", form, "")
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("matches", "the old one")]


def test_symbolic_link_stays_one(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "latest.jsonl"
    link.symlink_to(tmp_path / "elsewhere" / "matches.jsonl")
    outcome = screen_people(read_people(people), open_lists(parse_sources([argument])), 0.5)
    write_outcome(outcome, link, "jsonl", "")
    assert link.is_symlink()
    assert (tmp_path / "elsewhere" / "matches.jsonl").read_text().count("\n") == len(outcome.screening.matches)


def test_device_or_pipe_is_never_replaced(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to(os.devnull)
    for place in (tmp_path / "pipe", tmp_path / "null", Path(os.devnull), tmp_path):
        with pytest.raises(InputError, match="is not an ordinary file; name a file with --out"):
            check_out(place, people, parse_sources([argument]))


def test_file_that_is_read_is_never_written(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    write_list(tmp_path / "sdn", "ofac-sdn", 2, seed=1)
    (tmp_path / "link.jsonl").symlink_to(people)
    os.link(tmp_path / "watch.jsonl", tmp_path / "same.jsonl")
    sources = parse_sources([argument, f"ofac-sdn={tmp_path / 'sdn'}"])
    for name in ("people.jsonl", "watch.jsonl", "link.jsonl", "same.jsonl", "sdn/sdn.csv", "sdn/../sdn/alt.csv"):
        with pytest.raises(InputError, match="is one of the files that are read; name another one with --out"):
            check_out(tmp_path / name, people, sources)


@pytest.mark.parametrize("place", ["new.jsonl", "old.jsonl", "sdn/matches.jsonl"])
def test_place_that_can_be_written_is_left_as_it_is(tmp_path: Path, place: str) -> None:
    people, argument = small_files(tmp_path)
    write_list(tmp_path / "sdn", "ofac-sdn", 2, seed=1)
    write_rows(tmp_path / "old.jsonl", PEOPLE)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert check_out(tmp_path / place, people, parse_sources([argument, f"ofac-sdn={tmp_path / 'sdn'}"]))
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before
