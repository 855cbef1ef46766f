"""Signing checkpoints as C2SP notes, and cosigning those of others, with Ed25519 keys.

What is signed here is read back by the verifier's own code; no other form of a checkpoint exists.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kstep.ledger.verifier import COSIGNATURE, ED25519, Checkpoint, Key, is_key_name
from kstep.model import ValueRefused

DASH = "\u2014"


@dataclass(frozen=True, repr=False)
class SigningKey:
    """A private key and the name of whom it signs for: a log's origin, or a witness. Its text tells nothing of the key."""

    name: str
    private: Ed25519PrivateKey
    type: int = ED25519

    @classmethod
    def generate(cls, name: str, *, witness: bool = False) -> SigningKey:
        """A new key. Raises `ValueRefused` if nobody may have that name."""
        return cls._of(name, Ed25519PrivateKey.generate(), witness)

    @classmethod
    def from_bytes(cls, name: str, secret: bytes, *, witness: bool = False) -> SigningKey:
        """The key of 32 secret bytes."""
        return cls._of(name, Ed25519PrivateKey.from_private_bytes(secret), witness)

    @classmethod
    def _of(cls, name: str, private: Ed25519PrivateKey, witness: bool) -> SigningKey:
        if not is_key_name(name):
            raise ValueRefused(f"{name!r} cannot name a log or a witness; write something like screening.example/hq")
        return cls(name, private, COSIGNATURE if witness else ED25519)

    def __repr__(self) -> str:
        return f"SigningKey({self.key})"

    @property
    def secret(self) -> bytes:
        """The 32 bytes to be kept."""
        raw = serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
        return self.private.private_bytes(*raw)

    @property
    def key(self) -> Key:
        """What checks its signatures."""
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return Key(self.name, self.type, self.private.public_key().public_bytes(*raw))

    def _line(self, signature: bytes) -> bytes:
        return f"{DASH} {self.name} {base64.b64encode(self.key.id + signature).decode()}\n".encode()


def checkpoint_text(origin: str, size: int, root: bytes) -> bytes:
    """What is signed of a log of this size and root."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def sign_checkpoint(size: int, root: bytes, *keys: SigningKey) -> bytes:
    """The note that says how long the log is of which these are keys, and its root."""
    (origin,) = {key.name for key in keys}
    text = checkpoint_text(origin, size, root)
    return text + b"\n" + b"".join(key._line(key.private.sign(text)) for key in keys)


def cosign(note: bytes, witness: SigningKey, seconds: int) -> bytes:
    """The note with a witness's signature of this time (seconds since 1970) behind the others."""
    text = Checkpoint.parse(note, "a checkpoint").text
    signature = witness.private.sign(b"cosignature/v1\ntime %d\n" % seconds + text)
    return note + witness._line(seconds.to_bytes(8, "big") + signature)


__all__ = ["SigningKey", "checkpoint_text", "cosign", "sign_checkpoint"]
