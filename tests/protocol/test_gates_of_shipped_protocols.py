"""What the gates of the shipped protocols let pass: what was found and answered, who may act, and how long custody may last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kstep.protocol.breaches import BreachKind
from kstep.protocol.decide import decide
from kstep.protocol.facts import Fact
from kstep.protocol.obligations import State
from kstep.protocol.protocol import Pattern, Protocol
from protocol.test_decide_out_of_the_ordinary import HOUR, KSTEP, MINORS, NOW, SMALL, SUPERVISOR


def warrant(expires: int) -> dict[str, str]:
    return {"authority": "warrant", "expires": str(expires)}


def test_an_authority_for_custody_holds_though_a_shorter_one_came_after_it() -> None:
    about = {"custody": "C"}
    facts = [
        Fact("a", "CustodyAuthorityIssued", NOW, "sam", SUPERVISOR, about=about, says=warrant(NOW + 48 * HOUR)),
        Fact("b", "CustodyAuthorityIssued", NOW + 1, "sam", SUPERVISOR, about=about, says=warrant(NOW + HOUR)),
        Fact(
            "c", "CustodyBegan", NOW + 2 * HOUR, "sam", SUPERVISOR, about=about, says={"expires": str(NOW + 48 * HOUR)}
        ),
    ]
    assert not decide(KSTEP, facts, NOW + 2 * HOUR).breaches
    facts.insert(2, Fact("d", "CustodyAuthorityEnded", NOW + HOUR, about=about))
    assert [one.kind for one in decide(KSTEP, facts, NOW + 2 * HOUR).breaches] == [BreachKind.GATE, BreachKind.LATE]


def custody_ends(authority: dict[str, str], began: dict[str, str], *more: Fact) -> int | None:
    about = {"custody": "C"}
    facts = [
        Fact("a", "CustodyAuthorityIssued", NOW, "sam", SUPERVISOR, about=about, says=authority),
        *more,
        Fact("b", "CustodyBegan", NOW + HOUR, "sam", SUPERVISOR, about=about, says=began),
    ]
    found = decide(KSTEP, facts, NOW + HOUR)
    assert not found.breaches
    return next(one.due for one in found.obligations if one.step == "authority-ends")


def test_custody_ends_with_its_authority() -> None:
    short, long = str(NOW + 2 * HOUR), str(NOW + 9000 * HOUR)
    brief, lasting = warrant(NOW + 2 * HOUR), warrant(NOW + 9000 * HOUR)
    assert custody_ends(brief, {"expires": long}) == NOW + 2 * HOUR
    assert custody_ends(lasting, {"expires": short}) == NOW + 2 * HOUR
    assert custody_ends(lasting, {"authority": "detainer", "expires": long}) == NOW + 49 * HOUR
    assert custody_ends({"authority": "detainer", "expires": long}, {"expires": long}) == NOW + 48 * HOUR
    renewed = Fact("c", "CustodyAuthorityRenewed", NOW + 1, "sam", SUPERVISOR, says=lasting)
    assert custody_ends(brief, {"expires": long}, renewed) == NOW + 1 + 90 * 24 * HOUR
    lifted = Fact("d", "CustodyAuthorityEnded", NOW + 2)
    shorter = replace(renewed, id="e", recorded=NOW + 3, says=brief)
    assert custody_ends(lasting, {"expires": long}, lifted, shorter) == NOW + 2 * HOUR, "what was lifted counts no more"


@pytest.mark.parametrize("protocol", [KSTEP, MINORS], ids=["kstep", "minors"])
@pytest.mark.parametrize("authority", [{"authority": "ten years"}, {"authority": ""}, {}])
def test_an_authority_of_no_kind_that_is_declared_permits_nothing(
    protocol: Protocol, authority: dict[str, str]
) -> None:
    about, says = {"custody": "C"}, {**authority, "expires": str(NOW + 90_000 * HOUR)}
    officer = frozenset(["officer"])
    issued = Fact("a", "CustodyAuthorityIssued", NOW, "ann", officer, about=about, says=says)
    began = Fact("b", "CustodyBegan", NOW + 1, "ann", officer, about=about, says=says)
    found = decide(protocol, [began, issued], NOW + 1)
    assert [(one.where, one.kind) for one in found.breaches if one.kind is not BreachKind.LATE] == [
        ("custody", BreachKind.GATE)
    ]
    (ends,) = [one for one in found.obligations if one.step == "authority-ends"]
    assert (ends.due, ends.state) == (NOW + 1, State.LATE)
    renewed = replace(issued, id="c", kind="CustodyAuthorityRenewed", recorded=NOW + HOUR)
    found = decide(protocol, [issued, began, renewed], NOW + HOUR)
    again = [one for one in found.obligations if one.step == "authority-ends"][-1]
    assert (again.number, again.due, again.state) == (2, NOW + HOUR, State.LATE)


def test_custody_that_rests_on_no_authority_has_to_end_at_once() -> None:
    """Whether there was none, or it had ended, or was lifted; an authority about other custody is none, and one that comes after
    does nothing by itself.
    """
    about, long = {"custody": "C"}, NOW + 9000 * HOUR
    began = Fact("m", "CustodyBegan", NOW + 2 * HOUR, "ann", about=about, says=warrant(long))
    issued = Fact("a", "CustodyAuthorityIssued", NOW, "sam", SUPERVISOR, about=about, says=warrant(long))
    lifted = Fact("b", "CustodyAuthorityEnded", NOW + 1, about=about)
    for before in (
        [],
        [replace(issued, says=warrant(NOW + 2 * HOUR))],
        [issued, lifted],
        [replace(issued, about={"custody": "D"})],
        [replace(issued, id="z", recorded=began.recorded)],
    ):
        found = decide(KSTEP, [*before, began], began.recorded)
        (ends,) = [one for one in found.obligations if one.step == "authority-ends"]
        assert (ends.due, ends.state) == (began.recorded, State.LATE)
        assert [(rung.escalates, rung.roles) for rung in ends.rungs if rung.at == began.recorded] == [
            (True, ("director", "counsel"))
        ]
    found = decide(KSTEP, [issued, began], began.recorded)
    assert [one.due for one in found.obligations if one.step == "authority-ends"] == [NOW + 90 * 24 * HOUR]


def test_an_authority_permits_nothing_after_it_can_last() -> None:
    about, long = {"custody": "C"}, str(NOW + 9000 * HOUR)
    says = {"authority": "detainer", "expires": long}
    issued = Fact("a", "CustodyAuthorityIssued", NOW, "sam", SUPERVISOR, about=about, says=says)
    for at, barred in ((48 * HOUR - 1, []), (48 * HOUR, [BreachKind.GATE, BreachKind.LATE])):
        began = Fact("b", "CustodyBegan", NOW + at, "sam", SUPERVISOR, about=about, says={"expires": long})
        assert [one.kind for one in decide(KSTEP, [issued, began], NOW + at).breaches] == barred


def looked_into(review: str, opinion: str) -> list[Fact]:
    """A claim of citizenship that was looked into, of somebody whose removal is ordered. Each protocol knows one of the kinds of
    authority.
    """
    about = {"claim": "L"}
    says = {"step": "citizenship-review", "outcome": review, "reason": "r"}
    courses = frozenset(["citizenship"])
    family_order = {**warrant(NOW + 99 * HOUR), "authority": "family-order"}
    return [
        Fact("a", "RemovalOrdered", NOW, "sam", SUPERVISOR),
        Fact("b", "CustodyAuthorityIssued", NOW, "sam", SUPERVISOR, says=warrant(NOW + 99 * HOUR)),
        Fact("bb", "CustodyAuthorityIssued", NOW, "sam", SUPERVISOR, says=family_order),
        Fact("c", "CitizenshipClaimed", NOW, about=about),
        Fact("d", "StepCompleted", NOW + 1, "sam", SUPERVISOR, courses, about=about, says=says,
             evidence=("citizenship-inquiry",)),
        Fact("e", "StepCompleted", NOW + 2, "cal", frozenset(["counsel"]), about=about,
             says={"step": "citizenship-opinion", "outcome": opinion, "reason": "r"}),
    ]  # fmt: skip


@pytest.mark.parametrize("protocol", [KSTEP, MINORS], ids=["kstep", "minors"])
@pytest.mark.parametrize(
    ("review", "opinion", "barred"),
    [
        ("citizen", "citizen", True),
        ("not-shown", "probably-citizen", True),
        ("probably-citizen", "not-shown", False),
        ("not-shown", "not-shown", False),
    ],
)
def test_whoever_was_found_to_be_a_citizen_is_not_removed(
    protocol: Protocol, review: str, opinion: str, barred: bool
) -> None:
    facts = looked_into(review, opinion)
    facts.append(Fact("y", "RemovalProposed", NOW + 3, "sam", SUPERVISOR))
    facts.append(Fact("z", "TransferRequested", NOW + 4, "sam", SUPERVISOR, about={"request": "Q"}))
    found = [(one.where, one.kind) for one in decide(protocol, facts, NOW + 4).breaches]
    expected = [("removal", BreachKind.GATE), ("transfer-request", BreachKind.GATE)] if barred else []
    assert found == expected


def test_another_claim_that_came_to_nothing_does_not_undo_what_was_found() -> None:
    facts = looked_into("citizen", "citizen")
    for fact in looked_into("not-shown", "not-shown")[3:]:
        facts.append(replace(fact, id=f"x{fact.id}", recorded=fact.recorded + HOUR, about={"claim": "M"}))
    facts.append(Fact("y", "RemovalProposed", NOW + 2 * HOUR, "sam", SUPERVISOR))
    assert [one.where for one in decide(KSTEP, facts, NOW + 2 * HOUR).breaches] == ["removal"]


def reviewed_and_referred(rests_on: str, *opinion: str) -> list[str]:
    """The gates that a referral breaks after such a review, and counsel's opinion if there is one."""
    about = {"pairing": "P"}
    says = {
        "step": "review",
        "outcome": "refer",
        "rests_on": rests_on,
        "authority": "some",
        "reason": "r",
        "fields": "f",
    }
    facts = [Fact("a", "PossibleMatchFound", NOW, about=about)]
    if rests_on:
        facts.append(Fact("b", "ReviewGiven", NOW + 1, "rea", frozenset(["reviewer"]), frozenset(["reviewing"]), about=about,
                          says=says))  # fmt: skip
    for outcome in opinion:
        said = {"step": "counsel-opinion", "outcome": outcome, "reason": "r"}
        facts.append(Fact("c", "StepCompleted", NOW + 2, "cal", frozenset(["counsel"]), about=about, says=said))
    facts.append(Fact("d", "ReferralMade", NOW + 3, "lia", frozenset(["liaison"]), about={**about, "referral": "R"}))
    return [one.where for one in decide(KSTEP, facts, NOW + 3).breaches if one.kind is BreachKind.GATE]


