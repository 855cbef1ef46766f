"""`kstep matches` on a real home: what is owed because an entry was withdrawn, who sees it, and who may close it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from command_line import Ran, kstep_here, write_rows
from homes import StaffedHome, refused
from kstep.model.events import EditionAcknowledged, MarkedItemRead, WithdrawnMatchClosed
from kstep.model.markings import Level
from kstep.screening.tables import matches, withdrawn
from nodes import people_file, person

Capture = pytest.CaptureFixture[str]
DOES, REVIEWER, ELSEWHERE, INSPECTOR = 2, 3, 4, 5
"""Who keeps people and lists and screens; a reviewer; one of office 1 alone; and one who only looks."""


class Kept:
    """A home with people, screened against a list of the third and the seventh of them."""

    def __init__(self, home: StaffedHome, folder: Path, capsys: Capture) -> None:
        self.home, self.folder, self._capsys = home, folder, capsys
        home.access.open_office(home.access.authenticate(home.keys[1]), "office 1", "Elsewhere", "administration")
        roles = "records-officer", "list-officer", "screening-operator"
        restricted = Level.RESTRICTED
        assert home.open(*roles, level=restricted) == DOES
        assert home.open("reviewer", level=restricted) == REVIEWER
        assert home.open("reviewer", office="office 1", level=restricted) == ELSEWHERE
        assert home.open("inspector", level=restricted) == INSPECTOR
        self.run("people", "import", people_file(folder / "people.csv", [person(number) for number in range(10)]))
        self.run("lists", "register", "own", "table", "--most-removed", "1/1")
        self.publish(E3=3, E7=7, E20=20)

    def run(self, *arguments: str | int | Path, as_: int = DOES, code: int = 0) -> Ran:
        ended = kstep_here(self._capsys, *map(str, arguments), "--as", self.home.keys[as_])
        assert ended.code == code, ended
        return ended

    def told(self, *arguments: str | int, as_: int = DOES, code: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", as_=as_, code=code).out)

    def publish(self, **entries: int) -> str:
        """An edition of these people by the ids of their entries, and a screening against it; returns what it said."""
        rows = [{"entry_id": entry, **_known(number)} for entry, number in entries.items()]
        self.run("lists", "publish", f"table={write_rows(self.folder / 'own.jsonl', rows)}", "--list", "own")
        return self.run("rescreen").err

    def numbers(self) -> dict[int, int]:
        """kstep's numbers of the third and the seventh."""
        shown = {number: json.loads(self.run("people", "show", f"P{number:06d}").out) for number in (3, 7)}
        return {number: told["person"] for number, told in shown.items()}

    def found(self) -> dict[str, int]:
        """When the match with each entry was found."""
        with self.home.home.database.read() as connection:
            return {line.entry: line.found for line in connection.execute(select(matches.c.entry, matches.c.found))}


def _known(number: int) -> dict[str, str]:
    return {name: value for name, value in person(number).items() if name in ("name", "birth_date", "nationality")}


