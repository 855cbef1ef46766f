"""Offices that work apart, each with a log of its own: they come to hold the same whatever the order in which their logs meet, and
what they answered otherwise is shown to a person.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from command_line import write_rows
from encounters.apart import NORTH, SOUTH, Apart, finish
from encounters.offices import CHECK, HOUR, MINUTE, NOT_THE_SAME, PAIRING, PROTOCOLS, REFER, Office
from kept_homes import listed_file
from kstep.encounters.checking import FileError
from kstep.encounters.exchange import Exchange, Taken
from kstep.encounters.facts import facts_of
from kstep.encounters.paper.gathering import gather
from kstep.encounters.tables import facts
from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.export import export
from kstep.model.events import FactTaken, FileFact, HistoryTaken
from lists_in_use import crowd
from nodes import people_file, person


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    made = Apart(tmp_path, NORTH, SOUTH)
    yield made
    finish(made)


def test_what_one_office_did_is_done_at_the_other(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    north.does("officer", "EncounterOpened", nature="contact")
    north.does("officer", "CheckEnded", step="identity-check", result="returned-nothing", evidence=[CHECK])
    assert apart.take(SOUTH, NORTH) == Taken(NORTH, 2, 0, 0, 0, ())
    assert south.owed()["identity-check"] == "done"
    south.later(MINUTE)
    south.does("officer", "CheckEnded", step="records-check", result="returned-nothing", evidence=[CHECK])
    assert apart.take(NORTH, SOUTH).facts == 1
    apart.agree()
    assert apart.take(SOUTH, NORTH).facts == 0, "nothing is taken twice"


def test_roles_and_training_are_those_of_the_other_office_then(apart: Apart) -> None:
    north = apart.at(NORTH)
    north.does("officer", "EncounterOpened", nature="contact")
    north.does("officer", "CheckEnded", step="identity-check", result="returned-nothing", evidence=[CHECK])
    ada = north.access.authenticate(north.kept.home.path.parent / "ada.key")
    north.access.withdraw(ada, north.accounts["officer"], "protocol:officer", "", "moved", "administration")
    with pytest.raises(FileError, match="wrong role"):
        north.does("officer", "StatementTaken", interpreter="none", evidence=[CHECK])
    apart.take(SOUTH, NORTH)
    apart.agree()
    assert apart.owed(SOUTH, apart.at(SOUTH).now)[2] == []


def test_two_reviews_that_differ_go_to_a_third_person(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    for office, said in ((north, REFER), (south, NOT_THE_SAME)):
        office.does("officer", "PossibleMatchFound", about=PAIRING)
        office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **said)
    of_north, of_south = apart.export(NORTH), apart.export(SOUTH)
    assert apart.take_bundle(SOUTH, NORTH, of_north).conflicts == 1
    assert apart.take_bundle(NORTH, SOUTH, of_south).conflicts == 1
    assert apart.take(NORTH, SOUTH).conflicts == 0
    assert len(apart.conflicts(NORTH)) == 2, "each office noticed, and one is enough"
    apart.take(SOUTH, NORTH)
    apart.agree()
    assert south.owed()["third-review"] == "open"
    assert "conflict" not in south.owed()
    south.later(MINUTE)
    south.does("supervisor", "ReviewGiven", about=PAIRING, step="third-review", **REFER)
    apart.take(NORTH, SOUTH)
    apart.agree()
    assert north.owed()["third-review"] == "done"
    assert north.owed()["referral"] in ("open", "not yet")


def test_equal_answers_are_no_conflict_and_later_ones_are_none_either(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    for office in (north, south):
        office.does("officer", "PossibleMatchFound", about=PAIRING)
        office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **NOT_THE_SAME)
    assert apart.take(SOUTH, NORTH).conflicts == 0
    south.later(MINUTE)
    south.does("second", "ReviewGiven", about=PAIRING, step="second-review", **NOT_THE_SAME)
    assert apart.take(NORTH, SOUTH).conflicts == 0
    apart.agree()


def test_who_answers_otherwise_after_hearing_of_it_has_a_reason(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    about = north.referred()
    apart.take(SOUTH, NORTH)
    south.later(MINUTE)
    south.answered(about, "inconclusive")
    apart.take(NORTH, SOUTH)
    north.later(HOUR)
    north.answered(about, "positive")
    assert apart.take(SOUTH, NORTH).conflicts == 0
    apart.agree()


def test_conflict_that_was_decided_is_not_one_again_because_another_office_noticed_it_later(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    for office, said in ((north, REFER), (south, NOT_THE_SAME)):
        office.does("officer", "PossibleMatchFound", about=PAIRING)
        office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **said)
    of_south = apart.export(SOUTH)
    apart.take(SOUTH, NORTH)
    south.does("supervisor", "ReviewGiven", about=PAIRING, step="third-review", **NOT_THE_SAME)
    north.later(HOUR)
    assert apart.take_bundle(NORTH, SOUTH, of_south).conflicts == 1
    apart.everybody_with_everybody(random.Random(1))
    apart.agree()
    assert south.owed()["third-review"] == "done"


def test_authority_that_answered_two_offices_otherwise_is_looked_into_before_the_file_concludes(apart: Apart) -> None:
    for origin, answer in ((NORTH, "positive"), (SOUTH, "negative")):
        office = apart.at(origin)
        about = office.referred()
        office.answered(about, answer)
    assert apart.take(NORTH, SOUTH).conflicts == 1
    north = apart.at(NORTH)
    assert north.owed()["conflict"] == "open"
    with pytest.raises(FileError, match=r"before: .*conflict"):
        north.does("supervisor", "DispositionGiven", outcome="not-the-same", reason="they say so")
    (conflict,) = apart.conflicts(NORTH)
    assert isinstance(conflict.fact, FileFact)
    about = {"conflict": conflict.fact.about["conflict"]}
    north.does("supervisor", "StepCompleted", about=about, step="conflict", outcome="one-stands", reason="asked again")
    apart.everybody_with_everybody(random.Random(3))
    apart.agree()
    assert apart.at(SOUTH).owed()["conflict"] == "done"


def test_bundle_that_is_not_what_it_must_be_brings_nothing(apart: Apart, tmp_path: Path) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    north.does("officer", "EncounterOpened", nature="contact")
    exchange, by = Exchange(south.files), south.by("director")
    bundle = apart.export(NORTH)
    with pytest.raises(FileError, match="nothing of it was taken"):
        exchange.take(by, bundle, [apart.key(SOUTH)])
    with pytest.raises(FileError, match="holds no log but this node's own"):
        exchange.take(by, apart.export(SOUTH), [apart.key(SOUTH)])
    with pytest.raises(FileError, match="nothing of it was taken"):
        exchange.take(by, tmp_path / "nowhere", [apart.key(NORTH)])
    changed = bundle / "logs" / "0" / "payloads.jsonl"
    before = changed.read_bytes()
    changed.write_bytes(before.replace(b'"nature":"contact"', b'"nature":"notice0"'))
    with pytest.raises(FileError, match="committed to another payload"):
        exchange.take(by, bundle, [apart.key(NORTH)])
    with south.kept.home.database.read() as connection:
        assert connection.execute(select(facts)).all() == []
    changed.write_bytes(before)
    exchange.take(by, bundle, [apart.key(NORTH)])
    north.does("officer", "CheckEnded", step="identity-check", result="returned-nothing", evidence=[CHECK])
    apart.take(SOUTH, NORTH)
    with pytest.raises(FileError, match="take a later bundle"):
        exchange.take(by, bundle, [apart.key(NORTH)])


def test_keeper_who_rewrites_a_history_that_was_taken_is_found_out(apart: Apart, tmp_path: Path) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    shutil.copytree(tmp_path / "0", tmp_path / "copy")
    north.does("officer", "EncounterOpened", nature="contact")
    apart.take(SOUTH, NORTH)
    north.kept.home.database.close()
    other = Office(type(north.kept).open(tmp_path / "copy" / "home"), north.now + HOUR, north.accounts)
    for step in range(3):
        other.does("officer", "EncounterOpened", 1 + step, nature="notice")
    make_checkpoint(other.ledger, other.kept.home.signing_keys)
    export(other.ledger, tmp_path / "forged", lambda _: True)
    with pytest.raises(FileError, match="shows another history than was taken before"):
        Exchange(south.files).take(south.by("director"), tmp_path / "forged", [apart.key(NORTH)])
    other.kept.home.database.close()


def test_who_is_nobody_here_is_counted_and_found_once_registered(apart: Apart, tmp_path: Path) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    rows = people_file(tmp_path / "more.csv", [person(number) for number in range(6)])
    north.register.import_people(rows, north.by("officer"))
    north.does("officer", "EncounterOpened", 5, nature="contact")
    assert apart.take(SOUTH, NORTH) == Taken(NORTH, 0, 0, 1, 0, ())
    south.register.import_people(rows, south.by("officer"))
    assert apart.take(SOUTH, NORTH) == Taken(NORTH, 1, 0, 0, 0, ())
    apart.agree(5)


def test_entries_are_known_by_their_ids_whatever_their_numbers(apart: Apart, tmp_path: Path) -> None:
    for place, origin in enumerate((NORTH, SOUTH)):
        office = apart.at(origin)
        if place:  # another list came first there
            rows = [{"entry_id": entry, **said} for entry, said in crowd(5).items()]
            office.kept.publish(write_rows(tmp_path / "earlier.jsonl", rows))
        own = tmp_path / f"own {place}"
        own.mkdir()
        office.kept.publish(listed_file(own))
    north, south = apart.at(NORTH), apart.at(SOUTH)
    north.does("officer", "PossibleMatchFound", about={"pairing": "own#1"}, entry="E-own")
    north.does("reviewer", "ReviewGiven", about={"pairing": "own#1"}, step="review", **NOT_THE_SAME)
    apart.take(SOUTH, NORTH)
    number = {one.about["pairing"] for one in facts_at(south) if one.kind == "ReviewGiven"}
    with south.kept.home.database.read() as connection:
        from kstep.editions.tables import entries

        wanted = connection.execute(select(entries.c.entry).where(entries.c.source_id == "E-own")).scalar_one()
    assert number == {f"own#{wanted}"} != {"own#1"}


def facts_at(office: Office) -> Any:
    with office.kept.home.database.read() as connection:
        return facts_of(connection, office.number(1))


def test_who_is_erased_leaves_nothing_of_what_was_taken(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    north.does("officer", "EncounterOpened", nature="contact")
    apart.take(SOUTH, NORTH)
    south.register.erase(south.number(1), "retention", south.by("director"))
    with south.kept.home.database.read() as connection:
        assert connection.execute(select(facts)).all() == []
        assert [one.fact for one in south.ledger.read(connection, types=[FactTaken])] == [None]
    assert apart.take(SOUTH, NORTH).facts == 0, "who was erased is nobody here"


def test_paper_tells_who_did_it_where(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    north.does("officer", "EncounterOpened", nature="contact")
    apart.take(SOUTH, NORTH)
    south.later(MINUTE)
    south.does("officer", "CheckEnded", step="identity-check", result="returned-nothing", evidence=[CHECK])
    paper = gather(south.ledger, south.number(1), south.by("supervisor"))
    assert [
        one.by.account.endswith(f" of {NORTH}") for one in paper.history if one.title != "The file was opened"
    ].count(True) == 1
    assert [log.origin for log in paper.checkpoints] == [SOUTH], "what was taken stands in this log"


def test_two_people_who_are_one_have_one_file_until_they_are_two_again(apart: Apart) -> None:
    office = apart.at(NORTH)
    office.does("officer", "EncounterOpened", 1, nature="contact")
    office.does("officer", "PossibleMatchFound", 2, about=PAIRING)
    office.does("officer", "CheckEnded", 1, step="identity-check", result="returned-nothing", evidence=[CHECK])
    alone = office.owed(1), office.owed(2)
    office.register.merge(office.number(1), office.number(2), "the same prints", office.by("director"))
    assert office.owed(1) == {**alone[1], **alone[0]}
    with pytest.raises(FileError, match="was found to be another, in whose file it goes on"):
        office.does("officer", "EncounterOpened", 2, nature="contact")
    office.later(MINUTE)
    office.does("reviewer", "ReviewGiven", 1, about=PAIRING, step="review", **NOT_THE_SAME)
    assert office.owed(1)["review"] == "done"
    office.register.unmerge(office.number(2), "other prints", office.by("director"))
    assert office.owed(1) == alone[0]
    assert office.owed(2)["review"] == "open", "what was said of one of them is in that one's file"


def test_file_of_who_was_found_to_be_another_goes_on_in_theirs(apart: Apart) -> None:
    office = apart.at(NORTH)
    office.does("officer", "PossibleMatchFound", 2, about=PAIRING)
    office.register.merge(office.number(1), office.number(2), "the same prints", office.by("director"))
    assert office.owed(1) == {"review": "open"}


def test_clock_that_is_far_ahead_is_refused_and_a_little_ahead_counts_at_once(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    north.now += 40 * MINUTE
    north.does("officer", "CitizenshipClaimed")
    apart.take(SOUTH, NORTH)
    south.does("supervisor", "RemovalOrdered")
    with pytest.raises(FileError, match="citizenship-review"):
        south.does("supervisor", "RemovalProposed")
    north.now += 3 * HOUR
    north.does("officer", "EncounterOpened", nature="contact")
    with pytest.raises(FileError, match="its clock is 3 hours ahead of this one"):
        apart.take(SOUTH, NORTH)


def test_what_the_bundle_does_not_show_is_counted(apart: Apart, tmp_path: Path) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    north.does("officer", "EncounterOpened", nature="contact")
    make_checkpoint(north.ledger, north.kept.home.signing_keys)
    export(north.ledger, tmp_path / "unread", lambda recorded: recorded.marking == "internal")
    (taken,) = Exchange(south.files).take(south.by("director"), tmp_path / "unread", [apart.key(NORTH)])
    assert (taken.facts, taken.hidden) == (0, 1)


def test_minor_of_another_office_is_kept_as_one_here(apart: Apart) -> None:
    north, south = apart.at(NORTH), apart.at(SOUTH)
    for office in (north, south):
        office.files.adopt(office.by("director"), PROTOCOLS / "minors.yaml", "the policy", "minors")
    north.does("officer", "EncounterOpened", nature="contact")
    north.does("officer", "AgeQuestioned", age="minor")
    assert apart.take(SOUTH, NORTH).otherwise == ()
    assert north.owed() == south.owed()
    south.does("officer", "EncounterOpened", 2, nature="contact")
    south.register.merge(south.number(2), south.number(1), "the same prints", south.by("director"))
    assert set(south.owed(1)) <= set(south.owed(2)), "guardian and counsel stay owed"


def test_what_was_taken_is_told_in_the_log(apart: Apart) -> None:
    apart.at(NORTH).does("officer", "EncounterOpened", nature="contact")
    apart.take(SOUTH, NORTH)
    south = apart.at(SOUTH)
    with south.kept.home.database.read() as connection:
        (told,) = [one.fact for one in south.ledger.read(connection, types=[HistoryTaken])]
    assert isinstance(told, HistoryTaken)
    assert (told.log, told.facts, told.unknown) == (NORTH, 1, 0)
