"""`kstep requests`: what others ask, who sees to it, and by when."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, AsJson, print_json
from kstep.cli.dispatch_items import PURPOSE, READ, SEND, outbox_of, read_json
from kstep.cli.moments import moment_in
from kstep.cli.tables import show as show_table
from kstep.cli.tables import told_dates
from kstep.model import one_line

app = typer.Typer(no_args_is_help=True, help="What others ask, who sees to it, and by when.")

RequestId = Annotated[str, typer.Argument(metavar="REQUEST", help="The question's id.", show_default=False)]


@app.callback()
def root() -> None:
    """What others ask, who sees to it, and by when."""


@app.command("list")
def list_(
    late: Annotated[bool, typer.Option("--late", help="Only what should be answered already.")] = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Questions whose answers are not acknowledged, by deadline, without what they ask."""
    with acting(home, as_, purpose, READ, node=True) as now:
        clock = now.ledger.clock()
        found = [one for one in _requests(now).open() if one.late(clock) or not late]
    rows = [{**asdict(one), "late": one.late(clock)} for one in found]
    if as_json:
        print_json(rows)
    else:
        dated = [{**row, "deadline": told_dates(int(row["deadline"] or 0))} for row in rows]
        columns = ("request", "recipient", "owner", "deadline", "state", "voice", "late")
        show_table(dated, columns, "no question is open")
    return ATTENTION if any(row["late"] for row in rows) else DONE


@app.command()
def show(request: RequestId, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = PURPOSE) -> int:
    """What a question asks; that it was read is recorded."""
    from kstep.access.policy import Item
    from kstep.dispatch.requests import MARKING
    from kstep.model.markings import Marking

    with acting(home, as_, purpose, READ, node=True) as now:
        item = Item(f"request:{request}", marking=Marking.parse(MARKING))
        now.access.read_marked(now.actor, READ, [item], purpose)
        print(one_line(_requests(now).asks(request), 10_000))
    return DONE


@app.command()
def take(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help='{"from", "asks", "deadline"}, as JSON.', show_default=False)
    ],
    owner: Annotated[
        list[str],
        typer.Option("--owner", metavar="NAME", help="Who sees to it, then who takes over.", show_default=False),
    ],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Take in a question of a registered recipient; prints its id."""
    with acting(home, as_, purpose, SEND, node=True) as now:
        told = read_json(file)
        if isinstance(told, dict) and isinstance(deadline := told.get("deadline"), str):
            told["deadline"] = moment_in(deadline, f"{file}: deadline", now=now.ledger.clock())
        print(_requests(now).take(told, owner, now.by))
    return DONE


@app.command()
def assign(
    request: RequestId,
    owner: Annotated[
        str, typer.Option("--owner", metavar="NAME", help="Who sees to it from now on.", show_default=False)
    ],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Have somebody else see to a question."""
    with acting(home, as_, purpose, SEND, node=True) as now:
        _requests(now).assign(request, owner, now.by)
    return DONE


@app.command()
def confirm(
    request: RequestId,
    reference: Annotated[str, typer.Option(metavar="TEXT", help="The paper that confirms it.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Say that what was asked by telephone was confirmed in writing."""
    with acting(home, as_, purpose, SEND, node=True) as now:
        _requests(now).confirm(request, reference, now.by)
    return DONE


@app.command()
def answer(
    request: RequestId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The body of an answer, as JSON.", show_default=False)],
    marking: Annotated[str, typer.Option(help="How the answer is marked.")] = "restricted",
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Write the answer to a question, which is sent when its time has come; prints the message's id."""
    with acting(home, as_, purpose, SEND, node=True) as now:
        print(_requests(now).answer(request, read_json(file), marking, now.by, purpose=purpose))
    return DONE


def _requests(now: Any) -> Any:
    from kstep.dispatch.requests import Requests

    return Requests(outbox_of(now))
