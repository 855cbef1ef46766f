"""What the commands share: saying things on stderr, progress on a terminal, JSON for programs, an option."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
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

LONGEST_LINE = 1_000
"""Characters of a line on stderr."""

NominalList = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Entries of the list that the prior supposes; by default, as many as the lists have, in doublings of 8,000.",
        show_default=False,
    ),
]
"""The option `--nominal-list` of a command that screens."""


def say(text: str) -> None:
    """One line on stderr, with control characters made visible."""
    print(f"kstep: {one_line(text, LONGEST_LINE)}", file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """A JSON value on stdout, for programs."""
    from kstep.screening.writers import json_text

    print(json_text(value, indent=2))


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A function to be called with how much more is done: it shows how much that is, how fast, and how long the rest will take, as
    a bar if stderr is a terminal, and otherwise in a line now and then where it takes long.

    No thread draws the bar: other processes can be forked meanwhile.
    """
    if not sys.stderr.isatty():
        yield _told(label, total)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn() if total else SpinnerColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        *((TimeRemainingColumn(),) if total else ()),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task(label, total=total, rate="")
        started = drawn = time.monotonic()
        done = 0

        def advance(more: int) -> None:
            nonlocal done, drawn
            done, now = done + more, time.monotonic()
            bar.update(task, completed=done, rate=f"{done / max(now - started, 1e-3):,.0f}/s")
            if now - drawn > DRAWN_EVERY:
                bar.refresh()
                drawn = now

        yield advance


def _told(label: str, total: int | None) -> Callable[[int], None]:
    started = told = time.monotonic()
    done = 0

    def advance(more: int) -> None:
        nonlocal done, told
        done, now = done + more, time.monotonic()
        if now - told < TOLD_EVERY:
            return
        told, rate = now, done / (now - started)
        left = f", {(total - done) / rate:,.0f} s left" if total and done else ""
        say(f"{label}: {done:,}{f' of {total:,}' if total else ''}, {rate:,.0f}/s{left}")

    return advance
