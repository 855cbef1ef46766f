"""Compiling the kernels that score given pairs before they are timed: it happens once for each version."""

from __future__ import annotations

from collections.abc import Callable


def compile_pair_kernels(say: Callable[[str], None]) -> None:
    """Load the kernels, and compile them if this version has not done so before, by comparing one record with itself.

    `say` is told beforehand.
    """
    import numpy as np

    from kstep.matching import columns_of, prepare, score_pairs, shipped_weights
    from kstep.matching.kernels.compiled import are_compiled
    from kstep.model import Identity, Name

    if not are_compiled("pairwise.sum_up"):
        say("compiling the engine's kernels, once for this version (a minute or two) …")
    side = columns_of([prepare(Identity(names=(Name.of("Anna Example"),)))])
    for pairs in (1, 1_000):  # few pairs and many are joined by other kernels
        score_pairs(side, side, np.zeros(pairs, np.int64), np.zeros(pairs, np.int64), shipped_weights())
