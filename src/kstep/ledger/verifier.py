"""The verifier of a ledger: checks a bundle against keys and checkpoints that come from elsewhere. `docs/ledger.md` says what it
must refuse, and what nobody can know.

This module needs Python 3.11 and nothing else, so that somebody who trusts neither the keeper nor his software can read it in an
hour and run it: `python3 verify.py BUNDLE --key KEY --checkpoint FILE`.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT = "kstep bundle 1"
LARGEST = 2**53 - 1
"""The largest integer that JSON carries everywhere."""

MEMBERS = (
    "actor", "commitment", "happened", "log", "marking", "number", "purpose", "recorded", "subject", "type", "version",
)  # fmt: skip
LONGEST_ORIGIN = 200
LONGEST_LINE = 1 << 26
"""Bytes of a line: what is longer is refused before it is read into memory."""

MOST_SIGNATURES = 64
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What Python raises of an archive that is damaged, cut off, encrypted, or packed in a way that it does not know."""

KEY_ADDED, KEY_RETIRED = "LogKeyAdded", "LogKeyRetired"
ED25519, COSIGNATURE = 1, 4
"""Types of signatures of notes."""


class Refused(Exception):
    """Something is not as it must be; the text says what and where."""


def _within(where: str, check: Any, *arguments: Any) -> Any:
    """What a check says, with where it says so."""
    try:
        return check(*arguments)
    except Refused as refused:
        raise Refused(f"{where}: {refused}") from None


# Canonical JSON (RFC 8785), without numbers that are not whole.


def canonical(value: Any) -> bytes:
    """The bytes of a value of objects, arrays, texts, whole numbers, true, false and null. Raises `Refused` for any other."""
    try:
        return _text_of(value).encode()
    except (TypeError, UnicodeEncodeError, RecursionError) as error:
        raise Refused(f"not what canonical JSON is made of: {error}") from None


_PLAIN = json.JSONEncoder(ensure_ascii=False).encode


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return _PLAIN(value)
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("a member's name is no text")
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join([f"{_PLAIN(key)}:{_text_of(held)}" for key, held in members]) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text_of, value)) + "]"
    if not (value is None or isinstance(value, bool | int)) or (isinstance(value, int) and abs(value) > LARGEST):
        raise TypeError("neither a text nor a whole number that all programs carry")
    return _PLAIN(value)


def parsed(text: bytes) -> Any:
    """The value of canonical bytes. Raises `Refused` if these are not the bytes of a value."""
    try:
        value = json.loads(text.decode())
    except (ValueError, RecursionError):
        raise Refused("not JSON") from None
    if canonical(value) != text:
        raise Refused("not canonical JSON")
    return value


# The Merkle tree (RFC 6962, section 2.1).


def sha256(*parts: bytes) -> bytes:
    """The hash of these bytes, joined."""
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00", leaf)


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node above two others."""
    return sha256(b"\x01", left, right)


EMPTY_ROOT = sha256(b"")


@dataclass
class Tree:
    """A tree that grows by a leaf at a time: the roots of its whole subtrees, the largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """Append the hash of a leaf."""
        bit = 1
        while self.size & bit:
            leaf = node_hash(self.peaks.pop(), leaf)
            bit <<= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of what is there."""
        if not self.peaks:
            return EMPTY_ROOT
        *others, root = self.peaks
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root


def _climb(index: int, last: int, proof: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each hash of a proof on the way up from node `index` of a level that ends with node `last`, and whether it stands to the
    left. Raises `Refused` if they are not as many as the tree is high.
    """
    for step in proof:
        if last == 0:
            raise Refused("the proof is too long")
        left = bool(index & 1) or index == last
        yield step, left
        while left and index and not index & 1:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    if last:
        raise Refused("the proof is too short")


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise `Refused` unless the proof leads from the hash of leaf `index` to the root of a tree of this size (RFC 9162,
    2.1.3.2).
    """
    if not 0 <= index < size:
        raise Refused(f"leaf {index} is not in a tree of {size}")
    for step, left in _climb(index, size - 1, proof):
        leaf = node_hash(step, leaf) if left else node_hash(leaf, step)
    if leaf != root:
        raise Refused("the inclusion proof leads to another root")


def check_consistency(size: int, root: bytes, later: int, later_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise `Refused` unless the proof shows that a tree of `later` leaves begins with the one of `size` (RFC 9162, 2.1.4.2)."""
    if not 0 <= size <= later:
        raise Refused(f"a tree of {later} leaves does not begin with one of {size}")
    if size in (0, later):
        if proof or (size == later and root != later_root) or (size == 0 and root != EMPTY_ROOT):
            raise Refused("the consistency proof leads to another root")
        return
    whole = (size & -size).bit_length() - 1  # the level of the smallest of the whole subtrees that it began with
    steps = [root, *proof] if 1 << whole == size else list(proof)
    if not steps:
        raise Refused("the proof is too short")
    first = second = steps[0]
    for step, left in _climb((size - 1) >> whole, (later - 1) >> whole, steps[1:]):
        if left:
            first, second = node_hash(step, first), node_hash(step, second)
        else:
            second = node_hash(second, step)
    if first != root or second != later_root:
        raise Refused("the consistency proof leads to another root")


