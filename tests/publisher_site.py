"""A publisher's web server on the loopback: real sockets, over TLS by a certificate of an authority of its own if asked."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Site:
    """What a server serves by path, which of it by an ETag, and what it was asked: paths, with the ETag that was shown."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    cut_off: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    authority: Path | None = None

    @property
    def trust(self) -> ssl.SSLContext:
        """Believes the site's own authority and no other."""
        return ssl.create_default_context(cafile=str(self.authority))


@contextmanager
def publisher_site(folder: Path | None = None) -> Iterator[Site]:
    """A site that serves until the block ends; over TLS if there is a folder for its certificates."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            etag = self.headers.get("If-None-Match", "")
            site.asked.append((self.path, etag))
            content = site.files.get(self.path)
            if self.path in site.statuses or content is None:
                self._answer(site.statuses.get(self.path, 404), b"no such thing")
            elif etag and etag == site.etags.get(self.path):
                self._answer(304, b"")
            else:
                self._answer(200, content)

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            if self.path in site.etags:
                self.send_header("ETag", site.etags[self.path])
            for name, value in site.headers.get(self.path, {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.path in site.cut_off:
                self.wfile.write(content[: len(content) // 2])
                self.close_connection = True
            elif status != 304:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if folder is not None:
        site.authority = _certificates(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    site.address = f"{'http' if folder is None else 'https'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _certificates(folder: Path) -> Path:
    """Write an authority's certificate, and one with its key that it issued to 127.0.0.1; returns the authority's file."""
    now = datetime.datetime.now(datetime.UTC)

    def certificate(
        name: str, issuer: str, public: ec.EllipticCurvePublicKey, key: ec.EllipticCurvePrivateKey
    ) -> x509.Certificate:
        built = x509.CertificateBuilder().subject_name(_named(name)).issuer_name(_named(issuer)).public_key(public)
        built = built.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        built = built.not_valid_after(now + datetime.timedelta(days=1))
        is_authority = name == issuer
        built = built.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        if is_authority:
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            built = built.add_extension(usage, critical=True)
        else:
            place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
            built = built.add_extension(place, critical=False)
        identifier = x509.SubjectKeyIdentifier.from_public_key(public)
        by = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        return (
            built.add_extension(identifier, critical=False).add_extension(by, critical=False).sign(key, hashes.SHA256())
        )

    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = certificate("authority", "authority", authority_key.public_key(), authority_key)
    server = certificate("server", "authority", server_key.public_key(), authority_key)
    pem, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret = server_key.private_bytes(pem, kind, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(secret + server.public_bytes(pem))
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    return folder / "authority.pem"


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
