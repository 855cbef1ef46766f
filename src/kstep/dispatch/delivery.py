"""Delivering what is owed: whatever is due goes out, however long nobody looked, and is asked about until a receipt says
that it is done.

A channel that fails is tried again, later and later up to a limit, without a last time. When it is tried next is no
event: whoever forgets it tries at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, select, true

from kstep.dispatch.egress import Rule
from kstep.dispatch.envelope import Payload, letter
from kstep.dispatch.letters import written_payloads
from kstep.dispatch.nights import FOLLOWED
from kstep.dispatch.outbox import Outbox, stop, withdraw
from kstep.dispatch.projection import subject_of_recipient
from kstep.dispatch.receipts import CLOSED, STUCK, State
from kstep.dispatch.recipients import Recipient, find_recipient
from kstep.dispatch.replacing import replace_answer
from kstep.dispatch.tables import UNTRIED, messages, tried
from kstep.dispatch.transports import Answer, Letter, Transports, scheme
from kstep.ledger.service import INTERNAL, By
from kstep.ledger.signing import SigningKey
from kstep.ledger.verifier import sha256
from kstep.model import KstepError, one_line
from kstep.model.events import MessagesSent, MessagesTried
from kstep.store import StoreError

SECOND = 1_000_000
FIRST_WAIT, LONGEST_WAIT = 30 * SECOND, 3_600 * SECOND
"""Microseconds between two tries of a channel that fails: twice as many each time, up to the longest, for ever."""

ASK_EVERY = 300 * SECOND
"""Microseconds after which it is asked again what became of what was sent."""

AGAIN_EVERY = 24 * LONGEST_WAIT
"""Microseconds after which a letter goes again over a channel that answers nothing itself, while nothing is signed for it."""

AT_ONCE, ASKED_AT_ONCE = 200, 2_000
"""Letters sent in one go, and messages asked about."""


@dataclass
class Delivery:
    """Delivers what an outbox owes, signed with the node's key."""

    outbox: Outbox
    transports: Transports
    signer: SigningKey
    by: By

    def turn(self) -> list[str]:
        """Deliver what is due, ask what became of what was sent, and take receipts; returns what could not be done."""
        failed: list[str] = []
        with self.outbox.ledger.database.read() as connection:
            owed = _recipients_of(connection, _unsaid())
            done = _recipients_of(connection, _done_since(self.outbox.ledger.clock() - FOLLOWED))
        for recipient in owed:
            for rung, channel in enumerate(recipient.channels):
                failed += self._serve(recipient, rung, channel)
        for recipient in done:
            for rung, channel in enumerate(recipient.channels):
                failed += self._follow(recipient, rung, channel)
        return failed

    def _serve(self, recipient: Recipient, rung: int, channel: str) -> list[str]:
        """Send and ask on one channel, unless it failed too lately. Its first failure, whatever it is, ends it for this turn,
        and no other channel. Raises `StoreError`.
        """
        if recipient.verified is None:
            return [
                f"{recipient.recipient}: nothing leaves before its channels are verified; see kstep recipients verify"
            ]
        transport = self.transports.get(scheme(channel))
        if transport is None:
            mend = "say in kstep.toml, [dispatch], how it is reached"
            return [f"{recipient.recipient}: nothing here sends to {scheme(channel)}: channels; {mend}"]
        now = self.outbox.ledger.clock()
        with self.outbox.ledger.database.read() as connection:
            tries, next_time = _tried(connection, recipient.recipient, channel)
        waits = now < next_time <= now + LONGEST_WAIT  # further off, the clock went back
        if tries and waits:
            return []
        failed, fresh = list[str](), set[str]()
        asked = False
        try:
            for taken, refused in self._send(recipient, rung, channel, waits=waits):
                fresh |= taken
                failed += refused
            if not waits:
                failed += self._send_again(recipient, rung, channel, fresh)
                for names in self._asked(recipient, rung, now, _unsaid()):
                    failed += self._take(recipient, transport.ask(channel, names))
                    asked = True
                self._note(recipient, channel, 0, now + ASK_EVERY)
        except StoreError:
            raise
        except Exception as error:  # a defect in one answer keeps no other recipient waiting
            why = str(error) if isinstance(error, KstepError) else _defect(channel, error)
            tries = 0 if fresh or asked else tries  # a line that carries some is no dead one
            wait = min(FIRST_WAIT << min(tries, 20), LONGEST_WAIT)
            self._note(recipient, channel, tries + 1, now + wait, why)
            failed.append(f"{recipient.recipient}: {why}")
        return failed

    def _send(
        self, recipient: Recipient, rung: int, channel: str, *, waits: bool
    ) -> Iterator[tuple[set[str], list[str]]]:
        """Send what was not sent on a channel; yields, for each go, what was handed over and what could not be done. What was
        tried and not taken is tried again when the channel `waits` no more; on another than the first, when none was
        refused there lately.
        """
        now, last = self.outbox.ledger.clock(), 0
        anew = self._is_due(recipient, _refused(channel), now) if rung else not waits
        while True:
            some, last = self._unsent(recipient, rung, last, tried=anew)
            if not some:
                return
            if some := self._begin(recipient, some):
                failed = self._settle(recipient, rung, some, self.transports[scheme(channel)].send(channel, some))
                if failed and rung:
                    self._note(recipient, _refused(channel), 0, now + ASK_EVERY)
                yield {one.message for one in some}, failed

    def _send_again(self, recipient: Recipient, rung: int, channel: str, fresh: Collection[str]) -> list[str]:
        """Send again that for which nothing was signed, beside what was sent just now: each time over a channel that answers, and
        once a day over another.
        """
        transport, now, last = self.transports[scheme(channel)], self.outbox.ledger.clock(), 0
        if not transport.again and not self._is_due(recipient, _again(channel), now):
            return []
        failed: list[str] = []
        before = now if transport.again else now - AGAIN_EVERY
        while True:
            some, last = self._unsent(recipient, rung, last, again_before=before)
            if not some:
                return failed
            if some := [one for one in some if one.message not in fresh]:
                failed += self._settle(recipient, rung, some, transport.send(channel, some))
                if not transport.again:
                    self._note(recipient, _again(channel), 0, now + AGAIN_EVERY)

    def _follow(self, recipient: Recipient, rung: int, channel: str) -> list[str]:
        """Once a day, ask on one channel what became of what is done: the recipient's last word may be another. Nothing is owed:
        that a channel does not answer is told nobody. Raises `StoreError`.
        """
        transport, now, noted = self.transports.get(scheme(channel)), self.outbox.ledger.clock(), f"done {channel}"
        is_there = recipient.verified is not None and recipient.retired is None
        if transport is None or not is_there or not self._is_due(recipient, noted, now):
            return []
        failed, wait = list[str](), AGAIN_EVERY
        try:
            for names in self._asked(recipient, rung, now, _done_since(now - FOLLOWED)):
                failed += self._take(recipient, transport.ask(channel, names))
        except StoreError:
            raise
        except KstepError:
            wait = LONGEST_WAIT
        except Exception as error:
            failed.append(f"{recipient.recipient}: {_defect(channel, error)}")
        self._note(recipient, noted, 0, now + wait)
        return failed

    def _unsent(
        self, recipient: Recipient, rung: int, last: int, *, tried: bool = True, again_before: int | None = None
    ) -> tuple[list[Letter], int]:
        """The next letters for a channel, of messages queued after a moment, and the moment of the last: those that were not sent
        there, and perhaps not `tried`; or again those that were, if they were to leave before a moment, and for which nothing
        was signed. What may not leave is stopped, and what was erased withdrawn, on the way.
        """
        ledger, now = self.outbox.ledger, self.outbox.ledger.clock()
        again = again_before is not None
        untried = messages.c.sent == UNTRIED
        if again:
            old = (messages.c.queued <= again_before) | (messages.c.queued > now)  # the clock went back
            here = (messages.c.sent == rung) & (messages.c.said == "") & old & (messages.c.release <= again_before)
        else:
            here = (messages.c.sent < rung) & (true() if tried else untried)
        this = (messages.c.recipient == recipient.recipient) & (messages.c.rung >= rung) & here
        columns = (messages.c.message, messages.c.written, messages.c.queued)
        asked = select(*columns).where(_waiting(), this, messages.c.release <= now).order_by(messages.c.queued)
        while True:
            with ledger.database.read() as connection:
                lines = connection.execute(asked.where(messages.c.queued > last).limit(AT_ONCE)).all()
                payloads = written_payloads(ledger, connection, [line.written for line in lines])
                there = [payload for line in lines if (payload := payloads[line.written]) is not None]
                refused = self.outbox.refusals(connection, there, recipient)
            erased = [line.message for line in lines if payloads[line.written] is None]
            self._close(erased, [(payload, rule) for payload, rule in zip(there, refused, strict=True) if rule])
            kept = [payload for payload, rule in zip(there, refused, strict=True) if rule is None]
            last = lines[-1].queued if lines else last
            if kept or not lines:
                return [Letter(payload.id, letter(payload, self.signer), not again) for payload in kept], last

    def _close(self, erased: Sequence[str], stopped: Sequence[tuple[Payload, Rule]]) -> None:
        if not erased and not stopped:
            return
        with self.outbox.ledger.unit(self.by) as unit:
            for name in erased:
                withdraw(self.outbox, unit, name, "its text was erased")
            for payload, rule in stopped:
                if not replace_answer(self.outbox, unit, payload, rule):
                    stop(unit, payload, rule)

    def _begin(self, recipient: Recipient, letters: list[Letter]) -> list[Letter]:
        """Record which of these letters are handed over for the first time, before they are: whoever withdraws one from then on
        owes a retraction. Returns those that are still to be sent.
        """
        these = messages.c.message.in_([one.message for one in letters])
        untried = select(messages.c.message).where(these, messages.c.sent == UNTRIED)
        with self.outbox.ledger.database.read() as connection:
            if connection.execute(untried).first() is None:
                return letters
        with self.outbox.ledger.unit(self.by) as unit:
            new = tuple(unit.connection.execute(untried.where(_waiting()).order_by(messages.c.queued)).scalars())
            if new:
                fact = MessagesTried(recipient=recipient.recipient, messages=new)
                unit.record(fact, subject=subject_of_recipient(recipient.recipient), marking=INTERNAL)
            waiting = set(unit.connection.execute(select(messages.c.message).where(these, _waiting())).scalars())
        return [one for one in letters if one.message in waiting]

    def _settle(
        self, recipient: Recipient, rung: int, letters: Sequence[Letter], answers: Mapping[str, Answer]
    ) -> list[str]:
        """Record what was handed over and the receipts that came back at once; what was not taken waits for another turn."""
        sent = tuple(one.message for one in letters if (got := answers.get(one.message)) and not got.problem)
        failed = []
        for name in (one.message for one in letters if one.message not in set(sent)):
            answer = answers.get(name, Answer(problem="was not taken"))
            failed.append(f"{recipient.recipient}: message {name}: {one_line(answer.problem, 120)}")
        first = tuple(one.message for one in letters if one.first and one.message in set(sent))
        texts = [text for name in sent for text in answers[name].receipts]
        if first or texts:
            with self.outbox.ledger.unit(self.by) as unit:
                fact = MessagesSent(recipient=recipient.recipient, rung=rung, messages=first)
                if first:
                    unit.record(fact, subject=subject_of_recipient(recipient.recipient), marking=INTERNAL)
                failed += self.outbox.take(unit, recipient, texts).refused
        return failed

    def _asked(self, recipient: Recipient, rung: int, now: int, these: ColumnElement[bool]) -> Iterator[list[str]]:
        """Which of these were sent there, from one id on and round to it again: where asking is cut off early each time, another
        beginning, at each moment, leaves nothing out for good.
        """
        begin = sha256(str(now).encode()).hex()[:32]
        this = (messages.c.recipient == recipient.recipient) & (messages.c.sent >= rung)
        asked = select(messages.c.message).where(these, this).order_by(messages.c.message).limit(ASKED_AT_ONCE)
        for last, until in ((begin, "g"), ("", begin)):  # ids are hexadecimal
            while last < until:
                part = asked.where(messages.c.message > last, messages.c.message <= until)
                with self.outbox.ledger.database.read() as connection:
                    names = list(connection.execute(part).scalars())
                if not names:
                    break
                yield names
                last = names[-1]

    def _take(self, recipient: Recipient, answers: Mapping[str, Answer]) -> list[str]:
        texts = [text for _, answer in answers.items() for text in answer.receipts]
        failed = [
            f"message {name}: {one_line(answer.problem, 120)}" for name, answer in answers.items() if answer.problem
        ]
        if texts:
            with self.outbox.ledger.unit(self.by) as unit:
                failed += self.outbox.take(unit, recipient, texts).refused
        return failed

    def _is_due(self, recipient: Recipient, noted: str, now: int) -> bool:
        """Whether it is time for what is done on a channel once a day."""
        with self.outbox.ledger.database.read() as connection:
            _, next_time = _tried(connection, recipient.recipient, noted)
        return not now < next_time <= now + AGAIN_EVERY

    def _note(self, recipient: Recipient, channel: str, tries: int, next_time: int, failed: str = "") -> None:
        key = {"recipient": recipient.recipient, "channel": channel}
        with self.outbox.ledger.database.write() as connection:
            connection.execute(delete(tried).filter_by(**key))
            line = {**key, "tries": tries, "next": next_time, "failed": one_line(failed, 200)}
            connection.execute(insert(tried), [line])


