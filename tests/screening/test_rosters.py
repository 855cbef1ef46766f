"""A roster is everyone in a file and all there is to say of it, read in pieces or at once, kept or not."""

from __future__ import annotations

import dataclasses
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from command_line import own_cache
from kstep.matching import configuration, save_index
from kstep.model import InputError
from kstep.model.folders import cache_folder
from kstep.records import PeopleFile, read_people
from kstep.screening import rosters
from kstep.screening.kept import KEPT_FOR
from kstep.screening.rosters import find_roster, index_of_people
from kstep.synth import write_people

HEADER = "person_id,name,birth_date,sex,nationality,dob,office"
ROWS = (
    "P-1,Tariq Qasrawan,1980-01-02,M,MT,,North",
    "P-2,Ingerid Oosterhaal,1971-13,F,NO,,",
    ",Nobody,1970,,,,",
    "P-1,Tarik Kasrawan,1980,,,,",
    "P-3,Дмитрий Брастов,1969-05-06,Q,,,",
    "P-4,too,many,fields,in,this,row,of,all",
    "P-5,Meera Tarvenkar,,,,1990,",
    "P-2,Ingrid Osterhaal,,,,,",
    "P-1,T. Qasrawan,,,,,",
)


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KSTEP_CACHE", str(own_cache(tmp_path / "cache")))
    path = tmp_path / "people.csv"
    path.write_text("\n".join([HEADER, *ROWS, ""]), encoding="utf-8")
    return path


def told(file: PeopleFile) -> dict[str, object]:
    values = {field.name: getattr(file, field.name) for field in dataclasses.fields(file)}
    return values | {"people": list(file.people), "shared_ids": list(file.shared_ids.items())}


@pytest.mark.parametrize("at_once", [1, 3, 4, 100])
def test_roster_read_in_pieces_tells_what_the_file_tells(
    people: Path, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rosters, "RECORDS_AT_ONCE", at_once)
    expected = told(read_people(people))
    steps: list[int] = []
    read = find_roster(people).open(progress=steps.append)
    assert told(read.file) == expected
    assert sum(steps) == 7
    kept = find_roster(people)
    assert kept.kept is not None
    assert told(kept.open().file) == expected
    assert read.index.columns.records == 7


def indexes() -> list[Path]:
    return sorted(cache_folder().glob("*.roster"))


def test_nobody_is_read_twice(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find_roster(people).open()
    (kept,) = indexes()
    assert kept.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(rosters, "rows_of_people", None)
    find_roster(people).open()
    assert indexes() == [kept]


def test_what_nobody_used_for_a_month_is_given_up(people: Path) -> None:
    find_roster(people).open()
    (used,) = indexes()
    (unused := used.with_name("unused.roster")).write_bytes(b"of another file")
    (old_list := used.with_name("unused.index")).write_bytes(b"of a list")
    (run := cache_folder() / "runs" / "stopped").mkdir(parents=True)
    month_ago = time.time() - KEPT_FOR - 60
    for old in (used, unused, old_list, run):
        os.utime(old, (month_ago, month_ago))
    find_roster(people).open()
    assert used.stat().st_mtime > month_ago + 60
    people.write_text(people.read_text(encoding="utf-8") + "P-9,Somebody Else,,,,,\n", encoding="utf-8")
    find_roster(people).open()
    assert used.exists()
    assert len(indexes()) == 2
    assert [old.name for old in (unused, old_list, run) if old.exists()] == []


def test_another_byte_is_another_roster(people: Path) -> None:
    find_roster(people).open()
    people.write_text(people.read_text(encoding="utf-8").replace("Meera", "Mirah"), encoding="utf-8")
    assert any("Mirah" in person.identity.names[0].full for person in find_roster(people).open().file.people)
    assert len(indexes()) == 2


def test_a_damaged_roster_is_read_again_and_said(people: Path) -> None:
    find_roster(people).open()
    (kept,) = indexes()
    kept.write_bytes(kept.read_bytes()[:-9])
    said: list[str] = []
    assert len(find_roster(people, said.append).open().file.people) == 7
    assert len(said) == 1
    assert "cannot be used and is built again" in said[0]
    assert find_roster(people).kept is not None


def test_a_roster_that_is_searched_stays_so(people: Path) -> None:
    roster = find_roster(people).open()
    assert roster.index.ways is None
    searched = roster.to_search()
    assert searched.index.ways is not None
    assert find_roster(people).open().index.ways is not None
    assert told(searched.file) == told(roster.file)


def test_a_file_that_changes_while_it_is_read_is_refused(people: Path) -> None:
    found = find_roster(people)
    with people.open("a", encoding="utf-8") as file:
        file.write("P-9,Somebody Else,,,,,\n")
    with pytest.raises(InputError, match="changed while it was read"):
        found.open()
    assert indexes() == []


def test_a_pipe_is_read_once_and_kept_nowhere(people: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    threading.Thread(target=lambda: pipe.write_bytes(people.read_bytes())).start()
    roster = find_roster(pipe).open()
    assert told(roster.file) == told(read_people(people))
    assert roster.to_search().index.ways is not None
    assert [place.name for place in cache_folder().iterdir() if not place.name.startswith("kernels-")] == []


def test_where_no_index_is_to_be_believed_the_file_is_read_and_nothing_kept(people: Path) -> None:
    assert told(find_roster(people, kept_indexes=False).open().file) == told(read_people(people))
    assert indexes() == []
    kept = find_roster(people).open()
    some = [person for person in kept.file.people if person.person_id != "P-3"]
    save_index(replace(index_of_people(some), about=kept.index.about), indexes()[0])
    assert len(find_roster(people).open().index.ids) == 6
    assert len(find_roster(people, kept_indexes=False).open().index.ids) == 7


def test_a_bad_row_is_refused_behind_thousands_of_good_ones(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rosters, "RECORDS_AT_ONCE", 50)
    write_people(people, 400, seed=1)
    with people.open("a", encoding="utf-8") as file:
        file.write('"P-9,never closed\n')
    with pytest.raises(InputError, match="line 402"):
        find_roster(people).open()
    assert indexes() == []
    assert configuration()
