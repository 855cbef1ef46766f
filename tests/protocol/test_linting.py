"""What is wrong with a protocol is found, and nothing is said of one that is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.protocol.lint import lint
from kstep.protocol.reading import read_protocol
from protocol.texts import small

PROTOCOLS = sorted((Path(__file__).parents[2] / "protocols").glob("*.yaml"))
LETTING_GO = "    title: Let go\n"
BEGUN_ANEW = ("starts: [{fact: CustodyBegan}]", "starts: [{fact: CustodyBegan}, {fact: CustodyAuthorityRenewed}]")
LIFTED = """  lifted:
    title: Let go at once
    per: custody
    who: [clerk]
    starts: [{fact: CustodyAuthorityEnded}]
    done: [ {fact: PersonReleased} ]
    due: {within: 2 hours}
    late: [{at: 1 hour after, escalate: [chief]}]
gates:
"""


def flaws(*changes: tuple[str, str]) -> list[str]:
    return [str(flaw) for flaw in lint(small(*changes))]


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_what_is_shipped(path: Path) -> None:
    assert lint(read_protocol(path)) == []


def test_nothing_is_wrong_with_a_small_one() -> None:
    assert flaws() == []


def test_step_that_nothing_begins_is_found() -> None:
    (told,) = flaws(("starts: [{step: look, outcome: [refer]}]", "starts: []"))
    assert told.startswith("steps.tell: is never owed: nothing begins it, and no step needs it")


def test_steps_that_begin_only_each_other_are_found() -> None:
    begun = flaws(("starts: [{fact: PossibleMatchFound}]", "starts: [{step: tell}]"))
    assert [told.split(":")[0] for told in begun] == ["steps.look", "steps.tell", "steps.look.starts"]
    assert "begins itself again without an end: look -> tell -> look" in begun[2]


def test_step_is_never_owed_that_asks_for_what_never_comes_of_another() -> None:
    told = flaws(
        ("starts: [{step: look, outcome: [refer]}]", "starts: [{fact: ConfirmationReceived, answer: [positive]}]"),
        (LETTING_GO, LETTING_GO + "    why: x\n"),
        ("done: [{fact: PersonReleased}]", "done: [{fact: PersonReleased}]\n    training: []"),
        (
            "closing:",
            "pauses: {who: [chief], grounds: [ill], at_most: 1 day, in_all: 3 days, steps: [look]}\nclosing:",
        ),
    )
    assert told == [], "the answer comes from outside"


def test_pauses_last_in_all_no_less_than_one() -> None:
    pauses = "pauses: {who: [chief], grounds: [ill], at_most: 1 day, in_all: 3 hours, steps: [look]}\nclosing:"
    (told,) = flaws(("closing:", pauses))
    assert told.startswith("pauses.in_all: is less than a single pause may take: 3 hours and 1 day; give more")


def test_answer_that_offices_can_give_apart_is_for_somebody_to_decide() -> None:
    conflict = "starts: [{fact: AnswersConflict}]"
    of_reviews = (conflict, "starts: [{fact: AnswersConflict, kind: [ReviewGiven]}]")
    assert flaws(of_reviews) == [], "nothing else has two outcomes"
    (told,) = flaws((conflict, "starts: [{fact: AnswersConflict, kind: [DispositionGiven]}]"))
    assert told.startswith(
        "steps.look: begins nothing where two offices that worked apart answered it otherwise (ReviewGiven)"
    )
    (told,) = flaws((conflict, "starts: [{fact: AnswersConflict, kind: [ReviewGiven], of: [claim]}]"))
    assert told.startswith("steps.look: begins nothing")
    decided = (
        "    due: {within: 2 hours, on: office}\n",
        "    outcomes: [a, b]\n    due: {within: 2 hours, on: office}\n",
    )
    (told,) = flaws(of_reviews, decided)
    assert told.startswith("steps.tell: begins nothing")


def test_nobody_is_called_confirmed_whom_no_authority_confirmed() -> None:
    concludes = (
        ("    per: pairing\n    who: [chief]\n", "    who: [chief]\n"),
        ("    done: [{fact: StepCompleted}]\n", "    done: [{fact: DispositionGiven}]\n"),
        (
            "starts: [{fact: AnswersConflict}]",
            "starts: [{fact: AnswersConflict, kind: [ReviewGiven, DispositionGiven]}]",
        ),
    )
    due = "    due: {within: 2 hours, on: office}\n"
    assert flaws(*concludes, (due, f"    outcomes: [unresolved]\n{due}")) == []
    says = (*concludes, (due, f"    outcomes: [confirmed, unresolved]\n{due}"))
    (flaw,) = flaws(*says)
    assert flaw.startswith("steps.tell.outcomes: can call a person confirmed whom no authority did; add a gate")
    for outcome, needs, is_wrong in (
        ("confirmed", "{fact: ConfirmationReceived, answer: [positive]}", False),
        ("confirmed", "{fact: ConfirmationReceived, answer: [positive]}, {fact: StatementTaken}", True),
        ("confirmed", "{fact: ConfirmationReceived}", True),
        ("unresolved", "{fact: ConfirmationReceived, answer: [positive]}", True),
    ):
        gate = (
            f"  told: {{title: Say, act: {{fact: DispositionGiven, outcome: [{outcome}]}}, needs: [{needs}]}}\nclosing:"
        )
        assert any("can call" in one for one in flaws(*says, ("closing:", gate))) is is_wrong


@pytest.mark.parametrize(
    "spoilt",
    [
        "times: 1",
        "given: [{fact: RemovalOrdered}]",
        "unless: [{fact: EncounterOpened}]",
        "void: [{fact: RemovalOrdered}]",
        "void: [{fact: CustodyAuthorityEnded}]",
        "waiver: {who: [clerk], grounds: [no time], second: chief}",
        "needs: [claim]",
    ],
)
def test_end_of_custody_hangs_on_nothing_else(spoilt: str) -> None:
    told = flaws((LETTING_GO, f"{LETTING_GO}    {spoilt}\n"))
    assert any(one.startswith("custody: can go on when its authority has ended") for one in told)


def test_custody_ends_by_nothing_but_release_or_a_new_authority() -> None:
    done = "done: [{fact: PersonReleased}]"
    renewed = "done: [{fact: PersonReleased}, {fact: CustodyAuthorityRenewed}]"
    assert flaws((done, renewed), BEGUN_ANEW) == []
    told = flaws((done, "done: [{fact: PersonReleased}, {fact: CustodyAuthorityEnded}]"))
    assert any(one.startswith("custody: can go on") for one in told)


def test_new_authority_begins_anew_what_it_does() -> None:
    done = ("done: [{fact: PersonReleased}]", "done: [{fact: PersonReleased}, {fact: CustodyAuthorityRenewed}]")
    (told,) = flaws(done)
    assert told == (
        "steps.leave.starts: is over with a new authority for custody, and nobody is told when that has ended; "
        "let CustodyAuthorityRenewed start it as well"
    )
    other = """  again:
    title: Let go later
    per: custody
    who: [clerk]
    starts: [{fact: CustodyAuthorityRenewed}]
    done: [{fact: PersonReleased}]
    due: {at: expires}
    late: [{at: when due, escalate: [chief]}]
