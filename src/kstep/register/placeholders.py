"""Placeholders that come too often from one source to one office: what clerks write where they know nothing, or what a form puts
there by itself. Whoever has one is screened by less than it seems, so this is an alarm, and not only a record to mend.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kstep.ledger.service import Ledger
from kstep.ledger.tables import OWN
from kstep.model.events import PeopleImported
from kstep.register.importing import MARKING
from kstep.register.quality import Flaw
from kstep.register.tables import Only, State, declared, everything, people, repairs

SHARE = 0.02
"""The share of an office's people from a source who may have one without a word: one birth in 365 is on the first of January."""

FEW = 20
"""Of fewer people than these no share is reckoned."""

PLACEHOLDERS = (Flaw.PLACEHOLDER_BIRTH_DATE, Flaw.PLACEHOLDER_DOCUMENT, Flaw.PLACEHOLDER_NAME)


@dataclass(frozen=True)
class Frequent:
    """A placeholder that comes often: from which source, at which office, what it is, in how many people's records, and of how
    many.
    """

    source: str
    office: str
    what: str
    people: int
    of: int

    @property
    def share(self) -> float:
        """The share of people who have it."""
        return self.people / self.of


def frequent_placeholders(
    ledger: Ledger, connection: Connection, only: Only = everything, most: float = SHARE, few: int = FEW
) -> list[Frequent]:
    """Placeholders in more than the share `most` of the people on the roster whom a source named last, by office, of those whom
    somebody may see; the largest share first. A record that somebody found to be right does not count.
    """
    present = people.c.state == State.PRESENT, only(declared(people.c.office, MARKING))
    where = people.c.segment, people.c.office
    everyone = select(*where, func.count()).where(*present).group_by(*where)
    flawed = select(*where, repairs.c.reason, func.count()).join_from(
        repairs, people, repairs.c.person == people.c.person
    )
    flawed = flawed.where(*present, repairs.c.reason.in_([str(flaw) for flaw in PLACEHOLDERS]))
    source_of = {
        told.payload["segment"]["id"]: told.payload["source"]
        for told in ledger.opened(connection, OWN, types=[PeopleImported.__name__])
        if told.payload
    }
    counted: dict[tuple[str, str], int] = {}
    for segment, office, count in connection.execute(everyone):
        key = source_of.get(segment, ""), office
        counted[key] = counted.get(key, 0) + count
    with_one: dict[tuple[str, str, str], int] = {}
    for segment, office, reason, count in connection.execute(flawed.group_by(*where, repairs.c.reason)):
        found = source_of.get(segment, ""), office, reason
        with_one[found] = with_one.get(found, 0) + count
    often = [
        Frequent(source, office, reason, count, counted[source, office])
        for (source, office, reason), count in with_one.items()
        if counted[source, office] >= few and count > most * counted[source, office]
    ]
    return sorted(often, key=lambda one: (-one.share, one.source, one.office, one.what))


__all__ = ["FEW", "SHARE", "Frequent", "frequent_placeholders"]
