"""`kstep files print`: the file of a person as one PDF. It is attached to the group of commands on files as
`app.command("print")(files_print.print_)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, say
from kstep.cli.files_evidence import faults_told
from kstep.cli.handing import To, find_for, handing_to
from kstep.cli.register_items import require_person

if TYPE_CHECKING:
    from kstep.cli.acting import Acting
    from kstep.encounters.paper.sheet import Paper


ITEM = "files:print"


class Size(StrEnum):
    """The sizes of paper."""

    A4 = "a4"
    US_LETTER = "us-letter"


def print_(
    person_id: Annotated[
        str, typer.Argument(metavar="PERSON_ID", help="The id that the source gives them.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The PDF.", show_default=False)],
    paper: Annotated[Size, typer.Option("--paper", help="The size of the paper.")] = Size.A4,
    answers: Annotated[
        bool, typer.Option("--with-answers", help="Also answers that a second reviewer must not see; it is recorded.")
    ] = False,
    to: To = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "review",
) -> int:
    """The file of a person as one PDF: who did what when and on what ground, what is owed, the evidence, and the checkpoint."""
    from kstep.encounters.paper.setting import pdf
    from kstep.model.markings import Marking
    from kstep.register.service import NoRecord
    from kstep.screening.files import whole_file

    with acting(home, as_, purpose, "files.read") as now:
        handing = handing_to(now, to)
        number = find_for(now, handing, ITEM, person_id)
        found, faults = _gathered(now, number, answers)
        if handing:
            if not handing.page(ITEM, handing.file(number, Marking.parse(found.head.marking))):
                raise NoRecord
            handing.handed(ITEM, 1, [number])
        with whole_file(out) as file:
            file.write_bytes(pdf(found, paper.value))
    _tell_missing(found)
    return ATTENTION if faults else DONE


def _gathered(now: Acting, number: int, answers: bool) -> tuple[Paper, Mapping[str, str]]:
    """What stands in the file, and what is wrong with its evidence; that it is read is recorded before anything of it is shown."""
    from kstep.access.policy import Item
    from kstep.app.file_comparisons import comparisons
    from kstep.app.file_signatures import signatures
    from kstep.encounters.paper.gathering import gather
    from kstep.encounters.service import Files
    from kstep.encounters.worklist import read_file, show_answers
    from kstep.model.markings import Marking

    known = require_person(now, "people.read", number)
    item = require_person(now, "files.read", number)

    def sees(marking: Marking) -> bool:
        return now.actor.may("files.read", Item(item.subject, item.office, marking)).allowed

    if answers:
        require_person(now, "files.act", number)
    compared = comparisons(now.home, now.ledger, number, say)
    signed = signatures(now.ledger, number)
    faults = faults_told(now, number, read_file(Files(now.ledger), number))
    found = gather(
        now.ledger, number, now.by, sees=sees, comparisons=compared, answers=answers, signers=signed, faults=faults
    )
    now.access.read_marked(now.actor, "people.read", [known], now.purpose)
    marked = Item(item.subject, item.office, Marking.parse(found.head.marking))
    now.access.read_marked(now.actor, "files.read", [marked], now.purpose)
    if answers:
        show_answers(Files(now.ledger), now.by, number)
    return found, faults


def _tell_missing(found: Paper) -> None:
    for log in found.checkpoints:
        if log.missing:
            last = "the last checkpoint does not contain" if log.size else "there is no checkpoint that contains"
            say(f"{log.origin}: {last} the events {log.missing} of the file; the paper says so")


__all__ = ["Size", "print_"]
