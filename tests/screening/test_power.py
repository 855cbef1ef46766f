"""How well a class of records is found is measured as it is: held against far more copies, made and looked for in another way."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, product
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from kstep.editions.tables import editions
from kstep.matching import columns_of_identities, find_pairs
from kstep.model import Entry, Identity, Person
from kstep.model.events import PowerMeasured
from kstep.model.intervals import wilson
from kstep.records.people import person_from_mapping
from kstep.register.records import Known, counted, record_of, row_text
from kstep.register.tables import people as roster
from kstep.screening.adoption import Adopted
from kstep.screening.coverage import Covered, InUse, covered
from kstep.screening.power import Power, copies, masked, measured
from kstep.screening.recall import WEAK_BELOW, recalls, weak_classes
from kstep.screening.rescreen import ListInUse, Rescreening, Standard
from kstep.screening.sources import ListSource, OpenList, open_lists
from kstep.screening.tables import matches, power
from kstep.screening.tables import power as power_measured
from kstep.store import Database
from kstep.synth import people, write_list
from kstep.synth.draws import Draws
from kstep.synth.planting import corrupted
from nodes import BY, Node, people_file, person

STANDARD = Standard(0.5, 8_000)
NAMES = (0, Known.NAME, Known.NAME | Known.FULL_NAME)
DATES = (0, Known.BIRTH_YEAR, Known.BIRTH_YEAR | Known.BIRTH_DATE)
ALL = sorted(
    int(name | date | nationality | document)
    for name, date, nationality, document in product(NAMES, DATES, (0, Known.NATIONALITY), (0, Known.DOCUMENT))
)
"""Every class that a record can be of."""

FULL = int(Known.NAME | Known.FULL_NAME | Known.BIRTH_YEAR | Known.BIRTH_DATE | Known.NATIONALITY)
FIRST_NAME_AND_YEAR = int(Known.NAME | Known.BIRTH_YEAR)

NEW_YEAR, NO_FIRST_NAME, UNDEFINED_DOCUMENT = 11_110 / 88_977, 417 / 88_977, 36_400 / 88_977
"""Shares of evacuees' records (OIG-22-64)."""

Row = dict[str, str]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenList:
    path = tmp_path_factory.mktemp("list") / "made.csv"
    write_list(path, "table", 1_500, 7)
    return open_lists([ListSource("table", path, "made")], kept_indexes=False)[0]


@pytest.fixture
def node(database: Database) -> Node:
    return Node(database).begin()


def listed_rows(entries: Sequence[Entry], seed: int) -> Iterator[tuple[str, Row]]:
    """Listed people as a register has them: the entry's id, and a row of a file of people."""
    chance, draws = random.Random(seed), Draws(seed, "copies of a test")
    for number, base in enumerate(people(1_000_000, seed)):
        entry = chance.choice(entries)
        copy, _ = corrupted(base, entry, draws)
        name = copy.name or f"{copy.given_names} {copy.family_name}"
        yield entry.entry_id, {
            "person_id": f"L{number:06d}", "name": name, "birth_date": copy.birth_date, "nationality": copy.nationality,
            "documents": copy.documents, "office": copy.office, "custody_place": "none",
        }  # fmt: skip


def cut(row: Row, fields: int, chance: random.Random) -> Row:
    """A row that has no more than the fields of a class, perhaps less."""
    row = dict(row)
    if not fields & Known.FULL_NAME:
        row["name"] = chance.choice(row["name"].replace(",", " ").split()) if fields & Known.NAME else ""
    if not fields & Known.BIRTH_DATE:
        if not fields & Known.BIRTH_YEAR:
            row["birth_date"] = ""
        elif len(row["birth_date"]) == 10 and not row["birth_date"].endswith("-01-01"):
            year = row["birth_date"][:4]
            (row["birth_date"],) = chance.choices([year, row["birth_date"][:7], f"{year}-01-01"], [3, 1, 6])
    if not fields & Known.NATIONALITY:
        row["nationality"] = ""
    if not fields & Known.DOCUMENT:
        row["documents"] = ""
    return row


def person_of(row: Row) -> Person:
    return person_from_mapping({column: text for column, text in row.items() if text})[0]


def class_of(found: Person) -> int:
    return counted(json.loads(row_text([record_of(found)]))).known


