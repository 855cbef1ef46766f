"""The secrets of subjects, by which what is known of each is sealed: AES-256-GCM, with one secret for each subject.

A secret is made with a subject and destroyed with it: then nothing that was sealed with it can be read, here or in a copy. Secrets
lie in the database, sealed with the home's key, which does not.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, insert, select

from kstep.ledger.tables import secrets
from kstep.model import KstepError

KEY_BYTES = 32
_NONCE = 12
_GENERATION = 4
"""Bytes that say of which generation the secret is that sealed."""

_AT_ONCE = 500
"""Subjects asked for in one statement."""


class SealBroken(KstepError):
    """What was sealed was changed, or sealed with another key."""


@dataclass(frozen=True, repr=False)
class Secret:
    """A secret of 64 bytes: one half seals, the other makes salts. A subject whose secret was destroyed may get another, of the
    next generation; what was sealed says of which it is. An empty one says that it was destroyed.
    """

    secret: bytes
    generation: int = 0

    @classmethod
    def generate(cls, generation: int = 0) -> Secret:
        """A new one."""
        return cls(os.urandom(2 * KEY_BYTES), generation)

    @property
    def salting(self) -> bytes:
        """What salts are made from."""
        return self.secret[KEY_BYTES:]

    def seal(self, content: bytes, place: str) -> bytes:
        """These bytes, readable by this secret alone, and only in this place."""
        return self.generation.to_bytes(_GENERATION) + _sealed(self.secret[:KEY_BYTES], content, place)

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed for this place. Raises `SealBroken`."""
        if int.from_bytes(sealed[:_GENERATION]) != self.generation:
            raise SealBroken(f"{place}: was changed, or sealed with another key")
        return _opened(self.secret[:KEY_BYTES], sealed[_GENERATION:], place)

    def is_gone_for(self, sealed: bytes) -> bool:
        """Whether this was sealed with a secret of the subject that was destroyed."""
        generation = int.from_bytes(sealed[:_GENERATION])
        return generation < self.generation or (generation == self.generation and not self.secret)


@dataclass(frozen=True, repr=False)
class Vault:
    """The home's key, and through it the secrets in a database."""

    key: bytes

    def add(self, connection: Connection, subjects: Iterable[str]) -> dict[str, Secret]:
        """Make a secret for each of these subjects, which have none, or none any more."""
        wanted = list(dict.fromkeys(subjects))
        before = {line.subject: line.generation for line in _lines(connection, wanted)}
        made = {subject: Secret.generate(before.get(subject, -1) + 1) for subject in wanted}
        _delete(connection, list(before))
        lines = [
            {
                "subject": subject,
                "generation": secret.generation,
                "wrapped": self.wrapped(subject, secret.generation, secret.secret),
            }
            for subject, secret in made.items()
        ]
        if lines:
            connection.execute(insert(secrets), lines)
        return made

    def wrapped(self, subject: str, generation: int, secret: bytes) -> bytes:
        """A subject's secret as it lies in the database."""
        return _sealed(self.key, secret, _name(subject, generation))

    def find(self, connection: Connection, subjects: Iterable[str]) -> dict[str, Secret]:
        """The secrets of those of these subjects that have one. Raises `SealBroken`."""
        return {subject: held for subject, held in self.look(connection, subjects).items() if held.secret}

    def look(self, connection: Connection, subjects: Iterable[str]) -> dict[str, Secret]:
        """The same, with those that were destroyed. Raises `SealBroken`."""
        found = {}
        for subject, generation, wrapped in _lines(connection, sorted(set(subjects))):
            opened = _opened(self.key, wrapped, _name(subject, generation)) if wrapped else b""
            found[subject] = Secret(opened, generation)
        return found

    def secret(self, connection: Connection, subject: str) -> Secret:
        """The secret of a subject, which gets one if it has none."""
        found = self.find(connection, [subject]) or self.add(connection, [subject])
        return found[subject]

    def keyed(self, purpose: str, content: bytes) -> bytes:
        """A hash of 32 bytes by the home's key: the same for the same content, and nothing to whom the key is not known."""
        return hmac.digest(self.key, f"kstep/{purpose}/1\n".encode() + content, hashlib.sha256)

    def destroy(self, connection: Connection, subject: str, generation: int | None = None) -> None:
        """Take a subject's secret away, for good; that there was one is kept. Of a generation after the one told, it stays: so an
        event that erases, replayed, does not take what came later. The event tells it, from `look` when it is recorded.
        """
        for _, found, _ in _lines(connection, [subject]):
            if generation is None or found <= generation:
                _delete(connection, [subject])
                connection.execute(insert(secrets), [{"subject": subject, "generation": found, "wrapped": b""}])


def _lines(connection: Connection, subjects: Sequence[str]) -> list[Any]:
    asked = select(secrets.c.subject, secrets.c.generation, secrets.c.wrapped)
    found: list[Any] = []
    for first in range(0, len(subjects), _AT_ONCE):
        some = secrets.c.subject.in_(subjects[first : first + _AT_ONCE])
        found += connection.execute(asked.where(some)).all()
    return found


def _delete(connection: Connection, subjects: Sequence[str]) -> None:
    for first in range(0, len(subjects), _AT_ONCE):
        connection.execute(delete(secrets).where(secrets.c.subject.in_(subjects[first : first + _AT_ONCE])))


def _name(subject: str, generation: int) -> str:
    return f"{subject} {generation}"


def _sealed(key: bytes, content: bytes, place: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def _opened(key: bytes, sealed: bytes, place: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
    except (InvalidTag, ValueError):
        raise SealBroken(f"{place}: was changed, or sealed with another key") from None


__all__ = ["KEY_BYTES", "SealBroken", "Secret", "Vault"]
