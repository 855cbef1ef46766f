"""`kstep lists` on a home: lists are taken in, put in force or held, waited for, and run. Who does so proves who it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, AsJson, print_json, print_table, say
from kstep.model import InputError, one_line

if TYPE_CHECKING:
    from kstep.editions.publishing import Outcome
    from kstep.editions.service import Editions

PUBLISH, RELEASE, READ = "lists.publish", "lists.release", "lists.read"

List = Annotated[str, typer.Argument(metavar="LIST", help="The name of the list.", show_default=False)]
Number = Annotated[
    int, typer.Argument(metavar="EDITION", help="The number that lists status shows.", show_default=False)
]
Reason = Annotated[str, typer.Option(help="Why; it is kept.", show_default=False)]


def editions_of(now: Acting) -> Editions:
    """The lists of the home on which somebody acts."""
    from kstep.editions.service import Editions

    return Editions(now.ledger, now.home.path / "editions")


def register(
    name: List,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What reads it, as un or ofac-sdn.", show_default=False)],
    address: Annotated[str, typer.Option(metavar="URL", help="Where it is fetched from; of ofac-sdn a folder.")] = "",
    cadence: Annotated[
        float, typer.Option(metavar="HOURS", help="Raise an alarm if it does not arrive for so long.")
    ] = 0,
    country: Annotated[str, typer.Option(metavar="CC", help="The country that issues it, as US.")] = "",
    authority: Annotated[str, typer.Option(metavar="NAME", help="Who issues it, and says who is meant.")] = "",
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
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "lists",
) -> int:
    """Take a list in from here on: where it comes from, how often, and how it is proven."""
    from kstep.editions.source import ListSource

    if not 0 <= cadence <= 1e6:
        raise InputError("is no number of hours", where="--cadence", mend="write a number from 0 on")
    with acting(home, as_, purpose, PUBLISH, node=True) as now:
        editions = editions_of(now)
        source = ListSource(
            list=name, kind=kind, address=address, cadence=round(cadence * 3600), country=country, authority=authority,
            authenticity=authenticity, key=key, most_removed=most_removed, review_days=review,
        )  # fmt: skip
        (editions.change if change else editions.register)(now.by, source)
    return DONE


def fetch(
    names: Annotated[list[str], typer.Argument(metavar="LIST...", help="The names of lists.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "lists",
) -> int:
    """Fetch lists from their addresses, and publish what is new; what looks wrong is held."""
    with acting(home, as_, purpose, PUBLISH, node=True) as now:
        editions = editions_of(now)
        return max(_told(editions.fetch(now.by, name)) for name in names)


def publish(
    source: Annotated[str, typer.Argument(metavar="KIND=PATH", help="The file or folder.", show_default=False)],
    name: Annotated[
        str, typer.Option("--list", metavar="LIST", help="The list, if it is not called as its kind.")
    ] = "",
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "lists",
) -> int:
    """Publish a file as the next edition of a list; what looks wrong is held."""
    from kstep.screening.sources import parse_sources

    (parsed,) = parse_sources([source])
    with acting(home, as_, purpose, PUBLISH, node=True) as now:
        return _told(editions_of(now).publish(now.by, name or parsed.kind, parsed.kind, parsed.path))


def release(
    name: List,
    number: Number,
    reason: Reason,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "lists",
) -> int:
    """Put an edition in force that was held; another person than the one who brought it has to."""
    with acting(home, as_, purpose, RELEASE, node=True) as now:
        return _told(editions_of(now).release(now.by, name, number, reason))


def reject(
    name: List,
    number: Number,
    reason: Reason,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "lists",
) -> int:
    """Have an edition that was held never come in force."""
    with acting(home, as_, purpose, RELEASE, node=True) as now:
        editions_of(now).reject(now.by, name, number, reason)
    return DONE


def consumers(
    name: List,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Who runs the list.", show_default=False)],
    end: Annotated[bool, typer.Option("--end", help="They run it no more.")] = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "lists",
) -> int:
    """Say which systems run a list, so that each owes a word on every edition; screening is one without being said."""
    with acting(home, as_, purpose, PUBLISH, node=True) as now:
        editions = editions_of(now)
        (editions.end_consumers if end else editions.declare_consumers)(now.by, name, names)
    return DONE


def acknowledge(
    name: List,
    number: Number,
    consumer: Annotated[str, typer.Option(metavar="NAME", help="Who runs it.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "lists",
) -> int:
    """Record that a consumer of a list runs this edition of it from here on."""
    with acting(home, as_, purpose, PUBLISH, node=True) as now:
        editions_of(now).acknowledge(now.by, name, number, consumer)
    return DONE


def overdue(as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = "lists") -> int:
    """Raise an alarm for each list that did not arrive in time, once for each arrival that was missed."""
    from kstep.editions.status import day_text

    with acting(home, as_, purpose, PUBLISH, node=True) as now:
        raised = editions_of(now).overdue(now.by)
    if as_json:
        print_json([{"list": told.list, "due": day_text(told.due), "missed": told.missed} for told in raised])
    for told in raised:
        say(f"{told.list}: was due {day_text(told.due)}; arrivals missed in a row: {told.missed:,}")
    return ATTENTION if raised else DONE


def status(as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = "lists") -> int:
    """Which edition of each list is in force, what is held, what is overdue, and who runs which."""
    from kstep.editions.status import status as told

    with acting(home, as_, purpose, READ, node=True) as now:
        found = told(editions_of(now), now.ledger.clock())
    if as_json:
        print_json(found)
    else:
        _print_status(found)
    late = any(consumer["late"] for kept in found for consumer in kept["consumers"])
    return ATTENTION if late or any(kept["held"] or kept["overdue"] for kept in found) else DONE


def _told(outcome: Outcome) -> int:
    counts = ", ".join(f"{count:,} {change}" for change, count in outcome.counts.items())
    print(one_line(f"{outcome.list}: edition {outcome.number} {outcome.state}{f': {counts}' if counts else ''}"))
    for reason in outcome.reasons if outcome.state != "published" else ():
        say(f"{outcome.list}: edition {outcome.number}: {reason['reason']}: {reason['detail']}")
    return DONE if outcome.state in ("published", "unchanged") else ATTENTION


def _print_status(found: list[dict[str, Any]]) -> None:
    lines = []
    for kept in found:
        current = kept["current"] or {"number": "none", "source_date": "", "persons": ""}
        needs = [f"{held['number']} is held: {', '.join(held['reasons'])}" for held in kept["held"]]
        needs += [f"overdue since {kept['due']}"] if kept["overdue"] else []
        needs += [_behind(consumer) for consumer in kept["consumers"] if consumer["behind_since"]]
        needs += [f"{kept['open_errors']} errors are not answered"] if kept["open_errors"] else []
        run = ", ".join(f"{consumer['consumer']} {consumer['number'] or 'none'}" for consumer in kept["consumers"])
        cells = (kept["list"], kept["kind"], current["number"], current["source_date"] or "", current["persons"], kept["arrived"],
                 run, "; ".join(needs))  # fmt: skip
        lines.append([str(cell) for cell in cells])
    titles = ("list", "kind", "edition", "of", "persons", "arrived", "consumers", "needs attention")
    print_table(titles, lines, numbers=False)


def _behind(consumer: dict[str, Any]) -> str:
    runs = "never said what it runs" if consumer["number"] is None else f"runs {consumer['number']}"
    return f"{consumer['consumer']} {runs}, behind since {consumer['behind_since']}"


__all__ = [
    "PUBLISH", "READ", "List", "acknowledge", "consumers", "editions_of", "fetch", "overdue", "publish", "register", "reject",
    "release", "status",
]  # fmt: skip
