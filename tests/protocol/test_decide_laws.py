"""Laws of what is owed, whatever happened: it is total, hangs on no order and on no score, every file can be closed, and nothing
that is owed outlasts an authority for custody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kstep.protocol.breaches import BreachKind
from kstep.protocol.decide import Decision, FileState, decide
from kstep.protocol.facts import KINDS, Fact
from kstep.protocol.obligations import State
from kstep.protocol.protocol import Protocol
from kstep.protocol.reading import protocol_of
from kstep.protocol.text import Text
from protocol.drawn_facts import DAY, HOUR, KEYS, Drawing, drawn
from protocol.protocol_model import Course
from protocol.test_decide_by_the_minute import SHIPPED, TEXTS

PROTOCOLS = {name: protocol_of(Text(name, text)) for name, text in TEXTS.items()}
SHIPPED_PROTOCOL = PROTOCOLS["kstep"]

names = st.sampled_from(sorted(TEXTS))
numbers = st.integers(0, 2**32 - 1)
few = settings(max_examples=30, deadline=None, database=None)


def history(name: str, number: int, facts: int = 18) -> list[Fact]:
    return drawn(TEXTS[name], number, facts)[1]


def end_of(facts: Sequence[Fact]) -> int:
    return max(fact.recorded for fact in facts)


@few
@given(names, numbers, st.lists(st.integers(-(10**30), 10**30) | st.integers(-5, 5), min_size=1, max_size=4))
def test_every_file_has_an_answer(name: str, number: int, moments: list[int]) -> None:
    dice, drawing = Random(number), Drawing(Course(TEXTS[name]))
    facts = history(name, number)
    facts += [drawing.nonsense(dice, dice.choice(moments)) for _ in range(30)]
    facts += [replace(dice.choice(facts), id=f"x{number}", recorded=dice.choice(moments)) for number in range(10)]
    for now in (*moments, end_of(facts), end_of(facts) + DAY):
        decide(PROTOCOLS[name], facts, now)


@few
@given(names, numbers, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_given_does_not_matter(name: str, number: int, dice: Random) -> None:
    facts = history(name, number)
    facts += [replace(dice.choice(facts), recorded=dice.choice(facts).recorded + 1, says={}) for _ in range(3)]
    now = dice.choice(facts).recorded
    expected = decide(PROTOCOLS[name], facts, now)
    dice.shuffle(facts)
    assert decide(PROTOCOLS[name], facts, now) == expected


@few
@given(names, numbers, st.integers(0, 17), st.integers(-1, 1))
def test_what_was_recorded_later_does_not_count(name: str, number: int, place: int, offset: int) -> None:
    facts = history(name, number)
    now = facts[place].recorded + offset
    known = [fact for fact in facts if fact.recorded <= now]
    assert decide(PROTOCOLS[name], facts, now) == decide(PROTOCOLS[name], known, now)


@settings(few, max_examples=60)
@given(names, numbers)
def test_the_order_of_facts_about_different_things_does_not_matter(name: str, number: int) -> None:
    """Two facts that follow each other closely are independent if they are about different things (they name no key with the same
    value, and some key with different ones), by different people, and each by itself changes other obligations than the other, and
    neither they nor both together any that is owed once in a file: these are about everything. Swapped in time, they lead to the
    same.
    """
    course, facts = drawn(TEXTS[name], number, 18)
    dice, drawing, now = Random(number), Drawing(course), end_of(facts) + HOUR
    owed = [one for one in course.owed if one.stands and one.key]
    assume(owed)
    for _ in range(40):
        one, other = (
            replace(drawing.answer(dice, dice.choice(owed), now), actor=actor, id=actor) for actor in ("x", "y")
        )
        same = {key for key in one.about if one.about[key] == other.about.get(key)}
        if not same and one.about.keys() & other.about.keys() and _are_apart(PROTOCOLS[name], facts, one, other):
            break
    else:
        assume(False)
    assert _standing(PROTOCOLS[name], [*facts, one, replace(other, recorded=now + 1)]) == _standing(
        PROTOCOLS[name], [*facts, replace(one, recorded=now + 1), other]
    )


Standing = tuple[Mapping[tuple[str, str, int], State], list[tuple[str, str, str, str]], FileState]


def _standing(protocol: Protocol, facts: Sequence[Fact]) -> Standing:
    """How a file stands a little later, without the moments."""
    found = decide(protocol, facts, end_of(facts) + 1)
    breaches = sorted((str(one.kind), one.where, one.key, one.fact) for one in found.breaches)
    return {(one.step, one.key, one.number): one.state for one in found.obligations}, breaches, found.state


def _are_apart(protocol: Protocol, facts: Sequence[Fact], one: Fact, other: Fact) -> bool:
    before = _standing(protocol, facts)[0].items()
    mine = {name for name, _ in _standing(protocol, [*facts, one])[0].items() ^ before}
    theirs = {name for name, _ in _standing(protocol, [*facts, other])[0].items() ^ before}
    both = [*facts, one, replace(other, recorded=other.recorded + 1)]
    ours = {name for name, _ in _standing(protocol, both)[0].items() ^ before}
    return bool(mine and theirs) and not mine & theirs and all(key for _, key, _ in mine | theirs | ours)


DECISIVE = {"review": "not-the-same", "disposition": "unresolved", "answer": "enough"}
"""Outcomes by which nothing is asked for again; of other steps, any."""
SAID = {"ground": "court-order"}
"""What is said in a field; of others, the first value that there is: an answer is positive, and written."""


def owed_act(course: Course, name: str, step: str, key: str, about: Mapping[str, str], at: int, count: int) -> Fact:
    """What does a step that is owed: the right person, who did nothing in the file yet, with all evidence and everything said."""
    said = course.steps[step]
    pattern = said["done"][0]
    says = {field: values[0] for field, values in pattern.items() if field != "fact"}
    for field, values in KINDS[pattern["fact"]].fields.items():
        says.setdefault(field, SAID.get(field, values[0] if values else str(at + DAY)))
    says |= {field: "said" for field in said.get("states", ()) if field not in says}
    if "outcomes" in said:
        says["outcome"] = DECISIVE.get(step, said["outcomes"][0])
    if pattern["fact"] in ("CheckEnded", "ReviewGiven", "StepCompleted"):
        says["step"] = step
    about = ({said["per"]: "K"} if "per" in said else {}) | dict(about)
    return Fact(f"z{name}{count:03}", pattern["fact"], at, f"somebody {count}", frozenset(said["who"]),
                frozenset(said.get("training", ())), about=about, says=says, evidence=tuple(said.get("evidence", ())))  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
@few
@given(number=numbers)
def test_every_file_can_be_closed(name: str, number: int) -> None:
    """By doing what is owed, and nothing else: no wait, no waiver, and no fact that nobody owes; rather what no gate bars."""
    course, facts = drawn(TEXTS[name], number, 22)
    now = end_of(facts)
    closing = frozenset(course.protocol["closing"]["who"])
    for count in range(120):
        now += 1
        owed = [one for one in course.owed if one.stands]
        if not owed:
            facts.append(Fact("zz", "FileClosed", now, "somebody", closing))
            break
        ready = [one for one in owed if not course.waiting(one)]
        assert ready, "everything waits for something"
        could = [owed_act(course, name, one.step, one.key, one.about, now, count) for one in ready]
        done = next((act for act in could if not course.barring(act)), could[0])
        facts.append(done)
        course.take(done)
    assert decide(PROTOCOLS[name], facts, now).state is FileState.CLOSED


def gate_breaches(found: Decision, fact: Fact) -> list[str]:
    return [one.where for one in found.breaches if one.kind is BreachKind.GATE and one.fact == fact.id]


@few
@given(
    numbers, st.sampled_from(["court-order", "statutory-limit", "authority-expired"]), st.sampled_from(KEYS["custody"])
)
def test_no_release_that_is_not_ours_to_hold_up_is_a_breach(number: int, ground: str, custody: str) -> None:
    facts = history("kstep", number)
    about = {"custody": custody}
    freed = Fact("zz", "PersonReleased", end_of(facts), "nobody", about=about, says={"ground": ground})
    assert not gate_breaches(decide(SHIPPED_PROTOCOL, [*facts, freed], freed.recorded), freed)


@few
@given(numbers, st.sampled_from(KEYS["custody"]))
def test_a_release_that_was_asked_for_passes_in_time(number: int, custody: str) -> None:
    facts, about = history("kstep", number), {"custody": custody}
    asked = Fact("zy", "ReleaseProposed", end_of(facts), "officer", about=about)
    freed = Fact("zz", "PersonReleased", asked.recorded + 24 * HOUR, "director", frozenset(["director"]), about=about,
                 says={"ground": "discretion"})  # fmt: skip
    assert not gate_breaches(decide(SHIPPED_PROTOCOL, [*facts, asked, freed], freed.recorded), freed)


@few
@given(numbers, st.sampled_from(["TransferRequested", "RemovalProposed"]), st.integers(0, 400 * DAY))
def test_nobody_who_may_be_a_citizen_is_handed_over_or_removed(number: int, kind: str, wait: int) -> None:
    """Not by an override, nor by time, nor with any authority: while a claim is open, each is a breach. A claim that names
    a request for transfer as well is about that one; there is another here then, of the person.
    """
    dice, (course, facts) = Random(number), drawn(SHIPPED["kstep"], number, 18)
    now = end_of(facts) + wait
    if not any(
        one.stands and one.step.startswith("citizenship") and one.about.keys() == {"claim"} for one in course.owed
    ):
        facts.append(Fact("za", "CitizenshipClaimed", now, about={"claim": "L3"}))
    everybody = frozenset(course.protocol["roles"])
    for gate in ("transfer-request", "removal"):
        facts.append(Fact(f"zb{gate}", "GateOverridden", now, "director", everybody, frozenset(), "counsel", everybody,
                          says={"gate": gate, "ground": "humanitarian"}))  # fmt: skip
    facts.append(Fact("zc", "RemovalOrdered", now, "court"))
    issued = {"authority": "order", "expires": str(now + 900 * DAY)}
    facts.append(Fact("zd", "CustodyAuthorityIssued", now, "court", says=issued))
    about = {key: dice.choice(KEYS[key]) for key in KINDS[kind].about}
    act = Fact("zz", kind, now, "director", everybody, about=about)
    assert gate_breaches(decide(SHIPPED_PROTOCOL, [*facts, act], now), act)


def test_no_kind_of_fact_has_a_score() -> None:
    """The fields are few enough to be listed: a new one has to be looked at before it is added here."""
    fields = {name for kind in KINDS.values() for name in kind.fields}
    assert fields == {
        "nature", "result", "interpreter", "outcome", "rests_on", "authority", "reason", "fields", "step", "reference", "answer",
        "form", "desk", "message", "expires", "ground", "age", "id", "to", "kind", "of", "signed_as", "words", "entry", "edition",
        "ended", "issued",
    }  # fmt: skip


def test_no_field_is_a_number_that_orders_matches() -> None:
    values = {value for kind in KINDS.values() for named in kind.fields.values() for value in named}
    assert not [value for value in values if any(letter.isdigit() for letter in value)]


@few
@given(
    names,
    numbers,
    st.dictionaries(st.sampled_from(["score", "rank", "millibits", "weight", "x", ""]), st.text(max_size=5)),
)
def test_nothing_hangs_on_a_field_that_nobody_knows(name: str, number: int, extra: dict[str, str]) -> None:
    facts = history(name, number)
    now = end_of(facts) + HOUR
    scored = [replace(fact, says={**extra, **fact.says}) for fact in facts]
    assert decide(PROTOCOLS[name], scored, now) == decide(PROTOCOLS[name], facts, now)


HANDLED = {"step", "fact", "kind", "ground", "gate", "key", "number", "rung"}
"""What every protocol reads of handling."""


@few
@given(names, numbers)
def test_nothing_hangs_on_a_field_that_the_protocol_does_not_name(name: str, number: int) -> None:
    facts = history(name, number)
    now = end_of(facts) + HOUR
    read = HANDLED | {"outcome"} | set(_named(Course(TEXTS[name]).protocol))
    bare = [replace(fact, says={field: said for field, said in fact.says.items() if field in read}) for fact in facts]
    assert decide(PROTOCOLS[name], bare, now) == decide(PROTOCOLS[name], facts, now)


def _named(part: object) -> list[str]:
    """Every word of a protocol: a field that it does not use is not among them."""
    if isinstance(part, Mapping):
        return [*part, *(name for held in part.values() for name in _named(held))]
    if isinstance(part, list):
        return [name for held in part for name in _named(held)]
    return [str(part)]
