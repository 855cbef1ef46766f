"""Why a certificate, its key, and those who vouch for the other side cannot be used."""

from __future__ import annotations

from pathlib import Path

from kstep.model import InputError


def unusable(certificate: Path, key: Path, authority: Path, mend: str) -> InputError:
    """The error that says which of the three cannot be read, or that they are not what they have to be."""
    for path in (certificate, key, authority):
        try:
            path.open("rb").close()
        except OSError as error:
            return InputError(f"cannot be read ({error.strerror})", where=str(path), mend=mend)
    what = f"cannot be used for TLS with the key {key} and the authority {authority}: all three have to be PEM, and the key its own"
    return InputError(what, where=str(certificate), mend=mend)


__all__ = ["unusable"]
