"""Whoever tampers with a live database, past its triggers, is found out, and what was done is named."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, delete, insert, select, update

from kstep.ledger.checkpoints import keep_note
from kstep.ledger.events import SALT_BYTES, Event, committed, row_leaf
from kstep.ledger.export import export
from kstep.ledger.merkle import new_nodes
from kstep.ledger.reading import place_of
from kstep.ledger.service import LedgerError
from kstep.ledger.signing import SigningKey, cosign, sign_checkpoint
from kstep.ledger.tables import checkpoints, events, logs, nodes, payloads, rows, secrets
from kstep.ledger.vault import SealBroken
from kstep.ledger.verifier import Checkpoint, Refused, canonical, leaf_hash, parsed, verify
from kstep.store import Database
from live_logs import ORIGIN, SIGNER, VAULT, a_live_log, as_owner, cut, forge

Tampering = Callable[[Connection], object]
WITNESS = SigningKey.from_bytes("witness.example/w1", bytes(range(32)), witness=True)


def change(table: Table, values: dict[str, Any], **where: Any) -> Tampering:
    def tamper(connection: Connection) -> None:
        asked = update(table).values(values)
        for name, held in where.items():
            asked = asked.where(table.c[name] == held)
        assert connection.execute(asked).rowcount == 1

    return tamper


def drop(table: Table, **where: Any) -> Tampering:
    def tamper(connection: Connection) -> None:
        asked = delete(table)
        for name, held in where.items():
            asked = asked.where(table.c[name] == held)
        assert connection.execute(asked).rowcount == 1

    return tamper


def edit_event(**members: Any) -> Tampering:
    """Rewrite event 3, and its columns to match."""

    def tamper(connection: Connection) -> None:
        event = retold(connection, 3, **members)
        connection.execute(
            update(events)
            .where(events.c.number == 3)
            .values(text=event.text, type=event.type, subject=event.subject, recorded=event.recorded)
        )

    return tamper


def retold(connection: Connection, at: int, /, **members: Any) -> Event:
    found = parsed(connection.execute(select(events.c.text).where(events.c.number == at)).scalar_one())
    return Event(**(found | members))


def swap(table: Table, column: str, left: int, right: int, place: str = "number") -> Tampering:
    def tamper(connection: Connection) -> None:
        found = dict(iter(connection.execute(select(table.c[place], table.c[column]))))
        for number, other in ((left, right), (right, left)):
            asked = update(table).where(table.c[place] == number)
            connection.execute(asked.values({column: found[other]}))

    return tamper


def delete_and_renumber(connection: Connection) -> None:
    """Take event 4 away and close the gap, in numbers and bytes."""
    connection.execute(delete(payloads).where(payloads.c.number == 4))
    connection.execute(delete(events).where(events.c.number == 4))
    for number in range(5, 13):
        event = retold(connection, number, number=number - 1)
        connection.execute(update(events).where(events.c.number == number).values(number=number - 1, text=event.text))
        connection.execute(update(payloads).where(payloads.c.number == number).values(number=number - 1))
    connection.execute(update(logs).values(size=12))


def truncate(connection: Connection) -> None:
    """Take the last three events away, and nothing else."""
    connection.execute(delete(payloads).where(payloads.c.number >= 10))
    connection.execute(delete(events).where(events.c.number >= 10))


def seal_another(connection: Connection) -> None:
    """Seal another payload in the place of one, with the subject's own secret."""
    subject = retold(connection, 3).subject
    secret = VAULT.find(connection, [subject])[subject]
    sealed = secret.seal(os.urandom(SALT_BYTES) + canonical({"name": "Somebody else"}), place_of(0, 3))
    connection.execute(update(payloads).where(payloads.c.number == 3).values(sealed=sealed))


def seal_another_row(connection: Connection) -> None:
    secret = VAULT.find(connection, ["person:2"])["person:2"]
    sealed = secret.seal(canonical({"name": "Somebody else"}), "row import:1 2")
    connection.execute(update(rows).where(rows.c.place == 2).values(sealed=sealed))


def change_row_and_leaf(connection: Connection) -> None:
    seal_another_row(connection)
    from kstep.ledger.events import row_salt

    secret = VAULT.find(connection, ["person:2"])["person:2"]
    leaf = row_leaf({"name": "Somebody else"}, row_salt(secret.salting, "import:1", 2))
    connection.execute(update(rows).where(rows.c.place == 2).values(leaf=leaf))


def new_secret(connection: Connection) -> None:
    connection.execute(delete(secrets).where(secrets.c.subject == "person:2"))
    VAULT.add(connection, ["person:2"])


