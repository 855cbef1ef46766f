"""What files ask of whoever has others told of what is owed in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kstep.ledger.service import Unit
from kstep.protocol.decide import Obligation
from kstep.protocol.facts import Fact


@dataclass(frozen=True)
class Written:
    """A message that waits in the outbox: its id, its kind, and to whom it goes."""

    id: str
    kind: str
    to: str


class Teller(Protocol):
    """Who has others told of what is owed in files, in the unit in which that began or came due."""

    def begun(self, unit: Unit, person: int, owed: Obligation) -> Sequence[Written]:
        """Have whoever is to be told of a step that is owed told; returns the messages that it took."""
        ...

    def due(self, unit: Unit, person: int, told: Mapping[str, str]) -> None:
        """Have those in the registry told who are, in the protocol, told that something is owed still."""
        ...

    def arrived(self, unit: Unit, person: int, request: str) -> bool:
        """Write into a file that the answer to a question was signed for before the file knew of that, if it was; whether so."""
        ...


def names(fact: Fact) -> tuple[str, str, str]:
    """Of which step, for what and the how manyeth time, a fact names itself to be."""
    return fact.says.get("step", ""), fact.says.get("key", ""), fact.says.get("number", "")


__all__ = ["Teller", "Written", "names"]
