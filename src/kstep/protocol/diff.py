"""What changed from one protocol to another, in the words in which each is explained; and what that changes in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kstep.protocol.decide import Decision, decide
from kstep.protocol.explain import sentences
from kstep.protocol.facts import Fact
from kstep.protocol.protocol import Protocol


@dataclass(frozen=True)
class Change:
    """A part of a protocol in which something changed: what is said no more, and what is said now."""

    part: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


def diff(old: Protocol, new: Protocol) -> list[Change]:
    """The parts that changed, in the order of the new protocol, those that are gone last."""
    before, after = sentences(old), sentences(new)
    return list(_changes(before, after))


def _changes(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> Iterator[Change]:
    for part in [*after, *(part for part in before if part not in after)]:
        was, now = before.get(part, []), after.get(part, [])
        gone, new = tuple(one for one in was if one not in now), tuple(one for one in now if one not in was)
        if gone or new:
            yield Change(part, gone, new)


def touched(old: Protocol, new: Protocol, facts: Iterable[Fact], now: int) -> list[str]:
    """The steps that stand otherwise in a file by the new protocol than by the old; none if moving it changes nothing."""
    held = list(facts)
    before, after = _standing(decide(old, held, now)), _standing(decide(new, held, now))
    return sorted({name for name, *_ in before ^ after})


def _standing(decision: Decision) -> set[tuple[str, str, int, str, int | None]]:
    return {(one.step, one.key, one.number, str(one.state), one.due) for one in decision.obligations}


__all__ = ["Change", "diff", "touched"]
