"""Offices that do what comes, with clocks that disagree, and meet now and then: at last they hold the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from encounters.apart import EAST, NORTH, SOUTH, Apart, finish
from encounters.offices import CHECK, HOUR, MINUTE, NOT_THE_SAME, PAIRING, REFER, SECOND
from kstep.encounters.checking import FileError

STEPS: Sequence[tuple[str, str, dict[str, Any]]] = (
    ("officer", "PossibleMatchFound", {"about": PAIRING}),
    ("officer", "EncounterOpened", {"nature": "notice"}),
    ("officer", "CheckEnded", {"step": "identity-check", "result": "returned-nothing", "evidence": [CHECK]}),
    ("officer", "CheckEnded", {"step": "records-check", "result": "returned-hits", "evidence": [CHECK]}),
    ("officer", "CheckEnded", {"step": "records-check", "result": "timed-out"}),
    ("reviewer", "ReviewGiven", {"about": PAIRING, "step": "review", **REFER}),
    ("reviewer", "ReviewGiven", {"about": PAIRING, "step": "review", **NOT_THE_SAME}),
    ("second", "ReviewGiven", {"about": PAIRING, "step": "second-review", **NOT_THE_SAME}),
    ("second", "ReviewGiven", {"about": PAIRING, "step": "second-review", **REFER}),
    ("supervisor", "ReviewGiven", {"about": PAIRING, "step": "third-review", **REFER}),
    ("officer", "CitizenshipClaimed", {}),
    ("supervisor", "DispositionGiven", {"outcome": "nothing-found", "reason": "nothing"}),
    ("supervisor", "DispositionGiven", {"outcome": "unresolved", "reason": "it is open"}),
    ("officer", "PossibleMatchWithdrawn", {"about": PAIRING}),
    ("supervisor", "FileClosed", {}),
)


def worked_apart(folder: Path, chance: random.Random, origins: Sequence[str]) -> int:
    """Offices that do what comes, meet now and then, and meet at last; returns how many conflicts there were."""
    apart = Apart(folder, *origins)
    for office in apart.offices.values():
        office.now += chance.randrange(0, 50 * MINUTE)  # no two clocks agree
        office.does("officer", "PossibleMatchFound", about=dict(PAIRING))
    for _ in range(30):
        origin = chance.choice(origins)
        office = apart.at(origin)
        passed = chance.randrange(SECOND, 3 * HOUR)
        for one in apart.offices.values():
            one.later(passed)
        if chance.random() < 0.12:
            apart.take(origin, chance.choice([one for one in origins if one != origin]))
            continue
        who, kind, says = chance.choice(STEPS)
        try:
            copied: dict[str, Any] = {name: dict(held) if name == "about" else held for name, held in says.items()}
            office.does(who, kind, 1, **copied)
        except FileError:
            continue
    apart.everybody_with_everybody(chance)
    apart.agree()
    count = len(apart.conflicts(origins[0]))
    finish(apart)
    return count


def test_offices_agree_whatever_the_order_in_which_their_logs_meet(tmp_path: Path) -> None:
    found = 0
    for seed in range(4):
        (tmp_path / str(seed)).mkdir()
        found += worked_apart(tmp_path / str(seed), random.Random(seed), [NORTH, SOUTH])
    assert found > 0, "they met with conflicts"


@pytest.mark.histories
@pytest.mark.parametrize("seed", range(100, 108))
def test_three_offices_agree_whatever_the_order_in_which_their_logs_meet(tmp_path: Path, seed: int) -> None:
    worked_apart(tmp_path, random.Random(seed), [NORTH, SOUTH, EAST])
