"""`kstep reconcile`: whether both sides know of the same messages."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, AsJson, print_json
from kstep.cli.dispatch_items import PURPOSE, READ, SEND, outbox_of
from kstep.cli.tables import show, told_dates

Day = typer.Option(formats=["%Y-%m-%d"], help="A day, in UTC.", show_default=False)

app = typer.Typer(no_args_is_help=True, help="Whether both sides know of the same messages.")


@app.callback()
def root() -> None:
    """Whether both sides know of the same messages."""


@app.command("messages")
def messages_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The other side's own log, as CSV.", show_default=False)],
    of: Annotated[str, typer.Option("--from", metavar="NAME", help="Whose log it is.", show_default=False)],
    since: Annotated[datetime | None, Day] = None,
    until: Annotated[datetime | None, Day] = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Hold what was sent to a recipient against its own log, of all days or of some; what is on one side alone is a task."""
    from kstep.access.service import end_of
    from kstep.dispatch.asked import DAY
    from kstep.dispatch.reconciling import Reconciling

    first = None if since is None else end_of(since.date()) - DAY
    last = None if until is None else end_of(until.date())
    with acting(home, as_, purpose, SEND, node=True) as now:
        found = Reconciling(outbox_of(now)).with_log(of, file, now.by, since=first, until=last)
    if as_json:
        print_json(asdict(found))
    else:
        counts = {
            "on both sides": found.matched, "only here": len(found.only_here), "only there": len(found.only_there),
            "differ": len(found.differs), "agree now": len(found.agreed),
        }  # fmt: skip
        show([{"what": what, "messages": f"{count:,}"} for what, count in counts.items()], ("what", "messages"), "")
    return ATTENTION if found.unmatched else DONE


@app.command()
def unmatched(
    as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = PURPOSE
) -> int:
    """What is to be settled between the two sides, by when it is due."""
    from kstep.dispatch.reconciling import Reconciling

    with acting(home, as_, purpose, READ, node=True) as now:
        found = Reconciling(outbox_of(now)).open()
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        rows = [{**asdict(one), "due": told_dates(one.due)} for one in found]
        show(rows, ("item", "what", "due"), "both sides know of the same messages")
    return ATTENTION if found else DONE


@app.command()
def settle(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Its name.", show_default=False)],
    how: Annotated[
        str,
        typer.Option(
            help="sent again, they have it, they lost it, not ours, or their log is wrong.", show_default=False
        ),
    ],
    evidence: Annotated[str, typer.Option(metavar="TEXT", help="What shows it.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Say what an unmatched item comes from."""
    from kstep.dispatch.reconciling import Reconciling

    with acting(home, as_, purpose, SEND, node=True) as now:
        Reconciling(outbox_of(now)).settle(item, how, evidence, now.by)
    return DONE
