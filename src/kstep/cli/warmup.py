"""`kstep warmup`: compile what is compiled once for a version, ahead of the first run."""

from __future__ import annotations

from kstep.cli.console import DONE, say


def warmup() -> int:
    """Compile the engine ahead of time: the first run of a version would do it otherwise, and take a minute longer."""
    from kstep.evaluation.compilation import compile_pair_kernels
    from kstep.matching.kernels.compiled import compiled_folder
    from kstep.screening.compilation import compile_kernels

    compile_kernels(say)
    compile_pair_kernels(say)
    say(f"the engine is compiled; it is kept in {compiled_folder()}")
    return DONE
