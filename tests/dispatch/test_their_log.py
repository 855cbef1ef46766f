"""The other side's own log is held against ours, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.dispatch.looking import late_messages
from kstep.dispatch.reconciling import Reconciling
from kstep.model import InputError
from kstep.store import Database
from messaging import DAY, HOUR, HQ, WE, Telegraph


def test_own_log_of_the_other_side_is_held_against_ours(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    messages = [node.tell() for _ in range(4)]
    node.turn()
    node.held.sign(node.held.has(messages[3]), "acknowledged", reference="HQ/77")
    node.now += HOUR
    node.turn()
    log, digest = tmp_path / "their log.csv", node.line(messages[0]).digest
    log.write_text(f"message,digest,reference\n{messages[0]},{digest},\n{messages[1]},{'0' * 64},\n,,HQ/77\n,,HQ/99\n")
    found = Reconciling(node.outbox).with_log(HQ, log, WE)
    assert (found.matched, found.only_here, found.differs) == (2, (messages[2],), (messages[1],))
    assert len(found.only_there) == 1
    assert len(Reconciling(node.outbox).open()) == 3
    again = Reconciling(node.outbox).with_log(HQ, log, WE)
    assert (again.unmatched, len(Reconciling(node.outbox).open())) == (3, 3), "each is one task"
    log.write_text("message,reference\n" + "".join(f"{message},\n" for message in messages))
    assert set(Reconciling(node.outbox).with_log(HQ, log, WE).agreed) >= {messages[1], messages[2]}
    node.now += 2 * DAY
    with node.database.read() as connection:
        assert (
            late_messages(connection, node.now)[
                "messages are not the same on both sides; see kstep reconcile unmatched"
            ]
            == 1
        )
    assert node.replays()


def test_nineteen_reports_that_never_left_are_found_in_the_authoritys_log(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    sent = [node.tell() for _ in range(40)]
    node.turn()
    unsent = [node.tell() for _ in range(19)]  # written, and nobody had them leave
    node.now += 2 * DAY
    log = tmp_path / "their log.csv"
    log.write_text("message,digest\n" + "".join(f"{message},{node.line(message).digest}\n" for message in sent))
    found = Reconciling(node.outbox).with_log(HQ, log, WE)
    assert set(found.only_here) == set(unsent)
    assert (found.matched, len(found.only_here), found.only_there, found.differs) == (40, 19, (), ())
    assert len(Reconciling(node.outbox).open()) == 19, "each is a timed task"


def test_wrong_hash_in_a_log_differs_whatever_other_rows_say(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    message = node.tell()
    node.turn()
    log = tmp_path / "their log.csv"
    for other in (node.line(message).digest, ""):
        log.write_text(f"message,digest\n{message},{'0' * 64}\n{message},{other}\n")
        found = Reconciling(node.outbox).with_log(HQ, log, WE)
        assert (found.matched, found.differs) == (0, (message,))


def test_file_number_of_several_messages_stands_for_each(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    first, second = node.tell(), node.tell()
    node.turn()
    for message in (first, second):
        node.held.sign(node.held.has(message), "acknowledged", reference="CASE/7")
    node.now += HOUR
    node.turn()
    log, digests = tmp_path / "their log.csv", [node.line(message).digest for message in (first, second)]
    log.write_text("reference\nCASE/7\nCASE/7\n")
    found = Reconciling(node.outbox).with_log(HQ, log, WE)
    assert (found.matched, found.unmatched) == (2, 0)
    log.write_text(f"reference,digest\nCASE/7,{digests[0]}\nCASE/7,{digests[1]}\n")
    assert Reconciling(node.outbox).with_log(HQ, log, WE).matched == 2
    log.write_text(f"reference,digest\nCASE/7,{digests[0]}\n")
    found = Reconciling(node.outbox).with_log(HQ, log, WE)
    assert (found.matched, found.only_here) == (1, (second,))


def test_log_of_some_days_lacks_nothing_of_others(database: Database, tmp_path: Path) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    early = node.tell()
    node.turn()
    node.now += 30 * DAY
    begin, kept, lost = node.now, node.tell(), node.tell()
    node.turn()
    node.now += 30 * DAY
    end, late = node.now, node.tell()
    node.turn()
    log = tmp_path / "their log.csv"
    log.write_text(f"message\n{kept}\n{early}\n")
    found = Reconciling(node.outbox).with_log(HQ, log, WE, since=begin, until=end)
    assert (found.matched, found.only_here, found.only_there) == (2, (lost,), ())
    assert Reconciling(node.outbox).with_log(HQ, log, WE, since=begin).only_here == tuple(sorted((lost, late)))
    with pytest.raises(InputError, match="ends before it begins"):
        Reconciling(node.outbox).with_log(HQ, log, WE, since=end, until=begin)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "neither a column message"), ("message\n\n,\n", "names no message"),
        ("message\n" + "x" * 140_000, "line 2: cannot be read as CSV"), ("x" * 140_000, "cannot be read as CSV"),
    ],
)  # fmt: skip
def test_log_that_makes_no_sense_is_refused(database: Database, tmp_path: Path, text: str, said: str) -> None:
    node = Telegraph(database, tmp_path).begin(people=0)
    (tmp_path / "log.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        Reconciling(node.outbox).with_log(HQ, tmp_path / "log.csv", WE)
