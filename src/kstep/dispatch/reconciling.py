"""Holding what was sent against what the other side has: every night by asking its receiver, and by its own log when that
comes. Whatever is on one side alone, or differs, is a task with a day to settle it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, func, select

from kstep.dispatch.asked import EXPLAINED, IS_APART, IS_KNOWN
from kstep.dispatch.outbox import Outbox
from kstep.dispatch.projection import subject_of_recipient
from kstep.dispatch.recipients import find_recipient
from kstep.dispatch.tables import messages, receipts, unmatched
from kstep.ledger.service import INTERNAL, By, Unit
from kstep.ledger.verifier import sha256
from kstep.model import InputError, one_line
from kstep.model.events import MessagesReconciled, UnmatchedSettled

HOWS = ("sent again", "they have it", *EXPLAINED)
"""How an item is settled."""

_LARGEST = 256 << 20
_AT_ONCE = 500


@dataclass(frozen=True)
class Compared:
    """What came of holding both sides against each other."""

    matched: int
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]
    differs: tuple[str, ...]
    agreed: tuple[str, ...] = ()

    @property
    def unmatched(self) -> int:
        """How many items are not the same on both sides."""
        return len(self.only_here) + len(self.only_there) + len(self.differs)


@dataclass(frozen=True)
class Unmatched:
    """An item that one side has, or both differently; times in microseconds since 1970."""

    item: str
    recipient: str
    message: str
    what: str
    found: int
    due: int


class Reconciling:
    """Holds an outbox against other sides."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._ledger = outbox.ledger

    def with_log(
        self, recipient: str, path: Path, by: By, *, since: int | None = None, until: int | None = None
    ) -> Compared:
        """Hold everything that was sent to a recipient, and what never left and is late, against its own log: a CSV file with a
        column `message` (our id) or `reference` (its file number, as in its receipts), and perhaps `digest`. What was signed
        for (queued, if nobody signed) before one moment, or from another on, may be missing in it. Raises `InputError`.
        """
        if since is not None and until is not None and since >= until:
            raise InputError("ends before it begins", where="--until", mend="name a day that is not before --since")
        rows = _rows(path)
        with self._ledger.unit(by) as unit:
            find_recipient(unit.connection, recipient)
            ours = _sent(unit.connection, recipient) | _never_left(unit.connection, recipient, self._ledger.clock())
            of_reference = _references(unit.connection, recipient)
            there: dict[str, set[str]] = {}
            for message, reference, digest in rows:
                for name in [message] if message else _referred(reference, digest, of_reference, ours):
                    there.setdefault(name, set()).update({digest} - {""})
            expected = _between(unit.connection, recipient, since, until)
            found = _compare(unit.connection, recipient, ours, there, expected)
            self._record(unit, recipient, found, path.name)
        return found

    def with_receiver(
        self, recipient: str, differs: list[str], lacks: list[str], more: list[str], named: Collection[str], by: By
    ) -> Compared:
        """Record what a receiver answered about the messages that were named to it; what it has that was sent to it
        at any time is no difference.
        """
        apart = set(lacks) | set(differs)
        with self._ledger.unit(by) as unit:
            known = _known(unit.connection, recipient, more)
            agreed = _apart(unit.connection, recipient) & (set(named) - apart)
            found = Compared(
                len(set(named) - apart), tuple(sorted(lacks)), tuple(sorted(set(more) - known)),
                tuple(sorted(differs)), tuple(sorted(agreed)),
            )  # fmt: skip
            self._record(unit, recipient, found, "")
        return found

    def open(self) -> list[Unmatched]:
        """What is to be settled, by when it is due."""
        columns = [unmatched.c[name] for name in ("item", "recipient", "message", "what", "found", "due")]
        asked = select(*columns).where(unmatched.c.settled.is_(None)).order_by(unmatched.c.due, unmatched.c.item)
        with self._ledger.database.read() as connection:
            return [Unmatched(*line) for line in connection.execute(asked)]

    def settle(self, item: str, how: str, evidence: str, by: By) -> None:
        """Say what an unmatched item comes from. Raises `InputError`."""
        if how not in HOWS:
            raise InputError(
                f"{one_line(how, 40)!r} settles nothing", where="--how", mend=f"write one of: {', '.join(HOWS)}"
            )
        if not 0 < len(evidence.strip()) <= 300 or not evidence.isprintable():
            raise InputError("shows nothing, or too much", where="--evidence", mend="write up to 300 characters")
        with self._ledger.unit(by) as unit:
            this = (unmatched.c.item == item) & unmatched.c.settled.is_(None)
            name = unit.connection.execute(select(unmatched.c.recipient).where(this)).scalar()
            if name is None:
                raise InputError("is no open item", where=one_line(item, 100), mend="see kstep reconcile unmatched")
            fact = UnmatchedSettled(item=item, how=how, evidence=evidence.strip())
            unit.record(fact, subject=subject_of_recipient(name), marking=INTERNAL)

    def _record(self, unit: Unit, recipient: str, found: Compared, log: str) -> None:
        named = (("only here", found.only_here), ("only there", found.only_there), ("differs", found.differs))
        asked = select(unmatched.c.message, unmatched.c.what).where(unmatched.c.recipient == recipient, IS_KNOWN)
        before = {(line.message, line.what) for line in unit.connection.execute(asked)}
        new = {(message, what) for what, some in named for message in some} - before
        if not new and not found.agreed and not log:
            return  # nights on which nothing is new leave no event
        fact = MessagesReconciled(
            recipient=recipient, log=log, matched=found.matched, only_here=found.only_here, only_there=found.only_there,
            differs=found.differs, agreed=found.agreed, at=self._ledger.clock(),
        )  # fmt: skip
        unit.record(fact, subject=subject_of_recipient(recipient), marking=INTERNAL)


