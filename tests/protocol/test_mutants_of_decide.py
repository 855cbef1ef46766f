"""The comparison with the model finds mistakes: each of many, made in a copy of the engine, lets the two differ."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from protocol import mutants_of_decide
from protocol.mutants_of_decide import MUTANTS, PACKAGE, Mutant, keep, mutated
from protocol.test_decide_by_the_minute import TEXTS

MANY, SOME = range(1000), range(40)
FACTS = 20
HELD = {name: TEXTS[name] for name in ("kstep", "tiny")}
QUICK = {"late_after_the_deadline", "evidence_is_ignored"}
"""Mistakes that are looked for in every run."""


def differ(kept: Path, folder: Path | None) -> subprocess.CompletedProcess[str]:
    paths = [str(PACKAGE.parents[1]), str(Path(__file__).parents[1])]
    command = [sys.executable, mutants_of_decide.__file__, str(kept), *([str(folder)] if folder else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "many"
    keep(path, HELD, MANY, FACTS)
    return path


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "some"
    keep(path, HELD, SOME, FACTS)
    return path


def test_some_mistakes_are_found(some: Path, tmp_path: Path) -> None:
    for mutant in MUTANTS:
        if mutant.name in QUICK:
            found = differ(some, mutated(mutant, tmp_path / mutant.name))
            assert found.returncode == 1, f"{mutant.name} was not found: {found.stderr}"


def test_each_mistake_can_be_made(tmp_path: Path) -> None:
    """The texts that are edited are there, and once."""
    for mutant in MUTANTS:
        mutated(mutant, tmp_path / mutant.name)


@pytest.mark.histories
def test_the_engine_has_none_of_them(many: Path) -> None:
    found = differ(many, None)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.histories
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: str(mutant.name))
def test_each_mistake_is_found(mutant: Mutant, many: Path, tmp_path: Path) -> None:
    found = differ(many, mutated(mutant, tmp_path))
    assert found.returncode == 1, f"{mutant.name} was not found"
