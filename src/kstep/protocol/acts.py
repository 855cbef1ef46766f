"""Judging what somebody did: whether it answers a step, does it, and may count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kstep.protocol.breaches import Breach, BreachKind
from kstep.protocol.facts import FILE, KINDS, REDRESS, Fact
from kstep.protocol.matching import agree, matches
from kstep.protocol.obligations import Owed
from kstep.protocol.protocol import EVERYBODY, Exemption, Pauses, Step

if TYPE_CHECKING:
    from kstep.protocol.history import History


def answers(one: Owed, fact: Fact) -> bool:
    """Whether a fact is meant to do what is owed: of a kind by which the step is done, about the same, and naming no other step."""
    step = one.step
    if not any(pattern.fact == fact.kind for pattern in step.done):
        return False
    named = fact.says.get("step")
    if named != step.id and (named is not None or KINDS[fact.kind].answers):
        return False
    return (step.per == FILE or step.per in fact.about) and agree(one.about, fact.about)


def does(step: Step, fact: Fact) -> bool:
    """Whether a fact that answers a step does it: with what it has to say, and an outcome that there is."""
    return not lacking(step, fact)


def lacking(step: Step, fact: Fact) -> str:
    """Why a fact that answers a step does not do it, in words; nothing if it does."""
    if not any(matches(pattern, fact) for pattern in step.done):
        said = ", ".join(
            f"{name} {fact.says[name]}" for name in ("result", "answer", "form", "message") if name in fact.says
        )
        return f"what was recorded does not do it ({said})" if said else "what was recorded does not do it"
    return unsaid(step, fact)


def unsaid(step: Step, fact: Fact) -> str:
    """What a fact does not say that does a step, in words; nothing if it says all."""
    missing = [name for name in step.states if not fact.says.get(name)]
    if missing:
        return f"it was recorded without: {', '.join(missing)}"
    if step.outcomes and fact.says.get("outcome") not in step.outcomes:
        return f"it was recorded with no outcome of {', '.join(step.outcomes)}"
    return ""


def may_file(step: Step, fact: Fact, claim: Fact) -> bool:
    """Whether evidence counts that was put to a claim to have done a step: a piece of its kind came with it, from whoever made the
    claim, or may do the step.
    """
    may = fact.actor == claim.actor or bool(fact.roles.intersection(step.who))
    return may and fact.says.get("kind", "") in fact.evidence


def judge(history: History, one: Owed, fact: Fact) -> list[Breach]:
    """What is wrong with who did a step, or when."""
    step, found = one.step, []
    outside = KINDS[fact.kind].outside
    if not outside and not fact.roles.intersection(step.who):
        found.append((BreachKind.WRONG_ROLE, not_of(step.who)))
    untaught = [course for course in step.training if course not in fact.training and not outside]
    if untaught:
        found.append((BreachKind.UNTRAINED, f"no current training: {', '.join(untaught)}"))
    earlier = _did(history, one, fact)
    close = [f"did also: {', '.join(earlier)}"] if earlier else []
    close += [f"is also: {role}" for role in step.not_of if role in fact.roles]
    if close:
        found.append((BreachKind.NOT_INDEPENDENT, "; ".join(close)))
    seen = [name for name in step.blind_to if _was_shown(history, fact, name)]
    if seen:
        found.append((BreachKind.NOT_BLIND, f"was shown the answer of: {', '.join(seen)}"))
    waiting = dict.fromkeys(before.id for before in history.waits_for(one))
    if waiting:
        found.append((BreachKind.OUT_OF_ORDER, f"before: {', '.join(waiting)}"))
    return [Breach(kind, fact.recorded, step.id, one.key, fact.id, why) for kind, why in found]


def _did(history: History, one: Owed, fact: Fact) -> list[str]:
    if EVERYBODY in one.step.not_by:
        mine = (other for other in history.facts if other.id != fact.id and fact.actor in (other.actor, other.second))
        if one.step.per == REDRESS:
            mine = (other for other in mine if not _is_of_redress(history, other))
        return ["other work in the file"] if next(mine, None) else []
    done = (other for other in history.done if other.id in one.step.not_by and agree(other.about, one.about))
    did = [other.id for other in done if other.by and other.by.actor == fact.actor]
    answered = (
        other.says.get("step", "")
        for other in history.facts
        if other.actor == fact.actor
        and other.kind in KINDS
        and KINDS[other.kind].answers
        and agree(other.about, one.about)
    )
    return list(dict.fromkeys([*did, *(step for step in answered if step in one.step.not_by)]))


def _is_of_redress(history: History, fact: Fact) -> bool:
    """Whether a fact is about a request for redress, and about nothing else: nor does it answer a step of another kind."""
    named = history.protocol.steps.get(fact.says.get("step", ""))
    return set(fact.about) == {REDRESS} and (named is None or named.per == REDRESS)


def _was_shown(history: History, fact: Fact, step: str) -> bool:
    return any(
        shown.kind == "AnswerShown"
        and shown.actor == fact.actor
        and shown.says.get("step") == step
        and agree(shown.about, fact.about)
        for shown in history.facts
        if shown.order < fact.order
    )


def refused(rule: Exemption | None, fact: Fact) -> str:
    """Why an exemption is not one, in words; nothing if it is."""
    if rule is None:
        return "the protocol knows none here"
    if not fact.roles.intersection(rule.who):
        return not_of(rule.who)
    if fact.says.get("ground") not in rule.grounds:
        return f"its ground is none of: {', '.join(rule.grounds)}"
    if not fact.second or fact.second == fact.actor:
        return "there was no second person"
    if rule.second not in fact.second_roles:
        return f"the second person is no {rule.second}"
    return ""


def pause_refused(rule: Pauses | None, one: Owed, fact: Fact) -> str:
    """Why the clock of what is owed may not be stopped, in words; nothing if it may."""
    if rule is None or one.id not in rule.steps:
        return "the protocol lets nobody stop this clock"
    if not fact.roles.intersection(rule.who):
        return not_of(rule.who)
    if fact.says.get("ground") not in rule.grounds:
        return f"its ground is none of: {', '.join(rule.grounds)}"
    if one.stopped_for(fact.recorded) >= rule.in_all.microseconds:
        return f"the clock was stopped for {rule.in_all} in all already"
    return ""


def not_of(roles: Iterable[str]) -> str:
    """That somebody has none of these roles."""
    return f"not done by: {' or '.join(roles)}"


__all__ = ["answers", "does", "judge", "lacking", "may_file", "not_of", "pause_refused", "refused", "unsaid"]
