"""Many write to one log at once, some fail and some are killed: no number is missing or given twice, and the tree is that of the
events.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable

from sqlalchemy import func, select

from appending import append, start
from kstep.ledger.tables import logs
from kstep.ledger.verifier import Tree, leaf_hash
from kstep.store import Database
from live_logs import Live, begun, names


def check(live: Live, units: Iterable[tuple[int, int]]) -> int:
    """Check a log in which these units were kept, and return its size."""
    ledger = live.ledger
    units = list(units)
    with live.database.read() as connection:
        size = connection.execute(select(logs.c.size)).scalar_one()
        tree = Tree()
        for leaf in ledger.texts(connection):
            tree.add(leaf_hash(leaf))
        assert ledger.root(connection, size) == tree.root()
        assert tree.size == size
        by_person = connection.execute(select(func.sum(names.c.times))).scalar_one()
        assert by_person == sum(recorded.type == "TestPersonNamed" for recorded in ledger.read(connection))
    assert live.findings() == []
    given = sorted(number for unit in units for number in unit)
    assert len(given) == len(set(given))
    assert all(second == first + 1 for first, second in units)
    assert max(given, default=-1) < size
    return int(size)


def test_processes_and_threads_write_without_a_gap(database: Database) -> None:
    live = begun(database)
    kept: list[tuple[int, int]] = []
    threads = [
        threading.Thread(target=lambda name=f"thread {number}": kept.extend(append(database, name, 15)))
        for number in range(3)
    ]
    processes = [start(database, f"process {number}", 15) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for process in processes:
        out, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        kept += [(int(line.split()[0]), int(line.split()[1])) for line in out.splitlines()]
    assert len(kept) == 6 * 12
    assert check(live, kept) == 6 * 12 * 2


def test_unit_that_fails_leaves_no_gap(database: Database) -> None:
    live = begun(database)
    assert append(database, "alone", 6) == [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]
    assert check(live, []) == 10


def test_log_is_sound_whenever_who_writes_is_killed(database: Database) -> None:
    """Twenty are killed, in four at a time, each when it has said so many units; what they said is kept."""
    live, moments = begun(database), random.Random(7)
    said: list[tuple[int, int]] = []
    size = 0
    for _ in range(5):
        processes = [start(database, f"process {number}", 10_000) for number in range(4)]
        for process in processes:
            assert process.stdout
            for _ in range(moments.randrange(1, 9)):
                first, second = process.stdout.readline().split()
                said.append((int(first), int(second)))
            process.kill()
            whole = [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
            process.stdout.close()
            process.wait(timeout=300)
            said += [(int(line.split()[0]), int(line.split()[1])) for line in whole]
            assert process.returncode == -9
        size, before = check(live, said), size
        assert size > before
    assert append(database, "afterwards", 1) == [(size, size + 1)]
    assert check(live, said) == size + 2
