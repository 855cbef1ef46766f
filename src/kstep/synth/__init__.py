"""Synthetic people and watchlists: seeded, in the shapes and formats of real ones, and no real person.

This room imports nothing of the rooms that read names or match them: a generator that shared their code would grade
itself. The names below are loaded when they are first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kstep.synth.listing import ListReport, write_list
    from kstep.synth.population import SyntheticPerson, people
    from kstep.synth.writing import SynthReport, write_people

__all__ = ["ListReport", "SynthReport", "SyntheticPerson", "people", "write_list", "write_people"]

_MODULES = {
    "ListReport": "listing", "write_list": "listing", "SyntheticPerson": "population", "people": "population",
    "SynthReport": "writing", "write_people": "writing",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