def _waiting() -> ColumnElement[bool]:
    """Which messages are neither done nor stuck."""
    return messages.c.finished.is_(None) & messages.c.state.not_in(STUCK)


def _unsaid() -> ColumnElement[bool]:
    """Which messages are not done, and wait for a word of their recipient: the last, or another than that they are refused."""
    return messages.c.finished.is_(None) & (messages.c.state != State.STOPPED)


def _done_since(moment: int) -> ColumnElement[bool]:
    """Which messages their recipients said to be done, since a moment."""
    return (messages.c.finished >= moment) & messages.c.state.not_in(CLOSED)


def _recipients_of(connection: Connection, these: ColumnElement[bool]) -> list[Recipient]:
    asked = select(messages.c.recipient).where(these).distinct().order_by(messages.c.recipient)
    return [find_recipient(connection, name) for name in connection.execute(asked).scalars()]


def _defect(channel: str, error: Exception) -> str:
    return f"{channel}: a defect of kstep, {type(error).__name__}; please report it"


def _again(channel: str) -> str:
    """Under what it is noted when what was sent over a channel goes again."""
    return f"again {channel}"


def _refused(channel: str) -> str:
    """Under what it is noted that a channel, which is not the first, did not take a letter."""
    return f"refused {channel}"


def _tried(connection: Connection, recipient: str, channel: str) -> tuple[int, int]:
    this = (tried.c.recipient == recipient) & (tried.c.channel == channel)
    line = connection.execute(select(tried.c.tries, tried.c.next).where(this)).one_or_none()
    return (0, 0) if line is None else (line.tries, line.next)


__all__ = ["AGAIN_EVERY", "ASK_EVERY", "AT_ONCE", "FIRST_WAIT", "LONGEST_WAIT", "Delivery"]
