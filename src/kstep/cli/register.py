"""`kstep register`: keeping the register complete. What a source has and we have not, what is to be mended, who may be twice here,
and whose status runs out.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, print_json, say
from kstep.cli.handing import To, counted_for, rows_for
from kstep.cli.register_duplicates import duplicates, merge, unmerge
from kstep.cli.register_items import (
    PURPOSE,
    AsJson,
    PersonNamed,
    find_person,
    projection_of,
    read_list,
    register_of,
    require,
    require_person,
    told_table,
)
from kstep.cli.tables import show

if TYPE_CHECKING:
    from kstep.register.differences import OpenDifference

app = typer.Typer(no_args_is_help=True, help="Keep the register complete and true.")

DAY = 24 * 3600 * 1_000_000

Reason = Annotated[
    str, typer.Argument(metavar="REASON", help="As kstep register repairs shows it.", show_default=False)
]
Office = Annotated[str | None, typer.Option("--office", metavar="CODE", help="Only of this office.")]
Overdue = Annotated[bool, typer.Option("--overdue", help="Only what should be done already.")]
Day = typer.Option(formats=["%Y-%m-%d"], help="A day, in UTC.", show_default=False)


@app.callback()
def root() -> None:
    """Keep the register complete and true."""


@app.command()
def reconcile(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A file of people.", show_default=False)],
    name: Annotated[str, typer.Option(metavar="NAME", help="Whose it is; the same each time.", show_default=False)],
    kind: Annotated[str, typer.Option(metavar="KIND", help="bookings, docket or monitoring.", show_default=False)],
    office: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="It knows only people of this office; several times.")
    ] = None,
    custody: Annotated[
        list[str] | None, typer.Option(metavar="PLACE", help="It knows only people in this custody; several times.")
    ] = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Hold the register against another source, person by person."""
    from kstep.access.policy import NODE
    from kstep.register.reconciling import Reconciling, Source

    with acting(home, as_, purpose, "reconcile") as now:
        now.access.require(now.actor, "reconcile", NODE, purpose)
        told = Source(name, kind, tuple(sorted(set(office or ()))), tuple(sorted(set(custody or ()))))
        done = Reconciling(now.ledger, projection_of(now)).run(source, told, now.by)
    if as_json:
        print_json(asdict(done))
    elif done.already:
        say("this file was held against the register already, which has not changed since")
    else:
        counts = {"in both": done.both, **done.differences, "agree now": done.agreed, "refused rows": done.refused}
        show([{"what": what, "people": f"{count:,}"} for what, count in counts.items()], ("what", "people"), "")
    if done.refused:
        say(f"{done.refused:,} rows of {source} could not be read as people, and were not compared")
    return ATTENTION if done.differences or done.refused else DONE


