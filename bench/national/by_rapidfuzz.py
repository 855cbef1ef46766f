"""Every person against every name of a list by `token_sort_ratio`: no index, nothing lost before scoring.

The tokens are sorted once a name and not once a pair, which gives the same ratios in half the time. Only names are
compared, the best of a pair's names counts, and both cores work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import rapidfuzz
from numpy.typing import NDArray
from planted import THRESHOLDS, Clock, Identity, Screened, Tally, identities, present, sample
from rapidfuzz import fuzz, process, utils

ROWS = 64
"""People in one matrix: its memory is this times their names times the names of the list, four bytes each."""

WORKERS = 2
CHOSEN = 1000
"""People of each group if nobody says how many: half a minute against a list of a million names."""


def screen(people: Path, entries: Path, truth: dict[str, str], size: int | None, clock: Clock) -> Screened:
    """Score a sample of the people against all entries."""
    everyone = list(identities(people, "person_id"))
    listed = list(identities(entries, "entry_id"))
    truth = present(truth, (person.key for person in everyone), (entry.key for entry in listed))
    screened = sample([person.key for person in everyone], truth, CHOSEN if size is None else size)
    asked = [person for person in everyone if person.key in screened]
    listed_names, entry_of = _names(listed)
    asked_names, person_of = _names(asked)
    number = {entry.key: place for place, entry in enumerate(listed)}
    planted = {place: number[truth[person.key]] for place, person in enumerate(asked) if person.key in truth}
    clock.step("read")
    tally = Tally(truth)
    start = 0
    while start < len(asked_names):
        end = int(np.searchsorted(person_of, person_of[start] + ROWS))
        ratios = process.cdist(
            asked_names[start:end],
            listed_names,
            scorer=fuzz.ratio,
            dtype=np.float32,
            workers=WORKERS,
            score_cutoff=100 * min(THRESHOLDS),
        )
        person, entry, best = _best(ratios, person_of[start:end], entry_of)
        for threshold in THRESHOLDS:
            over = best >= 100 * threshold
            for place, found in _by_person(person[over], entry[over]):
                tally.add(asked[place].key, threshold, len(found), found=planted.get(place, -1) in found)
        start = end
    clock.step("score")
    names_of_people = len(_names(everyone)[0])
    return Screened(
        version=rapidfuzz.__version__,
        people=[person.key for person in everyone],
        screened=screened,
        entries=len(listed),
        pairs=len(everyone) * len(listed),
        tally=tally,
        extrapolated_steps={} if len(asked) == len(everyone) else {"score": names_of_people / len(asked_names)},
        rates={"compared_names_a_second": len(asked_names) * len(listed_names) / clock.steps["score"]},
        notes=[
            f"Names only, token_sort_ratio / 100, {WORKERS} workers.",
            f"{len(asked_names):,} names of {len(asked):,} people were compared with all {len(listed_names):,} names"
            + ("." if len(asked) == len(everyone) else f"; the time for all {names_of_people:,} is extrapolated."),
        ],
    )


def _best(
    ratios: NDArray[np.float32], person_of: NDArray[np.int64], entry_of: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """The pairs with a ratio above 0, by person and entry, and the best ratio of each pair's names."""
    row, column = np.nonzero(ratios)
    order = np.lexsort((entry_of[column], person_of[row]))
    person, entry = person_of[row][order], entry_of[column][order]
    first = np.flatnonzero(np.diff(person, prepend=-1) | np.diff(entry, prepend=-1))
    best = np.maximum.reduceat(ratios[row, column][order], first) if len(first) else ratios[:0, 0]
    return person[first], entry[first], best


def _names(people: Sequence[Identity]) -> tuple[list[str], NDArray[np.int64]]:
    """All names, their tokens sorted, and for each the place of its bearer."""
    names = [person.names + person.weak_aliases for person in people]
    bearers = np.repeat(np.arange(len(people)), [len(each) for each in names])
    return [" ".join(sorted(utils.default_process(name).split())) for each in names for name in each], bearers


def _by_person(person: NDArray[np.int64], entry: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each person of the pairs, which are sorted by person, and the entries paired with that person."""
    places, first = np.unique(person, return_index=True)
    return zip(places.tolist(), np.split(entry, first[1:]), strict=True) if len(places) else iter(())
