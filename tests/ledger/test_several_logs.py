"""A node holds the logs of others beside its own: they are exported and checked by the same rules, each for itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, update

from kstep.ledger.checkpoints import keep_note
from kstep.ledger.export import export
from kstep.ledger.merkle import new_nodes
from kstep.ledger.reading import place_of
from kstep.ledger.service import LedgerError
from kstep.ledger.soundness import Finding, Soundness
from kstep.ledger.tables import events, logs, nodes, payloads
from kstep.ledger.verifier import Checkpoint, canonical, leaf_hash, verify
from kstep.store import Database
from live_logs import ORIGIN, SIGNER, VAULT, a_live_log, as_owner
from written_logs import FIELD, Written


def a_field_log() -> Written:
    log = Written.of(FIELD)
    for number in range(9):
        log.add("HeardOfElsewhere", {"number": number}, subject=f"person:{number % 3}")
    return log


def take_in(database: Database, log: Written, *, with_checkpoint: bool = True) -> None:
    """Keep a log of another node, as an exchange does."""
    last = log.events[-1].recorded
    with database.write() as connection:
        state = {"log": 1, "origin": log.origin, "size": len(log.events), "recorded": last, "clock": last}
        connection.execute(insert(logs), [state])
        made: dict[tuple[int, int], bytes] = {}
        for event in log.events:
            shown = log.payloads[event.number]
            secret = VAULT.secret(connection, event.subject)
            sealed = secret.seal(shown.salt + canonical(shown.payload), place_of(1, event.number))
            columns = {"type": event.type, "subject": event.subject, "recorded": event.recorded, "text": event.text}
            connection.execute(insert(events), [{"log": 1, "number": event.number, **columns}])
            connection.execute(insert(payloads), [{"log": 1, "number": event.number, "sealed": sealed}])
            for level, place, hash in new_nodes(event.number, leaf_hash(event.text), lambda *at: made[at]):
                made[level, place] = hash
                connection.execute(insert(nodes), [{"log": 1, "level": level, "place": place, "hash": hash}])
        if with_checkpoint:
            keep_note(connection, 1, log.checkpoint(), last)


def test_logs_of_others_are_exported_and_checked_too(database: Database, tmp_path: Path) -> None:
    live, field = a_live_log(database), a_field_log()
    take_in(database, field)
    left = [Checkpoint.parse(live.last().note, "ours"), Checkpoint.parse(field.checkpoint(5), "theirs")]
    keys = [SIGNER.key, field.signer.key]
    look = Soundness(live.ledger, keys, left)
    assert list(look.findings()) == []
    assert [(found.origin, found.events, found.payloads, found.from_outside) for found in look.looked] == [
        (ORIGIN, 13, 13, 1), (FIELD, 9, 9, 1),
    ]  # fmt: skip
    assert export(live.ledger, tmp_path / "bundle", lambda _: True) == [(ORIGIN, 13, 0), (FIELD, 9, 0)]
    assert [(log.origin, log.shown) for log in verify(tmp_path / "bundle", keys, left)] == [(ORIGIN, 13), (FIELD, 9)]


def test_payload_of_another_log_does_not_pass_for_ours(database: Database) -> None:
    live, field = a_live_log(database), a_field_log()
    take_in(database, field)
    with as_owner(database) as connection:
        theirs = VAULT.secret(connection, "person:1")
        sealed = theirs.seal(field.payloads[1].salt + canonical({"number": 1}), place_of(1, 1))
        asked = update(payloads).where(payloads.c.log == 0, payloads.c.number == 1)
        connection.execute(asked.values(sealed=sealed))
    told = "event 1: event 0 1: was changed, or sealed with another key"
    assert list(Soundness(live.ledger, [SIGNER.key, field.signer.key]).findings()) == [Finding(ORIGIN, told)]


def test_key_of_one_log_signs_for_no_other(database: Database) -> None:
    live, field = a_live_log(database), a_field_log()
    take_in(database, field)
    told = "checkpoint 0 that is kept: not signed by a key that is trusted at 9 events"
    assert list(Soundness(live.ledger, [SIGNER.key]).findings()) == [Finding(FIELD, told)]


def test_log_of_another_without_a_checkpoint_is_named(database: Database, tmp_path: Path) -> None:
    live = a_live_log(database)
    take_in(database, a_field_log(), with_checkpoint=False)
    with pytest.raises(LedgerError, match=r"the log screening\.example/field has no checkpoint yet"):
        export(live.ledger, tmp_path / "bundle", lambda _: True)
