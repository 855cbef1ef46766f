"""What screening finds, and what stands between: clearances, entries that come back, people who are one or who left."""

from __future__ import annotations

import pytest

from command_line import write_rows
from files_kept import (
    OFFICER,
    REVIEWER,
    SUPERVISOR,
    Kept,
    cleared,
    known,
)
from homes import refused
from kstep.app.correspondence import Correspondence
from kstep.app.reviews import Reviews
from kstep.ledger.service import By
from kstep.model.events import (
    ClearanceEnded,
    PersonRelisted,
    PossibleMatchFound,
    PossibleMatchSuppressed,
)
from kstep.model.markings import Level
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from nodes import people_file, person


def test_cleared_pairing_stays_cleared(kept: Kept) -> None:
    cleared(kept)
    assert kept.owed(3)["clearance"] == "done"
    kept.publish(E7=7)
    kept.publish(E3=3, E7=7)
    assert len(kept.home.told(PossibleMatchSuppressed)) == 1, "it is not shown again, and that is counted"
    assert [one["step"] for one in kept.told("files", "list", "--step", "review", as_=REVIEWER)] == ["review"], (
        "of the other"
    )
    kept.publish(E3=3, E7=7)
    assert len(kept.home.told(PossibleMatchSuppressed)) == 1


def test_cleared_pairing_asks_for_nobody_and_is_counted_as_suppressed(kept: Kept) -> None:
    def listed(*more: str, code: int) -> list[str]:
        return [one["entry"] for one in kept.told("matches", "list", *more, as_=REVIEWER, code=code)]

    cleared(kept)
    assert "1 more were cleared; --cleared shows them" in kept.run("matches", "list", as_=REVIEWER, code=1).err
    assert (listed(code=1), sorted(listed("--cleared", code=1))) == (["E7"], ["E3", "E7"])
    assert kept.told("matches", "list", "--person", "P000003", as_=REVIEWER, code=0) == []
    assert kept.home.told(PossibleMatchSuppressed) == []
    for more in ({"E7": 7}, {"E7": 7, "E9": 9}):
        kept.publish(E3=3, **more)
        assert len(kept.home.told(PossibleMatchSuppressed)) == 1, "each that is not shown any more, once"
    assert sorted(listed(code=1)) == ["E7", "E9"]


def test_clearance_ends_when_the_entry_is_materially_another(kept: Kept) -> None:
    cleared(kept)
    rows = [{"entry_id": "E3", **known(3), "documents": "passport:NO:K1234567"}, {"entry_id": "E7", **known(7)}]
    kept.run("lists", "publish", f"table={write_rows(kept.folder / 'own.jsonl', rows)}", "--list", "own")
    kept.run("rescreen")
    (ended,) = kept.home.told(ClearanceEnded)
    assert ended.fact is not None
    assert ended.fact.payload()["says"] == {
        "ended": "by-itself",
        "reason": "the entry is materially another than when it was cleared",
    }
    assert kept.owed(3)["review"] == "open"


def test_clearance_ends_when_the_person_is_materially_another_and_not_by_an_address(kept: Kept) -> None:
    cleared(kept)
    row = person(3)
    kept.run("people", "import", people_file(kept.folder / "moved.csv", [row | {"office": "office 1"}]), code=1)
    kept.run("rescreen")
    assert kept.home.told(ClearanceEnded) == []
    kept.run(
        "people",
        "import",
        people_file(kept.folder / "other.csv", [row | {"documents": "passport:NO:K7654321"}]),
        code=1,
    )
    kept.run("rescreen")
    assert len(kept.home.told(ClearanceEnded)) == 1
    assert kept.owed(3)["review"] == "open"


def test_pairing_of_which_the_clearance_was_taken_back_is_reviewed_again(kept: Kept) -> None:
    pairing = cleared(kept)
    words = ("--about", f"pairing={pairing}", "--says", "reason=the second review was of another entry")
    kept.run("files", "record", "P000003", "ClearanceEnded", *words, as_=SUPERVISOR)
    assert kept.owed(3)["review"] == "open"
    found = len(kept.home.told(PossibleMatchFound))
    kept.publish(E3=3, E7=7)
    assert len(kept.home.told(PossibleMatchFound)) == found, "once"


def test_match_is_taken_away_by_screening_and_by_nobody_else(kept: Kept) -> None:
    """It would void what is owed, and begin it again with all of its time."""
    kept.adopt()
    kept.publish(E3=3)
    for kind in ("PossibleMatchWithdrawn", "PossibleMatchSuppressed"):
        words = ("files", "record", "P000003", kind, "--about", f"pairing={kept.pairing(3)}")
        assert "is recorded when people are screened" in kept.run(*words, as_=SUPERVISOR, code=2).err