def test_nothing_is_referred_that_nobody_reviewed_or_counsel_has_to_see() -> None:
    assert reviewed_and_referred("") == ["referral"], "nobody reviewed it"
    assert reviewed_and_referred("others") == []
    assert reviewed_and_referred("own-state") == ["referral"], "counsel has not seen it"
    assert reviewed_and_referred("own-state", "go-no-further") == ["referral"]
    assert reviewed_and_referred("own-state", "refer-elsewhere") == []


def test_an_authority_that_was_lifted_ends_no_other() -> None:
    issued, other = (
        Fact(id, "CustodyAuthorityIssued", NOW, "sam", SUPERVISOR, about={"custody": id}, says=warrant(NOW + 9 * HOUR))
        for id in ("C", "D")
    )
    lifted = Fact("e", "CustodyAuthorityEnded", NOW + 1, "sam", SUPERVISOR, about={"custody": "C"})
    asked = Fact("f", "TransferRequested", NOW + 2, "sam", SUPERVISOR, about={"request": "Q"})
    for facts, barred in (([issued], [BreachKind.GATE]), ([issued, other], [])):
        found = decide(KSTEP, [*facts, lifted, asked], NOW + 2)
        assert [one.kind for one in found.breaches if one.fact == asked.id] == barred


def test_what_was_found_bars_what_is_about_the_same() -> None:
    """Drawn histories come to this too seldom: a finding about one pairing bars nothing about another."""
    found = Pattern(fact="ClearanceEnded")
    gate = replace(KSTEP.gates["clearance"], needs=(), barred_by=(), barred_if=(found,))
    protocol = replace(KSTEP, gates={"clearance": gate})
    ended = Fact("a", "ClearanceEnded", NOW, about={"pairing": "P1"})
    for pairing, barred in (("P1", True), ("P2", False)):
        given = Fact("b", "ClearanceGiven", NOW + 1, about={"pairing": pairing})
        kinds = [one.kind for one in decide(protocol, [ended, given], NOW + 1).breaches]
        assert (BreachKind.GATE in kinds) is barred


