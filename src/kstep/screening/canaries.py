"""Canaries: every night made-up people and entries go through everything that real ones go through, and whatever does not come back
as a possible match is an alarm.

Half of a night's entries are there when the people come; the others come when the people are there. So both ways are taken in which
a pair comes to be compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import randbits, token_hex
from typing import Any

from sqlalchemy import Connection, func, select

from kstep.ledger.segments import NewRow, append_rows, some_rows
from kstep.ledger.service import INTERNAL, By, Ledger, Unit
from kstep.ledger.verifier import Tree, canonical
from kstep.matching import build_index
from kstep.model import Entry
from kstep.model.canaries import CANARIES
from kstep.model.codec import entry_from_json, entry_to_json
from kstep.model.events import CanariesPlanted, CanariesReturned, CanaryEntriesListed, Fact
from kstep.register.canaries import WAITING, ImportUnderWay, Planting, importing_people, take_away
from kstep.register.projection import RegisterProjection, subject_of
from kstep.screening import register_index
from kstep.screening.canary_pairs import CanaryPair, drawn_pairs
from kstep.screening.compilation import compile_kernels
from kstep.screening.rescreen import MARKING, ListInUse, Rescreening
from kstep.screening.sources import OpenList
from kstep.screening.tables import canaries, canary_nights, canary_pairs, coverage, runs

PAIRS = 20
"""Pairs that are planted, unless said otherwise."""

PARTS = 2
"""Editions of the list in a night: the second has the entries of the first, and those that come when the people are there."""

HOUR = 3_600 * 1_000_000
EVERY = 24 * HOUR
"""Microseconds after which canaries are planted again."""

PATIENCE = 48 * HOUR
"""Microseconds after which it is an alarm that none came back."""


@dataclass(frozen=True)
class Night:
    """One time that canaries were planted: how many pairs, when, and when it was seen how many of them were found; None if it was
    not. All in microseconds since 1970. `gone` is when they were taken away.
    """

    night: int
    planted: int
    pairs: int
    returned: int | None
    found: int | None
    gone: int | None

    @property
    def missed(self) -> int:
        """Pairs that did not come back, of those that should have."""
        return 0 if self.found is None else self.pairs - self.found


@dataclass(frozen=True)
class Missed:
    """A pair that was not found: its canary, with which part of the night's entries it came, and what differs between its sides."""

    canary: int
    part: int
    kinds: tuple[str, ...]


@dataclass
class Canaries:
    """The canaries of the ledger to which a run belongs; the roster's index is made anew with those of each night."""

    run: Rescreening
    projection: RegisterProjection

    @property
    def _ledger(self) -> Ledger:
        return self.run.ledger

    def are_due(self) -> bool:
        """Whether it is time to plant some again."""
        with self._ledger.database.read() as connection:
            last = last_nights(connection, 1)
        return not last or self._ledger.clock() - last[0].planted >= EVERY

    def plant(self, by: By, pairs: int = PAIRS, seed: int | None = None) -> None:
        """Take the last ones away, and plant so many new pairs. Raises `ImportUnderWay`, `NoneToFind`, `NotPlanted` and
        `StoreError`.
        """
        with self._ledger.database.read() as connection:
            if importing_people(connection):
                raise ImportUnderWay(WAITING)
        chosen, standard = randbits(32) if seed is None else seed, self.run.standard
        drawn = drawn_pairs(pairs, chosen, f"canary {token_hex(8)}", standard.need, standard.weights)
        ids = [pair.person.person_id for pair in drawn]

        def tell(unit: Unit, numbers: Mapping[str, int], segment: dict[str, Any]) -> None:
            take_away(unit)
            last = last_nights(unit.connection, 1)
            night = 1 + (last[0].night if last else 0)
            _record(unit, night, CanariesPlanted(night=night, segment=segment), MARKING)
            self._list(unit, night, drawn, numbers)

        with tempfile.TemporaryDirectory() as folder:
            from kstep.synth.writing import write_csv

            file = Path(folder) / "canaries.csv"
            write_csv(file, [pair.person for pair in drawn])
            register_index.forget(self.run.folder)  # those that are taken away are in it
            Planting(self._ledger, self.projection, file, ids, tell).run(by)
            register_index.forget(self.run.folder)  # somebody may have made it again meanwhile

    def _list(self, unit: Unit, night: int, drawn: Sequence[CanaryPair], numbers: Mapping[str, int]) -> None:
        """Tell which entries are to be found, each in a row that goes with its person."""
        lines = []
        for at, pair in enumerate(drawn):
            compared, rest = entry_to_json(pair.entry)
            person = numbers[pair.person.person_id]
            told = {"entry": compared | rest, "kinds": list(pair.kinds), "part": 1 + at % PARTS, "person": person}
            lines.append((subject_of(person), canonical(told)))
        at_hand = self._ledger.vault.find(unit.connection, [subject for subject, _ in lines])
        segment, tree = f"canary entries {night} {token_hex(4)}", Tree()
        new = [NewRow(subject, at_hand[subject], line) for subject, line in lines]
        append_rows(unit.connection, segment, tree, new)
        of_rows = {"id": segment, "rows": tree.size, "root": tree.root().hex()}
        _record(unit, night, CanaryEntriesListed(night=night, pairs=len(drawn), segment=of_rows), MARKING)

    def in_use(self) -> list[ListInUse]:
        """The list `canaries` as screening needs it: the edition that is to be screened next, or that was last; no list if nobody
        waits for canaries.
        """
        with self._ledger.database.read() as connection:
            night = _awaited(connection)
            if night is None:
                return []
            stands = connection.execute(select(coverage.c.edition).where(coverage.c.list == CANARIES)).scalar()
            rows = _rows(connection, self._ledger, night.night)
        compile_kernels(self.run.say)
        parts = [_opened(_edition(night.night, part), rows, part) for part in range(1, PARTS + 1)]
        if stands in [part.index.edition for part in parts]:
            return [ListInUse(CANARIES, parts[-1], parts[0])]
        before = (
            None if stands is None else _opened(stands, (), PARTS)
        )  # nothing is left of an edition before this night
        return [ListInUse(CANARIES, parts[0], before)]

    def bring_home(self, by: By) -> Night | None:
        """Screen the canaries that still wait for it, and record how many were found; None if nobody waits for any. Raises
        `RunOvertaken` and `StoreError`.
        """
        for _ in range(PARTS):
            self.run.run(self.in_use(), by)
        with self._ledger.unit(by) as unit:
            night = _awaited(unit.connection)
            if night is None or not self._is_screened(unit.connection, night):
                return None
            of_night = select(canary_pairs.c.person, canary_pairs.c.entry).where(canary_pairs.c.night == night.night)
            planted = {(line.person, line.entry) for line in unit.connection.execute(of_night)}
            found = planted & _found(unit.connection)
            standard, missed = self.run.standard, sorted(person for person, _ in planted - found)
            fact = CanariesReturned(
                night=night.night, engine=standard.engine, need=standard.need, planted=night.pairs, found=len(found),
                missed=tuple(missed),
            )  # fmt: skip
            _record(unit, night.night, fact, INTERNAL)
            return last_nights(unit.connection, 1)[0]

    def _is_screened(self, connection: Connection, night: Night) -> bool:
        stands = connection.execute(select(coverage).where(coverage.c.list == CANARIES)).one_or_none()
        wanted = _edition(night.night, PARTS), self.run.standard.engine
        return stands is not None and (stands.edition, stands.engine) == wanted


