"""Whether a file is its issuer's, by what its source says proves that. What is not proven is held, never refused: a person may
know better.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kstep.editions.files import KeptFile
from kstep.editions.source import ListSource

BESIDE = {"sha256": ".sha256", "ed25519": ".sig"}
"""What ends the name of the file that stands beside a list's and proves it."""

LARGEST_PROOF = 1 << 16


def unproven(
    source: ListSource, folder: Path, files: Sequence[KeptFile], proofs: Mapping[str, bytes], *, over_tls: bool
) -> list[str]:
    """What is not proven of these files, in words; `proofs` are the bytes of what stood beside each, by the file's name."""
    if source.authenticity == "none":
        return []
    if source.authenticity == "tls":
        return [] if over_tls else ["did not come over TLS from its address"]
    told = []
    for file in files:
        if file.name not in proofs:
            told.append(f"{file.name}: nothing stands beside it that proves it ({BESIDE[source.authenticity]})")
        elif source.authenticity == "sha256" and not _has_digest(file, proofs[file.name]):
            told.append(f"{file.name}: has another digest than the file beside it says")
        elif source.authenticity == "ed25519" and not _is_signed(
            bytes.fromhex(source.key), (folder / file.name).read_bytes(), proofs[file.name]
        ):
            told.append(f"{file.name}: is not signed by the key of its source")
    return told


def proof_beside(source: ListSource, path: Path) -> bytes | None:
    """What stands beside a file to prove it; None if nothing does, or nothing that could."""
    beside = path.with_name(path.name + BESIDE[source.authenticity])
    try:
        with beside.open("rb") as file:
            return file.read(LARGEST_PROOF)
    except OSError:
        return None


def _has_digest(file: KeptFile, proof: bytes) -> bool:
    found = re.match(rb"\s*([0-9a-fA-F]{64})(?:\s|$)", proof)
    return found is not None and found.group(1).decode().lower() == file.sha256


def _is_signed(key: bytes, content: bytes, proof: bytes) -> bool:
    for signature in _signatures(proof):
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
        except (InvalidSignature, ValueError):
            continue
        return True
    return False


def _signatures(proof: bytes) -> list[bytes]:
    """What 64 bytes a proof may be: these themselves, or written in hexadecimal or base64."""
    found = [proof] if len(proof) == 64 else []
    text = proof.strip()
    for read in (binascii.unhexlify, lambda held: base64.b64decode(held, validate=True)):
        try:
            found.append(read(text))
        except ValueError:
            continue
    return [signature for signature in found if len(signature) == 64]


__all__ = ["BESIDE", "LARGEST_PROOF", "proof_beside", "unproven"]
