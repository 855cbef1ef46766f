"""`kstep ledger`: checkpoints leave, bundles are written and checked, tables computed again, and keys changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Ran, kstep_here
from homes import ORIGIN, StaffedHome, refused
from kstep.access.tables import offices
from kstep.app.home import Home
from kstep.ledger.service import By
from kstep.ledger.tables import events
from kstep.ledger.verifier import Checkpoint
from kstep.model.events import AccessDenied, LogBegun, LogKeyAdded, LogKeyRetired, MarkedItemRead
from kstep.model.markings import Level
from live_logs import TestPersonNamed, as_owner

Capture = pytest.CaptureFixture[str]
SIZE = 12
"""Events of the home's log when a test begins: seven tell of accounts, one each of the standard and the log, and three, which are
marked, of people.
"""


@pytest.fixture
def home(staffed: StaffedHome, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home on which account 2 may do everything that is done with a log; both are named by the environment."""
    keeper = staffed.open("administrator", "key-custodian", "inspector", level=Level.RESTRICTED)
    made = staffed.home
    with made.ledger().unit(By("account:7", "testing")) as unit:
        unit.record(LogBegun(kstep="1"), subject=f"log:{ORIGIN}", marking="internal")
        for number in range(3):
            unit.record(TestPersonNamed(name=f"Name {number}"), subject=f"person:{number}", marking="restricted")
    monkeypatch.setenv("KSTEP_KEY", str(staffed.keys[keeper]))
    monkeypatch.setenv("COLUMNS", "200")
    return made


def ledger(capsys: Capture, *arguments: str | Path) -> Ran:
    return kstep_here(capsys, "ledger", *arguments)


