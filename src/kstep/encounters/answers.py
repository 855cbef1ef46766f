"""What the confirming authority answered about a possible match, as a file holds it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kstep.protocol.facts import Fact

WRITTEN = "written"
DECIDED = ("positive", "negative")
"""The answers by which a match is decided, once they are written."""


def answered(facts: Iterable[Fact], keys: Collection[str]) -> tuple[str, str]:
    """The last answer about any of these pairings, and its form: written, if it ever was since it is that. Where two offices held
    answers that differ, neither counts; only what the authority answered since. Facts are given in the order in which they were
    recorded.
    """
    answer, form = "", ""
    for fact in facts:
        if fact.about.get("pairing") not in keys:
            continue
        if fact.kind == "AnswersConflict" and fact.says.get("kind") == "ConfirmationReceived":
            answer, form = "", ""
        elif fact.kind == "ConfirmationReceived":
            is_written = fact.says.get("answer") == answer and form == WRITTEN
            answer, form = fact.says.get("answer", ""), WRITTEN if is_written else fact.says.get("form", "")
    return answer, form


def is_decided(facts: Iterable[Fact], key: str) -> bool:
    """Whether the authority decided on a pairing, in writing."""
    answer, form = answered(facts, [key])
    return answer in DECIDED and form == WRITTEN


__all__ = ["DECIDED", "WRITTEN", "answered", "is_decided"]
