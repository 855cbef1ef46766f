"""An office that hands things to others: a home with people, some of them protected, and recipients of several states."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from command_line import Ran, own_cache, write_rows
from homes import StaffedHome
from kstep.app.home import Home
from kstep.cli.app import run
from kstep.encounters.service import MARKING
from kstep.ledger.service import By
from kstep.model.events import FILE_FACTS, EgressRefused, HandedOut
from kstep.model.markings import Level
from kstep.register.projection import subject_of
from messaging import key_of
from nodes import people_file, person

PROTOCOL = Path(__file__).parent.parent / "protocols/kstep.yaml"
DOES, SECOND = 2, 3
HQ, HOME = "hq.example/intake", "jo.example/desk"
"""A recipient of the node's own state, and one of the state of everybody here."""
NOBODY = "P999999"
PURPOSES = ["oversight", "records", "reporting", "review"]


class Office:
    """A home with twelve people, of whom the third, the seventh and the ninth are on a list; the third and the fifth are protected
    from their state. The authority answered positively about the third and the seventh.
    """

    def __init__(self, home: StaffedHome, folder: Path) -> None:
        self.home, self.folder = home, folder

    @classmethod
    def made(cls, folder: Path) -> Office:
        office = cls(StaffedHome.made(folder), folder)
        roles = (
            "records-officer", "list-officer", "screening-operator", "dispatcher", "supervisor", "inspector", "protocol:liaison",
            "key-custodian",
        )  # fmt: skip
        assert office.home.open(*roles, level=Level.SECRET) == DOES
        assert office.home.open("supervisor", level=Level.SECRET) == SECOND
        office.run("people", "import", people_file(folder / "people.csv", [person(number) for number in range(12)]))
        office.run("lists", "register", "own", "table", "--most-removed", "1/1", "--authority", "the desk")
        office.run("protocol", "adopt", PROTOCOL, "--ground", "the policy of 2027", code=1)
        office.publish(E3=3, E7=7, E9=9)
        for number in (3, 7):
            office.answered(number, "positive")
        office.register(HQ, ["US"])
        office.register(HOME, ["JO"])
        for number in (3, 5):
            office.run("protection", "record", office.number(number), "--ground", "a claim")
        with (office.home.path / "kstep.toml").open("a") as settings:
            settings.write('[dispatch]\nstate = "US"\n')
        office.home.home.database.close()
        return office

    def copied(self, folder: Path) -> Office:
        """The same in another folder."""
        shutil.copytree(self.folder, folder, symlinks=True)
        keys = {number: folder / path.name for number, path in self.home.keys.items()}
        return Office(StaffedHome(Home.open(folder / "home"), keys), folder)

    def run(self, *arguments: str | int | Path, code: int | None = 0) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        who = ["--home", str(self.home.path), "--as", str(self.home.keys[DOES])]
        with redirect_stdout(out), redirect_stderr(err):
            ended = run([*map(str, arguments), *who])
        found = Ran(ended, out.getvalue(), err.getvalue())
        assert code in (None, found.code), found
        return found

    def told(self, *arguments: str | int, code: int | None = None) -> Any:
        return json.loads(self.run(*arguments, "--json", code=code).out)

    def number(self, number: int) -> int:
        return int(json.loads(self.run("people", "show", f"P{number:06d}").out)["person"])

    def publish(self, **entries: int) -> None:
        """An edition of these people by the ids of their entries, and a screening against it."""
        rows = [{"entry_id": entry, **_known(number)} for entry, number in entries.items()]
        self.run("lists", "publish", f"table={write_rows(self.folder / 'own.jsonl', rows)}", "--list", "own")
        self.run("rescreen")

    def answered(self, number: int, answer: str, form: str = "written") -> None:
        """The confirming authority answers about the match of somebody, which was referred to it."""
        shown = self.told("files", "show", f"P{number:06d}")
        pairing, referral = shown["facts"][0]["about"]["pairing"], f"R{number}"
        if all(fact["about"].get("referral") != referral for fact in shown["facts"]):
            self._refer(shown["person"], {"pairing": pairing, "referral": referral})
        about = ("--about", f"pairing={pairing}", "--about", f"referral={referral}")
        says = [f"answer={answer}", f"form={form}", "reference=A-1", "desk=day", "words=as they said"]
        said = [word for one in says for word in ("--says", one)]
        self.run("files", "record", f"P{number:06d}", "ConfirmationReceived", *about, *said, code=None)

    def _refer(self, person: int, about: dict[str, str]) -> None:
        """A referral as it stands in the log, without the reviews and checks that come before it."""
        home = Home.open(self.home.path)
        with home.ledger().unit(By(f"account:{DOES}", "review")) as unit:
            made = FILE_FACTS["ReferralMade"](about=about, says={"reference": "A-0"})
            unit.record(made, subject=subject_of(person), marking=MARKING)
        home.database.close()

    def file(self, name: str, told: Any) -> Path:
        (self.folder / name).write_text(json.dumps(told))
        return self.folder / name

    def register(self, name: str, states: list[str], **changed: Any) -> None:
        told = {
            "recipient": name, "owner": "desk", "states": states, "channels": ["https://desk.example"],
            "keys": [str(key_of(name).key)], "permitted": PURPOSES, "highest": "secret", **changed,
        }  # fmt: skip
        self.run("recipients", "register", self.file("recipient.json", told))
        self.run("recipients", "verify", name, "--evidence", "called back")

    def reasons(self) -> set[tuple[str, str, str]]:
        """What was kept here: what it was, from whom, and why."""
        kept = [told.fact for told in self.home.told(EgressRefused)]
        return {(one.message, one.recipient, one.rule) for one in kept if isinstance(one, EgressRefused)}

    def handed(self) -> list[tuple[str, str, int]]:
        """What was handed out: to whom, what, and how many rows."""
        left = [told.fact for told in self.home.told(HandedOut)]
        return [(one.recipient, one.item, one.rows) for one in left if isinstance(one, HandedOut)]


def _known(number: int) -> dict[str, str]:
    return {name: value for name, value in person(number).items() if name in ("name", "birth_date", "nationality")}


@pytest.fixture(scope="module")
def made_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office that is made once; tests work on copies."""
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("KSTEP_CACHE", str(own_cache(folder / "cache")))
        environment.setenv("COLUMNS", "220")
        for name in ("KSTEP_KEY_PASSWORD", "KSTEP_NEW_KEY_PASSWORD", "KSTEP_PURPOSE"):
            environment.delenv(name, raising=False)
        (folder / "made").mkdir()
        yield Office.made(folder / "made")


@pytest.fixture
def office(made_office: Office, tmp_path: Path) -> Iterator[Office]:
    """An office that is this test's own."""
    copied = made_office.copied(tmp_path / "office")
    yield copied
    copied.home.home.database.close()


__all__ = ["HOME", "HQ", "NOBODY", "SECOND", "Office", "made_office", "office"]
