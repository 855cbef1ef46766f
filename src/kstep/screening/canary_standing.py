"""What is kept of canaries, computed from events: which pairs are to be found, and what became of each night's."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, update

from kstep.ledger.segments import read_rows
from kstep.ledger.service import Projection
from kstep.ledger.vault import Vault
from kstep.model.events import CanariesReturned, CanariesTakenAway, CanaryEntriesListed, Recorded
from kstep.screening.tables import CANARY_TABLES, canaries, canary_nights, canary_pairs


class CanaryProjection:
    """The handlers; what was found of canaries is put where it is by those of screening."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def projection(self) -> Projection:
        """The tables, and what changes them."""
        handlers = {CanaryEntriesListed: self._listed, CanariesReturned: _returned, CanariesTakenAway: _taken_away}
        return Projection(CANARY_TABLES, handlers)

    def _listed(self, connection: Connection, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, CanaryEntriesListed)
        night = {"night": fact.night, "planted": event.recorded, "pairs": fact.pairs}
        connection.execute(insert(canary_nights), [night])
        segment = fact.segment["id"]
        for rows in read_rows(connection, self._vault, segment):
            lines = [
                {"person": row.row["person"], "entry": row.row["entry"]["entry_id"], "night": fact.night, "part": row.row["part"],
                 "segment": segment, "place": row.place}
                for row in rows if row.row is not None  # whose secret is gone was taken away since
            ]  # fmt: skip
            if lines:
                connection.execute(insert(canary_pairs), lines)


def _returned(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, CanariesReturned)
    told = {"returned": event.recorded, "found": fact.found}
    connection.execute(update(canary_nights).where(canary_nights.c.night == fact.night).values(told))


def _taken_away(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, CanariesTakenAway)
    for table in (canaries, canary_pairs):
        connection.execute(delete(table).where(table.c.person.in_(fact.people)))
    of_them = canary_nights.c.gone.is_(None)
    connection.execute(update(canary_nights).where(of_them).values(gone=event.recorded))


__all__ = ["CanaryProjection"]
