"""Every pair of people and entries at or above a threshold, found by a Spark cluster: what `find_pairs` finds, list by list."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kstep.matching import Found, Weights
from kstep.matching.records import Records
from kstep.model import InputError
from kstep.screening.distributed.session import check_cluster, session

if TYPE_CHECKING:
    from pyspark import SparkContext

PEOPLE_AT_ONCE = 50_000
"""People in one task. More of them share the work of joining their names with the list's, and take more memory: about a GiB."""

PATIENCE = 300
"""Seconds in which no worker does anything before a run is given up."""

ASKED_EACH = 0.25
"""Seconds between two looks at how far the cluster is."""


def find_on_cluster(
    people: Records,
    indexes: Sequence[Path],
    need: int,
    weights: Weights,
    master: str,
    progress: Callable[[int], None] = lambda people: None,
    *,
    people_at_once: int = PEOPLE_AT_ONCE,
    patience: float = PATIENCE,
) -> list[Found]:
    """What `find_pairs` finds in each index for these people: pairs whose evidence is at least `need` millibits.

    Every worker reads the index files under these paths. `progress` is called with the number of people done against one
    list since its last call. Raises `InputError` if the cluster cannot be reached, refuses, or does nothing for `patience`
    seconds.
    """
    check_cluster(master)
    from pyspark.sql.pandas.types import from_arrow_schema

    from kstep.screening.distributed.batches import RESULT, Work, found_of, packed, this_kstep
    from kstep.screening.distributed.worker import compare

    count = len(people.digest)
    if not count:
        return found_of((), len(indexes))
    work = Work(this_kstep(), tuple(path.absolute() for path in indexes), need, weights)
    batches = packed(people, people_at_once)
    told = 0

    def advance(tasks: int) -> None:
        nonlocal told
        now = min(tasks * people_at_once, count) * len(indexes)
        if now > told:
            progress(now - told)
            told = now

    with session(master) as spark:
        found = spark.createDataFrame(batches).mapInArrow(functools.partial(compare, work), from_arrow_schema(RESULT))
        table = _watched(spark.sparkContext, found.toArrow, advance, patience)
    advance(len(batches))
    rows = table.to_pylist()
    refused = sorted({row["refused"] for row in rows if row["refused"]})
    if refused:
        raise InputError(refused[0])
    return found_of(rows, len(indexes))


def _watched(context: SparkContext, job: Callable[[], Any], advance: Callable[[int], None], patience: float) -> Any:
    """What the job returns. `advance` is told how many tasks are done.

    Raises `InputError` when no task has run for `patience` seconds.
    """
    tracker = context.statusTracker()
    idle = 0.0
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(job)
        try:
            while not wait([running], ASKED_EACH).done:
                stages = [stage for number in tracker.getActiveStageIds() if (stage := tracker.getStageInfo(number))]
                advance(sum(stage.numCompletedTasks for stage in stages))
                idle = 0 if any(stage.numActiveTasks for stage in stages) else idle + ASKED_EACH
                if idle > patience:
                    raise InputError(
                        f"no worker of the cluster has done anything for {patience:.0f} s",
                        where=str(context.master),
                        mend="check that it has workers with a core and memory to spare, and try again",
                    )
        except BaseException:
            context.cancelAllJobs()
            raise
    return running.result()
