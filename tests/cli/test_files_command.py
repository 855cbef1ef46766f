"""`kstep files` on a real home: a possible match opens a review, people work on it, and who may not see or do something cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import Ran, kstep_here, write_rows
from homes import StaffedHome, refused
from kstep.app.correspondence import Correspondence
from kstep.app.reviews import Reviews
from kstep.encounters.evidence import EvidenceStore
from kstep.ledger.service import By
from kstep.model.events import (
    ClearanceEnded,
    MarkedItemRead,
    PersonRelisted,
    PossibleMatchFound,
    PossibleMatchSuppressed,
    PossibleMatchWithdrawn,
)
from kstep.model.markings import Level
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from nodes import people_file, person

Capture = pytest.CaptureFixture[str]
PROTOCOLS = Path(__file__).parents[2] / "protocols"
KEEPER, OFFICER, REVIEWER, SECOND, SUPERVISOR, ELSEWHERE, STRANGER = range(2, 9)
SAYS = (
    "--says",
    "rests_on=others",
    "--says",
    "authority=some",
    "--says",
    "reason=another father",
    "--says",
    "fields=name",
)


class Kept:
    """A home with ten people, screened against a list of the third and the seventh of them."""

    def __init__(self, home: StaffedHome, folder: Path, capsys: Capture) -> None:
        self.home, self.folder, self._capsys, self.published = home, folder, capsys, 0
        access = home.access
        ada = access.authenticate(home.keys[1])
        access.open_office(ada, "office 1", "Elsewhere", "administration")
        seeing = Level.RESTRICTED
        assert home.open("records-officer", "list-officer", "screening-operator", "supervisor", level=seeing) == KEEPER
        for number, role in (
            (OFFICER, "officer"),
            (REVIEWER, "reviewer"),
            (SECOND, "reviewer"),
            (SUPERVISOR, "supervisor"),
        ):
            assert home.open(f"protocol:{role}", level=seeing) == number
            for course in ("identity", "databases", "reviewing"):
                access.record_training(ada, number, course, 4_000_000_000_000_000, "administration")
        assert home.open("protocol:officer", office="office 1", level=seeing) == ELSEWHERE
        assert home.open("reviewer", level=seeing) == STRANGER
        self.run("people", "import", people_file(folder / "people.csv", [person(number) for number in range(10)]))
        self.run("lists", "register", "own", "table", "--most-removed", "1/1")

    def run(self, *arguments: str | int | Path, as_: int = KEEPER, code: int = 0) -> Ran:
        ended = kstep_here(self._capsys, *map(str, arguments), "--as", self.home.keys[as_])
        assert ended.code == code, ended
        return ended

    def told(self, *arguments: str | int, as_: int = KEEPER, code: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", as_=as_, code=code).out)

    def adopt(self, name: str = "kstep", *more: str, code: int = 1) -> Ran:
        return self.run(
            "protocol", "adopt", PROTOCOLS / f"{name}.yaml", "--ground", "the policy of 2027", *more, code=code
        )

    def publish(self, *more: dict[str, str], **entries: int) -> None:
        """An edition of these people by the ids of their entries, and a screening against it."""
        rows = [*({"entry_id": entry, **_known(number)} for entry, number in entries.items()), *more]
        self.published += 1  # no edition is an earlier one again
        rows.append({"entry_id": "other", **_known(50 + self.published)})
        self.run("lists", "publish", f"table={write_rows(self.folder / 'own.jsonl', rows)}", "--list", "own")
        self.run("rescreen")

    def owed(self, person: int, as_: int = OFFICER) -> dict[str, str]:
        return {one["step"]: one["state"] for one in self.told("files", "show", f"P{person:06d}", as_=as_)["owed"]}

    def pairing(self, person: int) -> str:
        shown = self.told("files", "show", f"P{person:06d}", as_=OFFICER)
        return str(shown["facts"][0]["about"]["pairing"])

    def review(self, person: int, as_: int, step: str, outcome: str, code: int = 0) -> Ran:
        about = f"pairing={self.pairing(person)}"
        return self.run("files", "record", f"P{person:06d}", "ReviewGiven", "--about", about, "--says", f"step={step}",
                        "--says", f"outcome={outcome}", *SAYS, as_=as_, code=code)  # fmt: skip


def _known(number: int) -> dict[str, str]:
    return {name: value for name, value in person(number).items() if name in ("name", "birth_date", "nationality")}


@pytest.fixture
def kept(staffed: StaffedHome, tmp_path: Path, capsys: Capture, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setenv("COLUMNS", "220")
    return Kept(staffed, tmp_path, capsys)


def cleared(kept: Kept) -> str:
    """The third person's pairing, cleared by two reviewers and a supervisor; returns what files call it."""
    kept.adopt()
    kept.publish(E3=3, E7=7)
    kept.review(3, REVIEWER, "review", "not-the-same")
    kept.review(3, SECOND, "second-review", "not-the-same")
    pairing = kept.pairing(3)
    kept.run(
        "files", "clear", "P000003", pairing, "--expires", "2090-01-01", "--reason", "another father", as_=SUPERVISOR
    )
    return pairing


