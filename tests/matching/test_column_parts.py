"""Columns made of many records, in parts and in several processes, are those of all records at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from adversarial_records import drawn_identity
from kstep.matching import columns, columns_of, columns_of_identities, prepare, processes, vocabulary_arrays
from kstep.matching.columns import Columns
from kstep.model import Identity


def assert_equal(left: Any, right: Any) -> None:
    """Equal values, through tuples down to arrays and their types."""
    if isinstance(left, np.ndarray):
        assert left.dtype == right.dtype
        assert np.array_equal(left, right)
    elif isinstance(left, tuple):
        assert len(left) == len(right)
        for one, other in zip(left, right, strict=True):
            assert_equal(one, other)
    else:
        assert left == right


def assert_same_columns(left: Columns, right: Columns) -> None:
    for field in fields(Columns):
        assert_equal(getattr(left, field.name), getattr(right, field.name))


@pytest.fixture(scope="module")
def identities() -> list[Identity]:
    chance = random.Random("parts")
    return [drawn_identity(chance) for _ in range(400)] + [Identity()]


@pytest.mark.parametrize("at_once", [1, 7, 401])
def test_parts_of_any_size_make_the_same_columns(
    identities: list[Identity], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "RECORDS_AT_ONCE", at_once)
    monkeypatch.setattr(vocabulary_arrays, "TEXTS_AT_ONCE", 3 * at_once)
    some = identities if at_once > 1 else identities[:40]
    assert_same_columns(columns_of_identities(some), columns_of([*map(prepare, some)]))


def test_nobody_makes_empty_columns() -> None:
    assert_same_columns(columns_of_identities([]), columns_of([]))
    assert columns_of_identities([]).records == 0


def test_work_is_done_in_order_in_other_processes_and_in_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    def where(piece: int) -> tuple[int, int]:
        return piece, os.getpid()

    def done(
        run: Callable[..., Iterator[tuple[int, int]]], pieces: Sequence[int], workers: int
    ) -> tuple[list[int], set[int]]:
        found = [*run(where, pieces, workers)]
        return [piece for piece, _ in found], {process for _, process in found}

    here = {os.getpid()}
    monkeypatch.setattr("threading.active_count", lambda: 1)
    order, where_done = done(processes.in_processes, range(20), 2)
    assert order == [*range(20)]
    assert not where_done & here
    assert done(processes.in_processes, [5], 2) == ([5], here)
    monkeypatch.setattr("threading.active_count", lambda: 2)
    assert done(processes.in_processes, range(20), 2) == ([*range(20)], here)


def test_pieces_are_taken_only_as_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 1)
    taken = []

    def pieces() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield -number

    done = processes.sent_to_processes(abs, pieces(), 2)
    assert [next(done) for _ in range(3)] == [0, 1, 2]
    assert len(taken) <= 3 + 2 * processes.AHEAD
    assert list(done) == [*range(3, 100)]


def test_an_error_in_another_process_is_told_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(piece: int) -> int:
        raise ValueError(f"not {piece}")

    monkeypatch.setattr("threading.active_count", lambda: 1)
    with pytest.raises(ValueError, match="not 0"):
        list(processes.in_processes(refuse, [0, 1], 2))
    assert list(processes.in_processes(abs, [-1, -2], 2)) == [1, 2]
