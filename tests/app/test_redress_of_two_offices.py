"""What another office told is corrected here, as far as whom it told is known here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from encounters.apart import NORTH, SOUTH, Apart
from encounters.offices import MINUTE, SECOND
from headquarters import AUTHORITY, Headquarters, confirmed, decided, report, sends
from kstep.ledger.service import By
from kstep.model.ports import Telling
from messaging import HQ


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    made = Apart(tmp_path, NORTH, SOUTH)
    yield made
    for office in made.offices.values():
        before = office.kept.dump()
        office.ledger.rebuild()
        assert office.kept.dump() == before, "the tables follow from the log"
        office.kept.home.database.close()


def at_south(apart: Apart, folder: Path) -> Headquarters:
    """Headquarters as the southern office tells it."""
    (folder / "south").mkdir()
    made = Headquarters(apart.at(SOUTH), folder / "south")
    made.register(HQ)
    return made


def signed(here: Headquarters, message: str) -> None:
    here.sign(message)
    here.office.later(5 * MINUTE)
    here.turn()


def test_whom_another_office_told_is_told_what_was_wrong(apart: Apart, tmp_path: Path) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    there = Headquarters(north, tmp_path)
    there.register(HQ)
    sent = sends(north, report(), {"referral": confirmed(north)})
    south.later(3600 * SECOND)
    apart.take(SOUTH, NORTH)
    control, by = decided(south), By(south.by("liaison").actor, "reporting")
    words = (south.number(1), control, "It is he.", "It is another man.")
    assert south.correspondence.correct(by, *words) == []
    assert south.correspondence.nobody_here(south.number(1)) == [HQ]
    assert south.owed()["corrections"] == "open", "somebody has what was wrong"
    here = at_south(apart, tmp_path)
    assert south.correspondence.nobody_here(south.number(1)) == []
    (message,) = south.correspondence.correct(by, *words)
    assert south.correspondence.correct(by, *words) == [message]
    here.turn()
    (told,) = here.got()
    assert told["body"]["handed"] == [f"incident-report {sent} of {NORTH}"]
    signed(here, message)
    assert south.owed()["corrections"] == "done"
    there.close()
    here.close()


def test_corrections_of_another_office_stand_in_the_way_of_none_here(apart: Apart, tmp_path: Path) -> None:
    """Both decide on the same request, and each corrects what it sent."""
    north, south = apart.at(NORTH), apart.at(SOUTH)
    there = Headquarters(north, tmp_path)
    there.register(HQ)
    sends(north, report(), {"referral": confirmed(north)})
    control = decided(north)
    words = (control, "It is he.", "It is another man.")
    (of_north,) = north.correspondence.correct(By(north.by("liaison").actor, "reporting"), north.number(1), *words)
    south.later(7200 * SECOND)
    apart.take(SOUTH, NORTH)
    here = at_south(apart, tmp_path)
    by = By(south.by("liaison").actor, "reporting")
    (of_south,) = south.correspondence.correct(by, south.number(1), *words)
    assert of_south != of_north
    here.turn()
    here.got()
    signed(here, of_south)
    assert south.owed()["corrections"] == "done"
    there.close()
    here.close()


def test_referral_names_whom_it_went_to_so_that_another_office_can_correct_it(apart: Apart, tmp_path: Path) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    there = Headquarters(north, tmp_path)
    there.register(AUTHORITY, "confirming-authority")
    north.reviewed()
    body: dict[str, Any] = {
        "match": {"list": "own", "entry": "E-own", "confirmation": "not asked"},
        "question": "Who is it?",
    }
    told = Telling(kind="referral", recipient=AUTHORITY, body=body, marking="restricted", purpose="reporting")
    sends(north, told, {"pairing": "own#1"}, who="liaison")
    south.later(3600 * SECOND)
    apart.take(SOUTH, NORTH)
    assert south.correspondence.nobody_here(south.number(1)) == [AUTHORITY]
    there.close()
