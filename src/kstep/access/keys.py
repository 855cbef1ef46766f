"""Personal keys: an Ed25519 key in a file that its owner alone may read (PKCS #8, PEM), by which somebody proves who it is.

A public key is written `ed25519:` and the base64 of its 32 bytes. The proof is a signature over a challenge that was never used
before, in the name of this node; so it is worth nothing at another time or place.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from kstep.model import InputError, one_line

PREFIX = "ed25519:"
CHALLENGE_BYTES = 32
_LARGEST = 10_000
"""Bytes of a key file: what is longer is none."""


@dataclass(frozen=True, repr=False)
class PersonalKey:
    """A private key. Its text tells nothing of it but the public one."""

    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"PersonalKey({self.public})"

    @classmethod
    def generate(cls) -> PersonalKey:
        """A new key."""
        return cls(Ed25519PrivateKey.generate())

    @property
    def public(self) -> str:
        """What checks its signatures."""
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return PREFIX + base64.b64encode(raw).decode()

    def answer(self, node: str, challenge: bytes) -> bytes:
        """The proof that who holds this key met a node's challenge."""
        return self.private.sign(_asked(node, challenge))

    def write(self, path: Path, password: str = "") -> None:
        """Write it into a new file that nobody else may read, behind a password if there is one. Raises `InputError`."""
        encryption = BestAvailableEncryption(_bytes(password)) if password else NoEncryption()
        text = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(text)
        except FileExistsError:
            mend = "choose another file; a key is never overwritten"
            raise InputError("is there already", where=str(path), mend=mend) from None
        except OSError as error:
            mend = "choose a folder that can be written to"
            raise InputError(f"cannot be written ({error.strerror})", where=str(path), mend=mend) from None

    @classmethod
    def read(cls, path: Path, password: str = "") -> PersonalKey:
        """The key in a file. Raises `InputError` if there is none, or if others may read it."""
        try:
            private = load_pem_private_key(_own_file(path), _bytes(password) or None)
        except TypeError:  # it has no password and one was given, or the other way round
            if password:
                return cls.read(path)
            mend = "set KSTEP_KEY_PASSWORD to its password"
            raise InputError("is a key behind a password", where=str(path), mend=mend) from None
        except (ValueError, UnsupportedAlgorithm):
            mend = "check KSTEP_KEY_PASSWORD, and that this is the file of your key" if password else (
                "name the file of your key, not of your public key; kstep account make-key makes one"
            )  # fmt: skip
            raise InputError("holds no key that can be read", where=str(path), mend=mend) from None
        if not isinstance(private, Ed25519PrivateKey):
            mend = "make one with kstep account make-key"
            raise InputError("is a key of another kind than Ed25519", where=str(path), mend=mend)
        return cls(private)


def checked_public(text: str) -> str:
    """This public key. Raises `InputError` if it is none."""
    try:
        raw = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        Ed25519PublicKey.from_public_bytes(raw)
        if PREFIX + base64.b64encode(raw).decode() == text:
            return text
    except (ValueError, binascii.Error):
        pass
    mend = f"write it like {PREFIX}AAAA…, as kstep account make-key printed it"
    raise InputError(f"{one_line(text, 60)!r} is no public key", where="--key", mend=mend)


def proves(public: str, node: str, challenge: bytes, answer: bytes) -> bool:
    """Whether an answer to a node's challenge was given by who holds the private key to this public one."""
    try:
        raw = base64.b64decode(public.removeprefix(PREFIX), validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(answer, _asked(node, challenge))
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes(password: str) -> bytes:
    return password.encode(errors="surrogateescape")  # as the environment had it


def _asked(node: str, challenge: bytes) -> bytes:
    return b"kstep/authentication/1\n" + node.encode() + b"\n" + challenge


def _own_file(path: Path) -> bytes:
    """What a file holds that belongs to who runs this, and that nobody else may read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would keep us waiting
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise InputError("is no file", where=str(path), mend="name the file of your key")
            if status.st_uid != os.geteuid():
                raise InputError("belongs to somebody else", where=str(path), mend="use a key of your own")
            if status.st_mode & 0o077:
                mend = f"chmod 600 {one_line(str(path), 100)}; if somebody has read it, have it replaced"
                raise InputError("can be read or written by others", where=str(path), mend=mend)
            return file.read(_LARGEST)
    except OSError as error:
        mend = "name the file of your key; kstep account make-key makes one"
        raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend=mend) from None


__all__ = ["CHALLENGE_BYTES", "PersonalKey", "checked_public", "proves"]
