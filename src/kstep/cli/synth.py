"""`kstep synth`: people and lists that nobody is in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kstep.cli.console import DONE, print_json

app = typer.Typer(no_args_is_help=True)


@app.callback()
def root() -> None:
    """Make realistic people and lists from a seed; no real person is in them."""


@app.command()
def people(
    out: Annotated[Path, typer.Option(help="The file: .csv, .jsonl or .parquet.")] = Path("people.csv"),
    n: Annotated[int, typer.Option("--n", help="How many people.")] = 1_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same people.")] = 1,
    list_: Annotated[
        list[str] | None,
        typer.Option(
            "--list", metavar="KIND=PATH", help="Plant altered copies of this list's entries among the people."
        ),
    ] = None,
    planted: Annotated[float, typer.Option(help="The share of people who are planted, from 0 to 1.")] = 0.001,
    common: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="The share of people who bear one of the ten commonest given names."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> int:
    """Make a roster; with --list, plant true matches in it and write the truth beside it."""
    from kstep.lists import read_list
    from kstep.screening.sources import parse_sources
    from kstep.synth import write_people

    lists = [(source.label, read_list(source.kind, source.path).entries) for source in parse_sources(list_ or ())]
    made = write_people(out, n, seed, lists=lists, planted_share=planted, common=common)
    truth = str(made.truth) if made.truth else None
    figures = {"path": str(made.path), "people": made.people, "planted": made.planted, "truth": truth}
    _tell({**figures, "corruptions": dict(made.corruptions)}, as_json)
    return DONE


@app.command("list")
def list_command(
    kind: Annotated[str, typer.Option(help="ofac-sdn, un or table.")] = "table",
    out: Annotated[Path, typer.Option(help="The file, or for ofac-sdn the directory.")] = Path("list.csv"),
    n: Annotated[int, typer.Option("--n", help="How many people are on it.")] = 1_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same list.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> int:
    """Make a list in a publisher's format."""
    from kstep.synth import write_list

    made = write_list(out, kind, n, seed)
    _tell({"path": str(made.path), "kind": made.kind, "people": made.people, "others": made.others}, as_json)
    return DONE


def _tell(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(figures)
        return
    for label, value in figures.items():
        if isinstance(value, dict):
            for kind, count in value.items():
                print(f"  {kind:<28}{count:,}")
        elif value is not None:
            print(f"{label:<10}{value:,}" if isinstance(value, int) else f"{label:<10}{value}")
