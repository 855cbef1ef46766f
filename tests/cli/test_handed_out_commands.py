"""What a home hands out with `--to`: nothing goes home, nothing is undecided, and a refusal says what *no record* says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from command_line import Ran
from handing_office import HOME, HQ, NOBODY, SECOND, Office
from homes import refused
from kstep.model.events import EgressRefused
from nodes import people_file, person


def same_as_no_record(office: Office, *command: str, asked: str = "P000003", to: str = HOME) -> None:
    """What is asked of a protected person, and of somebody of whom there is no record, ends in the same bytes."""
    of_them = office.run(*(asked if word == "WHO" else word for word in command), "--to", to, code=None)
    of_nobody = office.run(*(NOBODY if word == "WHO" else word for word in command), "--to", to, code=None)
    assert (of_them.code, of_them.out, of_them.err) == (of_nobody.code, of_nobody.out, of_nobody.err)
    assert of_them.code == 2


def test_matches_leave_decided_and_not_to_the_state_that_somebody_is_protected_from(office: Office) -> None:
    three, seven = office.number(3), office.number(7)
    assert {one["entry"] for one in office.told("matches", "list", code=1)} == {"E3", "E7", "E9"}, "for us, all of them"
    assert {one["person"] for one in office.told("matches", "list", "--to", HQ, code=1)} == {three, seven}
    assert {one["person"] for one in office.told("matches", "list", "--to", HOME, code=1)} == {seven}
    assert office.reasons() == {
        ("matches:possible", HQ, "undecided"),
        ("matches:possible", HOME, "undecided"),
        ("matches:possible", HOME, "home"),
    }
    kept = [told.subject for told in office.home.told(EgressRefused) if _rule(told.fact) == "home"]
    assert kept == [f"person:{three}"], "sealed as the person is"
    assert office.handed() == [(HQ, "matches:possible", 2), (HOME, "matches:possible", 1)]
    assert office.run("matches", "list", "--to", HOME, code=1).out.count("E") == 1, "no number tells of the others"


def _rule(fact: object) -> str:
    assert isinstance(fact, EgressRefused)
    return fact.rule


def test_matches_of_a_protected_person_are_those_of_nobody(office: Office) -> None:
    same_as_no_record(office, "matches", "list", "--person", "WHO")
    same_as_no_record(office, "matches", "list", "--json", "--person", "WHO")
    same_as_no_record(office, "matches", "list", "--person", "WHO", asked=f"person:{office.number(3)}")
    assert [one["entry"] for one in office.told("matches", "list", "--person", "P000003", "--to", HQ)] == ["E3"]
    assert office.told("matches", "list", "--person", "P000009", "--to", HOME, code=0) == []


@pytest.mark.parametrize(
    ("answers", "leaves"),
    [
        (["negative"], True),
        (["inconclusive"], False),
        (["positive by telephone"], False),
        (["positive", "inconclusive"], False),
        (["no-reply", "negative", "inconclusive by telephone"], False),
        (["no-reply", "negative", "negative by telephone"], True),
    ],
)
def test_last_answer_in_writing_decides(office: Office, answers: list[str], leaves: bool) -> None:
    for answer in answers:
        word, _, form = answer.partition(" by ")
        office.answered(9, word, form or "written")
    left = {one["entry"] for one in office.told("matches", "list", "--to", HQ)}
    assert left == ({"E3", "E7", "E9"} if leaves else {"E3", "E7"})


def test_withdrawn_matches_leave_by_the_same_check(office: Office) -> None:
    office.publish(E20=20)
    assert len(office.told("matches", "withdrawn", code=1)) == 3
    assert {one["entry"] for one in office.told("matches", "withdrawn", "--to", HQ, code=1)} == {"E3", "E7"}
    assert {one["entry"] for one in office.told("matches", "withdrawn", "--to", HOME, code=1)} == {"E7"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"permitted": ["reporting"]}, "is not told anything for this purpose"),
        ({"prohibited": ["review"]}, "is not told anything for this purpose"),
        ({"highest": "internal"}, "it is marked higher than the recipient may see"),
    ],
)
def test_recipient_who_may_be_told_nothing_of_it_is_refused_whomever_it_is_about(
    office: Office, changed: dict[str, Any], said: str
) -> None:
    office.register(HOME, ["JO"], **changed)
    assert said in refused(office.run("matches", "list", "--to", HOME, code=2))
    same_as_no_record(office, "matches", "list", "--person", "WHO")
    assert office.reasons() == set()


def test_recipient_has_to_be_registered_verified_and_not_retired(office: Office) -> None:
    assert "is no recipient in the registry" in refused(office.run("matches", "list", "--to", "x.example", code=2))
    told = json.loads((office.folder / "recipient.json").read_text()) | {"channels": ["https://elsewhere.example"]}
    (office.folder / "recipient.json").write_text(json.dumps(told))
    office.run("recipients", "register", office.folder / "recipient.json")
    assert "was never verified" in refused(office.run("matches", "list", "--to", HOME, code=2))
    office.run("recipients", "retire", HOME, "--ground", "closed")
    assert "is retired" in refused(office.run("matches", "list", "--to", HOME, code=2))


def test_person_leaves_without_matches_that_nobody_has_decided(office: Office) -> None:
    office.answered(9, "inconclusive")
    for number, to, entries in ((3, HQ, ["E3"]), (7, HOME, ["E7"]), (9, HOME, [])):
        shown = json.loads(office.run("people", "show", f"P{number:06d}", "--to", to).out)
        assert shown["records"][0]["person_id"] == f"P{number:06d}"
        assert [found["entry"] for stood in shown["lists"] for found in stood["possible_matches"]] == entries
    assert office.handed() == [(HQ, "people:show", 1), (HOME, "people:show", 1), (HOME, "people:show", 1)]
    assert ("people:show", HOME, "undecided") in office.reasons()
    would = office.run("people", "show", "P000007", "--would", "--to", HQ, code=2)
    assert "shows matches that nobody has decided" in refused(would)


def test_protected_person_is_nobody(office: Office) -> None:
    same_as_no_record(office, "people", "show", "WHO")
    same_as_no_record(office, "people", "show", "WHO", "--as-of", "2020-01-01")
    kept = office.number(5)
    office.run("register", "merge", office.number(8), kept, "--ground", "one photograph")
    same_as_no_record(office, "people", "show", "WHO", asked="P000008")
    office.run("protection", "end", kept, "--ground", "asked for it", "--second", office.home.keys[SECOND])
    assert json.loads(office.run("people", "show", "P000008", "--to", HOME).out)["person"] == office.number(8)


@pytest.mark.parametrize("by", [(), ("--by", "office"), ("--by", "class", "--by", "status")])
def test_counts_are_those_of_a_register_in_which_the_protected_never_were(office: Office, by: tuple[str, ...]) -> None:
    command = ("coverage", *by, "--json")
    assert _counts(office.run(*command, code=None)) == 12
    assert _counts(office.run(*command, "--to", HQ, code=None)) == 12
    for_home = office.run(*command, "--to", HOME, code=None)
    assert _counts(for_home) == 10
    for number in (3, 5):
        away = ("--ground", "departed", "--evidence", "a ticket", "--second", office.home.keys[SECOND])
        office.run("people", "leave", f"P{number:06d}", *away)
    without = office.run(*command, code=None)
    assert (without.code, _counted(without)) == (for_home.code, _counted(for_home))
    assert office.run("coverage", *by, "--to", HOME, code=None).out == office.run("coverage", *by, code=None).out


def _counted(ended: Ran) -> list[dict[str, Any]]:
    """Coverage, without when the first is owed a screening: others came meanwhile."""
    return [{name: value for name, value in one.items() if name != "oldest"} for one in json.loads(ended.out)]


def _counts(ended: Ran) -> int:
    return sum(one["roster"] for one in json.loads(ended.out))


def test_certificates_and_bundles_leave_for_no_other_state_and_show_nobody_who_is_protected(office: Office) -> None:
    office.register("both.example", ["JO", "US"])
    for name in (HOME, "both.example"):
        for command in (
            ("certificate", "own"),
            ("certificate", "own", "--person", "P000003"),
            ("ledger", "export", "x"),
        ):
            ended = office.run(*command, "--to", name, code=2)
            assert "leaves for nobody of another state" in refused(ended)
    same_as_no_record(office, "certificate", "own", "--person", "WHO")
    told = json.loads(office.run("certificate", "own", "--person", "P000003", "--to", HQ).out)
    assert list(told["people"]) == [str(office.number(3))]
    office.run("protection", "record", office.number(7), "--ground", "a claim", "--state", "US")
    same_as_no_record(office, "certificate", "own", "--person", "WHO", asked="P000007", to=HQ)
    assert office.handed() == [(HQ, "certificate", 1)]
    out = office.folder / "bundle"
    office.run("ledger", "export", out, "--to", HQ)
    assert out.exists()
    marked = office.run("ledger", "export", office.folder / "marked", "--payloads", "--to", HQ, code=2)
    assert "shows matches that nobody has decided" in refused(marked)
    assert not (office.folder / "marked").exists()


def test_page_of_a_message_that_would_go_home_is_that_of_none(office: Office) -> None:
    body = {"people": [{"person": office.number(3), "name": "x"}], "what": "y", "happened": "2026-02-03"}
    told = {"kind": "notification", "recipient": HQ, "marking": "restricted", "body": body}
    message = office.run("messages", "send", office.file("note.json", told)).out.strip()
    page = office.folder / "page.pdf"
    ended = [office.run("messages", "pdf", one, page, "--to", HOME, code=2) for one in (message, "0" * 32)]
    assert not page.exists()
    assert ended[0].err == ended[1].err.replace("0" * 32, message)
    assert (f"message:{message}", HOME, "home") in office.reasons()
    office.run("messages", "pdf", message, page, "--to", HQ)
    assert page.read_bytes().startswith(b"%PDF")
    match = {"list": "own", "entry": "E9", "confirmation": "not asked"}
    open_ = told | {"body": body | {"match": match}}
    stopped = office.run("messages", "send", office.file("note.json", open_), code=1).out.strip()
    assert "nobody has decided" in refused(office.run("messages", "pdf", stopped, page, "--to", HQ, code=2))


def test_file_on_paper_leaves_decided_and_not_home(office: Office) -> None:
    out = office.folder / "file.pdf"
    same_as_no_record(office, "files", "print", "WHO", "--out", str(out))
    ended = office.run("files", "print", "P000009", "--out", out, "--to", HOME, code=2)
    assert "nobody has decided on the match" in refused(ended)
    assert not out.exists()
    office.run("files", "print", "P000003", "--out", out, "--to", HQ)
    assert out.read_bytes().startswith(b"%PDF")
    assert office.handed() == [(HQ, "files:print", 1)]


def test_lists_of_the_register_leave_without_the_protected(office: Office) -> None:
    twin = {"name": person(3)["name"], "birth_date": person(3)["birth_date"], "documents": "passport:JO:K1234567"}
    rows = [person(200 + place, **twin, office="office 0") for place in range(2)]
    poor = [
        person(300 + place, name="Qasrawan", birth_date="", nationality="", office="office 0") for place in range(2)
    ]
    office.run("people", "import", people_file(office.folder / "more.csv", [*rows, *poor]), code=None)
    office.run("rescreen")
    numbers = {number: office.number(number) for number in (3, 200, 201, 300, 301)}
    for number in (200, 300):
        office.run("protection", "record", numbers[number], "--ground", "a claim", "--state", "JO")
    for number in (200, 201):
        dated = ("--on", "2026-01-02", "--until", "2026-03-04", "--evidence", "the paper")
        office.run("register", "statuses", "--set", "parole", "--person", numbers[number], *dated)
    other = people_file(office.folder / "other.csv", [person(999)])
    office.run("register", "reconcile", other, "--name", "court", "--kind", "docket", code=1)
    for name in ("repairs", "statuses", "differences", "duplicates"):
        mine, theirs, home = (office.told("register", name, *to) for to in ((), ("--to", HQ), ("--to", HOME)))
        whole = {_who(one) for one in mine}
        protected = {one for one in whole if one & {numbers[3], numbers[200], numbers[300], office.number(5)}}
        assert {_who(one) for one in theirs} == whole, name
        assert {_who(one) for one in home} == whole - protected, name
        assert protected, name
        if name == "duplicates":
            assert all("matches" not in held for one in theirs for held in one["hanging"])
            assert any("matches" in held for one in mine for held in one["hanging"])
    assert ("register:repairs", HOME, "home") in office.reasons()
    shown = office.run("register", "statuses", "--person", numbers[200], "--to", HOME)
    nobody = office.run("register", "statuses", "--person", 77, "--to", HOME)
    assert shown == nobody


def _who(row: dict[str, Any]) -> frozenset[int]:
    """Whom a row tells of."""
    named = [row[name] for name in ("person", "first", "second") if row.get(name)]
    return frozenset([*named, *row.get("several", ())])


def test_counts_of_the_register_are_without_the_protected(office: Office) -> None:
    columns = "person_id,name,birth_date,nationality,office,address"
    rows = [f"A{number},Elena Ivanova{number},1900-01-01,JO,office 0,12 Example Street" for number in range(24)]
    (office.folder / "same.csv").write_text("\n".join([columns, *rows]) + "\n")
    office.run("people", "import", office.folder / "same.csv", code=None)
    for number in range(2):
        who = json.loads(office.run("people", "show", f"A{number}").out)["person"]
        office.run("protection", "record", who, "--ground", "a claim")
    counted = {}
    for name, more in (("addresses", ("--most", "5")), ("placeholders", ())):
        for to in (HQ, HOME):
            told = office.told("register", name, *more, "--to", to)
            counted[name, to] = [one["people"] for one in told if one["people"] > 20]
    assert counted == {
        ("addresses", HQ): [24], ("addresses", HOME): [22], ("placeholders", HQ): [24], ("placeholders", HOME): [22],
    }  # fmt: skip
