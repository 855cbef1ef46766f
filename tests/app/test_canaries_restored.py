"""Canaries in a backup: they come back with it, or not at all, and are no person who was erased."""

from __future__ import annotations

from sqlalchemy import func, select

from backed_up import Place
from kept_homes import ANN, STANDARD, Kept
from kstep.register.projection import RegisterProjection
from kstep.register.tables import State, people
from kstep.screening.canaries import Canaries, Night, missed_pairs
from kstep.screening.rescreen import Rescreening

PAIRS = 4


def canaries_of(kept: Kept) -> Canaries:
    run = Rescreening(kept.home.ledger(), kept.register, kept.home.path / "indexes", STANDARD)
    return Canaries(run, RegisterProjection(kept.home.vault))


def whole_night(kept: Kept) -> Night | None:
    made = canaries_of(kept)
    made.plant(ANN, PAIRS)
    return made.bring_home(ANN)


def count(kept: Kept) -> int:
    with kept.home.database.read() as connection:
        asked = select(func.count()).select_from(people).where(people.c.state == State.CANARY)
        return int(connection.execute(asked).scalar_one())


def check(kept: Kept) -> None:
    assert kept.findings() == []
    live = kept.dump()
    kept.home.ledger().rebuild()
    assert kept.dump() == live
    night = whole_night(kept)
    assert night is not None and night.missed == 0
    assert missed_pairs(kept.home.ledger()) == []


def test_canaries_come_back_with_a_backup(place: Place) -> None:
    canaries_of(place.kept).plant(ANN, PAIRS)
    place.back_up()
    kept, done = place.restore(None)
    assert (done.erased_again, count(kept)) == (0, PAIRS)
    night = canaries_of(kept).bring_home(ANN)
    assert night is not None and night.missed == 0
    check(kept)


def test_canaries_that_were_taken_away_after_the_backup_stay_away(place: Place) -> None:
    canaries_of(place.kept).plant(ANN, PAIRS)
    place.back_up()
    assert whole_night(place.kept)
    kept, done = place.restore(None, newer=(place.kept.home.path,))
    assert (done.erased_again, count(kept)) == (0, 0), "nobody was erased"
    assert canaries_of(kept).in_use() == [], "nobody waits for those that are gone"
    check(kept)
