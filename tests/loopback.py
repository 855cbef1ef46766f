"""Servers on this machine that take checkpoints: one for mail over TLS, and a witness that checks what it cosigns."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kstep.ledger.signing import SigningKey, cosign
from kstep.ledger.verifier import Checkpoint, Key, Refused, check_consistency, unbase64

HOST = "127.0.0.1"


class Certificate(NamedTuple):
    """A certificate of this machine that vouches for itself, and its key, in files."""

    file: Path
    key: Path

    @property
    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def certificate(folder: Path, address: str = HOST) -> Certificate:
    """A new certificate for an address."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    today = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key()).serial_number(7)
        .not_valid_before(today - datetime.timedelta(days=1)).not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )  # fmt: skip
    file, key = folder / "certificate.pem", folder / "certificate.key"
    file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    pem, pkcs8, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key.write_bytes(private.private_bytes(pem, pkcs8, plain))
    return Certificate(file, key)


@dataclass
class MailServer:
    """What came in by mail, and how the server behaves."""

    tls: Certificate
    starttls: bool = True
    refuse: str = ""
    """A recipient who is not taken."""
    received: list[bytes] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    in_clear: list[bytes] = field(default_factory=list)
    """What was said before TLS."""
    port: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure = not self.starttls

        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        try:
            await say("220 loopback")
            while line := await reader.readline():
                if not secure:
                    self.in_clear.append(line)
                word = line.split()[0].upper() if line.split() else b""
                if word == b"EHLO":
                    await say("250-loopback")
                    await say("250 AUTH PLAIN" if secure else "250 STARTTLS")
                elif word == b"STARTTLS":
                    await say("220 go on")
                    await writer.start_tls(self.tls.context)
                    secure = True
                elif word == b"AUTH":
                    self.logins.append(line.split()[2].decode())
                    await say("235 welcome")
                elif word == b"RCPT" and self.refuse and self.refuse.encode() in line:
                    await say("550 nobody here")
                elif word == b"DATA":
                    await say("354 go on")
                    self.received.append(await reader.readuntil(b"\r\n.\r\n"))
                    await say("250 taken")
                elif word == b"QUIT":
                    await say("221 bye")
                    break
                else:
                    await say("250 yes")
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    @contextmanager
    def running(self) -> Iterator[MailServer]:
        loop = asyncio.new_event_loop()
        ready = threading.Event()

        async def serve() -> None:
            context = None if self.starttls else self.tls.context
            server = await asyncio.start_server(self.talk, HOST, 0, ssl=context)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            self._stop = asyncio.Event()
            await self._stop.wait()
            server.close()
            await server.wait_closed()

        loop.set_exception_handler(lambda *_: None)  # a client that refuses our certificate is what some tests want

        def run() -> None:  # in a thread of its own to the end: a browser's loop may be running in this one
            loop.run_until_complete(serve())
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

        thread = threading.Thread(target=run)
        thread.start()
        assert ready.wait(30)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(self._stop.set)
            thread.join()


@dataclass
class WitnessServer:
    """A witness as C2SP's tlog-witness says, of the logs whose keys it was told."""

    signer: SigningKey
    keys: dict[str, Key]
    time: int = 1_770_000_000
    seen: dict[str, Checkpoint] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    """What it answers instead, one after the other."""
    url: str = ""

    def answer(self, body: bytes) -> tuple[int, bytes]:
        self.asked.append(body)
        if self.answers:
            return self.answers.pop(0)
        head, _, note = body.partition(b"\n\n")
        old, *proof = head.decode().split("\n")
        try:
            checkpoint = Checkpoint.parse(note, "asked")
            size = int(old.removeprefix("old "))
            if checkpoint.origin not in self.keys:
                return 404, b"unknown\n"
            if not checkpoint.signed_by(self.keys[checkpoint.origin]):
                return 403, b"not signed\n"
        except (Refused, ValueError):
            return 400, b"what?\n"
        before = self.seen.get(checkpoint.origin)
        if size > checkpoint.size:
            return 400, b"backwards\n"
        if size != (before.size if before else 0):
            return 409, b"%d\n" % (before.size if before else 0)
        if before and size == checkpoint.size and before.root != checkpoint.root:
            return 409, b"%d\n" % size
        try:
            hashes = [unbase64(line) for line in proof]
            if before:
                check_consistency(size, before.root, checkpoint.size, checkpoint.root, hashes)
            elif hashes:
                raise Refused("a proof from nothing")
        except Refused as refused:
            return 422, f"{refused}\n".encode()
        self.seen[checkpoint.origin] = checkpoint
        return 200, cosign(note, self.signer, self.time)[len(note) :]

    @contextmanager
    def running(self, tls: Certificate | None = None) -> Iterator[WitnessServer]:
        witness = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                known = self.path == "/w/add-checkpoint"
                status, answer = witness.answer(body) if known else (404, b"")
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", answer.decode())
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                pass  # a client that refuses our certificate is what some tests want

        with Server((HOST, 0), Handler) as server:
            if tls:
                server.socket = tls.context.wrap_socket(server.socket, server_side=True)
            self.url = f"http{'s' if tls else ''}://{HOST}:{server.server_address[1]}/w"
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()
