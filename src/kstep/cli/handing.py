"""What the commands share whose output is handed to somebody outside: the option that says to whom, and what it leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from kstep.cli.acting import Acting
from kstep.cli.register_items import register_of

if TYPE_CHECKING:
    from kstep.app.handing import Handing
    from kstep.register.tables import Only

Row = TypeVar("Row")

To = Annotated[
    str | None,
    typer.Option("--to", metavar="NAME", help="The recipient, outside, whom it is handed to.", show_default=False),
]
"""The option `--to`. What is told without it is for the eyes of the account alone."""


def handing_to(now: Acting, to: str | None, marking: str = "restricted") -> Handing | None:
    """Handing to a recipient what is marked so; None if nothing is handed to anybody. Raises `InputError`."""
    from kstep.app.handing import Handing
    from kstep.model.markings import Marking

    return None if to is None else Handing.to(now.home, now.ledger, to, now.by, Marking.parse(marking))


def find_for(now: Acting, handing: Handing | None, item: str, person_id: str) -> int:
    """The number of somebody whom a command asks for. Raises `NoRecord` if there is no record, or none as far as whom it is for is
    told.
    """
    from kstep.register.service import NoRecord

    number = register_of(now).find(person_id)
    if handing is not None and not handing.may_tell_of(item, number):
        raise NoRecord
    return number


def rows_for(now: Acting, to: str | None, item: str, found: list[Row], of: Callable[[Row], Iterable[int]]) -> list[Row]:
    """Those rows of a list that may leave to whom it is for, by the people of whom each tells; it is recorded that they did."""
    if (handing := handing_to(now, to)) is None:
        return found
    left = handing.rows(item, found, of)
    handing.handed(item, len(left), (person for row in left for person in of(row)))
    return left


def counted_for(now: Acting, to: str | None, item: str, only: Only) -> Only:
    """Which people a list counts that is for somebody; that it was handed out is recorded."""
    if (handing := handing_to(now, to)) is None:
        return only
    handing.handed(item, 0)
    return handing.only(only)


__all__ = ["To", "counted_for", "find_for", "handing_to", "rows_for"]
