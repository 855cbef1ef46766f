"""What it says, in bits, that one token stands where another does: the definition, one pair at a time.

Two tokens are comparable if they share a sound key, if few enough letters differ, or if one is an initial of the other.
A comparable pair earns the weight of what agrees less the price of how it differs; a pair that would earn nothing is a
mismatch. The engine computes the same numbers in bulk, by other code.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kstep.names.frequencies import Frequencies
from kstep.names.keys import edits_allowed, is_consonantal, is_initial, sound_keys
from kstep.names.scripts import latin

SAME = 300
CLOSE_SOUND = 2_000
FAR_SOUND = 4_500
OTHER_SCRIPT = 1_000
ONE_EDIT = {4: 7_500, 5: 6_000, 6: 5_500}
ONE_EDIT_LONG = 5_000
TWO_EDITS = 8_000
INITIAL = 3_000
"""Prices in millibits (the last one is what an initial earns at most): -log2 of how often a person's own token
differs so.
"""


class Relation(StrEnum):
    """How two tokens agree, for people to read."""

    SAME = "same"
    SOUND = "sounds alike"
    SCRIPT = "other script"
    SPELLING = "spelling differs"
    INITIAL = "initial"


@dataclass(frozen=True, slots=True)
class Similarity:
    """A relation and what it earns, in millibits (always more than 0)."""

    relation: Relation
    millibits: int


def compare(left: str, right: str, weights: Frequencies) -> Similarity | None:
    """How two tokens agree, or None where they do not. The order of the arguments makes no difference."""
    if left == right:
        found = [Similarity(Relation.SAME, weights.token(left) - SAME)]
        if is_initial(left):
            found = [Similarity(Relation.INITIAL, min(INITIAL, weights.token(left)))]
    elif is_initial(left) or is_initial(right):
        found = _by_initial(left, right, weights)
    else:
        found = [*_by_sound(left, right, weights), *_by_spelling(left, right, weights)]
    best = max(found, key=lambda similarity: similarity.millibits, default=None)
    return best if best and best.millibits > 0 else None


def _by_initial(left: str, right: str, weights: Frequencies) -> list[Similarity]:
    if latin(left)[:1] != latin(right)[:1] or (is_initial(left) and is_initial(right)):
        return []
    lighter = min(weights.token(left), weights.token(right))
    return [Similarity(Relation.INITIAL, min(INITIAL, lighter - SAME))]


def _by_sound(left: str, right: str, weights: Frequencies) -> list[Similarity]:
    shared = set(sound_keys(left)) & set(sound_keys(right))
    if not shared:
        return []
    weight = max(weights.sound(key) for key in shared)
    weight = min(weight, weights.token(left), weights.token(right))
    if is_consonantal(left) != is_consonantal(right):
        return [Similarity(Relation.SCRIPT, weight - OTHER_SCRIPT)]
    close = 2 * edit_distance(left, right) <= max(len(left), len(right))
    return [Similarity(Relation.SOUND, weight - (CLOSE_SOUND if close else FAR_SOUND))]


def _by_spelling(left: str, right: str, weights: Frequencies) -> list[Similarity]:
    if is_consonantal(left) != is_consonantal(right):
        return []
    shorter = min(len(left), len(right))
    allowed = min(edits_allowed(len(left)), edits_allowed(len(right)))
    if not allowed or (edits := edit_distance(left, right)) > allowed:
        return []
    price = TWO_EDITS if edits == 2 else ONE_EDIT.get(shorter, ONE_EDIT_LONG)
    return [Similarity(Relation.SPELLING, min(weights.token(left), weights.token(right)) - price)]


def edit_distance(left: str, right: str) -> int:
    """Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, each letter edited
    once.
    """
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(above[column] + 1, current[column - 1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == right[column - 2] and other == left[row - 2]:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, above = above, current
    return above[-1]
