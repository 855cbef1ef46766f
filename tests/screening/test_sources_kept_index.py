"""The index of a list is kept, found again by the list's bytes, and never believed when it is damaged."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from command_line import ENTRIES, PEOPLE, write_rows
from kstep.lists import read_list
from kstep.matching import build_index, save_index
from kstep.model import Entry, Identity, InputError, Name
from kstep.records import read_people
from kstep.screening.run import screen
from kstep.screening.sources import OpenList, open_lists, parse_sources
from kstep.synth import write_list


def opened(argument: str) -> tuple[OpenList, list[str]]:
    """The list, and what was said while it was opened."""
    said: list[str] = []
    (ready,) = open_lists(parse_sources([argument]), said.append)
    return ready, said


def index_in(cache: Path) -> Path:
    (kept,) = cache.glob("*.index")
    return kept


@pytest.fixture
def watch(tmp_path: Path) -> str:
    """A list with an account: a row that cannot be read and a date that does not exist."""
    rows = [*ENTRIES, {"entry_id": "E-1", "name": "Twice"}, {"entry_id": "E-6", "name": "Q", "birth_date": "1980-13"}]
    return f"table={write_rows(tmp_path / 'watch.jsonl', rows)}"


def test_first_opening_says_that_it_builds_and_later_ones_are_silent(cache: Path, watch: str) -> None:
    assert opened(watch)[1] == ["building the index of table (5 entries) …"]
    assert opened(watch)[1] == []


def test_kept_list_is_the_list_that_was_read(cache: Path, watch: str) -> None:
    fresh, kept = opened(watch)[0], opened(watch)[0]
    for ready in (fresh, kept):
        assert (ready.label, ready.kind, ready.source_date) == ("table", "table", None)
        assert ready.left_out == {"duplicate id": 1, "unreadable date": 1}
    edition = read_list("table", Path(watch.removeprefix("table=")))
    assert fresh.index.edition == kept.index.edition == edition.id
    assert list(fresh.index.entries) == list(kept.index.entries) == list(edition.entries)
    assert list(fresh.index.ceilings) == list(kept.index.ceilings)


def test_matches_from_a_kept_index_are_those_from_a_fresh_one(cache: Path, tmp_path: Path, watch: str) -> None:
    people = read_people(write_rows(tmp_path / "people.jsonl", PEOPLE)).people
    fresh, kept = (screen(people, [opened(watch)[0]], 0.001) for _ in range(2))
    assert fresh == kept
    assert len(fresh.matches) >= 3


def test_brute_force_believes_no_kept_index(cache: Path, watch: str) -> None:
    ready, _ = opened(watch)
    others = [Entry("E-9", Identity(names=(Name.of("Aram Harutyan"),)))]
    save_index(build_index("another", others, ready.index.about), index_in(cache))
    assert list(opened(watch)[0].index.entries) == others
    (afresh,) = open_lists(parse_sources([watch]), kept_indexes=False)
    assert list(afresh.index.entries) == list(ready.index.entries)


def test_changed_list_is_read_again(cache: Path, watch: str) -> None:
    opened(watch)
    with Path(watch.removeprefix("table=")).open("a") as rows:
        rows.write('{"entry_id": "E-9", "name": "Aram Harutyan"}\n')
    ready, said = opened(watch)
    assert len(ready.index.entries) == 6
    assert said == ["building the index of table (6 entries) …"]
    assert len(list(cache.glob("*.index"))) == 2


def test_copy_of_the_list_elsewhere_needs_no_new_index(cache: Path, tmp_path: Path, watch: str) -> None:
    opened(watch)
    (tmp_path / "copy").mkdir()
    copy = shutil.copy(watch.removeprefix("table="), tmp_path / "copy")
    assert opened(f"table={copy}")[1] == []


def test_file_that_its_kind_refuses_is_refused_though_its_bytes_are_known(
    cache: Path, tmp_path: Path, watch: str
) -> None:
    opened(watch)
    copy = shutil.copy(watch.removeprefix("table="), tmp_path / "watch.txt")
    with pytest.raises(InputError, match="has a name that says no format"):
        opened(f"table={copy}")
    with pytest.raises(InputError, match="is not XML"):
        opened(watch.replace("table=", "un="))


def test_other_files_in_a_lists_folder_need_no_new_index(cache: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sdn"
    write_list(folder, "ofac-sdn", 3, seed=1)
    assert opened(f"ofac-sdn={folder}")[1] == ["building the index of ofac-sdn (3 entries) …"]
    (folder / "matches.jsonl").touch()
    assert opened(f"ofac-sdn={folder}")[1] == []
    (folder / "sdn_comments.csv").write_text('1,"more remarks"\n\x1a')
    assert opened(f"ofac-sdn={folder}")[1] == ["building the index of ofac-sdn (3 entries) …"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), change=st.integers(1, 255))
def test_index_with_any_byte_changed_is_built_again(cache: Path, watch: str, place: float, change: int) -> None:
    ready, _ = opened(watch)
    kept = index_in(cache)
    content = bytearray(kept.read_bytes())
    content[int(place * len(content))] ^= change
    kept.write_bytes(content)
    again, said = opened(watch)
    assert said[0].startswith("the kept index of table cannot be used and is built again (")
    assert said[1:] == ["building the index of table (5 entries) …"]
    assert list(again.index.entries) == list(ready.index.entries)
    assert opened(watch)[1] == []


@pytest.mark.parametrize("content", [b"", b"x", b"\x00" * 5000, b"PK\x03\x04"])
def test_index_that_is_something_else_is_built_again(cache: Path, watch: str, content: bytes) -> None:
    opened(watch)
    index_in(cache).write_bytes(content)
    assert [line.split(" of ")[0] for line in opened(watch)[1]] == ["the kept index", "building the index"]


def test_index_that_is_cut_off_is_built_again(cache: Path, watch: str) -> None:
    opened(watch)
    kept = index_in(cache)
    os.truncate(kept, kept.stat().st_size - 1)
    assert [line.split(" of ")[0] for line in opened(watch)[1]] == ["the kept index", "building the index"]


def test_folder_in_the_place_of_an_index_is_told_and_does_no_harm(cache: Path, watch: str) -> None:
    opened(watch)
    kept = index_in(cache)
    kept.unlink()
    kept.mkdir()
    ready, said = opened(watch)
    assert len(ready.index.entries) == 5
    assert [line.split(" of ")[0] for line in said] == ["the kept index", "building the index", "the index"]
    assert said[2].endswith("; it will be built again next time")
    assert list(cache.glob(".index-*")) == []


def test_file_in_the_place_of_the_cache_folder_is_told_and_does_no_harm(
    tmp_path: Path, cache: Path, watch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    for place in ("file", "file/below"):
        monkeypatch.setenv("KSTEP_CACHE", str(tmp_path / place))
        ready, said = opened(watch)
        assert len(ready.index.entries) == 5
        assert said[0] == "building the index of table (5 entries) …"
        assert said[1].startswith(f"the index of table cannot be kept in {tmp_path / place} (")
        assert len(said) == 2


def test_list_that_changes_while_it_is_read_is_refused_and_not_kept(cache: Path, tmp_path: Path, watch: str) -> None:
    opened(watch)
    index_in(cache).write_bytes(b"damaged")
    path = Path(watch.removeprefix("table="))

    def replace_the_list(line: str) -> None:
        assert line.startswith("the kept index of table cannot be used")
        write_rows(path, ENTRIES[:2])

    with pytest.raises(InputError, match="changed while it was read; try again when it is whole"):
        open_lists(parse_sources([watch]), replace_the_list)
    assert index_in(cache).read_bytes() == b"damaged"


def test_all_lists_are_read_before_any_is_indexed(cache: Path, tmp_path: Path, watch: str) -> None:
    said: list[str] = []
    (tmp_path / "bad.xml").write_text("<CONSOLIDATED_LIST><INDIVIDUALS>")
    with pytest.raises(InputError, match="is not whole XML"):
        open_lists(parse_sources([watch, f"un={tmp_path / 'bad.xml'}"]), said.append)
    assert said == []
    assert list(cache.glob("*.index")) == []
