"""Evidence is what it was when it was put to a fact, and goes with the person whom it concerns."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from encounters.offices import CHECK, Office
from kept_homes import ORIGIN
from kstep.app.backup import back_up, keys_beside, make_recovery_key
from kstep.app.backup_form import Backup
from kstep.app.backup_keys import RecoveryKey, SecretsFile
from kstep.app.restore import Restoring
from kstep.encounters.checking import FileError
from kstep.encounters.evidence import LARGEST, EvidenceDamaged, EvidenceStore, pointed_at
from kstep.encounters.filing import short_id
from kstep.model import InputError, ValueRefused

CONTENT = b"a return that names Xanadu"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "return.pdf").write_bytes(CONTENT)
    return Office.begun(tmp_path / "home")


def store_of(office: Office) -> EvidenceStore:
    home = office.kept.home
    return EvidenceStore(home.path / "evidence", home.database, home.vault)


def test_file_is_known_by_its_hash_and_lies_sealed(office: Office, tmp_path: Path) -> None:
    store, number = store_of(office), office.number(1)
    piece = store.put(number, tmp_path / "return.pdf", "check-return", "records office")
    assert piece == store.put(number, tmp_path / "return.pdf", "check-return", "records office"), "once"
    assert piece.hash == hashlib.sha256(CONTENT).hexdigest()
    assert store.read(number, piece.hash) == CONTENT
    (kept,) = [path for path in store.folder.rglob("*") if path.is_file()]
    assert b"Xanadu" not in kept.read_bytes()
    assert piece.hash not in str(kept)
    with pytest.raises(EvidenceDamaged, match="is not in"):
        store.read(office.number(2), piece.hash)


def test_file_that_was_changed_is_told(office: Office, tmp_path: Path) -> None:
    store, number = store_of(office), office.number(1)
    piece = store.put(number, tmp_path / "return.pdf", "check-return", "records office")
    (kept,) = [path for path in store.folder.rglob("*") if path.is_file()]
    content = kept.read_bytes()
    for damaged in (content[:-1] + bytes([content[-1] ^ 1]), content[:20], b""):
        kept.write_bytes(damaged)
        with pytest.raises(EvidenceDamaged, match="was changed since it was kept"):
            store.read(number, piece.hash)
    kept.unlink()
    with pytest.raises(EvidenceDamaged, match="restore it from a backup"):
        store.read(number, piece.hash)


def test_evidence_goes_with_the_person(office: Office, tmp_path: Path) -> None:
    store, number, other = store_of(office), office.number(1), office.number(2)
    piece = store.put(number, tmp_path / "return.pdf", "check-return", "records office")
    store.put(other, tmp_path / "return.pdf", "check-return", "records office")
    office.register.erase(number, "retention", office.by("director"))
    with pytest.raises(EvidenceDamaged, match="went with the person"):
        store.read(number, piece.hash)
    assert store.read(other, piece.hash) == CONTENT


def test_evidence_is_in_a_backup(office: Office, tmp_path: Path) -> None:
    piece = store_of(office).put(office.number(1), tmp_path / "return.pdf", "check-return", "records office")
    office.does("officer", "StatementTaken", interpreter="none", evidence=[piece])
    make_recovery_key(office.kept.home, tmp_path / "recovery.pem", "")
    left = office.kept.checkpoint()
    out = tmp_path / "backup"
    back_up(office.kept.home, out, keys_beside(out))
    recovery = RecoveryKey.read(tmp_path / "recovery.pem")
    restoring = Restoring(Backup.open(out), SecretsFile(keys_beside(out)), recovery, "", outside=[left], newer=())
    number = office.number(1)
    restoring.into(tmp_path / "restored", None)
    restored = type(office.kept).open(tmp_path / "restored").home
    assert (
        EvidenceStore(restored.path / "evidence", restored.database, restored.vault).read(number, piece.hash) == CONTENT
    )


def test_what_is_no_evidence_is_refused(office: Office, tmp_path: Path) -> None:
    store, number = store_of(office), office.number(1)
    (tmp_path / "empty").touch()
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(LARGEST + 1)
    for name, told in (
        ("empty", "is empty"),
        ("huge", "is larger than 256 MiB"),
        ("none", "cannot be read"),
        (".", "cannot be read"),
    ):
        with pytest.raises(InputError, match=told):
            store.put(number, tmp_path / name, "statement", "somebody")
    with pytest.raises(ValueRefused):
        store.put(number, tmp_path / "return.pdf", "statement", "somebody", marking="loud")
    with pytest.raises(InputError, match="points at nothing"):
        pointed_at("statement", "  ", "somebody")


def test_evidence_that_comes_later_is_put_to_a_fact_by_whoever_may_do_its_step(office: Office) -> None:
    office.does("officer", "EncounterOpened", nature="notice")
    claim = office.does("officer", "CheckEnded", step="identity-check", result="returned-nothing").id
    assert office.owed()["identity-check"] == "open"
    for fact, why in (("nonsense", "no fact of this file"), ("", "say to which")):
        with pytest.raises(FileError, match=why):
            office.does("officer", "EvidenceFiled", fact=fact, kind="check-return", evidence=[CHECK])
    with pytest.raises(FileError, match=r"what identity-check lacks is put to .* or by: officer$"):
        office.does("adjudicator", "EvidenceFiled", fact=claim, kind="check-return", evidence=[CHECK])
    office.does("officer", "EvidenceFiled", fact=claim, kind="check-return", evidence=[CHECK])
    assert office.owed()["identity-check"] == "done"


def test_evidence_that_comes_later_needs_no_more_than_the_number_of_its_fact(office: Office) -> None:
    office.does("officer", "EncounterOpened", nature="notice")
    claim = office.does("officer", "CheckEnded", step="identity-check", result="returned-nothing").id
    number = short_id(claim, ORIGIN)
    assert number.isdecimal()
    statement = pointed_at("statement", "vault 7", "the person")
    for pieces, why in (((CHECK, statement), "kind=…, one of check-return, statement"), ((), "brings no evidence")):
        with pytest.raises(FileError, match=why):
            office.does("officer", "EvidenceFiled", fact=number, evidence=pieces)
    with pytest.raises(FileError, match="no fact of this file"):
        office.does("officer", "EvidenceFiled", fact=f"elsewhere.example/desk#{number}", evidence=[CHECK])
    told = office.does("officer", "EvidenceFiled", fact=number, evidence=[CHECK])
    assert told.fact.says == {"fact": claim, "kind": "check-return"}
    assert office.owed()["identity-check"] == "done"
    office.does("officer", "EvidenceFiled", fact=f"{ORIGIN}#{number}", evidence=[CHECK, statement], kind="statement")
