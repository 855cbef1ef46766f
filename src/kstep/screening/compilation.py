"""Compiling the engine's kernels before they are needed: it happens once for each version, and takes a while."""

from __future__ import annotations

from collections.abc import Callable


def compile_kernels(say: Callable[[str], None]) -> None:
    """Compile the kernels of this version, if that was not done before, by a comparison of one record with itself.

    `say` is told beforehand.
    """
    from kstep.matching.kernels.compiled import are_compiled

    if are_compiled("find.find"):
        return
    from kstep.matching import build_index, columns_of, find_pairs, prepare, shipped_weights
    from kstep.model import Document, Entry, Identity, Name, PartialDate

    say("compiling the engine's kernels, once for this version (a minute or two) …")
    record = Identity(
        names=(Name.of("Anna Example"), Name.of("Анна")),
        birth_dates=(PartialDate.parse("1970-01-02"),),
        documents=(Document.parse("passport:IR:A1234567"),),
    )
    find_pairs(columns_of([prepare(record)]), build_index("", [Entry("example", record)]), 0, shipped_weights())
