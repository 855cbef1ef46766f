"""Whether a fact, or a step that was done, is what a pattern asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol as Shape

from kstep.protocol.facts import Fact
from kstep.protocol.protocol import Pattern


class Done(Shape):
    """A step that was done: which, by which fact, what it was about, and when."""

    @property
    def id(self) -> str: ...
    @property
    def by(self) -> Fact | None: ...
    @property
    def about(self) -> Mapping[str, str]: ...
    @property
    def at(self) -> int: ...


def agree(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two things can be about the same: they differ in nothing that both of them name."""
    for key, value in one.items():  # noqa: SIM110 - called millions of times where every state is looked at
        if other.get(key, value) != value:
            return False
    return True


def says(pattern: Pattern, fact: Fact) -> bool:
    """Whether a fact's fields have the values that a pattern asks for."""
    for name, values in pattern.where:  # noqa: SIM110 - the same
        if fact.says.get(name) not in values:
            return False
    return True


def matches(pattern: Pattern, fact: Fact) -> bool:
    """Whether a fact is one of those that a pattern asks for."""
    return fact.kind == pattern.fact and bool(fact.kind) and says(pattern, fact)


def matches_any(patterns: Iterable[Pattern], fact: Fact) -> bool:
    """Whether a fact is one of those that any of several patterns asks for."""
    for pattern in patterns:  # noqa: SIM110 - the same
        if matches(pattern, fact):
            return True
    return False


def matches_step(pattern: Pattern, done: Done, all_done: Sequence[Done]) -> bool:
    """Whether a step that was done is one of those that a pattern asks for; `all_done` are the steps done before, in order."""
    if done.id != pattern.step or done.by is None or not says(pattern, done.by):
        return False
    for other, equal in ((pattern.agrees_with, True), (pattern.disagrees_with, False)):
        if other:
            compared = _last(all_done, other, done.about)
            if compared is None or (outcome(compared) == outcome(done)) != equal:
                return False
    return True


def outcome(done: Done) -> str:
    """What came of a step."""
    return done.by.says.get("outcome", "") if done.by else ""


def _last(all_done: Sequence[Done], step: str, about: Mapping[str, str]) -> Done | None:
    return next((one for one in reversed(all_done) if one.id == step and agree(one.about, about)), None)


def holds(
    condition: Pattern, facts: Sequence[Fact], all_done: Sequence[Done], about: Mapping[str, str], now: int
) -> bool:
    """Whether a condition holds at a moment, of whatever is about the same: by any match that nothing about that ended since."""
    for when, fact, of in _last_first(condition, facts, all_done, about):
        if condition.while_before and now >= moment_of(fact, condition.while_before):
            continue
        ends = (end for ending in condition.until for end in _last_first(ending, facts, all_done, about))
        if not any(when <= ended and _ends(ended_of, of) for ended, _, ended_of in ends):
            return True
    return False


def _ends(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether an ending is about what a match is about: the same, whatever the referral, for an answer is about the pairing."""
    return agree({key: value for key, value in one.items() if key != "referral"}, other)


def any_holds(
    conditions: Iterable[Pattern], facts: Sequence[Fact], all_done: Sequence[Done], about: Mapping[str, str], now: int
) -> bool:
    """Whether any of several conditions holds."""
    return any(holds(one, facts, all_done, about, now) for one in conditions)


def moment_of(fact: Fact, name: str) -> int:
    """The moment that a field says, in microseconds since 1970; when it was recorded, if it says none: then it is over at once."""
    said = fact.says.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else fact.recorded


def _last_first(
    pattern: Pattern, facts: Sequence[Fact], all_done: Sequence[Done], about: Mapping[str, str]
) -> Iterator[tuple[tuple[int, str], Fact, Mapping[str, str]]]:
    """What a pattern asks for, of whatever is about the same: when it was, the fact, and what it was about."""
    if pattern.fact:
        for fact in reversed(facts):
            if fact.kind == pattern.fact and says(pattern, fact) and agree(fact.about, about):
                yield fact.order, fact, fact.about
        return
    for place in range(len(all_done) - 1, -1, -1):
        done = all_done[place]
        if done.id != pattern.step or done.by is None:
            continue
        if agree(done.about, about) and matches_step(pattern, done, all_done[:place]):
            yield (done.at, done.by.id), done.by, done.about


__all__ = [
    "Done",
    "agree",
    "any_holds",
    "holds",
    "matches",
    "matches_any",
    "matches_step",
    "moment_of",
    "outcome",
    "says",
]
