"""A cluster of a master and two workers, each a process: it finds what one machine finds, and losing a worker costs time alone."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from kstep.lists import read_list
from kstep.matching import (
    Found,
    Index,
    brute_pairs,
    build_index,
    columns_of,
    find_pairs,
    load_index,
    prepare,
    save_index,
    shipped_weights,
)
from kstep.matching.records import records_of
from kstep.model import Entry, Identity, InputError, Name, Person
from kstep.records import read_people
from kstep.screening.distributed.find import find_on_cluster
from kstep.synth import write_list, write_people
from spark_cluster import Cluster, free_port

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("cache")]

WEIGHTS = shipped_weights()
NEED = WEIGHTS.needed(0.2)
PEOPLE = 500


class Made(NamedTuple):
    """Made-up people, and the files of two indexes, in which some of them are."""

    people: list[Person]
    indexes: list[Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    write_list(folder / "own.csv", "table", 400, seed=3)
    write_list(folder / "un.xml", "un", 100, seed=3)
    planted = [
        (kind, list(read_list(kind, folder / name).entries)) for kind, name in (("table", "own.csv"), ("un", "un.xml"))
    ]
    for kind, entries in planted:
        save_index(build_index(kind, entries), folder / f"{kind}.index")
    write_people(folder / "people.csv", PEOPLE, seed=4, lists=planted, planted_share=0.2)
    return Made(list(read_people(folder / "people.csv").people), [folder / f"{kind}.index" for kind, _ in planted])


def found_here(people: Sequence[Person], indexes: Sequence[Path]) -> list[Found]:
    """What this machine finds."""
    side = columns_of([prepare(person.identity) for person in people])
    return [find_pairs(side, load_index(path), NEED, WEIGHTS) for path in indexes]


def found_by_brute_force(people: Sequence[Person], index: Index) -> list[Any]:
    """What evaluating the model for every pair finds."""
    mine = [prepare(person.identity) for person in people]
    return list(brute_pairs(mine, [prepare(entry.identity) for entry in index.entries], NEED, WEIGHTS).pairs)


def test_every_batch_is_compared_with_every_list(made: Made, cluster: Cluster) -> None:
    told: list[int] = []
    found = find_on_cluster(
        records_of(made.people), made.indexes, NEED, WEIGHTS, cluster.url, told.append, people_at_once=90
    )
    assert [of_list.pairs for of_list in found] == [of_list.pairs for of_list in found_here(*made)]
    assert all(len(of_list.pairs) > 10 for of_list in found)
    assert all(of_list.compared >= len(of_list.pairs) for of_list in found)
    assert sum(told) == PEOPLE * 2


def test_few_people_are_found_as_brute_force_finds_them(made: Made, cluster: Cluster) -> None:
    people = made.people[:60]
    found = find_on_cluster(records_of(people), made.indexes, NEED, WEIGHTS, cluster.url, people_at_once=7)
    assert [list(of_list.pairs) for of_list in found] == [
        found_by_brute_force(people, load_index(path)) for path in made.indexes
    ]
    assert all(of_list.pairs for of_list in found)


def test_lost_worker_costs_no_result(made: Made, own_cluster: Cluster) -> None:
    lost, killed, told = own_cluster.workers[0], list[int](), list[int]()

    def kill_one(done: int) -> None:
        told.append(done)
        if not killed:
            killed.extend(lost.kill())

    found = find_on_cluster(
        records_of(made.people), made.indexes, NEED, WEIGHTS, own_cluster.url, kill_one, people_at_once=8
    )
    assert told[0] < PEOPLE, "it was lost in the middle of the run"
    assert len(killed) >= 4, "with it went its executor and Python there"
    assert [of_list.pairs for of_list in found] == [of_list.pairs for of_list in found_here(*made)]
    assert sum(told) == PEOPLE * 2
    own_cluster.master.says("Removing worker")


def test_nobody_and_empty_lists_are_no_trouble(made: Made, cluster: Cluster, tmp_path: Path) -> None:
    save_index(build_index("none", list[Entry]()), tmp_path / "none.index")
    found = find_on_cluster(records_of(made.people), [tmp_path / "none.index"], NEED, WEIGHTS, cluster.url)
    assert [list(of_list.pairs) for of_list in found] == [[]]
    found = find_on_cluster(records_of(list[Person]()), made.indexes, NEED, WEIGHTS, cluster.url)
    assert [list(of_list.pairs) for of_list in found] == [[], []]


def test_index_that_a_worker_cannot_read_is_named_with_the_mend(made: Made, cluster: Cluster, tmp_path: Path) -> None:
    paths = [*made.indexes, tmp_path / "missing.index"]
    with pytest.raises(InputError, match=r"worker .+missing\.index: cannot be read .+ let KSTEP_CACHE name"):
        find_on_cluster(records_of(made.people), paths, NEED, WEIGHTS, cluster.url, people_at_once=90)


def test_damaged_index_is_refused_by_the_worker(made: Made, cluster: Cluster, tmp_path: Path) -> None:
    content = made.indexes[0].read_bytes()
    (tmp_path / "damaged.index").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"worker .+damaged\.index: is damaged"):
        find_on_cluster(records_of(made.people), [tmp_path / "damaged.index"], NEED, WEIGHTS, cluster.url)


def test_nothing_of_people_is_written_to_the_logs_of_the_cluster(made: Made, cluster: Cluster) -> None:
    misread: Any = (SimpleNamespace(value="Zyxwvut"),)  # of which a worker says: 'Zyxwvut' is not a valid Sex
    hostile = Person("P-1", Identity(names=(Name.of("Qwertzu"),), sexes=misread))
    with pytest.raises(
        RuntimeError, match=r"an error of kstep itself: ValueError at enum\.py:\d+, in the batch from person 0"
    ):
        find_on_cluster(records_of([hostile, *made.people]), made.indexes, NEED, WEIGHTS, cluster.url)
    find_on_cluster(records_of(made.people), made.indexes, NEED, WEIGHTS, cluster.url)
    written = cluster.written()
    assert "an error of kstep itself: ValueError" in written
    assert [word for word in ("Zyxwvut", "Qwertzu") if word in written] == []
    assert [person.person_id for person in made.people if person.person_id in written] == []
    shown = {name.full for person in made.people for name in person.identity.names if len(name.full) > 8}
    assert len(shown) > 400
    assert [name for name in shown if name in written] == []


def test_cluster_without_workers_is_given_up(made: Made, tmp_path: Path) -> None:
    idle = Cluster(tmp_path / "idle", workers=0)
    try:
        with pytest.raises(InputError, match="no worker of the cluster has done anything for 2 s; check that it has"):
            find_on_cluster(records_of(made.people), made.indexes, NEED, WEIGHTS, idle.url, patience=2)
    finally:
        idle.stop()


def test_master_that_is_not_there_is_told_at_once(made: Made) -> None:
    with pytest.raises(InputError, match=r"spark://127\.0\.0\.1:\d+: no Spark master answers there; check --master"):
        find_on_cluster(records_of(made.people), made.indexes, NEED, WEIGHTS, f"spark://127.0.0.1:{free_port()}")


def test_server_that_is_no_spark_master_is_told_within_two_minutes(made: Made) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        master = f"spark://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(
            InputError, match="took no application, or ended it; check that a Spark master of this version runs there"
        ):
            find_on_cluster(records_of(made.people), made.indexes, NEED, WEIGHTS, master)


def test_python_of_the_workers_without_kstep_is_told(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSPARK_PYTHON", f"{sys.base_prefix}/bin/python3")
    with pytest.raises(
        InputError, match=r"the cluster gave up \(.*No module named .+\); install kstep\[spark\] for every"
    ):
        find_on_cluster(records_of(made.people), made.indexes, NEED, WEIGHTS, "local[1]")
