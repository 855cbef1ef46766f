"""What stands on stderr, which others keep, names people by their ids alone, whatever goes wrong with what is known of them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from command_line import Ran, kstep
from handing_office import HOME, HQ, SECOND, Office
from kstep.app.sending import Sending
from kstep.cli.console import without_values
from kstep.ledger.service import By
from kstep.register.service import Register
from nodes import people_file, person

MARKS = ("Zyxwvoll", "Qqarmund", "Vvandor", "1961-07-19", "ZZ765X432", "31.17.1961", "Nowherestan", "zz-paper-99")
"""Names and data of people here, in which nothing else can be found."""

NAMED = {"name": "Zyxwvoll Qqarmund", "birth_date": "1961-07-19", "documents": "passport:JO:ZZ765X432"}
ROWS = [
    person(101, **NAMED),
    person(102, name="Vvandor Qqarmund", birth_date="31.17.1961"),
    person(103, name="Vvandor Zyxwvoll", nationality="Nowherestan", documents="zz-paper-99"),
    person(104, name="Vvandor Zyxwvoll", birth_date="1961-07-19", documents="zz-paper-99:passport:ZZ765X432"),
    person(105, **NAMED),
]  # fmt: skip


class Watched:
    """An office in whose register these people are, one of them protected; what its commands say on stderr is looked through."""

    def __init__(self, office: Office) -> None:
        self.office, self.said = office, 0
        file = people_file(office.folder / "marked.csv", ROWS)
        self.imported = self.run("people", "import", file, code=1)
        self.run("protection", "record", office.number(101), "--ground", "a claim")

    def run(self, *arguments: str | int | Path, code: int | None = None) -> Ran:
        ended = self.office.run(*arguments, code=code)
        self.said += len(ended.told)
        self.look(ended.err, arguments)
        return ended

    def bare(self, *arguments: str | Path) -> Ran:
        """A command that needs no home."""
        ended = kstep(*arguments)
        self.look(ended.err, arguments)
        return ended

    @staticmethod
    def look(text: str, where: object) -> None:
        assert [mark for mark in MARKS if mark.casefold() in text.casefold()] == [], (where, text)


@pytest.fixture
def watched(office: Office) -> Watched:
    return Watched(office)


def test_import_names_line_and_field_of_what_it_could_not_read(watched: Watched) -> None:
    told = watched.imported.err
    assert "marked.csv, line 3: birth_date: … is not a date; write YYYY, YYYY-MM or YYYY-MM-DD" in told
    assert "line 4: nationality: … is not a country" in told
    people = watched.office.folder / "marked.csv"
    on_list = f"table={watched.office.folder / 'own.jsonl'}"
    screened = watched.bare("screen", people, "--list", on_list, "--out", watched.office.folder / "found.jsonl")
    assert screened.code == 1
    assert "field not read" in screened.err
    beside = (watched.office.folder / "found.jsonl.attention.jsonl").read_text()
    assert "Nowherestan" in beside, "what is beside the result says it"


def test_main_commands_tell_of_nobody_on_stderr(watched: Watched) -> None:
    office = watched.office
    row = {"entry_id": "E101", **NAMED}
    (office.folder / "own.jsonl").write_text(json.dumps(row) + "\n")
    watched.run("lists", "publish", f"table={office.folder / 'own.jsonl'}", "--list", "own")
    for command in (
        "rescreen", "worker --once", "worker --once", "canaries run", "canaries status", "matches list", "matches withdrawn",
        "matches list --person P000101", "coverage --measure --sample 2", "register duplicates", "register repairs",
        "register placeholders", "register statuses", "retention plan", "retention prove", "files list", "certificate own",
        "ledger checkpoint", "ledger verify", "ledger rebuild", "people show P000101", "people show nobody",
        f"people show P000101 --to {HOME}", f"matches list --to {HOME}", f"coverage --to {HOME}", "people show P000101 --would",
        "protection record 99999 --ground x", "register merge 99999 99998 --ground x", "standard compare --pairs",
    ):  # fmt: skip
        watched.run(*command.split(" "))
    listed = office.told("matches", "list", "--person", "P000101")
    assert [one["entry"] for one in listed] == ["E101"], "there was something to tell"
    rows = [person(101, **NAMED), person(106, name="Vvandor Qqarmund"), person(107, **NAMED, person_id="")]
    other = people_file(office.folder / "other.csv", rows)
    reconciled = watched.run("register", "reconcile", other, "--name", "booking", "--kind", "bookings")
    assert "1 rows of" in reconciled.err, "one could not be read"
    watched.run("register", "differences")
    second = office.home.keys[SECOND]
    leaving = ("--ground", "departed", "--evidence", "x", "--second", second)
    for _ in range(2):
        watched.run("people", "leave", "P000105", *leaving)
    assert watched.said > 15, "much was said"


def test_messages_tell_of_nobody_on_stderr(watched: Watched) -> None:
    office = watched.office
    who = {"person": office.number(101), "name": NAMED["name"], "birth_date": NAMED["birth_date"]}
    body: dict[str, Any] = {"people": [who], "what": f"It is {NAMED['name']}.", "happened": "2026-02-03"}
    told = {"kind": "notification", "recipient": HQ, "marking": "restricted", "body": body}
    for changed, code in (
        ({}, 0), ({"recipient": HOME}, 1), ({"recipient": "x.example"}, 2),
        ({"body": {**body, "happened": NAMED["birth_date"] + "x"}}, 2), ({"body": {**body, "people": [who | {"person": 0}]}}, 2),
        ({"body": {**body, "people": [who | {"person": 999_999}]}}, 2), ({"marking": "secretly"}, 2),
    ):  # fmt: skip
        watched.run("messages", "send", office.file("note.json", told | changed), code=code)
    home = office.home.home
    failed = Sending(home, home.ledger(), By("account:2", "reporting")).turn()
    watched.look(" ".join(failed), "the worker's turn")
    watched.run("worker", "--once")
    watched.run("messages", "list")
    asks = {"from": HQ, "asks": f"Who is {NAMED['name']}?", "deadline": int(time.time() * 1_000_000) + 18_000_000_000}
    taken = watched.run("requests", "take", office.file("asked.json", asks), "--owner", "ann", code=0)
    answer = {"result": "record", "says": NAMED["name"], "people": [who | {"person": 999_999}]}
    watched.run("requests", "answer", taken.out.strip(), office.file("answer.json", answer), "--marking", "restricted")


def test_receiver_tells_of_nobody_on_stderr(watched: Watched) -> None:
    office, drop = watched.office, watched.office.folder / "drop"
    drop.mkdir()
    key, name = office.folder / "there.key", "there.example/desk"
    made = watched.bare("receive", "make-key", name, key).out.strip()
    office.register(name, ["US"], keys=[made], channels=[f"file:{drop}"])
    who = {"person": office.number(101), "name": NAMED["name"]}
    body = {"people": [who], "what": f"It is {NAMED['name']}.", "happened": "2026-02-03"}
    told = {"kind": "notification", "recipient": name, "marking": "restricted", "body": body}
    office.run("messages", "send", office.file("note.json", told))
    home = office.home.home
    assert Sending(home, home.ledger(), By("account:2", "reporting")).turn() == []
    (letter,) = (drop / "letters").iterdir()
    theirs = ("--key", key, "--inbox", office.folder / "there.db", "--sender", str(home.signing_key.key))
    genuine = letter.read_text()
    assert NAMED["name"] in genuine
    for text, code in (
        (genuine, 0), (genuine.replace("2026-02-03", "1961-07-19"), 1), (genuine[:-60], 1), (json.dumps(body), 1),
        (genuine.replace('"notification"', '"Qqarmund"'), 1), (genuine, 0),
    ):  # fmt: skip
        letter.write_text(text)
        assert watched.bare("receive", "take", drop, *theirs).code == code


def test_error_of_our_own_tells_where_and_not_of_whom(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Register, person_id: str) -> int:
        try:
            raise ValueError(f"no such name: {NAMED['name']}")
        except ValueError as error:
            raise KeyError(NAMED["name"]) from error

    monkeypatch.setattr(Register, "find", broken)
    ended = watched.run("people", "show", "P000101", code=70)
    assert [line for line in ended.told if line in ("ValueError", "KeyError")] == ["ValueError", "KeyError"]
    assert ended.err.count("in broken") == 2


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("'19.13.80' is not a date; write YYYY", "… is not a date; write YYYY"),
        ('"D\'Arc" is not a sex', "… is not a sex"),
        (r"'O\'Brien \"x\"' is not a country", "… is not a country"),
        ("there is no date 1980-02-31", "there is no date …"),
        ("the date range 1980-02-01 to 1979-01 ends", "the date range … to … ends"),
        ("has 2,000 characters; write at most 500", "has 2,000 characters; write at most 500"),
    ],
)
def test_values_are_left_out_of_what_is_said(said: str, left: str) -> None:
    assert without_values(said) == left
