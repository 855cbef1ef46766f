"""People on the roster who may be one: compared with each other as with a list, shown with the evidence and what hangs on each.

Nothing is merged but by a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kstep.ledger.service import Ledger
from kstep.matching import Finding, columns_of_identities, explain, find_pairs, prepare, shipped_weights
from kstep.matching.index import searched, side_of
from kstep.matching.records import records_of
from kstep.model import InputError, Person
from kstep.register.importing import MARKING
from kstep.register.service import Register
from kstep.register.tables import Only, State, declared, differences, everything, holds, people, repairs, statuses

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Duplicate:
    """Two people who may be one, how likely, and why; `hanging` says of each what depends on being one, by kind."""

    people: tuple[int, int]
    offices: tuple[str, str]
    probability: float
    millibits: int
    evidence: Sequence[Finding]
    hanging: tuple[Mapping[str, int], Mapping[str, int]]


class Duplicates:
    """Looking for people who are twice on the roster of a ledger."""

    def __init__(self, ledger: Ledger, register: Register) -> None:
        self._ledger = ledger
        self._register = register

    def find(self, threshold: float, only: Only = everything) -> list[Duplicate]:
        """Everyone of whom this may be so with at least this probability, the likeliest first; both have to be somebody's to see.
        Raises `InputError` if the threshold is none.
        """
        if not 0 < threshold < 1:
            raise InputError(
                "is no probability", where="--threshold", mend="write a number above 0 and below 1, such as 0.9"
            )
        with self._ledger.database.read() as connection:
            asked = select(people.c.person, people.c.office).where(
                people.c.state == State.PRESENT, only(declared(people.c.office, MARKING))
            )
            offices = {line.person: line.office for line in connection.execute(asked)}
            records = [
                (one.person, record)
                for one in self._register.roster(connection)
                if one.person in offices
                for record in one.records
            ]
            found = _pairs(records, threshold)
            hanging = _hanging(connection, {person for pair in found for person in pair[0]})
        return [
            Duplicate(
                both, (offices[both[0]], offices[both[1]]), probability, bits, evidence,
                (hanging.get(both[0], {}), hanging.get(both[1], {})),
            )
            for both, probability, bits, evidence in found
        ]  # fmt: skip


Pairs = list[tuple[tuple[int, int], float, int, list[Finding]]]


def _pairs(records: Sequence[tuple[int, Person]], threshold: float) -> Pairs:
    """The pairs of people that reach the threshold, the most evidence first, each by its best records."""
    weights = shipped_weights().for_list(len(records))
    columns = columns_of_identities([record.identity for _, record in records])
    index = searched(side_of("", {}, columns, records_of(())))
    best: dict[tuple[int, int], tuple[int, int, int, tuple[int, int] | None]] = {}
    for pair in find_pairs(columns, index, weights.needed(threshold), weights).pairs:
        first, second = records[pair.person][0], records[pair.entry][0]
        if first < second and pair.millibits > best.get((first, second), (-(1 << 62),))[0]:
            best[first, second] = pair.millibits, pair.person, pair.entry, pair.names
    found: Pairs = []
    for both, (bits, mine, other, names) in sorted(best.items(), key=lambda item: (-item[1][0], item[0])):
        sides = prepare(records[mine][1].identity), prepare(records[other][1].identity)
        found.append((both, weights.probability(bits), bits, explain(*sides, names, weights)))
    return found


def _hanging(connection: Connection, numbers: Iterable[int]) -> dict[int, dict[str, int]]:
    """What depends on each of these people."""
    found: dict[int, dict[str, int]] = {}
    wanted = sorted(numbers)
    open_ = differences.c.settled.is_(None)
    for name, table, only in (
        ("repairs", repairs, None), ("differences", differences, open_), ("statuses", statuses, None), ("holds", holds, None),
    ):  # fmt: skip
        for first in range(0, len(wanted), _AT_ONCE):
            asked = select(table.c.person, func.count()).where(table.c.person.in_(wanted[first : first + _AT_ONCE]))
            asked = asked if only is None else asked.where(only)
            for person, count in connection.execute(asked.group_by(table.c.person)):
                found.setdefault(person, {})[name] = count
    return found


__all__ = ["Duplicate", "Duplicates"]
