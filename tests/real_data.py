"""Where the real lists are: the folder named by KSTEP_REAL_DATA. Without it, the tests that need it say so and are skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def real_data() -> Path:
    """The folder of real lists, or a skip that names what is missing."""
    folder = os.environ.get("KSTEP_REAL_DATA")
    if not folder:
        pytest.skip("KSTEP_REAL_DATA names no folder of real lists")
    return Path(folder)
