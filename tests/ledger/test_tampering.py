"""Whoever tampers with a bundle, or forges a log with the keeper's own keys, is found out, and what was done is named."""

from __future__ import annotations

import json
import shutil
import zipfile
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kstep.ledger.bundles import write_bundle
from kstep.ledger.signing import SigningKey, checkpoint_text
from kstep.ledger.verifier import Key, Refused, verify
from written_logs import FIELD, HQ, START, Written, a_log, bundle_of, keys_of, outside

Change = Callable[[list[Any]], None]


def lines(path: Path, change: Change) -> None:
    """Change the lines of a file."""
    found = path.read_bytes().splitlines(keepends=True)
    change(found)
    path.write_bytes(b"".join(found))


def members(path: Path, place: int, /, **changed: Any) -> None:
    """Change members of a line; `gone` takes one away."""

    def change(found: list[Any]) -> None:
        value = json.loads(found[place]) | changed
        kept = {name: held for name, held in value.items() if held != "gone"}
        found[place] = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"

    lines(path, change)


def swap(left: int, right: int) -> Change:
    def change(found: list[Any]) -> None:
        found[left], found[right] = found[right], found[left]

    return change


def drop(*places: int) -> Change:
    def change(found: list[Any]) -> None:
        for place in sorted(places, reverse=True):
            del found[place]

    return change


def put(place: int, line: bytes) -> Change:
    return lambda found: found.insert(place, line)


def set_line(place: int, edit: Callable[[bytes], bytes]) -> Change:
    def change(found: list[Any]) -> None:
        found[place] = edit(found[place])

    return change


def renumbered(found: list[Any]) -> None:
    """Take event 5 away and close the gap."""
    del found[5]
    for number in range(5, len(found)):
        value = json.loads(found[number]) | {"number": number}
        found[number] = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


EVENTS, PAYLOADS, SEGMENT, CHECKPOINT = (
    "logs/0/events.jsonl",
    "logs/0/payloads.jsonl",
    "logs/0/segments/4.jsonl",
    "logs/0/checkpoint",
)


def payloads_exchanged(at: Path) -> None:
    """The payload of each of two events is shown as the other's."""
    members(at / PAYLOADS, 0, number=2)
    members(at / PAYLOADS, 1, number=0)
    lines(at / PAYLOADS, swap(0, 1))


def payloads_from_elsewhere(at: Path) -> None:
    """The file is a link to another."""
    (at / PAYLOADS).unlink()
    (at / PAYLOADS).symlink_to("/etc/hostname")


