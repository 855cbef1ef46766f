"""Canaries come back as possible matches, or are missed and alarm."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from histories import STANDARD
from kstep.ledger.segments import read_rows
from kstep.ledger.tables import rows, secrets
from kstep.matching import prepare, score
from kstep.model.canaries import CANARIES
from kstep.model.codec import entry_from_json
from kstep.model.events import CanariesReturned, CanaryEntriesListed, PeopleScreened
from kstep.register.projection import subject_of
from kstep.register.tables import people
from kstep.screening import register_index
from kstep.screening.canaries import EVERY, PATIENCE, missed_pairs
from kstep.screening.canary_pairs import NoneToFind, drawn_pairs
from kstep.screening.rescreen import Standard
from kstep.store import Database
from nodes import BY, Node
from planted_canaries import (
    PAIRS,
    STRICT,
    alarmed,
    canaries_of,
    night_of,
    node_with_people,
    planted,
    real_list,
    rescreening,
    told,
)


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    return node_with_people(database, tmp_path)


def test_canaries_come_back_by_every_way(node: Node, tmp_path: Path) -> None:
    for number in (1, 2):
        canaries_of(node, tmp_path).plant(BY, PAIRS, seed=number)
        night = night_of(node, tmp_path)
        assert (night.night, night.pairs, night.found, night.missed) == (number, PAIRS, PAIRS, 0)
    returned = told(node, CanariesReturned)[-1]
    assert isinstance(returned, CanariesReturned)
    assert (returned.planted, returned.found, returned.missed, returned.need) == (PAIRS, PAIRS, (), STANDARD.need)
    ran = [run for run in told(node, PeopleScreened) if isinstance(run, PeopleScreened)]
    assert {(run.list, run.roster, run.found, run.gone) for run in ran} == {(CANARIES, PAIRS, PAIRS // 2, 0)}
    assert [(run.whole, run.people, run.entries) for run in ran] == [
        (True, 0, PAIRS // 2),  # everyone, when nobody was screened before
        (False, 0, PAIRS // 2),  # entries that came among people who were there
        (False, PAIRS, PAIRS // 2),  # people who came
        (False, 0, PAIRS // 2),
    ]
    assert alarmed(node) == []


def test_canaries_are_screened_with_everybody_else(node: Node, tmp_path: Path) -> None:
    made = canaries_of(node, tmp_path)
    made.plant(BY, PAIRS)
    (real, first) = rescreening(node, tmp_path).run([real_list(), *made.in_use()], BY)
    assert (real.list, real.roster, first.list) == ("made", 20, CANARIES)
    index = register_index.find(tmp_path)
    assert index is not None
    assert set(planted(node)) < set(index.numbers.tolist()), "they are in the roster's own index"
    assert night_of(node, tmp_path).missed == 0
    assert made.bring_home(BY) is None, "nobody waits for them any more"
    assert made.in_use() == []


def test_each_night_has_others_and_the_last_ones_are_gone_for_good(node: Node, tmp_path: Path) -> None:
    made = canaries_of(node, tmp_path)
    made.plant(BY, PAIRS)
    assert night_of(node, tmp_path).missed == 0
    before = planted(node)
    with node.database.read() as connection:
        names = {record.person_id for one in node.register.records(connection, before) for record in one.records}
    assert len(names) == PAIRS
    made.plant(BY, PAIRS)
    assert night_of(node, tmp_path).night == 2
    assert not set(before) & set(planted(node))
    with node.database.read() as connection:
        assert not set(before) & set(connection.execute(select(people.c.person)).scalars())
        assert list(node.register.records(connection, before)) == []
        sealed = connection.execute(select(rows.c.segment, rows.c.subject)).all()
        of_them = {subject_of(number) for number in before}
        segments = {line.segment for line in sealed if line.subject in of_them}
        assert len(segments) == 4, "people, entries, and what two runs found"
        for segment in segments:
            for some in read_rows(connection, node.vault, segment):
                assert all(row.row is None for row in some if row.subject in of_them)
        alive = select(secrets.c.wrapped).where(secrets.c.subject.in_(of_them))
        assert set(connection.execute(alive).scalars()) == {b""}
    index = register_index.find(tmp_path)
    assert index is not None and not set(before) & set(index.numbers.tolist())


def test_what_is_planted_is_found_by_the_model_and_differs_in_many_ways(node: Node, tmp_path: Path) -> None:
    canaries_of(node, tmp_path, STRICT).plant(BY, PAIRS, seed=1)
    kinds, pairs = set(), 0
    (listed,) = told(node, CanaryEntriesListed)
    assert isinstance(listed, CanaryEntriesListed)
    with node.database.read() as connection:
        for some in read_rows(connection, node.vault, listed.segment["id"]):
            for row in some:
                (one,) = node.register.records(connection, [row.row["person"]])
                entry, (record,) = entry_from_json(row.row["entry"]), one.records
                assert score(prepare(record.identity), prepare(entry.identity), STRICT.weights).millibits >= STRICT.need
                assert record.identity != entry.identity
                kinds |= set(row.row["kinds"])
                pairs += 1
    assert pairs == PAIRS
    assert len({kind.partition(":")[0] for kind in kinds}) >= 4, "names, dates, sex, countries or papers"
    assert night_of(node, tmp_path, STRICT).missed == 0


def test_same_seed_draws_the_same_and_a_standard_that_finds_nothing_is_told() -> None:
    first, again = (drawn_pairs(5, 7, "canary", STANDARD.need, STANDARD.weights) for _ in range(2))
    assert first == again
    assert first != drawn_pairs(5, 8, "canary", STANDARD.need, STANDARD.weights)
    with pytest.raises(NoneToFind, match="0 reach the threshold"):
        drawn_pairs(1, 7, "canary", 10**9, STANDARD.weights)


# They are missed.


def test_records_that_were_exchanged_behind_the_register_are_missed_and_alarm(node: Node, tmp_path: Path) -> None:
    made = canaries_of(node, tmp_path)
    made.plant(BY, PAIRS)
    *_, one, other = planted(node)
    with node.database.write() as connection:
        lie = dict(
            connection.execute(select(people.c.person, people.c.place).where(people.c.person.in_([one, other]))).all()
        )
        for number, place in ((one, lie[other]), (other, lie[one])):
            connection.execute(people.update().where(people.c.person == number).values(place=place))
    night = night_of(node, tmp_path)
    assert (night.found, night.missed) == (PAIRS - 2, 2)
    (returned,) = told(node, CanariesReturned)
    assert isinstance(returned, CanariesReturned)
    assert returned.missed == (one, other)
    (alarm,) = alarmed(node)
    assert f"of {PAIRS} canaries" in alarm and "2 were missed" in alarm
    missed = missed_pairs(node.ledger)
    assert {pair.canary for pair in missed} == {-one, -other}
    assert all(pair.part in (1, 2) and pair.kinds for pair in missed)
    made.plant(BY, PAIRS)
    assert night_of(node, tmp_path).missed == 0
    assert alarmed(node) == [], "the next night found all"
    assert missed_pairs(node.ledger) == []


@pytest.mark.parametrize("screened_before", [False, True])
def test_an_engine_that_asks_for_too_much_misses_canaries(node: Node, tmp_path: Path, screened_before: bool) -> None:
    """Even those that the first part of the night found by the other standard: what is not found any more did not come back."""
    made = canaries_of(node, tmp_path)
    made.plant(BY, PAIRS, seed=1)
    if screened_before:
        rescreening(node, tmp_path).run(made.in_use(), BY)
    night = night_of(node, tmp_path, Standard(0.999999999999999, 8_000))
    assert night.missed > 0
    assert len(alarmed(node)) == 1


def test_people_whose_secret_is_gone_are_missed(node: Node, tmp_path: Path) -> None:
    canaries_of(node, tmp_path).plant(BY, PAIRS)
    with node.database.write() as connection:
        for number in planted(node):
            node.vault.destroy(connection, subject_of(number))
    assert (night_of(node, tmp_path).found, len(alarmed(node))) == (0, 1)


def test_silence_is_an_alarm_after_two_days(node: Node, tmp_path: Path) -> None:
    node.now += 2 * PATIENCE
    assert alarmed(node) == [], "nobody was screened yet"
    rescreening(node, tmp_path).run([real_list()], BY)
    assert alarmed(node) == []
    node.now += PATIENCE + EVERY
    (alarm,) = alarmed(node)
    assert "no canaries came back since" in alarm
    made = canaries_of(node, tmp_path)
    assert made.are_due()
    made.plant(BY, PAIRS)
    assert len(alarmed(node)) == 1, "planted is not returned"
    night_of(node, tmp_path)
    assert alarmed(node) == []
    assert not made.are_due()
    node.now += EVERY
    assert (made.are_due(), alarmed(node)) == (True, [])
    node.now += PATIENCE
    assert len(alarmed(node)) == 1
