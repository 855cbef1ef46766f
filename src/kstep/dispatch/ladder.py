"""What is not done in time goes over the next channel, and the duty officers are told: each rung once, whatever the clock
does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from kstep.dispatch.outbox import Outbox
from kstep.dispatch.projection import subject_of_recipient
from kstep.dispatch.recipients import DUTY_OFFICER, find_recipient, with_role
from kstep.dispatch.tables import messages
from kstep.ledger.service import INTERNAL, JITTER, By, Unit
from kstep.model.events import MessagesEscalated
from kstep.model.ports import Telling

LATE = "late:"
"""How a duty begins to tell a duty officer that something is late: of those, no other duty officer is told."""

PURPOSE = "reporting"
_NAMED = 5
_AT_ONCE = 1_000


@dataclass
class Ladder:
    """Climbs for the messages of an outbox."""

    outbox: Outbox
    by: By

    def turn(self) -> int:
        """Climb for whatever is late now; returns for how many messages."""
        climbed = 0
        while some := self._late():
            recipient, rung = some[0].recipient, some[0].rung
            these = [line for line in some if (line.recipient, line.rung) == (recipient, rung)]
            with self.outbox.ledger.unit(self.by) as unit:
                self._climb(unit, recipient, rung + 1, these)
            climbed += len(these)
        return climbed

    def _late(self) -> Sequence[Any]:
        now = self.outbox.ledger.clock()
        columns = (messages.c.message, messages.c.recipient, messages.c.rung, messages.c.kind, messages.c.duty)
        late = (messages.c.rises <= now) | (messages.c.rises > now + messages.c.within + JITTER * 60)
        this = messages.c.finished.is_(None) & (messages.c.release <= now) & late
        asked = select(*columns).where(this).order_by(messages.c.recipient, messages.c.rung, messages.c.queued)
        with self.outbox.ledger.database.read() as connection:
            return connection.execute(asked.limit(_AT_ONCE)).all()

    def _climb(self, unit: Unit, name: str, rung: int, lines: Sequence[Any]) -> None:
        recipient = find_recipient(unit.connection, name)
        names, told = [line.message for line in lines if not line.duty.startswith(LATE)], list[str]()
        if names:
            more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
            what = f"Not done in time, by {name}, on rung {rung}: {', '.join(names[:_NAMED])}{more}."
            told = tell_officers(self.outbox, unit, what, f"{names[0]}/{rung}", besides=name)
        fact = MessagesEscalated(
            recipient=name, rung=rung, last=rung >= max(1, len(recipient.channels) - 1),
            messages=tuple(line.message for line in lines), told=tuple(told),
        )  # fmt: skip
        unit.record(fact, subject=subject_of_recipient(name), marking=INTERNAL)

    def unheard(self) -> list[str]:
        """That nobody is told of what is late, because no duty officer can be; nothing if somebody can, or nothing is late."""
        now = self.outbox.ledger.clock()
        late = messages.c.finished.is_(None) & (messages.c.due <= now) & messages.c.duty.not_like(f"{LATE}%")
        with self.outbox.ledger.database.read() as connection:
            count = connection.execute(select(func.count()).select_from(messages).where(late)).scalar_one()
            if not count or _officers(connection):
                return []
        return [
            f"{count:,} messages are late, and no duty officer who is verified can be told; see kstep recipients list"
        ]


def tell_officers(outbox: Outbox, unit: Unit, what: str, duty: str, *, besides: str = "") -> list[str]:
    """Have the duty officers told of something that was not done in time, each once; returns the messages."""
    body, told = {"people": [], "what": what, "happened": told_time(outbox.ledger.clock())}, []
    for officer in _officers(unit.connection):
        if officer != besides:
            telling = Telling(
                kind="notification",
                recipient=officer,
                body=body,
                marking=INTERNAL,
                purpose=PURPOSE,
                duty=f"{LATE}{duty}",
            )
            told.append(outbox.queue(unit, telling))
    return told


def _officers(connection: Connection) -> list[str]:
    """The duty officers who can be told."""
    found = with_role(connection, DUTY_OFFICER)
    return [one.recipient for one in found if one.verified is not None and PURPOSE in one.permitted]


def told_time(micros: int) -> str:
    """A moment as messages write it."""
    return datetime.fromtimestamp(micros // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


__all__ = ["LATE", "Ladder", "tell_officers", "told_time"]