def put_checkpoint(make: Callable[[Connection], bytes], number: int | None = None) -> Tampering:
    def tamper(connection: Connection) -> None:
        note = make(connection)
        if number is None:
            keep_note(connection, 0, note, 0)
        else:
            connection.execute(update(checkpoints).where(checkpoints.c.number == number).values(note=note))

    return tamper


def first_note(connection: Connection) -> bytes:
    return bytes(connection.execute(select(checkpoints.c.note).where(checkpoints.c.number == 0)).scalar_one())


def add_event_far_behind(connection: Connection) -> None:
    event = retold(connection, 12, number=10**15)
    line = {"log": 0, "number": 10**15, "type": event.type, "subject": event.subject, "recorded": event.recorded}
    connection.execute(insert(events), [line | {"text": event.text}])


def add_event_before_all(connection: Connection) -> None:
    line = {"log": 0, "number": -1, "type": "x", "subject": "x", "recorded": 0, "text": b"x"}
    connection.execute(insert(events), [line])


def payload_of_nothing(connection: Connection) -> None:
    connection.execute(insert(payloads), [{"log": 0, "number": 77, "sealed": b"x"}])


TAMPERINGS: dict[str, tuple[Tampering, str]] = {
    "event edited": (edit_event(actor="account:9"), r"event 3 was changed, or the leaf"),
    "event with another type": (edit_event(type="PersonErased"), r"event 3 was changed"),
    "event told later": (edit_event(recorded=2**51), r"event 4: was recorded before the event before it"),
    "event of another log": (edit_event(log="other.example"), r"event 3: belongs to the log other.example"),
    "event's bytes not canonical": (
        lambda connection: change(events, {"text": retold(connection, 3).text + b" "}, number=3)(connection),
        r"event 3: not canonical JSON"),
    "event's bytes no JSON": (change(events, {"text": b"\xff"}, number=3), r"event 3: not JSON"),
    "event deleted": (drop(events, number=4), r"event 4 is missing"),
    "first event deleted": (drop(events, number=0), r"event 0 is missing"),
    "last event deleted": (drop(events, number=12), r"the last events are missing: there are 12, and were 13"),
    "log truncated": (truncate, r"the last events are missing: there are 10, and were 13"),
    "event deleted and the gap closed": (delete_and_renumber, r"event 4 was changed, or the leaf"),
    "events reordered": (swap(events, "text", 2, 3), r"event 2: has the number 3"),
    "event far behind": (add_event_far_behind, r"event 1,000,000,000,000,000 stands far behind the end"),
    "event before all": (add_event_before_all, r"14 lines of events, of which 13 have a place"),
    "column type": (change(events, {"type": "LogKeyAdded"}, number=3), r"event 3: its column type says something else"),
    "column subject": (change(events, {"subject": "person:9"}, number=0), r"event 0: its column subject says something else"),
    "column recorded": (change(events, {"recorded": 5}, number=3), r"event 3: its column recorded says something else"),
    "size of the log": (change(logs, {"size": 12}), r"its line says 12 events, but there are 13"),
    "time of the log": (change(logs, {"recorded": 1}), r"its line says another time than its last event"),
    "origin of the log": (change(logs, {"origin": "other.example"}), r"event 0: belongs to the log screening.example/hq"),
    "payloads swapped": (swap(payloads, "sealed", 2, 3), r"event 2: event 0 2: was changed, or sealed with another key"),
    "payload swapped with one of the same person": (
        swap(payloads, "sealed", 1, 5), r"event 1: event 0 1: was changed, or sealed with another key"),
    "payload sealed anew": (seal_another, r"event 3: committed to another payload than is kept"),
    "payload deleted": (drop(payloads, number=3), r"event 3: its payload is missing"),
    "payload of no event": (payload_of_nothing, r"there is a payload of event 77, and no such event"),
    "payload's bytes changed": (change(payloads, {"sealed": bytes(80)}, number=3), r"event 3: event 0 3: was changed"),
    "secret replaced": (new_secret, r"event 2: event 0 2: was changed, or sealed with another key"),
    "secret taken away": (
        drop(secrets, subject="person:2"), r"event 2: has no secret that opens it, and nothing says that one was destroyed"),
    "secret of another generation": (
        change(secrets, {"generation": 1}, subject="person:2"), r"the secret of person:2 1: was changed"),
    "secret's bytes changed": (
        change(secrets, {"wrapped": bytes(92)}, subject="person:2"), r"the secret of person:2 0: was changed"),
    "leaf replaced": (change(nodes, {"hash": bytes(32)}, level=0, place=3), r"event 3 was changed, or the leaf"),
    "node replaced": (
        change(nodes, {"hash": bytes(32)}, level=1, place=1), r"the hash 1 on level 1 of the tree is not that of what is below"),
    "root of whole subtree replaced": (change(nodes, {"hash": bytes(32)}, level=3, place=0), r"the hash 0 on level 3"),
    "leaf deleted": (drop(nodes, level=0, place=12), r"the tree lacks the leaf of event 12"),
    "node deleted": (drop(nodes, level=2, place=0), r"the tree lacks the hash 0 on level 2"),
    "node of no event": (
        lambda connection: connection.execute(insert(nodes), [{"log": 0, "level": 4, "place": 0, "hash": bytes(32)}]),
        r"the tree has hashes on level 4 that are of no event"),
    "row deleted": (drop(rows, place=2), r"event 6: segment import:1: row 2 is missing"),
    "last row deleted": (drop(rows, place=4), r"event 6: segment import:1: has 4 rows, not 5"),
    "row sealed anew": (seal_another_row, r"event 6: segment import:1: row 2 says something else than its leaf"),
    "row and its leaf": (change_row_and_leaf, r"event 6: segment import:1: has another root"),
    "rows swapped": (swap(rows, "sealed", 1, 2, "place"), r"event 6: segment import:1: row 1 was changed"),
    "leaf of a row": (change(rows, {"leaf": bytes(32)}, place=1), r"segment import:1: row 1 says something else"),
    "checkpoint deleted": (drop(checkpoints, number=0), r"checkpoint 0 that was kept is missing"),
    "checkpoints swapped": (swap(checkpoints, "note", 0, 1), r"checkpoint 1 that is kept: of 5 events, behind one of 13"),
    "checkpoint replayed": (put_checkpoint(first_note), r"checkpoint 2 that is kept: of 5 events, behind one of 13"),
    "checkpoint of another root": (
        put_checkpoint(lambda _: sign_checkpoint(13, bytes(32), SIGNER), 1), r"checkpoint 1 that is kept: at 13 events"),
    "checkpoint of more": (
        put_checkpoint(lambda _: sign_checkpoint(99, bytes(32), SIGNER)), r"checkpoint 2 that is kept: of 99 events, but"),
    "checkpoint of another key": (
        put_checkpoint(lambda connection: sign_checkpoint(
            5, Checkpoint.parse(first_note(connection), "").root, SigningKey.generate(ORIGIN)), 0),
        r"checkpoint 0 that is kept: not signed by a key that is trusted at 5"),
    "checkpoint of another log": (
        put_checkpoint(lambda _: sign_checkpoint(5, bytes(32), SigningKey.generate("other.example")), 0),
        r"checkpoint 0 that is kept: of the log other.example"),
    "checkpoint's signature": (
        put_checkpoint(lambda connection: first_note(connection)[:-9] + b"AAAAAAA=\n", 0),
        r"checkpoint 0 that is kept: (the signature of screening.example/hq is wrong|.*not canonical base64)"),
    "checkpoint no note": (put_checkpoint(lambda _: b"gone", 0), r"checkpoint 0 that is kept: not a signed note"),
    "checkpoint's column": (change(checkpoints, {"size": 6}, number=0), r"its column size says 6, but it is of 5 events"),
    "cosignature forged": (
        put_checkpoint(lambda connection: cosign(
            first_note(connection), SigningKey(WITNESS.name, WITNESS.private, WITNESS.type), 5)[:-9] + b"AAAAAAA=\n", 0),
        r"checkpoint 0 that is kept: "),
    "lines of no log": (
        lambda connection: connection.execute(insert(nodes), [{"log": 7, "level": 0, "place": 0, "hash": bytes(32)}]),
        r"ledger_nodes has lines of it, but there is no such log"),
}  # fmt: skip


