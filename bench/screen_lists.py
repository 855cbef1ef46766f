"""Screening a roster of 100,000 made-up people against the real OFAC and UN lists, as a user would: whole commands, timed.

Prints wall time, processor time and peak memory of `kstep screen` with kept indexes and without, of `kstep lookup` from a
cold start, and of `kstep --help`; each several times, the best and the worst.

    python bench/screen_lists.py DATA [--n N] [--runs R]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from kstep.synth import write_people

KSTEP = Path(sys.executable).with_name("kstep")


def run(arguments: Sequence[str], cache: Path) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak MiB of one command."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(KSTEP), *arguments], env={**os.environ, "KSTEP_CACHE": str(cache)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"kstep {' '.join(arguments)} failed with status {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def show(label: str, measured: Sequence[tuple[float, float, float]]) -> None:
    """One line: the best and the worst of the runs."""
    walls = [wall for wall, _, _ in measured]
    processor = [used for _, used, _ in measured]
    print(
        f"{label:<58}{min(walls):>8.2f}{max(walls):>8.2f}{min(processor):>10.2f}{max(peak for _, _, peak in measured):>10.0f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    un = options.data / "un/consolidated-2026-02-27.xml"
    lists = ["--list", f"un={un}", "--list", f"ofac-sdn={options.data / 'ofac-sdn/2024-05'}"]
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name), Path(name) / "cache"
        write_people(folder / "people.csv", options.n, 1)
        screen = ["screen", str(folder / "people.csv"), *lists, "--out", str(folder / "matches.jsonl")]
        lookup = ["lookup", *lists, "--name", "Ayman al-Zawahiri", "--birth-date", "1951-06-19"]
        print(f"{'command':<58}{'best s':>8}{'worst s':>8}{'cpu s':>10}{'peak MiB':>10}")
        show("first screen ever: compiles kernels, builds indexes", [run(screen, cache)])
        for what, forgotten in (
            ("nothing kept but kernels", ("*.index", "*.roster")),
            ("the lists' indexes kept", ("*.roster",)),
            ("the roster's kept too", ()),
        ):
            measured = []
            for _ in range(options.runs):
                for index in (index for pattern in forgotten for index in cache.glob(pattern)):
                    index.unlink()
                measured.append(run(screen, cache))
            show(f"screen {options.n:,} people, {what}", measured)
        show("lookup, indexes kept, cold process", [run(lookup, cache) for _ in range(options.runs)])
        show("--help", [run(["--help"], cache) for _ in range(options.runs)])


if __name__ == "__main__":
    main()
