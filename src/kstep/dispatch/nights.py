"""What is asked of every receiver without a message: whether it lives, and every night whether it has what it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from kstep.dispatch.https import Https
from kstep.dispatch.outbox import Outbox
from kstep.dispatch.projection import subject_of_recipient
from kstep.dispatch.receipts import State
from kstep.dispatch.recipients import Recipient, all_recipients
from kstep.dispatch.reconciling import Reconciling, when_signed
from kstep.dispatch.tables import heard, messages, silent, unmatched
from kstep.dispatch.transports import NotDelivered
from kstep.ledger.service import INTERNAL, By, Unit
from kstep.model.events import HeartbeatMissed, HeartbeatReturned

SECOND = 1_000_000
HOUR, DAY = 3_600 * SECOND, 24 * 3_600 * SECOND
ASK_EVERY = HOUR // 4
SILENT_AFTER = 2 * HOUR
"""Microseconds without a heartbeat after which a receiver has fallen silent."""

BACK = 3 * DAY
"""Microseconds of messages that are compared each night at least."""

FOLLOWED = 30 * DAY
"""Microseconds for which it is asked what became of what was acknowledged."""

_AT_ONCE = 5_000


@dataclass
class Nights:
    """The receivers of a node that are reached over HTTPS."""

    outbox: Outbox
    https: Https
    by: By

    def turn(self) -> list[str]:
        """Ask for heartbeats and compare what is due; returns what is wrong."""
        failed: list[str] = []
        with self.outbox.ledger.database.read() as connection:
            known = [one for one in all_recipients(connection) if one.retired is None and one.verified is not None]
        for recipient in known:
            if channel := next((held for held in recipient.channels if held.startswith("https:")), ""):
                failed += self._beat(recipient, channel) or self._compare(recipient, channel)
        return failed

    def _beat(self, recipient: Recipient, channel: str) -> list[str]:
        """Hear of a receiver, or say that it is silent."""
        now, name = self.outbox.ledger.clock(), recipient.recipient
        with self.outbox.ledger.database.read() as connection:
            line = _heard(connection, name, now)
            was_silent = (
                connection.execute(select(silent.c.recipient).where(silent.c.recipient == name)).first() is not None
            )
        if line["asked"] <= now < line["asked"] + ASK_EVERY and line["asked"]:
            return [f"{name}: has not been heard of"] if was_silent else []
        reason = ""
        try:
            self.https.heartbeat(channel, recipient)
            line["heard"] = now
        except NotDelivered as error:
            reason = str(error)
        with self.outbox.ledger.unit(self.by) as unit:
            connection = unit.connection
            connection.execute(delete(heard).where(heard.c.recipient == name))
            connection.execute(insert(heard), [{**line, "asked": now}])
            if reason and now - line["heard"] >= SILENT_AFTER and not was_silent:
                self._say(unit, recipient, HeartbeatMissed(recipient=name, since=line["heard"]))
            elif not reason and was_silent:
                self._say(unit, recipient, HeartbeatReturned(recipient=name))
        late = now - line["heard"] >= SILENT_AFTER
        return [f"{name}: has not been heard of; {reason}"] if reason and late else []

    def _say(self, unit: Unit, recipient: Recipient, fact: HeartbeatMissed | HeartbeatReturned) -> None:
        unit.record(fact, subject=subject_of_recipient(recipient.recipient), marking=INTERNAL)

    def _compare(self, recipient: Recipient, channel: str) -> list[str]:
        """Once a day, hold the last days' messages, and all since the last time, against what the receiver has, and ask
        what became of them.
        """
        now, name, ledger = self.outbox.ledger.clock(), recipient.recipient, self.outbox.ledger
        with ledger.database.read() as connection:
            line = _heard(connection, name, now)
            if line["compared"] <= now < line["compared"] + DAY:
                return []
            since = min(line["compared"] - HOUR, now - BACK)
            named = _to_compare(connection, name, since, now)
            followed = _followed(connection, name, now - FOLLOWED)
        try:
            told = self.https.held(channel, named, name, since, now - 2 * HOUR)
            for first in range(0, len(followed), _AT_ONCE):
                answers = self.https.ask(channel, followed[first : first + _AT_ONCE])
                with ledger.unit(self.by) as unit:
                    self.outbox.take(unit, recipient, [text for answer in answers.values() for text in answer.receipts])
        except NotDelivered as error:
            return [f"{name}: could not be compared; {error}"]
        found = Reconciling(self.outbox).with_receiver(
            name, told["differs"], told["lacks"], told["more"], named, self.by
        )
        with ledger.database.write() as connection:
            connection.execute(delete(heard).where(heard.c.recipient == name))
            connection.execute(insert(heard), [{**line, "compared": now}])
        return [f"{name}: {found.unmatched:,} messages are not the same on both sides"] if found.unmatched else []


def _heard(connection: Connection, name: str, now: int) -> dict[str, Any]:
    """When a receiver was heard of, asked and compared; heard of now, if by a clock that was ahead."""
    line = connection.execute(select(heard).where(heard.c.recipient == name)).mappings().one_or_none()
    if line is None:
        return {"recipient": name, "heard": now, "asked": 0, "compared": now}
    return {**line, "heard": min(line["heard"], now)}


def _to_compare(connection: Connection, name: str, since: int, now: int) -> dict[str, str]:
    """The hashes of what was sent and first signed for (queued, if nobody signed) since a moment and an hour ago or before, or
    by a clock that was ahead; and of what is to be settled.
    """
    moment = when_signed()
    this = (messages.c.recipient == name) & (messages.c.sent >= 0)
    when = (moment >= since) & ((moment < now - HOUR) | (moment > now))
    open_ = select(unmatched.c.message).where(unmatched.c.recipient == name, unmatched.c.settled.is_(None))
    asked = select(messages.c.message, messages.c.digest).where(this, when | messages.c.message.in_(open_))
    return {line.message: line.digest for line in connection.execute(asked)}


def _followed(connection: Connection, name: str, since: int) -> list[str]:
    """What was acknowledged, and of which it is not yet known what came of it."""
    this = (messages.c.recipient == name) & (messages.c.said == State.ACKNOWLEDGED) & (messages.c.queued >= since)
    return list(connection.execute(select(messages.c.message).where(this).order_by(messages.c.message)).scalars())


__all__ = ["FOLLOWED", "SILENT_AFTER", "Nights"]
