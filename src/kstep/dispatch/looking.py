"""Looking at what is owed: lists of messages, what recipients signed, and what is late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, true

from kstep.dispatch.receipts import RANK, STUCK
from kstep.dispatch.recipients import STALE
from kstep.dispatch.requests import open_requests
from kstep.dispatch.tables import messages, receipts, recipients, silent, unmatched


def list_messages(
    connection: Connection,
    only: ColumnElement[bool],
    *,
    state: str | None = None,
    recipient: str | None = None,
    late_at: int | None = None,
    is_open: bool = False,
) -> Sequence[Any]:
    """Messages that somebody may see, the oldest first: of a state, to a recipient, late at a moment, or not done."""
    asked = select(messages).where(only).order_by(messages.c.queued)
    if state is not None:
        asked = asked.where(messages.c.state == state)
    if recipient is not None:
        asked = asked.where(messages.c.recipient == recipient)
    if late_at is not None:
        asked = asked.where(messages.c.finished.is_(None), messages.c.due <= late_at)
    if is_open:
        asked = asked.where(messages.c.finished.is_(None))
    return connection.execute(asked).all()


def receipts_of(connection: Connection, message: str) -> list[dict[str, Any]]:
    """What a message's recipient signed, in order."""
    lines = connection.execute(select(receipts).where(receipts.c.message == message)).mappings()
    return sorted(map(dict, lines), key=lambda line: (RANK[line["state"]], line["time"]))


def late_messages(connection: Connection, now: int) -> dict[str, int]:
    """What of this room should have been done at a moment, counted, with the command that names it."""
    stuck = messages.c.state.in_(STUCK)
    owed = messages.c.finished.is_(None)
    current = recipients.c.retired.is_(None)
    counted = {
        "messages were not acknowledged in time; see kstep messages list --late": (messages, owed & (messages.c.due <= now)),
        "messages were refused, or may not leave; see kstep messages list --open": (messages, owed & stuck),
        "messages are not the same on both sides; see kstep reconcile unmatched": (
            unmatched, unmatched.c.settled.is_(None) & (unmatched.c.due <= now),
        ),
        "receivers are not heard of; see kstep recipients list": (silent, true()),
        "addresses were not verified for 180 days; see kstep recipients list": (
            recipients, current & (func.coalesce(recipients.c.verified, 0) <= now - STALE),
        ),
    }  # fmt: skip
    found = {
        what: connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()
        for what, (table, where) in counted.items()
    }
    questions = [one for one in open_requests(connection) if one.late(now)]
    return {**found, "questions were not answered in time; see kstep requests list --late": len(questions)}


__all__ = ["late_messages", "list_messages", "receipts_of"]
