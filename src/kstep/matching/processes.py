"""Work in Python on all cores: in processes that are forked, so that what is worked on need not be sent to them."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Piece = TypeVar("Piece")
Done = TypeVar("Done")

_at_hand: tuple[Callable[[Any], Any], Sequence[Any]] | None = None


def in_processes(work: Callable[[Piece], Done], pieces: Sequence[Piece], workers: int | None = None) -> list[Done]:
    """What `work` makes of each piece, in their order.

    Here, one after the other, where there is one piece only, where the system cannot fork, or where other threads run: a fork
    would copy their locks as they are.
    """
    global _at_hand
    workers = min(workers or os.cpu_count() or 1, len(pieces))
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods() or threading.active_count() > 1:
        return [work(piece) for piece in pieces]
    assert _at_hand is None, "work is not handed on by what is worked on"
    _at_hand = (work, pieces)
    try:
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
            return list(pool.map(_done, range(len(pieces))))
    finally:
        _at_hand = None


def _done(number: int) -> Any:
    assert _at_hand is not None
    work, pieces = _at_hand
    return work(pieces[number])
