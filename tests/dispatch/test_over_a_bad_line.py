"""Letters to a real receiver over a line that is cut in the middle, either way, is slow, and brings requests after their sender
gave up: each message is acknowledged once in effect.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from bad_lines import FATES, BadLine
from certificates import HOST
from databases import Copies
from kstep.dispatch.https import Https
from kstep.dispatch.inbox import Inbox, letters
from kstep.dispatch.tables import messages, receipts
from kstep.dispatch.transports import Answer, Letter, NotDelivered
from messaging import HOUR, WE, Telegraph, telling
from receivers import acknowledge_all, an_inbox, both, https, receiving

STEPS, EACH = 60, 8
PATIENCE = 1.0
"""Seconds that the node waits for an answer while the line is bad."""


@dataclass
class Watched:
    """A way that sends some requests twice, and counts those of which the receiver took the letters and nobody heard it."""

    way: Https
    inbox: Inbox
    chance: random.Random
    again: bool = True
    did: Counter[str] = field(default_factory=Counter)

    def send(self, channel: str, some: Sequence[Letter]) -> Mapping[str, Answer]:
        before = self._there()
        try:
            got = self.way.send(channel, some)
            if self.chance.random() < 0.3:
                assert self.way.send(channel, some) == got, "a repeat gets the same receipts"
                self.did["sent twice"] += 1
        except NotDelivered:
            self.did["taken unheard"] += self._there() > before
            raise
        return got

    def ask(self, channel: str, names: Sequence[str]) -> Mapping[str, Answer]:
        return self.way.ask(channel, names)

    def _there(self) -> int:
        with self.inbox.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(letters)).scalar_one())


def test_each_message_is_acknowledged_once_over_a_line_that_fails(tmp_path: Path) -> None:
    node = Telegraph(Copies(tmp_path, None).open(), tmp_path).begin(people=0)
    theirs, ours = both(tmp_path)
    inbox = an_inbox(tmp_path, node.clock)
    owed: list[str] = []
    with receiving(inbox, theirs) as address:
        line = BadLine(int(address.rpartition(":")[2]), random.Random(5), PATIENCE)
        with line.running() as port:
            node.add(channels=[f"https://{HOST}:{port}"])
            with https(ours, PATIENCE) as way:
                node.ways["https"] = watched = Watched(way, inbox, random.Random(6))
                for step in range(STEPS):
                    with node.ledger.unit(WE) as unit:
                        duties = [telling(duty=f"duty:{step}:{number}") for number in range(EACH)]
                        owed += [node.outbox.queue(unit, duty) for duty in duties]
                    node.turn()
                    node.now += HOUR
                    acknowledge_all(inbox) if step % 4 == 3 else None
            line.calm = True
            with https(ours) as way:
                node.ways["https"] = way
                for _ in range(3):
                    node.turn()
                    node.now += HOUR
                    acknowledge_all(inbox)
        with node.database.read() as connection:
            known = {row.message: row for row in connection.execute(select(messages))}
            taken = Counter(row.message for row in connection.execute(select(receipts).filter_by(state="acknowledged")))
        assert known.keys() == set(owed) and len(owed) == STEPS * EACH
        assert {row.state for row in known.values()} == {"acknowledged"}
        assert taken == Counter(owed), "each once"
        assert {one["message"]: one["digest"] for one in inbox.all()} == {
            row.message: row.digest for row in known.values()
        }
    assert node.replays()
    print(dict(line.did | watched.did))
    assert set(line.did) == set(FATES), f"never happened: {set(FATES) - set(line.did)}"
    assert watched.did["taken unheard"] > 0 and watched.did["sent twice"] > 0
    node.database.close()
    inbox.database.close()
