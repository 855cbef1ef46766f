"""What one account may do, as it stands at one moment: every decision, with its reason, and the filter that agrees with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement

from kstep.access.policy import NODE, Always, Among, And, AtMost, Columns, Expression, Item, Never, OpenTo, Or, Within
from kstep.access.purposes import checked_purpose
from kstep.access.roles import ACTIONS, Reach, actions_of, roles_for
from kstep.ledger.service import By
from kstep.model import KstepError, one_line
from kstep.model.markings import Level


class AccessError(KstepError):
    """Somebody may not do what was asked, or did not prove who it is; the text says why, and whom to ask."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may be done, and why, or why not."""

    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A role at an office, or everywhere where `office` is empty."""

    role: str
    office: str = ""

    def __str__(self) -> str:
        return f"{self.role} {f'at {self.office}' if self.office else 'everywhere'}"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What of the marked an account may see: up to a level, in these categories, as one of these audiences."""

    level: Level = Level.INTERNAL
    categories: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()

    @property
    def rule(self) -> Expression:
        """What must be true of an item's marking. The reasons do not say how it is marked."""
        return And(
            (
                AtMost(f"it is marked above {self.level.text}, up to which this account may see", "level", self.level),
                Within("it is in a category that this account may not see", "categories", self.categories),
                OpenTo("it is for an audience to which this account does not belong", "audience", self.audiences),
            )
        )


@dataclass(frozen=True)
class Account:
    """An account. A closed one, and one without grants, may do nothing."""

    number: int
    name: str
    active: bool = True
    grants: frozenset[Grant] = frozenset()
    eligibility: Eligibility = Eligibility()
    courses: Mapping[str, int] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """How logs and messages call it."""
        return f"account:{self.number}"

    def rule(self, action: str) -> Expression:
        """What must be true of an item for this account to do this with it."""
        if not self.active:
            return Never(f"{self.subject} is closed")
        if action not in ACTIONS:
            return Never(f"there is no action {one_line(action, 40)!r}")
        roles = sorted({grant.role for grant in self.grants if action in actions_of(grant.role)})
        if not roles:
            return Never(f"{self.subject} has no role that may do this: {', '.join(roles_for(action))}")
        return And((Or([self._reach(role, action) for role in roles]), self.eligibility.rule))

    def _reach(self, role: str, action: str) -> Expression:
        offices = frozenset(grant.office for grant in self.grants if grant.role == role)
        if "" in offices or actions_of(role)[action] is Reach.ALL:
            return Always()
        named = " or ".join(sorted(offices))
        return Among(f"{self.subject} is {role} at {named}, and it does not belong there", "office", offices)

    def may(self, action: str, item: Item | None = None) -> Decision:
        """Whether this may be done with an item, or with the node as a whole."""
        rule, values = self.rule(action), (item or NODE).values
        if rule.holds(values):
            held = sorted(str(grant) for grant in self.grants if action in actions_of(grant.role))
            return Decision(True, f"{self.subject} is {', '.join(held)}")
        return Decision(False, rule.why_not(values))

    def may_somewhere(self, action: str) -> Decision:
        """Whether there can be an item with which this may be done: to be asked before the items are known, and not instead."""
        rule = self.rule(action)
        return Decision(False, rule.reason) if isinstance(rule, Never) else Decision(True, f"{self.subject} has a role")

    def filter(self, action: str, columns: Columns) -> ColumnElement[bool]:
        """The rows of a table with the declared columns with which this may be done: those that `may` allows, and no other."""
        return self.rule(action).sql(columns)

    def trained(self, course: str, now: int) -> Decision:
        """Whether a course was completed and still counts."""
        until = self.courses.get(course)
        if until is None:
            return Decision(False, f"{self.subject} has not completed the course {one_line(course, 40)}")
        if until <= now:
            return Decision(False, f"what {self.subject} learned in the course {one_line(course, 40)} counts no more")
        return Decision(True, f"{self.subject} completed the course")

    def to_json(self) -> dict[str, Any]:
        """What is known of it, for programs."""
        return {
            "account": self.number,
            "name": self.name,
            "active": self.active,
            "roles": [{"role": grant.role, "office": grant.office} for grant in sorted(self.grants)],
            "level": self.eligibility.level.text,
            "categories": sorted(self.eligibility.categories),
            "audiences": sorted(self.eligibility.audiences),
            "courses": dict(self.courses),
        }


@dataclass(frozen=True)
class Actor(Account):
    """An account whose owner has proved to be it. `Access.authenticate` makes it, and nothing else."""

    def by(self, purpose: str) -> By:
        """Who records something, and what for. Raises `InputError` if the purpose is not declared."""
        return By(self.subject, checked_purpose(purpose))


def second_person(first: Account, second: Account, action: str, item: Item | None = None) -> Decision:
    """Whether the second may confirm what the first does with an item: somebody else, who may do it too."""
    if first.number == second.number:
        return Decision(False, f"{second.subject} cannot confirm what it does itself; somebody else has to")
    return second.may(action, item)


__all__ = ["AccessError", "Account", "Actor", "Decision", "Eligibility", "Grant", "second_person"]
