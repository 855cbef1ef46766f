"""`kstep files send`, `correct` and `reply`: having others told of what stands in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kstep.cli.acting import ActingKey, HomeFolder, acting
from kstep.cli.acting import Purpose as PurposeOption
from kstep.cli.console import ATTENTION, DONE, say
from kstep.cli.files_record import About, Marked, Pieces, Said, Source, pairs, pieces_of, said_in
from kstep.cli.files_told import PersonId, tell
from kstep.cli.register_items import AsJson, register_of, require_person

REPORTING = "reporting"


def send_(
    person_id: PersonId,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help='{"kind", "recipient", "marking", "body"}, as JSON.', show_default=False),
    ],
    about: About = None,
    says: Said = None,
    evidence: Pieces = None,
    source: Source = "the person's file",
    marking: Marked = "restricted",
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: PurposeOption = REPORTING,
) -> int:
    """Have somebody told of what stands in a file, which waits until its recipient has signed. A body without people tells of the
    person.
    """
    from kstep.cli.dispatch_items import SEND, correspondence_of, item_of, read_json, telling_of

    telling = telling_of(read_json(file), purpose, file)
    with acting(home, as_, purpose, "files.act") as now:
        number = register_of(now).find(person_id)
        require_person(now, "files.act", number)
        now.access.require(now.actor, SEND, item_of(telling), purpose)
        said = {"about": pairs(about, "--about"), "says": said_in(now, says)}
        with pieces_of(now, number, evidence or [], source, marking) as pieces:
            message, told = correspondence_of(now).send(now.by, number, telling, **said, evidence=pieces)
    if not as_json:
        print(f"message {message}")
    if told is None:
        what = f"there is nothing on record that may be told to {telling.recipient} so"
        say(f"{what}; the message is stopped, and open here, and the file does not hold it")
        return ATTENTION
    return tell(told, number, as_json=as_json)


def correct_(
    person_id: PersonId,
    redress: Annotated[str, typer.Option(metavar="KEY", help="The request for redress.", show_default=False)],
    wrong: Annotated[str, typer.Option(metavar="TEXT", help="What was wrong in what was told.", show_default=False)],
    right: Annotated[str, typer.Option(metavar="TEXT", help="What is right.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: PurposeOption = REPORTING,
) -> int:
    """Have whoever was ever told of a person told what was wrong; once all have signed, the file says so by itself. Prints the
    messages that it took.
    """
    from kstep.cli.dispatch_items import SEND, correspondence_of

    with acting(home, as_, purpose, "files.act") as now:
        number = register_of(now).find(person_id)
        item = require_person(now, "files.act", number)
        now.access.require(now.actor, SEND, item, purpose)
        correspondence = correspondence_of(now)
        found = correspondence.correct(now.by, number, redress, wrong, right)
        unknown = correspondence.nobody_here(number)
    for message in found:
        print(message)
    if unknown:
        mend = "register them and correct again, or have two people waive it"
        say(f"another office told {', '.join(unknown)}, whom nobody registered here: {mend}")
        return ATTENTION
    if not found:
        say("nobody was ever told; the file says that every copy is corrected")
    return DONE


def reply_(
    person_id: PersonId,
    redress: Annotated[str, typer.Option(metavar="KEY", help="The request for redress.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The letter, as PDF.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: PurposeOption = "redress",
) -> int:
    """Write the letter that replies to a request for redress: the same to everybody but for the control number, so that it neither
    confirms nor denies that there is an entry.
    """
    from kstep.encounters.checking import check_redress
    from kstep.encounters.paper.reply import reply
    from kstep.screening.files import whole_file

    with acting(home, as_, purpose, "files.act") as now:
        number = register_of(now).find(person_id)
        require_person(now, "files.act", number)
        with now.home.database.read() as connection:
            check_redress(connection, number, redress)
        with whole_file(out) as file:
            file.write_bytes(reply(redress, now.ledger.clock()))
    say(
        f"{out}: once it is sent, record it: kstep files record {person_id} StepCompleted --about redress={redress} "
        f"--says step=redress-reply --evidence reply={out}"
    )
    return DONE


__all__ = ["correct_", "reply_", "send_"]
