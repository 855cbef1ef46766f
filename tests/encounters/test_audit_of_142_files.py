"""An audit of 142 files, as one was made in 2018; but here it is known what was done against the protocol, because it was planted.

Each file is laid out as raw facts that keep to the protocol, and many are edited then. What follows from an edit, and in which
minute, is said by whoever wrote the edit, by the protocol's text; kstep is never asked. The facts are written into a log as a
node would that asks nothing before, at the times at which they are said to have been recorded. Every planted breach has to be
found from its minute on, not before, and no other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from databases import new_postgresql
from encounters.history_shapes import SHAPES, laid_out
from encounters.offices import PROTOCOLS, STAFF, Office
from encounters.planted_in_plenty import HARMLESS, SEVERAL, SINGLE
from encounters.raw_histories import MICROSECONDS, DoesNotFit, FileHistory, Hired, Planted, Raw
from kstep.access.keys import PersonalKey
from kstep.encounters.evidence import pointed_at
from kstep.encounters.facts import name_of
from kstep.encounters.tables import files, obligations
from kstep.ledger.service import By, Ledger, Unit
from kstep.model.events import FILE_FACTS, FileOpened
from kstep.protocol.breaches import BreachKind
from kstep.protocol.decide import Decision, decide
from kstep.protocol.facts import Fact
from kstep.protocol.reading import read_protocol
from kstep.register.projection import subject_of
from nodes import people_file, person

FILES = 142
UNSENT = 19
LATER = 365 * 24 * 60
"""Minutes after which everybody looks again."""

APART = 400_000
"""Microseconds by which what two files record in the same minute lies apart: each keeps to its own part of the minute."""

Case = tuple[FileHistory, FileHistory]
"""A file as it was laid out, and as it was edited."""


@cache
def cases() -> tuple[Case, ...]:
    """The 142 files, in a random order that is always the same."""
    random = Random(18_036)
    plans = [*SINGLE, *SEVERAL, *HARMLESS]
    shapes = list(SHAPES) * (FILES // len(SHAPES) + 1)
    random.shuffle(shapes)
    plans += [(shape, lambda _: None) for shape in shapes[: FILES - len(plans)]]
    random.shuffle(plans)
    made: list[Case] = []
    for shape, edit in plans:
        for _ in range(2_000):
            untouched = laid_out(shape, random)
            edited = untouched.copy()
            try:
                edit(edited)
            except DoesNotFit:
                continue
            made.append((untouched, edited))
            break
    return tuple(made)


def breaches(file: FileHistory, decision: Decision) -> Counter[Planted]:
    """The breaches that kstep finds in a file, by minutes after it began."""
    return Counter(
        Planted(found.kind, found.where, found.at // MICROSECONDS - file.start) for found in decision.breaches
    )


def in_order(file: FileHistory) -> list[tuple[str, Raw]]:
    return sorted(file.facts.items(), key=lambda held: held[1].minute)


@dataclass
class Audited:
    """A home in which the files are: its office, the numbers of the people, and who is there for one file alone."""

    office: Office
    ledger: Ledger = field(init=False)
    people: list[int] = field(default_factory=list)
    hired: dict[tuple[int, str], str] = field(default_factory=dict)
    names: dict[tuple[int, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger = self.office.ledger
        roster = people_file(self.office.kept.home.path.parent / "all.csv", [person(number) for number in range(FILES)])
        self.office.register.import_people(roster, self.office.by("officer"))
        self.people = [self.office.register.find(f"P{number:06d}") for number in range(FILES)]
        with self.ledger.database.read() as connection:
            self.protocol = self.office.files.in_force(connection)
        ada = self.office.access.authenticate(self.office.kept.home.path.parent / "ada.key")
        self.office.access.open_office(ada, "office 9", "another", "administration")
        for number, (_, file) in enumerate(cases()):
            for hired in file.hired:
                self._hire(number, file, hired)

    def _hire(self, number: int, file: FileHistory, hired: Hired) -> None:
        access = self.office.access
        ada = access.authenticate(self.office.kept.home.path.parent / "ada.key")
        account = access.open_account(ada, f"{hired.name} {number}", PersonalKey.generate().public, "administration")
        self.hired[number, hired.name] = f"account:{account}"
        for role in hired.roles:
            access.grant(ada, account, f"protocol:{role}", hired.office, "administration")
        for course, until in hired.courses.items():
            ends = LATER if until is None else until
            access.record_training(ada, account, course, self.moment(number, file, ends), "administration")

    def _dismiss(self, number: int, hired: Hired) -> None:
        access, account = self.office.access, int(self.hired[number, hired.name].removeprefix("account:"))
        ada = access.authenticate(self.office.kept.home.path.parent / "ada.key")
        for role in hired.roles:
            access.withdraw(ada, account, f"protocol:{role}", hired.office, "left", "administration")

    def moment(self, number: int, file: FileHistory, minute: int) -> int:
        """When a file records what it does in a minute."""
        return file.moment(minute) + number * APART

    def account(self, number: int, name: str) -> str:
        """The account of somebody, by name."""
        if not name:
            return ""
        return self.hired.get((number, name)) or f"account:{self.office.accounts[name]}"

    def record(self) -> None:
        """Write all facts of all files in the order of their times, straight into the log."""
        due: list[tuple[int, int, str | Hired]] = []
        for number, (_, file) in enumerate(cases()):
            due.append((self.moment(number, file, in_order(file)[0][1].minute - 1), number, ""))
            due += [(self.moment(number, file, raw.minute), number, label) for label, raw in file.facts.items()]
            due += [
                (self.moment(number, file, one.dismissed), number, one)
                for one in file.hired
                if one.dismissed is not None
            ]
        due.sort(key=lambda one: one[0])
        for facts, group in groupby(due, key=lambda one: isinstance(one[2], str)):
            if facts:
                self._record_all(list(group))
            else:
                for moment, number, hired in group:
                    assert isinstance(hired, Hired)
                    self.office.now = moment
                    self._dismiss(number, hired)

    def _record_all(self, due: list[tuple[int, int, str | Hired]]) -> None:
        with self.ledger.unit(self.office.by("officer")) as unit:
            for self.office.now, number, label in due:
                assert isinstance(label, str)
                if label:
                    self._record_one(unit, number, label)
                else:
                    opened = FileOpened(protocol=self.protocol)
                    unit.record(opened, subject=subject_of(self.people[number]), marking="restricted")

    def _record_one(self, unit: Unit, number: int, label: str) -> None:
        raw = cases()[number][1].facts[label]
        fact = FILE_FACTS[raw.kind](
            about=dict(raw.about),
            says={
                key: self.names[number, value[1:]] if value.startswith("@") else value
                for key, value in raw.says.items()
            },
            evidence=tuple(pointed_at(kind, "vault 7", "records office").to_json() for kind in raw.evidence),
            second=self.account(number, raw.second),
        )
        event = unit.record(
            fact, subject=subject_of(self.people[number]), marking="restricted", happened=self.office.now - 1,
            by=By(self.account(number, raw.actor), "review"),
        )  # fmt: skip
        assert event.recorded == self.office.now, "no two things are recorded at once"
        self.names[number, label] = name_of(event.log, event.number)

    def look_again_a_year_later(self) -> None:
        """Set the clock long after the last fact of every file."""
        self.office.now = max(file.moment(file.last + LATER) for _, file in cases())

    def decide(self, number: int, now: int | None = None) -> Decision:
        """What kstep says of a file at a moment, or now."""
        return self.office.files.decide(self.people[number], now)


def test_what_is_planted_is_of_every_kind() -> None:
    edited = [file for _, file in cases()]
    assert len(edited) == FILES
    several = Counter(min(len(file.planted), 2) for file in edited)
    assert (several[1], several[2], several[0]) == (len(SINGLE), len(SEVERAL), FILES - len(SINGLE) - len(SEVERAL))
    assert several[0] >= 60
    kinds = Counter(planted.kind for file in edited for planted in file.planted)
    assert all(kinds[kind] >= 3 for kind in BreachKind), kinds
    assert {file.shape for file in edited} == {shape.__name__ for shape in SHAPES}


def test_files_that_keep_to_the_protocol_have_no_breach() -> None:
    protocol = read_protocol(PROTOCOLS / "kstep.yaml")
    for untouched, _ in cases():
        facts = [
            Fact(
                id=f"{place:03}", kind=raw.kind, recorded=untouched.moment(raw.minute), actor=raw.actor,
                roles=frozenset(STAFF[raw.actor][0]), training=frozenset(STAFF[raw.actor][1]), second=raw.second,
                second_roles=frozenset(STAFF[raw.second][0] if raw.second else ()), about=raw.about, says=raw.says,
                evidence=raw.evidence,
            )
            for place, (_, raw) in enumerate(in_order(untouched))
        ]  # fmt: skip
        decision = decide(protocol, facts, untouched.moment(untouched.last + LATER))
        assert (breaches(untouched, decision), str(decision.state)) == (Counter(), "closed"), untouched


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.histories)])
def test_every_planted_breach_is_found_at_its_minute_and_no_other(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = new_postgresql(request.getfixturevalue("postgresql")) if engine == "postgresql" else None
    audited = Audited(Office.begun(tmp_path / "home", url))
    audited.record()
    audited.look_again_a_year_later()
    for number, (_, file) in enumerate(cases()):
        found_in_its_minute(audited, number, file)
    reports_never_sent_are_found(audited)
    tables_say_the_same(audited)
    if engine == "postgresql":
        log_is_sound(audited)
    audited.office.kept.home.database.close()


def found_in_its_minute(audited: Audited, number: int, file: FileHistory) -> None:
    assert breaches(file, audited.decide(number)) == Counter(file.planted.keys()), (number, file)
    for minute in sorted({planted.minute for planted in file.planted}):
        for last in (minute - 1, minute):
            found = breaches(file, audited.decide(number, file.moment(last + 1) - 1))
            assert found == Counter(one for one in file.planted if one.minute <= last), (number, last, file)


def reports_never_sent_are_found(audited: Audited) -> None:
    with audited.ledger.database.read() as connection:
        asked = select(obligations.c.person).where(
            obligations.c.step == "incident-report",
            obligations.c.settled == "",
            obligations.c.due <= audited.office.now,
        )
        unsent = sorted(connection.execute(asked).scalars())
    planted = [
        audited.people[number]
        for number, (untouched, edited) in enumerate(cases())
        if "incident-report" in untouched.facts and "incident-report" not in edited.facts
    ]
    assert len(planted) == UNSENT
    assert unsent == sorted(planted)


def tables_say_the_same(audited: Audited) -> None:
    asked = select(obligations.c.person, obligations.c.step, obligations.c.due).where(
        obligations.c.settled == "", obligations.c.due <= audited.office.now
    )
    with audited.ledger.database.read() as connection:
        late = Counter((line.person, line.step, line.due // MICROSECONDS) for line in connection.execute(asked))
        counts = {line.person: line.breaches for line in connection.execute(select(files))}
    planted = [
        (audited.people[number], file, one, owed)
        for number, (_, file) in enumerate(cases())
        for one, owed in file.planted.items()
    ]
    assert late == Counter((person, one.where, file.start + one.minute) for person, file, one, owed in planted if owed)
    assert audited.office.files.late() == late.total()
    acts = Counter(person for person, _, one, _ in planted if one.kind is not BreachKind.LATE)
    assert counts == {person: acts[person] for person in audited.people}


def log_is_sound(audited: Audited) -> None:
    kept = audited.office.kept
    assert kept.findings() == []
    before = kept.dump()
    audited.ledger.rebuild()
    assert kept.dump() == before
