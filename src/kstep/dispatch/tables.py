"""How messages are kept: what is owed to whom and what became of it. What a message says lies sealed in the log, and not
here.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, SmallInteger, Table, Text

from kstep.store import metadata
from kstep.store.metadata import Whole

recipients = Table(
    "dispatch_recipients",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("states", Text, nullable=False, comment="JSON, as the four that follow"),
    Column("channels", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("permitted", Text, nullable=False),
    Column("prohibited", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("highest", Text, nullable=False, comment="a marking"),
    Column("registered", Whole, nullable=False),
    Column("verified", Whole),
    Column("retired", Whole),
)
"""Who may be told anything: the registry of addresses."""

protected = Table(
    "dispatch_protected",
    metadata,
    Column("person", Whole, primary_key=True, autoincrement=False),
    Column("states", Text, nullable=False, comment="JSON: as known when it was recorded"),
    Column("since", Whole, nullable=False),
)
"""Whose data does not go home."""

messages = Table(
    "dispatch_messages",
    metadata,
    Column("message", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("written", Whole, nullable=False, comment="the event that holds its text"),
    Column("purpose", Text, nullable=False),
    Column("refers", Text, nullable=False),
    Column("duty", Text, nullable=False, index=True),
    Column("action", Boolean, nullable=False, comment="whether a decision of the recipient is owed"),
    Column("office", Text, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("categories", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("queued", Whole, nullable=False),
    Column("release", Whole, nullable=False, comment="before which it does not leave"),
    Column("within", Whole, nullable=False, comment="microseconds in which it is to be done"),
    Column("due", Whole, nullable=False, comment="by when"),
    Column("rung", SmallInteger, nullable=False, comment="which channel is tried"),
    Column("sent", SmallInteger, nullable=False, comment="the highest rung on which it was sent; -1 for none"),
    Column("rises", Whole, comment="when the next channel is tried; none if there is none"),
    Column("said", Text, nullable=False, comment="the last state that the recipient signed for"),
    Column("finished", Whole),
    Index("ix_dispatch_messages_open", "finished", "recipient", "queued"),
)
"""Every message that was ever owed."""

UNTRIED, TRIED = -1, -2
"""On which rung a message was sent that was never handed over, and one of which it is not known whether it was taken."""

about = Table(
    "dispatch_about",
    metadata,
    Column("message", Text, primary_key=True),
    Column("person", Whole, primary_key=True, autoincrement=False, index=True),
)
"""Whom a message is about."""

handed = Table(
    "dispatch_handed",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("person", Whole, primary_key=True, autoincrement=False, index=True),
    Column("item", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("handed", Whole, nullable=False, comment="the last time"),
)
"""Who was handed what of whom, otherwise than as a message."""

receipts = Table(
    "dispatch_receipts",
    metadata,
    Column("message", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("time", Whole, nullable=False, comment="as the recipient says"),
    Column("reason", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("taken", Whole, nullable=False),
)
"""What recipients signed."""

requests = Table(
    "dispatch_requests",
    metadata,
    Column("request", Text, primary_key=True),
    Column("recipient", Text, nullable=False, comment="who asks"),
    Column("written", Whole, nullable=False, comment="the event that holds what is asked"),
    Column("owners", Text, nullable=False, comment="JSON, in order"),
    Column("owner", Text, nullable=False),
    Column("step", SmallInteger, nullable=False),
    Column("arrived", Whole, nullable=False),
    Column("deadline", Whole, nullable=False),
    Column("release", Whole, nullable=False, comment="when an answer leaves"),
    Column("voice", Text, nullable=False, comment="desk and reference of a question by telephone; confirmed if empty"),
    Column("message", Text, index=True, comment="the answer"),
)
"""What others ask."""

unmatched = Table(
    "dispatch_unmatched",
    metadata,
    Column("item", Text, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("found", Whole, nullable=False),
    Column("due", Whole, nullable=False),
    Column("settled", Whole),
    Column("how", Text),
)
"""Messages of which the two sides know differently."""

silent = Table(
    "dispatch_silent",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("since", Whole, nullable=False),
)
"""Receivers that are not heard of."""

tried = Table(
    "dispatch_tried",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("tries", Whole, nullable=False, comment="in vain, one after the other"),
    Column("next", Whole, nullable=False),
    Column("failed", Text, nullable=False),
)
"""When a channel is used next. No event tells of it: lost, everything is tried at once."""

heard = Table(
    "dispatch_heard",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("heard", Whole, nullable=False),
    Column("asked", Whole, nullable=False),
    Column("compared", Whole, nullable=False, comment="when both sides were last held against each other"),
)
"""When a receiver was last heard of. No event tells of it, either."""

PROJECTED = (recipients, protected, messages, about, handed, receipts, requests, unmatched, silent)
"""What is computed from events alone."""

__all__ = [
    "PROJECTED", "TRIED", "UNTRIED", "about", "handed", "heard", "messages", "protected", "receipts", "recipients", "requests",
    "silent", "tried", "unmatched",
]  # fmt: skip
