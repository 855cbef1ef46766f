"""Evidence is held against its hash whenever a file is looked at, and read only by whoever may see what is marked so."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from files_kept import OFFICER, REVIEWER, SAYS, SECOND, STRANGER, Kept
from kstep.ledger.service import Ledger
from kstep.model.events import MarkedItemRead

CONTENT = b"%PDF-1.7 nothing was found"
HASH = hashlib.sha256(CONTENT).hexdigest()
CHECKED = ("files", "record", "P000003", "CheckEnded", "--says", "result=returned-nothing")


def put(kept: Kept, content: bytes = CONTENT, step: str = "identity-check", marking: str = "restricted") -> Path:
    """A piece is put to a check; returns the file that the home keeps."""
    before = set(stored(kept))
    proof = kept.folder / "return.pdf"
    proof.write_bytes(content)
    kept.run(
        *CHECKED, "--says", f"step={step}", "--evidence", f"check-return={proof}", "--marking", marking, as_=OFFICER
    )
    proof.unlink()
    (made,) = set(stored(kept)) - before
    return made


def stored(kept: Kept) -> list[Path]:
    return [path for path in (kept.home.home.path / "evidence").rglob("*") if path.is_file()]


def begun(kept: Kept) -> None:
    kept.adopt()
    kept.run("files", "record", "P000003", "EncounterOpened", "--says", "nature=notice", as_=OFFICER)


def reads(kept: Kept) -> list[str]:
    ledger: Ledger = kept.home.home.ledger()
    with ledger.database.read() as connection:
        return [event.actor for event in ledger.read(connection, types=[MarkedItemRead])]


def test_piece_is_written_as_it_was_and_the_read_is_recorded(kept: Kept) -> None:
    begun(kept)
    put(kept)
    before, out = reads(kept), kept.folder / "out.pdf"
    for name in (HASH, HASH[:12].upper()):
        kept.run("files", "evidence", "P000003", name, "--out", out, as_=OFFICER)
        assert out.read_bytes() == CONTENT
        out.unlink()
    assert len(reads(kept)) == len(before) + 2
    assert set(reads(kept)[len(before) :]) == {f"account:{OFFICER}"}


def test_piece_is_for_whoever_may_see_what_is_marked_so(kept: Kept) -> None:
    begun(kept)
    put(kept, marking="secret")
    out = kept.folder / "out.pdf"
    before = reads(kept)
    for account in (OFFICER, STRANGER):
        kept.run("files", "evidence", "P000003", HASH, "--out", out, as_=account, code=2)
    assert not out.exists()
    assert reads(kept) == before


def test_piece_that_is_not_there_is_no_piece(kept: Kept) -> None:
    begun(kept)
    put(kept)
    for name, told in (
        (HASH[:7], "is too short to name a piece"),
        ("0" * 64, "is no evidence in this file that is kept here"),
    ):
        ended = kept.run("files", "evidence", "P000003", name, "--out", kept.folder / "out.pdf", as_=OFFICER, code=2)
        assert told in ended.err


def test_piece_that_was_changed_or_is_missing_is_told_wherever_the_file_is_looked_at(kept: Kept) -> None:
    begun(kept)
    changed = put(kept)
    missing = put(kept, b"another return", "records-check")
    other = hashlib.sha256(b"another return").hexdigest()
    assert kept.run("files", "show", "P000003", as_=OFFICER).err == ""
    sealed = changed.read_bytes()
    changed.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    missing.unlink()
    out, words = kept.folder / "out.pdf", {HASH: "was changed since it was kept", other: "is missing"}
    for hash, told in words.items():
        ended = kept.run("files", "evidence", "P000003", hash, "--out", out, as_=OFFICER, code=2)
        assert ended.err.count("\n") == 1
        assert f"evidence {hash[:12]} {told}" in ended.err
    assert not out.exists()
    ended = kept.run("files", "show", "P000003", as_=OFFICER, code=1)
    for hash, told in words.items():
        assert f"the evidence {hash[:12]} (check-return) {told}; restore it from a backup" in ended.err
        assert f"{hash[:12]} {told.upper()}" in ended.out
    facts = kept.told("files", "show", "P000003", as_=OFFICER, code=1)["facts"]
    assert {one["hash"]: one["fault"] for fact in facts for one in fact["evidence"]} == words


def test_file_shows_that_there_is_a_piece_and_to_whom_it_may_where_it_is_from(kept: Kept) -> None:
    begun(kept)
    where = ("--source", "an informant", "--evidence", "check-return@safe 3")
    for step, marking in (("identity-check", "secret"), ("records-check", "restricted")):
        kept.run(*CHECKED, "--says", f"step={step}", *where, "--marking", marking, as_=OFFICER)
    facts = kept.told("files", "show", "P000003", as_=OFFICER)["facts"]
    secret, shown = facts[-2]["evidence"][0], facts[-1]["evidence"][0]
    assert secret == {"kind": "check-return", "hash": "", "marking": "secret", "fault": ""}
    assert (shown["source"], shown["pointer"]) == ("an informant", "safe 3")


def test_evidence_of_an_answer_that_is_not_shown_is_not_shown(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3, E7=7)
    about = ("--about", f"pairing={kept.pairing(3)}")
    kept.run("files", "record", "P000003", "ReviewGiven", *about, "--says", "step=review", "--says", "outcome=not-the-same", *SAYS,
             "--evidence", "statement@his brother says it is another", as_=REVIEWER)  # fmt: skip
    assert "brother" not in kept.run("files", "show", "P000003", "--json", as_=SECOND).out
    assert kept.told("files", "show", "P000003", as_=SECOND)["facts"][-1]["evidence"] == []


def test_what_is_refused_leaves_no_evidence(kept: Kept) -> None:
    begun(kept)
    there = put(kept)
    proof, again = kept.folder / "other.pdf", kept.folder / "again.pdf"
    proof.write_bytes(b"of nothing")
    again.write_bytes(CONTENT)
    two = ("--evidence", f"check-return={proof}", "--evidence", f"check-return={again}")
    kept.run(*CHECKED, "--says", "step=identity-check", *two, as_=STRANGER, code=2)
    kept.run(*CHECKED, "--says", "step=nothing", *two, as_=OFFICER, code=2)
    kept.run(*CHECKED, "--says", "step=identity-check", *two, "--evidence", "x", as_=OFFICER, code=2)
    assert stored(kept) == [there], "and what was there stays"
    kept.run(*CHECKED, "--says", "step=records-check", *two, as_=OFFICER)
    assert len(stored(kept)) == 2


@pytest.mark.parametrize("columns", [80, 140])
def test_evidence_that_comes_later_is_put_to_a_fact_by_the_id_that_is_shown(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    begun(kept)
    kept.run(*CHECKED, "--says", "step=identity-check", as_=OFFICER)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    shown = kept.run("files", "show", "P000003", as_=OFFICER).out
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert max(map(len, lines)) <= columns
    (line,) = [line for line in lines if "CheckEnded" in line]
    number = line.split(" │ ")[0].strip()
    assert kept.told("files", "show", "P000003", as_=OFFICER)["facts"][-1]["id"].endswith(f"#{int(number):09}")
    put_to = (
        "files",
        "record",
        "P000003",
        "EvidenceFiled",
        "--says",
        f"fact={number}",
        "--evidence",
        "check-return@vault 7",
    )
    both = kept.run(*put_to, "--evidence", "statement@vault 8", as_=OFFICER, code=2)
    assert (
        "EvidenceFiled does not say kind, as which it counts; say --says kind=…, one of check-return, statement"
        in both.err
    )
    kept.run(*put_to, as_=OFFICER)
    assert kept.owed(3)["identity-check"] == "done"
