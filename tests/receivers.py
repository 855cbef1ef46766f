"""A real receiver on this machine, behind TLS with certificates on both sides, and a node's way to it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from certificates import HOST, Authority, Papers
from kstep.dispatch.https import Https
from kstep.dispatch.inbox import Inbox, letters, signed
from kstep.dispatch.receipts import Receipt
from kstep.dispatch.receiver import Listening, server
from kstep.ledger.signing import SigningKey
from messaging import HQ, SIGNER, key_of


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as held:
        held.bind((HOST, 0))
        return int(held.getsockname()[1])


def an_inbox(folder: Path, clock: Callable[[], int], name: str = HQ) -> Inbox:
    """The inbox of a recipient, in a folder."""
    return Inbox.open(folder / f"{name.replace('/', '-')}.db", key_of(name), [SIGNER.key], clock)


@contextmanager
def receiving(inbox: Inbox, papers: Papers, port: int = 0) -> Iterator[str]:
    """The address of a receiver that runs meanwhile."""
    port = port or free_port()
    running = server(inbox, Listening(HOST, port, papers.certificate, papers.key, papers.authority))
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        await running.serve()

    def hang_up() -> None:
        for connection in list(running.server_state.connections):
            connection.transport.abort()
        running.should_exit = True

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    while not running.started:
        assert thread.is_alive()
        thread.join(0.005)
    try:
        yield f"https://{HOST}:{port}"
    finally:
        loops[0].call_soon_threadsafe(hang_up)
        thread.join(30)


@contextmanager
def https(papers: Papers, patience: float = 10, signer: SigningKey = SIGNER) -> Iterator[Https]:
    """A way to receivers, of whoever signs."""
    way = Https(papers.certificate, papers.key, papers.authority, signer, patience)
    try:
        yield way
    finally:
        way.close()


def acknowledge_all(inbox: Inbox) -> None:
    """People at headquarters take up everything that is there, in one go."""
    with inbox.database.write() as connection:
        done = select(signed.c.message).where(signed.c.state == "acknowledged")
        asked = select(letters.c.message, letters.c.digest).where(letters.c.message.not_in(done))
        lines = connection.execute(asked).all()
        told = [Receipt(line.message, line.digest, inbox.signer.name, "acknowledged", inbox.clock()) for line in lines]
        rows = [{"message": one.message, "state": one.state, "text": one.signed(inbox.signer).decode()} for one in told]
        if rows:
            connection.execute(signed.insert(), rows)


def both(folder: Path) -> tuple[Papers, Papers]:
    """The papers of a receiver and of a node, for which one authority vouches."""
    authority = Authority.make(folder)
    return authority.vouch("receiver"), authority.vouch("node")


__all__ = ["acknowledge_all", "an_inbox", "both", "free_port", "https", "receiving"]