def truths(opened: OpenList, classes: Sequence[int], size: int, seed: int) -> dict[int, tuple[int, int]]:
    """Of each class many listed people, and how many of them are found, among all entries of the list."""
    chance = random.Random(seed)
    everyone: list[tuple[int, str, Identity]] = []
    pool = list(islice(listed_rows(list(opened.index.entries), seed), 3 * size))
    for fields in classes:
        some = 0
        for entry, row in pool:
            for _ in range(5):  # a word may be no name
                found = person_of(cut(row, fields, chance))
                if class_of(found) == fields:
                    everyone.append((fields, entry, found.identity))
                    some += 1
                    break
            if some == size:
                break
    side = columns_of_identities([identity for _, _, identity in everyone])
    own = {
        pair.person
        for pair in find_pairs(side, opened.index, STANDARD.need, STANDARD.weights).pairs
        if opened.index.ids[pair.entry] == everyone[pair.person][1]
    }
    made = Counter(fields for fields, _, _ in everyone)
    found_ones = Counter(fields for at, (fields, _, _) in enumerate(everyone) if at in own)
    return {fields: (made[fields], found_ones[fields]) for fields in classes}


def use(opened: OpenList) -> ListInUse:
    return ListInUse("made", opened)


def screen(node: Node, opened: OpenList, folder: Path) -> None:
    Rescreening(node.ledger, node.register, folder, STANDARD).run([use(opened)], BY)


def measure(node: Node, opened: OpenList, sample: int = 400, seed: int = 1) -> PowerMeasured | None:
    power = Power(node.ledger, STANDARD)
    with node.database.read() as connection:
        classes = power.classes(connection)
    return power.measure(classes, [use(opened)], BY, seed, sample)


def stands(
    node: Node, opened: OpenList, by: tuple[str, ...] = ("class",), engine: str = STANDARD.engine
) -> list[Covered]:
    standard = Adopted(engine, 0.5, 8_000, 30, "account:1", "for a test", 0)
    with node.database.read() as connection:
        return covered(connection, [InUse("made", opened.index.edition, 0)], standard, node.now, by=by)


def test_copy_is_of_the_class_to_which_it_was_cut(opened: OpenList) -> None:
    some = [copy for _, copy in copies([opened.index], 5, 60)]
    draws = Draws(5, "cutting")
    for fields in ALL:
        cut_ones = [found for copy in some if (found := masked(copy, fields, draws))]
        assert len(cut_ones) > 8, fields
        assert {class_of(found) for found in cut_ones} == {fields}


def test_copy_is_counted_as_that_class_when_it_is_imported(node: Node, opened: OpenList, tmp_path: Path) -> None:
    some, draws = [copy for _, copy in copies([opened.index], 6, 60)], Draws(6, "cutting")
    rows: list[Row] = []
    wanted: list[int] = []
    for fields in ALL:
        for found in islice(filter(None, (masked(copy, fields, draws) for copy in some)), 5):
            identity = found.identity
            wanted.append(fields)
            rows.append(
                {
                    "person_id": f"P{len(rows):03d}", "name": "".join(name.full for name in identity.names),
                    "birth_date": ";".join(map(str, identity.birth_dates)), "nationality": ";".join(identity.nationalities),
                    "documents": ";".join(map(str, identity.documents)), "office": "", "custody_place": "", "outcome": "",
                }
            )  # fmt: skip
    node.register.import_people(people_file(tmp_path / "copies.csv", rows), BY)
    with node.database.read() as connection:
        found_classes = connection.execute(select(roster.c.fields).order_by(roster.c.person)).scalars().all()
    assert list(found_classes) == wanted


def test_copy_has_nothing_that_its_class_does_not_promise(opened: OpenList) -> None:
    draws = Draws(5, "cutting")
    for _, copy in copies([opened.index], 5, 60):
        whole = copy.identity
        for fields in ALL:
            found = masked(copy, fields, draws)
            if found is None:
                continue
            rest = found.identity
            assert (rest.sexes, rest.birth_countries) == ((), ())
            assert rest.nationalities in ((), whole.nationalities) and rest.documents in ((), whole.documents)
            assert all(name.full in whole.names[0].full for name in rest.names)
            assert [day.earliest.year for day in rest.birth_dates] in (
                [],
                [day.earliest.year for day in whole.birth_dates],
            )


def test_same_seed_gives_the_same_whatever_else_is_measured(opened: OpenList) -> None:
    together = measured([opened.index], STANDARD, [FULL, FIRST_NAME_AND_YEAR, FULL | Known.DOCUMENT], 3, 60)
    alone = measured([opened.index], STANDARD, [FULL], 3, 60)
    assert alone[FULL] == together[FULL]
    assert measured([opened.index], STANDARD, ALL, 4, 60) != measured([opened.index], STANDARD, ALL, 3, 60)


