"""How unlike names in two scripts sound in which nothing is comparable.

It orders pairs that are far below any threshold: no key, bound or candidate knows of it, because it only ever costs.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

from kstep.names import shipped_frequencies
from kstep.names.scripts import Script, script_of
from kstep.names.similarity import unlike
from kstep.names.spelling import shipped_spellings


def least_unlike(left: Sequence[str], right: Sequence[str]) -> int | None:
    """What it costs, in millibits, by the Latin token and the one of another script that sound most alike; else None."""
    return min((_unlike(*pair) for pair in itertools.product(left, right) if _in_two_scripts(*pair)), default=None)


def _in_two_scripts(left: str, right: str) -> bool:
    return (script_of(left) is Script.LATIN) is not (script_of(right) is Script.LATIN)


@functools.lru_cache(maxsize=1 << 16)
def _unlike(left: str, right: str) -> int:
    return unlike(left, right, shipped_frequencies(), shipped_spellings())