@pytest.fixture
def kept(staffed: StaffedHome, tmp_path: Path, capsys: Capture, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setenv("COLUMNS", "200")
    return Kept(staffed, tmp_path, capsys)


def test_what_is_owed_is_shown_by_office_and_closed(kept: Kept) -> None:
    three, seven = kept.numbers()[3], kept.numbers()[7]
    assert kept.told("matches", "withdrawn", as_=REVIEWER) == []
    said = kept.publish(E20=20)
    assert "own: of 2 possible matches the entry was withdrawn; see kstep matches withdrawn" in said
    owed = kept.told("matches", "withdrawn", as_=REVIEWER, code=1)
    assert {(one["person"], one["entry"], one["office"]) for one in owed} == {
        (three, "E3", "office 0"), (seven, "E7", "office 1"),
    }  # fmt: skip
    assert {one["due"] - one["since"] for one in owed} == {7 * 24 * 3600 * 1_000_000}
    assert all(one["bits"] > 0 for one in owed)
    assert [one["entry"] for one in kept.told("matches", "withdrawn", as_=ELSEWHERE, code=1)] == ["E7"]
    assert kept.told("matches", "withdrawn", "--office", "office 2", as_=REVIEWER) == []
    assert "E3" in kept.run("matches", "withdrawn", "--office", "office 0", as_=INSPECTOR, code=1).out
    assert kept.told("matches", "withdrawn", "--overdue", as_=REVIEWER) == []
    with kept.home.home.database.write() as connection:
        connection.execute(update(withdrawn).where(withdrawn.c.entry == "E7").values(due=1))
    assert [one["entry"] for one in kept.told("matches", "withdrawn", "--overdue", as_=REVIEWER, code=1)] == ["E7"]
    read = [told.fact for told in kept.home.told(MarkedItemRead) if told.actor == f"account:{ELSEWHERE}"]
    assert read == [MarkedItemRead(action="people.read", item="matches:withdrawn", marking="restricted")]
    close = ("matches", "close-withdrawn", three, "own", "E3", "--finding", "hold lifted")
    assert "does not belong there" in kept.run(*close, as_=ELSEWHERE, code=2).err
    for number in (1, DOES, INSPECTOR):
        assert "matches.close was denied" in kept.run(*close, as_=number, code=2).err
    kept.run(*close, as_=REVIEWER)
    (told,) = kept.home.told(WithdrawnMatchClosed)
    assert (told.actor, told.purpose, told.subject) == (f"account:{REVIEWER}", "review", f"person:{three}")
    assert "nothing is open of 'E3'" in refused(kept.run(*close, as_=REVIEWER, code=2))
    assert [one["entry"] for one in kept.told("matches", "withdrawn", as_=REVIEWER, code=1)] == ["E7"]
    assert "own: 1 withdrawn entries came back" in kept.publish(E20=20, E3=3, E7=7)
    assert kept.told("matches", "withdrawn", as_=REVIEWER) == []
    assert kept.run("matches", "withdrawn", as_=REVIEWER).err == "kstep: no entry of a possible match was withdrawn\n"


def test_entry_that_got_another_id_stays_the_same_match(kept: Kept) -> None:
    before = kept.found()
    assert before.keys() == {"E3", "E7"}
    assert "withdrawn" not in kept.publish(X3=3, E7=7, E20=20)
    assert kept.found() == {"X3": before["E3"], "E7": before["E7"]}
    kept.publish(E7=3, X3=7, E20=20)  # the ids follow the people, who are others by name and birth date
    assert kept.found() == {"E7": before["E3"], "X3": before["E7"]}
    assert kept.told("matches", "withdrawn", as_=REVIEWER) == []
    kept.publish(X3=7, E20=20)
    assert [one["found"] for one in kept.told("matches", "withdrawn", as_=REVIEWER, code=1)] == [before["E3"]]
    kept.publish(X3=7, E7=3, E20=20)
    assert kept.found() == {"E7": before["E3"], "X3": before["E7"]}
    shown = json.loads(kept.run("people", "show", "P000003").out)
    assert [found["entry"] for found in shown["lists"][0]["possible_matches"]] == ["E7"]


def test_screening_acknowledges_what_it_ran(kept: Kept) -> None:
    (told,) = kept.home.told(EditionAcknowledged)
    assert told.fact is not None
    assert (told.fact.payload()["number"], told.fact.payload()["consumer"]) == (1, "screening")
    kept.run("rescreen")
    assert len(kept.home.told(EditionAcknowledged)) == 1, "it says so once"
    rows = [{"entry_id": "E3", **_known(3)}]
    kept.run("lists", "publish", f"table={write_rows(kept.folder / 'own.jsonl', rows)}", "--list", "own")
    (status,) = kept.told("lists", "status")
    (screening,) = status["consumers"]
    assert (screening["consumer"], screening["number"], screening["late"]) == ("screening", 1, False)
    assert screening["behind_since"] == status["current"]["published"]
    assert "screening runs 1, behind since" in " ".join(kept.run("lists", "status").out.split())
    kept.run("rescreen")
    (status,) = kept.told("lists", "status")
    assert (status["consumers"][0]["number"], status["consumers"][0]["behind_since"]) == (2, None)


@pytest.mark.parametrize("arguments", [
    ("close-withdrawn", "1", "own", "E3"), ("close-withdrawn", "one", "own", "E3", "--finding", "x"),
    ("close-withdrawn", "9" * 30, "own", "E3", "--finding", "x"), ("close-withdrawn", "99", "own", "E3", "--finding", "x"),
    ("close-withdrawn", "-1", "own", "E3", "--finding", "x"), ("withdrawn", "--purpose", "fun"),
    ("close-withdrawn", "PERSON", "own", "E3", "--finding", ""), ("close-withdrawn", "PERSON", "own\0", "\udcff", "--finding", "x"),
    ("close-withdrawn", "PERSON", "own", "E3", "--finding", "a\nb"),
    ("close-withdrawn", "PERSON", "own", "\x1b[31m", "--finding", "x"),
])  # fmt: skip
def test_bad_usage_is_told_in_one_line(kept: Kept, arguments: tuple[str, ...]) -> None:
    three = str(kept.numbers()[3])
    words = [three if word == "PERSON" else word for word in arguments]
    told = refused(kept.run("matches", *words, as_=REVIEWER, code=2))
    assert told.isprintable()


def test_possible_matches_are_listed_to_whoever_may_read_their_people(kept: Kept) -> None:
    third, seventh = kept.numbers().values()
    told = kept.told("matches", "list", code=1, as_=REVIEWER)
    assert {(one["person"], one["list"], one["entry"]) for one in told} == {
        (third, "own", "E3"),
        (seventh, "own", "E7"),
    }
    assert [one["bits"] for one in told] == sorted((one["bits"] for one in told), reverse=True)
    assert {one["entry"]: one["found"] for one in told} == kept.found()
    (one,) = kept.told("matches", "list", "--person", "P000007", code=1, as_=REVIEWER)
    assert (one["person"], one["entry"], one["office"]) == (seventh, "E7", "office 1")
    assert [one["entry"] for one in kept.told("matches", "list", code=1, as_=ELSEWHERE)] == ["E7"]
    assert kept.told("matches", "list", "--list", "un", as_=REVIEWER) == []
    assert kept.told("matches", "list", "--office", "office 2", as_=REVIEWER) == []
    assert "there is no possible match" in kept.run("matches", "list", "--office", "office 2", as_=REVIEWER).err
    shown = kept.run("matches", "list", as_=REVIEWER, code=1).out
    assert "found" in shown and "E3" in shown
