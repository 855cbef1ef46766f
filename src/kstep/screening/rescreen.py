"""Screening everyone who is owed it: whose record changed, or whose list did, since they were screened last.

A run takes the roster of one moment. What it finds, and what was found before of pairs of which neither side changed, is what a
run of everyone against everything finds; so after it everyone who was there then, and has not changed since, stands screened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from secrets import token_hex
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from kstep.editions.consumers import acknowledge_screened
from kstep.ledger.segments import NewRow, append_rows
from kstep.ledger.service import By, Ledger, Unit
from kstep.ledger.verifier import Tree, canonical
from kstep.matching import Pair, Weights, columns_of_identities, engine_name, find_pairs, shipped_weights
from kstep.matching.arrays import Ints
from kstep.matching.index import side_of
from kstep.matching.records import differing, records_of
from kstep.matching.reverse import find_among_people
from kstep.model import KstepError
from kstep.model.canaries import CANARIES, belongs
from kstep.model.events import PeopleScreened
from kstep.register.projection import subject_of
from kstep.register.service import Register
from kstep.register.tables import State, people
from kstep.screening import register_index
from kstep.screening.fates import RENUMBERED, RETURNED, WITHDRAWN, rows_of
from kstep.screening.means import FEWER, room_of
from kstep.screening.register_index import RegisterIndex
from kstep.screening.sources import OpenList
from kstep.screening.standing import gaps
from kstep.screening.tables import coverage, pairs_of, poor

MARKING = "restricted"
AGE = 30 * 24 * 3600 * 1_000_000
"""Microseconds after which everyone is screened anew, unless another age was adopted."""

STALE = 20
"""One in so many people may have changed since the roster's index was made."""


@dataclass(frozen=True)
class ListInUse:
    """A list that everyone is screened against: its name, its current edition, ready, and the one before, if that is known.

    `moved` says of editions before, by their ids, which of their entries have another id now: by the id that each had, the one of
    now, None if it was withdrawn. An id that it does not name is still the same entry's.
    """

    name: str
    opened: OpenList
    before: OpenList | None = None
    moved: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)

    @property
    def edition(self) -> str:
        """The id of its current edition."""
        return self.opened.index.edition

    def called_now(self, edition: str, entry: str) -> str | None:
        """Which id the entry has now that had one in an edition before; None if it was withdrawn. Where nothing is known of the
        edition, the id is trusted.
        """
        if edition == self.edition:
            return entry
        moved = self.moved.get(edition)
        return moved.get(entry, entry) if moved is not None else entry if entry in self._ids else None

    @cached_property
    def _ids(self) -> Set[str]:
        return set(self.opened.index.ids)


@dataclass(frozen=True)
class Standard:
    """By what a pair is a possible match: the least probability, and the length of list that the prior supposes."""

    threshold: float
    nominal_list: int

    @property
    def weights(self) -> Weights:
        """The weights with the prior of such a list."""
        return shipped_weights().for_list(self.nominal_list)

    @property
    def need(self) -> int:
        """The millibits that a possible match has at least."""
        return self.weights.needed(self.threshold)

    @property
    def engine(self) -> str:
        """What decides: the code with its weights, and this standard."""
        return f"{engine_name()} need {self.need}"


class RunOvertaken(KstepError):
    """Somebody else's run against the same list ended first."""


