"""A search cut in shards: of each some people, and what was found of them once they were all looked for.

In a folder, what was found outlives the process: whoever searches for the same again finds it there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kstep.matching.arrays import Ints
from kstep.matching.stored import ArraysWriter, open_arrays
from kstep.model import InputError


class Shard(NamedTuple):
    """What was found of some people: one row a pair (person, entry, millibits, person's name, entry's name or -1), and how many
    pairs were compared in full.
    """

    rows: Ints
    compared: int


class Shards:
    """The shards that are done, by the first person and the one behind the last, in the order of the search."""

    def __init__(self, folder: Path | None = None, say: Callable[[str], None] = lambda text: None) -> None:
        """`folder` is that of this search alone, of these people, entries, threshold, weights and engine; without one, or if it
        cannot be written to, of which `say` is told, they are kept in memory.
        """
        self._folder, self._say = folder, say
        self._done: dict[tuple[int, int], Shard] = {}

    @property
    def looked_for(self) -> int:
        """How many were looked for before, as far as the names of files tell."""
        edges = [tuple(map(int, file.stem.split("-"))) for file in self._folder.glob("*.pairs")] if self._folder else []
        return sum(last - first for first, last in edges)

    def get(self, first: int, last: int) -> Shard | None:
        """What was found of these people, if they were looked for; what cannot be read was not."""
        if (first, last) not in self._done and self._folder:
            with suppress(InputError, OSError, KeyError):
                about, arrays = open_arrays(self._path(self._folder, first, last))
                self._done[first, last] = Shard(arrays["rows"], about["compared"])
        return self._done.get((first, last))

    def put(self, first: int, last: int, shard: Shard) -> None:
        """Record what was found of these people."""
        self._done[first, last] = shard
        if not self._folder:
            return
        try:
            with ArraysWriter(self._path(self._folder, first, last), {"compared": shard.compared}) as file:
                file.add("rows", shard.rows)
        except OSError as error:
            self._say(
                f"what is found cannot be recorded in {self._folder} ({error.strerror}): a run that is stopped starts again"
            )
            self._folder = None

    @staticmethod
    def _path(folder: Path, first: int, last: int) -> Path:
        return folder / f"{first}-{last}.pairs"
