"""What the benchmark of a nation's size runs: `kstep` as its users run it, with its caches in one folder, and what that takes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

KSTEP = Path(sys.executable).with_name("kstep")


class Setup(NamedTuple):
    """The files, how many people and entries they hold, and the folder of everything."""

    folder: Path
    people: int
    entries: int

    @property
    def roster(self) -> Path:
        """The roster of everyone."""
        return self.folder / f"people-{self.people}.csv"

    @property
    def cache(self) -> Path:
        """What kstep keeps."""
        return self.folder / "cache"

    @property
    def list(self) -> Path:
        """The list."""
        return self.folder / f"entries-{self.entries}.csv"


class Took(NamedTuple):
    """What a command took: seconds on the clock and of the processors, the largest process in GiB; and what it told."""

    wall: float
    cpu: float
    gib: float
    told: str


def kstep(setup: Setup, *arguments: str | Path) -> Took:
    """Run the command; its caches are in the folder. Ends this programme if it fails."""
    environment = {**os.environ, "KSTEP_CACHE": str(setup.cache)}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    running = subprocess.Popen(
        [KSTEP, *map(str, arguments)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert running.stderr
    told = running.stderr.read()
    _, status, used = os.wait4(running.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:
        sys.exit(told)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(time.perf_counter() - started, cpu, used.ru_maxrss / (1 << 20), told)


def row(took: Took) -> dict[str, Any]:
    """What a command took, for the table."""
    return {"wall_s": round(took.wall, 1), "cpu_s": round(took.cpu, 1), "peak_gib": round(took.gib, 2)}
