"""Keys are added and retired by events; a verifier that was told the first follows; what left is never disowned."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.export import export
from kstep.ledger.keys import add_key, log_keys, retire_key
from kstep.ledger.service import LedgerError
from kstep.ledger.signing import SigningKey, sign_checkpoint
from kstep.ledger.verifier import Checkpoint, Key, Refused, verify
from kstep.store import Database
from live_logs import ORIGIN, SIGNER, WE, Live, a_live_log, as_owner, cut, forge

NEXT = SigningKey.from_bytes(ORIGIN, b"next".ljust(32, b"."))
BOTH = [SIGNER.key, NEXT.key]


def kept(live: Live) -> list[tuple[Key, int | None, int | None, int | None]]:
    with live.database.read() as connection:
        return [
            (key.key, key.added, key.retired, key.signed) for key in log_keys(live.ledger, connection, [SIGNER.key])
        ]


def signers_of(note: bytes) -> set[Key]:
    return {key for key in BOTH if Checkpoint.parse(note, "").signed_by(key)}


def verified(live: Live, folder: Path, keys: list[Key], *left: bytes) -> None:
    export(live.ledger, folder, lambda _: False)
    verify(folder, keys, [Checkpoint.parse(note, f"left {number}") for number, note in enumerate(left)])


def test_verifier_who_was_told_the_first_key_follows_to_the_next(database: Database, tmp_path: Path) -> None:
    live = a_live_log(database)
    assert kept(live) == [(SIGNER.key, None, None, 13)]
    first = live.last().note
    assert add_key(live.ledger, WE, NEXT.key).number == 13
    assert signers_of(live.checkpoint(SIGNER).note) == {SIGNER.key}
    both = live.checkpoint(SIGNER, NEXT).note
    assert signers_of(both) == {SIGNER.key, NEXT.key}
    assert retire_key(live.ledger, WE, SIGNER.key, held=BOTH).number == 14
    assert kept(live) == [(SIGNER.key, None, 14, 14), (NEXT.key, 13, None, 14)]
    live.name("person:1", "Later")
    last = live.checkpoint(SIGNER, NEXT).note
    assert signers_of(last) == {NEXT.key}
    assert live.findings(first, both, last) == []
    verified(live, tmp_path / "both", [SIGNER.key], first, both)
    verified(live, tmp_path / "later", [NEXT.key], both, last)
    with pytest.raises(Refused, match="not signed by a key that is trusted at 16 events"):
        verified(live, tmp_path / "before", [SIGNER.key], first)  # nothing that the first key signed tells of the next


def test_stolen_key_signs_nothing_that_counts_behind_its_size(database: Database, tmp_path: Path) -> None:
    live = a_live_log(database)
    add_key(live.ledger, WE, NEXT.key)
    both = live.checkpoint(SIGNER, NEXT).note
    live.name("person:1", "Later")
    retire_key(live.ledger, WE, SIGNER.key, held=BOTH, size=15)
    last = live.checkpoint(NEXT)
    assert kept(live)[0] == (SIGNER.key, None, 15, 14)
    by_thief = sign_checkpoint(16, last.checkpoint.root, SIGNER)
    assert live.findings(both, by_thief) == ["left 1: not signed by a key that is trusted at 16 events"]
    with pytest.raises(Refused, match="left 1: not signed by a key that is trusted at 16 events"):
        verified(live, tmp_path / "bundle", [SIGNER.key], both, by_thief)
    forged = sign_checkpoint(13, bytes(32), SIGNER)
    assert live.findings(both, forged) == ["left 1: at 13 events the log has another root"]


def test_size_that_makes_no_sense_is_refused(database: Database) -> None:
    live = a_live_log(database)
    add_key(live.ledger, WE, NEXT.key)
    live.checkpoint(SIGNER, NEXT)
    with pytest.raises(
        LedgerError, match="signed a checkpoint of 14 events; retired at 13, that would be worth nothing"
    ):
        retire_key(live.ledger, WE, SIGNER.key, held=BOTH, size=13)
    with pytest.raises(LedgerError, match="cannot be retired at 15 events; the log has 14"):
        retire_key(live.ledger, WE, SIGNER.key, held=BOTH, size=15)
    retire_key(live.ledger, WE, SIGNER.key, held=BOTH, size=14)
    with pytest.raises(LedgerError, match="was retired at 14 events"):
        retire_key(live.ledger, WE, SIGNER.key, held=BOTH)
    assert live.findings() == []


def test_key_is_not_retired_while_nobody_could_trust_what_remains(database: Database, tmp_path: Path) -> None:
    live = a_live_log(database)
    with pytest.raises(LedgerError, match="no key would remain; add another first"):
        retire_key(live.ledger, WE, SIGNER.key, held=[SIGNER.key])
    add_key(live.ledger, WE, NEXT.key)
    live.checkpoint(NEXT)
    with pytest.raises(
        LedgerError, match="no checkpoint that another key signed tells verifiers of a key that remains"
    ):
        retire_key(live.ledger, WE, SIGNER.key, held=BOTH)
    retire_key(live.ledger, WE, SIGNER.key, held=BOTH, told=True)
    last = live.checkpoint(NEXT).note
    verified(live, tmp_path / "told", [SIGNER.key, NEXT.key], last)
    with pytest.raises(Refused, match="not signed by a key that is trusted"):
        verified(live, tmp_path / "untold", [SIGNER.key], last)


def test_key_of_another_or_added_twice_is_refused(database: Database) -> None:
    live = a_live_log(database)
    for stranger in (SigningKey.generate("other.example"), SigningKey.generate(ORIGIN, witness=True)):
        with pytest.raises(LedgerError, match=r"not of the log screening\.example/hq"):
            add_key(live.ledger, WE, stranger.key)
    add_key(live.ledger, WE, NEXT.key)
    with pytest.raises(LedgerError, match="was added before"):
        add_key(live.ledger, WE, NEXT.key)
    with pytest.raises(LedgerError, match="is none of the log"):
        retire_key(live.ledger, WE, SigningKey.generate(ORIGIN).key)


def test_key_that_no_event_added_signs_nothing(database: Database) -> None:
    live = a_live_log(database)
    assert signers_of(live.checkpoint(NEXT, SIGNER).note) == {SIGNER.key}
    with pytest.raises(LedgerError, match="none of the keys held signs this log"):
        live.checkpoint(NEXT)


def test_what_is_said_of_keys_cannot_be_destroyed_in_silence(database: Database, tmp_path: Path) -> None:
    live = a_live_log(database)
    add_key(live.ledger, WE, NEXT.key)
    live.checkpoint(SIGNER, NEXT)
    with database.write() as connection:
        live.ledger.vault.destroy(connection, f"log:{ORIGIN}")
    with pytest.raises(LedgerError, match="event 13: what LogKeyAdded says cannot be read any more"):
        live.checkpoint(SIGNER)
    with pytest.raises(LedgerError, match=r"event 13 .*: what it says of a key was destroyed"):
        export(live.ledger, tmp_path / "bundle", lambda _: True)
    assert "event 13: what LogKeyAdded says is not shown, or is something else" in live.findings()


def test_checkpoint_from_elsewhere_keeps_a_node_from_signing_a_second_history(database: Database) -> None:
    live = a_live_log(database)
    left = Checkpoint.parse(live.last().note, "the copy")
    with as_owner(database) as connection:
        cut(connection, 8)
    with pytest.raises(LedgerError, match="the copy: of 13 events, but the log has 8; restore the newest copy"):
        make_checkpoint(live.ledger, [SIGNER], [left])
    forge(live, 8)
    with pytest.raises(LedgerError, match="the copy: the log does not continue its 13 events; nothing is signed"):
        make_checkpoint(live.ledger, [SIGNER], [left])
    live.name("person:1", "More")
    with pytest.raises(LedgerError, match="the copy: the log does not continue its 13 events; nothing is signed"):
        make_checkpoint(live.ledger, [SIGNER], [left])
    with pytest.raises(LedgerError, match=r"of the log other\.example, not screening\.example/hq"):
        other = sign_checkpoint(0, bytes(32), SigningKey.generate("other.example"))
        make_checkpoint(live.ledger, [SIGNER], [Checkpoint.parse(other, "x")])
    assert live.last().size == 5


def test_log_that_has_not_grown_is_signed_anew(database: Database) -> None:
    live = a_live_log(database)
    before = live.last()
    again = live.checkpoint()
    assert (again.note, again.size, again.number) == (before.note, 13, before.number + 1)
    assert again.made > before.made
    assert live.findings() == []
