"""Time does not run backwards in a log, whatever the machine's clock shows; a jump back is told once."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kstep.ledger.service import JITTER, Ledger
from kstep.model.events import ClockWentBack, Recorded
from kstep.store import Database
from live_logs import ORIGIN, START, VAULT, WE, Live, TestPersonNamed

HOUR = 3_600_000_000


def events_at(database: Database, times: Sequence[int], *, in_one_unit: bool = False) -> list[Recorded]:
    """The events of a log of which one is recorded whenever the clock shows one of these times."""
    Live(database).begin()
    shown = iter(times)
    ledger = Ledger(database, VAULT, lambda: next(shown))
    units = [len(times)] if in_one_unit else [1] * len(times)
    for count in units:
        with ledger.unit(WE) as unit:
            for _ in range(count):
                unit.record(TestPersonNamed(name="Name"), subject="person:1", marking="restricted")
    with database.read() as connection:
        return list(ledger.read(connection))


def told(found: list[Recorded]) -> list[tuple[int, int]]:
    return [(event.fact.had_shown, event.fact.showed) for event in found if isinstance(event.fact, ClockWentBack)]


def test_jump_back_is_told_once_and_caught_up_with(database: Database) -> None:
    times = [START + HOUR, START, START + 1, START + HOUR - 1, START + HOUR + 5, START + HOUR + 9]
    found = events_at(database, times)
    assert [event.type for event in found] == [
        "TestPersonNamed", "ClockWentBack", *["TestPersonNamed"] * 5,
    ]  # fmt: skip
    assert told(found) == [(START + HOUR, START)]
    assert [event.recorded - START - HOUR for event in found] == [0, 1, 2, 3, 4, 5, 9]
    assert (found[1].subject, found[1].actor) == (f"log:{ORIGIN}", "system:kstep")


def test_jump_back_within_a_unit_is_told(database: Database) -> None:
    found = events_at(database, [START + HOUR, START, START + 1], in_one_unit=True)
    assert told(found) == [(START + HOUR, START)]
    assert [event.recorded - START - HOUR for event in found] == [0, 1, 2, 3]


def test_each_jump_back_is_told(database: Database) -> None:
    found = events_at(database, [START + 2 * HOUR, START + HOUR, START, START + HOUR])
    assert told(found) == [(START + 2 * HOUR, START + HOUR), (START + HOUR, START)]


def test_small_correction_is_not_told_and_many_are(database: Database) -> None:
    found = events_at(database, [START, START - JITTER, START - JITTER // 2])
    assert told(found) == []
    assert [event.recorded - START for event in found] == [0, 1, 2]
    creeping = events_again(database, [START - step * JITTER * 3 // 4 for step in range(4)])
    assert told(creeping) == [(START, START - JITTER * 3 // 2)]


def events_again(database: Database, times: Sequence[int]) -> list[Recorded]:
    """The same, further on in the same log."""
    shown = iter(times)
    ledger = Ledger(database, VAULT, lambda: next(shown))
    for _ in times:
        with ledger.unit(WE) as unit:
            unit.record(TestPersonNamed(name="Name"), subject="person:1", marking="restricted")
    with database.read() as connection:
        return list(ledger.read(connection))


def test_log_of_a_clock_that_jumps_is_sound(database: Database) -> None:
    live = Live(database).begin()
    for time in (START + HOUR, START, START + 2 * HOUR, START - HOUR):
        live.clock.time = time
        live.name("person:1", "Name")
    live.checkpoint()
    assert live.findings() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(times=st.lists(st.integers(START - HOUR, START + HOUR), min_size=1, max_size=8))
def test_recorded_never_falls_and_every_long_way_back_is_told(database: Database, times: list[int]) -> None:
    with database.read() as connection:
        begun = bool(list(Live(database).ledger.texts(connection)))
    before = events_again(database, []) if begun else []
    found = (events_again if begun else events_at)(database, times)
    recorded = [event.recorded for event in found]
    assert recorded == sorted(set(recorded))
    latest, jumps = None, []
    for fact in found[len(before) :]:
        if isinstance(fact.fact, ClockWentBack):
            jumps.append(fact.fact)
    for time in times:
        if latest is not None and time < latest - JITTER:
            assert any((jump.had_shown, jump.showed) == (latest, time) for jump in jumps)
            latest = time
        latest = time if latest is None else max(latest, time)
    assert all(jump.showed < jump.had_shown - JITTER for jump in jumps)
