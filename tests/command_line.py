"""The command as its users meet it: run as a process of its own, on small files of invented people.

A process of its own takes half a second, so tests of what it prints run the same commands in their own process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kstep.cli.app import run

KSTEP = Path(sys.executable).with_name("kstep")

# What the super-user may do to any file; without these powers, permissions are what they are for others.
_WITHOUT_POWERS = """
import ctypes, os, sys
if os.geteuid() == 0:
    DROP, OVERRIDE, READ_SEARCH = 24, 1, 2
    for power in (OVERRIDE, READ_SEARCH):
        ctypes.CDLL(None).prctl(DROP, power, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""

PEOPLE: tuple[dict[str, Any], ...] = (
    {"person_id": "P-1", "name": "Tariq Nadir Qasrawan", "birth_date": "1980-01-02", "sex": "M", "nationality": "MT"},
    {"person_id": "P-2", "name": "Ingerid Oosterhaal", "birth_date": "1971-03", "documents": "passport:NO:K8812345"},
    {"person_id": "P-3", "name": "Дмитрий Брастов", "birth_date": "1969-05-06"},
    {"person_id": "P-4", "name": "Meera Tarvenkar", "birth_date": "1990-10-11"},
)
ENTRIES: tuple[dict[str, Any], ...] = (
    {"entry_id": "E-1", "name": "Qasrawan, Tariq", "aliases": "طارق قصروان", "birth_date": "1980-02-01"},
    {"entry_id": "E-2", "name": "Ingrid Osterhaal", "birth_date": "1971", "documents": "passport:NO:K8812345"},
    {"entry_id": "E-3", "name": "Dmitri Brastov", "birth_date": "1969-05-06", "sex": "M"},
    {"entry_id": "E-4", "name": "Somchai Rattanavong", "birth_date": "1955-12-24"},
)
"""People of whom the first three are on the list, in other spellings and scripts; nobody here exists."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> list[str]:
        """The lines on stderr."""
        return self.err.splitlines()


def kstep(*arguments: str | Path, powers: bool = True, **environment: str) -> Ran:
    """Run the command in a process of its own; without `powers`, permissions hold for the super-user too."""
    command = [str(KSTEP), *map(str, arguments)]
    if not powers:
        command = [sys.executable, "-c", _WITHOUT_POWERS, *command]
    ended = subprocess.run(command, capture_output=True, timeout=300, env={**os.environ, **environment}, check=False)
    return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def kstep_here(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Ran:
    """Run the command in this process."""
    capsys.readouterr()
    code = run([str(argument) for argument in arguments])
    written = capsys.readouterr()
    return Ran(code, written.out, written.err)


def own_cache(folder: Path) -> Path:
    """A new folder for kept indexes, in which the kernels that were compiled before lie ready."""
    from kstep.matching.kernels import find
    from kstep.matching.kernels.compiled import compiled_folder

    assert find  # its kernels know their folder from now on, whatever KSTEP_CACHE says later
    folder.mkdir()
    (folder / compiled_folder().name).symlink_to(compiled_folder(), target_is_directory=True)
    return folder


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """A JSON lines file of `rows`."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def small_files(folder: Path) -> tuple[Path, str]:
    """`PEOPLE` as a file, and `ENTRIES` as the argument of `--list`."""
    return write_rows(folder / "people.jsonl", PEOPLE), f"table={write_rows(folder / 'watch.jsonl', ENTRIES)}"


def rows_of(text: str) -> list[dict[str, Any]]:
    """The objects of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]
