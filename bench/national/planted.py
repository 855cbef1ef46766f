"""What every peer screens, who of it was planted, and how what a peer says is counted.

People and entries are read as `kstep synth` writes them; several values of a field are separated by semicolons. If only
a sample of the people was screened, everything counted is of the whole again: each group of people (planted, others)
is weighted by how many of it were left out.
"""

from __future__ import annotations

import csv
import random
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

THRESHOLDS = (0.5, 0.7, 0.9)
"""Scores at which pairs are counted: Splink is read at the first and the last, nomenklatura's own is the middle one."""


@dataclass(frozen=True)
class Identity:
    """A person or an entry: the text of the row, with the names put together and lists of values split."""

    key: str
    given_names: str
    family_name: str
    names: tuple[str, ...]
    weak_aliases: tuple[str, ...]
    birth_dates: tuple[str, ...]
    sexes: tuple[str, ...]
    nationalities: tuple[str, ...]
    birth_countries: tuple[str, ...]
    documents: tuple[str, ...]


def identities(path: Path, key: str) -> Iterator[Identity]:
    """The rows of a CSV file, whose ids stand in the column `key`."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            whole = row["name"] or f"{row['given_names']} {row['family_name']}".strip()
            yield Identity(
                row[key],
                row["given_names"],
                row["family_name"],
                (*((whole,) if whole else ()), *_values(row, "aliases")),
                _values(row, "weak_aliases"),
                _values(row, "birth_date"),
                _values(row, "sex"),
                _values(row, "nationality"),
                _values(row, "birth_country"),
                _values(row, "documents"),
            )


def _values(row: dict[str, str], column: str) -> tuple[str, ...]:
    return tuple(filter(None, (row.get(column) or "").split(";")))


def read_truth(path: Path) -> dict[str, str]:
    """The entry of which each planted person is an altered copy."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["person_id"]: row["entry_id"] for row in csv.DictReader(file)}


def present(truth: dict[str, str], people: Iterable[str], entries: Iterable[str]) -> dict[str, str]:
    """What of the truth can be found: a file may be the head of a longer one."""
    listed = set(entries)
    return {person: truth[person] for person in people if truth.get(person) in listed}


def sample(keys: Sequence[str], truth: dict[str, str], size: int | None) -> set[str]:
    """At most `size` of the planted and as many of the other people, by chance but always the same; all if it is None."""
    if size is None:
        return set(keys)
    chance = random.Random(1)
    planted = [key for key in keys if key in truth]
    others = [key for key in keys if key not in truth]
    return {key for group in (planted, others) for key in chance.sample(group, min(size, len(group)))}


@dataclass
class Tally:
    """Pairs at each threshold among the people screened, and which planted ones are among them."""

    truth: dict[str, str]
    pairs_of_planted: dict[float, int] = field(default_factory=lambda: dict.fromkeys(THRESHOLDS, 0))
    pairs_of_others: dict[float, int] = field(default_factory=lambda: dict.fromkeys(THRESHOLDS, 0))
    found: dict[float, int] = field(default_factory=lambda: dict.fromkeys(THRESHOLDS, 0))

    def add(self, person: str, threshold: float, pairs: int, *, found: bool) -> None:
        """Count a person's pairs that score at least `threshold`, and whether the planted one is among them."""
        group = self.pairs_of_planted if person in self.truth else self.pairs_of_others
        group[threshold] += pairs
        self.found[threshold] += found

    def add_pair(self, person: str, entry: str, score: float) -> None:
        """Count one pair at every threshold that it reaches."""
        for threshold in THRESHOLDS:
            if score >= threshold:
                self.add(person, threshold, 1, found=self.truth.get(person) == entry)

    def figures(self, people: Sequence[str], screened: set[str]) -> dict[str, Any]:
        """Pairs, recall and false pairs at each threshold, of all `people` when only those `screened` were counted."""
        planted = [key for key in people if key in self.truth]
        planted_screened = len(screened.intersection(planted))
        others, others_screened = len(people) - len(planted), len(screened) - planted_screened
        weight_planted = len(planted) / planted_screened if planted_screened else 0.0
        weight_others = others / others_screened if others_screened else 0.0
        pairs_at, recall_at, false_at = {}, {}, {}
        for threshold in THRESHOLDS:
            found = self.found[threshold]
            pairs = self.pairs_of_planted[threshold] * weight_planted + self.pairs_of_others[threshold] * weight_others
            pairs_at[f"{threshold}"] = round(pairs)
            recall_at[f"{threshold}"] = round(found / planted_screened, 4) if planted_screened else None
            false_at[f"{threshold}"] = round(pairs - found * weight_planted)
        return {
            "planted": planted_screened,
            "pairs_at": pairs_at,
            "recall_at": recall_at,
            "false_pairs_at": false_at,
            "false_per_million_people_at": {
                name: round(1e6 * count / len(people)) if people else 0 for name, count in false_at.items()
            },
        }


class Clock:
    """Seconds since the programme began, cut into named steps; processor seconds are of all threads."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self._processor = time.process_time()
        self.steps: dict[str, float] = {}
        self.processor_steps: dict[str, float] = {}

    def step(self, name: str) -> None:
        """End the step `name`, which began where the one before ended."""
        now, processor = time.perf_counter(), time.process_time()
        self.steps[name] = now - self._last
        self.processor_steps[name] = processor - self._processor
        self._last, self._processor = now, processor
        print(f"{name}: {self.steps[name]:.1f} s", file=sys.stderr, flush=True)


def peak_mb() -> float:
    """The most memory that this process has held, in units of 10⁶ bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


@dataclass
class Screened:
    """What a peer did: all figures as measured, on the people it screened."""

    version: str
    people: list[str]
    screened: set[str]
    entries: int
    pairs: float
    tally: Tally
    extrapolated_steps: dict[str, float]
    rates: dict[str, float]
    notes: list[str]

    def report(self, peer: str, clock: Clock) -> dict[str, Any]:
        """The object that is written: steps that were done for a sample count as often as the sample goes into the whole."""
        wall = {name: taken * self.extrapolated_steps.get(name, 1.0) for name, taken in clock.steps.items()}
        processor = {
            name: taken * self.extrapolated_steps.get(name, 1.0) for name, taken in clock.processor_steps.items()
        }
        return {
            "peer": peer,
            "version": self.version,
            "people": len(self.people),
            "entries": self.entries,
            "wall_s": round(sum(wall.values()), 1),
            "cpu_s": round(sum(processor.values()), 1),
            "peak_mb": round(peak_mb()),
            "pairs": round(self.pairs),
            **self.tally.figures(self.people, self.screened),
            "extrapolated": bool(self.extrapolated_steps),
            "people_screened": len(self.screened),
            "measured_wall_s": round(sum(clock.steps.values()), 1),
            "steps_s": {name: round(taken, 1) for name, taken in wall.items()},
            **{name: round(rate) for name, rate in self.rates.items()},
            "notes": " ".join(self.notes),
        }