gates:
"""
    assert flaws(done, ("gates:\n", other)) == [], "another step that ends custody may begin"
    (told,) = flaws(done, ("gates:\n", other.replace("due: {at: expires}", "due: {within: 2 hours}")))
    assert told.startswith("steps.leave.starts: ")


def test_step_for_an_authority_that_is_lifted_may_take_over() -> None:
    void = (LETTING_GO, f"{LETTING_GO}    void: [{{fact: CustodyAuthorityEnded}}]\n")
    assert flaws(void, ("gates:\n", LIFTED)) == []
    renewed = LIFTED.replace(
        "done: [ {fact: PersonReleased} ]", "done: [{fact: PersonReleased}, {fact: CustodyAuthorityRenewed} ]"
    )
    (told,) = flaws(void, ("gates:\n", renewed))
    assert told.startswith("steps.leave.starts: is over with a new authority for custody")
    assert flaws(void, BEGUN_ANEW, ("gates:\n", renewed)) == []


def test_circle_of_waiting_is_found() -> None:
    told = flaws(("    who: [clerk]\n    starts: [{fact: Poss", "    who: [clerk]\n    after: [tell]\n    starts: [{fact: Poss"),
                 ("    who: [chief]\n", "    who: [chief]\n    after: [look]\n"))  # fmt: skip
    assert any("waits for itself: look -> tell -> look" in one for one in told)
    assert any("can be owed so that nobody can do it" in one for one in told), "and it is a dead end"


def test_circle_that_ends_is_none() -> None:
    again = ("starts: [{fact: PossibleMatchFound}]", "starts: [{fact: PossibleMatchFound}, {step: tell}]")
    assert any("begins itself again" in one for one in flaws(again))
    assert flaws(again, ("    title: Tell\n", "    title: Tell\n    times: 2\n")) == []


def test_dead_end_behind_a_gate_is_found() -> None:
    told = flaws(
        ("done: [{fact: StepCompleted}]", "done: [{fact: ClearanceGiven}]"),
        (
            "gates:\n",
            "gates:\n  shut:\n    title: Clear\n    act: {fact: ClearanceGiven}\n"
            "    needs: [{step: look, outcome: [not-the-same]}]\n",
        ),
    )
    assert any(one.startswith("steps.tell: can be owed so that nobody can do it: a reviewer answered") for one in told)


def test_step_that_is_its_own_bar_is_a_dead_end() -> None:
    told = flaws(
        ("done: [{fact: StepCompleted}]", "done: [{fact: ClearanceGiven}]"),
        ("gates:\n", "gates:\n  shut:\n    title: Clear\n    act: {fact: ClearanceGiven}\n    barred_by: [tell]\n"),
    )
    assert any(one.startswith("steps.tell: ") for one in told)


def test_contradictory_deadlines_are_found() -> None:
    told = flaws(
        ("starts: [{step: look, outcome: [refer]}]", "starts: [{fact: PossibleMatchFound}]\n    after: [look]"),
        ("due: {within: 2 hours, on: office}", "due: {within: 3 hours}"),
    )
    assert told == [
        "steps.tell.due: comes before that of look, which has to be done first: 3 hours and 4 hours; give this one more time, "
        "or that one less"
    ]


TELLING = "    due: {within: 2 hours, on: office}\n    late: [{at: when due, escalate: [chief]}]\n"


@pytest.mark.parametrize(
    ("due", "passed"),
    [
        ("{within: 4 hours, of: {fact: PossibleMatchFound}}", True),
        ("{within: 5 hours, of: {fact: PossibleMatchFound}}", False),
        ("{within: 3 hours, on: office, of: {fact: PossibleMatchFound}}", False),
        ("{within: 1 hour, of: {fact: EncounterOpened}}", False),
        ("{within: 1 hour, of: {fact: ReviewGiven}}", False),
    ],
)
def test_deadline_that_can_have_passed_when_the_step_begins_is_found(due: str, passed: bool) -> None:
    told = flaws((TELLING, TELLING.replace("{within: 2 hours, on: office}", due)))
    within = due.removeprefix("{within: ").split(",")[0]
    assert told == (
        [
            f"steps.tell.due: can have passed when it begins: look, which begins it, has 4 hours from the same, and this {within}; "
            "give this one more time, or that one less"
        ]
        if passed
        else []
    )


def test_deadline_from_what_began_a_step_before_can_have_passed_by_the_fact_that_does_that_step() -> None:
    by_fact = ("starts: [{step: look, outcome: [refer]}]", "starts: [{fact: ReviewGiven, outcome: [refer]}]")
    due = (
        TELLING,
        TELLING.replace("{within: 2 hours, on: office}", "{within: 1 hour, of: {fact: PossibleMatchFound}}"),
    )
    (told,) = flaws(by_fact, due)
    assert told.startswith("steps.tell.due: can have passed when it begins: look, which begins it")
    both = ("    due: {within: 4 hours}\n", "    due: {within: 4 hours, of: {fact: PossibleMatchFound}}\n")
    assert flaws(by_fact, due, both) == [told]


def test_deadline_that_counts_from_what_is_later_than_the_beginning_of_the_step_before_has_not_passed() -> None:
    look = "    due: {within: 4 hours}\n"
    due = (
        TELLING,
        TELLING.replace("{within: 2 hours, on: office}", "{within: 1 hour, of: {fact: PossibleMatchFound}}"),
    )
    ready = "    after: [claim]\n    due: {within: 4 hours, once: ready}\n"
    assert flaws(due, (look, ready)) == [], "nobody can say how long what comes before takes"
    reviewed = (due[0], due[1].replace("PossibleMatchFound", "ReviewGiven"))
    found = flaws(reviewed, (look, "    due: {within: 4 hours, of: {fact: ReviewGiven}}\n"))
    assert [one.split(";")[0] for one in found] == ["steps.look.due: counts from what it is done by"]


def test_reminder_before_it_is_owed_is_found() -> None:
    assert "reminds before the step is owed" in flaws(("at: 1 hour before", "at: 5 hours before"))[0]


def test_missing_deadline_is_told_and_not_serious() -> None:
    protocol = small(("    due: {within: 2 hours, on: office}\n    late: [{at: when due, escalate: [chief]}]\n", ""))
    (flaw,) = lint(protocol)
    assert (flaw.where, flaw.serious) == ("steps.tell.due", False)


@pytest.mark.parametrize(
    ("late", "is_told"),
    [
        ("", False),
        ("    late: [{at: 1 hour before, escalate: [chief]}]\n", False),
        ("    late: [{at: when due, remind: [chief]}]\n", True),
        ("    late: [{at: 1 hour before, remind: [chief]}, {at: 9 hours after, escalate: [chief]}]\n", True),
    ],
)
def test_deadline_that_passes_without_anybody_being_told_is_told_and_not_serious(late: str, is_told: bool) -> None:
    found = lint(small((TELLING, TELLING.split("\n")[0] + f"\n{late}")))
    assert [(str(flaw), flaw.serious) for flaw in found] == (
        []
        if is_told
        else [("steps.tell.late: tells nobody when the deadline passes; add {at: when due, escalate: [role]}", False)]
    )


def test_role_that_nobody_holds_is_found() -> None:
    assert [flaw.where for flaw in lint(small(), held={"clerk"})] == ["roles.chief"]
    assert lint(small(), held={"clerk", "chief"}) == []
    (unused,) = lint(small(("chief: the chief}", "chief: the chief, cook: the cook}")))
    assert (unused.where, unused.serious) == ("roles.cook", False)


def test_wait_as_long_as_custody_lasts_is_found() -> None:
    assert "can wait 48 hours, as long as order lasts" in flaws(("at_most: 24 hours", "at_most: 48 hours"))[0]


def test_custody_that_could_outlast_its_authority_is_found() -> None:
    for change in (
        ("    due: {at: expires}\n    late: [{at: when due, escalate: [chief]}]", "    due: {within: 9 days}"),
        ("    due: {at: expires}\n    late: [{at: when due, escalate: [chief]}]", "    due: {at: expires}"),
        ("done: [{fact: PersonReleased}]", "done: [{fact: PersonReleased, ground: [court-order]}]"),
    ):
        assert any(one.startswith("custody: can go on when its authority has ended") for one in flaws(change)), change
    assert any(
        "names no authority" in one for one in flaws(("custody: {order: {title: an order, lasts: 48 hours}}\n", ""))
    )


GATE_OF_REMOVAL = "  removal: {title: Remove, act: {fact: RemovalProposed}, barred_by: [claim]}\n"


def test_act_that_takes_liberty_without_a_gate_that_bars_it_is_found() -> None:
    for left in ("", GATE_OF_REMOVAL.replace(", barred_by: [claim]", "")):
        told = flaws((GATE_OF_REMOVAL, left))
        assert len(told) == 1, left
        assert told[0].startswith(
            "gates: let through what takes somebody's liberty, whatever is open: a step towards removal"
        )


def test_removal_while_a_claim_of_citizenship_is_open_is_found() -> None:
    for change in (
        (GATE_OF_REMOVAL, GATE_OF_REMOVAL.replace("[claim]", "[look]")),
        (GATE_OF_REMOVAL, GATE_OF_REMOVAL.replace("barred_by: [claim]", "needs: [{fact: RemovalOrdered}]")),
    ):
        assert [one.split(":")[0] for one in flaws(change)] == ["gates.removal.barred_by"], change
    seldom = ("starts: [{fact: CitizenshipClaimed}]", "starts: [{fact: CitizenshipClaimed}]\n    times: 1")
    assert [one.split(":")[0] for one in flaws(seldom)] == ["gates.transfer.barred_by", "gates.removal.barred_by"]


@pytest.mark.parametrize(
    ("field", "bars"),
    [
        ("void: [{fact: EncounterOpened}]", False),
        ("void: [{fact: CitizenshipClaimed}]", True),
        ("waiver: {who: [clerk], grounds: [no time], second: chief}", False),
    ],
)
def test_claim_of_citizenship_bars_until_it_was_answered(field: str, bars: bool) -> None:
    hearing = "    title: Hear a claim of citizenship\n"
    told = flaws((hearing, f"{hearing}    {field}\n"))
    places = [] if bars else ["gates.transfer.barred_by", "gates.removal.barred_by"]
    assert [one.split(":")[0] for one in told] == places
    assert all("and that is never void or waived, bar it" in one for one in told)


@pytest.mark.parametrize(
    ("gate", "rests_on_authority"),
    [
        ("needs: [{fact: CustodyAuthorityRenewed}, {fact: CustodyAuthorityIssued}]", True),
        ("needs: [{fact: ConfirmationReceived, answer: [positive]}]", False),
        ("needs: [{fact: CustodyAuthorityIssued}, {fact: ConfirmationReceived, answer: [positive]}]", False),
        ("barred_by: [claim]", False),
    ],
)
def test_custody_rests_on_an_authority_and_on_nothing_else(gate: str, rests_on_authority: bool) -> None:
    told = flaws(
        ("act: {fact: CustodyBegan}, needs: [{fact: CustodyAuthorityIssued}]", f"act: {{fact: CustodyBegan}}, {gate}")
    )
    assert [one.split(";")[0] for one in told] == (
        []
        if rests_on_authority
        else ["gates.custody.needs: lets somebody be taken into custody on something else than an authority for it"]
    )


def test_removal_needs_no_gate_where_nobody_is_ever_held() -> None:
    told = lint(read_protocol(next(path for path in PROTOCOLS if path.stem == "resettlement-staff")))
    assert told == []
