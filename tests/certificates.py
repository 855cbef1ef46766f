"""Certificates as two sides of a wire have them: an authority, and what it vouches for, all made in the test."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Papers:
    """A certificate, its key, and the authority that vouches for it, in files."""

    certificate: Path
    key: Path
    authority: Path


@dataclass(frozen=True)
class Authority:
    """Who vouches for certificates."""

    file: Path
    name: x509.Name
    private: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls, folder: Path, name: str = "authority") -> Authority:
        private, subject = ec.generate_private_key(ec.SECP256R1()), _name(name)
        built = _builder(subject, subject, private, ca=True).sign(private, hashes.SHA256())
        file = folder / f"{name}.pem"
        file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
        return cls(file, subject, private)

    def vouch(self, name: str) -> Papers:
        """A certificate for this machine."""
        private = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_name(name), self.name, private, ca=False).add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False
        )
        built = builder.sign(self.private, hashes.SHA256())
        file, key = (self.file.parent / f"{name}.{end}" for end in ("pem", "key"))
        file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
        pem, pkcs8, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        key.write_bytes(private.private_bytes(pem, pkcs8, plain))
        return Papers(file, key, self.file)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, private: ec.EllipticCurvePrivateKey, *, ca: bool
) -> x509.CertificateBuilder:
    today = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(private.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )  # fmt: skip


__all__ = ["HOST", "Authority", "Papers"]
