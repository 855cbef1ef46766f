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
            return cls.of(text, parsed(text))
        except Refused as refused:
            raise NotGenuine(f"the letter's payload: {refused}") from None

    @classmethod
    def of(cls, text: bytes, value: Any) -> Payload:
        """The same, of a text that is known to be the canonical one of a value."""
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
    return signed_by(signer, FORMAT, "payload", payload.text)


def open_letter(text: bytes, senders: Sequence[Key]) -> Payload:
    """The payload of a letter that one of these keys signed. Raises `NotGenuine`."""
    key, content, value = opened(text, FORMAT, "payload", senders)
    payload = Payload.of(content, value)
    if payload.value["sender"] != key.name:
        raise NotGenuine(
            f"the letter says that it is from {one_line(payload.value['sender'], 80)}, and {key.name} signed"
        )
    return payload


def signed_by(signer: SigningKey, purpose: str, member: str, text: bytes) -> bytes:
    """Canonical JSON of a value, whose canonical text this is, under a member, with key and signature. What is signed begins
    with a line that names its purpose.
    """
    signature = base64.b64encode(signer.private.sign(purpose.encode() + b"\n" + text)).decode()
    before, after = _around(str(signer.key), member, signature)
    return before + text + after


def opened(text: bytes, purpose: str, member: str, keys: Sequence[Key]) -> tuple[Key, bytes, Any]:
    """Who of these signed something for a purpose, its canonical bytes, and its value. Raises `NotGenuine`."""
    try:
        text = text.strip()
        value = parsed(text)
        if not isinstance(value, dict) or set(value) != {"key", member, "signature"}:
            raise Refused(f"not a signed {member}")
        key, signature = Key.parse(str(value["key"])), unbase64(str(value["signature"]))
        before, after = _around(str(value["key"]), member, str(value["signature"]))
    except Refused as refused:
        raise NotGenuine(f"the {member}: {refused}") from None
    if key not in keys or key.type != ED25519:
        raise NotGenuine(f"the {member} is signed by {one_line(str(key), 80)}, whose signature does not count here")
    content = text[len(before) : -len(after)]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, purpose.encode() + b"\n" + content)
    except (InvalidSignature, ValueError):
        raise NotGenuine(f"the {member}'s signature was not made by {key.name}") from None
    return key, content, value[member]


def _around(key: str, member: str, signature: str) -> tuple[bytes, bytes]:
    """What stands before and after a value in its canonical JSON with key and signature, between which its member sorts."""
    assert "key" < member < "signature"
    return canonical({"key": key})[:-1] + f',"{member}":'.encode(), b"," + canonical({"signature": signature})[1:]


__all__ = ["FORMAT", "LARGEST", "NotGenuine", "Payload", "is_id", "letter", "open_letter", "opened", "signed_by"]
