"""The one way kernels are compiled: by Numba, cached on disk, without holding Python's lock; integers only."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def kernel(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """`function`, compiled when it is first called."""
    return cast(Callable[Arguments, Result], njit(cache=True, nogil=True)(function))
