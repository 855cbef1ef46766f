"""`kstep register`: keeping the register complete. What a source has and we have not, what is to be mended, who may be twice here,
and whose status runs out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, print_json, say
from kstep.cli.tables import show, told_dates

if TYPE_CHECKING:
    from kstep.access.policy import Item
    from kstep.register.duplicates import Duplicate
    from kstep.register.projection import RegisterProjection
    from kstep.register.service import Register

app = typer.Typer(no_args_is_help=True, help="Keep the register complete and true.")

PURPOSE = "records"
DAY = 24 * 3600 * 1_000_000

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Person = Annotated[int, typer.Argument(metavar="PERSON", help="kstep's number of the person.", show_default=False)]
Reason = Annotated[
    str, typer.Argument(metavar="REASON", help="As kstep register repairs shows it.", show_default=False)
]
Ground = Annotated[str, typer.Option("--ground", metavar="TEXT", help="Why; it stands in the log.", show_default=False)]
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
        done = Reconciling(now.ledger, _projection(now)).run(source, told, now.by)
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
        _read(now, "reconcile", "register:differences", (one.office for one in found))
    rows = [{**asdict(one), "who": one.person or ", ".join(map(str, one.several))} for one in found]
    columns = ("difference", "what", "who", "source_id", "office", "due", "series")
    return _table(rows, columns, "there is no open difference", as_json=as_json)


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
        _may(now, "reconcile", f"difference:{difference}", service.office_of(difference))
        service.settle(difference, how, evidence, now.by)
    return DONE


@app.command("repairs")
def repairs_(
    reason: Annotated[str | None, typer.Option(metavar="REASON", help="Only for this reason.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="Only those of one owner.")] = None,
    office: Office = None,
    overdue: Overdue = False,
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
        _read(now, "people.read", "register:repairs", (one.office for one in found))
    columns = ("person", "reason", "office", "owner", "due")
    return _table([asdict(one) for one in found], columns, "nothing is to be mended", as_json=as_json)


@app.command()
def assign(
    person: Person,
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
        _may(now, "people.import", f"person:{person}", queue.office_of(person))
        queue.assign(person, reason, owner, end_of(due.date()), now.by)
    return DONE


@app.command()
def close(
    person: Person,
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
        _may(now, "people.import", f"person:{person}", queue.office_of(person))
        queue.close(person, reason, finding, now.by)
    return DONE


@app.command("duplicates")
def duplicates_(
    threshold: Annotated[float, typer.Option(metavar="P", help="The least probability that is shown.")] = 0.9,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """People who may be twice on the roster, with the evidence, and what hangs on each; nothing is merged."""
    from kstep.register.duplicates import Duplicates

    with acting(home, as_, purpose, "people.merge") as now:
        only = partial(now.actor.filter, "people.merge")
        found = Duplicates(now.ledger, _register(now)).find(threshold, only)
        _read(now, "people.merge", "register:duplicates", (office for one in found for office in one.offices))
        matches = _matches(now, {person for one in found for person in one.people})
    rows = [_shown(one, matches) for one in found]
    columns = ("first", "second", "probability", "why", "hangs_on_first", "hangs_on_second")
    return _table(rows, columns, "nobody seems to be there twice", as_json=as_json)


@app.command()
def merge(
    kept: Annotated[int, typer.Argument(metavar="KEPT", help="Who stays.", show_default=False)],
    other: Annotated[int, typer.Argument(metavar="OTHER", help="Whose record is screened with theirs.")],
    ground: Ground,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Say that two are one person: the other's record is screened with the one that is kept."""
    with acting(home, as_, purpose, "people.merge") as now:
        _may_both(now, kept, other)
        _register(now).merge(kept, other, ground, now.by)
    return DONE