_ACTS = {
    "custody-authority": ("CustodyAuthorityIssued", ("officer", "supervisor")),
    "renewal": ("CustodyAuthorityRenewed", ("officer", "supervisor", "counsel")),
    "custody": ("CustodyBegan", ("officer", "supervisor")),
    "transfer-request": ("TransferRequested", ("officer", "supervisor")),
    "removal-order": ("RemovalOrdered", ("supervisor", "counsel")),
    "removal": ("RemovalProposed", ("supervisor",)),
    "clearance-ended": ("ClearanceEnded", ("supervisor",)),
}
_ACTS_OF_MINORS = {
    **_ACTS,
    "renewal": ("CustodyAuthorityRenewed", ("officer", "supervisor")),  # counsel is the child's
    "removal-order": ("RemovalOrdered", ("supervisor", "director")),
}


@pytest.mark.parametrize(
    ("protocol", "gate", "kind", "roles"),
    [
        pytest.param(protocol, gate, kind, roles, id=f"{protocol.name}-{gate}")
        for protocol, acts in ((KSTEP, _ACTS), (MINORS, _ACTS_OF_MINORS))
        for gate, (kind, roles) in acts.items()
    ],
)
def test_an_act_is_for_the_roles_of_its_gate_alone(
    protocol: Protocol, gate: str, kind: str, roles: tuple[str, ...]
) -> None:
    about = {"pairing": "P", "custody": "C", "request": "Q"}
    says = {"ended": "by-hand"} if kind == "ClearanceEnded" else {}
    for role in (*protocol.roles, "nobody"):
        act = Fact("a", kind, NOW, "ann", frozenset([role]), about=about, says=says)
        wrong = [one for one in decide(protocol, [act], NOW).breaches if one.kind is BreachKind.WRONG_ROLE]
        assert [one.where for one in wrong] == ([] if role in roles else [gate])
        assert all(one.why == f"not done by: {' or '.join(roles)}" for one in wrong)