def test_entry_that_was_wrong_and_comes_back_opens_the_request_again(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3, E5=5, E7=7)
    adjudicator = kept.home.open("protocol:adjudicator", level=Level.RESTRICTED)
    kept.home.access.record_training(
        kept.home.access.authenticate(kept.home.keys[1]),
        adjudicator,
        "redress",
        4_000_000_000_000_000,
        "administration",
    )
    for number in (3, 5, 7):
        asked = kept.told("files", "record", f"P00000{number}", "RedressRequested", as_=OFFICER)
        about = f"redress={asked['about']['redress']}"
        outcome = "nothing-to-correct" if number == 7 else "corrected"
        kept.run("files", "record", f"P00000{number}", "StepCompleted", "--about", about, "--says", "step=redress-decision",
                 "--says", f"outcome={outcome}", "--says", "reason=another man", as_=adjudicator)  # fmt: skip
    kept.publish(F=20)
    kept.publish({"entry_id": "E55", **known(5), "birth_date": known(5)["birth_date"][:4]}, E33=3, E7=7)
    assert len(kept.home.told(PossibleMatchFound)) == 6, "all three came back"
    assert [one.subject for one in kept.home.told(PersonRelisted)] == [kept.home.told(PossibleMatchFound)[0].subject]
    assert kept.owed(3)["redress-decision"] == "open"
    assert kept.owed(5)["redress-decision"] == "done", "another entry is another matter"
    assert kept.owed(7)["redress-decision"] == "done"


def test_list_is_screened_on_after_two_people_were_found_to_be_one(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3, E7=7)
    register = Register(kept.home.home.ledger(), RegisterProjection(kept.home.home.vault))
    register.merge(register.find("P000004"), register.find("P000003"), "the same prints", By("account:2", "records"))
    kept.publish(E3=3, E7=7)
    assert kept.owed(4) == {"review": "open"}
    kept.publish(E7=7)
    assert kept.owed(4) == {"review": "void"}


def test_who_leaves_the_roster_is_still_to_be_reviewed(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3, E7=7)
    register = Register(kept.home.home.ledger(), RegisterProjection(kept.home.home.vault))
    register.leave(register.find("P000003"), "departed", "a boarding card", "account:3", By("account:2", "records"))
    kept.publish(E3=3, E7=7)
    assert kept.owed(3) == {"review": "open"}


def test_what_was_suppressed_and_what_broke_a_protocol_is_counted(kept: Kept) -> None:
    cleared(kept)
    kept.publish(E7=7)
    kept.publish(E3=3, E7=7)
    kept.run("files", "record", "P000007", "CustodyBegan", "--about", "custody=C1", as_=OFFICER, code=1)
    found = {(one["what"], one["of"]): one["count"] for one in kept.told("files", "counts", as_=SUPERVISOR)}
    assert found == {("ClearanceGiven", ""): 1, ("PossibleMatchSuppressed", ""): 1, ("breaches", ""): 1}
    assert "PossibleMatchSuppressed" in kept.run("files", "counts", as_=SUPERVISOR).out


def test_clearance_ends_when_its_day_comes(kept: Kept) -> None:
    cleared(kept)
    home = kept.home.home
    ledger = home.ledger()
    ledger.clock = lambda: 3_800_000_000_000_000
    register = Register(ledger, RegisterProjection(home.vault))
    reviews = Reviews(ledger, register, Correspondence(ledger, home.origin).files)
    assert reviews.follow(By("system:kstep", "screening")) == 1
    (ended,) = kept.home.told(ClearanceEnded)
    assert ended.fact is not None
    assert ended.fact.payload()["says"] == {"ended": "by-itself", "reason": "its day came"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("own#99", "--expires", "2090-01-01"),
            "no possible match own#99 is known; kstep files show PERSON says which are",
        ),
        (
            ("own#1", "--expires", "2020-01-01"),
            "a clearance that ends before it begins clears nothing; give a day to come",
        ),
        (
            ("own#1", "--expires", "soon"),
            "'soon' is no moment; write it as 2027-03-01T09:00Z, 2027-03-01 or 4 hours, or in",
        ),
    ],
)
def test_clearance_that_makes_no_sense_is_refused(kept: Kept, arguments: tuple[str, ...], told: str) -> None:
    kept.adopt()
    kept.publish(E3=3)
    ended = kept.run("files", "clear", "P000003", *arguments, "--reason", "x", as_=SUPERVISOR, code=2)
    assert told in refused(ended)
