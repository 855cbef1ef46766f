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
from kstep.model import one_line

if TYPE_CHECKING:
    from kstep.encounters.paper.sheet import Comparison
    from kstep.screening.matches import PossibleMatch


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
    from kstep.app.file_comparisons import compared, in_words
    from kstep.encounters.checking import FileError
    from kstep.encounters.projection import pairing_key
    from kstep.encounters.referring import matches_in

    with acting(home, as_, purpose, "files.read") as now:
        number = register_of(now).find(person_id)
        marked = {action: require_person(now, action, number) for action in ("people.read", "files.read")}
        with now.home.database.read() as connection:
            known = sorted(pairing_key(*one) for one in matches_in(connection, number))
        if pairing is not None and pairing not in known:
            there = f"no possible match that stands in the file; there are: {', '.join(known) or 'none'}"
            raise FileError(f"{person_id}: {one_line(pairing, 40)!r} is {there}")
        found = compared(now.home, now.ledger, number, say)
        for action, item in marked.items():
            now.access.read_marked(now.actor, action, [item], now.purpose)
    wanted = known if pairing is None else [pairing]
    there_now = {key: found[key] for key in wanted if key in found}
    if as_json:
        print_json([_told(key, match) for key, match in there_now.items()])
    else:
        for place, (key, match) in enumerate(there_now.items()):
            _print(key, in_words(match), first=not place)
    for key in wanted:
        if key not in found:
            why = "by what is on the list now it is no possible match, or nobody uses the list"
            say(f"{key}: there is nothing to compare: {why}")
    if not wanted:
        say("no possible match stands in the file")
    return DONE


def _told(key: str, match: PossibleMatch) -> dict[str, Any]:
    from kstep.screening.matches import evidence_rows

    return {
        "pairing": key, "entry": match.entry.entry_id, "entry_name": match.entry_name, "edition": match.edition,
        "engine": match.engine, "bits": match.millibits / 1000, "prior_bits": match.prior_millibits / 1000,
        "evidence": evidence_rows(match.evidence),
    }  # fmt: skip


def _print(key: str, one: Comparison, *, first: bool) -> None:
    print(("" if first else "\n") + f"{key}: {one.entry}\n")
    show([asdict(row) for row in one.rows], ("field", "person", "entry", "relation", "bits", "speaks"), "")
    print(f"\nin all {one.bits} bits, and {one.prior} before any of it; edition {one.edition[:12]}, {one.engine}")


__all__ = ["compare_"]
