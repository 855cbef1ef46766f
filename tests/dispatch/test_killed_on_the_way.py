"""Killed at every point that matters, on either side of the way: nothing is lost, and nothing is there twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import traceback
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from databases import Copies
from killed_phases import Points
from kstep.dispatch.folder import LETTER_END, LETTERS, write_receipts
from kstep.dispatch.tables import messages
from kstep.store import Database
from messaging import HOUR, WE, Telegraph, telling
from receivers import an_inbox

DUTIES = 3


def work(folder: Path) -> None:
    """Queue, send over a folder, take in, sign, and take the receipts; begun again wherever it was left."""
    node = Telegraph(Database.open(f"sqlite:///{folder / 'node.db'}"), folder)
    node.now += (folder / "clock").stat().st_size * HOUR
    drop = folder / "drop"
    with node.ledger.unit(WE) as unit:
        for number in range(DUTIES):
            node.outbox.queue(unit, telling(duty=f"duty:{number}"))
    node.turn()
    inbox = an_inbox(folder, node.clock)
    told = inbox.take([path.read_bytes() for path in sorted((drop / LETTERS).glob(f"*{LETTER_END}"))])
    for message, _ in told:
        inbox.sign(message, "acknowledged")
    write_receipts(drop, inbox.receipts([message for message, _ in told]))
    node.now += HOUR
    node.turn()
    for database in (node.database, inbox.database):
        database.close()


def child(folder: Path, kill_at: int) -> tuple[bool, list[str]]:
    """The work in a process of its own, which is killed at a point, or tells which there were."""
    reading, writing = os.pipe()
    if (process := os.fork()) == 0:
        points = Points(kill_at)
        try:
            points.install()
            work(folder)
            os.write(writing, json.dumps(points.met).encode())
        except BaseException:
            traceback.print_exc()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        text = file.read()
    _, status = os.waitpid(process, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or text, "it ended in an error"
    return killed, json.loads(text) if text else []


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A folder with a node that has something to do."""
    first = Copies(tmp_path, None).open()
    folder = tmp_path / "first"
    folder.mkdir()
    (folder / "drop").mkdir()
    (folder / "clock").touch()
    first.close()
    assert first.path is not None
    shutil.copyfile(first.path, folder / "node.db")
    node = Telegraph(Database.open(f"sqlite:///{folder / 'node.db'}"), folder).begin(people=0)
    node.add(channels=[f"file:{folder.parent / 'now' / 'drop'}"])
    with node.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    node.database.close()
    return folder


def killed_at(prepared: Path, kill_at: int) -> list[str]:
    """Kill at a point, begin again, and see that nothing was lost or doubled; returns the points if nothing is killed."""
    folder = prepared.parent / "now"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(prepared, folder)
    killed, met = child(folder, kill_at)
    if killed != (kill_at > 0):
        raise NeverHit(f"point {kill_at} was never hit")
    if killed:
        (folder / "clock").write_bytes(b"..")  # two hours later
        assert child(folder, 0)[0] is False
    node = Telegraph(Database.open(f"sqlite:///{folder / 'node.db'}"), folder)
    inbox = an_inbox(folder, node.clock)
    with node.database.read() as connection:
        lines = connection.execute(
            select(messages.c.message, messages.c.duty, messages.c.state, messages.c.digest)
        ).all()
    assert sorted((line.duty, line.state) for line in lines) == [
        (f"duty:{number}", "acknowledged") for number in range(DUTIES)
    ]
    assert {line["message"]: line["digest"] for line in inbox.all()} == {line.message: line.digest for line in lines}
    assert node.replays()
    for database in (node.database, inbox.database):
        database.close()
    return met


def every_point(prepared: Path, step: int) -> Counter[str]:
    """Kill at each point, or each so many-th; a point that is never hit fails. Names of messages are drawn anew each time, and with
    them some statements more or less: counted are the points that every one of some runs has.
    """
    runs = [killed_at(prepared, 0) for _ in range(4)]
    points = min(runs, key=len)
    for kill_at in range(1, len(points) + 1, step):
        was_hit(prepared, kill_at)
    return Counter(points)


def was_hit(prepared: Path, kill_at: int, tries: int = 8) -> None:
    """Kill at a point that most runs have, trying again where one did not come so far."""
    for left in reversed(range(tries)):
        try:
            killed_at(prepared, kill_at)
        except NeverHit:
            if not left:
                raise
        else:
            return


class NeverHit(AssertionError):
    """A run ended before it came to a point."""


MATTER = {
    "before commit", "after commit", "before fsync", "after fsync", "before rename", "after rename", "sql INSERT", "sql UPDATE",
    "sql SELECT",
}  # fmt: skip


def test_killed_at_points_of_the_way_loses_nothing(prepared: Path) -> None:
    met = every_point(prepared, 41)
    assert set(met) >= MATTER, f"points that are never met: {MATTER - set(met)}"


@pytest.mark.histories
def test_killed_at_every_point_of_the_way_loses_nothing(prepared: Path) -> None:
    met = every_point(prepared, 1)
    print(dict(met))
    assert set(met) >= MATTER