def when_signed() -> ColumnElement[int]:
    """When a message was first signed for, or was queued, if nobody signed."""
    signed = select(func.min(receipts.c.taken)).where(receipts.c.message == messages.c.message).scalar_subquery()
    return func.coalesce(signed, messages.c.queued)


def _compare(
    connection: Connection, recipient: str, ours: Mapping[str, str], there: Mapping[str, set[str]], expected: set[str]
) -> Compared:
    differs = {name for name, digests in there.items() if name in ours and digests - {ours[name]}}
    only_here, only_there = set(ours) & expected - set(there), set(there) - set(ours)
    same = set(ours) & set(there) - differs
    return Compared(
        len(same), tuple(sorted(only_here)), tuple(sorted(only_there)), tuple(sorted(differs)),
        tuple(sorted(_apart(connection, recipient) & same)),
    )  # fmt: skip


def _referred(
    reference: str, digest: str, of_reference: Mapping[str, Sequence[str]], ours: Mapping[str, str]
) -> Sequence[str]:
    """Which messages a row without an id is about: those under its file number, or the one of them with its hash."""
    names = of_reference.get(reference, [f"ref-{sha256(reference.encode()).hex()[:24]}"])
    return [name for name in names if ours.get(name) == digest] or names


def _sent(connection: Connection, recipient: str) -> dict[str, str]:
    """The hashes of what was sent to a recipient."""
    this = (messages.c.recipient == recipient) & (messages.c.sent >= 0)
    lines = connection.execute(select(messages.c.message, messages.c.digest).where(this))
    return {line.message: line.digest for line in lines}


def _never_left(connection: Connection, recipient: str, now: int) -> dict[str, str]:
    """The hashes of what was owed to a recipient by now and was never sent: reports that never left are found from the other
    side.
    """
    late = messages.c.finished.is_(None) & (messages.c.sent < 0) & (messages.c.due <= now)
    lines = connection.execute(
        select(messages.c.message, messages.c.digest).where(late, messages.c.recipient == recipient)
    )
    return {line.message: line.digest for line in lines}


def _known(connection: Connection, recipient: str, names: list[str]) -> set[str]:
    found: set[str] = set()
    for first in range(0, len(names), _AT_ONCE):
        this = messages.c.message.in_(names[first : first + _AT_ONCE]) & (messages.c.recipient == recipient)
        found |= set(connection.execute(select(messages.c.message).where(this)).scalars())
    return found


def _between(connection: Connection, recipient: str, since: int | None, until: int | None) -> set[str]:
    asked, moment = select(messages.c.message).where(messages.c.recipient == recipient), when_signed()
    if since is not None:
        asked = asked.where(moment >= since)
    if until is not None:
        asked = asked.where(moment < until)
    return set(connection.execute(asked).scalars())


def _references(connection: Connection, recipient: str) -> dict[str, list[str]]:
    """Our messages by the file numbers that the recipient gave them, several of which may be one."""
    asked = select(receipts.c.reference, receipts.c.message).join_from(
        receipts, messages, messages.c.message == receipts.c.message
    )
    this = (messages.c.recipient == recipient) & (receipts.c.reference != "")
    found: dict[str, list[str]] = {}
    for line in connection.execute(asked.where(this).distinct()):
        found.setdefault(line.reference, []).append(line.message)
    return found


def _apart(connection: Connection, recipient: str) -> set[str]:
    this = (unmatched.c.recipient == recipient) & IS_APART
    return set(connection.execute(select(unmatched.c.message).where(this)).scalars())


def _rows(path: Path) -> list[tuple[str, str, str]]:
    """Message, reference and hash of each row of a log."""
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError("is too large for a log", where=str(path), mend="split it")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else f"no UTF-8 at byte {error.start:,}"
        raise InputError(f"cannot be read ({why})", where=str(path), mend="give a CSV file in UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    rows = []
    try:
        if not {"message", "reference"} & set(reader.fieldnames or ()):
            raise InputError(
                "has neither a column message nor reference", where=f"{path}, line 1", mend="name the columns so"
            )
        for row in reader:
            message, reference, digest = ((row.get(name) or "").strip() for name in ("message", "reference", "digest"))
            if not (message or reference) or max(map(len, (message, reference, digest))) > 200:
                raise InputError("names no message", where=f"{path}, line {reader.line_num}", mend="correct the row")
            rows.append((message.lower(), reference, digest.lower()))
    except csv.Error as error:
        where, mend = f"{path}, line {reader.line_num + 1}", "correct the row, or the quotation marks before it"
        raise InputError(f"cannot be read as CSV ({error})", where=where, mend=mend) from None
    return rows


__all__ = ["HOWS", "Compared", "Reconciling", "Unmatched", "when_signed"]
