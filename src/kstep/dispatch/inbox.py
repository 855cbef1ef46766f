"""A headquarters' inbox: letters kept under their ids, and what was signed for each. Nothing is signed for before it lies
on the disk.

It is a database of its own, which knows nothing of a node: a headquarters that runs it needs no register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Select, Table, Text, func, insert, select

from kstep.dispatch.envelope import NotGenuine, Payload, is_id, open_letter, opened, signed_by
from kstep.dispatch.receipts import RANK, Receipt, State
from kstep.dispatch.transports import Answer
from kstep.ledger.signing import SigningKey
from kstep.ledger.verifier import Key, canonical, parsed
from kstep.model import InputError, one_line
from kstep.store import Database
from kstep.store.metadata import Whole

HEARTBEAT = "kstep heartbeat 1"
QUESTION = "kstep question 1"
MOST_AT_ONCE = 10_000
"""Messages named in one question."""

_AT_ONCE = 500
_inbox = MetaData()

letters = Table(
    "inbox_letters",
    _inbox,
    Column("message", Text, primary_key=True),
    Column("sender", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("text", Text, nullable=False, comment="the payload"),
    Column("made", Whole, nullable=False, index=True),
    Column("arrived", Whole, nullable=False),
)
signed = Table(
    "inbox_receipts",
    _inbox,
    Column("message", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("text", Text, nullable=False),
)


@dataclass
class Inbox:
    """The inbox of a recipient whose key it has, for letters of these senders."""

    database: Database
    signer: SigningKey
    senders: Sequence[Key]
    clock: Callable[[], int]

    @classmethod
    def open(cls, path: Path, signer: SigningKey, senders: Sequence[Key], clock: Callable[[], int]) -> Inbox:
        """The inbox in a file, which is made if it is not there. Raises `StoreError`."""
        database = Database.open(f"sqlite:///{path.absolute()}")
        with database.write() as connection:
            _inbox.create_all(connection)
        return cls(database, signer, senders, clock)

    def take(self, texts: Iterable[bytes]) -> list[tuple[str, Answer]]:
        """Take letters in, and sign that they are received; of each its message, and what was signed so far, or what is
        wrong.
        """
        read: list[Payload | str] = []
        for text in texts:
            try:
                payload = open_letter(text, self.senders)
                if payload.value["recipient"] != self.signer.name:
                    raise NotGenuine(f"the letter is for {one_line(payload.value['recipient'], 80)}")
                read.append(payload)
            except NotGenuine as error:
                read.append(str(error))
        genuine = [payload for payload in read if isinstance(payload, Payload)]
        with self.database.write() as connection:
            wrong = self._keep(connection, genuine)
            receipts = _receipts(connection, [payload.id for payload in genuine])
        told = []
        for one in read:
            if isinstance(one, str):
                told.append(("", Answer(problem=one)))
            elif one.digest in wrong:
                told.append((one.id, Answer(problem="another text was received under this id")))
            else:
                told.append((one.id, Answer(receipts.get(one.id, ()))))
        return told

    def question(self, text: bytes, asks: str) -> tuple[str, dict[str, Any]]:
        """Which sender asks this, and what. Raises `NotGenuine` if none of those known signed it."""
        key, _, told = opened(text, QUESTION, "question", self.senders)
        if not isinstance(told, dict) or told.get("asks") != asks:
            raise NotGenuine("the question is another one")
        return key.name, told

    def receipts(self, messages: Sequence[str], sender: str | None = None) -> dict[str, Answer]:
        """What was signed for each of these messages, if a sender is named for its own alone."""
        with self.database.read() as connection:
            own = messages if sender is None else list(self._named(connection, messages, sender))
            found = _receipts(connection, own)
        return {message: Answer(found.get(message, ())) for message in messages}

    def sign(self, message: str, state: str, *, reason: str = "", reference: str = "") -> bytes:
        """Sign for a state of a message, and keep it; said again, it is the same receipt. Raises `InputError` if there is
        no such message, or more was signed for already, and `ValueRefused` if a receipt cannot say that.
        """
        with self.database.write() as connection:
            asked = select(letters.c.digest, letters.c.text).where(letters.c.message == message)
            line = connection.execute(asked).one_or_none()
            if line is None:
                raise InputError(
                    "no such message was received", where=one_line(message, 60), mend="see kstep receive list"
                )
            recipient = parsed(line.text.encode())["recipient"]
            if recipient != self.signer.name:
                raise InputError(
                    f"is for {one_line(recipient, 80)}", where=message, mend="sign with the key of that recipient"
                )
            asked = select(signed.c.state, signed.c.text).where(signed.c.message == message)
            before = {found.state: found.text for found in connection.execute(asked)}
            if state in before:
                return str(before[state]).encode()
            receipt = Receipt(message, line.digest, self.signer.name, state, self.clock(), reason, reference)
            highest = max(RANK[found] for found in before)
            if RANK[state] < highest:
                raise InputError(
                    f"was signed for as {', '.join(sorted(before))}", where=message, mend="say what comes after that"
                )
            text = receipt.signed(self.signer)
            connection.execute(insert(signed), [{"message": message, "state": state, "text": text.decode()}])
        return text

    def all(self) -> list[dict[str, Any]]:
        """All messages, the oldest first: each with its states, and without what it says."""
        columns = (letters.c.message, letters.c.sender, letters.c.digest, letters.c.made, letters.c.arrived)
        with self.database.read() as connection:
            states: dict[str, list[str]] = {}
            for message, state in connection.execute(select(signed.c.message, signed.c.state)):
                states.setdefault(message, []).append(state)
            found = connection.execute(select(*columns).order_by(letters.c.arrived, letters.c.message)).mappings()
            return [
                {**line, "states": sorted(states.get(line["message"], []), key=lambda s: (RANK[s], s))}
                for line in found
            ]

    def text(self, message: str) -> bytes:
        """What a message says: the canonical text of its payload. Raises `InputError`."""
        with self.database.read() as connection:
            found = connection.execute(select(letters.c.text).where(letters.c.message == message)).scalar()
        if found is None:
            raise InputError("no such message was received", where=one_line(message, 60), mend="see kstep receive list")
        return str(found).encode()

    def held(self, named: Mapping[str, str], sender: str, since: int, until: int) -> dict[str, list[str]]:
        """In what this recipient's letters differ from a sender's word: messages by hash that it names, and what it made
        between two moments.
        """
        names = sorted(named)
        with self.database.read() as connection:
            own = self._named(connection, names, sender)
            made = self._letters(sender).where(letters.c.made >= since, letters.c.made < until)
            there = {line.message for line in connection.execute(made)}
        differs = [name for name in names if name in own and own[name] != named[name]]
        return {"differs": differs, "lacks": sorted(set(names) - set(own)), "more": sorted(there - set(names))}

    def heartbeat(self, nonce: str) -> bytes:
        """A sign of life, over what was asked; it is read from the disk that it can be read."""
        with self.database.read() as connection:
            connection.execute(select(func.count()).select_from(letters)).scalar_one()
        value = {"format": HEARTBEAT, "nonce": nonce, "recipient": self.signer.name, "time": self.clock()}
        return signed_by(self.signer, HEARTBEAT, "life", canonical(value))

    def _letters(self, sender: str) -> Select[tuple[str, str]]:
        """This recipient's letters of a sender: their messages and hashes."""
        is_ours = func.json_extract(letters.c.text, "$.recipient") == self.signer.name
        return select(letters.c.message, letters.c.digest).where(letters.c.sender == sender, is_ours)

    def _named(self, connection: Connection, names: Sequence[str], sender: str) -> dict[str, str]:
        """The hashes of those of these messages that a sender sent this recipient."""
        found: dict[str, str] = {}
        for first in range(0, len(names), _AT_ONCE):
            some = self._letters(sender).where(letters.c.message.in_(names[first : first + _AT_ONCE]))
            found |= {line.message: line.digest for line in connection.execute(some)}
        return found

    def _keep(self, connection: Connection, payloads: Sequence[Payload]) -> set[str]:
        """Keep letters that are new, each with the receipt that it is received; returns the hashes of those whose id
        another has.
        """
        known: dict[str, str] = {}
        for first in range(0, len(payloads), _AT_ONCE):
            names = [payload.id for payload in payloads[first : first + _AT_ONCE]]
            asked = select(letters.c.message, letters.c.digest).where(letters.c.message.in_(names))
            known |= {line.message: line.digest for line in connection.execute(asked)}
        wrong, lines, texts = set(), [], []
        for payload in payloads:
            if payload.id in known:
                wrong |= {payload.digest} - {known[payload.id]}
                continue
            known[payload.id] = payload.digest
            now, told = self.clock(), payload.value
            line = {"message": payload.id, "sender": told["sender"], "digest": payload.digest, "made": told["made"]}
            lines.append({**line, "text": payload.text.decode(), "arrived": now})
            receipt = Receipt(payload.id, payload.digest, self.signer.name, State.RECEIVED, now).signed(self.signer)
            texts.append({"message": payload.id, "state": State.RECEIVED, "text": receipt.decode()})
        if lines:
            connection.execute(insert(letters), lines)
            connection.execute(insert(signed), texts)
        return wrong


def _receipts(connection: Connection, names: Sequence[str]) -> dict[str, tuple[bytes, ...]]:
    found: dict[str, list[tuple[int, str, bytes]]] = {}
    for first in range(0, len(names), _AT_ONCE):
        asked = select(signed).where(signed.c.message.in_(names[first : first + _AT_ONCE]))
        for line in connection.execute(asked):
            found.setdefault(line.message, []).append((RANK[line.state], line.state, line.text.encode()))
    return {name: tuple(text for _, _, text in sorted(texts)) for name, texts in found.items()}


def asked_ids(held: Any) -> list[str]:
    """The ids in a question. Raises `NotGenuine` if it names none, or too many."""
    if not isinstance(held, list) or len(held) > MOST_AT_ONCE or not all(map(is_id, held)):
        raise NotGenuine(f"the question names no list of up to {MOST_AT_ONCE:,} messages")
    return held


__all__ = ["HEARTBEAT", "MOST_AT_ONCE", "QUESTION", "Inbox", "asked_ids"]
