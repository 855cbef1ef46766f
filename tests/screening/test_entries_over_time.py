"""The law of withdrawn entries, over random histories on both databases: of each pair of a person and an entry, whatever ids the
source gives it, it is known when it was found, and no match vanishes with its entry before somebody looked after it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from databases import Copies
from kstep.matching import build_index
from kstep.model import Entry
from kstep.model.events import PeopleScreened
from kstep.records.people import person_from_mapping
from kstep.screening import register_index
from kstep.screening.rescreen import ListInUse, Rescreening, Standard
from kstep.screening.sources import OpenList
from kstep.screening.tables import matches, withdrawn
from kstep.screening.withdrawn import WITHIN, WithdrawnMatches
from kstep.store import Database
from nodes import BY, Node, people_file, person

IDS = ("A", "B", "C", "D")
PEOPLE, ENTRIES = 2, 4
"""Entry number n is of person n % PEOPLE, with a passport of its own: everyone is a possible match for two entries."""


class Owed(NamedTuple):
    number: int
    found: int
    edition: str
    since: int


def entry(number: int, source_id: str) -> Entry:
    row = person(number % PEOPLE, documents=f"passport:JO:K88123{number}")
    return Entry(source_id, person_from_mapping(row, person_id="x")[0].identity)


class History:
    """Entries come, get other ids, go and come back; people change, leave, return and are erased; some of it is screened."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database
        self.node = Node(database).begin()
        self.files = 0
        self.editions: list[dict[int, str]] = []  # the source's ids by numbers
        self.last_ids: dict[int, str] = {}
        self.screened: int | None = None
        self.numbers: dict[int, int] = {}  # kstep's numbers of people who are not erased
        self.alike = dict.fromkeys(range(PEOPLE), True)
        self.present = dict.fromkeys(range(PEOPLE), True)
        self.found: dict[tuple[int, int], int] = {}  # when, by person and number of the entry
        self.owed: dict[tuple[int, str], Owed] = {}
        self.import_people()
        self.numbers = {who: self.node.register.find(f"P{who:06d}") for who in range(PEOPLE)}

    def import_people(self) -> None:
        self.files += 1
        there = self.numbers or range(PEOPLE)
        rows = [
            person(who, **({} if self.alike[who] else {"name": "Nobody Alike", "birth_date": "1931"})) for who in there
        ]
        self.node.register.import_people(people_file(self.folder / f"{self.files}.csv", rows), BY)

    def publish(self, wanted: list[int]) -> None:
        """Each entry has an id, or is not on the list; one that was withdrawn comes back under the id that it had last."""
        before, now = (self.editions or [{}])[-1], dict[int, str]()
        withdrawn_ids = {known for number, known in self.last_ids.items() if number not in before}
        for number, choice in enumerate(wanted):
            if choice >= len(IDS):
                continue
            free = [known for known in IDS if known not in now.values()]
            if number in self.last_ids and number not in before:
                free = [known for known in free if known == self.last_ids[number]]
            elif number not in before:
                free = [known for known in free if known not in withdrawn_ids]
            if free:
                now[number] = free[choice % len(free)]
        self.editions.append(now)
        self.last_ids |= now

    def change(self, at: int) -> None:
        who = at % PEOPLE
        if who in self.numbers:
            self.alike[who] = not self.alike[who]
            self.import_people()

    def leave_or_return(self, at: int) -> None:
        who = at % PEOPLE
        if who in self.numbers:
            if self.present[who]:
                self.node.register.leave(self.numbers[who], "departed", "ticket", "account:2", BY)
            else:
                self.node.register.come_back(self.numbers[who], "seen", BY)
            self.present[who] = not self.present[who]

    def erase(self, at: int) -> None:
        who = at % PEOPLE
        if who in self.numbers:
            self.node.register.erase(self.numbers.pop(who), "retention", BY)
            register_index.forget(self.folder)
            self.found = {pair: when for pair, when in self.found.items() if pair[0] != who}
            self.owed = {key: owed for key, owed in self.owed.items() if key[0] != who}

    def close(self, at: int) -> None:
        if self.owed:
            who, known = sorted(self.owed)[at % len(self.owed)]
            WithdrawnMatches(self.node.ledger).close(self.numbers[who], "made", known, "seen", BY)
            del self.owed[who, known]

    def replay(self) -> None:
        before = self.node.dump()
        self.node.ledger.rebuild()
        assert self.node.dump() == before

    def screen(self) -> None:
        last = len(self.editions) - 1
        before = None if self.screened is None or self.screened == last else self.opened(self.screened)
        used = ListInUse("made", self.opened(last), before, self.moved())
        run = Rescreening(self.node.ledger, self.node.register, self.folder, Standard(0.5, 8_000))
        if run.run([used], BY):
            self.follow()
        assert self.held() == self.expected()

    def opened(self, at: int) -> OpenList:
        entries = [entry(number, known) for number, known in self.editions[at].items()]
        return OpenList("made", "table", None, {}, (), build_index(f"edition {at}", entries))

    def moved(self) -> dict[str, dict[str, str | None]]:
        now = self.editions[-1]
        return {
            f"edition {at}": {known: now.get(number) for number, known in then.items() if now.get(number) != known}
            for at, then in enumerate(self.editions[:-1])
        }

    def follow(self) -> None:
        """What a run has to do."""
        with self.database.read() as connection:
            ran = [event.recorded for event in self.node.ledger.read(connection, types=[PeopleScreened])][-1]
        now, before = self.editions[-1], self.found
        pairs = [
            (who, number) for who in self.numbers for number in now
            if number % PEOPLE == who and self.alike[who] and self.present[who]
        ]  # fmt: skip
        self.found = {}
        for who, number in pairs:
            ended = [key for key, owed in self.owed.items() if (key[0], owed.number) == (who, number)]
            self.found[who, number] = before.get((who, number)) or (self.owed.pop(ended[0]).found if ended else ran)
        if self.screened is not None:
            for (who, number), when in before.items():
                if number not in now and self.present[who]:
                    known = self.editions[self.screened][number]
                    self.owed.setdefault((who, known), Owed(number, when, f"edition {self.screened}", ran))
        self.screened = len(self.editions) - 1

    def expected(self) -> tuple[set[tuple[object, ...]], set[tuple[object, ...]]]:
        """Matches and what is owed, by the source's ids."""
        ids = self.editions[self.screened or 0]
        return {(self.numbers[who], ids[number], when) for (who, number), when in self.found.items()}, {
            (self.numbers[who], known, owed.found, owed.edition, owed.since, owed.since + WITHIN)
            for (who, known), owed in self.owed.items()
        }

    def held(self) -> tuple[set[tuple[object, ...]], set[tuple[object, ...]]]:
        """The same, as it is kept."""
        owed = (getattr(withdrawn.c, name) for name in ("person", "entry", "found", "edition", "since", "due"))
        with self.database.read() as connection:
            found = connection.execute(select(matches.c.person, matches.c.entry, matches.c.found))
            return {tuple(line) for line in found}, {tuple(line) for line in connection.execute(select(*owed))}


