"""`kstep rescreen`, `kstep coverage` and `kstep certificate`: everyone against every list, and the proof of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, print_json, progress, say
from kstep.cli.register_items import AsJson, projection_of, read_list, register_of

if TYPE_CHECKING:
    from kstep.screening.coverage import Covered


def rescreen(
    home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = "screening", as_json: AsJson = False
) -> int:
    """Screen everyone who is owed it: whose record changed, or whose list did, since they were screened last."""
    from kstep.app.lists_in_use import open_in_use, rescreening
    from kstep.model.canaries import CANARIES
    from kstep.screening.canaries import Canaries

    with acting(home, as_, purpose, "screening.run", node=True) as now:
        lists = open_in_use(now.home, now.ledger, say)
        if not lists:
            say("no list is in use yet; register one with kstep lists register, and publish an edition of it")
            return ATTENTION
        with progress("screening", None) as advance:
            canaries = Canaries(rescreening(now.home, now.ledger, register_of(now), say, advance), projection_of(now))
            runs = canaries.run.run([*lists, *canaries.in_use()], now.by)
    told = [
        {"list": run.list, "edition": run.edition, "roster": run.roster, "people": run.people, "entries": run.entries,
         "whole": run.whole, "found": run.found, "gone": run.gone, "too_poor": len(run.poor)}
        for run in runs if run.list != CANARIES
    ]  # fmt: skip
    if as_json:
        print_json(told)
    for run in [] if as_json else told:
        compared = (
            "everyone" if run["whole"] else f"{run['people']:,} people and {run['entries']:,} entries that changed"
        )
        found = f"{run['found']:,} possible matches, {run['gone']:,} no longer"
        print(f"{run['list']}: {compared}; {found}; {run['roster']:,} on the roster")
    if not told and not as_json:
        print("nobody is owed a screening")
    return DONE


def coverage(
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="Count by office, status or class; may be given several times.", show_default=False),
    ] = None,
    within: Annotated[float, typer.Option(metavar="HOURS", help="Who is owed a screening longer is overdue.")] = 24,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "oversight",
    as_json: AsJson = False,
) -> int:
    """Who stands screened against the current editions, who is owed it, who is overdue, and who is in repair."""
    from kstep.app.home import now as time
    from kstep.app.lists_in_use import in_use
    from kstep.editions.view import EditionsView
    from kstep.screening.adoption import adopted
    from kstep.screening.canaries import alarms
    from kstep.screening.coverage import GROUPS, covered

    groups = by or []
    for name in groups:
        if name not in GROUPS:
            raise typer.BadParameter(f"{name!r} is nothing to count by; write {', '.join(GROUPS)}", param_hint="--by")
    with acting(home, as_, purpose, "coverage.read") as now:
        lists = in_use(EditionsView(now.ledger, now.home.path / "editions"))
        with now.home.database.read() as connection:
            only = partial(now.actor.filter, "coverage.read")
            found = covered(
                connection, lists, adopted(connection), time(), by=groups, within=round(within * 3600e6), only=only
            )
            silent = alarms(connection, time())
    if as_json:
        print_json([_json(stands, groups) for stands in found])
    else:
        _print(found, groups)
    for alarm in silent:
        say(alarm)
    attention = not found or silent or any(stands.overdue or stands.in_repair for stands in found)
    return ATTENTION if attention else DONE


def _json(stands: Covered, groups: list[str]) -> dict[str, Any]:
    named = dict(zip(groups, _told(stands, groups), strict=True))
    counts = ("roster", "screened", "owed", "overdue", "in_repair", "oldest")
    return {"list": stands.list, **named, **{name: getattr(stands, name) for name in counts}}


def _told(stands: Covered, groups: list[str]) -> list[str]:
    from kstep.screening.coverage import class_of

    return [class_of(value) if name == "class" else value for name, value in zip(groups, stands.group, strict=True)]


def _print(found: list[Covered], groups: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not found:
        say("no list is in use, or nobody is on the roster: nobody is screened")
        return
    table = Table(show_edge=False, pad_edge=False)
    for title in ("list", *groups):
        table.add_column(title)
    for title in ("roster", "screened", "owed", "overdue", "in repair"):
        table.add_column(title, justify="right")
    table.add_column("oldest owed since")
    for stands in found:
        counts = (stands.roster, stands.screened, stands.owed, stands.overdue, stands.in_repair)
        cells = [stands.list, *_told(stands, groups), *(f"{count:,}" for count in counts), _time(stands.oldest)]
        table.add_row(*map(Text, cells))
    Console().print(table)


def _time(moment: int | None) -> str:
    from datetime import UTC, datetime

    return "" if moment is None else datetime.fromtimestamp(moment / 1e6, UTC).strftime("%Y-%m-%d %H:%M UTC")


def certificate(
    list_: Annotated[str, typer.Argument(metavar="LIST", help="The name of the list.", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="The output file; stdout by default.", show_default=False)] = None,
    person: Annotated[
        list[str] | None,
        typer.Option(metavar="PERSON_ID", help="Prove that this person was screened, too.", show_default=False),
    ] = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "oversight",
) -> int:
    """State, so that anybody can check it, that everyone was screened against the list's current edition, and with what result."""
    from kstep.app.certificates import make_certificate
    from kstep.register.projection import subject_of
    from kstep.register.repair_queue import office_of

    with acting(home, as_, purpose, "coverage.read", node=True) as now:
        register = register_of(now)
        numbers = [register.find(person_id) for person_id in person or ()]
        for number in numbers:  # whose rows the certificate shows
            read_list(now, "people.read", subject_of(number), [office_of(now.ledger, number)])
        text = make_certificate(now.home, now.ledger, list_, numbers, now.by)
    if out is None:
        print(text, end="")
    else:
        out.write_text(text)
    return DONE
