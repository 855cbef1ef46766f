"""Holding the engine against brute force: both must find the same pairs, at thresholds where a wrong bound would show."""

from __future__ import annotations

from collections.abc import Sequence

from kstep.matching import (
    Pair,
    Weights,
    brute_pairs,
    build_index,
    columns_of,
    find_pairs,
    prepare,
    shipped_weights,
)  # fmt: skip
from kstep.model import Entry, Identity, Name, NameQuality, PartialDate

EVERYTHING = -(10**7)
"""Millibits below any score: every pair is found."""

WEIGHTS = shipped_weights()
Identities = Sequence[Identity]


def named(*full: str, quality: NameQuality = NameQuality.PRIMARY, born: str = "") -> Identity:
    """A record of names, perhaps with a birth date."""
    dates = (PartialDate.parse(born),) if born else ()
    return Identity(names=tuple(Name(text, quality=quality) for text in full), birth_dates=dates)


def entries_of(records: Identities) -> list[Entry]:
    """The records as entries of a list."""
    return [Entry(str(number), record) for number, record in enumerate(records)]


def by_brute_force(people: Identities, entries: Identities, weights: Weights = WEIGHTS) -> list[Pair]:
    """Every pair with its score."""
    scored = brute_pairs([*map(prepare, people)], [*map(prepare, entries)], EVERYTHING, weights).pairs
    assert len(scored) == len(people) * len(entries)
    return list(scored)


def assert_no_miss(people: Identities, entries: Identities, weights: Weights = WEIGHTS, thresholds: int = 5) -> None:
    """The engine equals brute force at about so many of the scores, above them, and at the usual threshold."""
    scored = by_brute_force(people, entries, weights)
    scores = sorted({pair.millibits for pair in scored})
    step = max(1, len(scores) // thresholds)
    chosen = scores[::step] + scores[-1:]
    above = [score + 1 for score in (chosen if step > 1 else scores[-1:])]  # the next score asks for more than one more
    side, index = columns_of([*map(prepare, people)]), build_index("edition", entries_of(entries))
    for need in sorted({EVERYTHING, 0, weights.needed(0.5), *chosen, *above}):
        found = find_pairs(side, index, need, weights).pairs
        assert found == [pair for pair in scored if pair.millibits >= need], f"at {need} millibits"
