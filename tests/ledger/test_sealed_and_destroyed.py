"""What is known of people lies in the database sealed; who is erased cannot be read any more, and the log stays what it was."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kstep.ledger.export import export
from kstep.ledger.keys import add_key
from kstep.ledger.service import LedgerError
from kstep.ledger.signing import SigningKey
from kstep.ledger.verifier import Checkpoint, Log, verify
from kstep.model.events import Recorded
from kstep.store import Database
from live_logs import ORIGIN, SIGNER, VAULT, WE, Live, a_live_log, begun, files_of, names

SECRET_NAME = "Qasrawan of a secret sound"


def bytes_of(database: Database) -> bytes:
    return b"".join(path.read_bytes() for path in files_of(database))


def a_projected_log(database: Database) -> Live:
    live = begun(database)
    for number in range(3):
        live.name(f"person:{number}", f"Name {number}")
    live.name("person:1", SECRET_NAME)
    live.import_people("import:1", ["person:0", "person:1", "person:2", "person:1"])
    live.checkpoint()
    return live


def dumped(live: Live) -> list[Any]:
    with live.database.read() as connection:
        return list(connection.execute(select(names).order_by(names.c.subject)).all())


def read_payloads(bundle: Path) -> dict[int, Any]:
    lines = (bundle / "logs/0/payloads.jsonl").read_text().splitlines()
    return {line["number"]: line["payload"] for line in map(json.loads, lines)}


def checked(bundle: Path, left: bytes) -> Log:
    (log,) = verify(bundle, [SIGNER.key], [Checkpoint.parse(left, "left")])
    return log


def test_no_plain_text_is_in_the_database(database: Database) -> None:
    live = a_live_log(database)
    held = bytes_of(database)
    assert ORIGIN.encode() in held  # it was looked where the rows are
    for secret in (SECRET_NAME, "secret sound", "Other 3", "Row of person", "Name 4"):
        assert secret.encode() not in held
        assert secret.encode().hex().encode() not in held
    with database.read() as connection:
        told = {getattr(event.fact, "name", "") for event in live.ledger.read(connection)}
    assert SECRET_NAME in told


def test_destroyed_secret_leaves_the_event_its_proofs_and_a_bundle(database: Database, tmp_path: Path) -> None:
    live = a_projected_log(database)
    before = live.last().note
    export(live.ledger, tmp_path / "before", lambda _: True)
    live.erase("person:1")
    live.name("person:1", "Of the same number, later")
    live.checkpoint()
    assert live.findings(before) == []
    with database.read() as connection:
        assert live.ledger.payload(connection, 1) is None
        assert live.ledger.payload(connection, 0) is not None
        read = {event.number: event.fact for event in live.ledger.read(connection, stop=4)}
    assert [number for number, fact in read.items() if fact is None] == [1, 3]
    export(live.ledger, tmp_path / "after", lambda _: True)
    assert checked(tmp_path / "after", before) == Log(ORIGIN, 7, 5, 2, [Checkpoint.parse(before, "left")], [])
    assert checked(tmp_path / "before", before).rows == 4
    assert set(read_payloads(tmp_path / "before")) - set(read_payloads(tmp_path / "after")) == {1, 3}
    first, after = ((tmp_path / when / "logs/0/events.jsonl").read_bytes() for when in ("before", "after"))
    assert after.startswith(first)
    rows = [json.loads(line) for line in (tmp_path / "after/logs/0/segments/4.jsonl").read_text().splitlines()]
    assert [sorted(row) for row in rows] == [["row", "salt"], ["hash"], ["row", "salt"], ["hash"]]


def test_rebuilt_tables_are_the_live_ones(database: Database) -> None:
    live = a_projected_log(database)
    kept = dumped(live)
    assert [tuple(line) for line in kept][1] == ("person:1", SECRET_NAME, 2)
    assert live.ledger.rebuild() == 5
    assert dumped(live) == kept
    live.erase("person:1")
    kept = dumped(live)
    assert [line.subject for line in kept] == ["person:0", "person:2"]
    assert live.ledger.rebuild() == 6
    assert dumped(live) == kept
    assert live.findings() == []


def test_who_came_back_after_being_erased_is_there_after_replay(database: Database) -> None:
    live = a_projected_log(database)
    live.erase("person:1")
    live.name("person:1", "Back again")
    kept = dumped(live)
    assert tuple(kept[1]) == ("person:1", "Back again", 1)
    for _ in range(2):
        assert live.ledger.rebuild() == 7
        assert dumped(live) == kept
    live.erase("person:1")
    assert [line.subject for line in dumped(live)] == ["person:0", "person:2"]
    with database.read() as connection:
        assert [event.number for event in live.ledger.read(connection) if event.fact is None] == [1, 3, 6]


def test_only_what_may_be_read_is_shown(database: Database, tmp_path: Path) -> None:
    live = a_projected_log(database)
    add_key(live.ledger, WE, SigningKey.from_bytes(ORIGIN, bytes(32)).key)
    left = live.checkpoint().note

    def may_read(recorded: Recorded) -> bool:
        return recorded.subject in ("person:2", "import:1")

    export(live.ledger, tmp_path / "some", may_read)
    export(live.ledger, tmp_path / "none", lambda _: False)
    assert sorted(read_payloads(tmp_path / "some")) == [2, 4, 5]
    assert sorted(read_payloads(tmp_path / "none")) == [5]  # what it says of keys is always shown
    assert (checked(tmp_path / "some", left).rows, checked(tmp_path / "none", left).rows) == (1, 0)
    held = b"".join(path.read_bytes() for path in (tmp_path / "some").rglob("*") if path.is_file())
    assert SECRET_NAME.encode() not in held
    assert b"Row of person:1" not in held
    assert b"Row of person:2" in held


def test_archive_holds_the_same_bytes_and_is_the_same_twice(database: Database, tmp_path: Path) -> None:
    live = a_projected_log(database)
    export(live.ledger, tmp_path / "bundle", lambda _: True)
    for name in ("one.zip", "two.zip"):
        export(live.ledger, tmp_path / name, lambda _: True, archive=True)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        in_archive = {name: archive.read(name) for name in archive.namelist()}
    in_folder = {
        path.relative_to(tmp_path / "bundle").as_posix(): path.read_bytes()
        for path in (tmp_path / "bundle").rglob("*")
        if path.is_file()
    }
    assert in_archive == in_folder
    assert checked(tmp_path / "one.zip", live.last().note).rows == 4


def test_bundle_ends_with_the_last_checkpoint(database: Database, tmp_path: Path) -> None:
    live = a_projected_log(database)
    live.name("person:1", "Behind it")
    (exported,) = export(live.ledger, tmp_path / "bundle", lambda _: True)
    assert exported == (ORIGIN, 5, 1)
    assert checked(tmp_path / "bundle", live.last().note).size == 5


def test_log_without_a_checkpoint_and_place_that_is_taken_are_told(database: Database, tmp_path: Path) -> None:
    live = Live(database)
    with pytest.raises(LedgerError, match="this node has no log yet; kstep init begins one"):
        export(live.ledger, tmp_path / "bundle", lambda _: True)
    live.begin()
    with pytest.raises(LedgerError, match=r"the log screening\.example/hq has no checkpoint yet"):
        export(live.ledger, tmp_path / "bundle", lambda _: True)
    live.checkpoint()
    export(live.ledger, tmp_path / "bundle", lambda _: True)
    assert checked(tmp_path / "bundle", live.last().note).size == 0
    with pytest.raises(FileExistsError, match="is there already"):
        export(live.ledger, tmp_path / "bundle", lambda _: True)
    assert [path.name for path in tmp_path.iterdir() if "bundle" in path.name] == ["bundle"]


def test_payload_is_opened_in_its_own_place_only(database: Database) -> None:
    live = a_live_log(database)
    with database.read() as connection:
        found = live.ledger.payload(connection, 5)
        assert found is not None
        assert found[1] == {"name": SECRET_NAME}
        assert live.ledger.payload(connection, 99) is None
        assert VAULT.find(connection, ["person:99"]) == {}