# Ed25519 (RFC 8032, section 5.1): checking only, where nothing is secret and slowness does no harm.

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]
"""Extended coordinates."""


def _sum(left: _Point, right: _Point) -> _Point:
    a = (left[1] - left[0]) * (right[1] - right[0]) % _P
    b = (left[1] + left[0]) * (right[1] + right[0]) % _P
    c, d = 2 * left[3] * right[3] * _D % _P, 2 * left[2] * right[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(factor: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _sum(total, point)
        point = _sum(point, point)
        factor >>= 1
    return total


def _point(encoded: bytes) -> _Point | None:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


_BASE = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 key of 32 bytes made a signature of 64 bytes over a message."""
    if len(key) != 32 or len(signature) != 64 or _BASE is None:
        return False
    public, commitment = _point(key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or scalar >= _ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _ORDER
    left, right = _times(scalar, _BASE), _sum(commitment, _times(challenge, public))
    return not ((left[0] * right[2] - right[0] * left[2]) % _P or (left[1] * right[2] - right[1] * left[2]) % _P)


# Signed notes and checkpoints (C2SP).


@dataclass(frozen=True)
class Key:
    """A key that checks signatures of notes: its name, the type of its signatures, and 32 bytes."""

    name: str
    type: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Key:
        """The key of a line `name+key id+base64(type || key)`. Raises `Refused`."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not is_key_name(parts[0]):
            raise Refused(f"{text.strip()!r} is no key; it is written NAME+ID+BASE64")
        found = unbase64(parts[2])
        if len(found) != 33 or found[0] not in (ED25519, COSIGNATURE):
            raise Refused(f"the key of {parts[0]} is not one of Ed25519")
        key = cls(parts[0], found[0], found[1:])
        if parts[1] != key.id.hex():
            raise Refused(f"the key of {parts[0]} has the id {key.id.hex()}, not {parts[1]}")
        return key

    @property
    def id(self) -> bytes:
        """Four bytes by which signatures name it."""
        return sha256(self.name.encode(), b"\n", bytes([self.type]), self.public)[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.type]) + self.public).decode()}"


def is_key_name(name: str) -> bool:
    """Whether a key or a log may have this name."""
    return (
        bool(name) and len(name.encode(errors="replace")) <= LONGEST_ORIGIN and not re.search(r"[\s+\x00-\x1f]", name)
    )


