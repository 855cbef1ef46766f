"""What two offices answered apart counts for nothing until it is answered anew, whoever wrote first and whoever wrote last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from encounters.apart import NORTH, SOUTH, Apart
from encounters.offices import CHECK, HOUR, MINUTE, PAIRING, REFER, Office
from kstep.encounters.checking import FileError
from kstep.encounters.evidence import pointed_at
from kstep.model.events import FileFact

CLAIM = {"claim": "L-1"}
INQUIRY = pointed_at("citizenship-inquiry", "vault 7", "a registry")


def finds(office: Office, outcome: str) -> None:
    says: dict[str, Any] = {"outcome": outcome, "reason": "papers"}
    office.does("supervisor", "StepCompleted", about=CLAIM, step="citizenship-review", evidence=[INQUIRY], **says)
    office.does("counsel", "StepCompleted", about=CLAIM, step="citizenship-opinion", **says)


def rules(apart: Apart, office: Office, origin: str, outcome: str) -> None:
    for told in apart.conflicts(origin):
        assert isinstance(told.fact, FileFact)
        about = {"conflict": told.fact.about["conflict"]}
        office.does(
            "supervisor", "StepCompleted", about=about, step="conflict", outcome=outcome, reason="looked at both"
        )


@pytest.mark.parametrize("ruling", ["one-stands", "other-stands"])
@pytest.mark.parametrize("first", ["citizen", "not-shown"])
def test_findings_of_citizenship_that_differ_are_made_anew(tmp_path: Path, first: str, ruling: str) -> None:
    apart = Apart(tmp_path, NORTH, SOUTH)
    north, south = apart.at(NORTH), apart.at(SOUTH)
    north.does("officer", "CustodyAuthorityIssued", authority="order", expires=north.now + 999 * HOUR)
    north.does("officer", "CitizenshipClaimed", about=CLAIM)
    south.later(MINUTE)
    apart.take(SOUTH, NORTH)
    finds(north, first)
    south.later(HOUR)
    finds(south, "not-shown" if first == "citizen" else "citizen")
    north.now = south.now = south.now + HOUR
    apart.meet([(NORTH, SOUTH), (SOUTH, NORTH)])
    rules(apart, north, NORTH, ruling)
    assert {north.owed()[step] for step in ("citizenship-review", "citizenship-opinion")} <= {"open", "not yet"}
    with pytest.raises(FileError, match="gate not open"):
        north.does("officer", "TransferRequested")
    finds(north, "citizen")
    with pytest.raises(FileError, match="gate not open"):
        north.does("officer", "TransferRequested")
    for office in (north, south):
        office.kept.home.database.close()


@pytest.mark.parametrize("ruling", ["one-stands", "other-stands"])
@pytest.mark.parametrize("first", ["positive", "negative"])
def test_answers_of_the_authority_that_differ_are_asked_for_again(tmp_path: Path, first: str, ruling: str) -> None:
    apart = Apart(tmp_path, NORTH, SOUTH)
    north, south = apart.at(NORTH), apart.at(SOUTH)
    about = north.referred()
    south.now = north.now + MINUTE
    apart.take(SOUTH, NORTH)
    north.answered(about, first)
    south.later(HOUR)
    south.answered(about, "negative" if first == "positive" else "positive")
    north.now = south.now = south.now + HOUR
    apart.meet([(NORTH, SOUTH), (SOUTH, NORTH)])
    rules(apart, north, NORTH, ruling)
    assert north.owed()["second-asking"] == "open"
    known = (north.number(1), "own", "E-own")
    with north.ledger.database.read() as connection:
        assert north.correspondence.answered(connection, *known) == ("", "")
    with pytest.raises(FileError):
        north.does("supervisor", "DispositionGiven", outcome="confirmed", reason="r")
    with pytest.raises(FileError):
        north.does("supervisor", "ClearanceGiven", about=PAIRING, expires=north.now + 999 * HOUR)
    north.answered(about, "positive")
    assert north.owed()["second-asking"] == "done"
    with pytest.raises(FileError, match="gate not open"):
        north.does("supervisor", "ClearanceGiven", about=PAIRING, expires=north.now + 999 * HOUR)
    for office in (north, south):
        office.kept.home.database.close()


def test_reviews_that_differ_go_to_a_third(tmp_path: Path) -> None:
    apart = Apart(tmp_path, NORTH, SOUTH)
    north, south = apart.at(NORTH), apart.at(SOUTH)
    for office, outcome in ((north, "refer"), (south, "not-the-same")):
        office.does("officer", "PossibleMatchFound", about=PAIRING)
        office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **{**REFER, "outcome": outcome})
    north.now = south.now = max(north.now, south.now) + HOUR
    apart.take(NORTH, SOUTH)
    assert north.owed()["third-review"] == "open"
    for office in (north, south):
        office.kept.home.database.close()


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("returned-nothing", "returned-hits", True),
        ("returned-hits", "returned-hits", False),
        ("returned-nothing", "timed-out", False),
        ("errored", "partial", False),
    ],
)
def test_checks_that_contradict_each_other_are_done_anew(tmp_path: Path, one: str, other: str, differ: bool) -> None:
    apart = Apart(tmp_path, NORTH, SOUTH)
    north, south = apart.at(NORTH), apart.at(SOUTH)
    for office, result in ((north, one), (south, other)):
        office.does("officer", "EncounterOpened", nature="notice")
        office.does("officer", "CheckEnded", step="records-check", result=result, evidence=[CHECK])
    north.now = south.now = max(north.now, south.now) + HOUR
    apart.meet([(NORTH, SOUTH), (SOUTH, NORTH)])
    apart.agree()
    assert len(apart.conflicts(NORTH)) == differ
    owed = [one for one in north.decide().obligations if one.step == "records-check"]
    assert owed[-1].is_standing is (differ or not {one, other} & {"returned-nothing", "returned-hits"})
    for office in (north, south):
        office.kept.home.database.close()


def test_second_review_falls_away_where_two_first_ones_differ(tmp_path: Path) -> None:
    """The third decides; a second opinion on one of them would be asked for nothing."""
    apart = Apart(tmp_path, NORTH, SOUTH)
    north, south = apart.at(NORTH), apart.at(SOUTH)
    north.now += MINUTE
    for office, outcome in ((north, "refer"), (south, "not-the-same")):
        office.does("officer", "PossibleMatchFound", about=PAIRING)
        office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **{**REFER, "outcome": outcome})
    assert south.owed()["second-review"] == "open"
    north.now = south.now = max(north.now, south.now) + HOUR
    apart.take(NORTH, SOUTH)
    assert north.owed()["second-review"] == "void"
    north.does("supervisor", "ReviewGiven", about=PAIRING, step="third-review", **{**REFER, "outcome": "not-the-same"})
    assert north.owed()["third-review"] == "done"
    for office in (north, south):
        office.kept.home.database.close()
