"""What is kept is found again by the same code alone: another reader or another engine builds its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kstep

_DIGEST = """
import sys
from pathlib import Path
import kstep
from kstep.screening.kept import digest_of_files
print(Path(kstep.__file__).parent, digest_of_files("table 1", [Path(sys.argv[1])]))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package."""
    folder = tmp_path_factory.mktemp("copy") / "kstep"
    shutil.copytree(Path(kstep.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def digest(package: Path) -> str:
    """What it makes of a file before it is altered."""
    return digest_by(package)


def digest_by(package: Path) -> str:
    """The digest of a file as this copy of the package makes it."""
    (file := package.parent / "file.csv").write_text("entry_id,name\n")
    own = {
        "PYTHONPATH": str(package.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "KSTEP_CACHE": str(package.parent / "cache"),
    }
    environment = {**os.environ, **own}
    command = [sys.executable, "-c", _DIGEST, str(file)]
    where, found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()
    assert Path(where) == package
    return found


@pytest.mark.parametrize(
    ("module", "another"),
    [
        ("lists/table.py", True),
        ("records/row.py", True),
        ("model/codec.py", True),
        ("names/similarity.py", True),
        ("matching/columns.py", True),
        ("matching/data/weights.json", True),
        ("cli/screen.py", False),
    ],
)
def test_other_code_of_readers_or_engine_takes_nothing_that_was_kept(
    package: Path, digest: str, module: str, another: bool
) -> None:
    text = (package / module).read_text(encoding="utf-8")
    (package / module).write_text(f"{text}\n", encoding="utf-8")
    altered = digest_by(package)
    (package / module).write_text(text, encoding="utf-8")
    assert (altered != digest) == another