Step = tuple[str, list[int], bool]
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.sampled_from([*["publish"] * 6, "change", "leave_or_return", "erase", "close", "replay"]),
        st.lists(st.integers(0, len(IDS) + 1), min_size=ENTRIES, max_size=ENTRIES),
        st.sampled_from([True, True, False]),
    ),
    min_size=4, max_size=12,
)  # fmt: skip
"""What happens, with numbers that say to whom, and whether people are screened then."""


def lived(history: History, steps: list[Step]) -> None:
    """Have all of it happen, from a list with all entries on."""
    history.publish(list(range(ENTRIES)))
    history.screen()
    assert len(history.found) == ENTRIES
    for what, numbers, screened in steps:
        getattr(history, what)(*([numbers] if what == "publish" else [] if what == "replay" else [numbers[0]]))
        if screened:
            history.screen()
    history.screen()
    history.replay()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_match_vanishes_with_its_entry(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    copies = Copies(tmp_path, request.getfixturevalue("postgresql") if kind == "postgresql" else None)

    @settings(max_examples=60 if kind == "sqlite" else 20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def hold(steps: list[Step]) -> None:
        folder, database = Path(tempfile.mkdtemp(dir=tmp_path)), copies.open()
        try:
            lived(History(folder, database), steps)
        finally:
            copies.forget(database)

    hold()
