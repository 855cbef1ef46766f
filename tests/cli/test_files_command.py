"""`kstep files` on a real home: a possible match opens a review, people work on it, and who may not see or do something cannot."""

from __future__ import annotations

import json

import pytest

from files_kept import (
    ELSEWHERE,
    KEEPER,
    OFFICER,
    PROTOCOLS,
    REVIEWER,
    SECOND,
    STRANGER,
    SUPERVISOR,
    Kept,
)
from homes import refused
from kstep.encounters.evidence import EvidenceStore
from kstep.model.events import (
    MarkedItemRead,
    PossibleMatchFound,
    PossibleMatchWithdrawn,
)
from kstep.model.markings import Level


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
        (
            ("EncounterOpened", "--happened", "2130-01-01"),
            "EncounterOpened: it cannot have happened after now; say when it",
        ),
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
    assert (ended.code, ended.out) == (2, "")
    *progress, told = ended.told
    assert "begins itself again without an end" in told
    assert all("looking at steps: " in line for line in progress)


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
    assert f"person:{number}: identity-check\nopen files in which something would stand otherwise: 1\n" in shown
    assert "files.adopt was denied" in kept.run("protocol", "diff", old, path, "--files", as_=OFFICER, code=2).err


def test_message_tells_of_the_match_that_it_is_sent_for(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3, E7=7)
    pairing, told = kept.pairing(3), kept.folder / "referral.json"
    about = ("--about", f"pairing={pairing}")
    for number, (wrong, more) in enumerate(((("own", "E7"), about), (("un", "E3"), about), (("own", "E7"), ()))):
        match = {"list": wrong[0], "entry": wrong[1], "confirmation": "not asked"}
        body = {"match": match, "question": f"Is it the same person? {number}"}
        message = {"kind": "referral", "recipient": "a.example/confirm", "marking": "restricted", "body": body}
        told.write_text(json.dumps(message))
        ended = kept.run("files", "send", "P000003", told, *more, as_=OFFICER, code=2)
        wanted = f"a match with the entry {wrong[1]} of {wrong[0]}; it is sent for {pairing}, the entry E3 of own"
        assert wanted in refused(ended)


def test_who_may_see_no_file_is_told_so_whether_or_not_there_is_one(kept: Kept) -> None:
    blind = kept.home.open("protocol:reviewer")
    told = []
    for prepare in (lambda: None, lambda: kept.adopt(), lambda: kept.publish(E3=3, E7=7)):
        prepare()
        told.append([kept.run("files", name, as_=blind, code=2).err for name in ("list", "counts")])
        told[-1] += [kept.run("files", "list", "--json", as_=blind, code=2).err]
    assert told[0] == told[1] == told[2]
    (said,) = set(told[0])
    assert "files.read (files:all) was denied: it is marked above internal, up to which this account may see" in said


def test_nothing_owed_is_said_of_what_the_account_may_see(kept: Kept) -> None:
    said = "kstep: nothing is owed in office 1; this account may see no files of other offices\n"
    assert kept.run("files", "list", as_=ELSEWHERE).err == said
    kept.adopt()
    kept.publish(E3=3)
    assert kept.run("files", "list", as_=ELSEWHERE).err == said
    assert kept.run("files", "list", "--late", as_=REVIEWER).err == "kstep: nothing is owed\n"


def test_role_or_step_of_no_protocol_is_told_with_those_that_there_are(kept: Kept) -> None:
    nobody = "kstep: --role: 'ghost' is no role of a protocol by which files are kept here; kstep protocol adopt FILE adopts one"
    assert refused(kept.run("files", "list", "--role", "ghost", as_=OFFICER, code=2)) == nobody
    kept.adopt()
    kept.publish(E3=3)
    told = refused(kept.run("files", "list", "--role", "ghost", as_=OFFICER, code=2))
    assert told.startswith("kstep: --role: 'ghost' is no role of a protocol by which files are kept here; say one of ")
    assert {"officer", "reviewer", "supervisor"} < set(told.partition("one of ")[2].split(", "))
    told = refused(kept.run("files", "list", "--step", "ghost", "--json", as_=OFFICER, code=2))
    assert told.startswith("kstep: --step: 'ghost' is no step of a protocol by which files are kept here; say one of ")
    assert {"review", "second-review", "corrections"} < set(told.partition("one of ")[2].split(", "))
    assert kept.told("files", "list", "--step", "corrections", as_=OFFICER) == []
    assert [one["step"] for one in kept.told("files", "list", "--step", "review", as_=OFFICER)] == ["review"]
    assert "was denied" in kept.run("files", "list", "--step", "ghost", as_=STRANGER, code=2).err


def test_expiry_is_said_and_shown_as_people_write_moments(kept: Kept) -> None:
    kept.adopt()
    record = ("files", "record", "P000003", "CustodyAuthorityIssued", "--says", "authority=detainer", "--says")
    told = refused(kept.run(*record, "expires=soon", as_=OFFICER, code=2))
    assert "'soon' is no moment; write it as 2027-03-01T09:00Z, 2027-03-01 or 4 hours, or in microseconds since" in told
    for says in ("2090-03-01T09:00+02:00", "2090-03-01", "3792034800000000", "4 hours"):
        kept.run(*record, f"expires={says}", as_=OFFICER)
    facts = kept.told("files", "show", "P000003", as_=OFFICER)["facts"]
    *dated, soon = [int(fact["says"]["expires"]) for fact in facts]
    assert dated == [3_792_034_800_000_000, 3_792_009_600_000_000, 3_792_034_800_000_000]
    assert 0 <= facts[-1]["recorded"] + 4 * 3_600_000_000 - soon < 600_000_000
    shown = kept.run("files", "show", "P000003", as_=OFFICER).out
    assert (shown.count("expires: 2090-03-01 07:00"), shown.count("expires: 2090-03-01 00:00")) == (2, 1)
    kept.run("files", "record", "P000003", "EncounterOpened", "--says", "nature=notice", "--happened", "4 hours",
             as_=OFFICER, code=2)  # fmt: skip


def test_people_are_named_in_one_way_that_commands_take(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3)
    named = f"person:{kept.told('files', 'show', 'P000003', as_=OFFICER)['person']}"
    assert kept.run("files", "list", as_=OFFICER).out.splitlines()[2].startswith(named)
    assert kept.run("files", "show", named, as_=OFFICER).out.startswith(f"{named}, protocol kstep")
    nobody = kept.run(
        "files", "clear", named, "own#99", "--expires", "2090-01-01", "--reason", "x", as_=SUPERVISOR, code=2
    )
    assert f"{named}: no possible match own#99 is known" in refused(nobody)


def test_who_is_erased_with_an_open_file_leaves_a_count(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3, E7=7)
    other = kept.home.open("records-officer", level=Level.RESTRICTED)
    erase = ("people", "erase", "P000003", "--ground", "a court said so", "--second", kept.home.keys[other])
    assert kept.run(*erase, code=1).err.endswith(
        "1 still owed in the file went with it; kstep files counts keeps how much\n"
    )
    counts = kept.told("files", "counts")
    assert {"what": "erased", "of": "owed", "count": 1} in counts


def test_age_is_written_down_though_nobody_adopted_what_follows(kept: Kept) -> None:
    kept.adopt()
    ended = kept.run("files", "record", "P000003", "AgeQuestioned", "--says", "age=minor", as_=OFFICER, code=1)
    assert (
        "the file stays as it is: no protocol was adopted for minors; kstep protocol adopt FILE adopts one" in ended.err
    )
    assert "AgeQuestioned" in kept.run("files", "show", "P000003", as_=OFFICER).out
