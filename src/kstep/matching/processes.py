"""Work in Python on all cores, in processes that are forked for it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import Any, TypeVar

Piece = TypeVar("Piece")
Done = TypeVar("Done")

AHEAD = 2
"""Pieces for each process that are sent before their turn."""

_at_hand: tuple[Callable[[Any], Any], Sequence[Any]] | None = None


def in_processes(work: Callable[[Piece], Done], pieces: Sequence[Piece], workers: int | None = None) -> Iterator[Done]:
    """What `work` makes of each piece, in their order. Pieces need not be sent: processes are forked when they are at hand."""
    global _at_hand
    if len(pieces) < 2:
        yield from map(work, pieces)
        return
    assert _at_hand is None, "work is not handed on by what is worked on"
    _at_hand = (work, pieces)
    try:
        yield from sent_to_processes(_done, range(len(pieces)), workers)
    finally:
        _at_hand = None


def _done(number: int) -> Any:
    assert _at_hand is not None
    work, pieces = _at_hand
    return work(pieces[number])


def sent_to_processes(
    work: Callable[[Piece], Done], pieces: Iterable[Piece], workers: int | None = None
) -> Iterator[Done]:
    """What `work`, a function of a module, makes of each piece, in their order, with only a few pieces and results at a time.

    Here, one after the other, where there is one piece only, or the system cannot fork, or other threads run: a fork would copy
    their locks as they are.
    """
    workers = workers or os.cpu_count() or 1
    coming = iter(pieces)
    first = list(islice(coming, 2))
    coming = chain(first, coming)
    alone = len(first) < 2 or workers < 2
    if alone or "fork" not in multiprocessing.get_all_start_methods() or threading.active_count() > 1:
        yield from map(work, coming)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
        sent: deque[Future[Done]] = deque(pool.submit(work, piece) for piece in islice(coming, AHEAD * workers))
        try:
            while sent:
                done = sent.popleft().result()
                sent.extend(pool.submit(work, piece) for piece in islice(coming, 1))
                yield done
        finally:
            for waiting in sent:
                waiting.cancel()