def test_possible_match_opens_a_review_in_the_unit_that_found_it(kept: Kept) -> None:
    told = kept.adopt()
    assert "is the protocol for adults from now on; possible matches to review: 0" in told.out
    assert "nobody has these roles: liaison, counsel, duty-officer, director, adjudicator" in told.err
    kept.publish(E3=3, E7=7)
    owed = kept.told("files", "list", as_=REVIEWER)
    assert [(one["step"], one["who"], one["late"]) for one in owed] == [("review", "reviewer", False)] * 2
    assert {one["due"] - one["since"] for one in owed} == {24 * 3600 * 1_000_000}
    assert [one["office"] for one in kept.told("files", "list", as_=ELSEWHERE)] == ["office 1"]
    assert kept.told("files", "list", "--role", "liaison", as_=REVIEWER) == []
    assert kept.run("files", "list", "--late", as_=REVIEWER).err == "kstep: nothing is owed\n"
    (adopted,) = kept.told("protocol", "adopted")
    assert (adopted["name"], adopted["use"], adopted["files"], adopted["by"]) == (
        "kstep",
        "adults",
        2,
        f"account:{KEEPER}",
    )


def test_matches_from_before_a_protocol_are_reviewed_when_one_is_adopted(kept: Kept) -> None:
    kept.publish(E3=3, E7=7)
    assert kept.home.told(PossibleMatchFound) == []
    assert "possible matches to review: 2" in kept.adopt().out
    kept.run("rescreen")
    assert len(kept.home.told(PossibleMatchFound)) == 2, "each is found once"


def test_match_that_is_none_any_more_leaves_nothing_owed(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3, E7=7)
    kept.publish(E7=7)
    assert kept.owed(3) == {"review": "void"}
    assert len(kept.home.told(PossibleMatchWithdrawn)) == 1
    kept.publish(E3=3, E7=7)
    assert sorted(kept.owed(3)) == ["review"]
    assert len(kept.home.told(PossibleMatchFound)) == 3, "it came back, and is reviewed anew"


def test_entry_that_got_another_id_opens_no_second_review(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3, E7=7)
    kept.publish(X3=3, E7=7)
    assert len(kept.home.told(PossibleMatchFound)) == 2
    assert kept.home.told(PossibleMatchWithdrawn) == []


def test_second_reviewer_is_not_shown_the_first_answer(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3)
    kept.review(3, REVIEWER, "review", "not-the-same")
    shown = kept.run("files", "show", "P000003", "--json", as_=SECOND).out
    assert "another father" not in shown
    assert '"outcome"' not in shown
    assert "not shown before the second answer" in shown
    assert "another father" not in kept.run("files", "show", "P000003", as_=SECOND).out
    shown = kept.run("files", "show", "P000003", "--with-answers", as_=SECOND).out
    assert "another father" in shown
    assert "had seen the first answer" in kept.review(3, SECOND, "second-review", "refer", code=2).err
    kept.review(3, SUPERVISOR, "second-review", "refer", code=2)
    assert kept.owed(3)["second-review"] == "open"


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


