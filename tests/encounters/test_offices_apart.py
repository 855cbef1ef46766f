"""Offices that work apart, each with a log of its own: they come to hold the same whatever the order in which their logs meet, and
what they answered otherwise is shown to a person.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from command_line import write_rows
from encounters.offices import CHECK, HOUR, MINUTE, NOT_THE_SAME, PAIRING, PROTOCOLS, REFER, SECOND, Office
from kept_homes import listed_file
from kstep.encounters.exchange import Exchange, Taken
from kstep.encounters.facts import facts_of
from kstep.encounters.happened import happened_in
from kstep.encounters.paper.gathering import gather
from kstep.encounters.service import FileError
from kstep.encounters.tables import facts, obligations
from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.export import export
from kstep.ledger.verifier import Key
from kstep.model.events import AnswersConflict, FactTaken, FileFact, HistoryTaken, Recorded
from lists_in_use import crowd
from nodes import people_file, person

NORTH, SOUTH, EAST = "screening.example/north", "screening.example/south", "screening.example/east"


class Apart:
    """Some offices, and what they send each other."""

    def __init__(self, folder: Path, *origins: str) -> None:
        self.folder, self.bundles = folder, 0
        self.offices = {
            origin: Office.begun(folder / str(place) / "home", origin=origin) for place, origin in enumerate(origins)
        }

    def at(self, origin: str) -> Office:
        return self.offices[origin]

    def export(self, origin: str) -> Path:
        office, self.bundles = self.at(origin), self.bundles + 1
        make_checkpoint(office.ledger, office.kept.home.signing_keys)
        out = self.folder / f"bundle-{self.bundles}"
        export(office.ledger, out, lambda _: True)
        return out

    def key(self, origin: str) -> Key:
        return self.at(origin).kept.home.signing_key.key

    def take(self, into: str, origin: str) -> Taken:
        """One office takes in what another recorded so far."""
        return self.take_bundle(into, origin, self.export(origin))

    def take_bundle(self, into: str, origin: str, out: Path) -> Taken:
        office = self.at(into)
        (taken,) = Exchange(office.files).take(office.by("director"), out, [self.key(origin)])
        shutil.rmtree(out)
        return taken

    def meet(self, order: Sequence[tuple[str, str]]) -> None:
        for into, origin in order:
            self.take(into, origin)

    def everybody_with_everybody(self, chance: random.Random) -> None:
        """Twice, so that each has what the others made of what they got."""
        order = [(into, origin) for into in self.offices for origin in self.offices if into != origin]
        for _ in range(2):
            chance.shuffle(order)
            self.meet(order)

    def held(self, origin: str, number: int = 1) -> list[Any]:
        """The facts of a file as an office holds them, in the words of all offices."""
        office = self.at(origin)
        with office.kept.home.database.read() as connection:
            found = facts_of(connection, office.number(number))
        return [
            (one.id, one.kind, one.recorded, one.actor.partition(" at ")[0], sorted(one.roles), sorted(one.training),
             one.second.partition(" at ")[0], sorted(one.second_roles), dict(one.about), dict(one.says), one.evidence)
            for one in found
        ]  # fmt: skip

    def owed(self, origin: str, moment: int, number: int = 1) -> Any:
        """What an office says is owed, and what was broken."""
        office = self.at(origin)
        decided = office.files.decide(office.number(number), moment)
        obligations = [
            (one.step, one.key, one.number, str(one.state), one.fact, one.since, one.due, one.settled)
            for one in decided.obligations
        ]
        return decided.state, obligations, [(str(one.kind), one.at, one.where, one.fact) for one in decided.breaches]

    def agree(self, number: int = 1) -> None:
        first, *others = self.offices
        moment = max(office.now for office in self.offices.values()) + 1_000 * HOUR
        for other in others:
            assert self.held(first, number) == self.held(other, number)
            assert self.owed(first, moment, number) == self.owed(other, moment, number)
            assert self.kept(first, number) == self.kept(other, number)

    def kept(self, origin: str, number: int) -> list[Any]:
        """What an office keeps of what is owed."""
        office = self.at(origin)
        with office.kept.home.database.read() as connection:
            this = obligations.c.person == office.number(number)
            lines = connection.execute(select(obligations).where(this).order_by(*obligations.primary_key)).all()
        return [tuple(line)[1:] for line in lines]

    def conflicts(self, origin: str) -> list[Recorded]:
        office = self.at(origin)
        with office.kept.home.database.read() as connection:
            found = happened_in(office.ledger, connection, office.number(1))
        return [event for event in found if isinstance(event.fact, AnswersConflict)]


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    made = Apart(tmp_path, NORTH, SOUTH)
    yield made
    finish(made)


def finish(apart: Apart) -> None:
    for office in apart.offices.values():
        assert office.kept.findings() == []
        before = office.kept.dump()
        office.ledger.rebuild()
        assert office.kept.dump() == before, "the tables follow from the log"
        office.kept.home.database.close()


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
    about = referred(north)
    apart.take(SOUTH, NORTH)
    south.later(MINUTE)
    south.does(
        "liaison", "ConfirmationReceived", about=about, answer="inconclusive", form="written", reference="A", desk="d"
    )
    apart.take(NORTH, SOUTH)
    north.later(HOUR)
    north.does(
        "liaison", "ConfirmationReceived", about=about, answer="positive", form="written", reference="B", desk="d"
    )
    assert apart.take(SOUTH, NORTH).conflicts == 0
    apart.agree()


def referred(office: Office) -> dict[str, str]:
    """A file that came to a referral; returns what its answer is about."""
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("officer", "EncounterOpened", nature="notice")
    for step in ("identity-check", "records-check"):
        office.does("officer", "CheckEnded", step=step, result="returned-nothing", evidence=[CHECK])
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **REFER)
    fact = office.does("liaison", "ReferralMade", about=PAIRING, reference="R-1").recorded.fact
    assert isinstance(fact, FileFact)
    return {**PAIRING, "referral": fact.about["referral"]}


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
        about = referred(office)
        office.does(
            "liaison", "ConfirmationReceived", about=about, answer=answer, form="written", reference="A", desk="day"
        )
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


STEPS: Sequence[tuple[str, str, dict[str, Any]]] = (
    ("officer", "PossibleMatchFound", {"about": PAIRING}),
    ("officer", "EncounterOpened", {"nature": "notice"}),
    ("officer", "CheckEnded", {"step": "identity-check", "result": "returned-nothing", "evidence": [CHECK]}),
    ("officer", "CheckEnded", {"step": "records-check", "result": "returned-hits", "evidence": [CHECK]}),
    ("officer", "CheckEnded", {"step": "records-check", "result": "timed-out"}),
    ("reviewer", "ReviewGiven", {"about": PAIRING, "step": "review", **REFER}),
    ("reviewer", "ReviewGiven", {"about": PAIRING, "step": "review", **NOT_THE_SAME}),
    ("second", "ReviewGiven", {"about": PAIRING, "step": "second-review", **NOT_THE_SAME}),
    ("second", "ReviewGiven", {"about": PAIRING, "step": "second-review", **REFER}),
    ("supervisor", "ReviewGiven", {"about": PAIRING, "step": "third-review", **REFER}),
    ("officer", "CitizenshipClaimed", {}),
    ("supervisor", "DispositionGiven", {"outcome": "nothing-found", "reason": "nothing"}),
    ("supervisor", "DispositionGiven", {"outcome": "unresolved", "reason": "it is open"}),
    ("officer", "PossibleMatchWithdrawn", {"about": PAIRING}),
    ("supervisor", "FileClosed", {}),
)


def worked_apart(folder: Path, chance: random.Random, origins: Sequence[str]) -> int:
    """Offices that do what comes, meet now and then, and meet at last; returns how many conflicts there were."""
    apart = Apart(folder, *origins)
    for office in apart.offices.values():
        office.now += chance.randrange(0, 50 * MINUTE)  # no two clocks agree
        office.does("officer", "PossibleMatchFound", about=dict(PAIRING))
    for _ in range(30):
        origin = chance.choice(origins)
        office = apart.at(origin)
        passed = chance.randrange(SECOND, 3 * HOUR)
        for one in apart.offices.values():
            one.later(passed)
        if chance.random() < 0.12:
            apart.take(origin, chance.choice([one for one in origins if one != origin]))
            continue
        who, kind, says = chance.choice(STEPS)
        try:
            copied: dict[str, Any] = {name: dict(held) if name == "about" else held for name, held in says.items()}
            office.does(who, kind, 1, **copied)
        except FileError:
            continue
    apart.everybody_with_everybody(chance)
    apart.agree()
    count = len(apart.conflicts(origins[0]))
    finish(apart)
    return count


def test_offices_agree_whatever_the_order_in_which_their_logs_meet(tmp_path: Path) -> None:
    found = 0
    for seed in range(4):
        (tmp_path / str(seed)).mkdir()
        found += worked_apart(tmp_path / str(seed), random.Random(seed), [NORTH, SOUTH])
    assert found > 0, "they met with conflicts"


@pytest.mark.histories
@pytest.mark.parametrize("seed", range(100, 108))
def test_three_offices_agree_whatever_the_order_in_which_their_logs_meet(tmp_path: Path, seed: int) -> None:
    worked_apart(tmp_path, random.Random(seed), [NORTH, SOUTH, EAST])


def test_what_was_taken_is_told_in_the_log(apart: Apart) -> None:
    apart.at(NORTH).does("officer", "EncounterOpened", nature="contact")
    apart.take(SOUTH, NORTH)
    south = apart.at(SOUTH)
    with south.kept.home.database.read() as connection:
        (told,) = [one.fact for one in south.ledger.read(connection, types=[HistoryTaken])]
    assert isinstance(told, HistoryTaken)
    assert (told.log, told.facts, told.unknown) == (NORTH, 1, 0)
