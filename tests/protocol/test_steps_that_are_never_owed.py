"""A step that nothing can make owed is found, and nothing is said of one that some state lets begin."""

from __future__ import annotations

import pytest

from kstep.protocol.lint import lint
from protocol.texts import small

REFERRED = "starts: [{step: look, outcome: [refer]}]"
FORBIDDEN = (
    "steps.tell: is never owed: whatever begins it, given or unless forbids it; mend these conditions, or take it out"
)


def flaws(*changes: tuple[str, str]) -> list[str]:
    return [str(flaw) for flaw in lint(small(*changes))]


@pytest.mark.parametrize(
    "field",
    [
        "unless: [{step: look, outcome: [refer]}]",
        "unless: [{step: look}, {fact: RemovalOrdered}]",
        "unless: [{fact: ReviewGiven}]",
        "given: [{fact: EncounterOpened, until: [{step: look}]}]",
        "given: [{fact: EncounterOpened}]\n    unless: [{fact: EncounterOpened}]",
        "after: [look]\n    unless: [{fact: PossibleMatchFound}]",
    ],
)
def test_step_is_never_owed_that_its_conditions_forbid_whenever_it_begins(field: str) -> None:
    assert flaws((REFERRED, f"{REFERRED}\n    {field}")) == [FORBIDDEN]


def test_step_is_never_owed_that_the_fact_forbids_that_begins_it() -> None:
    began = "starts: [{fact: StatementTaken}]"
    assert flaws((REFERRED, f"{began}\n    unless: [{{fact: StatementTaken}}]")) == [FORBIDDEN]


@pytest.mark.parametrize(
    "field",
    [
        "unless: [{step: look, outcome: [not-the-same]}]",
        "unless: [{fact: ReviewGiven, outcome: [not-the-same]}]",
        "unless: [{fact: PossibleMatchFound, until: [{step: look}]}]",
        "given: [{fact: EncounterOpened}]\n    unless: [{fact: RemovalOrdered}]",
    ],
)
def test_step_that_some_state_lets_begin_can_be_owed(field: str) -> None:
    assert flaws((REFERRED, f"{REFERRED}\n    {field}")) == []


def test_step_can_be_owed_that_a_condition_forbids_until_that_lapses() -> None:
    began = "starts: [{fact: ClearanceGiven}]"
    lapsing = "unless: [{fact: ClearanceGiven, while_before: expires}]"
    assert flaws((REFERRED, f"{began}\n    {lapsing}")) == [], "a clearance may be recorded that has lapsed"


def test_step_can_be_owed_by_one_of_the_ways_in_which_another_is_done() -> None:
    other = """  other:
    title: Other
    per: custody
    who: [clerk]
    starts: [{step: leave}]
    unless: [{fact: PersonReleased}]
    done: [{fact: StepCompleted} ]
    due: {within: 1 day}
    late: [{at: 2 hours after, escalate: [chief]}]
gates:
"""
    began = ("starts: [{fact: CustodyBegan}]", "starts: [{fact: CustodyBegan}, {fact: CustodyAuthorityRenewed}]")
    done = ("done: [{fact: PersonReleased}]", "done: [{fact: PersonReleased}, {fact: CustodyAuthorityRenewed}]")
    assert flaws(began, done, ("gates:\n", other)) == []
    both = other.replace(
        "{fact: PersonReleased}", "{fact: PersonReleased}, {fact: CustodyAuthorityRenewed, authority: [x]}"
    )
    assert flaws(began, done, ("gates:\n", both)) == []
    assert flaws(("gates:\n", other)) == [FORBIDDEN.replace("tell", "other")]


def test_step_that_another_needs_or_gives_way_to_can_be_owed() -> None:
    forbidden = (REFERRED, f"{REFERRED}\n    unless: [{{step: look}}]")
    for field in ("needs: [tell]", "times: 1\n    then: tell"):
        found = flaws(forbidden, ("    title: Look\n", f"    title: Look\n    {field}\n"))
        assert not [one for one in found if "never owed" in one], field


def test_step_is_never_owed_that_begins_when_something_is_done_that_nobody_can_do() -> None:
    found = flaws(
        (REFERRED, f"{REFERRED}\n    after: [look]"),
        ("gates:\n", "gates:\n  shut: {title: Review, act: {fact: ReviewGiven}, barred_by: [look]}\n"),
    )
    assert "steps.tell: is never owed: nothing that begins it can come; mend that, or take it out" in found
    assert [one.split(":")[0] for one in found] == ["steps.look", "steps.tell"]


def test_nothing_is_said_of_what_was_too_much_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kstep.protocol.exploring.MOST_STATES", 1)
    found = lint(small((REFERRED, f"{REFERRED}\n    unless: [{{step: look}}]")))
    assert [flaw.where for flaw in found] == [f"steps.{name}" for name in ("look", "tell", "leave", "claim", "settle")]
    assert not [flaw for flaw in found if flaw.serious]
