"""What happens to accounts, offices and what accounts may do; and what was read or refused. Subjects are `account:N` and
`office:CODE`. A person's name stands in a payload and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from kstep.model.events.fact import Fact


@dataclass(frozen=True, kw_only=True)
class AccountOpened(Fact):
    """Somebody got an account, and proves by this public key to be its owner."""

    name: str
    key: str


@dataclass(frozen=True, kw_only=True)
class AccountClosed(Fact):
    """An account can do nothing any more."""

    ground: str


@dataclass(frozen=True, kw_only=True)
class AccountKeyReplaced(Fact):
    """Another public key is the account's; the one before proves nothing any more."""

    key: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class EligibilitySet(Fact):
    """Up to which level, in which categories and as one of which audiences an account may see what is marked; whatever was set
    before is void.
    """

    level: str
    categories: tuple[str, ...]
    audiences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Fact):
    """An account got a role at an office, or everywhere where `office` is empty."""

    role: str
    office: str


@dataclass(frozen=True, kw_only=True)
class RoleWithdrawn(Fact):
    """An account lost a role at an office, or the one that it had everywhere where `office` is empty."""

    role: str
    office: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class OfficeOpened(Fact):
    """An office began its work, or began it again."""

    name: str


@dataclass(frozen=True, kw_only=True)
class OfficeClosed(Fact):
    """An office ended its work; nobody has a role there any more."""

    ground: str


@dataclass(frozen=True, kw_only=True)
class TrainingCompleted(Fact):
    """The owner of an account completed a course, which counts until then (microseconds since 1970, UTC)."""

    course: str
    until: int


@dataclass(frozen=True, kw_only=True)
class MarkedItemRead(Fact):
    """Something that not everybody may see was shown to the owner of an account."""

    action: str
    item: str
    marking: str


@dataclass(frozen=True, kw_only=True)
class AccessDenied(Fact):
    """An account was refused what it asked for; `item` is empty where it asked for nothing in particular."""

    action: str
    item: str
    reason: str


__all__ = [
    "AccessDenied", "AccountClosed", "AccountKeyReplaced", "AccountOpened", "EligibilitySet", "MarkedItemRead", "OfficeClosed",
    "OfficeOpened", "RoleGranted", "RoleWithdrawn", "TrainingCompleted",
]  # fmt: skip
