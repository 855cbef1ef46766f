"""A process that appends to a log until it is told to stop, or killed: `python appending.py URL NAME UNITS`.

It says on a line the numbers of each unit that is kept, as soon as it is. Each unit records two events; each fifth one fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from kstep.app.home import now
from kstep.ledger.service import Ledger
from kstep.store import Database
from live_logs import NAMES, VAULT, WE, TestPersonNamed


def append(database: Database, name: str, units: int) -> list[tuple[int, int]]:
    """Append so many units, and return the numbers of the events of each that was kept."""
    ledger, kept = Ledger(database, VAULT, now, [NAMES]), []
    for turn in range(units):
        with suppress(ZeroDivisionError):
            with ledger.unit(WE) as unit:
                first, second = (
                    unit.record(
                        TestPersonNamed(name=f"{name} {turn} {step}"),
                        subject=f"person:{turn % 7}",
                        marking="restricted",
                    )
                    for step in range(2)
                )
                if turn % 5 == 4:
                    raise ZeroDivisionError
            kept.append((first.number, second.number))
            print(first.number, second.number, flush=True)
    return kept


def start(database: Database, name: str, units: int) -> subprocess.Popen[str]:
    """A process that appends to this database."""
    url = database.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, str(Path(__file__)), url, name, str(units)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


if __name__ == "__main__":
    append(Database.open(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
