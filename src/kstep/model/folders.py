"""Where kstep keeps what it can make again: indexes of lists and compiled kernels. Nothing else is ever kept there."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """`KSTEP_CACHE`, or `kstep` in the user's cache folder."""
    if chosen := os.environ.get("KSTEP_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kstep"
