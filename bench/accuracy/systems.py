"""Every pair of a set through kstep's bulk path and through rapidfuzz, on one core, with the seconds that it took.

Seconds are the processor's, so that what else runs on the machine counts little. kstep's are all of its work from records to
evidence: reading names into tokens, columns, vocabularies, sums.
rapidfuzz gets names that were folded beforehand, and takes the best pair of all names of both sides.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from labelled import Row
from numpy.typing import NDArray
from rapidfuzz import fuzz, utils

from kstep.matching import columns_of, prepare, score_pairs, shipped_weights
from kstep.model import Identity
from kstep.records import person_from_mapping

USUAL = {"kstep": 0.5, "logic-v1": 0.7, "logic-v2": 0.7, "WRatio": 90.0, "token_sort_ratio": 90.0}
"""Every system, and the score from which its users take a pair for a match."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """What a system says of each pair of a set, and the seconds of its scoring."""

    scores: Floats
    seconds: float


def kstep(rows: Sequence[Row], columns: tuple[str, str] = ("left", "right")) -> Scored:
    """Evidence of each pair, in bits."""
    numbers: dict[str, int] = {}
    people: list[Identity] = []
    sides: list[list[int]] = [[], []]
    for row in rows:
        for side, column in zip(sides, columns, strict=True):
            key = json.dumps(row[column])
            if key not in numbers:
                numbers[key] = len(people)
                people.append(person_from_mapping(cast(Row, row[column]), "x")[0].identity)
            side.append(numbers[key])
    left, right = (np.array(side, np.int64) for side in sides)
    # The first call of a process loads the compiled kernels.
    first = columns_of([prepare(people[0])])
    for pairs in (1, 10_000):  # few pairs and many are joined by other kernels
        score_pairs(first, first, np.zeros(pairs, np.int64), np.zeros(pairs, np.int64), shipped_weights(), workers=1)
    started = time.process_time()
    records = columns_of([prepare(identity) for identity in people])
    found = score_pairs(records, records, left, right, shipped_weights(), workers=1)
    seconds = time.process_time() - started
    return Scored(found.millibits / 1000, seconds)


def rapidfuzz(rows: Sequence[Row], scorer: Callable[[str, str], float]) -> Scored:
    """The likeness of the two most alike names of each pair, of 100."""
    names = [(_names(cast(Row, row["left"])), _names(cast(Row, row["right"]))) for row in rows]
    started = time.process_time()
    found = [max(scorer(mine, theirs) for mine in left for theirs in right) for left, right in names]
    return Scored(np.array(found), time.process_time() - started)


def _names(person: Row) -> list[str]:
    aliases = cast("list[str]", person.get("aliases", []))
    return [utils.default_process(name) for name in (cast(str, person["name"]), *aliases)]


def peers(python: Path, sets: Sequence[Path], work: Path) -> dict[str, dict[str, Scored]]:
    """The peers' scores of each set, by the name of the set and of the peer, made by `peers.py` under `python`."""
    script = Path(__file__).with_name("peers.py")
    subprocess.run([str(python), str(script), str(work), *map(str, sets)], check=True)
    return {path.stem: _read(work / f"{path.stem}.json") for path in sets}


def _read(path: Path) -> dict[str, Scored]:
    found = json.loads(path.read_text())
    return {system: Scored(np.array(scores), seconds) for system, (scores, seconds) in found.items()}


def all_scores(rows: Sequence[Row]) -> dict[str, Scored]:
    """The systems that run in this process, by name."""
    return {
        "kstep": kstep(rows),
        "WRatio": rapidfuzz(rows, fuzz.WRatio),
        "token_sort_ratio": rapidfuzz(rows, fuzz.token_sort_ratio),
    }
