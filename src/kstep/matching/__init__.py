"""Finding and explaining every pair of people and entries that may be one person. Pure: no clock, no network, no
database.

`prepare` reads a record, `build_index` a list, `find_pairs` compares them, `explain` says why; `brute_pairs` is the
same without any of the engine's means. The names are loaded when they are first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kstep.matching.brute import brute_pairs
    from kstep.matching.ceilings import ceilings_of
    from kstep.matching.columns import Columns, columns_of, columns_of_identities
    from kstep.matching.engine import find_pairs
    from kstep.matching.index import Index, build_index, load_index, save_index
    from kstep.matching.pairs import Found, Pair
    from kstep.matching.pairwise import Scores, score_pairs
    from kstep.matching.prepared import Prepared, prepare
    from kstep.matching.reference import explain, score
    from kstep.matching.reference_fields import Finding
    from kstep.matching.weights import Weights, configuration, engine_name, shipped_weights

_MODULES = {
    "brute": ("brute_pairs",),
    "ceilings": ("ceilings_of",),
    "columns": ("Columns", "columns_of", "columns_of_identities"),
    "engine": ("find_pairs",),
    "index": ("Index", "build_index", "load_index", "save_index"),
    "pairs": ("Found", "Pair"),
    "pairwise": ("Scores", "score_pairs"),
    "prepared": ("Prepared", "prepare"),
    "reference": ("explain", "score"),
    "reference_fields": ("Finding",),
    "weights": ("Weights", "configuration", "engine_name", "shipped_weights"),
}
_WHERE = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Columns", "Finding", "Found", "Index", "Pair", "Prepared", "Scores", "Weights", "brute_pairs", "build_index",
    "ceilings_of", "columns_of", "columns_of_identities", "configuration", "engine_name", "explain", "find_pairs",
    "load_index", "prepare", "save_index", "score", "score_pairs", "shipped_weights",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'kstep.matching' has no attribute {name!r}")
    return getattr(importlib.import_module(f"kstep.matching.{_WHERE[name]}"), name)
