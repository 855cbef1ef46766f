"""What the commands share: saying things on stderr, progress on a terminal, JSON for programs, an option."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from kstep.model import one_line

DONE, ATTENTION, BAD_INPUT = 0, 1, 2
"""Exit codes: done; done, and something needs attention; bad input or usage."""

STOPPED, BROKEN = 130, 70
"""Exit codes: stopped by the user; an error of kstep itself, so that no result can be relied upon."""

DRAWN_EVERY = 0.1
TOLD_EVERY = 20.0
"""Seconds between two looks at progress, on a terminal and in lines."""

_VALUE = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b\d{4}-\d{2}(?:-\d{2})?\b""")

LONGEST_LINE = 1_000
"""Characters of a line on stderr."""

NominalList = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Entries that the prior supposes; by default, as many as the lists have, in halvings and doublings of 8,000.",
        show_default=False,
    ),
]
"""The option `--nominal-list` of a command that screens."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
"""The option `--json`."""


def say(text: str) -> None:
    """One line on stderr, with control characters made visible."""
    print(f"kstep: {one_line(text, LONGEST_LINE)}", file=sys.stderr, flush=True)


def without_values(text: str) -> str:
    """A message without the values that it quotes, and without dates: stderr is kept by others, and tells of nobody."""
    return _VALUE.sub("…", text)


def print_json(value: Any) -> None:
    """A JSON value on stdout, for programs."""
    from kstep.screening.writers import json_text

    print(json_text(value, indent=2))


def print_table(titles: Sequence[str], lines: Iterable[Sequence[str]], *, numbers: bool = True) -> None:
    """A table on stdout, with control characters made visible; `numbers` if all columns but the first hold numbers."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_edge=False, pad_edge=False)
    for place, title in enumerate(titles):
        table.add_column(title, justify="right" if numbers and place else "left", overflow="fold")
    for line in lines:
        table.add_row(*(Text(one_line(held)) for held in line))
    Console().print(table)


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A function to be called with how much more is done: it shows how much that is, how fast, and how long the rest will take, as
    a bar if stderr is a terminal, and otherwise in a line now and then where it takes long.

    No thread draws the bar: other processes can be forked meanwhile.
    """
    pace = _Pace(total)
    if not sys.stderr.isatty():
        yield _telling(label, pace)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn() if total else SpinnerColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task(label, total=total, pace="")

        def draw(more: int) -> None:
            if pace.advance(more, 0 if pace.done + more == total else DRAWN_EVERY):
                bar.update(task, completed=pace.done, pace=pace.told(), refresh=True)

        yield draw


def _telling(label: str, pace: _Pace) -> Callable[[int], None]:
    def tell(more: int) -> None:
        if pace.advance(more, TOLD_EVERY):
            say(f"{label}: {pace.done:,}{f' of {pace.total:,}' if pace.total else ''}, {pace.told()}")

    return tell


class _Pace:
    """How much is done, how fast, and how long the rest takes. What is told first was done before: it is no part of the pace."""

    def __init__(self, total: int | None) -> None:
        self.total, self.done = total, 0
        self._before = 0
        self._started = self._seen = 0.0

    def advance(self, more: int, every: float) -> bool:
        """So much more is done; whether it is so many seconds since this was last said to be worth a look."""
        now = time.monotonic()
        if not self._started:
            self._started = self._seen = now
            self._before = more
        self.done += more
        if now - self._seen < every:
            return False
        self._seen = now
        return True

    def told(self) -> str:
        """The pace in words."""
        rate = (self.done - self._before) / max(self._seen - self._started, 1e-3)
        left = f", {(self.total - self.done) / rate:,.0f} s left" if self.total and rate else ""
        return f"{rate:,.0f}/s{left}"
