"""Saying beforehand that kernels have to be compiled: it happens once for each version, and takes a while."""

from __future__ import annotations

from collections.abc import Callable


def announce_compilation(say: Callable[[str], None]) -> None:
    """Tell `say` if the kernels of this version were not compiled before."""
    from kstep.matching.kernels.compiled import are_compiled

    if not are_compiled():
        say("compiling the engine's kernels, once for this version (about 20 s) …")
