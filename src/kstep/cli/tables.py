"""Tables on the terminal, and how moments are shown in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kstep.cli.console import say
from kstep.model import one_line

WIDE = 400
"""Characters of a line at most where it goes to no terminal: a number that is cut is none."""


def told_dates(micros: int) -> str:
    """A moment as a day and time in UTC."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(micros / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M")


def show(rows: Sequence[Mapping[str, object]], columns: tuple[str, ...], nothing: str) -> None:
    """A table on the terminal: the named columns of some rows."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        say(nothing)
        return
    table = Table(show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        cells = (row[column] for column in columns)
        table.add_row(*(Text("" if cell is None else one_line(str(cell))) for cell in cells))
    console = Console()
    (console if console.is_terminal else Console(width=WIDE)).print(table)


__all__ = ["show", "told_dates"]