def goes_to(home: Home, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    settings = home.path / "kstep.toml"
    settings.write_text(f"{settings.read_text()}[checkpoints]\ndirectory = {json.dumps(str(folder))}\n")
    return folder


def left(folder: Path) -> Path:
    return max(folder.iterdir())


def test_checkpoint_is_printed_and_leaves(home: Home, tmp_path: Path, capsys: Capture) -> None:
    folder = goes_to(home, tmp_path / "out")
    ended = ledger(capsys, "checkpoint")
    assert (ended.code, ended.told) == (0, [f"kstep: the directory {folder}: has it"])
    (file,) = folder.iterdir()
    assert file.read_text() == ended.out
    found = Checkpoint.parse(file.read_bytes(), "left")
    assert (found.origin, found.size, found.signed_by(home.signing_key.key)) == (ORIGIN, SIZE, True)
    told = json.loads(ledger(capsys, "checkpoint", "--json").out)
    assert (told["log"], told["size"], told["root"], told["note"]) == (ORIGIN, SIZE, found.root.hex(), ended.out)
    assert told["left"] == [{"to": f"the directory {folder}", "failed": None}]


def test_checkpoint_that_goes_nowhere_needs_attention(home: Home, tmp_path: Path, capsys: Capture) -> None:
    ended = ledger(capsys, "checkpoint")
    assert (ended.code, len(ended.told)) == (1, 1)
    assert "the checkpoint went nowhere: say in" in ended.err
    goes_to(home, tmp_path / "out").rmdir()
    ended = ledger(capsys, "checkpoint")
    assert (ended.code, ended.told) == (1, [f"kstep: the directory {tmp_path / 'out'}: No such file or directory"])


def test_restored_database_signs_nothing(home: Home, tmp_path: Path, capsys: Capture) -> None:
    folder = goes_to(home, tmp_path / "out")
    home.database.close()
    backup = (home.path / "kstep.db").read_bytes()
    with home.ledger().unit(By("account:7", "testing")) as unit:
        unit.record(LogBegun(kstep="1"), subject=f"log:{ORIGIN}", marking="internal")
    assert ledger(capsys, "checkpoint").code == 0
    home.database.close()
    for file in home.path.glob("kstep.db*"):  # another file of the same name, as a restored copy is
        file.unlink()
    (home.path / "kstep.db").write_bytes(backup)
    ended = ledger(capsys, "checkpoint")
    assert (ended.code, ended.out, len(ended.told)) == (2, "", 1)
    assert (
        f"of {SIZE + 1} events, but the log has {SIZE}; restore the newest copy of the database: nothing is signed"
        in ended.err
    )
    for copy in (home.path / "checkpoints").iterdir():
        copy.unlink()
    assert f"{left(folder)}: of {SIZE + 1} events, but the log has {SIZE}" in ledger(capsys, "checkpoint").err


def test_bundle_is_exported_and_verified(home: Home, tmp_path: Path, capsys: Capture) -> None:
    folder = goes_to(home, tmp_path / "out")
    ledger(capsys, "checkpoint")
    key = ("--key", str(home.signing_key.key))
    for name, more, shown, read in (("bundle", [], SIZE - 3, 0), ("all.zip", ["--payloads"], SIZE, 3)):
        told = json.loads(ledger(capsys, "export", tmp_path / name, *more, "--json").out)
        assert told == [{"origin": ORIGIN, "size": SIZE, "behind": read}]
        ended = ledger(capsys, "verify", tmp_path / name, *key, "--checkpoint", left(folder))
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines() == [
            f"{ORIGIN}: {SIZE} events, {shown} payloads and 0 rows shown; checkpoints from outside: 1", "verified",
        ]  # fmt: skip
    as_json = json.loads(ledger(capsys, "verify", tmp_path / "bundle", *key, "--json").out)
    assert (as_json["verified"], as_json["refused"], as_json["logs"][0]["from_outside"]) == (False, None, 0)
    assert ledger(capsys, "verify", tmp_path / "bundle", *key).code == 1
    ended = ledger(capsys, "verify", tmp_path / "bundle", "--checkpoint", left(folder))
    assert (ended.code, ended.out.splitlines()[0].split(":")[0]) == (1, "REFUSED")
    refused = json.loads(ledger(capsys, "verify", tmp_path / "bundle", "--json").out)
    assert "not signed by a key that is trusted" in refused["refused"]
    assert ORIGIN in ledger(capsys, "export", tmp_path / "again").out


def test_bundle_is_verified_without_home_or_key(
    home: Home, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = goes_to(home, tmp_path / "out")
    ledger(capsys, "checkpoint")
    ledger(capsys, "export", tmp_path / "bundle")
    monkeypatch.delenv("KSTEP_HOME")
    monkeypatch.delenv("KSTEP_KEY")
    told = ("--key", str(home.signing_key.key), "--checkpoint", left(folder))
    assert ledger(capsys, "verify", tmp_path / "bundle", *told).out.splitlines()[-1] == "verified"


def shown(bundle: Path) -> list[int]:
    """The numbers of the events whose payloads a bundle shows."""
    return [json.loads(line)["number"] for line in (bundle / "logs/0/payloads.jsonl").read_text().splitlines()]


def test_payloads_are_shown_to_who_may_see_them_and_that_is_recorded(
    home: Home, staffed: StaffedHome, tmp_path: Path, capsys: Capture
) -> None:
    with home.ledger().unit(By("account:7", "testing")) as unit:
        unit.record(TestPersonNamed(name="Secret"), subject="person:9", marking="secret")
        unit.record(TestPersonNamed(name="Cell"), subject="person:9", marking="restricted//CELL")
    ledger(capsys, "checkpoint")
    ineligible = staffed.keys[staffed.open("inspector")]
    assert ledger(capsys, "export", tmp_path / "none", "--payloads", "--as", ineligible).code == 0
    assert shown(tmp_path / "none") == list(range(SIZE - 3))
    assert staffed.told(MarkedItemRead) == []
    assert ledger(capsys, "export", tmp_path / "some", "--payloads").code == 0
    assert shown(tmp_path / "some") == list(range(SIZE))
    read = staffed.told(MarkedItemRead)
    assert [(one.actor, one.purpose, one.marking, one.fact) for one in read] == [
        ("account:2", "oversight", "restricted",
         MarkedItemRead(action="ledger.export", item=f"person:{number}", marking="restricted"))
        for number in range(3)
    ]  # fmt: skip
    for more in ([], ["--payloads"]):
        told = refused(ledger(capsys, "export", tmp_path / "some", *more))
        assert "some: cannot be used (is there already)" in told
    assert len(staffed.told(MarkedItemRead)) == 3


def test_live_database_is_verified(home: Home, tmp_path: Path, capsys: Capture) -> None:
    folder = goes_to(home, tmp_path / "out")
    ledger(capsys, "checkpoint")
    ended = ledger(capsys, "verify", "--checkpoint", left(folder))
    assert (ended.code, ended.err) == (0, "")
    assert "WRONG" not in ended.out
    ended = ledger(capsys, "verify")
    assert ended.code == 1
    assert "no checkpoint from outside; nothing but this database's word" in ended.err
    with as_owner(home.database) as connection:
        connection.execute(events.delete().where(events.c.number == 1))
    ended = ledger(capsys, "verify", "--checkpoint", left(folder))
    assert (ended.code, ended.out.splitlines()[0]) == (1, f"WRONG: {ORIGIN}: event 1 is missing")
    told = json.loads(ledger(capsys, "verify", "--checkpoint", left(folder), "--json").out)
    assert (told["sound"], told["findings"][0]) == (False, {"log": ORIGIN, "what": "event 1 is missing"})
    assert told["logs"][0]["from_outside"] == 1


def test_keys_are_changed(home: Home, staffed: StaffedHome, tmp_path: Path, capsys: Capture) -> None:
    folder = goes_to(home, tmp_path / "out")
    first = str(home.signing_key.key)
    ledger(capsys, "checkpoint")
    added = ledger(capsys, "keys", "add")
    assert added.code == 0
    ended = ledger(capsys, "keys", "retire", first)
    assert (ended.code, len(ended.told)) == (2, 1)
    assert "make one first, with kstep ledger checkpoint" in ended.err
    ledger(capsys, "checkpoint")
    both = left(folder)
    assert ledger(capsys, "keys", "retire", first.split("+")[1], "--size", "99").code == 2
    assert ledger(capsys, "keys", "retire", first.split("+")[1]).code == 0
    (home.path / "keys/log.key").unlink()
    assert ledger(capsys, "checkpoint").code == 0
    listed: list[dict[str, Any]] = json.loads(ledger(capsys, "keys", "list", "--json").out)
    assert [(key["key"], key["added"], key["retired"], key["signed"]) for key in listed] == [
        (first, None, SIZE + 1, SIZE + 1), (added.out.strip(), SIZE, None, SIZE + 2),
    ]  # fmt: skip
    assert (
        f"{first}  from the beginning, retired at {SIZE + 1} events, longest checkpoint {SIZE + 1}"
        in ledger(capsys, "keys", "list").out
    )
    changed = staffed.told(LogKeyAdded, LogKeyRetired)
    assert [(told.actor, told.purpose) for told in changed] == [("account:2", "administration")] * 2
    ledger(capsys, "export", tmp_path / "bundle")
    verified = ledger(capsys, "verify", tmp_path / "bundle", "--key", first, "--checkpoint", both)
    assert (verified.code, verified.out.splitlines()[-1]) == (0, "verified")
    assert ledger(capsys, "verify", "--key", first, "--checkpoint", both).code == 0


def test_tables_are_computed_again(home: Home, capsys: Capture) -> None:
    with home.database.write() as connection:
        connection.execute(offices.insert().values(office="X", name="of no event", closed=None))
    assert ledger(capsys, "rebuild").out == f"computed again from {SIZE} events\n"
    assert json.loads(ledger(capsys, "rebuild", "--json").out) == {"events": SIZE}
    with home.database.read() as connection:
        assert connection.execute(offices.select()).all() == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["verify", "gone"], "gone: there is no such file or folder"),
        (["verify", "--checkpoint", "gone"], "gone: cannot be read"),
        (["verify", "--checkpoint", "kstep.toml"], "--checkpoint: kstep.toml: not a signed note"),
        (["verify", "--key", "x"], "--key: 'x' is no key"),
        (["export", "new"], "has no checkpoint yet"),
        (["keys", "retire", "x"], "x: is no key of this log"),
        (["checkpoint", "--home", "editions"], "editions: is no home of kstep"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: Capture, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(home.path)
    ended = ledger(capsys, *arguments)
    assert (ended.code, ended.out, len(ended.told)) == (2, "", 1)
    assert told in ended.err


def test_no_home_and_broken_ones_are_told(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.delenv("KSTEP_HOME")
    for command in (["verify"], ["checkpoint"]):
        ended = ledger(capsys, *command)
        assert (ended.code, len(ended.told)) == (2, 1)
        assert "home" in ended.err
    home.database.close()
    (home.path / "kstep.db").write_bytes(b"no database" * 1000)
    ended = ledger(capsys, "verify", "--home", home.path)
    assert (ended.code, len(ended.told)) == (2, 1)
    assert "restore it from a backup" in ended.err


ACTIONS = {
    "checkpoint": "ledger.checkpoint", "export bundle": "ledger.export", "export bundle --payloads": "ledger.export",
    "verify": "ledger.checkpoint", "rebuild": "ledger.rebuild", "keys list": "ledger.checkpoint", "keys add": "keys.manage",
    "keys retire KEY": "keys.manage",
}  # fmt: skip
"""The commands that need an account, and the action that each is."""


@pytest.mark.parametrize("line", ACTIONS)
def test_who_may_not_is_denied_and_nothing_is_done(
    home: Home, staffed: StaffedHome, monkeypatch: pytest.MonkeyPatch, capsys: Capture, line: str
) -> None:
    monkeypatch.chdir(home.path.parent)
    staffed.access.open_office(staffed.access.authenticate(staffed.keys[1]), "NYC", "New York", "administration")
    reviewer, somewhere = staffed.open("reviewer"), staffed.open(
        "administrator", "key-custodian", "inspector", office="NYC"
    )  # fmt: skip
    closed = staffed.open("administrator", "key-custodian", "inspector")
    staffed.close(closed)
    before = len(staffed.told())
    for number, action, why in (
        (reviewer, ACTIONS[line], "has no role that may do this"),
        (somewhere, ACTIONS[line], "at NYC, and it does not belong there"),
        (closed, "authenticate", f"account:{closed} is closed"),
    ):
        told = refused(ledger(capsys, *line.split(" "), "--as", staffed.keys[number]))
        actor, denied, reason = staffed.denial()
        assert (actor, denied) == (f"account:{number}", action)
        assert why in reason
        assert f"kstep: {action} was denied: {reason}; ask an administrator" in told
    monkeypatch.delenv("KSTEP_KEY")
    assert "--as: who acts was not said" in refused(ledger(capsys, *line.split(" ")))
    assert [told.type for told in staffed.told()[before:]] == [AccessDenied.__name__] * 3
    assert sorted(path.name for path in (home.path / "keys").iterdir()) == ["home.key", "log.key"]
    assert list((home.path / "checkpoints").iterdir()) == []
    assert not (home.path.parent / "bundle").exists()
