"""`kstep lookup`: one person against lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.console import ATTENTION, DONE, NominalList, print_json, say
from kstep.model import one_line

if TYPE_CHECKING:
    from kstep.screening.matches import PossibleMatch

SHOWN = 0.05
"""The least probability that is shown unless asked otherwise: less than a run's, because who looks one person up reads the
answer at once, and often has no more than a name.
"""

WEAKER = 0.01
"""The least probability of what is pointed at where nothing reaches the threshold."""

SEVERAL = "May be given several times."


def lookup(
    list_: Annotated[list[str], typer.Option("--list", metavar="KIND=PATH", help=f"A list to look in. {SEVERAL}")],
    name: Annotated[list[str], typer.Option("--name", help=f"A name, in any script. {SEVERAL}")],
    birth_date: Annotated[
        list[str] | None,
        typer.Option("--birth-date", metavar="DATE", help=f"YYYY, YYYY-MM or YYYY-MM-DD. {SEVERAL}"),
    ] = None,
    nationality: Annotated[
        list[str] | None, typer.Option("--nationality", metavar="CODE", help=f"An ISO 3166 code. {SEVERAL}")
    ] = None,
    birth_country: Annotated[
        list[str] | None, typer.Option("--birth-country", metavar="CODE", help=f"An ISO 3166 code. {SEVERAL}")
    ] = None,
    sex: Annotated[str | None, typer.Option(help="M, F or X.")] = None,
    document: Annotated[
        list[str] | None,
        typer.Option("--document", metavar="TYPE:ISSUER:NUMBER", help=f"As in passport:IR:A1234567. {SEVERAL}"),
    ] = None,
    threshold: Annotated[float, typer.Option(help="The least probability that is shown, between 0 and 1.")] = SHOWN,
    nominal_list: NominalList = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> int:
    """Look one person up in lists, and say why an entry may be the same person."""
    from kstep.screening.lookup import person_of
    from kstep.screening.run import check_threshold, screen
    from kstep.screening.sources import open_lists, parse_sources

    check_threshold(threshold)
    person = person_of(name, birth_date or (), nationality or (), document or (), sex, birth_country or ())
    opened = open_lists(parse_sources(list_), say)
    found = screen([person], opened, threshold, nominal_list=nominal_list)
    if as_json:
        print_json([match.to_json() for match in found.matches])
    else:
        _print(found.matches, sum(len(ready.index.entries) for ready in opened), threshold)
    if not found.matches and (
        weaker := screen([person], opened, min(WEAKER, threshold), nominal_list=nominal_list).matches
    ):
        nearest = max(weaker, key=lambda match: match.millibits)
        say(
            f"below it: {len(weaker):,}, the nearest {one_line(nearest.matched_entry_name)!r} with probability "
            f"{nearest.probability:.2f}; --threshold {WEAKER:g} shows them"
        )
    if found.poor_people and not found.matches:
        say(f"what was given would stay below {threshold} even for a perfect copy: give a fuller name or a birth date")
        return ATTENTION
    return DONE


def _print(matches: Sequence[PossibleMatch], entries: int, threshold: float) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not matches:
        console.print(f"No possible match at or above {threshold} among {entries:,} entries.")
        return
    for match in matches:
        entry = match.entry.identity
        heading = f"{match.entry_name}  ({match.list} {match.entry.entry_id})"
        about = f"{match.band}: probability {match.probability:.3f}, {match.millibits / 1000:+.1f} bits of evidence"
        console.print(Text(one_line(heading), style="bold"))
        console.print(Text(about))
        born = ", ".join(str(day) for day in entry.birth_dates)
        details = "; ".join(part for part in (f"born {born}" if born else "", ", ".join(entry.nationalities)) if part)
        if details:
            console.print(Text(details))
        table = Table("field", "asked", "entry", "relation", show_edge=False, pad_edge=False)
        table.add_column("bits", justify="right")
        for found in match.evidence:
            cells = (found.field, found.person, found.entry, found.relation, f"{found.millibits / 1000:+.1f}")
            table.add_row(*(Text(one_line(cell)) for cell in cells))
        console.print(table)
        console.print()
    console.print("A possible match is a question for a person to answer, never a finding.")
