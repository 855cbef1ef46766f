"""What the commands of messages share: the outbox of a home, a message as an item of the one policy, files of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import Acting
from kstep.cli.moments import length_in
from kstep.model import InputError, one_line

if TYPE_CHECKING:
    from kstep.access.policy import Item
    from kstep.app.correspondence import Correspondence
    from kstep.dispatch.outbox import Outbox
    from kstep.model.ports import Telling

READ, SEND, DELIVER, MANAGE, PROTECT = (
    "messages.read", "messages.send", "messages.deliver", "recipients.manage", "protection.manage",
)  # fmt: skip
PURPOSE = "reporting"
LARGEST = 1 << 20
"""Bytes of a file of JSON."""

HOLDS = ("kind", "recipient", "marking", "body", "office", "refers", "duty", "within", "action")
"""What a file says of a message; the first four it has to."""

MessageId = Annotated[str, typer.Argument(metavar="ID", help="The message's id.", show_default=False)]


def outbox_of(now: Acting) -> Outbox:
    """The outbox of the home on which somebody acts."""
    return correspondence_of(now).outbox


def correspondence_of(now: Acting) -> Correspondence:
    """Files and messages of the home on which somebody acts."""
    from kstep.app.correspondence import Correspondence

    return Correspondence(now.ledger, now.home.origin)


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


def item_of(telling: Telling) -> Item:
    """A message that is not written yet as an item of the one policy."""
    from kstep.access.policy import Item
    from kstep.model.markings import Marking

    return Item("messages:new", telling.office, Marking.parse(telling.marking))


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
        return json.loads(text.decode())
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend="check the path") from None
    except UnicodeDecodeError as error:
        raise InputError(f"is no UTF-8 at byte {error.start:,}", where=str(path), mend="save it as UTF-8") from None
    except json.JSONDecodeError as error:
        what = f"is no JSON at line {error.lineno:,}, column {error.colno:,}" if text.strip() else "is empty"
        raise InputError(what, where=str(path), mend="correct the file") from None
    except (ValueError, RecursionError):
        what = "is no JSON that can be read: it is nested too deep, or has a number that is too long"
        raise InputError(what, where=str(path), mend="correct the file") from None


def read_bytes(path: Path) -> bytes:
    """The bytes of a small file. Raises `InputError`."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend="check the path") from None


def _object(told: Any, file: Path) -> dict[str, Any]:
    if not isinstance(told, dict) or (unknown := sorted(set(told) - set(HOLDS))):
        what = f"does not know {one_line(unknown[0], 40)!r}" if isinstance(told, dict) else "is no JSON object"
        raise InputError(what, where=str(file), mend=f"give {', '.join(HOLDS)}")
    return told


def telling_of(told: Any, purpose: str, file: Path) -> Telling:
    """What somebody is to be told, as a file of JSON says it. Raises `InputError`."""
    from kstep.model.ports import Telling

    held = _object(told, file)
    if missing := [name for name in HOLDS[:4] if not held.get(name)]:
        raise InputError(f"lacks {missing[0]}", where=str(file), mend=f"give {', '.join(HOLDS[:4])}")
    if isinstance(within := held.get("within"), str):
        held = {**held, "within": length_in(within, f"{file}: within")}
    kinds: dict[str, type] = {"body": dict, "within": int, "action": bool}
    if wrong := [name for name in held if not isinstance(held[name], kinds.get(name, str))]:
        raise InputError(f"{wrong[0]} is of another type", where=str(file), mend="see docs/messages.md")
    return Telling(purpose=purpose, **held)


__all__ = [
    "DELIVER", "HOLDS", "MANAGE", "PROTECT", "PURPOSE", "READ", "SEND", "MessageId", "correspondence_of", "item_of", "message_item",
    "outbox_of", "read_bytes", "read_json", "read_lines", "required", "telling_of",
]  # fmt: skip
