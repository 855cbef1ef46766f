"""The one way kernels are compiled: by Numba, kept on disk, without holding Python's lock; integers only.

Numba keeps a compiled kernel as long as the file that defines it is the same, and does not look at kernels that it calls.
So compiled kernels are kept in a folder named by a hash of every file of kernels: a change of one compiles all again.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba
from numba import config, njit

from kstep.model.folders import cache_folder

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@functools.cache
def compiled_folder() -> Path:
    """Where the kernels of this version are kept."""
    here = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted([*here.glob("*.py"), *here.parent.glob("*.py"), *here.parent.parent.glob("names/*.py")]):
        digest.update(source.read_bytes())
    return cache_folder() / f"kernels-{digest.hexdigest()[:16]}"


def are_compiled() -> bool:
    """Whether kernels of this version were kept, so that nothing has to be compiled first."""
    return any(compiled_folder().rglob("find.find-*.nbc"))


def kernel(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """`function`, compiled when it is first called. Where no folder can be written, it is compiled in each process."""
    return _compiled(function, "never")


def inlined(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A kernel that is made part of those that call it: a call costs as much as dozens of comparisons, because all the
    arrays of its arguments are handed over one by one."""
    return _compiled(function, "always")


def _compiled(function: Callable[Arguments, Result], inline: str) -> Callable[Arguments, Result]:
    before = config.CACHE_DIR
    try:
        compiled_folder().mkdir(parents=True, exist_ok=True)
        config.CACHE_DIR = str(compiled_folder())
        kept = True
    except OSError:
        kept = False
    try:
        return cast(Callable[Arguments, Result], njit(cache=kept, nogil=True, inline=inline)(function))
    finally:
        config.CACHE_DIR = before
