"""What follows from an authority's answer by the shipped protocols: what a file may conclude, and what passes meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kstep.protocol.breaches import BreachKind
from kstep.protocol.decide import decide
from kstep.protocol.facts import Fact
from kstep.protocol.obligations import State
from kstep.protocol.protocol import Protocol
from protocol.test_decide_out_of_the_ordinary import KSTEP, MINORS, NOW
from protocol.test_gates_of_shipped_protocols import looked_into


def answered(number: int, answer: str, form: str = "written", pairing: str = "P", referral: str = "R") -> Fact:
    about = {"pairing": pairing, "referral": referral}
    says = {"answer": answer, "form": form, "reference": "said", "desk": "said"}
    return Fact(
        f"b{number}", "ConfirmationReceived", NOW + number, "lia", frozenset(["liaison"]), about=about, says=says
    )


def concluded(protocol: Protocol, *facts: Fact, outcome: str = "confirmed") -> list[str]:
    """The gates that calling a person confirmed, or otherwise, breaks after these facts."""
    act = Fact("z", "DispositionGiven", NOW + 9, says={"outcome": outcome})
    found = decide(protocol, [*facts, act], act.recorded).breaches
    return [one.where for one in found if one.kind is BreachKind.GATE and one.fact == act.id]


@pytest.mark.parametrize("protocol", [KSTEP, MINORS], ids=["kstep", "minors"])
def test_a_negative_answer_in_writing_ends_what_a_positive_one_permitted(protocol: Protocol) -> None:
    positive = answered(1, "positive")
    assert concluded(protocol, positive) == []
    assert concluded(protocol, positive, answered(2, "negative", "telephone")) == []
    assert concluded(protocol, positive, answered(2, "negative")) == ["confirmed"]
    assert concluded(protocol, positive, answered(2, "negative"), answered(3, "positive")) == []


@pytest.mark.parametrize("protocol", [KSTEP, MINORS], ids=["kstep", "minors"])
@pytest.mark.parametrize("answer", ["inconclusive", "no-reply", "positive"])
def test_only_a_negative_answer_in_writing_lets_a_file_conclude_otherwise(protocol: Protocol, answer: str) -> None:
    """Also when two people wrote that the authority will say no more."""
    first, about = answered(1, answer), {"pairing": "P", "referral": "R"}
    says = {"step": "unclear-answer", "ground": "the authority will say no more"}
    waived = Fact("c", "StepWaived", NOW + 3, "sue", frozenset(["supervisor"]), about=about, says=says, second="dan",
                  second_roles=frozenset(["director"]))  # fmt: skip
    if answer != "positive":
        found = decide(protocol, [first, waived], NOW + 3)
        assert [one.state for one in found.obligations if one.step == "unclear-answer"] == [State.WAIVED]
    for outcome in ("not-the-same", "nothing-found"):
        assert concluded(protocol, outcome=outcome) == []
        assert concluded(protocol, first, waived, outcome=outcome) == ["not-the-same"]
        assert concluded(protocol, first, answered(2, "negative", "telephone"), outcome=outcome) == ["not-the-same"]
        assert concluded(protocol, first, answered(2, "negative"), outcome=outcome) == []
    assert concluded(protocol, first, waived, outcome="unresolved") == []


@pytest.mark.parametrize("protocol", [KSTEP, MINORS], ids=["kstep", "minors"])
def test_what_is_answered_about_one_pairing_ends_nothing_about_another(protocol: Protocol) -> None:
    """But an answer to another referral is about the same pairing."""
    positive = answered(1, "positive")
    other, again = (answered(2, "negative", pairing=pairing, referral="S") for pairing in ("Q", "P"))
    assert concluded(protocol, positive, other) == []
    assert concluded(protocol, positive, again) == ["confirmed"]
    assert concluded(protocol, other, replace(positive, recorded=NOW + 3)) == []


@pytest.mark.parametrize("protocol", [KSTEP, MINORS], ids=["kstep", "minors"])
@pytest.mark.parametrize(
    ("went", "is_free"),
    [("+C", False), ("+C-C", True), ("+C-C+D", False), ("+C+D-C", False), ("+C-C+D-D", True), ("", False)],
)
def test_a_positive_answer_comes_too_late_to_whoever_is_in_no_custody_any_more(
    protocol: Protocol, went: str, is_free: bool
) -> None:
    facts = [
        Fact(f"a{place}", "CustodyBegan" if went[place] == "+" else "PersonReleased", NOW + place,
             about={"custody": went[place + 1]}, says={"ground": "court-order"})
        for place in range(0, len(went), 2)
    ]  # fmt: skip
    facts.append(answered(len(went), "positive"))
    owed = [one.step for one in decide(protocol, facts, NOW + len(went)).obligations]
    assert ("positive-after-release" in owed) is is_free


@pytest.mark.parametrize("protocol", [KSTEP, MINORS], ids=["kstep", "minors"])
def test_nothing_passes_while_two_offices_disagree(protocol: Protocol) -> None:
    facts = [
        answered(1, "positive"),
        Fact(
            "k",
            "AnswersConflict",
            NOW + 2,
            about={"conflict": "K", "pairing": "P"},
            says={"kind": "ConfirmationReceived"},
        ),
    ]
    assert concluded(protocol, *facts) == ["confirmed"]
    facts += looked_into("not-shown", "not-shown")
    facts += [
        Fact("w", "ReviewGiven", NOW, about={"pairing": "P"}, says={"step": "review", "outcome": "not-the-same"}),
        answered(3, "negative"),
        Fact("x", "ClearanceGiven", NOW + 6, about={"pairing": "P"}),
        Fact("y", "TransferRequested", NOW + 7, about={"request": "Q"}),
        Fact("z", "RemovalProposed", NOW + 8),
    ]
    settled = Fact("v", "StepCompleted", NOW + 5, "sam", frozenset(["supervisor"]), about={"conflict": "K"},
                   says={"step": "conflict", "outcome": "other-stands", "reason": "r"})  # fmt: skip
    for more, barred in (([], ["clearance", "transfer-request", "removal"]), ([settled], [])):
        found = decide(protocol, [*facts, *more], NOW + 8).breaches
        assert [one.where for one in found if one.kind is BreachKind.GATE] == barred
