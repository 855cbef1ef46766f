"""`kstep files compare`: what speaks for and against each possible match of a file, for whoever reviews it. It is attached to the
group of commands on files as `app.command("compare")(files_compare.compare_)`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import DONE, print_json, say
from kstep.cli.files_told import PURPOSE, PersonId
from kstep.cli.register_items import AsJson, register_of, require_person
from kstep.cli.tables import show

if TYPE_CHECKING:
    from kstep.encounters.paper.sheet import Comparison


def compare_(
    person_id: PersonId,
    pairing: Annotated[
        str | None,
        typer.Option("--pairing", metavar="LIST#NUMBER", help="Only this possible match.", show_default=False),
    ] = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """What speaks for and against each possible match of a file: what the person and the entry say, field by field, and how much
    it is worth in bits. A figure decides nothing: whoever reviews it does.
    """
    from kstep.app.file_comparisons import comparisons, standing
    from kstep.encounters.checking import FileError

    with acting(home, as_, purpose, "files.read") as now:
        number = register_of(now).find(person_id)
        marked = [require_person(now, action, number) for action in ("people.read", "files.read")]
        with now.home.database.read() as connection:
            known = standing(connection, number)
        if pairing is not None and pairing not in known:
            there = ", ".join(known) or "none"
            raise FileError(
                f"{person_id}: {pairing!r} is no possible match that stands in the file; there are: {there}"
            )
        found = comparisons(now.home, now.ledger, number, say)
        for action, item in zip(("people.read", "files.read"), marked, strict=True):
            now.access.read_marked(now.actor, action, [item], now.purpose)
    wanted = [key for key in known if pairing in (None, key)]
    compared = {key: found[key] for key in wanted if key in found}
    if as_json:
        print_json([_told(key, one) for key, one in compared.items()])
    else:
        for place, (key, one) in enumerate(compared.items()):
            print(("\n" if place else "") + f"{key}: {one.entry}\n")
            show([asdict(row) for row in one.rows], ("field", "person", "entry", "relation", "bits", "speaks"), "")
            print(
                f"\nin all {one.bits} bits, and {one.prior} before any of it; edition {one.edition[:12]}, {one.engine}"
            )
    for key in wanted:
        if key not in compared:
            say(
                f"{key}: there is nothing to compare: by what is on the list now it is no possible match, or nobody uses the list"
            )
    if not wanted:
        say("no possible match stands in the file")
    return DONE


def _told(key: str, one: Comparison) -> dict[str, Any]:
    rows = [
        {"field": row.field, "person": row.person, "entry": row.entry, "relation": row.relation, "bits": _number(row.bits)}
        for row in one.rows
    ]  # fmt: skip
    return {
        "pairing": key, "entry": one.entry, "edition": one.edition, "engine": one.engine, "bits": _number(one.bits),
        "prior_bits": _number(one.prior), "evidence": rows,
    }  # fmt: skip


def _number(bits: str) -> float:
    return float(bits.replace("−", "-"))


__all__ = ["compare_"]
