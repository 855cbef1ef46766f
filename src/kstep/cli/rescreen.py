"""`kstep rescreen`, `kstep coverage` and `kstep certificate`: everyone against every list, and the proof of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, print_json, progress, say
from kstep.cli.handing import To, find_for, handing_to
from kstep.cli.register_items import AsJson, projection_of, read_list, register_of
from kstep.cli.tables import WIDE

if TYPE_CHECKING:
    from kstep.register.tables import Only
    from kstep.screening.coverage import Covered
    from kstep.screening.recall import Recall


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
    measure: Annotated[
        bool, typer.Option("--measure", help="Measure first how well each class of records is found; it is recorded.")
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(
            min=1, max=100_000, metavar="N", help="Measure with so many copies of each class.", show_default=False
        ),
    ] = None,
    to: To = None,
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
    from kstep.screening.recall import recalls

    groups = by or (["class"] if measure else [])
    for name in groups:
        if name not in GROUPS:
            raise typer.BadParameter(f"{name!r} is nothing to count by; write {', '.join(GROUPS)}", param_hint="--by")
    if sample and not measure:
        raise typer.BadParameter("says how to measure; write --measure, too", param_hint="--sample")
    with acting(home, as_, purpose, "coverage.read") as now:
        handing = handing_to(now, to, "internal")
        if measure:
            _measure(now, sample)
        lists = in_use(EditionsView(now.ledger, now.home.path / "editions"))
        only: Only = partial(now.actor.filter, "coverage.read")
        only = handing.only(only) if handing else only
        with now.home.database.read() as connection:
            standard = adopted(connection)
            found = covered(connection, lists, standard, time(), by=groups, within=round(within * 3600e6), only=only)
            silent = alarms(connection, time())
            known, engine = recalls(connection) if "class" in groups else None, standard.engine if standard else ""
        if handing:
            handing.handed("coverage", len(found))
    if as_json:
        print_json([_json(stands, groups, known, engine) for stands in found])
    else:
        _print(found, groups, known, engine)
    for alarm in silent:
        say(alarm)
    attention = not found or silent or any(stands.overdue or stands.in_repair for stands in found)
    return ATTENTION if attention else DONE


def _measure(now: Acting, asked: int | None) -> None:
    """Measure how well each class of records is found that the roster has, or that was measured before."""
    from secrets import randbelow

    from kstep.app.lists_in_use import open_in_use
    from kstep.screening.adoption import in_force
    from kstep.screening.power import SAMPLE, SEEDS, Power

    sample = asked or SAMPLE
    now.access.require(now.actor, "screening.run", None, now.purpose)
    with now.home.database.read() as connection:
        power = Power(now.ledger, in_force(connection).standard)
        classes = power.classes(connection)
    lists = open_in_use(now.home, now.ledger, say)
    say(f"looking for copies of entries: {sample:,} for each class of records, of which there are {len(classes)} …")
    if power.measure(classes, lists, now.by, randbelow(SEEDS), sample) is None:
        say("nothing was measured: no list with entries is in use, or nobody is on the roster")


def _json(stands: Covered, groups: list[str], known: dict[int, Recall] | None, engine: str) -> dict[str, Any]:
    named = dict(zip(groups, _told(stands, groups), strict=True))
    counts = ("roster", "screened", "owed", "overdue", "in_repair", "weak", "oldest")
    told = {"list": stands.list, **named, **{name: getattr(stands, name) for name in counts}}
    return told if known is None else {**told, "recall": _recall_json(_class_in(stands, groups), known, engine)}


def _recall_json(fields: int, known: dict[int, Recall], engine: str) -> dict[str, Any] | None:
    """What was measured of a class; None if nothing was. `counts` says whether it did so with the engine in use."""
    if (recall := known.get(fields)) is None or (interval := recall.interval) is None:
        return None
    return {
        "sampled": recall.sampled, "found": recall.found, "share": recall.found / recall.sampled, "low": interval.low,
        "high": interval.high, "engine": recall.engine, "measured": recall.measured, "counts": recall.holds(engine),
    }  # fmt: skip


def _recall_told(fields: int, known: dict[int, Recall], engine: str) -> str:
    if (told := _recall_json(fields, known, engine)) is None:
        return "not measured"
    if not told["counts"]:
        return "measured with another engine"
    return f"{told['share']:.2f} ({told['low']:.2f} to {told['high']:.2f})"


def _class_in(stands: Covered, groups: list[str]) -> int:
    return int(stands.group[groups.index("class")])


def _told(stands: Covered, groups: list[str]) -> list[str]:
    from kstep.screening.coverage import class_of

    return [class_of(value) if name == "class" else value for name, value in zip(groups, stands.group, strict=True)]


def _print(found: list[Covered], groups: list[str], known: dict[int, Recall] | None, engine: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not found:
        say("no list is in use, or nobody is on the roster: nobody is screened")
        return
    table = Table(show_edge=False, pad_edge=False)
    for title in ("list", *groups):
        table.add_column(title)
    for title in ("roster", "screened", "owed", "overdue", "in repair", "of them weak"):
        table.add_column(title, justify="right")
    table.add_column("oldest owed since")
    if known is not None:
        table.add_column("recall")
    for stands in found:
        counts = (stands.roster, stands.screened, stands.owed, stands.overdue, stands.in_repair, stands.weak)
        cells = [stands.list, *_told(stands, groups), *(f"{count:,}" for count in counts), _time(stands.oldest)]
        recall = [] if known is None else [_recall_told(_class_in(stands, groups), known, engine)]
        table.add_row(*map(Text, [*cells, *recall]))
    console = Console()
    (console if console.is_terminal else Console(width=WIDE)).print(table)


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
    to: To = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "oversight",
) -> int:
    """State, so that anybody can check it, that everyone was screened against the list's current edition, and with what result."""
    from kstep.app.certificates import make_certificate
    from kstep.register.projection import subject_of
    from kstep.register.repair_queue import office_of

    with acting(home, as_, purpose, "coverage.read", node=True) as now:
        handing = handing_to(now, to, "restricted" if person else "internal")
        if handing:
            handing.whole("a certificate")
        numbers = [find_for(now, handing, "certificate", person_id) for person_id in person or ()]
        for number in numbers:  # whose rows the certificate shows
            read_list(now, "people.read", subject_of(number), [office_of(now.ledger, number)])
        text = make_certificate(now.home, now.ledger, list_, numbers, now.by)
        if handing:
            handing.handed("certificate", len(numbers), numbers)
    if out is None:
        print(text, end="")
    else:
        out.write_text(text)
    return DONE
