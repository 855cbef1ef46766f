"""`kstep protection`: whose data does not go home."""

from __future__ import annotations

from typing import Annotated

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import DONE
from kstep.cli.dispatch_items import PROTECT
from kstep.cli.register_items import Ground, PersonNamed, find_person, require_person
from kstep.cli.second import SecondKey, agreeing

app = typer.Typer(no_args_is_help=True, help="Whose data does not go home.")


@app.callback()
def root() -> None:
    """Whose data does not go home."""


@app.command()
def record(
    person: PersonNamed,
    ground: Ground,
    state: Annotated[
        list[str] | None, typer.Option("--state", metavar="CC", help="A state of a claim; several times.")
    ] = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "records",
) -> int:
    """Let nothing about somebody reach the states of their nationality, birth and claim; prints which these are."""
    from kstep.dispatch.protection import Protection

    with acting(home, as_, purpose, PROTECT) as now:
        number = find_person(now, person)
        require_person(now, PROTECT, number)
        print(" ".join(Protection(now.ledger).record(number, state or (), ground, now.by)))
    return DONE


@app.command()
def end(
    person: PersonNamed,
    ground: Ground,
    second: SecondKey = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "records",
) -> int:
    """End somebody's protection, as two people say."""
    from kstep.dispatch.protection import Protection

    with acting(home, as_, purpose, PROTECT) as now:
        number = find_person(now, person)
        item = require_person(now, PROTECT, number)
        Protection(now.ledger).end(number, ground, agreeing(now, second, PROTECT, [item]), now.by)
    return DONE
