"""The registry of recipients: whose each is, how it is reached, what may go there. No address is ever typed with a
message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, select

from kstep.access.purposes import PURPOSES
from kstep.dispatch.projection import subject_of_recipient
from kstep.dispatch.tables import recipients
from kstep.ledger.service import INTERNAL, By, Ledger
from kstep.ledger.verifier import ED25519, Key, Refused, is_key_name
from kstep.model import InputError, ValueRefused, one_line
from kstep.model.countries import country_of_code
from kstep.model.events import RecipientRegistered, RecipientRetired, RecipientVerified
from kstep.model.markings import Marking

DUTY_OFFICER, CONFIRMING_AUTHORITY = "duty-officer", "confirming-authority"
"""Roles that mean something to kstep. Others are those that protocols name: whom a step sends to, and whom a ladder tells."""

_ROLE = re.compile(r"[a-z][a-z0-9-]{0,39}")
STALE = 180 * 24 * 3_600 * 1_000_000
"""Microseconds after which an address has to be verified again."""

_CHANNEL = re.compile(
    r"https://[^\s/?#@]+(/[^\s?#@]*)?|mailto:[^\s@<>,;:\"()\\\[\]]+@[^\s@<>,;:\"()\\\[\]]+|file:/[^\x00-\x1f]+"
)
_LONGEST = 300


@dataclass(frozen=True)
class Recipient:
    """A recipient as it stands; times in microseconds since 1970."""

    recipient: str
    owner: str
    states: tuple[str, ...]
    channels: tuple[str, ...]
    keys: tuple[str, ...]
    permitted: tuple[str, ...]
    prohibited: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    highest: str = INTERNAL
    verified: int | None = None
    retired: int | None = None

    @property
    def signers(self) -> tuple[Key, ...]:
        """The keys that sign its receipts."""
        return tuple(Key.parse(text) for text in self.keys)


class Recipients:
    """The registry of a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def register(self, told: Any, by: By) -> Recipient:
        """Register a recipient as a JSON object tells it, or tell it anew. Raises `InputError`."""
        found = checked_recipient(told)
        fact = RecipientRegistered(**{name: getattr(found, name) for name in _MEMBERS})
        with self._ledger.unit(by) as unit:
            unit.record(fact, subject=subject_of_recipient(found.recipient), marking=INTERNAL)
            return find_recipient(unit.connection, found.recipient)

    def verify(self, name: str, evidence: str, by: By) -> None:
        """Say that somebody made sure that the recipient's channels lead to it. Raises `InputError`."""
        with self._ledger.unit(by) as unit:
            find_recipient(unit.connection, name)
            fact = RecipientVerified(recipient=name, evidence=_line(evidence, "--evidence"))
            unit.record(fact, subject=subject_of_recipient(name), marking=INTERNAL)

    def retire(self, name: str, ground: str, by: By) -> None:
        """Say that nothing goes there any more. Raises `InputError`."""
        with self._ledger.unit(by) as unit:
            find_recipient(unit.connection, name)
            fact = RecipientRetired(recipient=name, ground=_line(ground, "--ground"))
            unit.record(fact, subject=subject_of_recipient(name), marking=INTERNAL)

    def all(self) -> list[Recipient]:
        """All of them, by name."""
        with self._ledger.database.read() as connection:
            return all_recipients(connection)


def all_recipients(connection: Connection) -> list[Recipient]:
    """All recipients, by name."""
    lines = connection.execute(select(recipients).order_by(recipients.c.recipient))
    return [_recipient(line._asdict()) for line in lines]


def find_recipient(connection: Connection, name: str) -> Recipient:
    """The recipient of this name. Raises `InputError` if there is none."""
    line = connection.execute(select(recipients).where(recipients.c.recipient == name)).one_or_none()
    if line is None:
        mend = "register it first, with kstep recipients register; addresses come from the registry alone"
        raise InputError("is no recipient in the registry", where=one_line(name, 80), mend=mend)
    return _recipient(line._asdict())


def with_role(connection: Connection, role: str) -> list[Recipient]:
    """The recipients that are this, and are not retired."""
    return [one for one in all_recipients(connection) if role in one.roles and one.retired is None]