def test_clearance_ends_when_the_entry_is_materially_another(kept: Kept) -> None:
    cleared(kept)
    rows = [{"entry_id": "E3", **_known(3), "documents": "passport:NO:K1234567"}, {"entry_id": "E7", **_known(7)}]
    kept.run("lists", "publish", f"table={write_rows(kept.folder / 'own.jsonl', rows)}", "--list", "own")
    kept.run("rescreen")
    (ended,) = kept.home.told(ClearanceEnded)
    assert ended.fact is not None
    assert ended.fact.payload()["says"] == {"reason": "the entry is materially another than when it was cleared"}
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
    kept.publish({"entry_id": "E55", **_known(5), "birth_date": _known(5)["birth_date"][:4]}, E33=3, E7=7)
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
    assert ended.fact.payload()["says"] == {"reason": "its day came"}


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
        (("own#1", "--expires", "soon"), "'soon' is no moment; write it as 2027-03-01T09:00Z or 2027-03-01"),
    ],
)
def test_clearance_that_makes_no_sense_is_refused(kept: Kept, arguments: tuple[str, ...], told: str) -> None:
    kept.adopt()
    kept.publish(E3=3)
    ended = kept.run("files", "clear", "P000003", *arguments, "--reason", "x", as_=SUPERVISOR, code=2)
    assert told in refused(ended)


def test_facts_are_recorded_with_evidence(kept: Kept) -> None:
    kept.adopt()
    proof = kept.folder / "return.pdf"
    proof.write_bytes(b"%PDF-1.7 nothing was found")
    kept.run("files", "record", "P000003", "EncounterOpened", "--says", "nature=notice", as_=OFFICER)
    record = (
        "files",
        "record",
        "P000003",
        "CheckEnded",
        "--says",
        "step=identity-check",
        "--says",
        "result=returned-nothing",
    )
    kept.run(*record, as_=OFFICER)
    assert kept.owed(3)["identity-check"] == "open"
    kept.run(*record, "--evidence", f"check-return={proof}", "--source", "records office", as_=OFFICER)
    assert kept.owed(3)["identity-check"] == "done"
    fact = kept.told("files", "show", "P000003", as_=OFFICER)["facts"][-1]
    (piece,) = fact["evidence"]
    assert (piece["kind"], piece["source"], piece["type"]) == ("check-return", "records office", "application/pdf")
    home = kept.home.home
    number = kept.told("files", "show", "P000003", as_=OFFICER)["person"]
    assert (
        EvidenceStore(home.path / "evidence", home.database, home.vault).read(number, piece["hash"])
        == proof.read_bytes()
    )
    kept.run("files", "record", "P000003", "CheckEnded", "--says", "step=records-check", "--says", "result=returned-hits",
             "--evidence", "check-return@safe 3, folder 9", "--happened", "2026-01-02T10:00Z", as_=OFFICER)  # fmt: skip
    fact = kept.told("files", "show", "P000003", as_=OFFICER)["facts"][-1]
    assert fact["evidence"][0]["pointer"] == "safe 3, folder 9"
    assert fact["happened"] == 1_767_348_000_000_000


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("Rumour",), "'Rumour' is no kind of fact; kstep protocol facts shows them all"),
        (
            ("EncounterOpened", "--says", "nature"),
            "--says nature: says nothing; write --says NAME=VALUE, each name once",
        ),
        (("EncounterOpened", "--says", "a=1", "--says", "a=2"), "--says a=2: is said twice; write --says NAME=VALUE"),
        (
            ("StatementTaken", "--evidence", "statement"),
            "--evidence statement: is no evidence; write KIND=FILE or KIND@WHERE",
        ),
        (("StatementTaken", "--evidence", "statement=/none"), "/none: cannot be read (No such file or directory)"),
        (("StatementTaken", "--evidence", "statement@"), "points at nothing; say where the original is"),
        (("EncounterOpened", "--happened", "yesterday"), "'yesterday' is no moment"),
        (("EncounterOpened", "--evidence", "x@y", "--marking", "loud"), "'loud'"),
    ],
)
def test_what_cannot_be_recorded_is_told_in_one_line(kept: Kept, arguments: tuple[str, ...], told: str) -> None:
    kept.adopt()
    assert told in refused(kept.run("files", "record", "P000003", *arguments, as_=OFFICER, code=2))


