"""The secrets of subjects, by which what is known of each is sealed: AES-256-GCM, with one secret for each subject.

A secret is made with a subject and destroyed with it: then nothing that was sealed with it can be read, here or in a copy. Secrets
lie in the database, sealed with the home's key, which does not.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, insert, select

from kstep.ledger.tables import secrets
from kstep.model import KstepError

KEY_BYTES = 32
_NONCE = 12
_AT_ONCE = 500
"""Subjects asked for in one statement."""


class SealBroken(KstepError):
    """What was sealed was changed, or sealed with another key."""


@dataclass(frozen=True, repr=False)
class Secret:
    """A secret of 64 bytes: one half seals, the other makes salts."""

    secret: bytes

    @classmethod
    def generate(cls) -> Secret:
        """A new one."""
        return cls(os.urandom(2 * KEY_BYTES))

    @property
    def salting(self) -> bytes:
        """What salts are made from."""
        return self.secret[KEY_BYTES:]

    def seal(self, content: bytes, place: str) -> bytes:
        """These bytes, readable by this secret alone, and only in this place."""
        return _sealed(self.secret[:KEY_BYTES], content, place)

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed for this place. Raises `SealBroken`."""
        return _opened(self.secret[:KEY_BYTES], sealed, place)


@dataclass(frozen=True, repr=False)
class Vault:
    """The home's key, and through it the secrets in a database."""

    key: bytes

    def add(self, connection: Connection, subjects: Iterable[str]) -> dict[str, Secret]:
        """Make a secret for each of these subjects, which have none yet."""
        made = {subject: Secret.generate() for subject in subjects}
        lines = [
            {"subject": subject, "wrapped": _sealed(self.key, secret.secret, subject)}
            for subject, secret in made.items()
        ]
        if lines:
            connection.execute(insert(secrets), lines)
        return made

    def find(self, connection: Connection, subjects: Iterable[str]) -> dict[str, Secret]:
        """The secrets of those of these subjects that have one. Raises `SealBroken`."""
        wanted, found = sorted(set(subjects)), {}
        for first in range(0, len(wanted), _AT_ONCE):
            some = secrets.c.subject.in_(wanted[first : first + _AT_ONCE])
            for subject, wrapped in connection.execute(select(secrets).where(some)):
                found[subject] = Secret(_opened(self.key, wrapped, subject))
        return found

    def secret(self, connection: Connection, subject: str) -> Secret:
        """The secret of a subject, which gets one if it has none."""
        found = self.find(connection, [subject]) or self.add(connection, [subject])
        return found[subject]

    def keyed(self, purpose: str, content: bytes) -> bytes:
        """A hash of 32 bytes by the home's key: the same for the same content, and nothing to whom the key is not known."""
        return hmac.digest(self.key, f"kstep/{purpose}/1\n".encode() + content, hashlib.sha256)

    def destroy(self, connection: Connection, subject: str) -> None:
        """Take a subject's secret away, for good."""
        connection.execute(delete(secrets).where(secrets.c.subject == subject))


def _sealed(key: bytes, content: bytes, place: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def _opened(key: bytes, sealed: bytes, place: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
    except (InvalidTag, ValueError):
        raise SealBroken(f"{place}: was changed, or sealed with another key") from None


__all__ = ["KEY_BYTES", "SealBroken", "Secret", "Vault"]
