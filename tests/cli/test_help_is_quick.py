"""Help for every command, without loading what only the work itself needs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from command_line import kstep, kstep_here
from command_tree import COMMANDS

HEAVY = ("numpy", "numba", "llvmlite", "polars", "lxml", "jinja2", "pycountry", "rapidfuzz", "anyascii", "pyspark", "pyarrow",
         "pandas")  # fmt: skip

_LOADED = """
import contextlib, io, json, sys
from kstep.cli.app import run
with contextlib.redirect_stdout(io.StringIO()):
    code = run(json.loads(sys.argv[1]))
print(json.dumps([code, sorted(sys.modules)]))
"""


def loaded(*arguments: str) -> tuple[int, list[str]]:
    """The exit code of a command line in a new process, and the modules that it loaded."""
    command = [sys.executable, "-c", _LOADED, json.dumps(arguments)]
    code, modules = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return code, modules


@pytest.mark.parametrize("arguments", [("--help",), ("screen", "--help"), ("lists", "inspect", "--help")])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    code, modules = loaded(*arguments)
    assert code == 0
    assert "kstep.cli.app" in modules
    assert [module for module in modules if module.partition(".")[0] in HEAVY] == []


def test_refusing_bad_usage_loads_nothing_heavy() -> None:
    code, modules = loaded("screen", "--bogus")
    assert code == 2
    assert [module for module in modules if module.partition(".")[0] in HEAVY] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_that_names_its_options(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    ended = kstep_here(capsys, *command.split(" ")[1:], "--help")
    assert (ended.code, ended.err) == (0, "")
    assert f"Usage: {command} " in ended.out
    assert all(option in ended.out for option in COMMANDS[command])


def test_help_names_every_command() -> None:
    ended = kstep("--help")
    assert ended.code == 0
    assert {line.split()[1] for line in ended.out.splitlines() if line.startswith("│ ") and line[2] not in " -"} == {
        command.split(" ")[1] for command in COMMANDS if " " in command
    }
    assert "Exit codes: 0 done, 1 done but something needs attention, 2 bad input or" in ended.out


def test_nothing_asked_shows_help_and_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    ended = kstep_here(capsys)
    assert (ended.code, ended.told) == (2, ["kstep: Missing command; see `kstep --help`"])
    assert "Usage: kstep [OPTIONS] COMMAND" in ended.out
