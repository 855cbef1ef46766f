"""What happens to a log itself. `docs/ledger.md` says what `LogKeyAdded` and `LogKeyRetired` mean to a verifier."""

from __future__ import annotations

from dataclasses import dataclass

from kstep.model.events.fact import Fact


@dataclass(frozen=True, kw_only=True)
class LogBegun(Fact):
    """A node began its log, by this version of kstep."""

    kstep: str


@dataclass(frozen=True, kw_only=True)
class LogKeyAdded(Fact):
    """Another key signs this log's checkpoints from here on."""

    key: str


@dataclass(frozen=True, kw_only=True)
class LogKeyRetired(Fact):
    """What a key signs of more than `size` events is worth nothing."""

    key: str
    size: int


@dataclass(frozen=True, kw_only=True)
class ClockWentBack(Fact):
    """The machine's clock showed less than it had before; both in microseconds since 1970."""

    had_shown: int
    showed: int


@dataclass(frozen=True, kw_only=True)
class SchemaUpgraded(Fact):
    """The database of this log was brought from a schema to a later one, and its tables were computed again, by this version of
    kstep.
    """

    before: str
    after: str
    kstep: str


__all__ = ["ClockWentBack", "LogBegun", "LogKeyAdded", "LogKeyRetired", "SchemaUpgraded"]