def _recipient(line: dict[str, Any]) -> Recipient:
    held: dict[str, Any] = {name: line[name] for name in ("recipient", "owner", "highest", "verified", "retired")}
    return Recipient(**held | {name: tuple(json.loads(line[name])) for name in _LISTS})


_LISTS = ("states", "channels", "keys", "permitted", "prohibited", "roles")
_MEMBERS = ("recipient", "owner", *_LISTS, "highest")
_NEEDED = ("recipient", "owner", "states", "channels", "keys", "permitted")


def checked_recipient(told: Any) -> Recipient:
    """The recipient of a JSON object. Raises `InputError`."""
    if not isinstance(told, dict) or (missing := [name for name in _NEEDED if not told.get(name)]):
        what = "is no JSON object" if not isinstance(told, dict) else f"lacks {missing[0]}"
        raise InputError(what, where="the recipient", mend=f"give it {', '.join(_NEEDED)}")
    if unknown := sorted(set(told) - set(_MEMBERS)):
        raise InputError(
            f"does not know {one_line(unknown[0], 40)!r}", where="the recipient", mend=f"give {', '.join(_MEMBERS)}"
        )
    lists = {name: _texts(told.get(name, []), name) for name in _LISTS}
    where = one_line(str(told["recipient"]), 80)
    if not isinstance(told["recipient"], str) or not is_key_name(told["recipient"]):
        raise InputError("cannot name a recipient", where=where, mend="write something like hq.example/intake")
    try:
        lists["states"] = sorted({country_of_code(code) for code in lists["states"]})
        Marking.parse(highest := str(told.get("highest", INTERNAL)))
        keys = [Key.parse(text) for text in lists["keys"]]
    except (ValueRefused, Refused) as refused:
        raise InputError(str(refused), where=where, mend="correct it and register again") from None
    if any(key.name != told["recipient"] or key.type != ED25519 for key in keys):
        raise InputError(
            "has a key of another name", where=where, mend="give keys that kstep receive make-key made for it"
        )
    for name in lists["roles"]:
        if not _ROLE.fullmatch(name):
            mend = f"write {DUTY_OFFICER}, {CONFIRMING_AUTHORITY}, or what a protocol names, such as headquarters"
            raise InputError(f"{one_line(name, 40)!r} is no role", where=where, mend=mend)
    for name, allowed in (("permitted", PURPOSES), ("prohibited", PURPOSES)):
        if unknown := sorted(set(lists[name]) - set(allowed)):
            raise InputError(
                f"{one_line(unknown[0], 40)!r} is none of {name}", where=where, mend=f"write {', '.join(allowed)}"
            )
    for channel in lists["channels"]:
        if not _CHANNEL.fullmatch(channel):
            mend = "write https://HOST[:PORT], mailto:NAME@HOST or file:/FOLDER"
            raise InputError(f"{one_line(channel, 80)!r} is no channel", where=where, mend=mend)
    tuples: dict[str, Any] = {name: tuple(dict.fromkeys(held)) for name, held in lists.items()}
    return Recipient(recipient=told["recipient"], owner=_line(str(told["owner"]), "owner"), highest=highest, **tuples)


def _texts(held: Any, name: str) -> list[str]:
    if not isinstance(held, list) or not all(isinstance(one, str) and len(one) <= _LONGEST for one in held):
        raise InputError("is no list of texts", where=name, mend=f'write "{name}": ["…"]')
    return held


def _line(text: str, where: str) -> str:
    found = text.strip()
    if not found or len(found) > _LONGEST or not found.isprintable():
        raise InputError("says nothing, or too much", where=where, mend=f"write 1 to {_LONGEST} printable characters")
    return found


def told_of(found: Iterable[Recipient]) -> list[dict[str, Any]]:
    """Recipients, for programs."""
    return [asdict(one) for one in found]


__all__ = [
    "CONFIRMING_AUTHORITY", "DUTY_OFFICER", "STALE", "Recipient", "Recipients", "all_recipients", "checked_recipient",
    "find_recipient", "told_of", "with_role",
]  # fmt: skip
