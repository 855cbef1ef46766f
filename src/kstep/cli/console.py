"""What the commands share: saying things on stderr, progress on a terminal, tables for people and JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kstep.model import one_line

DONE, ATTENTION, BAD_INPUT = 0, 1, 2
"""Exit codes: done; done, and something needs attention; bad input or usage."""

STOPPED, BROKEN = 130, 70
"""Exit codes: stopped by the user; an error of kstep itself, so that no result can be relied upon."""

LONGEST_LINE = 1_000
"""Characters of a line on stderr."""


def say(text: str) -> None:
    """One line on stderr, with control characters made visible."""
    print(f"kstep: {one_line(text, LONGEST_LINE)}", file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """A JSON value on stdout, for programs."""
    from kstep.screening.writers import json_text

    print(json_text(value, indent=2))


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A function to be called with how much more is done; it draws a bar if stderr is a terminal, and nothing
    otherwise.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.advance(task, done)
