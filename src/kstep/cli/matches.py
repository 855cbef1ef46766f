"""`kstep matches`: possible matches of people on the roster that ask for a person."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import DONE, say
from kstep.cli.handing import To, find_for, handing_to
from kstep.cli.register_items import AsJson, PersonNamed, find_person, read_list, require_person, told_table

app = typer.Typer(no_args_is_help=True, help="Possible matches that ask for a person.")

PURPOSE = "review"


@app.callback()
def root() -> None:
    """Possible matches that ask for a person."""


Office = Annotated[
    str | None, typer.Option("--office", metavar="CODE", help="Only of people of this office.", show_default=False)
]


@app.command("list")
def list_(
    name: Annotated[
        str | None, typer.Option("--list", metavar="LIST", help="Only with entries of this list.", show_default=False)
    ] = None,
    office: Office = None,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="PERSON_ID", help="Only of the person with this id.", show_default=False),
    ] = None,
    with_cleared: Annotated[bool, typer.Option("--cleared", help="Also those that were cleared.")] = False,
    to: To = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """The possible matches that there are, the strongest first; of each, a person has to say what it is, unless it was cleared."""
    from kstep.app.reviews import cleared
    from kstep.screening.possible import possible_matches

    item = "matches:possible"
    with acting(home, as_, purpose, "people.read") as now:
        handing = handing_to(now, to)
        number = None if person is None else find_for(now, handing, item, person)
        only = partial(now.actor.filter, "people.read")
        with now.home.database.read() as connection:
            there = possible_matches(connection, only, list=name, office=office, person=number)
            away = set[tuple[int, str, str]]() if with_cleared else cleared(connection, now.ledger.clock())
        found = [one for one in there if (one.person, one.list, one.entry) not in away]
        left_out = len(there) - len(found)
        found = handing.matches(item, found) if handing else found
        read_list(now, "people.read", item, (one.office for one in found))
        if handing:
            handing.handed(item, len(found), (one.person for one in found))
    columns = ("person", "list", "entry", "bits", "office", "found")
    rows: list[dict[str, Any]] = [
        {"person": one.person, "list": one.list, "entry": one.entry, "bits": one.millibits / 1000, "edition": one.edition,
         "office": one.office, "found": one.found}
        for one in found
    ]  # fmt: skip
    if left_out and not to:
        say(f"{left_out:,} more were cleared; --cleared shows them")
    return told_table(rows, columns, "there is no possible match", as_json=as_json)


@app.command("withdrawn")
def withdrawn_(
    office: Office = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what should be closed already.")] = False,
    to: To = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Possible matches whose entries were withdrawn from their lists, until somebody closes each."""
    from kstep.screening.withdrawn import WithdrawnMatches

    item = "matches:withdrawn"
    with acting(home, as_, purpose, "people.read") as now:
        handing = handing_to(now, to)
        due_by = now.ledger.clock() if overdue else None
        only = partial(now.actor.filter, "people.read")
        found = WithdrawnMatches(now.ledger).open(only, office=office, due_by=due_by)
        found = handing.matches(item, found) if handing else found
        read_list(now, "people.read", item, (one.office for one in found))
        if handing:
            handing.handed(item, len(found), (one.person for one in found))
    columns = ("person", "list", "entry", "bits", "edition", "office", "since", "due")
    rows: list[dict[str, Any]] = [
        {"person": one.person, "list": one.list, "entry": one.entry, "bits": one.millibits / 1000, "found": one.found,
         "edition": one.edition, "office": one.office, "since": one.since, "due": one.due}
        for one in found
    ]  # fmt: skip
    return told_table(rows, columns, "no entry of a possible match was withdrawn", as_json=as_json)


@app.command("close-withdrawn")
def close_withdrawn(
    person: PersonNamed,
    name: Annotated[str, typer.Argument(metavar="LIST", help="The name of the list.", show_default=False)],
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The source's id of the entry.", show_default=False)],
    finding: Annotated[str, typer.Option(metavar="TEXT", help="What came of it.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Say what came of it that the entry of a possible match was withdrawn."""
    from kstep.screening.withdrawn import WithdrawnMatches

    with acting(home, as_, purpose, "matches.close") as now:
        number = find_person(now, person)
        require_person(now, "matches.close", number)
        WithdrawnMatches(now.ledger).close(number, name, entry, finding, now.by)
    return DONE
