"""`kstep synth`."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True)


def demo() -> int:
    """Everything, on synthetic data, in one directory."""
    return 0
