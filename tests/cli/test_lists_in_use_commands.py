"""`kstep lists register|fetch|publish|release|reject|status` on a home."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import Ran, kstep_here, write_rows
from kstep.app.home import Home
from lists_in_use import crowd

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose log was begun, named by the environment."""
    made = Home.create(tmp_path / "home", "screening.example/hq")
    with made.database.write() as connection:
        made.ledger().begin(connection, made.origin)
    made.database.close()
    monkeypatch.setenv("KSTEP_HOME", str(made.path))
    return made.path


def table(folder: Path, size: int) -> str:
    rows = [{"entry_id": entry, **said} for entry, said in crowd(size).items()]
    return f"table={write_rows(folder / 'own.jsonl', rows)}"


def lists(capsys: Capture, *arguments: str, actor: str = "account:1") -> Ran:
    return kstep_here(capsys, "lists", *arguments, "--actor", actor)


def test_list_is_registered_published_held_and_released(home: Path, tmp_path: Path, capsys: Capture) -> None:
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
    refused = lists(capsys, "release", "own", "2", "--reason", "fine")
    assert (refused.code, len(refused.told)) == (2, 1)
    assert "somebody else has to release it" in refused.err
    assert lists(capsys, "release", "own", "2", "--reason", "asked", actor="account:2").code == 0
    ended = lists(capsys, "status")
    assert ended.code == 0
    assert "own" in ended.out


def test_held_list_is_rejected(home: Path, tmp_path: Path, capsys: Capture) -> None:
    lists(capsys, "register", "table", "table")
    lists(capsys, "publish", table(tmp_path, 6))
    lists(capsys, "publish", table(tmp_path, 1))
    assert lists(capsys, "reject", "table", "2", "--reason", "broken").code == 0
    assert lists(capsys, "publish", table(tmp_path, 1)).code == 1
    assert lists(capsys, "status").code == 0


def test_list_is_fetched_from_its_address(home: Path, tmp_path: Path, capsys: Capture) -> None:
    table(tmp_path, 3)
    lists(capsys, "register", "own", "table")
    assert "has no address" in lists(capsys, "fetch", "own").err
    address = (tmp_path / "own.jsonl").as_uri()
    assert lists(capsys, "register", "own", "table", "--address", address, "--change").code == 0
    assert (
        lists(capsys, "fetch", "own").out == "own: edition 1 published: 3 added, 0 changed, 0 removed, 0 renumbered\n"
    )


@pytest.mark.parametrize("arguments", [
    ("register", "Own", "table"), ("register", "own", "mine"), ("register", "own", "table", "--cadence", "nan"),
    ("fetch", "own"), ("publish", "own"), ("publish", "table=/gone.csv"), ("release", "own", "1", "--reason", "x"),
    ("release", "own", "one", "--reason", "x"), ("reject", "own", "1"), ("status", "--home", "/gone"),
])  # fmt: skip
def test_bad_usage_is_told_in_one_line(home: Path, capsys: Capture, arguments: tuple[str, ...]) -> None:
    ended = lists(capsys, *arguments)
    assert (ended.code, ended.out, len(ended.told)) == (2, "", 1)


def test_hostile_names_reach_no_terminal_raw(home: Path, tmp_path: Path, capsys: Capture) -> None:
    lists(capsys, "register", "own", "table")
    ended = lists(capsys, "publish", "table=\x1b[31m.csv", "--list", "own\x1b[31m")
    assert [line for line in (ended.out + ended.err).splitlines() if not line.isprintable()] == []
