"""Addresses that too many people share: what clerks write where they know none, or where many are sent and nobody lives."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from kstep.ledger.service import Ledger
from kstep.register.importing import MARKING
from kstep.register.tables import Only, State, addresses, declared, everything, people

MOST = 50
"""People who may share an address without a word."""


@dataclass(frozen=True)
class Overused:
    """An address that many people on the roster have: a name for it that tells nothing, how many, and one of them, in whose record
    it can be read.
    """

    address: str
    people: int
    person: int


def overused(ledger: Ledger, only: Only = everything, most: int = MOST) -> list[Overused]:
    """The addresses that more than `most` people on the roster have, of those whom somebody may see; the most used first."""
    count = func.count()
    asked = (
        select(addresses.c.address, count, func.min(addresses.c.person))
        .join_from(addresses, people, addresses.c.person == people.c.person)
        .where(people.c.state == State.PRESENT, only(declared(people.c.office, MARKING)))
        .group_by(addresses.c.address)
        .having(count > most)
        .order_by(count.desc(), addresses.c.address)
    )
    with ledger.database.read() as connection:
        return [Overused(bytes(address).hex(), number, person) for address, number, person in connection.execute(asked)]


__all__ = ["MOST", "Overused", "overused"]