def test_first_name_and_a_year_are_found_far_less_than_a_full_record(opened: OpenList) -> None:
    found = measured([opened.index], STANDARD, [FULL, FIRST_NAME_AND_YEAR], 8, 300)
    full, scant = (wilson(found[fields][1], found[fields][0]) for fields in (FULL, FIRST_NAME_AND_YEAR))
    assert full and scant
    assert scant.high < 0.3 < WEAK_BELOW < 0.75 < full.low


def test_reported_interval_holds_what_far_more_copies_show(opened: OpenList) -> None:
    """Twelve times as many, of other chance, cut as rows of a file, and looked for among all entries of the list."""
    classes = [fields for fields in ALL if fields & Known.NAME and fields & Known.NATIONALITY]
    said = measured([opened.index], STANDARD, classes, 21, 150)
    outside = []
    for fields, (made, found) in truths(opened, classes, 1_800, 22).items():
        assert said[fields][0] == 150 and made > 1_000
        interval, truth = wilson(said[fields][1], 150), found / made
        assert interval
        if not interval.low <= truth <= interval.high:
            outside.append((fields, interval, truth))
        wide = 0.5 * (interval.high - interval.low) + 0.01
        assert interval.low - wide <= truth <= interval.high + wide, (fields, interval, truth)
    assert len(outside) <= 2, f"of {len(classes)} intervals about one in twenty may not hold the truth: {outside}"


def test_intervals_hold_the_truth_nearly_always(opened: OpenList) -> None:
    some = [int(Known.NAME | Known.FULL_NAME | Known.BIRTH_YEAR), int(Known.NAME | Known.BIRTH_YEAR | Known.BIRTH_DATE)]
    true = truths(opened, some, 4_000, 30)
    held = [
        interval.low <= true[fields][1] / true[fields][0] <= interval.high
        for seed in range(15)
        for fields, (made, found) in measured([opened.index], STANDARD, some, seed, 120).items()
        if (interval := wilson(found, made))
    ]
    assert len(held) == 30
    assert sum(held) >= 25


def evacuees(opened: OpenList, size: int, seed: int) -> tuple[list[Row], dict[str, str]]:
    """A roster of listed people with the flaws of the evacuees' records, and whose entry each is."""
    chance = random.Random(seed)
    rows, entry_of = [], {}
    for entry, row in islice(listed_rows(list(opened.index.entries), seed), size):
        if row["birth_date"] and chance.random() < NEW_YEAR:
            row["birth_date"] = f"{row['birth_date'][:4]}-01-01"
        if chance.random() < NO_FIRST_NAME:
            row["name"] = row["name"].split()[-1]
        if row["documents"] and chance.random() < UNDEFINED_DOCUMENT:
            row["documents"] = f"other paper of theirs:XX:{chance.randrange(10**8)}"
        rows.append(row)
        entry_of[row["person_id"]] = entry
    return rows, entry_of


def test_roster_of_evacuees_is_counted_by_how_well_it_is_found(node: Node, opened: OpenList, tmp_path: Path) -> None:
    rows, entry_of = evacuees(opened, 3_000, 11)
    node.register.import_people(people_file(tmp_path / "people.csv", rows), BY)
    screen(node, opened, tmp_path)
    fact = measure(node, opened)
    assert fact is not None
    whose = {node.register.find(person_id): entry for person_id, entry in entry_of.items()}
    with node.database.read() as connection:
        known = recalls(connection)
        pairs = connection.execute(select(matches.c.person, matches.c.entry))
        own = {number for number, entry in pairs if whose[number] == entry}
        of_class: dict[int, list[int]] = {}
        for number, fields in connection.execute(select(roster.c.person, roster.c.fields)):
            of_class.setdefault(fields, []).append(number)
    assert set(known) == set(of_class) == {line[0] for line in fact.classes}
    assert sum(covered.roster for covered in stands(node, opened)) == 3_000
    common = {fields: some for fields, some in of_class.items() if len(some) >= 60}
    assert len(common) >= 6
    for fields, numbers in common.items():
        said, seen = known[fields].interval, wilson(len(own.intersection(numbers)), len(numbers))
        assert said and seen
        assert said.low <= seen.high and seen.low <= said.high, (fields, said, seen)


