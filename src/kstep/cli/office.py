"""`kstep office`: the offices at which accounts have roles."""

from __future__ import annotations

from typing import Annotated

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import DONE, print_json
from kstep.model import one_line

app = typer.Typer(no_args_is_help=True, help="Open and close offices.")

Code = Annotated[str, typer.Argument(metavar="CODE", help="As files of people name it.", show_default=False)]


@app.callback()
def root() -> None:
    """Open and close offices."""


@app.command("open")
def open_(
    code: Code,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Open an office."""
    with acting(home, as_, purpose) as now:
        now.access.open_office(now.actor, code, name, purpose)
    return DONE


@app.command()
def close(
    code: Code,
    ground: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands in the log.")],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Close an office; nobody has a role there any more."""
    with acting(home, as_, purpose) as now:
        now.access.close_office(now.actor, code, ground, purpose)
    return DONE


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """All offices."""
    with acting(home, as_, purpose) as now:
        found = now.access.offices()
    if as_json:
        print_json([{"office": office.code, "name": office.name, "open": office.open} for office in found])
        return DONE
    for office in found:
        print(one_line(f"{office.code} {office.name}{'' if office.open else ' (closed)'}"))
    return DONE