def test_who_may_not_see_or_act_cannot(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3, E7=7)
    assert "files.read was denied" in kept.run("files", "list", as_=STRANGER, code=2).err
    assert "files.read" in kept.run("files", "show", "P000003", as_=ELSEWHERE, code=2).err
    kept.run("files", "show", "P000007", as_=ELSEWHERE)
    assert "files.act" in kept.run("files", "record", "P000003", "EncounterOpened", as_=ELSEWHERE, code=2).err
    assert (
        "files.adopt was denied"
        in kept.run("protocol", "adopt", PROTOCOLS / "kstep.yaml", "--ground", "x", as_=OFFICER, code=2).err
    )
    read = [told.fact for told in kept.home.told(MarkedItemRead) if told.actor == f"account:{ELSEWHERE}"]
    assert [fact.payload()["action"] for fact in read if fact] == ["files.read"]


def test_protocol_with_flaws_is_not_adopted(kept: Kept) -> None:
    text = (PROTOCOLS / "kstep.yaml").read_text().replace("    times: 2\n    then: third-review\n", "")
    path = kept.folder / "flawed.yaml"
    path.write_text(text)
    ended = kept.run("protocol", "adopt", path, "--ground", "x", code=2)
    assert "begins itself again without an end" in refused(ended)


def test_file_is_moved_to_another_protocol(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3)
    kept.adopt("minors", "--use", "minors")
    hashes = {one["use"]: one["hash"] for one in kept.told("protocol", "adopted")}
    kept.run("files", "move", "P000003", hashes["minors"], "--reason", "a birth certificate came")
    assert kept.told("files", "show", "P000003", as_=OFFICER)["protocol"]["name"] == "minors"
    assert "is kept by that protocol already" in refused(
        kept.run("files", "move", "P000003", hashes["minors"], "--reason", "again", code=2)
    )
    assert "no protocol with the hash abc was adopted here" in refused(
        kept.run("files", "move", "P000003", "abc", "--reason", "x", code=2)
    )


def test_files_that_a_change_touches_are_named(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3, E7=7)
    kept.run("files", "record", "P000003", "EncounterOpened", "--says", "nature=notice", as_=OFFICER)
    text = (PROTOCOLS / "kstep.yaml").read_text()
    path = kept.folder / "changed.yaml"
    path.write_text(text.replace("training: [identity]", "training: [identity, patience]"))
    old = PROTOCOLS / "kstep.yaml"
    assert kept.told("protocol", "diff", str(old), str(path), "--files")["files"] == [], "nothing stands otherwise"
    start = text.index("  identity-check:")
    path.write_text(text[:start] + text[start:].replace("within: 4 hours", "within: 3 hours", 1))
    number = kept.told("files", "show", "P000003", as_=OFFICER)["person"]
    assert kept.told("protocol", "diff", str(old), str(path), "--files")["files"] == [
        {"person": number, "steps": ["identity-check"]}
    ]
    shown = kept.run("protocol", "diff", old, path, "--files").out
    assert f"person {number}: identity-check\nopen files in which something would stand otherwise: 1\n" in shown
    assert "files.adopt was denied" in kept.run("protocol", "diff", old, path, "--files", as_=OFFICER, code=2).err
