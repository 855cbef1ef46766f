"""`kstep lists report-error`, `answer-error` and `errors`: what is wrong in an entry, and what its nominator answered.

What somebody says of an entry is marked: whoever reads it has to be eligible, and each read is recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import DONE, AsJson, print_json, print_table
from kstep.cli.lists_in_use import PUBLISH, READ, List, editions_of

if TYPE_CHECKING:
    from kstep.editions.records import ErrorKept


def report_error(
    name: List,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The source's id of the entry.", show_default=False)],
    what: Annotated[str, typer.Option(metavar="TEXT", help="What is wrong in it.", show_default=False)],
    nominator: Annotated[
        str, typer.Option(metavar="NAME", help="Who was told, and owes an answer.", show_default=False)
    ],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "lists",
) -> int:
    """Record that an error in an entry was told to its nominator, and print the number of the report."""
    with acting(home, as_, purpose, PUBLISH, node=True) as now:
        editions = editions_of(now)
        report = editions.report_error(now.by, name, editions.entry_number(name, entry), what, nominator)
    print(report)
    return DONE


def answer_error(
    report: Annotated[int, typer.Argument(metavar="REPORT", help="Its number.", show_default=False)],
    answer: Annotated[str, typer.Option(metavar="TEXT", help="What the nominator answered.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "lists",
) -> int:
    """Record what the nominator answered to a report of an error."""
    with acting(home, as_, purpose, PUBLISH, node=True) as now:
        editions_of(now).answer_error(now.by, report, answer)
    return DONE


def errors(
    name: List, as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = "lists"
) -> int:
    """The errors in entries of a list that are not answered yet, the oldest first."""
    from kstep.access.policy import Item
    from kstep.editions.service import ABOUT_ENTRIES
    from kstep.model.markings import Marking

    with acting(home, as_, purpose, READ, node=True) as now:
        found, marking = editions_of(now).open_errors(name), Marking.parse(ABOUT_ENTRIES)
        items = [Item(f"entry:{error.list}/{error.entry}", marking=marking) for error in found]
        now.access.read_marked(now.actor, READ, items, purpose)
    told = [_told(error) for error in found]
    if as_json:
        print_json(told)
    else:
        print_table(
            list(_TITLES), [["" if cell is None else str(cell) for cell in row.values()] for row in told], numbers=False
        )
    return DONE


_TITLES = ("report", "entry", "number", "told", "reported", "what")


def _told(error: ErrorKept) -> dict[str, Any]:
    from kstep.editions.status import day_text

    held = (error.report, error.source_id, error.entry, error.nominator, day_text(error.reported), error.what)
    return dict(zip(_TITLES, held, strict=True))


__all__ = ["answer_error", "errors", "report_error"]
