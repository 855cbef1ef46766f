"""What is owed where facts come early, twice, nameless or at once: cases that a comparison with the model of a protocol found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kstep.protocol.breaches import BreachKind
from kstep.protocol.decide import Decision, decide
from kstep.protocol.facts import Fact
from kstep.protocol.obligations import State
from kstep.protocol.protocol import Protocol
from kstep.protocol.reading import protocol_of, read_protocol
from kstep.protocol.text import Text
from protocol.test_decide_by_the_minute import SHIPPED
from protocol.tiny_protocol import TINY

HOUR = 3_600_000_000
NOW = 1_772_460_000_000_000

KSTEP = protocol_of(Text("kstep", SHIPPED["kstep"]))
MINORS = read_protocol(Path(__file__).parents[2] / "protocols" / "minors.yaml")
SMALL = protocol_of(Text("tiny", TINY))

SUPERVISOR = frozenset(["supervisor"])


def state(found: Decision, step: str, number: int = 1) -> State | None:
    return next((one.state for one in found.obligations if (one.step, one.number) == (step, number)), None)


def check(step: str, at: int, *evidence: str) -> Fact:
    says = {"step": step, "result": "returned-nothing"}
    courses = frozenset(["identity", "databases"])
    return Fact(f"check {step}", "CheckEnded", at, "ana", frozenset(["officer"]), courses, says=says, evidence=evidence)


def filed(id: str, at: int, fact: str, kind: str, *pieces: str) -> Fact:
    """Evidence put to a fact by whoever recorded that; of the kind that it says, if not of others."""
    return Fact(id, "EvidenceFiled", at, "ana", says={"fact": fact, "kind": kind}, evidence=pieces or (kind,))


def test_evidence_counts_only_with_a_piece_of_its_kind() -> None:
    opened, claim = Fact("a", "EncounterOpened", NOW), check("identity-check", NOW + 1)
    bare = replace(filed("b", NOW + 2, claim.id, "check-return"), evidence=())
    for evidence, found in (
        (bare, State.OPEN),
        (filed("b", NOW + 2, claim.id, "check-return", "statement"), State.OPEN),
        (filed("b", NOW + 2, claim.id, "statement", "check-return"), State.OPEN),
        (filed("b", NOW + 2, claim.id, "check-return", "statement", "check-return"), State.DONE),
    ):
        assert state(decide(KSTEP, [opened, claim, evidence], NOW + 2), "identity-check") is found


@pytest.mark.parametrize(
    ("actor", "roles", "found"),
    [("ana", [], State.DONE), ("dan", ["officer"], State.DONE), ("dan", ["adjudicator"], State.OPEN), ("dan", [], State.OPEN)],
)  # fmt: skip
def test_evidence_counts_from_whoever_made_the_claim_or_may_do_the_step(
    actor: str, roles: list[str], found: State
) -> None:
    claim = check("identity-check", NOW + 1)
    evidence = replace(filed("b", NOW + 2, claim.id, "check-return"), actor=actor, roles=frozenset(roles))
    decided = decide(KSTEP, [Fact("a", "EncounterOpened", NOW), claim, evidence], NOW + 2)
    assert state(decided, "identity-check") is found


def test_evidence_may_be_filed_before_the_fact_that_it_is_put_to() -> None:
    """Nodes have clocks of their own, and within one moment ids decide."""
    facts = [
        Fact("a", "EncounterOpened", NOW),
        filed("b", NOW + 1, "check identity-check", "check-return"),
        check("identity-check", NOW + 2),
    ]
    assert state(decide(KSTEP, facts, NOW + 2), "identity-check") is State.DONE


def test_of_two_facts_with_one_id_the_first_recorded_counts() -> None:
    first, second = Fact("a", "EncounterOpened", NOW), Fact("a", "PossibleMatchFound", NOW + 1, about={"pairing": "P"})
    assert decide(KSTEP, [first, second], NOW + 1) == decide(KSTEP, [second, first], NOW + 1)
    assert state(decide(KSTEP, [first, second], NOW + 1), "identity-check") is State.OPEN


def test_a_fact_without_a_kind_begins_nothing() -> None:
    assert not decide(KSTEP, [Fact("a", "", NOW, about={"pairing": "P"})], NOW).obligations


def test_a_conclusion_that_waited_is_drawn_before_what_came_after_it() -> None:
    """The conclusion and an inquiry both wait for a check. The conclusion was owed first, and is drawn first when the check is
    there; what the inquiry found then asks for a new one.
    """
    reviewer, reviewing, officer = frozenset(["reviewer"]), frozenset(["reviewing"]), frozenset(["officer"])
    other, same = {"pairing": "P1"}, {"pairing": "P2"}
    put_aside = {"outcome": "not-the-same", "rests_on": "others", "authority": "none", "reason": "r", "fields": "f"}
    refer = {"outcome": "refer", "rests_on": "others", "authority": "none", "reason": "r", "fields": "f"}

    def reviewed(number: int, by: str, about: dict[str, str], step: str, says: dict[str, str]) -> Fact:
        says = {"step": step, **says}
        return Fact(f"r{number}", "ReviewGiven", NOW + number, by, reviewer, reviewing, about=about, says=says)

    facts = [
        Fact("a", "PossibleMatchFound", NOW, about=other),
        Fact("b", "PossibleMatchFound", NOW, about=same),
        reviewed(1, "rea", other, "review", put_aside),
        reviewed(2, "ron", other, "second-review", put_aside),
        reviewed(3, "rea", same, "review", refer),
        check("identity-check", NOW + 4, "check-return"),
        Fact("d", "DispositionGiven", NOW + 5, "sam", frozenset(["supervisor"]), says={"outcome": "unresolved", "reason": "r"}),
        Fact("e", "StepCompleted", NOW + 6, "ana", officer, about=same, says={"step": "own-inquiry", "findings": "nothing"},
             evidence=("inquiry",)),
        check("records-check", NOW + 7, "check-return"),
    ]  # fmt: skip
    found = decide(KSTEP, facts, NOW + 7)
    assert state(found, "own-inquiry") is state(found, "disposition", 1) is State.DONE
    assert state(found, "disposition", 2) is State.OPEN


def test_a_moment_is_the_one_that_was_said_though_the_evidence_came_later() -> None:
    about, judge, clerk = {"pairing": "P"}, frozenset(["judge"]), frozenset(["clerk"])
    facts = [
        Fact("a", "PossibleMatchFound", NOW, about=about),
        Fact("b", "ReviewGiven", NOW + 1, "ana", clerk, about=about, says={"step": "first", "outcome": "refer"}),
        Fact("c", "ReviewGiven", NOW + 2, "ben", clerk, about=about,
             says={"step": "second", "outcome": "refer", "reason": "said"}),
        Fact("d", "ClearanceGiven", NOW + 3, "cleo", judge, about=about, says={"expires": str(NOW + HOUR)}),
        replace(filed("e", NOW + 4, "d", "paper"), actor="cleo"),
    ]  # fmt: skip
    expiry = next(one for one in decide(SMALL, facts, NOW + 4).obligations if one.step == "expiry")
    assert (expiry.since, expiry.due, expiry.state) == (NOW + 4, NOW + HOUR, State.OPEN)


def test_pauses_of_what_is_owed_once_add_up() -> None:
    """Thirty days in all, by the clock on the wall; what was resumed early is not used up."""
    day = 24 * HOUR

    def stopped(name: str, at: int, kind: str = "ClockPaused") -> Fact:
        says = {"step": "statement", "ground": "person is in hospital"}
        return Fact(name, kind, at, "sue", frozenset(["supervisor"]), says=says)

    def due(facts: list[Fact], now: int) -> tuple[int | None, list[str]]:
        found = decide(KSTEP, facts, now)
        (one,) = [one for one in found.obligations if one.step == "statement"]
        return one.due, [breach.why for breach in found.breaches if breach.kind == "pause not permitted"]

    facts = [Fact("a", "EncounterOpened", NOW, says={"nature": "contact"})]
    assert due(facts, NOW) == (NOW + day, [])
    facts += [stopped("b", NOW + HOUR), stopped("c", NOW + HOUR + 4 * day, "ClockResumed")]
    assert due(facts, NOW + 5 * day) == (NOW + 5 * day, [])
    begun = NOW + 4 * day + 2 * HOUR
    for place in range(3):
        facts.append(stopped(f"d{place}", begun + place * 10 * day))
    assert due(facts, begun + 20 * day) == (NOW + (4 + 26 + 1) * day, []), "the last one ends when it is thirty days"
    facts.append(stopped("e", begun + 27 * day))
    assert due(facts, begun + 27 * day) == (
        NOW + 31 * day,
        ["the clock was stopped for 30 days in all already"],
    )


def test_a_rung_without_a_number_is_nothing() -> None:
    facts = [Fact("a", "EncounterOpened", NOW)]
    for place, number in enumerate(("9" * 5000, "--1", "-", "", "\u00b2")):
        for field, said in (("x", {"number": number, "rung": "0"}), ("y", {"number": "1", "rung": number})):
            says = {"step": "identity-check", "key": "", **said}
            facts.append(Fact(f"b{place}{field}", "RungFired", NOW, says=says))
    rungs = [rung for one in decide(KSTEP, facts, NOW).obligations for rung in one.rungs]
    assert rungs
    assert not any(rung.fired for rung in rungs)


def test_steps_that_follow_each_other_in_a_circle_end() -> None:
    """Each was owed as often as it may be: then nothing begins."""
    about, clerk = {"request": "Q"}, frozenset(["clerk"])
    facts = [Fact("a0", "RequestArrived", NOW, about=about)]
    for number in range(1, 8):
        at = NOW + number * 10
        signed = {"message": "reply"}
        facts += [
            Fact(f"b{number}", "MessageAcknowledged", at, about=about, says=signed),
            Fact(f"c{number}", "TransferAnswered", at + 1, "ann", clerk, about=about, says={"answer": "accepted"}),
            Fact(f"d{number}", "RequestArrived", at + 2, about=about),
        ]
    found = decide(SMALL, facts, NOW + 100)
    counted = [one.step for one in found.obligations if one.step in ("call", "write", "visit")]
    assert sorted(counted) == ["call", "visit", "write"]


def judged(number: int, redress: str, *roles: str) -> Fact:
    says = {"step": "redress-decision", "outcome": "corrected", "reason": "r"}
    return Fact(f"j{number}", "StepCompleted", NOW + number, "ida", frozenset(roles or ["adjudicator"]), frozenset(["redress"]),
                about={"redress": redress}, says=says)  # fmt: skip


@pytest.mark.parametrize("protocol", [KSTEP, MINORS], ids=["kstep", "minors"])
def test_whoever_decided_one_request_for_redress_may_decide_another(protocol: Protocol) -> None:
    """And the same again, when the entry came back; but nobody who did other work in the file."""
    facts = [
        Fact("a", "RedressRequested", NOW, "ida", about={"redress": "D"}),
        judged(1, "D"),
        Fact("b", "RedressRequested", NOW + 2, about={"redress": "E"}),
        judged(3, "E"),
        Fact("c", "PersonRelisted", NOW + 4, about={"redress": "D"}),
        judged(5, "D"),
    ]
    found = decide(protocol, facts, NOW + 5)
    assert not found.breaches
    stand = [(one.key, one.number, one.state) for one in found.obligations if one.step == "redress-decision"]
    assert stand == [("D", 1, State.DONE), ("E", 1, State.DONE), ("D", 2, State.DONE)]
    of_pairing = {"pairing": "P", "redress": "D"}
    for other in (
        Fact("x", "EncounterOpened", NOW + 1, "ida"),
        Fact("x", "StepCompleted", NOW + 1, "ida", about=of_pairing, says={"step": "own-inquiry"}),
        Fact("x", "StepCompleted", NOW + 1, "ida", about={"redress": "D"}, says={"step": "disposition"}),
        Fact("x", "StepWaived", NOW + 1, "eve", second="ida", about={"pairing": "P"}, says={"step": "clearance"}),
    ):
        found = decide(protocol, [*facts[:3], other, judged(6, "E")], NOW + 6)
        wrong = [one.fact for one in found.breaches if one.kind is BreachKind.NOT_INDEPENDENT]
        assert wrong == ["j6"], other


@pytest.mark.parametrize("protocol", [KSTEP, MINORS], ids=["kstep", "minors"])
def test_whoever_supervises_does_not_judge(protocol: Protocol) -> None:
    """An account may have both roles; who had the other before, and has it no more, may judge."""
    asked = Fact("a", "RedressRequested", NOW, about={"redress": "D"})
    for roles, why in (
        (["adjudicator"], ""),
        (["adjudicator", "officer"], ""),
        (["adjudicator", "supervisor"], "is also: supervisor"),
        (["adjudicator", "supervisor", "director"], "is also: supervisor; is also: director"),
    ):
        found = decide(protocol, [asked, judged(1, "D", *roles)], NOW + 1)
        assert [(one.kind, one.where, one.why) for one in found.breaches] == (
            [(BreachKind.NOT_INDEPENDENT, "redress-decision", why)] if why else []
        )
        assert state(found, "redress-decision") is (State.OPEN if why else State.DONE)
