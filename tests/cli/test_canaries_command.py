"""`kstep canaries` and the worker on a real home: what comes back is quiet, and what is missed is said wherever somebody looks."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from command_line import Ran, kstep_here
from kstep.app import home as home_module
from kstep.app import worker
from kstep.app.home import Home
from kstep.app.lists_in_use import rescreening
from kstep.ledger.service import By
from kstep.model.canaries import is_canary
from kstep.model.events import AccessDenied, CanariesPlanted, CanariesReturned, Fact
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from kstep.register.tables import State, people
from kstep.screening.canaries import EVERY, PATIENCE, Canaries
from nodes import people_file, person

Capture = pytest.CaptureFixture[str]
BY = By("account:1", "screening")


class Node:
    """A home with people, a list in force, and one account that may do all this."""

    def __init__(self, folder: Path, capsys: Capture) -> None:
        self.folder, self._capsys = folder, capsys
        self.path = folder / "home"
        key = folder / "ada.key"
        self.done("init", self.path, "--origin", "screening.example/hq", "--administrator", "Ada", "--key-out", key)

    def run(self, *arguments: str | Path) -> Ran:
        return kstep_here(self._capsys, *arguments)

    def done(self, *arguments: str | Path, code: int = 0) -> Ran:
        ended = self.run(*arguments)
        assert ended.code == code, ended
        return ended

    def plant(self) -> None:
        """Plant, and stop there."""
        opened = Home.open(self.path)
        projection, ledger = RegisterProjection(opened.vault), opened.ledger()
        run = rescreening(opened, ledger, Register(ledger, projection), lambda text: None)
        Canaries(run, projection).plant(BY, seed=1)
        opened.database.close()

    def ask_for(self, threshold: str) -> None:
        """Have a possible match be at least this likely."""
        self.done("standard", "adopt", "--threshold", threshold, "--ground", "a test")

    def told(self, *types: type[Fact]) -> list[Fact | None]:
        opened = Home.open(self.path)
        with opened.database.read() as connection:
            found = [event.fact for event in opened.ledger().read(connection, types=types)]
        opened.database.close()
        return found

    def numbers(self) -> list[int]:
        opened = Home.open(self.path)
        with opened.database.read() as connection:
            found = list(connection.execute(people.select().where(people.c.state == State.CANARY)).scalars())
        opened.database.close()
        return found


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, cache: Path) -> Node:
    for name in ("KSTEP_KEY_PASSWORD", "KSTEP_NEW_KEY_PASSWORD", "KSTEP_PURPOSE", "KSTEP_HOME", "KSTEP_KEY"):
        monkeypatch.delenv(name, raising=False)
    made = Node(tmp_path, capsys)
    monkeypatch.setenv("KSTEP_HOME", str(made.path))
    monkeypatch.setenv("KSTEP_KEY", str(tmp_path / "ada.key"))
    monkeypatch.setenv("COLUMNS", "200")
    for role in ("records-officer", "list-officer", "screening-operator", "supervisor"):
        made.done("account", "grant", "1", role)
    made.done("account", "eligible", "1", "--level", "restricted")
    made.done("people", "import", people_file(tmp_path / "people.csv", [person(number) for number in range(12)]))
    made.done("lists", "register", "made", "table")
    lines = [f"E{number},{person(number)['name']},{person(number)['birth_date']}" for number in (3, 7)]
    (tmp_path / "list.csv").write_text("\n".join(["entry_id,name,birth_date", *lines]) + "\n")
    made.done("lists", "publish", f"table={tmp_path / 'list.csv'}", "--list", "made")
    monkeypatch.setattr(worker, "CHECKPOINT_EVERY", 1 << 60)
    return made


def test_canaries_by_hand_come_back(node: Node) -> None:
    assert json.loads(node.done("canaries", "run", "--pairs", "6", "--json").out) == {
        "planted": 6, "found": 6, "missed": [],
    }  # fmt: skip
    assert node.done("canaries", "run").out == "of 20 canaries 20 came back\n"
    shown = json.loads(node.done("canaries", "status", "--json").out)
    assert [(night["night"], night["pairs"], night["found"]) for night in shown["nights"]] == [(2, 20, 20), (1, 6, 6)]
    assert (shown["missed"], shown["alarms"]) == ([], [])
    lines = [[cell.strip() for cell in line.split("│")] for line in node.done("canaries", "status").out.splitlines()]
    assert [(line[0], line[2], line[4]) for line in lines if line[0].isdigit()] == [("2", "20", "20"), ("1", "6", "6")]


def test_who_may_not_screen_may_not_plant(node: Node) -> None:
    node.done("account", "withdraw", "1", "screening-operator", "--ground", "other work")
    refused = node.run("canaries", "run")
    assert (refused.code, len(refused.told)) == (2, 1)
    assert "screening.run was denied" in refused.told[0]
    assert len(node.told(AccessDenied)) == 1
    assert node.told(CanariesPlanted) == []


def test_no_command_shows_a_canary(node: Node) -> None:
    node.done("rescreen")
    commands = (
        ("rescreen", "--json"), ("coverage", "--json"), ("coverage", "--by", "class", "--json"), ("lists", "status", "--json"),
        ("register", "duplicates", "--threshold", "0.001", "--json"), ("register", "repairs", "--json"),
        ("register", "addresses", "--most", "1", "--json"), ("register", "balance", "--since", "2020-01-01", "--json"),
        ("people", "show", "P000003"), ("retention", "plan", "--json"), ("certificate", "made"),
    )  # fmt: skip
    before = [node.run(*command) for command in commands]
    node.plant()
    planted = [node.run(*command) for command in commands]
    node.done("canaries", "run")
    after = [node.run(*command) for command in commands]
    numbers = node.numbers()
    assert len(numbers) == 20 and all(map(is_canary, numbers))
    for command, first, *others in zip(commands, before, planted, after, strict=True):
        for ended in others:
            assert ended.code == first.code, (command, ended)
            if command[0] not in ("certificate", "people"):  # these say when they were asked
                assert ended.out == first.out, command
            assert "canar" not in (ended.out + ended.err).lower(), command
            assert not any(str(-number) in ended.out for number in numbers), command
    assert json.loads(after[-1].out)["payload"]["people"] == 12
    assert "made-up" in node.done("certificate", "canaries", code=2).err
    assert "choose another name" in node.done("lists", "register", "canaries", "table", code=2).err


def test_worker_plants_and_looks_every_day(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    told = node.done("worker", "--once").err
    assert "made: " in told and "of 20 canaries 20 came back" in told
    assert node.done("worker", "--once").err == "", "nothing is due"
    later = time.time_ns() // 1000 + EVERY
    monkeypatch.setattr(home_module, "now", lambda: later)
    assert "of 20 canaries 20 came back" in node.done("worker", "--once").err
    assert len(node.told(CanariesPlanted)) == len(node.told(CanariesReturned)) == 2
    shown = json.loads(node.done("coverage", "--json").out)
    assert [stands["list"] for stands in shown] == ["made"]


def test_a_missed_canary_alarms_everywhere_until_a_night_finds_all(node: Node) -> None:
    node.ask_for("0.01")
    node.done("rescreen")
    node.plant()
    node.ask_for("0.99")
    told = node.done("worker", "--once", code=1).err
    assert "looking for canaries: of 20 canaries" in told and "were missed" in told
    node.ask_for("0.5")
    node.done("rescreen")
    for command in ("coverage", "canaries status"):
        ended = node.done(*command.split(), code=1)
        assert "were missed" in ended.err, command
    missed = json.loads(node.done("canaries", "status", "--json", code=1).out)["missed"]
    assert missed and all(one["way"] in ("the person came", "the entry came") and one["differs"] for one in missed)
    assert f"canary {missed[0]['canary']} was missed" in node.done("canaries", "status", code=1).err
    node.done("canaries", "run")
    node.done("canaries", "status")
    node.done("coverage")


def test_silence_alarms_wherever_somebody_looks(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    node.done("rescreen")
    node.done("canaries", "status")
    later = time.time_ns() // 1000 + PATIENCE + EVERY
    monkeypatch.setattr(home_module, "now", lambda: later)
    for command in ("coverage", "canaries status"):
        assert "no canaries came back since" in node.done(*command.split(), code=1).err
