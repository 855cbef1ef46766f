"""The one way kernels are compiled: by Numba, kept on disk, without holding Python's lock; integers only.

Numba keeps a compiled kernel as long as the file that defines it is the same, and does not look at kernels that it
calls. So compiled kernels are kept in a folder named by a hash of every file of kernels: a change of one compiles all
again.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba

from kstep.model.fingerprints import code_hash
from kstep.model.folders import cache_folder

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@functools.cache
def compiled_folder() -> Path:
    """Where the kernels of this version are kept."""
    code = code_hash("kstep.matching.kernels", "kstep.matching", "kstep.names") + numba.__version__
    return cache_folder() / f"kernels-{hashlib.sha256(code.encode()).hexdigest()[:16]}"


def are_compiled(outermost: str) -> bool:
    """Whether a kernel of this version, named as in `find.find`, was kept with all that it calls."""
    return any(compiled_folder().rglob(f"{outermost}-*.nbc"))


def kernel(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """`function`, which makes no array of its own, compiled when it is first called.

    Numba counts references to an array whenever one is taken out of a tuple; in the engine's inner loops that took
    most of the time. A kernel that makes no array needs none of it: who calls it holds them all.
    """
    return _compiled(function, counts_references=False)


def inlined_kernel(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The same, copied to wherever it is called: for what is small and called often, because Numba hands each array of a tuple
    over one by one.
    """
    return _compiled(function, counts_references=False, inline="always")


def making_kernel(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """`function`, which makes arrays, compiled when it is first called."""
    return _compiled(function, counts_references=True)


def _compiled(
    function: Callable[Arguments, Result], *, counts_references: bool, inline: str = "never"
) -> Callable[Arguments, Result]:
    """Kept on disk; where no folder can be written, compiled in each process."""
    config: Any = numba.config
    compile_: Any = numba.njit
    before = config.CACHE_DIR
    try:
        compiled_folder().mkdir(parents=True, exist_ok=True)
        config.CACHE_DIR = str(compiled_folder())
        kept = os.access(compiled_folder(), os.W_OK)  # numba would else keep them elsewhere, by its own rule
    except OSError:
        kept = False
    try:
        compiled = compile_(cache=kept, nogil=True, inline=inline, _nrt=counts_references)(function)
    finally:
        config.CACHE_DIR = before
    return cast(Callable[Arguments, Result], compiled)
