"""`kstep register duplicates`, `merge` and `unmerge`: who may be twice on the roster, and what somebody decides about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import DONE
from kstep.cli.handing import To, counted_for
from kstep.cli.register_items import (
    PURPOSE,
    AsJson,
    Ground,
    find_person,
    read_list,
    register_of,
    require_person,
    told_table,
)

if TYPE_CHECKING:
    from kstep.register.duplicates import Duplicate


def duplicates(
    threshold: Annotated[float, typer.Option(metavar="P", help="The least probability that is shown.")] = 0.9,
    to: To = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """People who may be twice on the roster, with the evidence, and what hangs on each; nothing is merged."""
    from kstep.register.duplicates import Duplicates

    with acting(home, as_, purpose, "people.merge") as now:
        only = counted_for(now, to, "register:duplicates", partial(now.actor.filter, "people.merge"))
        found = Duplicates(now.ledger, register_of(now)).find(threshold, only)
        read_list(now, "people.merge", "register:duplicates", (office for one in found for office in one.offices))
        matches = {} if to else _matches(now, {person for one in found for person in one.people})
    rows = [_shown(one, matches) for one in found]
    columns = ("first", "second", "probability", "why", "hangs_on_first", "hangs_on_second")
    return told_table(rows, columns, "nobody seems to be there twice", as_json=as_json)


def merge(
    kept: Annotated[str, typer.Argument(metavar="KEPT", help="Who stays.", show_default=False)],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Whose record is screened with theirs.")],
    ground: Ground,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Say that two are one person: the other's record is screened with the one that is kept."""
    with acting(home, as_, purpose, "people.merge") as now:
        one, two = (find_person(now, person) for person in (kept, other))
        for number in (one, two):
            require_person(now, "people.merge", number)
        register_of(now).merge(one, two, ground, now.by)
    return DONE


def unmerge(
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Who is somebody else after all.")],
    ground: Ground,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Say that two are two people after all; both are screened alone."""
    with acting(home, as_, purpose, "people.merge") as now:
        number = find_person(now, other)
        require_person(now, "people.merge", number)
        register_of(now).unmerge(number, ground, now.by)
    return DONE


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


__all__ = ["duplicates", "merge", "unmerge"]