def test_there_are_enough() -> None:
    assert len(TAMPERINGS) >= 40


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_with_the_live_database_is_named(database: Database, name: str) -> None:
    tamper, told = TAMPERINGS[name]
    live = a_live_log(database)
    left = live.last().note
    keys = (SIGNER.key, WITNESS.key)
    assert live.findings(left, keys=keys) == []
    with as_owner(database) as connection:
        tamper(connection)
    found = live.findings(left, keys=keys)
    assert [what for what in found if re.search(told, what)], found


@pytest.mark.parametrize("size", [0, 5, 8, 12])
def test_tail_forged_with_the_keepers_own_key_agrees_with_itself_and_with_nothing_that_left(
    database: Database, tmp_path: Path, size: int
) -> None:
    live = a_live_log(database)
    left = live.last().note
    forge(live, size)
    live.checkpoint()
    assert live.findings() == []  # nothing but what left stands against it
    assert live.findings(left) == ["left 0: at 13 events the log has another root"]
    export(live.ledger, tmp_path / "bundle", lambda _: True)
    with pytest.raises(Refused, match=r"left: at 13 events the log screening.example/hq has another root"):
        verify(tmp_path / "bundle", [SIGNER.key], [Checkpoint.parse(left, "left")])


def test_history_cut_short_agrees_with_itself_and_with_nothing_that_left(database: Database, tmp_path: Path) -> None:
    live = a_live_log(database)
    left = live.last().note
    with as_owner(database) as connection:
        cut(connection, 8)
    live.checkpoint()
    assert live.findings() == []
    assert live.findings(left) == ["left 0: of 13 events, but there are 8"]
    export(live.ledger, tmp_path / "bundle", lambda _: True)
    with pytest.raises(Refused, match=r"left: of 13 events, but the log screening.example/hq has 8"):
        verify(tmp_path / "bundle", [SIGNER.key], [Checkpoint.parse(left, "left")])


