"""The law *Delta equals full*: any sequence of changes, screened by what changed, ends in what a run of everything gives."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from kstep.lists import read_list
from kstep.matching import Index, build_index
from kstep.matching.index import searched
from kstep.model import Entry, InputError, Name, Person
from kstep.records import read_people
from kstep.screening.changes import Changes, changes_since, sources_before
from kstep.screening.rosters import index_of_people
from kstep.screening.run import screen
from kstep.screening.sources import OpenList, parse_sources
from kstep.synth import write_list, write_people

THRESHOLD = 0.01
PRIOR = 100
"""Entries of the list that the prior supposes, whatever is on it."""

Key = tuple[str, str, str]
Sides = tuple[list[Person], list[list[Entry]]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    """60 made-up people, half of them altered copies of entries of two lists of 30."""
    folder = tmp_path_factory.mktemp("made")
    lists = []
    for number, (kind, name) in enumerate((("un", "un.xml"), ("table", "own.csv"))):
        write_list(folder / name, kind, 30, seed=number)
        lists.append(list(read_list(kind, folder / name).entries))
    planted = [(str(number), entries) for number, entries in enumerate(lists)]
    write_people(folder / "people.csv", 60, seed=3, lists=planted, planted_share=0.5)
    return list(read_people(folder / "people.csv").people), lists


def opened(lists: Sequence[Sequence[Entry]]) -> list[OpenList]:
    return [
        OpenList(str(number), "table", None, {}, (), build_index(f"{number}", entries))
        for number, entries in enumerate(lists)
    ]


def found_of(
    people: Index, lists: Sequence[OpenList], changes: Changes | None = None, engine: str = "local"
) -> dict[Key, int]:
    found = screen(people, lists, THRESHOLD, engine, nominal_list=PRIOR, changes=changes)
    keys = [(match.person.person_id, match.list, match.entry.entry_id) for match in found.matches]
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, (match.millibits for match in found.matches), strict=True))


def changed_at_random(chance: random.Random, sides: Sides) -> Sides:
    """People and entries come, go, take another's name or change what is not compared."""
    people, lists = sides
    people = [_person(chance, person, people) for person in people if chance.random() > 0.1]
    people += [
        dataclasses.replace(chance.choice(people), person_id=f"new-{chance.random()}")
        for _ in range(chance.randrange(4))
    ]
    after = []
    for entries in lists:
        kept = [_entry(chance, entry, entries) for entry in entries if chance.random() > 0.1]
        kept += [
            dataclasses.replace(chance.choice(entries), entry_id=f"new-{chance.random()}")
            for _ in range(chance.randrange(4))
        ]
        chance.shuffle(kept)
        after.append(kept)
    chance.shuffle(people)
    return people, after


def _person(chance: random.Random, person: Person, people: Sequence[Person]) -> Person:
    change = chance.random()
    if change < 0.1:
        return dataclasses.replace(person, identity=chance.choice(people).identity)
    return dataclasses.replace(person, office=f"office {change}") if change < 0.4 else person


def _entry(chance: random.Random, entry: Entry, entries: Sequence[Entry]) -> Entry:
    change = chance.random()
    if change < 0.05:
        names = (*entry.identity.names, Name(chance.choice(entries).identity.names[0].full))
        return dataclasses.replace(entry, identity=dataclasses.replace(entry.identity, names=names))
    return dataclasses.replace(entry, programmes=(f"programme {change}",)) if change < 0.3 else entry


@pytest.mark.parametrize("seed", range(3))
def test_delta_equals_full(seed: int, made: Sides) -> None:
    chance = random.Random(seed)
    sides = made
    people, lists = searched(index_of_people(sides[0])), opened(sides[1])
    known = found_of(people, lists)
    assert len(known) > 20
    for _ in range(3):
        sides = changed_at_random(chance, sides)
        people_then, lists_then = people, lists
        people, lists = searched(index_of_people(sides[0])), opened(sides[1])
        changes = changes_since(people_then, lists_then, people, lists)
        moved_people = {people.people[place].person_id for place in changes.people.tolist()}
        moved_entries = {
            (lists[number].label, lists[number].index.entries[place].entry_id)
            for number, places in enumerate(changes.entries)
            for place in places.tolist()
        }
        present_people = {person.person_id for person in people.people} - moved_people
        present = {(ready.label, entry.entry_id) for ready in lists for entry in ready.index.entries} - moved_entries
        delta = found_of(people, lists, changes=changes)
        assert all(key[0] in moved_people or key[1:] in moved_entries for key in delta)
        stand = {key: bits for key, bits in known.items() if key[0] in present_people and key[1:] in present}
        assert not stand.keys() & delta.keys()
        known = stand | delta
        assert known == found_of(people, lists)
        assert delta == found_of(people, lists, changes=changes, engine="brute")
        assert delta