def unbase64(text: str) -> bytes:
    """The bytes of base64 in its one canonical form. Raises `Refused`."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(f"{text[:100]!r} is not base64") from None
    if base64.b64encode(found).decode() != text:
        raise Refused(f"{text[:100]!r} is not canonical base64")
    return found


@dataclass(frozen=True)
class Checkpoint:
    """How long a log is and which root it has, as somebody signed it; where it came from is for messages."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]
    """Of each its key's name and id, and the bytes that sign."""
    where: str

    @classmethod
    def parse(cls, note: bytes, where: str) -> Checkpoint:
        """Read a note. Raises `Refused`; whether anybody signed it is not looked at yet."""
        try:
            whole = note.decode()
        except UnicodeDecodeError:
            raise Refused(f"{where}: not UTF-8") from None
        text, blank, below = whole.rpartition("\n\n")
        lines = text.split("\n")
        signed = below.split("\n")
        if (
            not blank
            or signed.pop() != ""
            or not 1 <= len(signed) <= MOST_SIGNATURES
            or re.search(r"[\x00-\x09\x0b-\x1f]", whole)
        ):
            raise Refused(f"{where}: not a signed note")
        if len(lines) != 3 or not is_key_name(lines[0]) or not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]):
            raise Refused(f"{where}: not a checkpoint; it has an origin, a size and a root")
        root: bytes = _within(where, unbase64, lines[2])
        if len(root) != 32:
            raise Refused(f"{where}: a root of {len(root)} bytes; it has 32")
        signatures = tuple(_signature(line, where) for line in signed)
        return cls(lines[0], int(lines[1]), root, f"{text}\n".encode(), signatures, where)

    def signed_by(self, key: Key) -> bool:
        """Whether this key signed. Raises `Refused` if a signature that names it is wrong."""
        return bool(self._signatures_of(key))

    def seen_at(self, witness: Key) -> int | None:
        """When a witness signed, in seconds since 1970; None if it did not. Raises `Refused` as `signed_by` does."""
        return max((int.from_bytes(found[:8], "big") for found in self._signatures_of(witness)), default=None)

    def _signatures_of(self, key: Key) -> list[bytes]:
        named = [found for name, key_id, found in self.signatures if (name, key_id) == (key.name, key.id)]
        for found in named:
            time, signature = found[:-64], found[-64:]
            text = self.text
            if key.type == COSIGNATURE:
                text = b"cosignature/v1\ntime %d\n" % int.from_bytes(time, "big") + text
            if len(time) != (8 if key.type == COSIGNATURE else 0) or not is_signed(key.public, text, signature):
                raise Refused(f"{self.where}: the signature of {key.name} is wrong")
        return named


