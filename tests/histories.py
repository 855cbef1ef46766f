"""The laws of screening, over random histories on both databases: coverage balances, deltas end where a full run does, and tables
computed anew from events are the same, erasures included.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from databases import Copies
from kstep.matching import brute_pairs, build_index, prepare, score
from kstep.model import Entry
from kstep.records.people import person_from_mapping
from kstep.register.service import RegisterError
from kstep.register.tables import State, people
from kstep.screening import register_index
from kstep.screening.adoption import Adopted
from kstep.screening.coverage import WITHIN, Covered, InUse, covered
from kstep.screening.rescreen import ListInUse, Rescreening, Standard
from kstep.screening.sources import OpenList
from kstep.screening.tables import matches, poor
from nodes import BY, Node, people_file

RECORDS = (
    ("Tariq", "Qasrawan", "1970-03-04"), ("Tarik", "Kasrawan", "1970-03-04"), ("Tariq", "Kasrawan", "1970"),
    ("Tariq", "Qasrawan", "1971-03-04"), ("Elena", "Ivanova", "1971-03-04"), ("Elena", "Ivanova", ""), ("FNU", "Qasrawan", ""),
    ("Jin", "", "1970"),
)  # fmt: skip
"""Few, so that people and entries often are alike: exactly, nearly, or too poor to tell."""

STANDARD = Standard(0.5, 8_000)
ADOPTED = Adopted(STANDARD.engine, 0.5, 8_000, 3, "account:1", "for a test", 0)

GROUPED = ((), ("office",), ("office", "class"))

records = st.sampled_from(RECORDS)
files = st.dictionaries(st.integers(0, 9), records, min_size=1, max_size=6)
editions = st.dictionaries(st.integers(0, 5), records, max_size=5)


def opened(name: str, number: int, entries: dict[int, tuple[str, str, str]]) -> OpenList:
    """An edition of a list, ready."""
    found = []
    for entry, (given, family, born) in sorted(entries.items()):
        made, _ = person_from_mapping({"name": f"{given} {family}", "birth_date": born}, person_id="x")
        found.append(Entry(f"E{entry}", made.identity))
    return OpenList(name, "table", None, {}, (), build_index(f"{name} {number}", found))


class Histories(RuleBasedStateMachine):
    """People come, change, leave, return and are erased; lists are published; now and then everyone owed it is screened."""

    copies: Copies

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.database = self.copies.open()
        self.node = Node(self.database).begin()
        self.lists: dict[str, tuple[OpenList, OpenList | None, int]] = {}
        self.entries: dict[str, dict[int, tuple[str, str, str]]] = {}
        self.files = self.editions = self.looked = 0

    def teardown(self) -> None:
        self.copies.forget(self.database)
        shutil.rmtree(self.folder)

    @initialize(rows=files, entries=editions)
    def begin(self, rows: dict[int, tuple[str, str, str]], entries: dict[int, tuple[str, str, str]]) -> None:
        self.import_people(rows)
        self.publish("first", entries, set())

    @rule(rows=files, screened=st.booleans())
    def import_people(self, rows: dict[int, tuple[str, str, str]], screened: bool = False) -> None:
        self.files += 1
        lines = [
            {
                "person_id": f"P{number}",
                "name": f"{given} {family}",
                "birth_date": born,
                "office": f"office {number % 2}",
            }
            for number, (given, family, born) in rows.items()
        ]
        self.node.register.import_people(people_file(self.folder / f"{self.files}.csv", lines), BY)
        if screened:
            self.screen()

    @rule(
        name=st.sampled_from(["first", "first", "second"]), changes=editions, removed=st.sets(st.integers(0, 5), max_size=2),
        screened=st.booleans(),
    )  # fmt: skip
    def publish(
        self, name: str, changes: dict[int, tuple[str, str, str]], removed: set[int], screened: bool = False
    ) -> None:
        self.editions += 1
        before = self.lists.get(name)
        self.entries[name] = entries = {
            entry: said for entry, said in {**self.entries.get(name, {}), **changes}.items() if entry not in removed
        }
        self.lists[name] = (opened(name, self.editions, entries), before and before[0], self.node.clock())
        if screened:
            self.screen()

    @rule(at=st.integers(0, 9))
    def leave_or_return(self, at: int) -> None:
        found = self.people(State.PRESENT, State.LEFT)
        if found:
            number, state = found[at % len(found)]
            if state == State.PRESENT:
                self.node.register.leave(number, "departed", "ticket", "account:2", BY)
            else:
                self.node.register.come_back(number, "seen", BY)

    @rule(at=st.integers(0, 9))
    def erase(self, at: int) -> None:
        if found := self.people(State.PRESENT, State.LEFT):
            with suppress(RegisterError):  # somebody is screened with them
                self.node.register.erase(found[at % len(found)][0], "retention", BY)
                register_index.forget(self.folder)

    @rule(at=st.integers(0, 9), other=st.integers(0, 9))
    def merge_or_take_apart(self, at: int, other: int) -> None:
        if merged := self.people(State.MERGED):
            self.node.register.unmerge(merged[at % len(merged)][0], "fingerprints", BY)
        elif len(found := self.people(State.PRESENT)) > 1:
            kept, other = found[at % len(found)][0], found[other % len(found)][0]
            if kept != other:
                self.node.register.merge(kept, other, "photograph", BY)

    @rule()
    def wait(self) -> None:
        self.node.now += WITHIN

    @rule()
    def screen(self) -> None:
        self.rescreening().run(self.in_use(), BY)
        assert self.found() == self.found_by_brute_force()
        for used in self.counted():
            assert (used.owed, used.overdue) == (0, 0)

    @rule()
    def replay(self) -> None:
        before = self.node.dump()
        self.node.ledger.rebuild()
        assert self.node.dump() == before

    @invariant()
    def coverage_balances(self) -> None:
        self.looked += 1  # by another group each time
        counted = self.counted(GROUPED[self.looked % len(GROUPED)])
        for used in counted:
            assert min(used.screened, used.owed, used.overdue, used.in_repair) >= 0
            assert used.screened + used.owed + used.overdue + used.in_repair == used.roster
        for name in self.lists:
            assert sum(used.roster for used in counted if used.list == name) == len(self.people(State.PRESENT))

    @invariant()
    def roster_adds_up(self) -> None:
        balance = self.node.register.balance(0, self.node.now)
        assert balance.holds
        assert balance.closing == len(self.people(State.PRESENT))

    def people(self, *states: State) -> list[tuple[int, State]]:
        with self.database.read() as connection:
            asked = select(people.c.person, people.c.state).where(people.c.state.in_(states)).order_by(people.c.person)
            return [(number, State(state)) for number, state in connection.execute(asked)]

    def rescreening(self) -> Rescreening:
        return Rescreening(self.node.ledger, self.node.register, self.folder, STANDARD, ADOPTED.age)

    def in_use(self) -> list[ListInUse]:
        return [ListInUse(name, now, before) for name, (now, before, _) in sorted(self.lists.items())]

    def counted(self, by: tuple[str, ...] = ()) -> list[Covered]:
        lists = [InUse(name, now.index.edition, when) for name, (now, _, when) in sorted(self.lists.items())]
        with self.database.read() as connection:
            return covered(connection, lists, ADOPTED, self.node.now, by=by)

    def found(self) -> tuple[set[tuple[object, ...]], set[tuple[object, ...]]]:
        """The possible matches of people on the roster, and who is too poor to screen."""
        with self.database.read() as connection:
            present = select(people.c.person).where(people.c.state == State.PRESENT)
            pairs = select(matches.c.person, matches.c.list, matches.c.entry, matches.c.millibits).where(
                matches.c.person.in_(present)
            )
            too_poor = select(poor.c.person, poor.c.list).where(poor.c.person.in_(present))
            return {tuple(line) for line in connection.execute(pairs)}, {
                tuple(line) for line in connection.execute(too_poor)
            }

    def found_by_brute_force(self) -> tuple[set[tuple[object, ...]], set[tuple[object, ...]]]:
        """The same, of every record against every entry, by the model alone."""
        weights, need = STANDARD.weights, STANDARD.need
        with self.database.read() as connection:
            everyone = list(self.node.register.roster(connection))
        mine = [(one.person, prepare(record.identity)) for one in everyone for record in one.records]
        best: dict[tuple[object, ...], int] = {}
        too_poor: set[tuple[object, ...]] = set()
        for name, (now, _, _) in self.lists.items():
            theirs = [prepare(identity) for identity in now.index.identities]
            for pair in brute_pairs([record for _, record in mine], theirs, need, weights).pairs:
                key = (mine[pair.person][0], name, now.index.ids[pair.entry])
                best[key] = max(best.get(key, 0), pair.millibits)
            able = {person for person, record in mine if score(record, record, weights).millibits >= need}
            too_poor |= {(person, name) for person, _ in mine if person not in able}
        return {(*key, bits) for key, bits in best.items()}, too_poor


def hold(
    kind: str, histories: int, folder: Path, request: pytest.FixtureRequest, *, part: int = 0, steps: int = 20
) -> None:
    """Run so many random histories of so many steps on a kind of database, others in each part."""
    server = request.getfixturevalue("postgresql") if kind == "postgresql" else None
    machine = seed(part)(type("Histories", (Histories,), {"copies": Copies(folder, server)}))
    phases = (Phase.explicit, Phase.generate, Phase.shrink)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=histories, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck), phases=phases
        ),
    )  # fmt: skip


__all__ = ["STANDARD", "Histories", "hold"]
