"""Gates: whether an act may be at a moment, and if not, what it waits for, until when, and who decides then.

A gate that gives liberty waits for a declared time at most, and then for a named person. What a court orders, or what a limit or
the end of an authority brings, meets no gate at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from kstep.protocol.acts import not_of
from kstep.protocol.breaches import Breach, BreachKind
from kstep.protocol.facts import KINDS, Fact, Liberty
from kstep.protocol.matching import agree, any_holds, matches
from kstep.protocol.protocol import Gate

if TYPE_CHECKING:
    from kstep.protocol.history import History


class Way(StrEnum):
    """How a gate stands."""

    OPEN = "open"
    OVERRIDDEN = "overridden"
    WAITS = "waits"
    DECIDES = "somebody decides"
    BARRED = "barred"


@dataclass(frozen=True)
class GateStanding:
    """How a gate stands at a moment: why, what it waits for, since and until when (None if nobody asked), and who decides."""

    gate: str
    way: Way
    why: str
    waits_for: tuple[tuple[str, str], ...] = ()
    since: int | None = None
    until: int | None = None
    then: str = ""


def standing(history: History, gate: Gate, about: Mapping[str, str], now: int) -> GateStanding:
    """How a gate stands for something, after what was recorded."""
    if _overridden(history, gate, about):
        return GateStanding(gate.id, Way.OVERRIDDEN, "somebody took it on themselves")
    barring = [one for one in history.standing if one.id in gate.barred_by and agree(one.about, about)]
    if barring:
        names = tuple((one.id, one.key) for one in barring)
        return GateStanding(gate.id, Way.BARRED, f"still open: {_listed(names)}", names)
    if any_holds(gate.barred_if, history.facts, history.done, about, now):
        return GateStanding(gate.id, Way.BARRED, "something that bars it was found, and still holds")
    if gate.needs and not any_holds(gate.needs, history.facts, history.done, about, now):
        return GateStanding(gate.id, Way.BARRED, "what it needs is not there")
    waiting = [one for one in history.standing if one.id in gate.waits_for and agree(one.about, about)]
    if not waiting or gate.at_most is None:
        return GateStanding(gate.id, Way.OPEN, "nothing stands against it")
    names = tuple((one.id, one.key) for one in waiting)
    asked = _asked(history, gate, about)
    since = None if asked is None else asked.recorded
    until = None if since is None else since + gate.at_most.microseconds
    if until is not None and now >= until:
        why = f"it waited for {gate.at_most}, and still open: {_listed(names)}"
        return GateStanding(gate.id, Way.DECIDES, why, names, since, until, gate.then)
    return GateStanding(gate.id, Way.WAITS, f"still open: {_listed(names)}", names, since, until, gate.then)


def judge_act(history: History, fact: Fact) -> list[Breach]:
    """What is wrong with an act, by the gates that stood before it, and by who may do it: that is asked whatever is recorded."""
    found = []
    for gate in history.protocol.gates.values():
        if not matches(gate.act, fact):
            continue
        key = next(iter(fact.about.values()), "")
        if gate.who and not fact.roles.intersection(gate.who):
            found.append(Breach(BreachKind.WRONG_ROLE, fact.recorded, gate.id, key, fact.id, not_of(gate.who)))
        stood = standing(history, gate, fact.about, fact.recorded)
        allowed = stood.way in (Way.OPEN, Way.OVERRIDDEN) or (stood.way is Way.DECIDES and gate.then in fact.roles)
        if not allowed:
            why = stood.why if stood.way is not Way.DECIDES else f"{stood.why}; only for: {gate.then}"
            found.append(Breach(BreachKind.GATE, fact.recorded, gate.id, key, fact.id, why))
    return found


def is_nobodys(fact: Fact, broken: Iterable[Breach]) -> bool:
    """Whether an act does not count, because whoever did it may not: one that gives or takes liberty has happened all the same."""
    happened = KINDS[fact.kind].liberty is not Liberty.NOTHING
    return not happened and any(one.kind is BreachKind.WRONG_ROLE and one.fact == fact.id for one in broken)


def _asked(history: History, gate: Gate, about: Mapping[str, str]) -> Fact | None:
    """What asked for an act that has not been since."""
    for fact in reversed(history.facts):
        if matches(gate.act, fact) and agree(fact.about, about):
            return None
        if gate.asked_by and matches(gate.asked_by, fact) and agree(fact.about, about):
            return _first_asked(history, gate, about, fact)
    return None


def _first_asked(history: History, gate: Gate, about: Mapping[str, str], last: Fact) -> Fact:
    """Asking again does not begin the wait anew: the first that asked since the act was there last."""
    first = last
    for fact in reversed(history.facts):
        if matches(gate.act, fact) and agree(fact.about, about):
            break
        if gate.asked_by and matches(gate.asked_by, fact) and agree(fact.about, about):
            first = fact
    return first


def _overridden(history: History, gate: Gate, about: Mapping[str, str]) -> bool:
    """Whether somebody passed the gate for an act about the same, and none that it may be about has been since."""
    acts: list[Fact] = []
    for fact in reversed(history.facts):
        if matches(gate.act, fact):
            acts.append(fact)
        elif fact in history.overrides and fact.says.get("gate") == gate.id and agree(fact.about, about):
            is_spent = any(agree(fact.about, act.about) for act in acts)
            if not is_spent:
                return True
    return False


def _listed(names: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(dict.fromkeys(step for step, _ in names))


__all__ = ["GateStanding", "Way", "is_nobodys", "judge_act", "standing"]
