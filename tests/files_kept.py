"""A home with a protocol, people who work by it, and a list against which it screens; as a plugin of pytest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Ran, kstep_here, write_rows
from homes import StaffedHome
from kstep.model.markings import Level
from nodes import people_file, person

Capture = pytest.CaptureFixture[str]
PROTOCOLS = Path(__file__).parents[1] / "protocols"
KEEPER, OFFICER, REVIEWER, SECOND, SUPERVISOR, ELSEWHERE, STRANGER = range(2, 9)
SAYS = (
    "--says",
    "rests_on=others",
    "--says",
    "authority=some",
    "--says",
    "reason=another father",
    "--says",
    "fields=name",
)


class Kept:
    """A home with ten people, screened against a list of the third and the seventh of them."""

    def __init__(self, home: StaffedHome, folder: Path, capsys: Capture) -> None:
        self.home, self.folder, self._capsys, self.published = home, folder, capsys, 0
        access = home.access
        ada = access.authenticate(home.keys[1])
        access.open_office(ada, "office 1", "Elsewhere", "administration")
        seeing = Level.RESTRICTED
        assert home.open("records-officer", "list-officer", "screening-operator", "supervisor", level=seeing) == KEEPER
        for number, role in (
            (OFFICER, "officer"),
            (REVIEWER, "reviewer"),
            (SECOND, "reviewer"),
            (SUPERVISOR, "supervisor"),
        ):
            assert home.open(f"protocol:{role}", level=seeing) == number
            for course in ("identity", "databases", "reviewing"):
                access.record_training(ada, number, course, 4_000_000_000_000_000, "administration")
        assert home.open("protocol:officer", office="office 1", level=seeing) == ELSEWHERE
        assert home.open("reviewer", level=seeing) == STRANGER
        self.run("people", "import", people_file(folder / "people.csv", [person(number) for number in range(10)]))
        self.run("lists", "register", "own", "table", "--most-removed", "1/1", "--authority", "the desk")

    def run(self, *arguments: str | int | Path, as_: int = KEEPER, code: int = 0) -> Ran:
        ended = kstep_here(self._capsys, *map(str, arguments), "--as", self.home.keys[as_])
        assert ended.code == code, ended
        return ended

    def told(self, *arguments: str | int, as_: int = KEEPER, code: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", as_=as_, code=code).out)

    def adopt(self, name: str = "kstep", *more: str, code: int = 1) -> Ran:
        return self.run(
            "protocol", "adopt", PROTOCOLS / f"{name}.yaml", "--ground", "the policy of 2027", *more, code=code
        )

    def publish(self, *more: dict[str, str], **entries: int) -> None:
        """An edition of these people by the ids of their entries, and a screening against it."""
        rows = [*({"entry_id": entry, **known(number)} for entry, number in entries.items()), *more]
        self.published += 1  # no edition is an earlier one again
        rows.append({"entry_id": "other", **known(50 + self.published)})
        self.run("lists", "publish", f"table={write_rows(self.folder / 'own.jsonl', rows)}", "--list", "own")
        self.run("rescreen")

    def owed(self, person: int, as_: int = OFFICER) -> dict[str, str]:
        return {one["step"]: one["state"] for one in self.told("files", "show", f"P{person:06d}", as_=as_)["owed"]}

    def pairing(self, person: int) -> str:
        shown = self.told("files", "show", f"P{person:06d}", as_=OFFICER)
        return str(shown["facts"][0]["about"]["pairing"])

    def review(self, person: int, as_: int, step: str, outcome: str, code: int = 0) -> Ran:
        about = f"pairing={self.pairing(person)}"
        return self.run("files", "record", f"P{person:06d}", "ReviewGiven", "--about", about, "--says", f"step={step}",
                        "--says", f"outcome={outcome}", *SAYS, as_=as_, code=code)  # fmt: skip


def known(number: int) -> dict[str, str]:
    return {name: value for name, value in person(number).items() if name in ("name", "birth_date", "nationality")}


@pytest.fixture
def kept(staffed: StaffedHome, tmp_path: Path, capsys: Capture, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setenv("COLUMNS", "220")
    return Kept(staffed, tmp_path, capsys)


def cleared(kept: Kept) -> str:
    """The third person's pairing, cleared by two reviewers and a supervisor; returns what files call it."""
    kept.adopt()
    kept.publish(E3=3, E7=7)
    kept.review(3, REVIEWER, "review", "not-the-same")
    kept.review(3, SECOND, "second-review", "not-the-same")
    pairing = kept.pairing(3)
    kept.run(
        "files", "clear", "P000003", pairing, "--expires", "2090-01-01", "--reason", "another father", as_=SUPERVISOR
    )
    return pairing
