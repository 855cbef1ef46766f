"""`kstep lists`: what is in a list, and the lists that a home takes in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kstep.cli import lists_errors, lists_in_use
from kstep.cli.console import ATTENTION, DONE, print_json
from kstep.model import one_line

app = typer.Typer(no_args_is_help=True, help="Look into lists, and keep those in use up to date.")

EXAMPLES = 20


@app.callback()
def root() -> None:
    """Look into lists, and keep those in use up to date."""


@app.command()
def inspect(
    source: Annotated[str, typer.Argument(metavar="KIND=PATH", help="The list.", show_default=False)],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON for programs, with everything that was left out.")
    ] = False,
    all_: Annotated[bool, typer.Option("--all", help="Name everything that was left out of or among people.")] = False,
) -> int:
    """What is in a list, what was left out and why."""
    from kstep.lists import read_list
    from kstep.screening.inspection import inspection
    from kstep.screening.sources import parse_sources

    (parsed,) = parse_sources([source])
    found = inspection(read_list(parsed.kind, parsed.path))
    if as_json:
        print_json(found)
    else:
        _print(found, parsed.path, all_)
    return ATTENTION if found["left_out_of_people"] else DONE


def _print(found: dict[str, Any], path: Path, everything: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    console.print(Text(f"{found['kind']}  {one_line(str(path))}", style="bold"), soft_wrap=True)
    console.print(f"edition {found['edition']}")
    console.print(f"entries root {found['entries_root']}")
    console.print(f"source date {found['source_date'] or 'not stated in the source'}")
    for title, counts in (("records in the source", found["rows"]), ("entries", found["entries_have"]),
                          ("left out", found["left_out"]), ("unknown to the reader", found["unknown"])):  # fmt: skip
        table = Table(show_edge=False, pad_edge=False)
        table.add_column(title)
        table.add_column("count", justify="right")
        for label, count in counts.items():
            table.add_row(Text(one_line(label)), f"{count:,}")
        if counts:
            console.print()
            console.print(table)
    for note in found["notes"]:
        console.print(Text(f"note: {one_line(note)}"), soft_wrap=True)
    named = found["left_out_of_people"]
    for item in named if everything else named[:EXAMPLES]:
        console.print(Text(one_line(f"left out: {item['reason']}: {item['where']}: {item['detail']}")), soft_wrap=True)
    if len(named) > EXAMPLES and not everything:
        console.print(f"… and {len(named) - EXAMPLES:,} more: --all names them")


for _in_use in (
    lists_in_use.register, lists_in_use.fetch, lists_in_use.publish, lists_in_use.release, lists_in_use.reject,
    lists_in_use.consumers, lists_in_use.acknowledge, lists_in_use.overdue, lists_in_use.status, lists_errors.report_error,
    lists_errors.answer_error, lists_errors.errors,
):  # fmt: skip
    app.command()(_in_use)
