"""`kstep demo`: everything, on synthetic data, in one directory."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.console import DONE, print_json, progress, say

if TYPE_CHECKING:
    from kstep.app.demo import DemoResult


def demo(
    folder: Annotated[Path, typer.Argument(help="Where everything is written.")] = Path("kstep-demo"),
    n: Annotated[int, typer.Option("--n", min=1, help="How many people.")] = 100_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same people.")] = 1,
    list_: Annotated[
        list[str] | None, typer.Option("--list", metavar="KIND=PATH", help="Real lists, in place of made ones.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> int:
    """Screen a made-up nation's roster: everything, on synthetic data, in one directory."""
    from kstep.app.demo import MADE_LISTS, run_demo

    with progress("screening", n * len(list_ or MADE_LISTS)) as advance:
        result = run_demo(folder, n, seed, list_ or (), say=say, progress=advance)
    if as_json:
        figures = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(result).items()}
        print_json(figures | {"recall": result.recall, "precision": result.precision})
    else:
        _print(result)
    return DONE


def _print(result: DemoResult) -> None:
    from rich.console import Console
    from rich.table import Table

    bands = ", ".join(f"{count:,} {band}" for band, count in result.bands.items()) or "none"
    rows = [
        ("people", f"{result.people:,}"),
        ("list entries", f"{result.entries:,}"),
        ("comparisons", f"{result.comparisons:,}"),
        ("possible matches", bands),
        ("planted matches found", f"{result.found:,} of {result.planted:,} (recall {result.recall:.3f})"),
        (
            "people flagged who were planted",
            f"{result.flagged_planted:,} of {result.flagged:,} (precision {result.precision:.3f})",
        ),
        ("screening took", f"{result.seconds:.1f} s, from opening the files to written matches"),
    ]
    table = Table(show_header=False, show_edge=False, pad_edge=False, box=None)
    for label, value in rows:
        table.add_row(label, value)
    console = Console()
    console.print(table)
    detail = Table("what was altered in a planted copy", show_edge=False, pad_edge=False)
    detail.add_column("planted", justify="right")
    detail.add_column("found", justify="right")
    for kind, (planted, found) in result.by_corruption.items():
        detail.add_row(kind.replace("_", " "), f"{planted:,}", f"{found:,}")
    console.print()
    console.print(detail)
    missed = result.planted - result.found
    if missed:
        print(
            f"\nThe other {missed:,} were compared too; what is left of them stays below the threshold (kstep screen --threshold)."
        )
    print(f"\nmatches    {result.matches}")
    if result.attention:
        print(f"attention  {result.attention}")
    print(f"report     {result.report}   (open it in a browser)")
