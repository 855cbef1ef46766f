"""FollowTheMoney entities (JSON lines, as OpenSanctions publishes them) to an edition.

Every `Person` with a name becomes an entry; what a `Passport`, an `Identification` or a `Sanction` says is added to the
person it points at, wherever in the file it stands; records of all other schemata are left out, each one counted.
The file is read line by line.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kstep.lists.account import Account, Reason
from kstep.lists.edition import Edition, edition_id
from kstep.lists.ftm_person import Addition, Properties, completed, listing, paper, person_entry
from kstep.lists.source import mapped
from kstep.model import Entry, InputError, one_line

_POINTING = {"Passport": "holder", "Identification": "holder", "Sanction": "entity"}
_NESTED = ("identification", "sanctions")
_REASONS = {"Vessel": Reason.VESSEL, "Airplane": Reason.AIRCRAFT, "LegalEntity": Reason.ENTITY,
            "Organization": Reason.ENTITY, "Company": Reason.ENTITY, "PublicBody": Reason.ENTITY}  # fmt: skip
_MEMBERS = {"id", "caption", "schema", "properties", "referents", "datasets", "dataset", "first_seen", "last_seen",
            "last_change", "target", "origin", "statements"}  # fmt: skip
_TRIED_LINES = 100
_HALF_A_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


class _UnreadableError(ValueError):
    """A line that is no FollowTheMoney record; says why."""


@dataclass(slots=True)
class _Found:
    entries: dict[str, Entry] = field(default_factory=dict)
    additions: dict[str, list[Addition]] = field(default_factory=dict)
    of_unknown_nature: int = 0


def read(path: Path) -> Edition:
    """The edition of the FollowTheMoney file at `path`. Raises `InputError` if it is another file or breaks off."""
    account = Account()
    found = _Found()
    with mapped(path) as content:
        identifier = edition_id("ftm", [("", content)])
        for line, record in _records(content, path, account):
            _add(record, f"line {line}", found, account)
    for target, additions in found.additions.items():
        if entry := found.entries.get(target):
            found.entries[target] = completed(entry, additions)
            continue
        for addition in additions:
            said = f"{addition.schema} of {target}, which is no person here"
            account.leave_out(Reason.POINTS_AT_NOTHING, addition.where, said)
    if found.of_unknown_nature:
        account.note(
            f"{found.of_unknown_nature} of LegalEntity are left out: the source does not say if they are people"
        )
    return account.edition(identifier, "ftm", None, found.entries.values())


def _records(content: mmap.mmap, path: Path, account: Account) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records of the file with their lines. A line that is none is left out; in the last one the file broke off."""
    readable = unreadable = 0
    for number, line in enumerate(iter(content.readline, b""), 1):
        if not line.strip():
            continue
        try:
            record = _record(line.removeprefix(b"\xef\xbb\xbf"))
        except _UnreadableError as error:
            if not readable and not unreadable and line.lstrip().startswith(b"["):
                raise InputError("is a JSON array, and FollowTheMoney has one object a line", where=str(path),
                                 mend="write each entity on a line of its own") from None  # fmt: skip
            if not line.endswith(b"\n") and readable:
                raise InputError(f"breaks off in its last line ({error})", where=f"{path}, line {number}",
                                 mend="fetch the file again") from None  # fmt: skip
            account.count("unreadable")
            account.leave_out(Reason.UNREADABLE_ROW, f"line {number}", str(error))
            unreadable += 1
            if not readable and unreadable == _TRIED_LINES:
                break
            continue
        readable += 1
        yield number, record
    if not readable:
        raise InputError("is not FollowTheMoney: no line is a JSON object with id, schema and properties",
                         where=str(path), mend="name an entities.ftm.json file")  # fmt: skip


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode())
        if _HALF_A_CHARACTER.search(line):
            json.dumps(record, ensure_ascii=False).encode()
    except UnicodeError:
        raise _UnreadableError("text that is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _UnreadableError(f"not JSON: {error.msg}") from None
    except (ValueError, RecursionError):
        raise _UnreadableError("JSON beyond all measure") from None
    if not isinstance(record, dict):
        raise _UnreadableError("not a JSON object")
    for member, kind in (("id", str), ("schema", str), ("properties", dict)):
        if not isinstance(record.get(member), kind) or (kind is str and not record[member]):
            raise _UnreadableError(f"no {member}")
    return record


def _add(record: dict[str, Any], where: str, found: _Found, account: Account) -> None:
    schema, entry_id = record["schema"], record["id"]
    account.count(one_line(schema, 60))
    for member in record.keys() - _MEMBERS:
        account.unknown(member)
    if schema in _POINTING:
        _add_pointing(record, where, found, account)
    elif schema != "Person":
        found.of_unknown_nature += schema == "LegalEntity"
        account.leave_out(_REASONS.get(schema, Reason.NOT_A_PERSON), where, f"{schema} {entry_id}")
    elif entry_id in found.entries:
        account.leave_out(Reason.DUPLICATE_ID, where, entry_id)
    else:
        for nested in _nested(record):
            account.count(nested["schema"])
            _add_pointing(nested, where, found, account, target=entry_id)
        properties = _texts(record["properties"], where, account)
        referents = [
            other for other in _listed(record.get("referents")) if isinstance(other, str) and other != entry_id
        ]
        if entry := person_entry(entry_id, properties, referents, where, account):
            found.entries[entry_id] = entry


def _add_pointing(record: dict[str, Any], where: str, found: _Found, account: Account, target: str = "") -> None:
    """A record that says something of a person: of `target`, in which it stands, or of those it points at."""
    schema = record["schema"]
    properties = _texts(record["properties"], where, account)
    targets = [target] if target else properties.get(_POINTING[schema], [])
    if not targets:
        account.leave_out(Reason.POINTS_AT_NOTHING, where, f"{schema} without {_POINTING[schema]}")
        return
    say = listing if schema == "Sanction" else paper
    addition = say(schema, properties, where, account)
    for pointed_at in targets:
        found.additions.setdefault(pointed_at, []).append(addition)


def _nested(person: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The records that `targets.nested.json` puts inside of the person they point at."""
    for name in _NESTED:
        for value in _listed(person["properties"].get(name)):
            if (
                isinstance(value, dict)
                and value.get("schema") in _POINTING
                and isinstance(value.get("properties"), dict)
            ):
                yield value


def _texts(properties: dict[str, Any], where: str, account: Account) -> Properties:
    """The text values of each property; records nested in a property are no values of it."""
    texts: dict[str, list[str]] = {}
    for name, values in properties.items():
        listed = _listed(values)
        if any(isinstance(value, dict) for value in listed):
            continue
        texts[name] = [value for value in listed if isinstance(value, str)]
        if len(texts[name]) < len(listed):
            account.leave_out(Reason.UNREADABLE_FIELD, where, f"{name}: {listed}")
    return texts


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
