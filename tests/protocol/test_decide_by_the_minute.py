"""What is owed in a file is what a model says that lets time pass minute by minute, in random histories under three protocols."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from kstep.protocol.decide import Decision, decide
from kstep.protocol.facts import Fact
from kstep.protocol.protocol import Protocol
from kstep.protocol.reading import protocol_of
from kstep.protocol.text import Text
from protocol.comparing import differences
from protocol.drawn_facts import Drawing, take
from protocol.protocol_model import Course
from protocol.tiny_protocol import TINY

PROTOCOLS = Path(__file__).parents[2] / "protocols"
SHIPPED = {name: (PROTOCOLS / f"{name}.yaml").read_text(encoding="utf-8") for name in ("kstep", "minors")}
TEXTS = {**SHIPPED, "tiny": TINY}

HISTORIES = {"kstep": 6_000, "minors": 1_500, "tiny": 2_500}
PARTS = 10
"""In so many tests, so that all cores have some to run."""

NUMBERS = st.integers(0, 2**32 - 1)
"""What a rule does hangs on a number, from which everything else is drawn: far faster, and a history still shrinks to few facts."""


class Files(RuleBasedStateMachine):
    """Facts are recorded in a file, out of order where several come in one moment; the two views are compared as time goes on."""

    text: str
    protocol: Protocol

    def __init__(self) -> None:
        super().__init__()
        self.course = Course(self.text)
        self.drawing = Drawing(self.course)
        self.facts: list[Fact] = []
        self.waiting: list[Fact] = []
        self.now = 0
        self.seen: list[Decision] = []

    @initialize(number=NUMBERS)
    def begin(self, number: int) -> None:
        self.now = self.drawing.begin(Random(number))

    @rule(number=NUMBERS)
    def record(self, number: int) -> None:
        dice = Random(number)
        self.go_on(dice)
        self.add(self.drawing.fact(dice, self.now))

    @rule(number=NUMBERS)
    def record_much(self, number: int) -> None:
        dice = Random(number)
        self.go_on(dice)
        for _ in range(dice.randrange(1, 4)):
            self.add(self.drawing.fact(dice, self.now))

    @rule(number=NUMBERS)
    def record_again(self, number: int) -> None:
        if self.facts:
            self.add(Random(number).choice(self.facts))

    @rule(number=NUMBERS)
    def wait(self, number: int) -> None:
        self.go_on(Random(number))

    def add(self, fact: Fact) -> None:
        self.facts.append(fact)
        if fact.recorded == self.now:
            self.waiting.append(fact)

    def go_on(self, dice: Random) -> None:
        """Until the next moment; and compare at this one or at one between."""
        later = self.drawing.later(dice, self.now) if self.facts else self.now
        if later > self.now:
            between = dice.choice((self.now, self.now, (self.now + later) // 2, later - 1))
            take(self.course, self.waiting, between)
            self.compare(dice)
            self.course.advance(later)
            self.now = later

    def compare(self, dice: Random) -> None:
        given = self.facts[:]
        dice.shuffle(given)
        found = decide(self.protocol, given, self.course.now)
        assert not differences(self.course.seen(), found)
        self.seen.append(found)

    def teardown(self) -> None:
        dice = Random(len(self.facts))
        take(self.course, self.waiting, self.now)
        self.compare(dice)
        before = dice.choice(self.seen)
        assert decide(self.protocol, self.facts, before.now) == before, "what came later counted"


def hold(name: str, histories: int, steps: int, part: int = 0) -> None:
    """Run so many random histories of so many steps under a protocol, others in each part."""
    text = TEXTS[name]
    kind = type("Files", (Files,), {"text": text, "protocol": protocol_of(Text(name, text))})
    run_state_machine_as_test(
        seed(part)(kind),
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_owed_is_what_a_model_says(name: str) -> None:
    hold(name, 100, 20)


@pytest.mark.histories
@pytest.mark.parametrize("part", range(1, PARTS + 1))
@pytest.mark.parametrize(("name", "histories"), HISTORIES.items())
def test_what_is_owed_is_what_a_model_says_in_thousands_of_histories(name: str, histories: int, part: int) -> None:
    hold(name, histories // PARTS, 16, part)