def _signature(line: str, where: str) -> tuple[str, bytes, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    found: bytes = _within(where, unbase64, encoded) if dash == "\u2014" and is_key_name(name) else b""
    if len(found) < 5:
        raise Refused(f"{where}: not a line of a signature: {line[:100]!r}")
    return name, found[:4], found[4:]


# The bundle.


class Bundle:
    """The files of a folder or a ZIP archive, by their names."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive = None if path.is_dir() else zipfile.ZipFile(path)
        self.names = set(self._all_names())

    def _all_names(self) -> Iterator[str]:
        if self._archive:
            names = [info.filename for info in self._archive.infolist() if not info.is_dir()]
            if len(set(names)) != len(names):
                raise Refused("the archive holds two files of one name")
            yield from names
            return
        for found in sorted(self._path.rglob("*")):
            if found.is_symlink():
                raise Refused(f"{found.relative_to(self._path)}: leads elsewhere")
            if found.is_file():
                yield found.relative_to(self._path).as_posix()

    def open(self, name: str) -> IO[bytes]:
        """The bytes of a file. Raises `Refused` if it is not there."""
        if name not in self.names:
            raise Refused(f"{name}: missing")
        return self._archive.open(name) if self._archive else (self._path / name).open("rb")

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, without their ends. Raises `Refused` at one that has none, or is too long."""
        with self.open(name) as file:
            while line := file.readline(LONGEST_LINE):
                if not line.endswith(b"\n"):
                    raise Refused(f"{name}: a line without an end, or of more than {LONGEST_LINE:,} bytes")
                yield line[:-1]


@dataclass
class Log:
    """What was found of one log."""

    origin: str
    size: int = 0
    shown: int = 0
    rows: int = 0
    from_outside: list[Checkpoint] = field(default_factory=list)
    cosigned: list[str] = field(default_factory=list)


def verify(path: Path, keys: Sequence[Key], checkpoints: Sequence[Checkpoint]) -> list[Log]:
    """Check a bundle; returns what was found of each log. Raises `Refused` at the first thing that is not as it must be."""
    bundle = Bundle(path)
    with bundle.open("bundle.json") as file:
        about = _within("bundle.json", parsed, file.read(LONGEST_LINE).removesuffix(b"\n"))
    origins = about.get("logs") if isinstance(about, dict) else None
    if not isinstance(origins, list) or about != {"format": FORMAT, "logs": origins} or not _are_origins(origins):
        raise Refused(f"bundle.json: not a list of logs in the format {FORMAT!r}")
    for checkpoint in checkpoints:
        if checkpoint.origin not in origins:
            raise Refused(f"{checkpoint.where}: of the log {checkpoint.origin}, which the bundle lacks")
    seen = {"bundle.json", "verify.py"}
    logs = [
        _verify_log(
            bundle, f"logs/{place}", origin, keys, [found for found in checkpoints if found.origin == origin], seen
        )
        for place, origin in enumerate(origins)
    ]
    if others := sorted(bundle.names - seen):
        raise Refused(f"{others[0]}: does not belong to a bundle")
    return logs


def _are_origins(names: list[Any]) -> bool:
    return all(isinstance(name, str) and is_key_name(name) for name in names) and 0 < len(set(names)) == len(names)


def _verify_log(
    bundle: Bundle, folder: str, origin: str, keys: Sequence[Key], outside: list[Checkpoint], seen: set[str]
) -> Log:
    with bundle.open(f"{folder}/checkpoint") as file:
        own = Checkpoint.parse(file.read(LONGEST_LINE), f"{folder}/checkpoint")
    if own.origin != origin:
        raise Refused(f"{own.where}: of the log {own.origin}, not {origin}")
    checkpoints = sorted([own, *outside], key=lambda checkpoint: checkpoint.size)
    log, tree, roots, changes = Log(origin), Tree(), {0: EMPTY_ROOT}, KeyChanges(origin)
    sizes = {checkpoint.size for checkpoint in checkpoints}
    payloads = Payloads(bundle, folder)
    recorded = 0
    for line in bundle.lines(f"{folder}/events.jsonl"):
        where = f"{origin}, event {tree.size}"
        event = _within(where, parsed, line)
        _within(where, check_event, event, origin, tree.size, recorded)
        recorded = event["recorded"]
        payload = _within(where, payloads.of, event)
        if payload is not None:
            log.shown += 1
            log.rows += _within(where, _check_segment, bundle, f"{folder}/segments/{tree.size}.jsonl", payload, seen)
        _within(where, changes.note, event, payload)
        tree.add(leaf_hash(line))
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    payloads.end()
    seen |= {f"{folder}/{name}" for name in ("events.jsonl", "checkpoint", "payloads.jsonl")}
    for checkpoint in checkpoints:
        if checkpoint.size > tree.size:
            raise Refused(f"{checkpoint.where}: of {checkpoint.size:,} events, but the log {origin} has {tree.size:,}")
        if checkpoint.root != roots[checkpoint.size]:
            raise Refused(f"{checkpoint.where}: at {checkpoint.size:,} events the log {origin} has another root")
    if own.size != tree.size:
        raise Refused(f"{own.where}: of {own.size:,} events, but the log has {tree.size:,}")
    changes.check(checkpoints, [key for key in keys if key.name == origin and key.type == ED25519])
    log.size, log.from_outside = tree.size, outside
    for witness in (key for key in keys if key.type == COSIGNATURE):
        if own.seen_at(witness) is not None:
            log.cosigned.append(witness.name)
    return log


_TEXTS = ("actor", "log", "marking", "purpose", "subject", "type")
_WHOLE = ("number", "recorded", "version")


def check_event(event: Any, origin: str, number: int, recorded: int) -> None:
    """Raise `Refused` unless a value is an event in this place of this log, behind one that was recorded then."""
    if not isinstance(event, dict) or tuple(sorted(event)) != MEMBERS:
        raise Refused(f"an event has the members {', '.join(MEMBERS)}")
    for name in _TEXTS:
        if not isinstance(event[name], str) or not event[name]:
            raise Refused(f"{name} is no text")
    for name in (*_WHOLE, *(("happened",) if event["happened"] is not None else ())):
        if type(event[name]) is not int or event[name] < 0:
            raise Refused(f"{name} is no whole number from 0 on")
    if event["commitment"] is not None and not _is_hash(event["commitment"]):
        raise Refused("commitment is no hash")
    if event["log"] != origin:
        raise Refused(f"belongs to the log {event['log']}")
    if event["number"] != number:
        raise Refused(f"has the number {event['number']:,}")
    if event["recorded"] < recorded:
        raise Refused("was recorded before the event before it")


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def commitment_of(salt: bytes, payload: bytes) -> bytes:
    """What an event says of its payload."""
    return sha256(b"kstep/payload/1\n", salt, payload)


class Payloads:
    """The payloads that a bundle shows of one log, in the order of its events."""

    def __init__(self, bundle: Bundle, folder: str) -> None:
        self._name = f"{folder}/payloads.jsonl"
        self._lines = bundle.lines(self._name)
        self._next = self._read()

    def _read(self) -> dict[str, Any] | None:
        line = next(self._lines, None)
        if line is None:
            return None
        found = _within(self._name, parsed, line)
        if not isinstance(found, dict) or sorted(found) != ["number", "payload", "salt"] or not _is_hash(found["salt"]):
            raise Refused(f"{self._name}: a line has a number, a payload and a salt")
        if type(found["number"]) is not int or not isinstance(found["payload"], dict):
            raise Refused(f"{self._name}: a number is whole, and a payload is an object")
        return found

    def of(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """The payload of an event, if it is shown. Raises `Refused` if it is another than was committed to."""
        found = self._next
        if found is None or found["number"] != event["number"]:
            return None
        if commitment_of(bytes.fromhex(found["salt"]), canonical(found["payload"])).hex() != event["commitment"]:
            raise Refused("committed to another payload than is shown")
        self._next = self._read()
        payload: dict[str, Any] = found["payload"]
        return payload

    def end(self) -> None:
        """Raise `Refused` if there are payloads of which no event was met."""
        if self._next is not None:
            raise Refused(f"{self._name}: there is no event {self._next['number']}, or it stands before")


def row_hash(salt: bytes, row: bytes) -> bytes:
    """The leaf of a row of a segment."""
    return leaf_hash(salt + row)


def _check_segment(bundle: Bundle, name: str, payload: dict[str, Any], seen: set[str]) -> int:
    """Check the rows of the segment that a payload tells of, if they are in the bundle; returns how many are shown."""
    segment = payload.get("segment")
    if segment is None or name not in bundle.names:
        return 0
    if not isinstance(segment, dict) or type(segment.get("rows")) is not int or not _is_hash(segment.get("root")):
        raise Refused("a segment has its rows, a number, and its root, a hash")
    tree, shown = Tree(), 0
    for line in bundle.lines(name):
        row = _within(name, parsed, line)
        if isinstance(row, dict) and sorted(row) == ["hash"] and _is_hash(row["hash"]):
            tree.add(bytes.fromhex(row["hash"]))
        elif isinstance(row, dict) and sorted(row) == ["row", "salt"] and _is_hash(row["salt"]):
            tree.add(row_hash(bytes.fromhex(row["salt"]), canonical(row["row"])))
            shown += 1
        else:
            raise Refused(f"{name}: a line has a row and its salt, or a hash")
    if tree.size != segment["rows"] or tree.root().hex() != segment["root"]:
        raise Refused(
            f"{name}: {tree.size:,} rows of the root {tree.root().hex()}, not {segment['rows']:,} of {segment['root']}"
        )
    seen.add(name)
    return shown


class KeyChanges:
    """The keys that a log adds and retires, and which of its checkpoints they make worth something."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._added: list[tuple[int, Key]] = []
        self._retired: list[tuple[Key, int]] = []

    def note(self, event: dict[str, Any], payload: dict[str, Any] | None) -> None:
        """Remember what an event says of keys. Raises `Refused` if it does not say it."""
        if event["type"] not in (KEY_ADDED, KEY_RETIRED):
            return
        retired = event["type"] == KEY_RETIRED
        if payload is None or sorted(payload) != (["key", "size"] if retired else ["key"]):
            raise Refused(f"what {event['type']} says is not shown, or is something else")
        key = Key.parse(str(payload["key"]))
        if (key.name, key.type) != (self._origin, ED25519) or event["subject"] != f"log:{self._origin}":
            raise Refused(f"{event['type']} of a key that is not this log's")
        if not retired:
            self._added.append((event["number"], key))
        elif type(payload["size"]) is not int or not 0 <= payload["size"] <= event["number"]:
            raise Refused("retires a key at a size that the log had not reached")
        else:
            self._retired.append((key, payload["size"]))

    def check(self, checkpoints: Sequence[Checkpoint], told: Sequence[Key]) -> None:
        """Raise `Refused` unless each checkpoint is signed by a key that is trusted and not retired at its size."""
        for refusal in self.refusals(checkpoints, told):
            raise refusal

    def refusals(self, checkpoints: Sequence[Checkpoint], told: Sequence[Key]) -> list[Refused]:
        """What `check` says of each of these checkpoints that is not as it must be."""
        refusals, signers = [], {}
        for checkpoint in checkpoints:
            try:
                signers[checkpoint] = {key for key in self._known(told) if self._signs(key, checkpoint)}
            except Refused as refused:
                refusals.append(refused)
        trusted, before = set(told), -1
        while len(trusted) > before:  # each round trusts the keys that checkpoints of trusted keys contain
            before = len(trusted)
            reached = max((found.size for found, keys in signers.items() if keys & trusted), default=0)
            trusted |= {key for number, key in self._added if number < reached}
        for checkpoint, keys in signers.items():
            if not keys & trusted:
                told_of = f"not signed by a key that is trusted at {checkpoint.size:,} events"
                refusals.append(Refused(f"{checkpoint.where}: {told_of}"))
        return refusals

    def _known(self, told: Sequence[Key]) -> set[Key]:
        return {*told, *(key for _, key in self._added)}

    def _signs(self, key: Key, checkpoint: Checkpoint) -> bool:
        late = any(retired == key and checkpoint.size > size for retired, size in self._retired)
        return not late and checkpoint.signed_by(key)


CERTIFICATE = "kstep certificate 1"
CERTIFIED = "CoverageCertified"


def verify_certificate(text: bytes, keys: Sequence[Key]) -> tuple[dict[str, Any], list[str]]:
    """What a coverage certificate states, and the people whom it shows to be among those screened, by their ids at the source.

    Raises `Refused` unless a trusted key signed the log in which the statement stands, and every row shown is in its roster.
    """
    try:
        told = json.loads(text)
        note, event_text, payload = told["checkpoint"].encode(), told["event"].encode(), told["payload"]
        salt, proof = bytes.fromhex(told["salt"]), [bytes.fromhex(step) for step in told["proof"]]
        shown = [found for several in told["people"].values() for found in several]
        rows = [
            (
                found["row"],
                bytes.fromhex(found["salt"]),
                found["index"],
                found["size"],
                list(map(bytes.fromhex, found["proof"])),
            )
            for found in shown
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused("not a certificate") from None
    if told.get("format") != CERTIFICATE:
        raise Refused(f"not a certificate in the format {CERTIFICATE!r}")
    checkpoint, event = Checkpoint.parse(note, "the checkpoint"), parsed(event_text)
    if not any(key.name == checkpoint.origin and checkpoint.signed_by(key) for key in keys if key.type == ED25519):
        raise Refused("the checkpoint: not signed by a key that is trusted")
    number = event.get("number") if isinstance(event, dict) else None
    if type(number) is not int:
        raise Refused("the event has no number")
    check_event(event, checkpoint.origin, number, 0)
    check_inclusion(leaf_hash(event_text), number, checkpoint.size, proof, checkpoint.root)
    if event["type"] != CERTIFIED or commitment_of(salt, canonical(payload)).hex() != event["commitment"]:
        raise Refused("the event states something else")
    if (
        not isinstance(payload, dict)
        or not _is_hash(payload.get("roster_root"))
        or type(payload.get("people")) is not int
    ):
        raise Refused("the event states no roster")
    named = []
    for row, row_salt, index, size, steps in rows:
        if size != payload["people"] or type(index) is not int:
            raise Refused("a row of another roster")
        check_inclusion(row_hash(row_salt, canonical(row)), index, size, steps, bytes.fromhex(payload["roster_root"]))
        named.append(_person_id(row))
    return payload, named


def _person_id(row: Any) -> str:
    try:
        found = row["records"][0]["person_id"]
    except (KeyError, IndexError, TypeError):
        found = None
    if not isinstance(found, str):
        raise Refused("a row that names nobody")
    return found


def _shown(text: str) -> str:
    """A text in one line, of which no letter does anything to a terminal."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def check_certificate(text: bytes, keys: Sequence[Key]) -> int:
    """Print what a certificate states, or why it is refused; returns 0 or 1."""
    try:
        stated, named = verify_certificate(text, keys)
    except Refused as refused:
        print(_shown(f"REFUSED: {refused}"))
        return 1
    for name in sorted(stated):
        print(_shown(f"{name:<14} {stated[name]}"))
    for person_id in named:
        print(_shown(f"{'screened':<14} {person_id}"))
    print("verified")
    return 0


def main(arguments: Iterable[str] | None = None) -> int:
    """Verify a bundle, or a certificate; returns 0 if it is as it must be and, a bundle, agrees with a checkpoint from outside; 1
    if not, 2 if it could not be asked.
    """
    parser = argparse.ArgumentParser(description="Check a kstep bundle, or a certificate, against keys from elsewhere.")
    parser.add_argument("bundle", type=Path, help="a folder or a ZIP archive; or a certificate")
    parser.add_argument("--key", action="append", default=[], help="a key that was told from outside: NAME+ID+BASE64")
    parser.add_argument(
        "--checkpoint", action="append", default=[], type=Path, help="a checkpoint that left, in a file"
    )
    asked = parser.parse_args(None if arguments is None else list(arguments))
    try:
        keys = [Key.parse(text) for text in asked.key]
        checkpoints = [Checkpoint.parse(path.read_bytes(), str(path)) for path in asked.checkpoint]
        if not asked.bundle.exists():
            raise OSError(f"{asked.bundle}: there is no such file or folder")
        if asked.bundle.suffix == ".json":
            return check_certificate(asked.bundle.read_bytes(), keys)
    except (Refused, OSError) as error:
        print(_shown(str(error)), file=sys.stderr)
        return 2
    try:
        logs = verify(asked.bundle, keys, checkpoints)
    except (Refused, OSError) as refused:
        print(_shown(f"REFUSED: {refused}"))
        return 1
    except DAMAGED as damage:
        print(_shown(f"REFUSED: {asked.bundle}: not a folder, nor a ZIP archive that can be read ({damage})"))
        return 1
    for log in logs:
        checkpoints_told = f"checkpoints from outside: {len(log.from_outside)}"
        witnessed = f"; cosigned by {', '.join(log.cosigned)}" if log.cosigned else ""
        print(
            f"{log.origin}: {log.size:,} events, {log.shown:,} payloads and {log.rows:,} rows shown; {checkpoints_told}{witnessed}"
        )
    if any(not log.from_outside for log in logs):
        print("NOT VERIFIED: no checkpoint from outside; nothing but the keeper's word stands against another history")
        return 1
    print("verified")
    return 0


if __name__ == "__main__":
    sys.exit(main())
