"""Tokens that are known to stand for one name though their letters do not tell: *Bob* and *Robert*, *Mehmet* and *Mohammed*.

A pinned table of pairs and prices in millibits, made by `tools/build_variants.py` from nicknames and from spellings that
share an original.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping
from importlib import resources

_NONE: Mapping[str, int] = {}


def asset() -> bytes:
    """The data file's bytes, which the engine's configuration hash covers."""
    return resources.files("kstep.names").joinpath("data/variants.tsv").read_bytes()


@functools.cache
def _table() -> dict[str, dict[str, int]]:
    table: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for line in asset().decode().splitlines():
        if not line.startswith("#"):
            left, right, price = line.split("\t")
            table[left][right] = table[right][left] = int(price)
    return dict(table)


def variants(token: str) -> Mapping[str, int]:
    """The tokens that may stand where `token` does, each with its price in millibits."""
    return _table().get(token, _NONE)


__all__ = ["asset", "variants"]
