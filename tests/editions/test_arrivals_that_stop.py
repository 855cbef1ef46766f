"""A list that stops arriving raises an alarm, once for each arrival that was missed, until it arrives again."""

from __future__ import annotations

import pytest

from kstep.editions.errors import EditionsError
from kstep.editions.source import ListSource
from kstep.editions.status import status
from lists_in_use import ANN, DAY, SECOND, START, Node, crowd


def alarms(node: Node) -> list[tuple[str, int, int]]:
    return [(alarm.list, (alarm.due - START) // SECOND, alarm.missed) for alarm in node.editions.overdue(ANN)]


def test_alarm_is_raised_once_for_each_missed_arrival(node: Node) -> None:
    node.register(cadence=DAY)
    node.publish(crowd(2))
    node.clock.pass_seconds(DAY - 1)
    assert alarms(node) == []
    node.clock.pass_seconds(1)
    assert alarms(node) == [("own", DAY, 1)]
    assert alarms(node) == []
    node.clock.pass_seconds(DAY - 1)
    assert alarms(node) == []
    node.clock.pass_seconds(1)
    assert alarms(node) == [("own", 2 * DAY, 2)]
    assert node.happened().count("ListOverdue") == 2


def test_worker_that_slept_tells_of_all_that_were_missed_at_once(node: Node) -> None:
    node.register(cadence=DAY)
    node.clock.pass_seconds(5 * DAY + 7)
    assert alarms(node) == [("own", DAY, 5)]
    assert alarms(node) == []


def test_list_that_never_arrived_is_overdue_too(node: Node) -> None:
    node.register(cadence=DAY)
    node.register("unhurried")
    node.clock.pass_seconds(DAY)
    assert alarms(node) == [("own", DAY, 1)]


def test_arrival_ends_the_alarm_even_if_nothing_is_new(node: Node) -> None:
    node.register(cadence=DAY)
    node.publish(crowd(2))
    node.clock.pass_seconds(3 * DAY)
    assert [told["overdue"] for told in status(node.editions, node.clock())] == [True]
    assert alarms(node) == [("own", DAY, 3)]
    assert node.publish(crowd(2)).state == "unchanged"
    assert [told["overdue"] for told in status(node.editions, node.clock())] == [False]
    assert alarms(node) == []
    node.clock.pass_seconds(DAY)
    assert alarms(node) == [("own", 4 * DAY, 1)]


def test_held_edition_arrived(node: Node) -> None:
    node.register(cadence=DAY)
    node.publish(crowd(6))
    node.clock.pass_seconds(2 * DAY)
    assert node.publish(crowd(1)).state == "held"
    assert alarms(node) == []


def test_what_is_not_proven_to_be_the_issuers_did_not_arrive(node: Node) -> None:
    node.register(cadence=DAY, authenticity="sha256")
    node.clock.pass_seconds(2 * DAY)
    assert node.publish(crowd(6)).state == "held"
    assert node.publish(crowd(6)).state == "held"
    assert alarms(node) == [("own", DAY, 2)]


def test_time_can_be_given(node: Node) -> None:
    node.register(cadence=DAY)
    assert node.editions.overdue(ANN, START + DAY * SECOND - 1) == []
    assert [alarm.missed for alarm in node.editions.overdue(ANN, START + DAY * SECOND)] == [1]


def test_changed_cadence_counts_from_the_last_arrival(node: Node) -> None:
    node.register(cadence=DAY)
    node.publish(crowd(2))
    node.editions.change(ANN, ListSource(list="own", kind="table", cadence=3 * DAY))
    node.editions.change(ANN, ListSource(list="own", kind="table", cadence=3 * DAY))
    assert node.happened().count("ListSourceChanged") == 1
    node.clock.pass_seconds(2 * DAY)
    assert alarms(node) == []
    node.clock.pass_seconds(DAY)
    assert alarms(node) == [("own", 3 * DAY, 1)]
    with pytest.raises(EditionsError, match="there is no list 'gone'"):
        node.editions.change(ANN, ListSource(list="gone", kind="table"))


@pytest.mark.parametrize("fields", [
    {"list": "../up"}, {"list": ""}, {"list": "Big"}, {"list": ".hidden"}, {"kind": "mine"}, {"address": "ftp://x/y"},
    {"address": "https://"}, {"address": "https://me:secret@x/y"}, {"address": "file://host/x"}, {"address": "https://[x/y"},
    {"address": "https://x:99999999/y"}, {"address": "https://x/\n"}, {"address": "http://x/y z"}, {"authenticity": "trust"},
    {"authenticity": "tls"}, {"authenticity": "tls", "address": "http://x/y"}, {"authenticity": "ed25519"},
    {"authenticity": "ed25519", "key": "ab"}, {"key": "a" * 64}, {"cadence": -1}, {"review_days": -1}, {"country": "Malta"},
    {"country": "mt"}, {"most_removed": "0.3"}, {"most_removed": "1/0"}, {"most_removed": "2/1"}, {"most_removed": "0/3"},
    {"authority": "x\n"}, {"kind": "ofac-sdn", "address": "https://x/sdn.csv"},
])  # fmt: skip
def test_source_that_cannot_be_is_told_in_one_line(fields: dict[str, str]) -> None:
    with pytest.raises(EditionsError) as told:
        ListSource(**{"list": "own", "kind": "table", **fields})  # type: ignore[arg-type]
    assert str(told.value).startswith("the list ")
    assert "\n" not in str(told.value)
    assert "secret" not in str(told.value)