@pytest.mark.parametrize("role", ["officer", "liaison"])
def test_an_authority_that_somebody_else_wrote_down_permits_nothing(role: str) -> None:
    about, says = {"custody": "C"}, warrant(NOW + 99 * HOUR)
    issued = Fact("a", "CustodyAuthorityIssued", NOW, "ann", frozenset([role]), about=about, says=says)
    began = Fact("b", "CustodyBegan", NOW + 1, "lia", frozenset(["liaison"]), about=about, says=says)
    renewed = replace(issued, id="c", kind="CustodyAuthorityRenewed", recorded=NOW + HOUR)
    found = decide(KSTEP, [issued, began, renewed], NOW + HOUR)
    may = role == "officer"
    assert (("custody", BreachKind.GATE) in [(one.where, one.kind) for one in found.breaches]) is not may
    ends = [one for one in found.obligations if one.step == "authority-ends"]
    assert [one.state for one in ends] == ([State.DONE, State.OPEN] if may else [State.LATE])


def test_a_clearance_that_lapsed_by_itself_is_ended_by_nobody() -> None:
    lapsed = Fact("a", "ClearanceEnded", NOW, "system:kstep", about={"pairing": "P"}, says={"ended": "by-itself"})
    assert not decide(KSTEP, [lapsed], NOW).breaches


def test_override_that_names_nothing_is_for_one_act() -> None:
    """Of two releases it lets the first pass; one that names a custody, the release from that."""
    chief, judge, about = frozenset(["chief"]), frozenset(["judge"]), {"custody": "C"}
    asked = Fact("a", "PossibleMatchFound", NOW, about={"pairing": "P"})
    for named, passed in (({}, ["c"]), (about, ["c"]), ({"custody": "D"}, ["d"])):
        override = Fact("b", "GateOverridden", NOW + 1, "ana", chief, frozenset(), "ben", judge, about=named,
                        says={"gate": "release", "ground": "no need"})  # fmt: skip
        released = [
            Fact(id, "PersonReleased", NOW + at, "ana", about={"custody": key}, says={"ground": "discretion"})
            for id, at, key in (("c", 2, "C"), ("d", 3, "D"), ("e", 4, "D"))
        ]
        proposed = [Fact(f"p{key}", "ReleaseProposed", NOW, about={"custody": key}) for key in ("C", "D")]
        found = decide(SMALL, [asked, *proposed, override, *released], NOW + 4).breaches
        barred = {one.fact for one in found if one.kind is BreachKind.GATE}
        assert [one.id for one in released if one.id not in barred] == passed


def test_neither_time_nor_an_override_lets_somebody_else_act() -> None:
    """Only the roles of a gate, however it stands; and who they are is not asked of another act."""
    release = replace(SMALL.gates["release"], who=("chief",))
    protocol = replace(SMALL, gates={"release": release})
    about, chief, judge = {"custody": "C"}, frozenset(["chief"]), frozenset(["judge"])
    facts = [
        Fact("a", "PossibleMatchFound", NOW, about={"pairing": "P"}),
        Fact("b", "ReleaseProposed", NOW, about=about),
        Fact("c", "GateOverridden", NOW + 1, "ana", chief, frozenset(), "ben", judge, about=about,
             says={"gate": "release", "ground": "no need"}),
    ]  # fmt: skip
    for ground, roles, barred in (
        ("discretion", chief, []),
        ("discretion", judge, [BreachKind.WRONG_ROLE]),
        ("court-order", judge, []),
    ):
        act = Fact("d", "PersonReleased", NOW + 2, "ana", roles, about=about, says={"ground": ground})
        assert [one.kind for one in decide(protocol, [*facts, act], NOW + 2).breaches] == barred
