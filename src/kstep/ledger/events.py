"""An event as a log holds it: what happened, without what is known of anybody; and the payload that it commits to.

An event's bytes are made once, when it gets its number, and are what is hashed, kept and shown ever after.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from kstep.ledger.verifier import MEMBERS, Refused, canonical, check_event, commitment_of, parsed, row_hash
from kstep.model import ValueRefused

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `recorded` and `happened` are microseconds since 1970 in UTC, `commitment` is None where there is no payload.

    Raises `ValueRefused` where it is not what the specification says.
    """

    log: str
    number: int
    type: str
    version: int
    subject: str
    actor: str
    purpose: str
    marking: str
    recorded: int
    happened: int | None
    commitment: str | None

    def __post_init__(self) -> None:
        try:
            check_event(self._members(), self.log, self.number, 0)
            canonical(self._members())
        except Refused as refused:
            raise ValueRefused(f"an event {self.type!r}: {refused}") from None

    def _members(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in MEMBERS}

    @property
    def text(self) -> bytes:
        """The bytes that are a leaf of the log."""
        return canonical(self._members())

    @classmethod
    def read(cls, text: bytes) -> Event:
        """The event of these bytes. Raises `ValueRefused` if they are none."""
        try:
            members = parsed(text)
        except Refused as refused:
            raise ValueRefused(f"an event: {refused}") from None
        if not isinstance(members, dict) or tuple(sorted(members)) != MEMBERS:
            raise ValueRefused(f"an event has the members {', '.join(MEMBERS)}")
        return cls(**members)


def committed(payload: Any, salt: bytes) -> str:
    """What an event says of its payload, a value of canonical JSON, with a salt of `SALT_BYTES` that nobody else knows."""
    return commitment_of(salt, canonical(payload)).hex()


def row_salt(secret: bytes, segment: str, number: int) -> bytes:
    """The salt of a row of a segment, by the secret of its subject: known as long as that is, and gone with it."""
    return hmac.digest(secret, f"kstep/row/1\n{segment}\n{number}".encode(), hashlib.sha256)


def row_leaf(row: Any, salt: bytes) -> bytes:
    """The leaf of a row, a value of canonical JSON, in the tree of its segment."""
    return row_hash(salt, canonical(row))


__all__ = ["SALT_BYTES", "Event", "committed", "row_leaf", "row_salt"]
