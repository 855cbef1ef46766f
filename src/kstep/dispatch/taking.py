"""Taking receipts in: each is checked against the registry and the message's hash before anything is believed of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from kstep.dispatch.envelope import NotGenuine
from kstep.dispatch.projection import subject_of_recipient
from kstep.dispatch.receipts import Receipt, message_of
from kstep.dispatch.recipients import Recipient, find_recipient
from kstep.dispatch.tables import messages, receipts
from kstep.ledger.service import INTERNAL, Unit
from kstep.model import InputError, one_line
from kstep.model.events import ReceiptsTaken

_AT_ONCE = 500


@dataclass
class Taken:
    """What came of receipts: those that are new, how many were known before, and why others are refused."""

    new: list[Receipt] = field(default_factory=list)
    known: int = 0
    refused: list[str] = field(default_factory=list)


def take(unit: Unit, recipient: Recipient, texts: Iterable[bytes]) -> Taken:
    """Take receipts of a recipient; what is replayed changes nothing, what is forged or foreign is refused and told."""
    taken, signers = Taken(), recipient.signers
    read: list[tuple[Receipt, bytes]] = []
    for text in texts:
        try:
            read.append((Receipt.read(text, signers), text))
        except NotGenuine as error:
            taken.refused.append(str(error))
    digests, before = _known(unit.connection, recipient, [receipt.message for receipt, _ in read])
    fresh: list[str] = []
    for receipt, text in read:
        if digests.get(receipt.message) != receipt.digest:
            what = "another text than we sent" if receipt.message in digests else "a message that it was not sent"
            taken.refused.append(f"{recipient.recipient} signed for {what}: {receipt.message}")
        elif (receipt.message, receipt.state) in before:
            taken.known += 1
        else:
            before.add((receipt.message, receipt.state))
            taken.new.append(receipt)
            fresh.append(text.strip().decode())
    if fresh:
        fact = ReceiptsTaken(recipient=recipient.recipient, receipts=tuple(fresh))
        unit.record(fact, subject=subject_of_recipient(recipient.recipient), marking=INTERNAL)
    return taken


Taking = Callable[[Unit, Recipient, Iterable[bytes]], Taken]
"""How receipts are taken."""


def take_file(unit: Unit, text: bytes, taking: Taking = take) -> Receipt:
    """Take a receipt that came by another way, as others are taken. Raises `InputError` if nothing is to be believed of it."""
    try:
        name = message_of(text)
    except NotGenuine as error:
        raise InputError(str(error), mend="give the file as it came") from None
    asked = select(messages.c.recipient).where(messages.c.message == name)
    found = unit.connection.execute(asked).scalar()
    if found is None:
        raise InputError("the receipt is for a message that this node never sent", where=one_line(name, 60))
    recipient = find_recipient(unit.connection, found)
    taken = taking(unit, recipient, [text])
    if taken.refused:
        raise InputError(taken.refused[0], mend="ask the recipient, over a channel that was verified")
    return taken.new[0] if taken.new else Receipt.read(text, recipient.signers)


def _known(
    connection: Connection, recipient: Recipient, names: Sequence[str]
) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """The hashes of those of these messages that were the recipient's, and the receipts that were taken for them."""
    digests: dict[str, str] = {}
    before: set[tuple[str, str]] = set()
    for first in range(0, len(names), _AT_ONCE):
        some = names[first : first + _AT_ONCE]
        this = messages.c.message.in_(some) & (messages.c.recipient == recipient.recipient)
        asked = select(messages.c.message, messages.c.digest).where(this)
        digests |= {line.message: line.digest for line in connection.execute(asked)}
        taken = select(receipts.c.message, receipts.c.state).where(receipts.c.message.in_(some))
        before |= {(message, state) for message, state in connection.execute(taken)}
    return digests, before


__all__ = ["Taken", "take", "take_file"]
