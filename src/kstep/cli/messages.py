"""`kstep messages`: what is owed to whom, and what became of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, AsJson, print_json, say
from kstep.cli.dispatch_items import (
    DELIVER,
    PURPOSE,
    READ,
    SEND,
    MessageId,
    item_of,
    outbox_of,
    read_bytes,
    read_json,
    read_lines,
    required,
    telling_of,
)
from kstep.cli.handing import To, handing_to
from kstep.cli.tables import show as show_table
from kstep.cli.tables import told_dates
from kstep.model import InputError, one_line

if TYPE_CHECKING:
    from kstep.app.handing import Handing
    from kstep.dispatch.envelope import Payload

app = typer.Typer(no_args_is_help=True, help="What somebody has to be told, and what became of it.")

Telling = Annotated[
    Path,
    typer.Argument(metavar="FILE", help='{"kind", "recipient", "marking", "body"}, as JSON.', show_default=False),
]


@app.callback()
def root() -> None:
    """What somebody has to be told, and what became of it."""


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option(metavar="STATE", help="Only in this state.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="NAME", help="Only to this recipient.")] = None,
    late: Annotated[bool, typer.Option("--late", help="Only what should be done already.")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Only what is not done.")] = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Messages and their states, the oldest first, without what they say."""
    from kstep.dispatch.looking import list_messages
    from kstep.dispatch.receipts import State

    if state is not None and state not in set(State):
        mend = f"say one of {', '.join(State)}"
        raise InputError(f"{one_line(state, 40)!r} is no state of a message", where="--state", mend=mend)
    with acting(home, as_, purpose, READ) as now:
        clock = now.ledger.clock()
        with now.home.database.read() as connection:
            only = now.actor.filter(READ, _columns())
            found = list_messages(
                connection, only, state=state, recipient=to, late_at=clock if late else None, is_open=open_
            )
        read_lines(now, found)
    shown = ("message", "kind", "recipient", "state", "queued", "due", "rung", "digest", "refers", "finished")
    rows: list[dict[str, Any]] = [{name: getattr(line, name) for name in shown} for line in found]
    for row in rows:
        row["late"] = row["finished"] is None and row["due"] <= clock
    if as_json:
        print_json(rows)
    else:
        dated = [
            {
                **row,
                **{name: told_dates(row[name]) for name in ("queued", "due")},
                "late": "LATE" if row["late"] else "",
            }
            for row in rows
        ]
        show_table(
            dated, ("message", "kind", "recipient", "state", "queued", "due", "late"), "there is no such message"
        )
    return ATTENTION if any(row["late"] for row in rows) else DONE


def _columns() -> Any:
    from kstep.dispatch.tables import messages

    return messages.c


@app.command()
def show(
    message: MessageId,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """What a message says, and what its recipient signed."""
    from kstep.dispatch.looking import receipts_of

    with acting(home, as_, purpose, READ) as now:
        line = required(now, READ, message)
        read_lines(now, [line])
        payload = _payload(now, line)
        with now.home.database.read() as connection:
            signed = receipts_of(connection, message)
    if as_json:
        print_json({**line._mapping, "payload": payload and payload.value, "receipts": signed})
        return DONE
    print(f"{line.kind} to {line.recipient}: {line.state}, by {told_dates(line.due)}\nhash {line.digest}")
    for one in signed:
        print(f"signed {one['state']} at {told_dates(one['time'])} {one['reason']} {one['reference']}".rstrip())
    print(
        one_line(json.dumps(payload.value["body"], ensure_ascii=False), 100_000)
        if payload
        else "what it said was erased"
    )
    return DONE


@app.command()
def send(file: Telling, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = PURPOSE) -> int:
    """Have somebody told: the message waits from now on, and leaves when the worker next looks. Prints its id."""
    telling = telling_of(read_json(file), purpose, file)
    with acting(home, as_, purpose, SEND) as now:
        now.access.require(now.actor, SEND, item_of(telling), purpose)
        outbox = outbox_of(now)
        message = outbox.tell(telling, now.by)
        return _told(now, message)


@app.command()
def supersede(
    message: MessageId, file: Telling, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = PURPOSE
) -> int:
    """Have another message take the place of one, such as a correction; prints the new one's id."""
    with acting(home, as_, purpose, SEND) as now:
        line = required(now, SEND, message)
        told = read_json(file)
        if isinstance(told, dict):
            told = {"recipient": line.recipient, **told}
        telling = telling_of(told, purpose, file)
        now.access.require(now.actor, SEND, item_of(telling), purpose)
        return _told(now, outbox_of(now).supersede(message, telling, now.by))


@app.command()
def withdraw(
    message: MessageId,
    ground: Annotated[str, typer.Option(metavar="TEXT", help="sent in error, no longer true, …", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Take a message back; if it was ever sent, a retraction follows it, whose id is printed."""
    with acting(home, as_, purpose, SEND) as now:
        required(now, SEND, message)
        retraction = outbox_of(now).withdraw(message, ground, now.by)
    print(retraction or "it had not left")
    return DONE


@app.command()
def receipt(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The receipt.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Take in a receipt that came as a file."""
    text = read_bytes(file)
    with acting(home, as_, purpose, DELIVER, node=True) as now, now.ledger.unit(now.by) as unit:
        taken = outbox_of(now).take_file(unit, text)
    print(f"{taken.message}: {taken.state}")
    return DONE


@app.command()
def schema(kind: Annotated[str, typer.Argument(metavar="KIND", help="A kind of message.", show_default=False)]) -> int:
    """The JSON Schema of what a kind of message says."""
    from kstep.dispatch.templates import schema as schema_of

    print_json(schema_of(kind))
    return DONE


@app.command()
def pdf(
    message: MessageId,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.", show_default=False)],
    to: To = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Write a message as a page for people."""
    from kstep.dispatch.paper import page
    from kstep.dispatch.templates import people_of

    with acting(home, as_, purpose, READ) as now:
        handing = handing_to(now, to, "internal")
        line = required(now, READ, message)
        read_lines(now, [line])
        payload = _payload(now, line)
        if payload is None:
            raise InputError("what it said was erased", where=message)
        if handing:
            _check_may_leave(now, handing, message, payload)
            handing.handed(f"message:{message}", 1, people_of(payload.value["body"]))
    out.write_bytes(page(payload))
    return DONE


def _check_may_leave(now: Acting, handing: Handing, message: str, payload: Payload) -> None:
    """Raise `InputError` unless a message may leave to whom its page is handed: one that would go home is none of this node."""
    with now.home.database.read() as connection:
        leaving = outbox_of(now).leaving(connection, payload)
    if not handing.page(f"message:{message}", leaving):
        raise InputError("is no message of this node", where=one_line(message, 60), mend="see kstep messages list")


def _payload(now: Any, line: Any) -> Any:
    from kstep.dispatch.letters import written_payloads

    with now.home.database.read() as connection:
        return written_payloads(now.ledger, connection, [line.written])[line.written]


def _told(now: Any, message: str) -> int:
    from kstep.dispatch.outbox import find_message
    from kstep.dispatch.receipts import State

    with now.home.database.read() as connection:
        line = find_message(connection, message)
    print(message)
    if line.state != State.STOPPED:
        return DONE
    say(f"there is nothing on record that may be told to {line.recipient} so; the message is stopped, and open here")
    return ATTENTION
