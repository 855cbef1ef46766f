"""A line to a server on this machine that fails as lines do: cut in the middle, either way, slow, or late. It sees bytes alone, so
TLS goes through it as through any other.
"""

from __future__ import annotations

import random
import select
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

from certificates import HOST

CUT_ASKING, CUT_BEFORE, CUT_ANSWERING = "cut in the request", "cut before the answer", "cut in the answer"
PIECES, DELAYED, LATE = "in pieces", "delayed", "brought after the client gave up"
FATES = CUT_ASKING, CUT_BEFORE, CUT_ANSWERING, PIECES, DELAYED, LATE

_DELAY = 0.05
_WHOLE = 1 << 16


@dataclass
class BadLine:
    """A line to a port. What befalls an exchange, the bytes of a client and those that answer them, is drawn from a bag, so that
    each fate has its share; what came of it is counted.
    """

    to: int
    chance: random.Random
    patience: float
    """Seconds that clients wait for an answer."""
    calm: bool = False
    did: Counter[str] = field(default_factory=Counter)
    _bag: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[int]:
        """The port on which it listens meanwhile."""
        with closing(socket.create_server((HOST, 0))) as listening:
            carrying: list[threading.Thread] = []
            accepting = threading.Thread(target=self._accept, args=(listening, carrying))
            accepting.start()
            try:
                yield int(listening.getsockname()[1])
            finally:
                self._over.set()
                for thread in (accepting, *carrying):
                    thread.join(30)

    def _accept(self, listening: socket.socket, carrying: list[threading.Thread]) -> None:
        while not self._over.is_set():
            if not select.select([listening], [], [], 0.02)[0]:
                continue
            client, _ = listening.accept()
            carrying.append(threading.Thread(target=self._carry, args=(client,)))
            carrying[-1].start()

    def _carry(self, client: socket.socket) -> None:
        with client, suppress(OSError), closing(socket.create_connection((HOST, self.to))) as server:
            for side in (client, server):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            fate, asking, exchanges = "", False, 0
            while not self._over.is_set():
                for side in select.select([client, server], [], [], 0.02)[0]:
                    data = side.recv(_WHOLE)
                    if not data:
                        return
                    if side is client and not asking:
                        fate = self._drawn() if exchanges else ""  # greetings pass
                        exchanges += 1
                    asking = side is client
                    if not self._pass(data, fate, server if asking else client, asking):
                        self._cut(client, server)
                        return

    def _pass(self, data: bytes, fate: str, to: socket.socket, asking: bool) -> bool:
        """Hand bytes on as their fate is; whether the line still holds."""
        if fate in ((CUT_ASKING,) if asking else (CUT_BEFORE, CUT_ANSWERING)):
            some = 0 if fate == CUT_BEFORE else self.chance.randrange(len(data))
            with suppress(OSError):
                to.sendall(data[:some])
            self._count(fate)
            return False
        if asking and fate == PIECES:
            while data:
                some = self.chance.randint(1, 600)
                to.sendall(data[:some])
                data = data[some:]
            self._count(fate)
        elif asking and fate in (DELAYED, LATE):
            time.sleep(_DELAY if fate == DELAYED else 2 * self.patience)
            self._count(fate)
        to.sendall(data)
        return True

    def _cut(self, *sides: socket.socket) -> None:
        """Close with a word or, as often, without one."""
        if self.chance.random() < 0.5:
            for side in sides:
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _drawn(self) -> str:
        with self._lock:
            if self.calm:
                return ""
            if not self._bag:
                self._bag = [*(fate for fate in FATES[:-1] for _ in range(4)), LATE, *[""] * 16]
                self.chance.shuffle(self._bag)
            return self._bag.pop()

    def _count(self, fate: str) -> None:
        with self._lock:
            self.did[fate] += 1


__all__ = ["CUT_ANSWERING", "CUT_ASKING", "CUT_BEFORE", "DELAYED", "FATES", "LATE", "PIECES", "BadLine"]
