"""Every command there is and its options, as the command line itself has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from kstep.cli.app import app


def _commands(path: str, command: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    shown = (parameter for parameter in command.params if not getattr(parameter, "hidden", False))
    options = (name for parameter in shown for name in parameter.opts if name.startswith("--"))
    yield path, tuple(option for option in options if option != "--help")
    for name, below in getattr(command, "commands", {}).items():
        yield from _commands(f"{path} {name}", below)


COMMANDS = dict(_commands("kstep", typer.main.get_command(app)))
"""The options by command, as in `{"kstep screen": ("--list", …)}`; groups of commands are commands too."""
