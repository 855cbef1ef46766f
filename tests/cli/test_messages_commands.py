"""The commands of messages, as their users meet them: both sides, from a key to an acknowledgement; each refusal in one line."""

from __future__ import annotations

import json
import shlex
import time
from pathlib import Path
from typing import Any

import pytest

from command_line import Ran, kstep_here
from homes import StaffedHome, refused
from kstep.access.service import Access
from kstep.app.sending import Sending
from kstep.ledger.service import By
from kstep.ledger.signing import SigningKey
from kstep.model.events import EgressRefused, MarkedItemRead
from kstep.model.markings import Level
from nodes import people_file, person

HQ = "hq.example/intake"
SERVED = f"--key hq.key --inbox hq.db --sender {SigningKey.generate('screening.example/hq').key}"

HOUR = 3_600_000_000


@pytest.fixture
def desk(staffed: StaffedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Desk:
    number = staffed.open("supervisor", "dispatcher", "records-officer", level=Level.SECRET)
    monkeypatch.setenv("KSTEP_KEY", str(staffed.keys[number]))
    return Desk(staffed, tmp_path, capsys)


class Desk:
    """An office with a drop folder, and a headquarters beside it."""

    def __init__(self, staffed: StaffedHome, folder: Path, capsys: Any) -> None:
        self.staffed, self.folder, self.capsys = staffed, folder, capsys
        self.drop = folder / "drop"
        self.drop.mkdir()
        self.kstep("people", "import", people_file(folder / "people.csv", [person(number) for number in range(4)]))
        self.key = self.kstep("receive", "make-key", HQ, folder / "hq.key").strip()
        self.register()

    def run(self, *arguments: str | Path) -> Ran:
        return kstep_here(self.capsys, *arguments)

    def kstep(self, *arguments: str | Path, code: int = 0) -> str:
        ended = self.run(*arguments)
        assert ended.code == code, ended
        return ended.out

    def register(self, name: str = HQ, key: str = "", **changed: Any) -> None:
        told = {
            "recipient": name, "owner": "desk", "states": ["US"], "channels": [f"file:{self.drop}"], "keys": [key or self.key],
            "permitted": ["reporting"], "highest": "secret", **changed,
        }  # fmt: skip
        self.kstep("recipients", "register", self.file("recipient.json", told))
        self.kstep("recipients", "verify", name, "--evidence", "called back")

    def file(self, name: str, told: Any) -> Path:
        (self.folder / name).write_text(json.dumps(told))
        return self.folder / name

    def note(self, **more: Any) -> Path:
        body = {"people": [], "what": "Something happened.", "happened": "2026-02-03"}
        return self.file(
            "note.json", {"kind": "notification", "recipient": HQ, "marking": "restricted", "body": body, **more}
        )

    def turn(self) -> list[str]:
        return Sending(self.staffed.home, self.staffed.home.ledger(), By("account:2", "reporting")).turn()

    @property
    def theirs(self) -> list[str | Path]:
        signer = str(self.staffed.home.signing_key.key)
        return ["--key", self.folder / "hq.key", "--inbox", self.folder / "hq.db", "--sender", signer]

    def listed(self, *options: str, code: int = 0) -> list[dict[str, Any]]:
        return list(json.loads(self.kstep("messages", "list", "--json", *options, code=code)))


def test_from_a_key_to_an_acknowledgement(desk: Desk) -> None:
    message = desk.kstep("messages", "send", desk.note()).strip()
    assert desk.turn() == []
    assert desk.kstep("receive", "take", desk.drop, *desk.theirs) == "1 letters are kept\n"
    theirs = desk.theirs[:4]
    (row,) = json.loads(desk.kstep("receive", "list", "--json", *theirs))
    assert (row["message"], row["states"]) == (message, ["received"])
    assert json.loads(desk.kstep("receive", "show", message, *theirs))["body"]["what"] == "Something happened."
    desk.kstep("receive", "acknowledge", message, *theirs, "--reference", "HQ-1", "--out", desk.drop)
    receipt = desk.drop / "receipts" / f"{message}.acknowledged.receipt.json"
    assert desk.kstep("messages", "receipt", receipt) == f"{message}: acknowledged\n"
    assert [row["state"] for row in desk.listed()] == ["acknowledged"]
    assert "signed acknowledged" in desk.kstep("messages", "show", message)
    desk.kstep("messages", "pdf", message, desk.folder / "page.pdf")
    assert (desk.folder / "page.pdf").read_bytes().startswith(b"%PDF")
    assert {read.fact.item for read in desk.staffed.told(MarkedItemRead) if isinstance(read.fact, MarkedItemRead)} >= {
        f"message:{message}"
    }
    receipt.write_text(receipt.read_text().replace("HQ-1", "HQ-2"))
    assert "signature was not made by hq.example/intake" in refused(desk.run("messages", "receipt", receipt))


def test_walkthrough_of_the_document_comes_to_a_signed_receipt(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parents[2] / "docs/messages.md").read_text(encoding="utf-8")
    lines = text.partition("## From nothing to a signed receipt\n")[2].partition("\n## ")[0].splitlines()
    commands = [line.partition("#")[0].strip() for line in lines if line.startswith("    kstep ")]
    assert len(commands) == 10
    folder = desk.folder / "walked"
    folder.mkdir()
    monkeypatch.chdir(folder)
    told = {"states": ["US"], "channels": [f"file:{desk.drop}"], "permitted": ["reporting"], "highest": "secret"}
    said, ids = "", {"DROP": str(desk.drop), "ID": ""}
    for line in commands:
        words = shlex.split(line)[1:]
        if words[:2] == ["recipients", "register"]:
            recipient = {"recipient": HQ, "owner": "duty desk", "keys": [said.strip()], **told}
            (folder / "recipient.json").write_text(json.dumps(recipient))
            desk.note().replace(folder / "notification.json")
        if words[0] == "worker":  # of what it does, what it does about messages
            assert desk.turn() == []
            continue
        signer = str(desk.staffed.home.signing_key.key)
        words = [
            signer if word.endswith("+…") else word.replace("DROP", ids["DROP"]).replace("ID", ids["ID"])
            for word in words
        ]
        said = desk.kstep(*words)
        if words[:2] == ["messages", "send"]:
            ids["ID"] = said.strip()
    assert said.splitlines()[-1].split(" │ ")[3].strip() == "acknowledged"


def test_protected_person_is_nothing_on_record_to_a_state_of_theirs(desk: Desk) -> None:
    who = json.loads(desk.kstep("people", "show", "P000001"))["person"]
    key = desk.kstep("receive", "make-key", "jo.example", desk.folder / "jo.key").strip()
    desk.register("jo.example", key, states=["JO"])
    assert desk.kstep("protection", "record", str(who), "--ground", "a claim", "--state", "IR") == "IR JO\n"
    body = {"people": [{"person": who, "name": "x"}], "what": "y", "happened": "2026-02-03"}
    ended = desk.run("messages", "send", desk.note(recipient="jo.example", body=body))
    assert ended.code == 1
    assert "there is nothing on record that may be told to jo.example" in ended.err
    assert desk.turn() == []
    assert not (desk.drop / "letters").exists()
    assert len(desk.staffed.told(EgressRefused)) == 1
    second = desk.staffed.open("supervisor", level=Level.SECRET)
    end = ("protection", "end", str(who), "--ground", "asked for it")
    assert "takes two people" in refused(desk.run(*end))
    desk.kstep(*end, "--second", desk.staffed.keys[second])


def test_person_is_named_by_the_id_of_the_source_or_the_number(desk: Desk) -> None:
    who = json.loads(desk.kstep("people", "show", "P000001"))["person"]
    for named in ("P000001", f"person:{who}", str(who)):
        assert desk.kstep("protection", "record", named, "--ground", "a claim") == "JO\n"
    second = desk.staffed.keys[desk.staffed.open("supervisor", level=Level.SECRET)]
    desk.kstep("protection", "end", "P000001", "--ground", "asked for it", "--second", second)
    assert "nobody in the register has that id" in refused(desk.run("protection", "record", "P9", "--ground", "x"))
    one_more = [{**person(9), "person_id": str(who)}, {**person(8), "person_id": "8"}]
    desk.kstep("people", "import", people_file(desk.folder / "more.csv", one_more), code=1)
    told = refused(desk.run("protection", "record", str(who), "--ground", "a claim"))
    assert f"{who}: is the id of one person and kstep's number of another; write person:NUMBER" in told
    desk.kstep("protection", "record", f"person:{who}", "--ground", "a claim")
    desk.kstep("protection", "record", "8", "--ground", "a claim")


def test_messages_are_superseded_and_withdrawn(desk: Desk) -> None:
    message = desk.kstep("messages", "send", desk.note()).strip()
    body = {"wrong": "w", "right": "r"}
    correction = desk.file("correction.json", {"kind": "correction", "marking": "restricted", "body": body})
    new = desk.kstep("messages", "supersede", message, correction).strip()
    assert desk.kstep("messages", "withdraw", new, "--ground", "sent in error") == "it had not left\n"
    assert [row["state"] for row in desk.listed()] == ["superseded", "withdrawn"]
    assert desk.listed("--open") == []
    assert desk.listed("--state", "withdrawn", "--to", HQ)[0]["refers"] == message


def test_questions_are_taken_and_answered(desk: Desk) -> None:
    asks = {"from": HQ, "asks": "Who is it?", "deadline": int(time.time() * 1_000_000) + 18_000_000_000}
    request = desk.kstep("requests", "take", desk.file("asked.json", asks), "--owner", "ann", "--owner", "bo").strip()
    assert desk.kstep("requests", "show", request) == "Who is it?\n"
    desk.kstep("requests", "assign", request, "--owner", "cy")
    desk.kstep("requests", "answer", request, desk.file("answer.json", {"result": "no record"}))
    (row,) = json.loads(desk.kstep("requests", "list", "--json"))
    assert (row["owner"], row["state"], row["late"]) == ("cy", "queued", False)
    by_hand = {
        "kind": "answer",
        "recipient": HQ,
        "marking": "restricted",
        "body": {"request": request, "result": "no record"},
    }
    told = refused(desk.run("messages", "send", desk.file("by-hand.json", by_hand)))
    assert "it would leave at once, and close no question" in told
    assert "needs no confirmation" in refused(desk.run("requests", "confirm", request, "--reference", "x"))


def test_deadline_is_a_moment_or_a_length_of_time(desk: Desk) -> None:
    before = int(time.time() * 1_000_000)
    for deadline in ("2130-03-01T09:00Z", "2130-03-01", "5 hours", "4102444800000000"):
        asks = {"from": HQ, "asks": f"Who is it by {deadline}?", "deadline": deadline}
        desk.kstep("requests", "take", desk.file("asked.json", asks), "--owner", "ann")
    after = int(time.time() * 1_000_000)
    soon, *later = sorted(row["deadline"] for row in json.loads(desk.kstep("requests", "list", "--json")))
    assert before <= soon - 5 * HOUR <= after
    assert later == [4_102_444_800_000_000, 5_054_227_200_000_000, 5_054_259_600_000_000]


@pytest.mark.parametrize(
    ("deadline", "said"),
    [
        (
            "soon",
            "asked.json: deadline: 'soon' is no moment; write it as 2027-03-01T09:00Z, 2027-03-01 or 4 hours, or in micro",
        ),
        ("2020-01-01", "deadline: is no time to come; write one later than now, as 2027-03-01T09:00Z"),
        (5, "deadline: is no time to come"),
        (None, "deadline: is no time to come"),
    ],
)
def test_deadline_that_is_none_is_refused(desk: Desk, deadline: str | int | None, said: str) -> None:
    asked = desk.file("asked.json", {"from": HQ, "asks": "Who is it?", "deadline": deadline})
    assert said in refused(desk.run("requests", "take", asked, "--owner", "ann"))


def test_time_to_acknowledge_is_a_length_of_time(desk: Desk) -> None:
    for within in ("2 days", 48 * HOUR, str(48 * HOUR)):
        body = {"people": [], "what": f"Something happened ({within!r}).", "happened": "2026-02-03"}
        desk.kstep("messages", "send", desk.note(within=within, body=body))
    assert [round((row["due"] - row["queued"]) / HOUR, 4) for row in desk.listed()] == [48] * 3
    told = refused(desk.run("messages", "send", desk.note(within="tomorrow")))
    assert (
        "within: 'tomorrow' is no length of time; write it as 30 minutes, 4 hours or 2 days, or in microseconds" in told
    )


def test_logs_are_reconciled(desk: Desk) -> None:
    message = desk.kstep("messages", "send", desk.note()).strip()
    desk.turn()
    (desk.folder / "log.csv").write_text(f"message\n{'ab' * 16}\n")
    found = json.loads(desk.kstep("reconcile", "messages", desk.folder / "log.csv", "--from", HQ, "--json", code=1))
    assert (found["only_here"], found["only_there"]) == ([message], ["ab" * 16])
    line = ("reconcile", "messages", desk.folder / "log.csv", "--from", HQ, "--json")
    for day, only_here in (("1999-12-31", []), ("2999-12-31", [message])):
        assert json.loads(desk.kstep(*line, "--since", "1999-01-01", "--until", day, code=1))["only_here"] == only_here
    items = json.loads(desk.kstep("reconcile", "unmatched", "--json", code=1))
    for one in items:
        desk.kstep("reconcile", "settle", one["item"], "--how", "their log is wrong", "--evidence", "asked them")
    assert json.loads(desk.kstep("reconcile", "unmatched", "--json")) == []


def test_who_has_no_role_may_do_nothing_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.kstep("messages", "send", desk.note())
    number = desk.staffed.open("list-officer")
    monkeypatch.setenv("KSTEP_KEY", str(desk.staffed.keys[number]))
    for line in (
        ("messages", "list"), ("messages", "send", desk.note()), ("recipients", "list"), ("requests", "list"),
        ("recipients", "verify", HQ, "--evidence", "x"), ("protection", "record", "1", "--ground", "x"),
        ("reconcile", "unmatched"),
    ):  # fmt: skip
        assert "has no role that may do this" in refused(desk.run(*line))


def test_office_sees_its_own_messages_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.kstep("office", "open", "NYC", "New York", "--as", desk.staffed.keys[1])
    mine = desk.kstep("messages", "send", desk.note(office="NYC")).strip()
    desk.kstep("messages", "send", desk.note(office=""))
    number = desk.staffed.open("dispatcher", office="NYC", level=Level.RESTRICTED)
    monkeypatch.setenv("KSTEP_KEY", str(desk.staffed.keys[number]))
    assert [row["message"] for row in desk.listed()] == [mine]
    assert Access(desk.staffed.home.ledger()).account(number).grants


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("messages show {}".format("0" * 32), "is no message of this node"),
        ("messages schema telegram", "is no kind of message; write one of notification"),
        ("messages send gone.json", "gone.json: cannot be read"),
        ("messages send people.csv", "people.csv: is no JSON at line 1, column 1; correct the file"),
        ("messages send empty", "empty: is empty; correct the file"),
        ("messages send latin", "latin: is no UTF-8 at byte 0; save it as UTF-8"),
        ("messages send deep.json", "deep.json: is no JSON that can be read: it is nested too deep"),
        (
            "messages send wrong.json",
            "notification, what: is no text (and 1 more); see kstep messages schema notification",
        ),
        ("messages list --state lost", "'lost' is no state of a message; say one of queued, sent"),
        ("messages receipt people.csv", "this is no receipt"),
        ("messages receipt number.json", "this is no receipt: it names no message; give the file as it came"),
        ("recipients verify nobody --evidence x", "is no recipient in the registry"),
        ("recipients register people.csv", "is no JSON"),
        ("requests show x", "is no question that came in"),
        ("reconcile messages people.csv --from hq.example/intake", "neither a column message nor reference"),
        ("reconcile settle x --how because --evidence y", "settles nothing"),
        (
            "receive list --key people.csv --inbox hq.db",
            "people.csv: is no key that signs receipts: its name in one line",
        ),
        (
            "receive take drop --key hq.key --inbox hq.db",
            "--sender: whose letters are taken was not said; say --sender KEY",
        ),
        (
            f"receive serve {SERVED} --certificate gone --private-key gone --authority gone",
            "gone: cannot be read (No such",
        ),
        (
            f"receive serve {SERVED} --certificate empty --private-key empty --authority empty",
            "all three have to be PEM",
        ),
        ("reconcile messages latin --from hq.example/intake", "latin: cannot be read (no UTF-8 at byte 0)"),
        ("receive make-key two+words new.key", "cannot name a log"),
        ("receive make-key hq.example hq.key", "choose a file that is not there"),
        ("protection record 99999 --ground x", "nobody in the register has that number"),
    ],
)
def test_every_refusal_is_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch, line: str, said: str) -> None:
    monkeypatch.chdir(desk.folder)
    for name, text in (("empty", b""), ("latin", b"\xe9 x"), ("deep.json", b"[" * 100_000), ("number.json", b"5")):
        (desk.folder / name).write_bytes(text)
    body = {"what": 5}
    desk.file("wrong.json", {"kind": "notification", "recipient": HQ, "marking": "restricted", "body": body})
    assert said in refused(desk.run(*line.split(" ")))


def test_bundle_of_the_log_leaves_for_nobody_of_another_state(desk: Desk) -> None:
    """Whether or not anybody is protected from it."""
    key = desk.kstep("receive", "make-key", "jo.example", desk.folder / "jo.key").strip()
    desk.register("jo.example", key, states=["JO"], permitted=["oversight"])
    desk.register(permitted=["oversight"])
    with (desk.staffed.path / "kstep.toml").open("a") as settings:
        settings.write('[dispatch]\nstate = "US"\n')
    inspector = desk.staffed.keys[desk.staffed.open("inspector", "key-custodian")]
    desk.run("ledger", "checkpoint", "--as", inspector)
    for name, code in (("jo.example", 2), (HQ, 0)):
        out = desk.folder / name.partition(".")[0]
        ended = desk.run("ledger", "export", out, "--to", name, "--as", inspector)
        assert (ended.code, out.exists()) == (code, code == 0), ended
        assert ("leaves for nobody of another state" in ended.err) == (code == 2)


def test_schema_of_every_kind_is_printed(desk: Desk) -> None:
    assert json.loads(desk.kstep("messages", "schema", "referral"))["$id"] == "urn:kstep:message:referral:1"
