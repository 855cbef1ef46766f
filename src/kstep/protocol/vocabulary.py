"""What can be said in a file that is kept by a protocol: the fields of each kind of fact, and the kinds of evidence. A field that
no step asks for is one that nobody would look for.
"""

from __future__ import annotations

from kstep.protocol.facts import HANDLING_FIELDS, KINDS
from kstep.protocol.protocol import Protocol

REASON = "reason"
"""What anybody can say of anything that they record: why."""


def fields_of(protocol: Protocol, kind: str, step: str = "") -> tuple[str, ...]:
    """The fields that a fact of a kind can have: its own, and what the step asks for that it names, or those done by it."""
    own = KINDS[kind].fields if kind in KINDS else HANDLING_FIELDS.get(kind, {})
    done = [one for one in protocol.steps.values() if any(pattern.fact == kind for pattern in one.done)]
    named = [one for one in done if one.id == step] or done
    asked = [name for one in named for name in one.states]
    outcome = ["outcome"] if any(one.outcomes for one in named) else []
    return tuple(dict.fromkeys([*(["step"] if done else []), *own, *outcome, *asked, REASON]))


def evidence_of(protocol: Protocol) -> tuple[str, ...]:
    """The kinds of evidence for which some step asks."""
    return tuple(dict.fromkeys(kind for step in protocol.steps.values() for kind in step.evidence))


__all__ = ["REASON", "evidence_of", "fields_of"]
