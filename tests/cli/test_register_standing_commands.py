"""`kstep people`, `rescreen`, `coverage`, `certificate` and `standard`: who may do it with whom, and what they are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Ran, kstep_here
from homes import StaffedHome
from kstep.model.events import MarkedItemRead, PersonErased, StandardAdopted
from kstep.model.markings import Level
from nodes import people_file, person

Capture = pytest.CaptureFixture[str]


class Staff:
    """A home with nine people in three offices and a list; officers of everywhere, and of office 1 alone."""

    def __init__(self, staffed: StaffedHome, folder: Path, capsys: Capture) -> None:
        self.staffed, self._capsys = staffed, capsys
        ada = staffed.access.authenticate(staffed.keys[1])
        for number in range(3):
            staffed.access.open_office(ada, f"office {number}", "Somewhere", "administration")
        secret = Level.parse("restricted")
        self.records = staffed.open("records-officer", level=secret)
        self.second = staffed.open("records-officer", level=secret)
        self.here = staffed.open("records-officer", office="office 1", level=secret)
        self.screener = staffed.open("screening-operator")
        self.here_screener = staffed.open("screening-operator", office="office 1")
        self.lists = staffed.open("list-officer")
        self.supervisor = staffed.open("supervisor")
        file = people_file(folder / "people.csv", [person(number) for number in range(9)])
        assert self.run("people", "import", file).code == 0
        entries = folder / "list.csv"
        row = person(3)
        entries.write_text(f"entry_id,name,birth_date\nE3,{row['name']},{row['birth_date']}\n")
        assert self.run("lists", "register", "made", "table", as_=self.lists).code == 0
        assert self.run("lists", "publish", f"table={entries}", "--list", "made", as_=self.lists).code == 0

    def run(self, *words: str | Path, as_: int | None = None) -> Ran:
        key = self.staffed.keys[as_ or self.records]
        return kstep_here(self._capsys, *words, "--home", self.staffed.path, "--as", key)

    def told(self, *words: str | Path, as_: int | None = None) -> Any:
        return json.loads(self.run(*words, "--json", as_=as_).out)


@pytest.fixture
def staff(staffed: StaffedHome, tmp_path: Path, capsys: Capture, cache: Path) -> Staff:
    return Staff(staffed, tmp_path, capsys)


LEAVING = ("--ground", "departed", "--evidence", "ticket 7")


def test_people_of_another_office_are_left_alone(staff: Staff) -> None:
    second = ("--second", staff.staffed.keys[staff.second])
    for words in (
        ("people", "leave", "P000002", *LEAVING, *second), ("people", "erase", "P000002", "--ground", "retention", *second),
        ("people", "show", "P000002"),
    ):  # fmt: skip
        ended = staff.run(*words, as_=staff.here)
        assert (ended.code, ended.out) == (2, ""), words
        assert "does not belong there" in ended.err
    assert staff.run("people", "leave", "P000001", *LEAVING, *second, as_=staff.here).code == 0
    assert staff.run("people", "return", "P000001", "--ground", "seen", as_=staff.here).code == 0


def test_leaving_takes_a_second_person_who_may_do_it_there(staff: Staff) -> None:
    leave = ("people", "leave", "P000002", *LEAVING)
    assert "this takes two people" in staff.run(*leave).err
    assert "cannot confirm what it does itself" in staff.run(*leave, "--second", staff.staffed.keys[staff.records]).err
    assert "was denied to the second person" in staff.run(*leave, "--second", staff.staffed.keys[staff.here]).err
    assert staff.run(*leave, "--second", staff.staffed.keys[staff.second]).code == 0
    assert json.loads(staff.run("people", "show", "P000002").out)["state"] == "left"


def test_who_is_erased_is_in_no_index_and_no_free_page(staff: Staff) -> None:
    assert staff.run("rescreen", as_=staff.screener).code == 0
    assert list(staff.staffed.path.glob("indexes/*.roster"))
    erase = ("people", "erase", "P000002", "--ground", "retention")
    assert "this takes two people" in staff.run(*erase).err
    assert staff.run(*erase, "--second", staff.staffed.keys[staff.second]).code == 0
    assert not list(staff.staffed.path.glob("indexes/*.roster"))
    assert len(staff.staffed.told(PersonErased)) == 1
    log = staff.staffed.path / "kstep.db-wal"
    assert not log.exists() or log.stat().st_size == 0


def test_screening_and_certificates_are_of_the_whole_node(staff: Staff) -> None:
    ended = staff.run("rescreen", as_=staff.here_screener)
    assert (ended.code, ended.out) == (2, "")
    assert staff.run("rescreen", as_=staff.screener).code == 0
    assert staff.run("certificate", "made", as_=staff.here_screener).code == 2
    assert staff.run("certificate", "made", as_=staff.screener).code == 0


def test_coverage_counts_whom_the_reader_may_know(staff: Staff) -> None:
    assert [line["roster"] for line in staff.told("coverage", as_=staff.screener)] == [9]
    by_office = staff.told("coverage", "--by", "office", as_=staff.here_screener)
    assert [(line["office"], line["roster"]) for line in by_office] == [("office 1", 3)]


def test_certificate_shows_a_person_to_who_may_read_them(staff: Staff) -> None:
    assert staff.run("rescreen", as_=staff.screener).code == 0
    certificate = ("certificate", "made", "--person", "P000002")
    ended = staff.run(*certificate, as_=staff.screener)  # may not see what is restricted
    assert (ended.code, ended.out) == (2, "")
    assert "P000002" in staff.run(*certificate).out
    assert any(read.actor == f"account:{staff.records}" for read in staff.staffed.told(MarkedItemRead))


def test_standard_is_adopted_by_a_supervisor(staff: Staff) -> None:
    assert "has no role" in staff.run("standard", "adopt", "--ground", "fewer", as_=staff.screener).err
    assert staff.run("rescreen", as_=staff.screener).code == 0
    adopted = staff.run("standard", "adopt", "--threshold", "0.9", "--ground", "too many", as_=staff.supervisor)
    assert adopted.code == 0, adopted
    shown = staff.told("standard", "show", as_=staff.screener)
    assert (shown["threshold"], shown["ground"], shown["actor"]) == (0.9, "too many", f"account:{staff.supervisor}")
    assert (staff.told("coverage", as_=staff.screener)[0]["owed"]) == 9
    assert staff.run("rescreen", as_=staff.screener).code == 0
    assert staff.told("coverage", as_=staff.screener)[0]["screened"] == 9
    assert len(staff.staffed.told(StandardAdopted)) == 2
    assert "threshold      0.9" in staff.run("standard", "show", as_=staff.screener).out


def test_what_a_standard_would_change_is_shown_first(staff: Staff) -> None:
    assert staff.run("rescreen", as_=staff.screener).code == 0
    compare = ("standard", "compare", "--threshold", "0.99", "--nominal-list", "1000000000")
    assert "has no role" in staff.run(*compare, as_=staff.screener).err
    assert staff.told(*compare, as_=staff.supervisor) == [{"list": "made", "kept": 0, "gained": 0, "lost": 1}]
    assert "above internal" in staff.run(*compare, "--pairs", as_=staff.supervisor).err
    high = staff.staffed.open("supervisor", level=Level.parse("restricted"))
    assert "lost   person" in staff.run(*compare, "--pairs", as_=high).out
    adopted = staff.run("standard", "adopt", *compare[2:], "--ground", "too many", as_=staff.supervisor)
    assert "0 possible matches more, 1 no longer" in adopted.err
    fact = staff.staffed.told(StandardAdopted)[-1].fact
    assert isinstance(fact, StandardAdopted)
    assert (fact.gained, fact.lost) == ({"made": 0}, {"made": 1})


def test_what_todays_engine_would_find_is_told_apart(staff: Staff) -> None:
    shown = json.loads(staff.run("people", "show", "P000003").out)
    assert "would" not in shown
    shown = json.loads(staff.run("people", "show", "P000003", "--would").out)
    assert [stood["possible_matches"] for stood in shown["lists"]] == [[]], "nobody was screened yet"
    assert [match["entry_id"] for match in shown["would"]["possible_matches"]] == ["E3"]
    assert "nobody was told so then" in shown["would"]["what"]
    strict = json.loads(staff.run("people", "show", "P000003", "--would", "--threshold", "0.9999999").out)
    assert (strict["would"]["threshold"], strict["would"]["possible_matches"]) == (0.9999999, [])
    assert "write --would, too" in staff.run("people", "show", "P000003", "--threshold", "0.9").err
    assert "not a probability" in staff.run("people", "show", "P000003", "--would", "--threshold", "2").err


def test_engine_that_nobody_adopted_screens_nobody(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    assert staff.run("rescreen", as_=staff.screener).code == 0
    monkeypatch.setattr("kstep.screening.rescreen.engine_name", lambda: "kstep 9.9.9 of tomorrow")
    ended = staff.run("rescreen", as_=staff.screener)
    assert (ended.code, ended.out) == (2, "")
    assert "kstep standard adopt" in ended.err
    assert staff.run("standard", "show", as_=staff.screener).code == 1
    assert staff.told("coverage", as_=staff.screener)[0]["screened"] == 9
    assert staff.run("standard", "adopt", "--ground", "read the notes", as_=staff.supervisor).code == 0
    assert staff.run("rescreen", as_=staff.screener).code == 0
