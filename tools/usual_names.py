"""Populations of `tools/data/usual_names.tsv`: peoples of whom no free package has counts, with rough shares by rank."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from name_shares import Population, tokens_of_part

PEOPLE = 10_000.0
"""A made-up number of people of each population: its shares are given, not counted."""

OFFSET = 5
"""How flat the law is at its top: the share of rank r goes with 1 / (r + OFFSET) (Mandelbrot)."""

RANKED = 0.2
"""The least part of what is known that is left for the names without a share of their own."""


def usual_names(path: Path) -> Iterator[Population]:
    """One population for each that the file names."""
    populations: dict[str, Population] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            people, _, carried, known, names = line.split("\t")
            population = populations.setdefault(people, Population(people, PEOPLE))
            for spelling, share in shares(names.split(" "), float(known) * float(carried) / 100):
                population.add(tokens_of_part(spelling), share * PEOPLE)
    yield from populations.values()


def shares(names: list[str], together: float) -> Iterator[tuple[str, float]]:
    """Each spelling with the share of people who carry it; all make `together` (more than 1 where people carry several).

    Given shares are lowered where they leave less than `RANKED` to the names without one.
    """
    given = {place: float(name.partition("=")[2]) / 100 for place, name in enumerate(names) if "=" in name}
    ranked = [place for place in range(len(names)) if place not in given]
    most = together * (1 - RANKED if ranked else 1)
    scale = min(1.0, most / sum(given.values())) if given else 1.0
    left = together - scale * sum(given.values())
    harmonic = sum(1 / (rank + OFFSET) for rank in range(1, len(ranked) + 1))
    by_rank = {place: left / harmonic / (rank + OFFSET) for rank, place in enumerate(ranked, 1)}
    for place, name in enumerate(names):
        share = given[place] * scale if place in given else by_rank[place]
        first, *others = name.partition("=")[0].split("/")
        yield first, share / 2 if others else share
        for spelling in others:
            yield spelling, share / 2 / len(others)
