"""`kstep register` and `kstep retention`: who may, sees and does it; what takes two people takes two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Ran, kstep_here
from kstep.access.keys import PersonalKey
from kstep.access.service import Access
from kstep.app.home import Home
from kstep.ledger.service import By
from kstep.model.markings import Level
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from nodes import people_file, person

Capture = pytest.CaptureFixture[str]
FOR = "administration"


class Kept:
    """A home with people, an administrator, two records officers (2, 3), and one of office 0 alone (4)."""

    def __init__(self, folder: Path, capsys: Capture) -> None:
        self.folder, self._capsys = folder, capsys
        made = Home.create(folder / "home", "screening.example/hq")
        with made.database.write() as connection:
            made.ledger().begin(connection, made.origin)
        self.access = Access(made.ledger())
        self.access.open_first("Ada", self._key(1))
        ada = self.access.authenticate(self.key(1))
        self.access.open_office(ada, "office 0", "Somewhere", FOR)
        for number, office in ((2, ""), (3, ""), (4, "office 0")):
            self.access.open_account(ada, f"Officer {number}", self._key(number), FOR)
            self.access.grant(ada, number, "records-officer", office, FOR)
            self.access.set_eligibility(ada, number, Level.parse("restricted"), [], [], FOR)
        self.register = Register(made.ledger(), RegisterProjection(made.vault))
        self.register.import_people(people_file(folder / "people.csv", [person(n) for n in range(7)]), self.by)
        self.made = made

    by = By("account:2", "records")

    def key(self, number: int) -> Path:
        return self.folder / f"{number}.key"

    def _key(self, number: int) -> str:
        key = PersonalKey.generate()
        key.write(self.key(number))
        return key.public

    def run(self, *arguments: str | int | Path, as_: int = 2) -> Ran:
        words = [str(argument) for argument in arguments]
        return kstep_here(self._capsys, *words, "--home", str(self.folder / "home"), "--as", str(self.key(as_)))

    def told(self, *arguments: str | int | Path, as_: int = 2) -> Any:
        return json.loads(self.run(*arguments, "--json", as_=as_).out)


@pytest.fixture
def kept(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> Kept:
    for name in ("KSTEP_KEY_PASSWORD", "KSTEP_NEW_KEY_PASSWORD", "KSTEP_PURPOSE", "KSTEP_HOME", "KSTEP_KEY"):
        monkeypatch.delenv(name, raising=False)
    return Kept(tmp_path, capsys)


JAIL = ("--name", "county jail", "--kind", "bookings")


def test_differences_are_found_shown_by_office_and_settled(kept: Kept, tmp_path: Path) -> None:
    file = people_file(tmp_path / "jail.csv", [person(n) for n in range(1, 9)])
    ended = kept.run("register", "reconcile", file, *JAIL)
    assert ended.code == 1, ended
    assert "only there" in ended.out
    assert kept.told("register", "reconcile", file, *JAIL)["already"] is True
    found = kept.told("register", "differences")
    assert {(one["what"], one["source_id"]) for one in found} == {
        ("only here", ""), ("only there", "P000007"), ("only there", "P000008"),
    }  # fmt: skip
    assert {one["what"] for one in kept.told("register", "differences", as_=4)} == {"only here"}
    (there,) = (one["difference"] for one in found if one["source_id"] == "P000007")
    settle = ("register", "settle", there, "--how", "not ours", "--evidence", "their letter")
    assert "does not belong there" in kept.run(*settle, as_=4).err
    assert kept.run(*settle).code == 0
    assert len(kept.told("register", "differences")) == 2
    assert kept.told("register", "differences", "--overdue") == []
    assert "county jail" in kept.run("register", "differences").out


def test_who_may_not_reconcile_is_refused(kept: Kept, tmp_path: Path) -> None:
    file = people_file(tmp_path / "jail.csv", [person(1)])
    for number in (1, 4):
        ended = kept.run("register", "reconcile", file, *JAIL, as_=number)
        assert (ended.code, len(ended.told)) == (2, 1)
        assert "reconcile was denied" in ended.err


def test_repairs_are_assigned_and_closed(kept: Kept, tmp_path: Path) -> None:
    rows = [person(3, birth_date=""), person(4, birth_date="")]
    kept.register.import_people(people_file(tmp_path / "poor.csv", rows), kept.by)
    three, four = kept.register.find("P000003"), kept.register.find("P000004")
    assert {one["person"] for one in kept.told("register", "repairs")} == {three, four}
    assert {one["person"] for one in kept.told("register", "repairs", as_=4)} == {three}
    reason = "no birth date"
    assign = ("register", "assign", "P000004", reason, "--owner", "Bo", "--due", "2099-01-01")
    assert kept.run(*assign, as_=4).code == 2
    assert kept.run(*assign).code == 0
    assert [one["person"] for one in kept.told("register", "repairs", "--owner", "Bo")] == [four]
    assert kept.run("register", "close", f"person:{four}", reason, "--finding", "nobody knows").code == 0
    assert len(kept.told("register", "repairs")) == 1


def test_duplicates_are_merged_and_taken_apart_by_somebody(kept: Kept, tmp_path: Path) -> None:
    twin = {"name": "Salvatore Quattrocchi", "birth_date": "1971-05-23", "nationality": "IT"}
    rows = [person(30, **twin), person(33, **twin)]
    kept.register.import_people(people_file(tmp_path / "twins.csv", rows), kept.by)
    (found,) = kept.told("register", "duplicates")
    both = [kept.register.find("P000030"), kept.register.find("P000033")]
    assert [found["first"], found["second"]] == both
    assert sum(part["bits"] for part in found["evidence"]) == pytest.approx(found["bits"])
    assert "quattrocchi" in kept.run("register", "duplicates").out
    assert kept.run("register", "merge", *both, "--ground", "one photograph").code == 0
    assert kept.told("register", "duplicates") == []
    assert kept.run("register", "unmerge", "P000033", "--ground", "two after all").code == 0
    balance = kept.told("register", "balance", "--since", "2020-01-01")
    assert (balance["opening"], balance["closing"], balance["holds"]) == (0, 9, True)
    assert balance["moved"] == {"imported": 9, "merged": -1, "unmerged": 1}
    assert "closing" in kept.run("register", "balance", "--since", "2020-01-01").out


def test_statuses_are_dated_told_and_ended(kept: Kept) -> None:
    three = kept.register.find("P000003")
    dated = (
        "register",
        "statuses",
        "--set",
        "parole",
        "--person",
        three,
        "--on",
        "2020-01-01",
        "--until",
        "2020-06-30",
    )
    assert kept.run(*dated, "--evidence", "order 7").code == 0
    ended = kept.run("register", "statuses", "--within", "7")
    assert (ended.code, "2020-07-01 00:00" in ended.out) == (1, True)
    assert kept.told("register", "statuses")[0]["overdue"] is True
    for named, count in (("P000003", 1), (f"person:{three}", 1), (three, 1), ("P000004", 0), ("nobody", 0)):
        assert len(kept.told("register", "statuses", "--person", named)) == count
    assert "nobody in the register has that id" in kept.run(*dated[:5], "nobody", *dated[6:], "--evidence", "x").err
    assert kept.run("register", "statuses", "--end", "parole").code == 2
    end = ("register", "statuses", "--end", "parole", "--person", three, "--on", "2020-01-01", "--evidence", "served")
    assert kept.run(*end).code == 0
    assert kept.told("register", "statuses") == []


def test_retention_takes_two_and_is_proved(kept: Kept) -> None:
    with (kept.folder / "home" / "kstep.toml").open("a") as settings:
        settings.write("[retention]\ndeparted = 0\n")
    gone, held = kept.register.find("P000000"), kept.register.find("P000003")
    for number in (gone, held):
        kept.register.leave(number, "departed", "ticket", "account:3", kept.by)
    ended = kept.run("retention", "hold", held, "--ground", "litigation", "--second", kept.key(3))
    assert ended.code == 0, ended
    name = ended.out.strip()
    assert [one["hold"] for one in kept.told("retention", "holds")] == [name]
    assert {one["person"]: one["free"] for one in kept.told("retention", "plan")} == {gone: True, held: False}
    assert name in kept.run("retention", "plan").out
    assert "this takes two people" in kept.run("retention", "apply").err
    assert "cannot confirm what it does itself" in kept.run("retention", "apply", "--second", kept.key(2)).err
    assert "has no role" in kept.run("retention", "apply", "--second", kept.key(1)).err
    assert kept.told("retention", "apply", "--second", kept.key(3)) == {"erased": [gone], "held": 1, "forgotten": 0}
    proof = kept.told("retention", "prove")
    assert [one["person"] for one in proof["erasures"]] == [gone]
    assert (proof["holds"], proof["unsound"]) == (True, [])
    assert "nothing" in kept.run("retention", "prove").out
    assert kept.run("retention", "lift", name, "--ground", "settled", "--second", kept.key(3)).code == 0
    assert kept.told("retention", "apply", "--second", kept.key(3))["erased"] == [held]


def test_placeholders_that_come_often_are_an_alarm_of_the_import_too(kept: Kept, tmp_path: Path) -> None:
    rows = [person(200 + number, birth_date="1970-01-01", office="office 0") for number in range(30)]
    ended = kept.run("people", "import", people_file(tmp_path / "camp.csv", rows))
    assert (ended.code, "camp.csv, office office 0: birth date is a placeholder in 30 of 30 records" in ended.err) == (
        1,
        True,
    )
    (told,) = kept.told("register", "placeholders")
    assert (told["source"], told["office"], told["people"], told["of"], told["share"]) == (
        "camp.csv",
        "office 0",
        30,
        30,
        1.0,
    )
    assert "camp.csv" in kept.run("register", "placeholders").out
    assert kept.told("register", "placeholders", "--most", "1") == []
