"""`kstep lists` on a home: what comes in is put in force or held, and stands in the log with the account that did it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from command_line import Ran, kstep_here, write_rows
from homes import StaffedHome, refused
from kstep.editions import tables
from kstep.model.events import (
    AccessDenied,
    EditionAcknowledged,
    EditionHeld,
    EditionReleased,
    EntryErrorAnswered,
    EntryErrorReported,
    ListOverdue,
    MarkedItemRead,
)
from kstep.model.markings import Level
from lists_in_use import crowd

Capture = pytest.CaptureFixture[str]
BRINGS, RELEASES = 2, 3
"""Two list officers."""


@pytest.fixture
def home(staffed: StaffedHome, monkeypatch: pytest.MonkeyPatch) -> StaffedHome:
    """A home with two list officers, of whom the first acts unless another is named."""
    assert [staffed.open("list-officer") for _ in range(2)] == [BRINGS, RELEASES]
    monkeypatch.setenv("KSTEP_KEY", str(staffed.keys[BRINGS]))
    monkeypatch.setenv("COLUMNS", "200")
    return staffed


def table(folder: Path, size: int) -> str:
    rows = [{"entry_id": entry, **said} for entry, said in crowd(size).items()]
    return f"table={write_rows(folder / 'own.jsonl', rows)}"


def lists(capsys: Capture, *arguments: str | Path) -> Ran:
    return kstep_here(capsys, "lists", *arguments)


def test_list_is_registered_published_held_and_released(home: StaffedHome, tmp_path: Path, capsys: Capture) -> None:
    assert lists(capsys, "register", "own", "table", "--cadence", "24", "--country", "MT").code == 0
    ended = lists(capsys, "publish", table(tmp_path, 6), "--list", "own")
    assert (ended.code, ended.out) == (0, "own: edition 1 published: 6 added, 0 changed, 0 removed, 0 renumbered\n")
    assert lists(capsys, "publish", table(tmp_path, 6), "--list", "own").out == "own: edition 1 unchanged\n"
    held = lists(capsys, "publish", table(tmp_path, 1), "--list", "own")
    assert held.code == 1
    assert held.told == ["kstep: own: edition 2: many are gone: 5 of 6, more than 1/3"]
    shown = lists(capsys, "status", "--json")
    (found,) = json.loads(shown.out)
    assert (shown.code, found["current"]["number"], found["held"][0]["reasons"]) == (1, 1, ["many are gone"])
    assert (found["overdue"], found["country"], found["current"]["persons"]) == (False, "MT", 6)
    release = ("release", "own", "2", "--reason", "asked")
    assert "account:2 brought the edition 2 of own; somebody else has to release it" in refused(lists(capsys, *release))
    assert lists(capsys, *release, "--as", home.keys[RELEASES], "--purpose", "supervision").code == 0
    told = home.told(EditionHeld, EditionReleased)
    assert [(one.actor, one.purpose) for one in told] == [("account:2", "lists"), ("account:3", "supervision")]
    ended = lists(capsys, "status")
    assert ended.code == 0
    assert "own" in ended.out


def test_same_person_under_another_key_cannot_release(home: StaffedHome, tmp_path: Path, capsys: Capture) -> None:
    lists(capsys, "register", "table", "table")
    lists(capsys, "publish", table(tmp_path, 6))
    lists(capsys, "publish", table(tmp_path, 1))
    other = tmp_path / "other.key"
    replace = ("replace-key", str(BRINGS), "--ground", "yearly", "--key-out", other)
    assert kstep_here(capsys, "account", *replace).code == 0
    ended = lists(capsys, "release", "table", "2", "--reason", "fine", "--as", other)
    assert "account:2 brought the edition 2" in refused(ended)


def test_held_list_is_rejected(home: StaffedHome, tmp_path: Path, capsys: Capture) -> None:
    lists(capsys, "register", "table", "table")
    lists(capsys, "publish", table(tmp_path, 6))
    lists(capsys, "publish", table(tmp_path, 1))
    assert lists(capsys, "reject", "table", "2", "--reason", "broken").code == 0
    assert lists(capsys, "publish", table(tmp_path, 1)).code == 1
    assert lists(capsys, "status").code == 0


def test_list_is_fetched_from_its_address(home: StaffedHome, tmp_path: Path, capsys: Capture) -> None:
    table(tmp_path, 3)
    lists(capsys, "register", "own", "table")
    assert "has no address" in lists(capsys, "fetch", "own").err
    address = (tmp_path / "own.jsonl").as_uri()
    assert lists(capsys, "register", "own", "table", "--address", address, "--change").code == 0
    assert (
        lists(capsys, "fetch", "own").out == "own: edition 1 published: 3 added, 0 changed, 0 removed, 0 renumbered\n"
    )


def test_consumer_says_which_edition_it_runs(home: StaffedHome, tmp_path: Path, capsys: Capture) -> None:
    lists(capsys, "register", "own", "table")
    for size in (6, 7):
        lists(capsys, "publish", table(tmp_path, size), "--list", "own")
    acknowledge = ("acknowledge", "own", "1", "--consumer", "border")
    assert "has no consumer 'border'; declare it" in refused(lists(capsys, *acknowledge))
    assert lists(capsys, "consumers", "own", "border", "visa desk").code == 0
    assert lists(capsys, *acknowledge).code == 0
    shown = lists(capsys, "status")
    assert (shown.code, "border runs 1, behind since" in " ".join(shown.out.split())) == (0, True)
    (told,) = home.told(EditionAcknowledged)
    assert told.actor == "account:2"
    assert "has no edition 9" in refused(lists(capsys, "acknowledge", "own", "9", "--consumer", "border"))
    with home.home.database.write() as connection:
        older = update(tables.editions).where(tables.editions.c.number == 2).values(published=1)
        connection.execute(older)
        connection.execute(update(tables.acknowledged).values(since=0))
    shown = lists(capsys, "status", "--json")
    (found,) = json.loads(shown.out)
    behind = {told["consumer"]: (told["number"], told["behind_since"], told["late"]) for told in found["consumers"]}
    since = "1970-01-01T00:00:00+00:00"
    assert (shown.code, behind["border"]) == (1, (1, since, True))
    assert behind["visa desk"][0] is None
    assert behind["visa desk"][2] is False, "the first edition is of today"
    assert lists(capsys, "consumers", "own", "border", "visa desk", "--end").code == 0
    assert lists(capsys, "status").code == 0


def test_overdue_list_raises_one_alarm(home: StaffedHome, capsys: Capture) -> None:
    for name in ("slow", "own"):
        lists(capsys, "register", name, "table", "--cadence", "24")
    with home.home.database.write() as connection:
        connection.execute(update(tables.lists).where(tables.lists.c.list == "own").values(arrived=0))
    ended = lists(capsys, "overdue", "--json")
    (raised,) = json.loads(ended.out)
    assert (ended.code, raised["list"], raised["due"]) == (1, "own", "1970-01-02T00:00:00+00:00")
    assert ended.told == [f"kstep: own: was due {raised['due']}; arrivals missed in a row: {raised['missed']:,}"]
    assert raised["missed"] > 20_000
    (told,) = home.told(ListOverdue)
    assert (told.actor, told.purpose) == ("account:2", "lists")
    ended = lists(capsys, "overdue")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_error_in_an_entry_is_reported_read_and_answered(home: StaffedHome, tmp_path: Path, capsys: Capture) -> None:
    lists(capsys, "register", "own", "table")
    lists(capsys, "publish", table(tmp_path, 3), "--list", "own")
    report = ("report-error", "own", "E-2", "--what", "born in 1970", "--nominator", "Made-up Office")
    assert lists(capsys, *report).out == "1\n"
    reader = home.keys[home.open("reviewer", level=Level.RESTRICTED)]
    assert "lists.read (entry:own/3) was denied: it is marked above internal" in refused(lists(capsys, "errors", "own"))
    assert home.told(MarkedItemRead) == []
    (found,) = json.loads(lists(capsys, "errors", "own", "--json", "--as", reader).out)
    assert (found["report"], found["entry"], found["number"]) == (1, "E-2", 3)
    assert (found["told"], found["what"]) == ("Made-up Office", "born in 1970")
    (read,) = home.told(MarkedItemRead)
    assert (read.actor, read.purpose, read.fact) == (
        "account:4", "lists", MarkedItemRead(action="lists.read", item="entry:own/3", marking="restricted"),
    )  # fmt: skip
    assert "born in 1970" in lists(capsys, "errors", "own", "--as", reader).out
    assert "1 errors are not answered" in lists(capsys, "status").out
    assert lists(capsys, "answer-error", "1", "--answer", "mended").code == 0
    assert lists(capsys, "errors", "own", "--json").out == "[]\n"
    told = home.told(EntryErrorReported, EntryErrorAnswered)
    assert [(one.actor, one.marking) for one in told] == [("account:2", "restricted")] * 2


WORDS = {
    "register own table": "lists.publish", "fetch own": "lists.publish", "publish table=own.jsonl": "lists.publish",
    "release own 1 --reason x": "lists.release", "reject own 1 --reason x": "lists.release", "status": "lists.read",
    "acknowledge own 1 --consumer y": "lists.publish", "consumers own y": "lists.publish", "overdue": "lists.publish",
    "errors own": "lists.read",
    "report-error own E-1 --what x --nominator y": "lists.publish", "answer-error 1 --answer x": "lists.publish",
}  # fmt: skip
"""The commands on a home, and the action that each is."""


@pytest.mark.parametrize("line", WORDS)
def test_who_may_not_is_denied_and_nothing_is_done(
    home: StaffedHome, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    table(tmp_path, 3)
    monkeypatch.chdir(tmp_path)
    nobody, closed = home.open("key-custodian"), home.open("list-officer")
    home.close(closed)
    before = len(home.told())
    for number, action, why in (
        (nobody, WORDS[line], f"account:{nobody} has no role that may do this"),
        (closed, "authenticate", f"account:{closed} is closed"),
    ):
        told = refused(lists(capsys, *line.split(" "), "--as", home.keys[number]))
        actor, denied, reason = home.denial()
        assert (actor, denied) == (f"account:{number}", action)
        assert reason.startswith(why)
        assert f"kstep: {action} was denied: {reason}; ask an administrator" in told
    monkeypatch.delenv("KSTEP_KEY")
    assert "--as: who acts was not said" in refused(lists(capsys, *line.split(" ")))
    assert [told.type for told in home.told()[before:]] == [AccessDenied.__name__] * 2


def test_lists_belong_to_no_office(home: StaffedHome, capsys: Capture) -> None:
    """Who looks after them at one office looks into them, and puts none in force."""
    home.access.open_office(home.access.authenticate(home.keys[1]), "NYC", "New York", "administration")
    here = home.keys[home.open("list-officer", office="NYC")]
    assert lists(capsys, "status", "--as", here).code == 0
    told = refused(lists(capsys, "register", "own", "table", "--as", here))
    assert "account:4 is list-officer at NYC, and it does not belong there" in told


@pytest.mark.parametrize("arguments", [
    ("register", "Own", "table"), ("register", "own", "mine"), ("register", "own", "table", "--cadence", "nan"),
    ("fetch", "own"), ("publish", "own"), ("publish", "table=/gone.csv"), ("release", "own", "1", "--reason", "x"),
    ("release", "own", "one", "--reason", "x"), ("reject", "own", "1"), ("status", "--home", "/gone"), ("errors", "own"),
    ("acknowledge", "own", "1"), ("acknowledge", "own", "1" * 30, "--consumer", "x"), ("consumers", "own", "x"),
    ("consumers", "own"), ("report-error", "own", "E-1", "--what", "x", "--nominator", "y"), ("fetch", "\udcff"),
    ("answer-error", "1" * 30, "--answer", "x"), ("answer-error", "-1", "--answer", "x"), ("status", "--purpose", "fun"),
])  # fmt: skip
def test_bad_usage_is_told_in_one_line(home: StaffedHome, capsys: Capture, arguments: tuple[str, ...]) -> None:
    ended = lists(capsys, *arguments)
    assert (ended.code, ended.out, len(ended.told)) == (2, "", 1)


@pytest.mark.parametrize("entry", ["E-9", "\udcff", "\x1b[31m", "x" * 5_000])
def test_error_in_no_entry_is_refused(home: StaffedHome, tmp_path: Path, capsys: Capture, entry: str) -> None:
    lists(capsys, "register", "own", "table")
    lists(capsys, "publish", table(tmp_path, 3), "--list", "own")
    told = refused(lists(capsys, "report-error", "own", entry, "--what", "x", "--nominator", "y"))
    assert "the list own never had an entry" in told


def test_hostile_names_reach_no_terminal_raw(home: StaffedHome, tmp_path: Path, capsys: Capture) -> None:
    lists(capsys, "register", "own", "table")
    ended = lists(capsys, "publish", "table=\x1b[31m.csv", "--list", "own\x1b[31m")
    assert [line for line in (ended.out + ended.err).splitlines() if not line.isprintable()] == []