def test_whoever_is_of_a_weak_class_does_not_count_as_screened(node: Node, opened: OpenList, tmp_path: Path) -> None:
    scant = [person(20 + n, name="Abdulrahmani", birth_date="1970-01-01") for n in range(4)]
    rows = [*(person(n) for n in range(10)), *scant, person(30, name="Li", birth_date="", nationality="")]
    node.register.import_people(people_file(tmp_path / "people.csv", rows), BY)
    screen(node, opened, tmp_path)
    (before,) = stands(node, opened, ())
    assert (before.screened, before.in_repair, before.weak) == (14, 1, 0), "nobody is weak by what was not measured"
    measure(node, opened, 100)
    (after,) = stands(node, opened, ())
    assert (after.roster, after.screened, after.in_repair, after.weak) == (15, 10, 5, 4)
    by_class = {covered.group[0]: covered for covered in stands(node, opened)}
    scant_class = FIRST_NAME_AND_YEAR | Known.NATIONALITY
    assert (by_class[scant_class].screened, by_class[scant_class].weak) == (0, 4)
    assert (by_class[FULL].screened, by_class[FULL].weak) == (10, 0)
    for by in ((), ("class",), ("office", "class")):
        for counts in stands(node, opened, by):
            assert counts.screened + counts.owed + counts.overdue + counts.in_repair == counts.roster
            assert 0 <= counts.weak <= counts.in_repair
    node.register.import_people(people_file(tmp_path / "more.csv", [{**scant[0], "birth_date": "1971-01-01"}]), BY)
    (changed,) = stands(node, opened, ())
    assert (changed.owed, changed.weak, changed.screened) == (1, 3, 10), "who is owed a screening is so, weak or not"


def test_another_engine_makes_nobody_weak(node: Node, opened: OpenList, tmp_path: Path) -> None:
    node.register.import_people(people_file(tmp_path / "people.csv", [person(1, name="Haddad", birth_date="1970")]), BY)
    measure(node, opened, 60)
    with node.database.read() as connection:
        known = recalls(connection)
        (fields,) = known
        assert weak_classes(known, STANDARD.engine) == [fields]
        assert weak_classes(known, "another") == []
        assert Power(node.ledger, STANDARD).owed(connection) == []
        assert Power(node.ledger, Standard(0.9, 8_000)).owed(connection) == [fields]


def test_class_of_which_no_copy_comes_is_recorded_and_not_asked_for_again(node: Node, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("entry_id,name\nE1,Suharto\n")
    (names_alone,) = open_lists([ListSource("table", path, "made")], kept_indexes=False)
    node.register.import_people(people_file(tmp_path / "people.csv", [person(1)]), BY)
    odd = int(Known.FULL_NAME)
    assert measured([names_alone.index], STANDARD, [odd], 1, 5) == {odd: (0, 0)}
    assert measure(node, names_alone, 5) is not None
    power = Power(node.ledger, STANDARD)
    with node.database.read() as connection:
        assert power.owed(connection) == []
    with node.database.write() as connection:  # a newer edition may have what this one lacks
        connection.execute(update(power_measured).values(sampled=0, found=0))
        line = {"list": "made", "number": 2, "edition": "2", "state": "published", "told": "{}", "brought_by": BY.actor}
        connection.execute(insert(editions), [{**line, "brought": node.clock(), "published": node.now}])
    with node.database.read() as connection:
        assert power.owed(connection) == power.classes(connection) != []


def test_nothing_is_measured_without_entries_or_people(node: Node, opened: OpenList, tmp_path: Path) -> None:
    assert measure(node, opened) is None
    node.register.import_people(people_file(tmp_path / "people.csv", [person(1)]), BY)
    power = Power(node.ledger, STANDARD)
    assert power.measure([FULL], [], BY, 1) is None


def test_measurements_are_replayed(node: Node, opened: OpenList, tmp_path: Path) -> None:
    node.register.import_people(people_file(tmp_path / "people.csv", [person(n) for n in range(3)]), BY)
    measure(node, opened, 40, seed=1)
    node.register.import_people(people_file(tmp_path / "more.csv", [person(7, birth_date="1970-01-01")]), BY)
    last = measure(node, opened, 50, seed=2)
    assert last is not None and last.editions == {"made": opened.index.edition} and last.seed == 2
    before = node.dump()
    assert [row[:3] for row in before["screening_power"]] == [tuple(line) for line in last.classes]
    assert len(last.classes) == 2
    node.ledger.rebuild()
    assert node.dump() == before
    with node.database.read() as connection:
        assert set(connection.execute(select(power.c.engine)).scalars()) == {STANDARD.engine}