@dataclass
class Rescreening:
    """Runs over the register of a ledger; `folder` keeps the roster's index. After so many microseconds (`age`) everyone is
    compared with everything anew, whatever changed. What follows from a run (`then`) happens in the unit that records it.
    """

    ledger: Ledger
    register: Register
    folder: Path
    standard: Standard
    age: int = AGE
    say: Callable[[str], None] = lambda text: None
    progress: Callable[[int], None] = lambda people: None
    then: Callable[[Unit, str], object] = lambda unit, list: None
    _made: tuple[Mapping[int, int], RegisterIndex] | None = field(default=None, init=False, repr=False)

    def run(self, lists: Sequence[ListInUse], by: By) -> list[PeopleScreened]:
        """Screen everyone who is owed it against each of these lists, in turn, and return what was recorded; a list against which
        nobody is owed it is passed over. Raises `RunOvertaken`.
        """
        done = []
        try:
            for used in lists:
                if (ran := self._list(used, by)) is not None:
                    done.append(ran)
                acknowledge_screened(self.ledger, used.name, used.edition, by)
        finally:
            self._made = None
        return done

    def would_find(self, used: ListInUse) -> dict[tuple[int, str], int]:
        """The possible matches that comparing everyone with every entry gives now, with millibits, by person and entry. Nothing is
        recorded.
        """
        with self.ledger.database.read() as connection:
            entries = self._entries(used, None)
            base = self._base(connection, self.ledger.moment(connection), len(entries))
            if base is None:
                return {}
            changed = self._changed(connection, base.as_of)
            others = register_index.index_registered(self.register.records(connection, changed), base.as_of)
            return self._find(used, base, others, entries, set(changed) | self._moved(connection, base.as_of))

    def _list(self, used: ListInUse, by: By) -> PeopleScreened | None:
        state = State.CANARY if used.name == CANARIES else State.PRESENT
        with self.ledger.database.read() as connection:
            as_of = self.ledger.moment(connection)
            stands = connection.execute(select(coverage).where(coverage.c.list == used.name)).one_or_none()
            same_engine = stands is not None and stands.engine == self.standard.engine
            whole = not (
                same_engine
                and stands
                and (stands.edition == used.edition or _is(used.before, stands.edition))
                and self.ledger.clock() - stands.whole < self.age
            )
            since = 0 if whole or stands is None else stands.as_of
            same = not whole and stands is not None and stands.edition == used.edition
            if same and not self._changed(connection, since, state) and not self._went(connection, since):
                return None
            entries = self._entries(used, None if whole or stands is None else stands.edition)
            base = self._base(connection, as_of, len(entries))
            changed = self._changed(
                connection, since if base is None else base.as_of if whole else min(since, base.as_of), state
            )
            moved = set(changed) | (self._moved(connection, base.as_of) if base else set())
            others = self._others(connection, changed, as_of)
            found = self._find(used, base, others, entries, moved)
            touched = self._touched(connection, used, whole, changed, entries, state)
            gone, rows = rows_of(
                connection, used.name, found, touched, stands.edition if stands else "", used.called_now
            )
            too_poor = self._poor(connection, used, base, others, moved)
            roster = connection.execute(_counted(state)).scalar_one()
        fact = PeopleScreened(
            list=used.name, edition=used.edition, engine=self.standard.engine, need=self.standard.need,
            prior=self.standard.weights.prior, as_of=as_of, whole=whole, roster=roster, people=len(changed), entries=len(entries),
            found=len(rows), gone=sum(row.get("why") != RENUMBERED for row in gone), poor=gaps(sorted(too_poor)), segment={},
        )  # fmt: skip
        self._record(fact, [*gone, *rows], stands, by)
        if withdrawn := sum(row.get("why") == WITHDRAWN for row in gone):
            self.say(
                f"{used.name}: of {withdrawn:,} possible matches the entry was withdrawn; see kstep matches withdrawn"
            )
        if returned := sum(row.get("why") == RETURNED for row in rows):
            self.say(f"{used.name}: {returned:,} withdrawn entries came back; their possible matches stand again")
        return fact

    def _changed(self, connection: Connection, since: int, state: State = State.PRESENT) -> dict[int, int]:
        """The people on the roster, or those who stand elsewhere, who changed after a moment, and when they did so last."""
        asked = select(people.c.person, people.c.changed).where(people.c.state == state, people.c.changed > since)
        return {line.person: line.changed for line in connection.execute(asked)}

    def _went(self, connection: Connection, since: int) -> bool:
        """Whether somebody went from the roster after a moment: then the matches there are are not those of everyone on it."""
        gone = people.c.state.in_([State.LEFT, State.MERGED, State.ERASED])
        asked = select(people.c.person).where(gone, people.c.changed > since).limit(1)
        return connection.execute(asked).first() is not None

    def _moved(self, connection: Connection, since: int) -> set[int]:
        """Everyone of whom an index of a moment tells what is not so any more, wherever they stand now."""
        return set(connection.execute(_changed_since(since)).scalars())

    def _entries(self, used: ListInUse, edition: str | None) -> Ints:
        """The places of the entries that are new or otherwise since an edition; all of them if since none."""
        index = used.opened.index
        if edition is None:
            return np.arange(index.columns.records, dtype=np.int64)
        if edition == used.edition or used.before is None:
            return np.empty(0, np.int64)
        return differing(index.records, used.before.index.records)[0]

    def _base(self, connection: Connection, as_of: int, entries: int) -> RegisterIndex | None:
        """The index of the roster, made anew if too many changed since; None if no entries are looked for in it."""
        if any(self._erased_since(connection, made) for made in register_index.moments(self.folder)):
            register_index.forget(self.folder)
        if not entries:
            return None
        found = register_index.find(self.folder)
        if found and len(self._changed(connection, found.as_of)) * STALE <= len(found.numbers):
            return found
        self.say("building the index of the roster …")
        index = register_index.index_registered(self.register.roster(connection, State.CANARY), as_of, self.progress)
        kept = register_index.keep(index, self.folder)
        with self.ledger.database.read() as later:
            if self._erased_since(later, as_of):  # while it was made: nothing of them is left behind
                register_index.forget(self.folder)
        return kept

    def _others(self, connection: Connection, changed: Mapping[int, int], as_of: int) -> RegisterIndex:
        """The index of people who changed: of a run, it is made once for all lists against which the same people are owed it."""
        if self._made is None or self._made[0] != changed:
            self._made = changed, register_index.index_registered(self.register.records(connection, changed), as_of)
        return self._made[1]

    def _erased_since(self, connection: Connection, moment: int) -> bool:
        erased = select(people.c.person).where(people.c.state == State.ERASED, people.c.changed > moment)
        return connection.execute(erased.limit(1)).first() is not None

    def _find(
        self, used: ListInUse, base: RegisterIndex | None, others: RegisterIndex, entries: Ints, moved: set[int]
    ) -> dict[tuple[int, str], int]:
        """The possible matches of which a side changed: person and entry, and the most millibits of their records. Those who
        `moved` are passed over in the index of the roster, and so is every pair of a canary with what is none.
        """
        index, need, weights = used.opened.index, self.standard.need, self.standard.weights
        best: dict[tuple[int, str], int] = {}

        def keep(pairs: Iterable[Pair], numbers: Ints, ids: Sequence[str], but: set[int]) -> None:
            for pair in pairs:
                person = int(numbers[pair.person])
                if person not in but and belongs(person, used.name):
                    key = (person, ids[pair.entry])
                    best[key] = max(best.get(key, pair.millibits), pair.millibits)

        if len(others.numbers):
            side = others.index
            found = find_pairs(side.columns, index, need, weights, room=room_of(None, side, index))
            keep(found.pairs, others.numbers, index.ids, set())
        if base is not None and len(entries):
            side = base.index
            if len(entries) == index.columns.records and len(entries) * FEWER >= side.columns.records:
                found = find_pairs(
                    side.columns, index, need, weights, progress=self.progress, room=room_of(None, side, index)
                )
                keep(found.pairs, base.numbers, index.ids, moved)
            else:
                identities = [index.identities[place] for place in entries.tolist()]
                some = columns_of_identities(identities)
                of_entries = side_of("", {}, some, records_of(()))
                found = find_among_people(side, some, identities, need, weights, room=room_of(None, of_entries, side))
                keep(found.pairs, base.numbers, [index.ids[place] for place in entries.tolist()], moved)
        return best

    def _touched(
        self,
        connection: Connection,
        used: ListInUse,
        whole: bool,
        changed: Collection[int],
        entries: Ints,
        state: State,
    ) -> set[tuple[int, str]]:
        """The possible matches there were of which a side changed or is gone."""
        pairs = pairs_of(used.name)
        asked = select(pairs.c.person, pairs.c.entry, people.c.state)
        asked = asked.join_from(pairs, people, pairs.c.person == people.c.person).where(pairs.c.list == used.name)
        there = connection.execute(asked).all()
        ids = used.opened.index.ids
        new = {ids[place] for place in entries.tolist()}
        now = None if used.before is None else set(ids)
        of_people = set(changed)
        return {
            (line.person, line.entry)
            for line in there
            if whole
            or line.person in of_people
            or line.state != state
            or line.entry in new
            or (now is not None and line.entry not in now)
        }

    def _poor(
        self,
        connection: Connection,
        used: ListInUse,
        base: RegisterIndex | None,
        others: RegisterIndex,
        moved: set[int],
    ) -> set[int]:
        """The people none of whose records could be found."""
        need = self.standard.need
        if base is None:
            before = select(poor.c.person).join(people, people.c.person == poor.c.person)
            there = before.where(poor.c.list == used.name, people.c.state == State.PRESENT)
            same = set(connection.execute(there).scalars())
        else:
            same = _all_poor(base.numbers, base.index.poor(need))
        found = (same - moved) | _all_poor(others.numbers, others.index.poor(need))
        return {person for person in found if belongs(person, used.name)}

    def _record(self, fact: PeopleScreened, rows: Sequence[dict[str, Any]], stood: Any, by: By) -> None:
        """Tell what a run did, unless another one did meanwhile what this one does not know of."""
        segment = f"screened {fact.list} {fact.as_of} {token_hex(4)}"
        with self.ledger.unit(by) as unit:
            stands = unit.connection.execute(select(coverage).where(coverage.c.list == fact.list)).one_or_none()
            if stands != stood:
                raise RunOvertaken(
                    f"another run against {fact.list} ended first; run this one again for what is still owed"
                )
            at_hand = self.ledger.vault.find(unit.connection, {subject_of(row["person"]) for row in rows})
            new = [
                NewRow(subject, at_hand[subject], canonical(row))
                for row in rows if (subject := subject_of(row["person"])) in at_hand  # nobody who was erased meanwhile
            ]  # fmt: skip
            append_rows(unit.connection, segment, tree := Tree(), new)
            told = replace(fact, segment={"id": segment, "rows": tree.size, "root": tree.root().hex()})
            unit.record(told, subject=f"list:{fact.list}", marking=MARKING)
            if fact.list != CANARIES:
                self.then(unit, fact.list)


def _all_poor(numbers: Ints, places: Sequence[int]) -> set[int]:
    """The people of whom every record is among these places."""
    if not len(places):
        return set()
    some = numbers[np.asarray(places, np.int64)]
    who, times = np.unique(some, return_counts=True)
    everyone, records = np.unique(numbers, return_counts=True)
    return set(who[times == records[np.searchsorted(everyone, who)]].tolist())


def _changed_since(moment: int) -> Any:
    """Everyone who changed after a moment, wherever they stand: every state is named, so that the index of them is used."""
    return select(people.c.person).where(people.c.state.in_(list(State)), people.c.changed > moment)


def _is(opened: OpenList | None, edition: str) -> bool:
    return opened is not None and opened.index.edition == edition


def _counted(state: State) -> Any:
    return select(func.count()).select_from(people).where(people.c.state == state)


__all__ = ["AGE", "ListInUse", "Rescreening", "RunOvertaken", "Standard"]