def missed_pairs(ledger: Ledger) -> list[Missed]:
    """The pairs of the last night that were not found, if it was seen which were."""
    with ledger.database.read() as connection:
        last = last_nights(connection, 1)
        if not last or not last[0].missed:
            return []
        found, rows = _found(connection), _rows(connection, ledger, last[0].night)
    return [
        Missed(-row["person"], row["part"], tuple(row["kinds"]))
        for row in rows if (row["person"], row["entry"]["entry_id"]) not in found
    ]  # fmt: skip


def _rows(connection: Connection, ledger: Ledger, night: int) -> list[dict[str, Any]]:
    """What was planted in a night, as far as it can be read, in its order."""
    asked = select(canary_pairs.c.segment, canary_pairs.c.place).where(canary_pairs.c.night == night)
    lie = [(line.segment, line.place) for line in connection.execute(asked.order_by(canary_pairs.c.place))]
    rows = some_rows(connection, ledger.vault, lie)
    return [rows[at].row for at in lie if rows[at].row is not None]


def last_nights(connection: Connection, most: int) -> list[Night]:
    """The last times that canaries were planted, the last one first."""
    asked = select(canary_nights).order_by(canary_nights.c.night.desc()).limit(most)
    return [Night(*line) for line in connection.execute(asked)]


def alarms(connection: Connection, now: int) -> list[str]:
    """What is wrong with screening as canaries tell it at a moment: sentences, of which there should be none. Nothing is expected
    before anybody was screened.
    """
    came_back = canary_nights.c.returned.is_not(None)
    asked = select(canary_nights).where(came_back).order_by(canary_nights.c.night.desc()).limit(1)
    last = [Night(*line) for line in connection.execute(asked)]
    found = []
    if last and last[0].missed:
        found.append(
            f"of {last[0].pairs:,} canaries that were planted {_day(last[0].planted)} {last[0].missed:,} were missed: real "
            "matches may be missed too; kstep canaries status tells which"
        )
    since = last[0].returned if last else connection.execute(select(func.min(runs.c.recorded))).scalar()
    if since is not None and now - since > PATIENCE:
        found.append(
            f"no canaries came back since {_day(since)}: "
            + (WAITING if importing_people(connection) else "let kstep worker run, or kstep canaries run every night")
        )
    return found


def _found(connection: Connection) -> set[tuple[int, str]]:
    """The pairs of canaries that are possible matches: people and entries."""
    return {(line.person, line.entry) for line in connection.execute(select(canaries.c.person, canaries.c.entry))}


def _awaited(connection: Connection) -> Night | None:
    """The night whose canaries are to be found still."""
    last = last_nights(connection, 1)
    return last[0] if last and last[0].returned is None and last[0].gone is None else None


def _edition(night: int, part: int) -> str:
    return f"{CANARIES} {night}.{part}"


def _opened(edition: str, rows: Sequence[dict[str, Any]], part: int) -> OpenList:
    """An edition of the list, ready: the entries of a part and those before."""
    entries: list[Entry] = [entry_from_json(row["entry"]) for row in rows if row["part"] <= part]
    return OpenList(CANARIES, CANARIES, None, {}, (), build_index(edition, entries))


def _record(unit: Unit, night: int, fact: Fact, marking: str) -> None:
    unit.record(fact, subject=f"{CANARIES}:{night}", marking=marking)


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1e6, UTC).strftime("%Y-%m-%d %H:%M UTC")


__all__ = ["EVERY", "PAIRS", "PATIENCE", "Canaries", "Missed", "Night", "alarms", "last_nights", "missed_pairs"]
