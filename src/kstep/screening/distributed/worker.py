"""What a worker's Python process does with a batch of people. It keeps indexes open and kernels compiled from task to task.

What it raises or returns is written to Spark's logs, so it never says anything of a person.
"""

from __future__ import annotations

import fcntl
import functools
import socket
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from kstep.matching import Index, columns_of, find_pairs, load_index, prepare
from kstep.matching.kernels.compiled import compiled_folder
from kstep.model import InputError
from kstep.screening.compilation import compile_kernels
from kstep.screening.distributed.batches import RESULT, Work, refused_row, result_row, this_kstep, unpacked
from kstep.screening.distributed.session import KSTEP_BROKEN


def compare(work: Work, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Rows of `RESULT` of rows of `PEOPLE`."""
    for batch in batches:
        for row in batch.to_pylist():
            yield pa.RecordBatch.from_pylist([_compared(work, row["place"], row["people"])], RESULT)


def _compared(work: Work, place: int, packed: bytes) -> dict[str, Any]:
    try:
        if this_kstep() != work.kstep:
            raise InputError(
                f"has {this_kstep()}, not {work.kstep}", mend="install the same kstep for every worker's Python"
            )
        with _nothing_told_of_people(place):
            _compile()
            indexes = [_index(path) for path in work.indexes]
            people = columns_of([prepare(identity) for identity in unpacked(packed)])
            found = [find_pairs(people, index, work.need, work.weights, workers=1) for index in indexes]
            return result_row(place, found)
    except InputError as error:
        return refused_row(place, f"worker {socket.gethostname()}: {error}")


@functools.cache
def _compile() -> None:
    """Compile the kernels unless they are kept; one process of a machine does so while the others wait for it."""
    try:
        lock = (compiled_folder() / "compiling").open("w")
    except OSError:  # nothing can be kept here
        compile_kernels(lambda text: None)
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        compile_kernels(lambda text: None)


@functools.cache
def _index(path: Path) -> Index:
    try:
        return load_index(path)
    except OSError as error:
        mend = "let KSTEP_CACHE name a folder that every worker can read under that path"
        raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend=mend) from None


@contextmanager
def _nothing_told_of_people(place: int) -> Iterator[None]:
    """An error of kstep itself, told by its kind and its place in the code alone: its message may quote a record."""
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(at.filename).name}:{at.lineno}"
        raise RuntimeError(
            f"{KSTEP_BROKEN}: {type(error).__name__} at {where}, in the batch from person {place}"
        ) from None
