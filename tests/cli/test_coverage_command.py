"""`kstep coverage --measure`: how well each class of records is found is measured, recorded, shown, and asked for by who may."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Ran, kstep_here
from homes import StaffedHome, refused
from kstep.model.events import PowerMeasured
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from kstep.synth import write_list
from nodes import BY, people_file, person

Capture = pytest.CaptureFixture[str]


class Measured:
    """A home with people of two classes, and a list against which they were screened; account 2 screens, account 3 looks."""

    def __init__(self, staffed: StaffedHome, folder: Path, capsys: Capture) -> None:
        self.staffed, self.folder, self._capsys = staffed, folder, capsys
        self.screens = staffed.open("screening-operator", "list-officer")
        self.looks = staffed.open("reviewer")
        rows = [*(person(n) for n in range(6)), *(person(n, name="Haddad", birth_date="1970-01-01") for n in (6, 7))]
        register = Register(staffed.home.ledger(), RegisterProjection(staffed.home.vault))
        register.import_people(people_file(folder / "people.csv", rows), BY)
        write_list(folder / "made.csv", "table", 300, 3)
        for words in (
            ("lists", "register", "made", "table"),
            ("lists", "publish", f"table={folder / 'made.csv'}", "--list", "made"),
        ):
            assert self.run(*words).code == 0
        assert self.run("rescreen").code == 0

    def run(self, *words: str, as_: int | None = None) -> Ran:
        return kstep_here(self._capsys, *words, "--as", str(self.staffed.keys[as_ or self.screens]))

    def told(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run("coverage", "--json", *words).out)
        return found


@pytest.fixture
def home(staffed: StaffedHome, tmp_path: Path, capsys: Capture, cache: Path) -> Measured:
    return Measured(staffed, tmp_path, capsys)


def test_class_that_was_not_measured_is_told(home: Measured) -> None:
    shown = home.run("coverage", "--by", "class")
    assert (shown.code, shown.out.count("not measured")) == (0, 2)
    assert {told["recall"] for told in home.told("--by", "class")} == {None}
    assert "recall" not in home.told()[0]


def test_measured_recall_stands_beside_each_class(home: Measured) -> None:
    ended = home.run("coverage", "--measure", "--sample", "80")
    assert ended.code == 1, "somebody is in repair"
    assert "of them weak" in ended.out and "not measured" not in ended.out
    (measured,) = home.staffed.told(PowerMeasured)
    assert isinstance(measured.fact, PowerMeasured)
    assert (measured.actor, measured.fact.sample, len(measured.fact.classes)) == (f"account:{home.screens}", 80, 2)
    told = {one["class"]: one for one in home.told("--by", "class")}
    full, scant = told["name, birth date, nationality"], told["part of a name, birth year, nationality"]
    assert (full["screened"], full["weak"], scant["screened"], scant["weak"], scant["in_repair"]) == (6, 0, 0, 2, 2)
    assert scant["recall"]["high"] < 0.5 < full["recall"]["low"] <= full["recall"]["share"] <= full["recall"]["high"]
    assert full["recall"]["sampled"] == 80 and full["recall"]["counts"] is True
    share, low, high = (full["recall"][name] for name in ("share", "low", "high"))
    assert f"{share:.2f} ({low:.2f} to {high:.2f})" in ended.out
    (everyone,) = home.told()
    assert (everyone["roster"], everyone["screened"], everyone["in_repair"], everyone["weak"]) == (8, 6, 2, 2)


def test_measurement_of_another_engine_does_not_count(home: Measured) -> None:
    home.run("coverage", "--measure", "--sample", "60")
    adopt = ("standard", "adopt", "--threshold", "0.6", "--ground", "for a test")
    assert home.run(*adopt, as_=home.staffed.open("supervisor")).code == 0
    home.run("rescreen")
    shown = home.run("coverage", "--by", "class")
    assert (shown.code, shown.out.count("measured with another engine")) == (0, 2)
    assert [(one["weak"], one["recall"]["counts"]) for one in home.told("--by", "class")] == [(0, False)] * 2
    assert "another engine" not in home.run("coverage", "--measure", "--sample", "60").out


def test_who_may_not_screen_may_not_measure(home: Measured) -> None:
    assert home.run("coverage", "--by", "class", as_=home.looks).code == 0
    assert "measure" not in refused(home.run("coverage", "--measure", as_=home.looks))
    assert home.staffed.denial()[:2] == (f"account:{home.looks}", "screening.run")
    assert home.staffed.told(PowerMeasured) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--sample", "50"), "write --measure, too"), (("--measure", "--sample", "0"), "greater than or equal to 1")],
)
def test_sample_that_makes_no_sense_is_told(home: Measured, words: tuple[str, ...], said: str) -> None:
    assert said in refused(home.run("coverage", *words))


def test_nothing_to_measure_is_told(staffed: StaffedHome, capsys: Capture) -> None:
    number = staffed.open("screening-operator")
    ended = kstep_here(capsys, "coverage", "--measure", "--as", str(staffed.keys[number]))
    assert ended.code == 1
    assert any("nothing was measured" in line for line in ended.told)
