"""What the commands of the register share: what they are about, whether it may be done with that, and how it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import Acting
from kstep.cli.console import ATTENTION, DONE, print_json
from kstep.cli.tables import show, told_dates
from kstep.model import InputError

if TYPE_CHECKING:
    from kstep.access.policy import Item
    from kstep.register.projection import RegisterProjection
    from kstep.register.service import Register

PURPOSE = "records"
_NUMBER = re.compile("[0-9]{1,18}")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
PersonNamed = Annotated[
    str,
    typer.Argument(
        metavar="PERSON", help="The id that the source gives, person:NUMBER, or that number.", show_default=False
    ),
]
"""Somebody, as `find_person` understands it."""

Ground = Annotated[str, typer.Option("--ground", metavar="TEXT", help="Why; it stands in the log.", show_default=False)]


def projection_of(now: Acting) -> RegisterProjection:
    from kstep.register.projection import RegisterProjection

    return RegisterProjection(now.ledger.vault)


def register_of(now: Acting) -> Register:
    from kstep.encounters.keeping import FileKeeper
    from kstep.encounters.service import Files
    from kstep.register.service import Register

    return Register(now.ledger, projection_of(now), FileKeeper(Files(now.ledger)))


def item(subject: str, office: str) -> Item:
    from kstep.access.policy import Item
    from kstep.model.markings import Marking
    from kstep.register.importing import MARKING

    return Item(subject, office, Marking.parse(MARKING))


def of_person(number: int, office: str) -> Item:
    """Somebody of an office, as an item of the one policy."""
    from kstep.register.projection import subject_of

    return item(subject_of(number), office)


def require(now: Acting, action: str, subject: str, office: str) -> None:
    now.access.require(now.actor, action, item(subject, office), now.purpose)


def find_person(now: Acting, named: str) -> int:
    """The number of somebody who is named by the id that a source gives, by `person:NUMBER`, or by kstep's number alone. Raises
    `RegisterError` if nobody is, and `InputError` if a number alone could be either of two people.
    """
    register = register_of(now)
    if not _NUMBER.fullmatch(named):
        return register.find(named)
    with now.home.database.read() as connection:
        known = register.known_as(connection, named)
    if known not in (None, int(named)) and _is_somebody(now, int(named)):
        mend = "write person:NUMBER, with the number that kstep people show has"
        raise InputError("is the id of one person and kstep's number of another", where=named, mend=mend)
    return int(named) if known is None else known


def _is_somebody(now: Acting, number: int) -> bool:
    from kstep.register.repair_queue import office_of
    from kstep.register.service import RegisterError

    try:
        office_of(now.ledger, number)
    except RegisterError:
        return False
    return True


def require_person(now: Acting, action: str, number: int) -> Item:
    """Somebody as an item of the one policy. Raises `AccessError` if this may not be done with them, and `RegisterError` if nobody
    has that number.
    """
    from kstep.register.repair_queue import office_of

    found = of_person(number, office_of(now.ledger, number))
    now.access.require(now.actor, action, found, now.purpose)
    return found


def read_list(now: Acting, action: str, subject: str, offices: Iterable[str]) -> None:
    """Record that a list of what is marked was read, of each office of which something is in it."""
    now.access.read_marked(now.actor, action, [item(subject, office) for office in sorted(set(offices))], now.purpose)


def told_table(rows: list[dict[str, Any]], columns: tuple[str, ...], nothing: str, *, as_json: bool) -> int:
    if as_json:
        print_json(rows)
    else:
        times = ("since", "until", "due", "found")
        dated = [{name: told_dates(cell) if name in times else cell for name, cell in row.items()} for row in rows]
        show(dated, columns, nothing)
    return ATTENTION if rows else DONE


__all__ = [
    "PURPOSE", "AsJson", "Ground", "PersonNamed", "find_person", "item", "of_person", "projection_of", "read_list", "register_of",
    "require", "require_person", "told_table",
]  # fmt: skip