@app.command("differences")
def differences_(
    what: Annotated[str | None, typer.Option(metavar="KIND", help="Only of one kind, such as 'only there'.")] = None,
    office: Office = None,
    overdue: Overdue = False,
    to: To = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """What is to be settled between the register and other sources."""
    from kstep.register.differences import Differences

    with acting(home, as_, purpose, "reconcile") as now:
        due_by = now.ledger.clock() if overdue else None
        only = partial(now.actor.filter, "reconcile")
        found = Differences(now.ledger).open(only, office=office, what=what, due_by=due_by)
        found = rows_for(now, to, "register:differences", found, _people_in)
        read_list(now, "reconcile", "register:differences", (one.office for one in found))
    rows = [{**asdict(one), "who": one.person or ", ".join(map(str, one.several))} for one in found]
    columns = ("difference", "what", "who", "source_id", "office", "due", "series")
    return told_table(rows, columns, "there is no open difference", as_json=as_json)


def _people_in(one: OpenDifference) -> list[int]:
    """Whom of ours a difference tells of."""
    return [*one.several, *([] if one.person is None else [one.person])]


@app.command()
def settle(
    difference: Annotated[str, typer.Argument(metavar="DIFFERENCE", help="Its name.", show_default=False)],
    how: Annotated[
        str,
        typer.Option(help="imported, returned, left, same person, source is wrong, or not ours.", show_default=False),
    ],
    evidence: Annotated[str, typer.Option(metavar="TEXT", help="What shows it.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Say what a difference comes from, and what shows it."""
    from kstep.register.differences import Differences

    with acting(home, as_, purpose, "reconcile") as now:
        service = Differences(now.ledger)
        require(now, "reconcile", f"difference:{difference}", service.office_of(difference))
        service.settle(difference, how, evidence, now.by)
    return DONE


@app.command("repairs")
def repairs_(
    reason: Annotated[str | None, typer.Option(metavar="REASON", help="Only for this reason.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="Only those of one owner.")] = None,
    office: Office = None,
    overdue: Overdue = False,
    to: To = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Records that somebody has to mend: why, who, and by when."""
    from kstep.register.repair_queue import RepairQueue

    with acting(home, as_, purpose, "people.read") as now:
        due_by = now.ledger.clock() if overdue else None
        only = partial(now.actor.filter, "people.read")
        found = RepairQueue(now.ledger).open(only, office=office, reason=reason, owner=owner, due_by=due_by)
        found = rows_for(now, to, "register:repairs", found, lambda one: [one.person])
        read_list(now, "people.read", "register:repairs", (one.office for one in found))
    columns = ("person", "reason", "office", "owner", "due")
    return told_table([asdict(one) for one in found], columns, "nothing is to be mended", as_json=as_json)


@app.command()
def assign(
    person: PersonNamed,
    reason: Reason,
    owner: Annotated[str, typer.Option(metavar="NAME", help="Who mends it.", show_default=False)],
    due: Annotated[datetime, Day],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Let somebody mend a record by the end of a day."""
    from kstep.access.service import end_of
    from kstep.register.repair_queue import RepairQueue

    with acting(home, as_, purpose, "people.import") as now:
        queue = RepairQueue(now.ledger)
        number = find_person(now, person)
        require_person(now, "people.import", number)
        queue.assign(number, reason, owner, end_of(due.date()), now.by)
    return DONE


@app.command()
def close(
    person: PersonNamed,
    reason: Reason,
    finding: Annotated[str, typer.Option(metavar="TEXT", help="What was found out.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Say that a record is as it should be, or that more cannot be known."""
    from kstep.register.repair_queue import RepairQueue

    with acting(home, as_, purpose, "people.import") as now:
        queue = RepairQueue(now.ledger)
        number = find_person(now, person)
        require_person(now, "people.import", number)
        queue.close(number, reason, finding, now.by)
    return DONE


app.command("duplicates")(duplicates)
app.command("merge")(merge)
app.command("unmerge")(unmerge)


@app.command("statuses")
def statuses_(
    within: Annotated[
        int | None, typer.Option(min=0, metavar="DAYS", help="Only what runs out within so many days, or has.")
    ] = None,
    office: Office = None,
    set_: Annotated[
        str | None, typer.Option("--set", metavar="KIND", help="Date one: parole, bond, order or review.")
    ] = None,
    end: Annotated[str | None, typer.Option("--end", metavar="KIND", help="End one.")] = None,
    person: Annotated[str | None, typer.Option(metavar="PERSON", help="Only of this person.")] = None,
    on: Annotated[datetime | None, Day] = None,
    until: Annotated[datetime | None, Day] = None,
    evidence: Annotated[str, typer.Option(metavar="TEXT", help="What shows it, or why it ends.")] = "",
    to: To = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Whose status runs out, and when; or say of one from when until when it is, or that it ended."""
    from kstep.access.service import end_of
    from kstep.model import InputError
    from kstep.register.statuses import Statuses

    if to is not None and (set_ or end):
        raise typer.BadParameter("is for what is shown", param_hint="--to")
    with acting(home, as_, purpose, "people.import" if set_ or end else "people.read") as now:
        service, clock = Statuses(now.ledger), now.ledger.clock()
        number = None if person is None else _of_statuses(now, person, must_be=bool(set_ or end))
        if set_ or end:
            if number is None or on is None or (set_ and until is None) or (set_ and end):
                mend = "say --person, --on and, to date one, --until"
                raise InputError("of whom and from when was not said", where="--set or --end", mend=mend)
            require_person(now, "people.import", number)
            since = end_of(on.date()) - DAY
            if end:
                service.end(number, end, since, evidence, now.by)
            elif set_ and until:
                service.date(number, set_, since, end_of(until.date()), evidence, now.by)
            return DONE
        last = None if within is None else clock + within * DAY
        only = partial(now.actor.filter, "people.read")
        found = service.open(only, person=number, office=office, until=last)
        found = rows_for(now, to, "register:statuses", found, lambda one: [one.person])
        read_list(now, "people.read", "register:statuses", (one.office for one in found))
    rows = [{**asdict(one), "overdue": one.until <= clock} for one in found]
    told = told_table(
        rows, ("person", "kind", "since", "until", "office", "overdue"), "no status runs out", as_json=as_json
    )
    return ATTENTION if any(row["overdue"] for row in rows) else told


def _of_statuses(now: Acting, named: str, *, must_be: bool) -> int:
    """The number of somebody; 0, which nobody has, if there is nobody and need not be: a list tells of nobody who is not in it."""
    from kstep.register.service import NoRecord

    try:
        return find_person(now, named)
    except NoRecord:
        if must_be:
            raise
        return 0


@app.command("addresses")
def addresses_(
    most: Annotated[int, typer.Option(min=1, metavar="N", help="People who may share one.")] = 50,
    to: To = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Addresses that too many people have; each is named by one person in whose record it can be read."""
    from kstep.register.addresses import overused
    from kstep.register.repair_queue import office_of

    with acting(home, as_, purpose, "people.read") as now:
        only = counted_for(now, to, "register:addresses", partial(now.actor.filter, "people.read"))
        found = overused(now.ledger, only, most)
        read_list(now, "people.read", "register:addresses", (office_of(now.ledger, one.person) for one in found))
    return told_table([asdict(one) for one in found], ("people", "person"), "no address is over-used", as_json=as_json)


@app.command()
def placeholders(
    most: Annotated[
        float, typer.Option(min=0, max=1, metavar="SHARE", help="The share of people who may have one.")
    ] = 0.02,
    to: To = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Placeholders for birth dates, names and documents that come too often from one source to one office."""
    from kstep.register.placeholders import frequent_placeholders

    with acting(home, as_, purpose, "people.read") as now:
        only = counted_for(now, to, "register:placeholders", partial(now.actor.filter, "people.read"))
        with now.home.database.read() as connection:
            found = frequent_placeholders(now.ledger, connection, only, most)
        read_list(now, "people.read", "register:placeholders", (one.office for one in found))
    rows = [{**asdict(one), "share": round(one.share, 4)} for one in found]
    nothing = "no placeholder comes too often"
    return told_table(rows, ("source", "office", "what", "people", "of", "share"), nothing, as_json=as_json)


@app.command()
def balance(
    since: Annotated[datetime, Day],
    until: Annotated[datetime | None, Day] = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """How the roster changed from the beginning of a day to the end of another: opening + in - out, by reason, = closing."""
    from kstep.access.policy import NODE
    from kstep.access.service import end_of
    from kstep.register.tables import State

    with acting(home, as_, purpose, "coverage.read") as now:
        now.access.require(now.actor, "coverage.read", NODE, purpose)
        last = now.ledger.clock() if until is None else end_of(until.date())
        register = register_of(now)
        found = register.balance(end_of(since.date()) - DAY, last)
        counted = register.counts().get(State.PRESENT, 0) if until is None else found.closing
    holds = found.holds and counted == found.closing
    if as_json:
        print_json({**asdict(found), "holds": holds})
    else:
        lines = {"opening": found.opening, **found.moved, "closing": found.closing}
        show([{"what": what, "people": f"{count:,}"} for what, count in lines.items()], ("what", "people"), "")
    if not holds:
        say(f"it does not add up: {counted:,} people are on the roster; kstep ledger verify tells what is wrong")
    return DONE if holds else ATTENTION
