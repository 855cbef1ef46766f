"""What tests of several rooms share: a place for kept indexes that is theirs alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from command_line import own_cache

pytest_plugins = ["browser", "databases", "homes", "backed_up", "handing_office", "files_kept"]

# A loaded machine is no reason to fail: no test asserts a time.
settings.register_profile("kstep", deadline=None)
settings.load_profile("kstep")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for kept indexes, used by this process and those that it starts."""
    folder = own_cache(tmp_path / "cache")
    monkeypatch.setenv("KSTEP_CACHE", str(folder))
    return folder
