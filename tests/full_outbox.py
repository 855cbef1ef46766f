"""An outbox and an inbox on a disk that cannot grow: a small file system that is full to its last byte, mounted for this process
alone, or no file of this process may become longer.

Run as a programme, the first in a mount namespace of its own; prints what happened, as lines of JSON. Meanwhile letters wait, and
nothing is signed for that cannot be kept; with room, each arrives once.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from databases import Copies
from full_disk import fill, mounted
from kstep.dispatch.folder import LETTER_END, LETTERS, write_receipts
from kstep.dispatch.inbox import Inbox
from kstep.dispatch.tables import messages
from kstep.store import Database, StoreError
from messaging import HOUR, Telegraph
from receivers import acknowledge_all, an_inbox

SIZE = "24m"
BEFORE, MORE = 30, 70
"""Messages that are owed before the disk is full, and those that somebody would queue then."""


@contextmanager
def full_disk(folder: Path, room: int) -> Iterator[None]:
    """A file system on which so many bytes are left."""
    filler = fill(folder, room)
    yield
    filler.unlink()


@contextmanager
def short_files(_: Path, length: int) -> Iterator[None]:
    """No file grows beyond a length."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


FULL = {"mounted": (full_disk, (0, 1 << 18)), "limited": (short_files, (1 << 12, 1 << 16))}
"""How there is no room, and how little there is: none, and as much as is gone in the middle."""


def refused(what: Callable[[], object]) -> str:
    """Why something cannot be done for want of room."""
    try:
        what()
    except (StoreError, OSError) as error:
        return str(error)
    return ""


def letters_in(drop: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((drop / LETTERS).glob(f"*{LETTER_END}"))]


def queue(node: Telegraph, duties: range) -> tuple[list[str], str]:
    """What could be queued, each in a unit of its own, and why no more."""
    done: list[str] = []
    why = refused(lambda: done.extend(node.tell(duty=f"duty:{number}") for number in duties))
    return done, why


def emptied(database: Database) -> None:
    """What the last units left beside it goes into the database, and leaves no room that is free."""
    with database.maintenance() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def run(kind: str, room: int, small: Path, drop: Path) -> dict[str, object]:
    """What happened while there was no room, and what came of it then."""
    small.mkdir(parents=True)
    drop.mkdir()
    node = Telegraph(Copies(small, None).open(), small).begin(people=0)
    inbox = an_inbox(small, node.clock)
    node.add(channels=[f"file:{drop}"])
    owed, _ = queue(node, range(BEFORE))
    told: dict[str, object] = {"room": room}
    for database in (node.database, inbox.database):
        emptied(database)
    with FULL[kind][0](small, room):
        some, told["queue refused"] = queue(node, range(BEFORE, BEFORE + MORE))
        owed += some
        told["queued meanwhile"] = len(some)
        told["send refused"] = refused(node.turn)
        told["take refused"] = refused(lambda: take(inbox, drop))
    told |= {"letters out": len(letters_in(drop)), "signed for": len(inbox.all())}
    queue(node, range(BEFORE + MORE))
    for _ in range(3):
        node.turn()
        take(inbox, drop)
        acknowledge_all(inbox)
        write_receipts(drop, inbox.receipts([one["message"] for one in inbox.all()]))
        node.now += HOUR
    with node.database.read() as connection:
        lines = connection.execute(
            select(messages.c.message, messages.c.duty, messages.c.state, messages.c.digest)
        ).all()
        sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    there = {one["message"]: one["digest"] for one in inbox.all()}
    return told | {
        "duties once": sorted(line.duty for line in lines)
        == sorted(f"duty:{number}" for number in range(BEFORE + MORE)),
        "owed are there": set(owed) <= {line.message for line in lines},
        "same on both sides": there == {line.message: line.digest for line in lines},
        "states": sorted({line.state for line in lines}),
        "sound": sound == "ok" and node.replays(),
    }


def take(inbox: Inbox, drop: Path) -> None:
    """Take in what the carrier brings."""
    inbox.take(letters_in(drop))


def main(kind: str, folder: Path) -> None:
    """Run it on a file system of its own, or on the one there is."""
    small = folder / "small"
    if kind == "mounted":
        mounted(small, SIZE)
    for room in FULL[kind][1]:
        print(json.dumps(run(kind, room, small / str(room), folder / f"drop-{room}")), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