def test_event_and_all_above_it_forged_is_found_by_what_left(database: Database) -> None:
    """Whoever edits an event and every hash above it, and signs again, meets the checkpoint that left."""
    live = a_live_log(database)
    left = live.last().note
    with as_owner(database) as connection:
        edit_event(actor="account:9")(connection)
        texts = connection.execute(select(events.c.text).order_by(events.c.number)).scalars().all()
        connection.execute(delete(nodes))
        connection.execute(delete(checkpoints))
        made: dict[tuple[int, int], bytes] = {}
        for number, event in enumerate(texts):
            for level, place, hash in new_nodes(number, leaf_hash(event), lambda *at: made[at]):
                made[level, place] = hash
                connection.execute(insert(nodes), [{"log": 0, "level": level, "place": place, "hash": hash}])
    live.checkpoint()
    assert live.findings() == []
    assert live.findings(left) == ["left 0: at 13 events the log has another root"]


def test_payload_told_anew_and_committed_to_is_found_by_what_left(database: Database) -> None:
    live = a_live_log(database)
    left = live.last().note
    salt = bytes(32)
    with as_owner(database) as connection:
        edit_event(commitment=committed({"name": "Forged"}, salt))(connection)
        secret = VAULT.find(connection, ["person:3"])["person:3"]
        sealed = secret.seal(salt + canonical({"name": "Forged"}), place_of(0, 3))
        connection.execute(update(payloads).where(payloads.c.number == 3).values(sealed=sealed))
    assert "event 3 was changed, or the leaf that the tree has of it" in live.findings(left)
    assert "left 0: at 13 events the log has another root" in live.findings(left)


def test_checkpoint_from_outside_of_another_log_or_key_is_told(database: Database) -> None:
    live = a_live_log(database)
    stranger = SigningKey.generate(ORIGIN)
    root = live.last().checkpoint.root
    assert live.findings(sign_checkpoint(13, root, stranger)) == [
        "left 0: not signed by a key that is trusted at 13 events"
    ]
    other = SigningKey.generate("other.example")
    assert live.findings(sign_checkpoint(1, root, other)) == ["left 0: this node holds no such log"]
    assert live.findings(keys=()) != []


def test_everything_that_is_wrong_is_told_and_not_the_first_thing_only(database: Database) -> None:
    live = a_live_log(database)
    with as_owner(database) as connection:
        for name in ("event deleted", "payload deleted", "row sealed anew", "node replaced", "checkpoint no note"):
            TAMPERINGS[name][0](connection)
    found = "\n".join(live.findings())
    assert all(
        told in found
        for told in ("event 4 is missing", "event 3: its payload", "row 2 says", "hash 1 on level 1", "no")
    )


def test_export_refuses_a_payload_that_was_changed(database: Database, tmp_path: Path) -> None:
    live = a_live_log(database)
    with as_owner(database) as connection:
        seal_another(connection)
    with pytest.raises(SealBroken, match=r"event 3 of screening.example/hq: its payload is another"):
        export(live.ledger, tmp_path / "bundle", lambda _: True)
    assert list(tmp_path.glob("*bundle*")) == []


def test_node_signs_nothing_over_a_tree_that_was_changed(database: Database) -> None:
    live = a_live_log(database)
    with as_owner(database) as connection:
        change(nodes, {"hash": bytes(32)}, level=3, place=0)(connection)
    with pytest.raises(
        LedgerError, match=r"checkpoint 1 that is kept of log 0: the log does not continue its 13 events"
    ):
        live.checkpoint()
    with as_owner(database) as connection:
        drop(nodes, level=2, place=2)(connection)
    with pytest.raises(LedgerError, match="the tree of a log has holes; kstep ledger verify tells which"):
        live.checkpoint()
