"""The letter in which a message travels: its payload in canonical bytes, and the sender's signature over them.
`docs/messages.md` says byte by byte what it is.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kstep.ledger.signing import SigningKey
from kstep.ledger.verifier import ED25519, Key, Refused, canonical, parsed, sha256, unbase64
from kstep.model import KstepError, ValueRefused, one_line
from kstep.model.markings import Marking

FORMAT = "kstep message 1"
LARGEST = 1 << 16
"""Bytes of a payload at most."""

MEMBERS = (
    "body", "format", "id", "kind", "made", "marking", "nonce", "purpose", "recipient", "refers", "sender", "template",
)  # fmt: skip
_HEX = frozenset("0123456789abcdef")


class NotGenuine(KstepError):
    """A letter or a receipt is not what it says it is."""


@dataclass(frozen=True)
class Payload:
    """What a message says, and its canonical text."""

    text: bytes
    value: dict[str, Any]

    @classmethod
    def make(cls, members: dict[str, Any]) -> Payload:
        """The payload of these members. Raises `ValueRefused` if it is too long, or holds what canonical JSON cannot."""
        value = {"format": FORMAT, **members}
        try:
            text = canonical(value)
        except Refused as refused:
            raise ValueRefused(f"the message cannot be written: {refused}") from None
        if len(text) > LARGEST:
            raise ValueRefused(f"the message is {len(text):,} bytes long; shorten it to {LARGEST:,}")
        return cls(text, value)

    @classmethod
    def read(cls, text: bytes) -> Payload:
        """The payload of a text. Raises `NotGenuine` if it is none."""
        try:
            value = parsed(text)
        except Refused as refused:
            raise NotGenuine(f"the letter's payload: {refused}") from None
        if not isinstance(value, dict) or tuple(sorted(value)) != MEMBERS or value["format"] != FORMAT:
            raise NotGenuine(f"the letter's payload is not of the format {FORMAT!r}")
        if not is_id(value["id"]) or not isinstance(value["made"], int) or len(text) > LARGEST:
            raise NotGenuine("the letter's payload has no id, no time, or is too long")
        if not all(isinstance(value[name], str) for name in ("kind", "marking", "purpose", "recipient", "sender")):
            raise NotGenuine("the letter's payload has a member that is no text")
        try:
            Marking.parse(value["marking"])
        except ValueRefused as refused:
            raise NotGenuine(str(refused)) from None
        return cls(text, value)

    @property
    def id(self) -> str:
        """The message's id."""
        return str(self.value["id"])

    @property
    def digest(self) -> str:
        """The message's hash, for which a recipient signs."""
        return sha256(self.text).hex()


def is_id(text: Any) -> bool:
    """Whether this can be the id of a message or a request."""
    return isinstance(text, str) and len(text) == 32 and _HEX.issuperset(text)


def letter(payload: Payload, signer: SigningKey) -> bytes:
    """The letter with this payload."""
    return signed_by(signer, FORMAT, "payload", payload.text, payload.value)


def open_letter(text: bytes, senders: Sequence[Key]) -> Payload:
    """The payload of a letter that one of these keys signed. Raises `NotGenuine`."""
    key, content = opened(text, FORMAT, "payload", senders)
    payload = Payload.read(content)
    if payload.value["sender"] != key.name:
        raise NotGenuine(
            f"the letter says that it is from {one_line(payload.value['sender'], 80)}, and {key.name} signed"
        )
    return payload


def signed_by(signer: SigningKey, purpose: str, member: str, text: bytes, value: Any) -> bytes:
    """Canonical JSON of a value under a member, with key and signature. What is signed begins with a line that names its
    purpose.
    """
    signature = signer.private.sign(purpose.encode() + b"\n" + text)
    return canonical({"key": str(signer.key), member: value, "signature": base64.b64encode(signature).decode()})


def opened(text: bytes, purpose: str, member: str, keys: Sequence[Key]) -> tuple[Key, bytes]:
    """Who of these signed something for a purpose, and its canonical bytes. Raises `NotGenuine`."""
    try:
        value = parsed(text.strip())
        if not isinstance(value, dict) or set(value) != {"key", member, "signature"}:
            raise Refused(f"not a signed {member}")
        key, content = Key.parse(str(value["key"])), canonical(value[member])
        signature = unbase64(str(value["signature"]))
    except Refused as refused:
        raise NotGenuine(f"the {member}: {refused}") from None
    if key not in keys or key.type != ED25519:
        raise NotGenuine(f"the {member} is signed by {one_line(str(key), 80)}, whose signature does not count here")
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, purpose.encode() + b"\n" + content)
    except (InvalidSignature, ValueError):
        raise NotGenuine(f"the {member}'s signature was not made by {key.name}") from None
    return key, content


__all__ = ["FORMAT", "LARGEST", "NotGenuine", "Payload", "is_id", "letter", "open_letter", "opened", "signed_by"]