def test_what_is_not_compared_is_no_change(made: Sides) -> None:
    people, lists = made
    moved = [dataclasses.replace(person, office="elsewhere", custody_place="none") for person in people]
    other = [[dataclasses.replace(entry, programmes=("OTHER",)) for entry in entries] for entries in lists]
    then, now = index_of_people(people), index_of_people(moved)
    changes = changes_since(then, opened(lists), now, opened(other))
    assert (len(changes.people), [len(places) for places in changes.entries]) == (0, [0, 0])
    found = screen(now, opened(other), THRESHOLD, changes=changes)
    assert (found.matches, found.comparisons, found.compared) == ([], 0, 0)


@pytest.mark.parametrize("people", [3, 60])
def test_the_smaller_side_is_looked_for_among_the_larger(people: int, made: Sides) -> None:
    """More entries that changed than there are people, and fewer: the same pairs."""
    some, lists = made[0][:people], made[1]
    side, now = searched(index_of_people(some)), opened(lists)
    changes = changes_since(side, opened([[], []]), side, now)
    assert [len(places) for places in changes.entries] == [30, 30]
    assert found_of(side, now, changes=changes) == found_of(side, now)


@pytest.mark.parametrize("people", [30, 12])
def test_fewer_people_than_entries_that_changed_need_not_be_searchable(people: int, made: Sides) -> None:
    """As many or fewer people than entries that changed: they are looked for, and nothing is looked for among them."""
    some, lists = made[0][-people:], made[1]
    side, now = index_of_people(some), opened(lists)
    assert side.ways is None
    changes = changes_since(side, opened([[], []]), side, now)
    assert found_of(side, now, changes=changes) == found_of(side, now) != {}


def test_pairs_are_counted_once(made: Sides) -> None:
    people, lists = made
    side, now = searched(index_of_people(people)), opened(lists)
    changes = changes_since(index_of_people(people[5:]), opened([lists[0][2:], lists[1]]), side, now)
    steps: list[int] = []
    found = screen(side, now, THRESHOLD, changes=changes, progress=steps.append)
    assert found.comparisons == 5 * 60 + 55 * 2
    assert sum(steps) == 2 * len(people), "everyone is done with each list"


def test_earlier_editions_are_told_apart_by_kind(tmp_path: Path) -> None:
    now = parse_sources(["un=new.xml", "table=a.csv", "table=b.csv"])
    before = sources_before(tmp_path, ["table=old-a.csv", "un=old.xml", "table=old-b.csv"], now)
    assert before is not None
    assert [str(source.path) for source in before] == ["old.xml", "old-a.csv", "old-b.csv"]
    assert sources_before(None, None, now) is None


@pytest.mark.parametrize(
    ("people", "arguments", "told"),
    [
        (None, ["un=old.xml"], "--list-before: goes with --people-before"),
        (Path("people.csv"), None, "--list-before: each list has one earlier edition; give --list-before un=PATH"),
        (Path("people.csv"), ["table=old.csv"], "--list-before: each list has one earlier edition"),
        (Path("people.csv"), ["un=old.xml", "un=older.xml"], "--list-before: each list has one earlier edition"),
        (Path("people.csv"), ["un"], "un: does not name a list"),
    ],
)
def test_half_a_past_is_refused(people: Path | None, arguments: list[str] | None, told: str) -> None:
    with pytest.raises(InputError) as refused:
        sources_before(people, arguments, parse_sources(["un=new.xml"]))
    assert str(refused.value).startswith(told)


def test_entries_are_looked_for_among_many_more_people(made: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that walks the roster and the one that walks the list give the same, in the same order, and count alike."""
    people, lists = made
    now = opened([entries[:12] for entries in lists])
    side = index_of_people(people)
    steps: list[int] = []
    there = screen(searched(side), now, THRESHOLD, progress=steps.append)
    assert sum(steps) == 2 * len(people)
    assert there.matches == screen(side, now, THRESHOLD).matches
    assert len(there.matches) > 5
    monkeypatch.setattr("kstep.screening.run.find_among_people", None)
    with pytest.raises(TypeError):
        screen(searched(side), now, THRESHOLD)
