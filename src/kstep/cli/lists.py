"""`kstep lists`: what is in a list, and the lists that a home takes in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.console import ATTENTION, DONE, print_json, say
from kstep.model import InputError, KstepError, one_line

if TYPE_CHECKING:
    from kstep.editions.publishing import Outcome
    from kstep.editions.service import Editions
    from kstep.ledger.service import By

app = typer.Typer(no_args_is_help=True, help="Look into lists, and keep those in use up to date.")

EXAMPLES = 20

PURPOSE = "keeping lists"

Home = Annotated[
    Path,
    typer.Option(
        "--home", envvar="KSTEP_HOME", metavar="DIR", help="The home that kstep init made.", show_default=False
    ),
]
Actor = Annotated[str, typer.Option("--actor", hidden=True)]
List = Annotated[str, typer.Argument(metavar="LIST", help="The name of the list.", show_default=False)]
Number = Annotated[
    int, typer.Argument(metavar="EDITION", help="The number that lists status shows.", show_default=False)
]
Reason = Annotated[str, typer.Option(help="Why; it is kept.", show_default=False)]
UNKNOWN = "system:command-line"
"""Who asks, where nobody says so."""


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


@contextmanager
def _in_use(home: Path, actor: str) -> Iterator[tuple[Editions, By]]:
    """The lists of a home, and who asks; what they refuse is bad input."""
    from kstep.app.home import Home as Opened
    from kstep.editions.service import Editions
    from kstep.ledger.service import By

    try:
        opened = Opened.open(home)
        yield Editions(opened.ledger(), opened.path / "editions"), By(actor, PURPOSE)
    except InputError:
        raise
    except KstepError as error:
        raise InputError(str(error)) from None


@app.command()
def register(
    name: List,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What reads it, as un or ofac-sdn.", show_default=False)],
    home: Home,
    address: Annotated[str, typer.Option(metavar="URL", help="Where it is fetched from; of ofac-sdn a folder.")] = "",
    cadence: Annotated[
        float, typer.Option(metavar="HOURS", help="Raise an alarm if it does not arrive for so long.")
    ] = 0,
    country: Annotated[str, typer.Option(metavar="CC", help="The country that issues it, as US.")] = "",
    authority: Annotated[str, typer.Option(metavar="NAME", help="Who issues it.")] = "",
    authenticity: Annotated[
        str, typer.Option(metavar="HOW", help="How a file is proven: none, tls, sha256, ed25519.")
    ] = "none",
    key: Annotated[str, typer.Option(metavar="HEX", help="The public key of ed25519.")] = "",
    most_removed: Annotated[
        str, typer.Option(metavar="SHARE", help="Hold an edition that removes more than that.")
    ] = "1/3",
    review: Annotated[int, typer.Option(metavar="DAYS", help="Entries are due for review after so many days.")] = 0,
    change: Annotated[
        bool, typer.Option("--change", help="Change a list that is registered; all options count.")
    ] = False,
    actor: Actor = UNKNOWN,
) -> int:
    """Take a list in from here on: where it comes from, how often, and how it is proven."""
    from kstep.editions.source import ListSource

    if not 0 <= cadence <= 1e6:
        raise InputError("is no number of hours", where="--cadence", mend="write a number from 0 on")
    with _in_use(home, actor) as (editions, by):
        source = ListSource(
            list=name, kind=kind, address=address, cadence=round(cadence * 3600), country=country, authority=authority,
            authenticity=authenticity, key=key, most_removed=most_removed, review_days=review,
        )  # fmt: skip
        (editions.change if change else editions.register)(by, source)
    return DONE


@app.command()
def fetch(
    names: Annotated[list[str], typer.Argument(metavar="LIST...", help="The names of lists.", show_default=False)],
    home: Home,
    actor: Actor = UNKNOWN,
) -> int:
    """Fetch lists from their addresses, and publish what is new; what looks wrong is held."""
    with _in_use(home, actor) as (editions, by):
        return max(_told(editions.fetch(by, name)) for name in names)


@app.command()
def publish(
    source: Annotated[str, typer.Argument(metavar="KIND=PATH", help="The file or folder.", show_default=False)],
    home: Home,
    name: Annotated[
        str, typer.Option("--list", metavar="LIST", help="The list, if it is not called as its kind.")
    ] = "",
    actor: Actor = UNKNOWN,
) -> int:
    """Publish a file as the next edition of a list; what looks wrong is held."""
    from kstep.screening.sources import parse_sources

    (parsed,) = parse_sources([source])
    with _in_use(home, actor) as (editions, by):
        return _told(editions.publish(by, name or parsed.kind, parsed.kind, parsed.path))


@app.command()
def release(name: List, number: Number, reason: Reason, home: Home, actor: Actor = UNKNOWN) -> int:
    """Put an edition in force that was held; another person than the one who brought it has to."""
    with _in_use(home, actor) as (editions, by):
        return _told(editions.release(by, name, number, reason))


@app.command()
def reject(name: List, number: Number, reason: Reason, home: Home, actor: Actor = UNKNOWN) -> int:
    """Have an edition that was held never come in force."""
    with _in_use(home, actor) as (editions, by):
        editions.reject(by, name, number, reason)
    return DONE


@app.command()
def status(
    home: Home,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    actor: Actor = UNKNOWN,
) -> int:
    """Which edition of each list is in force, what is held, what is overdue, and who runs which."""
    from kstep.app.home import now
    from kstep.editions.status import status as told

    with _in_use(home, actor) as (editions, _):
        found = told(editions, now())
    if as_json:
        print_json(found)
    else:
        _print_status(found)
    return ATTENTION if any(kept["held"] or kept["overdue"] for kept in found) else DONE


def _told(outcome: Outcome) -> int:
    counts = ", ".join(f"{count:,} {change}" for change, count in outcome.counts.items())
    print(one_line(f"{outcome.list}: edition {outcome.number} {outcome.state}{f': {counts}' if counts else ''}"))
    for reason in outcome.reasons if outcome.state != "published" else ():
        say(f"{outcome.list}: edition {outcome.number}: {reason['reason']}: {reason['detail']}")
    return DONE if outcome.state in ("published", "unchanged") else ATTENTION


def _print_status(found: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_edge=False, pad_edge=False)
    for column in ("list", "kind", "edition", "of", "persons", "arrived", "needs attention"):
        table.add_column(column)
    for kept in found:
        current = kept["current"] or {"number": "none", "source_date": "", "persons": ""}
        needs = [f"{held['number']} is held: {', '.join(held['reasons'])}" for held in kept["held"]]
        needs += [f"overdue since {kept['due']}"] if kept["overdue"] else []
        needs += [f"{name} runs {number}" for name, number in kept["behind"].items()]
        needs += [f"{kept['open_errors']} errors are not answered"] if kept["open_errors"] else []
        cells = (kept["list"], kept["kind"], current["number"], current["source_date"] or "", current["persons"], kept["arrived"],
                 "; ".join(needs))  # fmt: skip
        table.add_row(*(Text(one_line(str(cell))) for cell in cells))
    Console().print(table)