Tampering = tuple[Callable[[Path], object], str]
TAMPERINGS: dict[str, Tampering] = {
    "event edited": (lambda at: members(at / EVENTS, 5, actor="account:8"), r"at 6 events the log .* has another root"),
    "event edited after all that left": (
        lambda at: members(at / EVENTS, 11, actor="account:8"), "logs/0/checkpoint: at 12 events the log .* another root"),
    "event deleted": (lambda at: lines(at / EVENTS, drop(5)), "event 5: has the number 6"),
    "event deleted and renumbered": (lambda at: lines(at / EVENTS, renumbered), "at 6 events the log .* another root"),
    "first event deleted": (lambda at: lines(at / EVENTS, drop(0)), "event 0: has the number 1"),
    "events reordered": (lambda at: lines(at / EVENTS, swap(6, 7)), "event 6: has the number 7"),
    "event doubled": (
        lambda at: lines(at / EVENTS, lambda found: found.insert(6, found[5])), "event 6: has the number 5"),
    "log truncated": (lambda at: lines(at / EVENTS, drop(10, 11)), "of 12 events, but the log .* has 10"),
    "event added": (
        lambda at: lines(at / EVENTS, lambda found: found.append(found[-1].replace(b'"number":11', b'"number":12'))),
        "of 12 events, but the log has 13"),
    "event of another log": (lambda at: members(at / EVENTS, 5, log=FIELD), f"event 5: belongs to the log {FIELD}"),
    "time set back": (lambda at: members(at / EVENTS, 5, recorded=START), "event 5: was recorded before the event before"),
    "member added": (lambda at: members(at / EVENTS, 5, note="x"), "event 5: an event has the members"),
    "member taken away": (lambda at: members(at / EVENTS, 5, purpose="gone"), "event 5: an event has the members"),
    "member emptied": (lambda at: members(at / EVENTS, 5, actor=""), "event 5: actor is no text"),
    "number as text": (lambda at: members(at / EVENTS, 5, number="5"), "event 5: number is no whole number"),
    "true for a number": (lambda at: members(at / EVENTS, 1, version=True), "event 1: version is no whole number"),
    "commitment that is none": (lambda at: members(at / EVENTS, 5, commitment="00"), "event 5: commitment is no hash"),
    "space in an event": (
        lambda at: lines(at / EVENTS, set_line(5, lambda line: line.replace(b":", b": ", 1))), "event 5: not canonical JSON"),
    "members in another order": (
        lambda at: lines(at / EVENTS, set_line(5, lambda line: b'{"type":"A",' + line[1:])), "event 5: not canonical JSON"),
    "fraction": (lambda at: members(at / EVENTS, 5, happened=1.5), "event 5: not what canonical JSON is made of"),
    "number too large": (lambda at: members(at / EVENTS, 5, happened=2**53), "event 5: not what canonical JSON is made of"),
    "half a character": (
        lambda at: lines(at / EVENTS, set_line(5, lambda line: line.replace(b"account:7", b"\\ud800"))), "event 5: not what"),
    "no JSON": (lambda at: lines(at / EVENTS, set_line(5, lambda line: b"event\n")), "event 5: not JSON"),
    "nested without end": (
        lambda at: lines(at / EVENTS, set_line(5, lambda line: b"[" * 100_000 + b"\n")), "event 5: not JSON"),
    "line without an end": (
        lambda at: lines(at / EVENTS, set_line(11, lambda line: line[:-1])), "events.jsonl: a line without an end"),
    "payload edited": (
        lambda at: lines(at / PAYLOADS, set_line(0, lambda line: line.replace(b"Tariq", b"Tarik"))),
        "event 0: committed to another payload"),
    "salt edited": (
        lambda at: members(at / PAYLOADS, 0, salt="11" * 32), "event 0: committed to another payload"),
    "payloads exchanged": (
        payloads_exchanged,
        "event 0: committed to another payload"),
    "payload twice": (lambda at: lines(at / PAYLOADS, lambda found: found.insert(1, found[0])), "there is no event 0, or"),
    "payload that is no object": (lambda at: members(at / PAYLOADS, 0, payload=[]), "a payload is an object"),
    "true for the number of a payload": (lambda at: members(at / PAYLOADS, 0, number=True), "a number is whole"),
    "payload of no event": (lambda at: members(at / PAYLOADS, 2, number=40), "there is no event 40, or"),
    "payload of an event without one": (lambda at: members(at / PAYLOADS, 0, number=1), "event 1: committed to another payload"),
    "payload for what is sealed": (
        lambda at: lines(at / PAYLOADS, put(2, b'{"number":3,"payload":{"name":"Else"},"salt":"' + b"03" * 32 + b'"}\n')),
        "event 3: committed to another payload"),
    "row edited": (
        lambda at: lines(at / SEGMENT, set_line(1, lambda line: line.replace(b"Row 1", b"Row 9"))), "4.jsonl: 5 rows of the root"),
    "row deleted": (lambda at: lines(at / SEGMENT, drop(1)), "4.jsonl: 4 rows of the root"),
    "rows reordered": (lambda at: lines(at / SEGMENT, swap(0, 1)), "4.jsonl: 5 rows of the root"),
    "hidden row exchanged": (
        lambda at: lines(at / SEGMENT, set_line(2, lambda line: b'{"hash":"' + b"0" * 64 + b'"}\n')),
        "4.jsonl: 5 rows of the root"),
    "row of nothing": (lambda at: lines(at / SEGMENT, set_line(2, lambda line: b"{}\n")), "4.jsonl: a line has a row"),
    "segment of another event": (
        lambda at: (at / SEGMENT).rename(at / "logs/0/segments/5.jsonl"), "segments/5.jsonl: does not belong to a bundle"),
    "checkpoint forged": (
        lambda at: (at / CHECKPOINT).write_bytes(a_log().checkpoint(None, SigningKey.from_bytes(HQ, b"." * 32))),
        "logs/0/checkpoint: not signed by a key that is trusted"),
    "checkpoint edited": (
        lambda at: lines(at / CHECKPOINT, set_line(1, lambda line: b"11\n")), "has another root|but the log has 12"),
    "signature edited": (
        lambda at: lines(at / CHECKPOINT, set_line(4, lambda line: line[:-8] + b"AAAA" + line[-4:])), "signature of .* is wrong"),
    "earlier checkpoint replayed": (lambda at: (at / CHECKPOINT).write_bytes(a_log().checkpoint(11)), "but the log has 12"),
    "checkpoint of another log": (
        lambda at: (at / CHECKPOINT).write_bytes(a_log(FIELD).checkpoint()), f"of the log {FIELD}, not {HQ}"),
    "file missing": (lambda at: (at / PAYLOADS).unlink(), "payloads.jsonl: missing"),
    "file added": (lambda at: (at / "logs/0/notes.txt").write_text("x"), "notes.txt: does not belong to a bundle"),
    "link to elsewhere": (payloads_from_elsewhere, "leads elsewhere"),
    "log left out": (
        lambda at: (at / "bundle.json").write_bytes(b'{"format":"kstep bundle 1","logs":[]}\n'), "not a list of logs"),
    "log twice": (
        lambda at: (at / "bundle.json").write_bytes(b'{"format":"kstep bundle 1","logs":["' + HQ.encode() + b'","'
                                                    + HQ.encode() + b'"]}\n'), "not a list of logs"),
    "another format": (
        lambda at: (at / "bundle.json").write_bytes(b'{"format":"kstep bundle 2","logs":["a"]}\n'), "not a list of logs"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_named(tmp_path: Path, what: str) -> None:
    tamper, said = TAMPERINGS[what]
    hq = a_log()
    bundle = bundle_of(tmp_path, hq)
    left = outside(*(hq.checkpoint(size) for size in (2, 6, 10)))
    verify(bundle, keys_of(hq), left)
    tamper(bundle)
    with pytest.raises(Refused, match=said):
        verify(bundle, keys_of(hq), left)


FORGED: dict[str, tuple[Callable[[Written], object], str]] = {
    "edited": (lambda log: log.events.__setitem__(5, replace(log.events[5], actor="account:8")), "at 6 events"),
    "deleted": (lambda log: _without(log, 5), "at 6 events"),
    "truncated": (lambda log: log.events.__delitem__(slice(9, None)), "of 10 events, but the log .* has 9"),
    "tail replaced": (lambda log: log.events.__setitem__(9, replace(log.events[9], subject="person:9")), "at 10 events"),
    "key added by itself": (
        lambda log: log.add("LogKeyAdded", {"key": "nothing"}, subject=f"log:{HQ}"), "event 12: 'nothing' is no key"),
    "key added about something else": (
        lambda log: log.add("LogKeyAdded", {"key": str(log.signer.key)}, subject="person:1"), "not this log's"),
    "rows miscounted": (
        lambda log: log.retell(4, {"segment": {**log.payloads[4].payload["segment"], "rows": 6}}), "4.jsonl: 5 rows .* not 6"),
    "key of another log added": (
        lambda log: log.add("LogKeyAdded", {"key": str(a_log(FIELD).signer.key)}, subject=f"log:{HQ}"), "not this log's"),
    "key added and not shown": (
        lambda log: (log.add("LogKeyAdded", {"key": str(log.signer.key)}, subject=f"log:{HQ}"), log.payloads.pop(12)),
        "what LogKeyAdded says is not shown"),
    "key retired in the future": (
        lambda log: log.add("LogKeyRetired", {"key": str(log.signer.key), "size": 99}, subject=f"log:{HQ}"),
        "retires a key at a size that the log had not reached"),
}  # fmt: skip


def _without(log: Written, number: int) -> None:
    """Take an event away and number the others anew."""
    del log.events[number]
    log.events[number:] = [replace(event, number=at) for at, event in enumerate(log.events[number:], number)]


@pytest.mark.parametrize("what", FORGED)
def test_what_the_keeper_forges_with_his_own_key_is_named(tmp_path: Path, what: str) -> None:
    """Everything is signed anew; only what had left is not his to change."""
    forge, said = FORGED[what]
    honest, forged = a_log(), a_log()
    forge(forged)
    with pytest.raises(Refused, match=said):
        verify(bundle_of(tmp_path, forged), keys_of(honest), outside(*(honest.checkpoint(size) for size in (2, 6, 10))))


def test_two_histories_of_one_length_are_named(tmp_path: Path) -> None:
    honest, other = a_log(), a_log()
    other.events[3] = replace(other.events[3], subject="person:9")
    with pytest.raises(Refused, match=r"checkpoint 1: at 9 events the log .* has another root"):
        verify(bundle_of(tmp_path, honest), keys_of(honest), outside(honest.checkpoint(9), other.checkpoint(9)))


def test_checkpoint_of_a_log_that_is_left_out_is_named(tmp_path: Path) -> None:
    hq, field = a_log(), a_log(FIELD)
    with pytest.raises(Refused, match=f"checkpoint 0: of the log {FIELD}, which the bundle lacks"):
        verify(bundle_of(tmp_path, hq), keys_of(hq, field), outside(field.checkpoint()))


def test_keys_exchanged_between_logs_are_not_trusted(tmp_path: Path) -> None:
    hq, field = a_log(), a_log(FIELD)
    stranger = Key(HQ, field.signer.key.type, field.signer.key.public)
    with pytest.raises(Refused, match="not signed by a key that is trusted"):
        verify(bundle_of(tmp_path, hq), [stranger], outside(hq.checkpoint(3)))


def test_log_is_not_signed_by_the_key_of_another(tmp_path: Path) -> None:
    """Both keys were told, each for its own log."""
    hq, field = a_log(), a_log(FIELD)
    text = checkpoint_text(HQ, 12, hq.root())
    line = b64encode(field.signer.key.id + field.signer.private.sign(text)).decode()
    note = text + f"\n\u2014 {FIELD} {line}\n".encode()
    write_bundle(tmp_path / "bundle", [hq.to_show(note)])
    with pytest.raises(Refused, match=r"^logs/0/checkpoint: not signed by a key that is trusted"):
        verify(tmp_path / "bundle", keys_of(hq, field), outside(hq.checkpoint(3)))


def test_archive_with_two_files_of_one_name_is_refused(tmp_path: Path) -> None:
    hq = a_log()
    archive = Path(shutil.make_archive(str(tmp_path / "bundle"), "zip", bundle_of(tmp_path, hq)))
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(archive, "a") as file:
        file.writestr(EVENTS, b"")
    with pytest.raises(Refused, match="two files of one name"):
        verify(archive, keys_of(hq), outside(hq.checkpoint(3)))
