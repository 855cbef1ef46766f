"""`kstep standard`: by what people are screened, and who decided so."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, print_json, progress, say
from kstep.cli.register_items import AsJson, Ground, read_list, register_of
from kstep.cli.tables import show as show_table
from kstep.cli.tables import told_dates
from kstep.model import one_line

if TYPE_CHECKING:
    from kstep.screening.adoption import Adopted, Difference, Proposed

app = typer.Typer(
    no_args_is_help=True, help="By what people are screened: an engine and a threshold that somebody adopted."
)

PURPOSE = "screening"
WAYS = ("kept", "gained", "lost")

Threshold = Annotated[
    float | None, typer.Option(metavar="P", help="The least probability of a possible match; as before, or 0.5.")
]
NominalList = Annotated[
    int | None, typer.Option(metavar="N", help="Entries that the prior supposes; as before, or 8000.")
]


@app.callback()
def root() -> None:
    """By what people are screened: an engine and a threshold that somebody adopted."""


@app.command()
def show(as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = PURPOSE) -> int:
    """What was adopted, by whom, when and why; and whether it is what runs here."""
    from kstep.screening.adoption import in_force
    from kstep.screening.rescreen import Standard

    with acting(home, as_, purpose, "coverage.read") as now, now.home.database.read() as connection:
        stands = in_force(connection)
    here = Standard(stands.threshold, stands.nominal_list).engine
    if as_json:
        print_json({**asdict(stands), "runs_here": here == stands.engine})
        return DONE if here == stands.engine else ATTENTION
    told = {
        "engine": stands.engine, "threshold": f"{stands.threshold:g}", "nominal list": f"{stands.nominal_list:,} entries",
        "screened anew": f"after {stands.days} days", "adopted": f"{told_dates(stands.adopted)} by {stands.actor}",
        "ground": stands.ground,
    }  # fmt: skip
    for name, text in told.items():
        print(f"{name:<14} {text}")
    if here == stands.engine:
        return DONE
    say(f"another engine runs here, {here}, which screens nobody before somebody adopts it")
    return ATTENTION


@app.command()
def compare(
    threshold: Threshold = None,
    nominal_list: NominalList = None,
    pairs: Annotated[bool, typer.Option("--pairs", help="Name the people and entries that come and go.")] = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Which possible matches the engine that is installed, and another threshold, would give and take away; nothing changes."""
    from kstep.register.repair_queue import office_of

    with acting(home, as_, purpose, "screening.adopt", node=True) as now:
        _, _, found = _proposed(now, threshold, nominal_list, None)
        if pairs:
            moved = {person for one in found for person, _ in (*one.gained, *one.lost)}
            read_list(now, "people.read", "screening:standard", (office_of(now.ledger, person) for person in moved))
    if as_json:
        counts = [{"list": one.list, **{name: len(getattr(one, name)) for name in WAYS}} for one in found]
        named = [asdict(one) for one in found]
        print_json(named if pairs else counts)
        return DONE
    rows = [{"list": one.list, **{name: f"{len(getattr(one, name)):,}" for name in WAYS}} for one in found]
    show_table(rows, ("list", *WAYS), "nobody was screened yet")
    for one in found if pairs else ():
        for name in WAYS[1:]:
            for person, entry in getattr(one, name):
                print(f"{one.list}  {name:<6} person {person}  entry {one_line(entry)}")
    return DONE


@app.command()
def adopt(
    ground: Ground,
    threshold: Threshold = None,
    nominal_list: NominalList = None,
    days: Annotated[
        int | None, typer.Option(metavar="DAYS", help="Screen everyone anew after so many; as before, or 30.")
    ] = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Have people screened from now on by the engine that is installed here; everyone is owed a screening by it."""
    from kstep.screening.adoption import adopt as adopt_standard

    with acting(home, as_, purpose, "screening.adopt", node=True) as now:
        before, what, found = _proposed(now, threshold, nominal_list, days)
        adopt_standard(now.ledger, now.by, ground, what, found, before=before)
    for one in found:
        say(
            f"{one.list}: {len(one.gained):,} possible matches more, {len(one.lost):,} no longer, {len(one.kept):,} as before"
        )
    return DONE


def _proposed(
    now: Acting, threshold: float | None, nominal_list: int | None, days: int | None
) -> tuple[Adopted | None, Proposed, list[Difference]]:
    """What was adopted, what is to be, and what it does to the possible matches with lists against which people were screened."""
    from sqlalchemy import select

    from kstep.app.lists_in_use import open_in_use, rescreening
    from kstep.screening.adoption import adopted, difference, proposed
    from kstep.screening.tables import coverage

    with now.home.database.read() as connection:
        before = adopted(connection)
        screened = set(connection.execute(select(coverage.c.list)).scalars())
    what = proposed(before, threshold=threshold, nominal_list=nominal_list, days=days)
    with progress("comparing", None) as advance:
        run = rescreening(now.home, now.ledger, register_of(now), say, advance, what)
        lists = [used for used in open_in_use(now.home, now.ledger, say) if used.name in screened]
        return before, what, [difference(run, used) for used in lists]
