"""Labelled files: one JSON object a line. A line that is not what it has to be ends the reading: a set of which part is
left out must not be measured in silence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from kstep.model import InputError, ValueRefused
from kstep.records.lines import text_lines

MEND = "write one JSON object in each line"

Row = TypeVar("Row")


def labelled_rows(path: Path, read: Callable[[int, dict[str, Any]], Row]) -> Iterator[Row]:
    """What `read` makes of the number and the object of each line that is not blank; `.gz` files are unpacked.

    Raises `InputError`, naming the line, at the first of which `read` raises `ValueRefused` or that holds no object, and
    if there is no line.
    """
    rows = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(
                text_lines(file, path, compressed=path.name.lower().endswith(".gz")), start=1
            ):
                if line.strip():
                    rows += 1
                    try:
                        yield read(number, _object_of(line))
                    except ValueRefused as refused:
                        what, _, mend = str(refused).partition("; ")
                        raise InputError(what, where=f"{path}, line {number}", mend=mend) from None
    except FileNotFoundError:
        raise InputError("there is no such file", where=str(path), mend="check the path") from None
    except OSError as error:
        what = f"cannot be read ({error.strerror or error})"
        raise InputError(what, where=str(path), mend="check that it is a readable file") from None
    if not rows:
        raise InputError("is empty", where=f"{path}, line 1", mend="check how it was made")


def _object_of(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line, object_pairs_hook=_without_repetition)
    except json.JSONDecodeError as error:
        raise ValueRefused(f"is not JSON ({error.msg}, character {error.pos + 1}); {MEND}") from None
    except RecursionError:
        raise ValueRefused(f"is nested too deeply; {MEND}") from None
    except ValueRefused:
        raise
    except ValueError:
        raise ValueRefused("holds a number with thousands of digits; write it as text") from None
    if not isinstance(found, dict):
        raise ValueRefused(f"is not an object; {MEND}")
    return found


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for place, (key, _) in enumerate(pairs) if key in [other for other, _ in pairs[:place]])
        raise ValueRefused(f"gives {twice!r} twice in one object; give it once")
    return found


def field_of(row: dict[str, Any], name: str, shape: str) -> Any:
    """The field of a row that has to have it. Raises `ValueRefused`, which shows the `shape` of a row, otherwise."""
    if name not in row:
        raise ValueRefused(f"has no {name!r}; write {shape}")
    return row[name]