@app.command()
def unmerge(
    other: Annotated[int, typer.Argument(metavar="OTHER", help="Who is somebody else after all.")],
    ground: Ground,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Say that two are two people after all; both are screened alone."""
    with acting(home, as_, purpose, "people.merge") as now:
        _may_both(now, other)
        _register(now).unmerge(other, ground, now.by)
    return DONE


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
    person: Annotated[int | None, typer.Option(metavar="PERSON", help="Only of this person.")] = None,
    on: Annotated[datetime | None, Day] = None,
    until: Annotated[datetime | None, Day] = None,
    evidence: Annotated[str, typer.Option(metavar="TEXT", help="What shows it, or why it ends.")] = "",
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Whose status runs out, and when; or say of one from when until when it is, or that it ended."""
    from kstep.access.service import end_of
    from kstep.model import InputError
    from kstep.register.repair_queue import office_of
    from kstep.register.statuses import Statuses

    with acting(home, as_, purpose, "people.import" if set_ or end else "people.read") as now:
        service, clock = Statuses(now.ledger), now.ledger.clock()
        if set_ or end:
            if person is None or on is None or (set_ and until is None) or (set_ and end):
                mend = "say --person, --on and, to date one, --until"
                raise InputError("of whom and from when was not said", where="--set or --end", mend=mend)
            _may(now, "people.import", f"person:{person}", office_of(now.ledger, person))
            since = end_of(on.date()) - DAY
            if end:
                service.end(person, end, since, evidence, now.by)
            elif set_ and until:
                service.date(person, set_, since, end_of(until.date()), evidence, now.by)
            return DONE
        last = None if within is None else clock + within * DAY
        only = partial(now.actor.filter, "people.read")
        found = service.open(only, person=person, office=office, until=last)
        _read(now, "people.read", "register:statuses", (one.office for one in found))
    rows = [{**asdict(one), "overdue": one.until <= clock} for one in found]
    told = _table(
        rows, ("person", "kind", "since", "until", "office", "overdue"), "no status runs out", as_json=as_json
    )
    return ATTENTION if any(row["overdue"] for row in rows) else told


@app.command("addresses")
def addresses_(
    most: Annotated[int, typer.Option(min=1, metavar="N", help="People who may share one.")] = 50,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Addresses that too many people have; each is named by one person in whose record it can be read."""
    from kstep.register.addresses import overused

    with acting(home, as_, purpose, "people.read") as now:
        found = overused(now.ledger, partial(now.actor.filter, "people.read"), most)
    return _table([asdict(one) for one in found], ("people", "person"), "no address is over-used", as_json=as_json)


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
        register = _register(now)
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


def _projection(now: Acting) -> RegisterProjection:
    from kstep.register.projection import RegisterProjection

    return RegisterProjection(now.ledger.vault)


def _register(now: Acting) -> Register:
    from kstep.register.service import Register

    return Register(now.ledger, _projection(now))


def _item(subject: str, office: str) -> Item:
    from kstep.access.policy import Item
    from kstep.model.markings import Marking
    from kstep.register.importing import MARKING

    return Item(subject, office, Marking.parse(MARKING))


def _may(now: Acting, action: str, subject: str, office: str) -> None:
    now.access.require(now.actor, action, _item(subject, office), now.purpose)


def _may_both(now: Acting, *people: int) -> None:
    from kstep.register.repair_queue import office_of

    for person in people:
        _may(now, "people.merge", f"person:{person}", office_of(now.ledger, person))


def _read(now: Acting, action: str, subject: str, offices: Iterable[str]) -> None:
    """Record that a list of what is marked was read, of each office of which something is in it."""
    now.access.read_marked(now.actor, action, [_item(subject, office) for office in sorted(set(offices))], now.purpose)


def _matches(now: Acting, people: set[int]) -> dict[int, int]:
    from kstep.screening.standing import matches_of

    with now.ledger.database.read() as connection:
        return matches_of(connection, people)


def _shown(one: Duplicate, matches: dict[int, int]) -> dict[str, Any]:
    from kstep.screening.matches import evidence_rows

    hanging = [
        {**held, **({"matches": matches[person]} if person in matches else {})}
        for person, held in zip(one.people, one.hanging, strict=True)
    ]
    why = "; ".join(f"{found.field}: {found.person} / {found.entry}" for found in one.evidence if found.millibits > 0)
    told = [", ".join(f"{count} {what}" for what, count in held.items()) for held in hanging]
    return {
        "first": one.people[0], "second": one.people[1], "probability": round(one.probability, 6), "bits": one.millibits / 1000,
        "evidence": evidence_rows(one.evidence), "hanging": hanging, "why": why, "hangs_on_first": told[0],
        "hangs_on_second": told[1],
    }  # fmt: skip


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...], nothing: str, *, as_json: bool) -> int:
    if as_json:
        print_json(rows)
    else:
        times = ("since", "until", "due")
        dated = [{name: told_dates(cell) if name in times else cell for name, cell in row.items()} for row in rows]
        show(dated, columns, nothing)
    return ATTENTION if rows else DONE
