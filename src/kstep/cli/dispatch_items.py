"""What the commands of messages share: the outbox of a home, a message as an item of the one policy, files of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import Acting
from kstep.model import InputError, one_line

if TYPE_CHECKING:
    from kstep.access.policy import Item
    from kstep.dispatch.outbox import Outbox

READ, SEND, DELIVER, MANAGE, PROTECT = (
    "messages.read", "messages.send", "messages.deliver", "recipients.manage", "protection.manage",
)  # fmt: skip
PURPOSE = "reporting"
LARGEST = 1 << 20
"""Bytes of a file of JSON."""

MessageId = Annotated[str, typer.Argument(metavar="ID", help="The message's id.", show_default=False)]


def outbox_of(now: Acting) -> Outbox:
    """The outbox of the home on which somebody acts."""
    from kstep.dispatch.outbox import Outbox

    return Outbox(now.ledger, now.home.origin)


def message_item(line: Any) -> Item:
    """A message as an item of the one policy."""
    from kstep.access.policy import Item
    from kstep.model.markings import Marking

    return Item(f"message:{line.message}", line.office, Marking.of_columns(line._mapping))


def required(now: Acting, action: str, message: str) -> Any:
    """The line of a message with which this may be done. Raises `AccessError`, and `InputError` if there is none."""
    from kstep.dispatch.outbox import find_message

    with now.home.database.read() as connection:
        line = find_message(connection, message)
    now.access.require(now.actor, action, message_item(line), now.purpose)
    return line


def read_lines(now: Acting, lines: Iterable[Any]) -> None:
    """Record that messages were looked at, of those that are marked."""
    now.access.read_marked(now.actor, READ, [message_item(line) for line in lines], now.purpose)


def read_json(path: Path) -> Any:
    """What a file of JSON holds. Raises `InputError`."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise InputError("is too large", where=str(path), mend=f"give less than {LARGEST:,} bytes")
        return json.loads(text)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend="check the path") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"is no JSON ({one_line(str(error), 80)})", where=str(path), mend="correct the file") from None


def read_bytes(path: Path) -> bytes:
    """The bytes of a small file. Raises `InputError`."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend="check the path") from None


__all__ = [
    "DELIVER", "MANAGE", "PROTECT", "PURPOSE", "READ", "SEND", "MessageId", "message_item", "outbox_of", "read_bytes", "read_json",
    "read_lines", "required",
]  # fmt: skip
