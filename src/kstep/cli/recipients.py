"""`kstep recipients`: the registry of those whom messages go to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, AsJson, print_json, say
from kstep.cli.dispatch_items import MANAGE, PURPOSE, READ, read_json
from kstep.cli.tables import show, told_dates

app = typer.Typer(no_args_is_help=True, help="The registry of those whom messages go to.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The recipient's name.", show_default=False)]


@app.callback()
def root() -> None:
    """The registry of those whom messages go to."""


@app.command()
def register(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The recipient, as JSON.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Register a recipient, or tell it anew; other channels have to be verified again."""
    from kstep.dispatch.recipients import Recipients

    with acting(home, as_, purpose, MANAGE, node=True) as now:
        found = Recipients(now.ledger).register(read_json(file), now.by)
    print(found.recipient)
    if found.verified is None:
        say(f"nothing leaves for {found.recipient} before somebody has verified its channels: kstep recipients verify")
    return DONE


@app.command()
def verify(
    name: Name,
    evidence: Annotated[str, typer.Option(metavar="TEXT", help="How that was made sure.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Say that a recipient's channels lead to it, as somebody made sure."""
    from kstep.dispatch.recipients import Recipients

    with acting(home, as_, purpose, MANAGE, node=True) as now:
        Recipients(now.ledger).verify(name, evidence, now.by)
    return DONE


@app.command()
def retire(
    name: Name,
    ground: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands in the log.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Send nothing there any more."""
    from kstep.dispatch.recipients import Recipients

    with acting(home, as_, purpose, MANAGE, node=True) as now:
        Recipients(now.ledger).retire(name, ground, now.by)
    return DONE


@app.command("list")
def list_(as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = PURPOSE) -> int:
    """All recipients, when each was last verified, and what it may be told for."""
    from kstep.dispatch.recipients import STALE, Recipients, told_of

    with acting(home, as_, purpose, READ, node=True) as now:
        found, clock = Recipients(now.ledger).all(), now.ledger.clock()
    rows = told_of(found)
    if as_json:
        print_json(rows)
    else:
        for row, one in zip(rows, found, strict=True):
            row |= {name: ", ".join(getattr(one, name)) for name in ("states", "channels", "permitted", "roles")}
            row["verified"] = told_dates(one.verified) if one.verified else "never"
            row["retired"] = told_dates(one.retired) if one.retired else ""
        columns = ("recipient", "owner", "states", "channels", "permitted", "roles", "highest", "verified", "retired")
        show(rows, columns, "nobody is registered")
    stale = [one for one in found if one.retired is None and (one.verified is None or one.verified <= clock - STALE)]
    return ATTENTION if stale else DONE
