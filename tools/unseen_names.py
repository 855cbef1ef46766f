"""What a token that no source has weighs: measured on types of each population that are taken for unseen.

Of each population the usual names are taken for known, and a tenth of the others, by hash, for unseen. Two of its people
who both carry an unseen token share it by chance as often as the mean share of such tokens among their bearers says; its
-log2 is the weight, by how ordinary the spelling is (Latin, by surprise) or by the number of letters (other scripts).
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping

from kstep.names.letters import surprise
from kstep.names.scripts import Script, script_of
from name_shares import STEP, Population

USUAL = 2_000
"""Names of a population that its sources are taken to have: between a short list by hand and a census."""

FEWEST_PEOPLE = 1_000
"""People below whom a population says little: a few families are most of what its people share."""

LEAST, MOST = 9_000, 16_500
"""Millibits between which an unseen token weighs, whatever was measured."""

BIN = 4_000
"""Millibits of surprise that are measured together."""

ENOUGH = 0.002
"""The part of all bearers of unseen tokens below which a bin is measured together with the next one."""


def is_tenth(token: str) -> bool:
    """Whether a token is of the tenth that is taken for unseen."""
    return hashlib.sha256(token.encode()).digest()[1] < 26


def place(token: str) -> tuple[Script, int]:
    """The script, and the bin of surprise or the number of letters."""
    script = script_of(token)
    return script, (surprise(token) // BIN if script is Script.LATIN else len(token))


def unseen_weights(populations: list[Population]) -> Iterator[tuple[Script, list[tuple[int, int]]]]:
    """Per script, knots of (surprise in millibits or number of letters, weight in millibits), both rising."""
    bearers: defaultdict[Script, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    sharing: defaultdict[Script, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    for population in populations:
        if population.counted and population.people >= FEWEST_PEOPLE:
            _measure(population, bearers, sharing)
    for script in sorted(bearers):
        knots = list(_rising(bearers[script], sharing[script]))
        scale = BIN if script is Script.LATIN else 1
        yield script, [(at * scale + scale // 2 if scale > 1 else at, millibits) for at, millibits in knots]


def _measure(
    population: Population,
    bearers: Mapping[Script, defaultdict[int, float]],
    sharing: Mapping[Script, defaultdict[int, float]],
) -> None:
    """Add one population, each of which counts the same however many people it has."""
    counted = sorted(population.tokens.items(), key=lambda item: (-item[1], item[0]))
    unseen = [(token, count) for token, count in counted[USUAL:] if is_tenth(token)]
    total = sum(count for _, count in unseen)
    for token, count in unseen:
        script, at = place(token)
        bearers[script][at] += count / total
        # Of n bearers of a token, each meets the n - 1 others: one person alone says nothing about sharing.
        others = count - 1 if population.sampled else count
        sharing[script][at] += count / total * max(others, 0) / population.people


def _rising(bearers: Mapping[int, float], sharing: Mapping[int, float]) -> Iterator[tuple[int, int]]:
    """The measured weights made to rise, by pooling neighbours that do not (isotonic regression)."""
    blocks: list[tuple[list[int], float, float]] = []
    for at in sorted(bearers):
        blocks.append(([at], bearers[at], sharing[at]))
        while len(blocks) > 1 and (blocks[-1][1] < ENOUGH or _ratio(blocks[-2][1:]) >= _ratio(blocks[-1][1:])):
            places, mass, shared = blocks.pop()
            blocks[-1] = (blocks[-1][0] + places, blocks[-1][1] + mass, blocks[-1][2] + shared)
    for places, mass, shared in blocks:
        millibits = min(max(round(_ratio((mass, shared)) / STEP) * STEP, LEAST), MOST)
        yield places[len(places) // 2], millibits


def _ratio(block: tuple[float, float]) -> float:
    mass, shared = block
    return -1000 * math.log2(shared / mass) if shared else float(MOST)
