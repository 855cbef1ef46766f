"""What one room may ask of another without knowing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What somebody is to be told: a kind of message and its body, as its template has them. `refers` is the id of an
    earlier message. A `duty` is told once to each recipient: asked again, it is the same message. `within` is the time in
    microseconds in which it has to be acknowledged, if not that of its kind; `action` if a decision of the recipient is
    owed, too.
    """

    kind: str
    recipient: str
    body: Mapping[str, Any]
    marking: str
    purpose: str
    office: str = ""
    refers: str = ""
    duty: str = ""
    within: int | None = None
    action: bool = False


class Keeper(Protocol):
    """Whoever keeps something about people that goes with them when they are erased. A connection is one of the database, a unit
    one of work.
    """

    def owed_of(self, connection: Any, person: int) -> int:
        """How much is still owed of somebody."""

    def note_joined(self, unit: Any, person: int) -> None:
        """Record what follows from another's being found to be this person."""

    def note_erasure(self, unit: Any, person: int) -> None:
        """Record of what goes with somebody what may be known for good."""


__all__ = ["Keeper", "Telling"]
