"""Fingerprints of code: what was computed is kept under the hash of the code that computed it, so old never passes for new."""

from __future__ import annotations

import hashlib
from importlib import resources


def code_hash(*packages: str) -> str:
    """A SHA-256 over the names and bytes of every module of the packages, without their subpackages."""
    digest = hashlib.sha256()
    for package in packages:
        modules = (file for file in resources.files(package).iterdir() if file.name.endswith(".py"))
        for file in sorted(modules, key=lambda file: file.name):
            digest.update(f"{package} {file.name}\n".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
