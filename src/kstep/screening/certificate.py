"""The coverage certificate: one event by which a node states who was screened against what, with what result.

The roster's root is that of a Merkle tree of the leaves of everyone's rows, by ascending number, so that anybody's row is shown to
be in it without showing another; the result's root is that of the possible matches, which a second program computes from the roster
and the edition. `docs/certificates.md` is the specification.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from kstep.ledger.merkle import inclusion_proof
from kstep.ledger.segments import some_rows
from kstep.ledger.service import By, Ledger
from kstep.ledger.tables import rows
from kstep.ledger.verifier import Tree, canonical, leaf_hash
from kstep.model import KstepError
from kstep.model.canaries import CANARIES
from kstep.model.events import CoverageCertified, PeopleScreened, Recorded
from kstep.register.tables import State, people, standings, versions
from kstep.screening.standing import summed
from kstep.screening.tables import coverage, matches, runs

MARKING = "internal"


class NotCovered(KstepError):
    """There is nothing to certify."""


class Leaf(NamedTuple):
    """The leaf of a person's row, and where the row lies."""

    person: int
    segment: str
    place: int
    leaf: bytes


@dataclass(frozen=True)
class PersonProof:
    """That one person's row is in a certificate's roster: the row and its salt, its place among the leaves, and the proof."""

    row: Any
    salt: str
    index: int
    size: int
    proof: tuple[str, ...]


def roster_leaves(connection: Connection, moment: int) -> Iterator[Leaf]:
    """The leaf of everyone who was on the roster at a moment (microseconds since 1970), as they were known then, by number."""
    last = (
        select(standings.c.person, func.max(standings.c.recorded).label("recorded"))
        .where(standings.c.recorded <= moment).group_by(standings.c.person).subquery()
    )  # fmt: skip
    stood = (
        select(standings.c.person, standings.c.state, standings.c.kept)
        .join(last, and_(standings.c.person == last.c.person, standings.c.recorded == last.c.recorded)).cte("stood")
    )  # fmt: skip
    present = select(stood.c.person).where(stood.c.state == State.PRESENT)
    with_another = and_(stood.c.state == State.MERGED, stood.c.kept.in_(present))
    there = select(stood.c.person).where(or_(stood.c.state == State.PRESENT, with_another)).subquery()
    known = (
        select(versions.c.person, func.max(versions.c.recorded).label("recorded"))
        .where(versions.c.recorded <= moment).group_by(versions.c.person).subquery()
    )  # fmt: skip
    asked = (
        select(versions.c.person, versions.c.segment, versions.c.place, rows.c.leaf)
        .join(known, and_(versions.c.person == known.c.person, versions.c.recorded == known.c.recorded))
        .join(there, there.c.person == versions.c.person)
        .join(rows, and_(rows.c.segment == versions.c.segment, rows.c.place == versions.c.place))
        .order_by(versions.c.person)
    )
    for line in connection.execute(asked):
        yield Leaf(*line)


def result_lines(connection: Connection, name: str) -> Iterator[bytes]:
    """The possible matches of a list as lines, by person and entry."""
    order = matches.c.person, matches.c.entry
    present = people.c.state == State.PRESENT
    asked = (
        select(matches.c.person, matches.c.entry, matches.c.millibits)
        .join(people, people.c.person == matches.c.person)
        .where(matches.c.list == name, present).order_by(*order)
    )  # fmt: skip
    for person, entry, millibits in connection.execute(asked):
        yield canonical({"entry": entry, "millibits": millibits, "person": person})


def certify(ledger: Ledger, name: str, by: By) -> Recorded:
    """State who was screened last against a list. Raises `NotCovered` if nobody was, or if somebody left, came back or was erased
    since: then the matches are no longer those of that moment, and the list is to be screened again first.
    """
    if name == CANARIES:
        raise NotCovered(f"{CANARIES} is a list of made-up entries, against which nobody real is screened")
    with ledger.unit(by) as unit:
        connection = unit.connection
        stands = connection.execute(select(coverage).where(coverage.c.list == name)).one_or_none()
        if stands is None:
            raise NotCovered(f"nobody was screened against a list {name!r} yet; run kstep rescreen")
        moved = select(func.count()).select_from(standings).where(standings.c.recorded > stands.as_of)
        if connection.execute(moved).scalar_one():
            raise NotCovered(
                f"people came or left since everyone was screened against {name}; run kstep rescreen first"
            )
        ran = _last_run(ledger, connection, name, stands.recorded)
        roster, result = Tree(), Tree()
        for leaf in roster_leaves(connection, stands.as_of):
            roster.add(leaf.leaf)
        for line in result_lines(connection, name):
            result.add(leaf_hash(line))
        fact = CoverageCertified(
            list=name, edition=stands.edition, engine=stands.engine, need=ran.need, prior=ran.prior, as_of=stands.as_of,
            people=roster.size, roster_root=roster.root().hex(), matches=result.size, result_root=result.root().hex(),
            poor=len(ran.poor),
        )  # fmt: skip
        return unit.record(fact, subject=f"list:{name}", marking=MARKING)


def _last_run(ledger: Ledger, connection: Connection, name: str, recorded: int) -> PeopleScreened:
    asked = select(runs.c.number).where(runs.c.list == name, runs.c.recorded == recorded)
    number = connection.execute(asked).scalar_one()
    (event,) = ledger.read(connection, first=number, stop=number + 1)
    assert isinstance(event.fact, PeopleScreened)
    return event.fact


def _poor_then(ledger: Ledger, connection: Connection, fact: CoverageCertified) -> set[int]:
    """The people whom the run that a certificate states could not have found."""
    asked = select(runs.c.number).where(runs.c.list == fact.list, runs.c.as_of == fact.as_of)
    number = connection.execute(asked.order_by(runs.c.recorded.desc()).limit(1)).scalar_one()
    (event,) = ledger.read(connection, first=number, stop=number + 1)
    return set(summed(event.fact.poor)) if isinstance(event.fact, PeopleScreened) else set()


def prove_person(ledger: Ledger, connection: Connection, fact: CoverageCertified, person: int) -> list[PersonProof]:
    """That a person was among those screened: for each row of theirs, with nothing of anybody else. Raises `NotCovered`."""
    leaves: list[bytes] = []
    mine: list[tuple[int, Leaf]] = []
    for leaf in roster_leaves(connection, fact.as_of):
        if leaf.person == person:
            mine.append((len(leaves), leaf))
        leaves.append(leaf.leaf)
    if not mine:
        raise NotCovered(f"person {person} was not on the roster of that certificate")
    if person in _poor_then(ledger, connection, fact):
        raise NotCovered(f"person {person} was in repair then: a record so poor that nobody could have found them")

    def hash_at(level: int, place: int) -> bytes:
        tree = Tree()
        for found in leaves[place << level : (place + 1) << level]:
            tree.add(found)
        return tree.root()

    lie = some_rows(connection, ledger.vault, [(leaf.segment, leaf.place) for _, leaf in mine])
    proofs = []
    for at, leaf in mine:
        row = lie[leaf.segment, leaf.place]
        if row.salt is None:
            raise NotCovered(
                f"person {person} was erased since; what is left is a leaf of which nobody can say whose it is"
            )
        steps = tuple(step.hex() for step in inclusion_proof(at, len(leaves), hash_at))
        proofs.append(PersonProof(row.row, row.salt.hex(), at, len(leaves), steps))
    return proofs


__all__ = ["NotCovered", "PersonProof", "certify", "prove_person", "result_lines", "roster_leaves"]
