"""A worker does what is due, says what it could not do, and stops when it is told to."""

from __future__ import annotations

import http.server
import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from command_line import KSTEP, kstep_here
from kstep.access.service import Access
from kstep.app import worker
from kstep.app.home import Home, now
from kstep.app.lists_in_use import in_use
from kstep.app.overdue import overdue
from kstep.editions.view import EditionsView
from nodes import people_file, person

Capture = pytest.CaptureFixture[str]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def published(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address under which a real server shows it."""
    folder = tmp_path / "published"
    folder.mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, cache: Path) -> Path:
    for name in ("KSTEP_KEY_PASSWORD", "KSTEP_NEW_KEY_PASSWORD", "KSTEP_PURPOSE", "KSTEP_HOME", "KSTEP_KEY"):
        monkeypatch.delenv(name, raising=False)
    home, key = tmp_path / "home", tmp_path / "ada.key"
    done(capsys, "init", home, "--origin", "screening.example/hq", "--administrator", "Ada", "--key-out", key)
    monkeypatch.setenv("KSTEP_HOME", str(home))
    monkeypatch.setenv("KSTEP_KEY", str(key))
    done(capsys, "account", "grant", "1", "records-officer")
    done(capsys, "people", "import", people_file(tmp_path / "people.csv", [person(number) for number in range(12)]))
    return home


def done(capsys: Capture, *arguments: str | Path, code: int = 0) -> str:
    ended = kstep_here(capsys, *arguments)
    assert ended.code == code, ended
    return ended.out + ended.err


def entries(path: Path, *numbers: int) -> None:
    lines = [f"E{number},{person(number)['name']},{person(number)['birth_date']}" for number in numbers]
    path.write_text("\n".join(["entry_id,name,birth_date", *lines]) + "\n")


def test_worker_needs_the_rights_to_its_duties(home: Path, capsys: Capture) -> None:
    refused = kstep_here(capsys, "worker", "--once")
    assert (refused.code, len(refused.told)) == (2, 1)
    assert "list-officer" in refused.told[0]


def test_worker_does_what_is_due(
    home: Path, published: tuple[Path, str], tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, address = published
    for role in ("list-officer", "screening-operator"):
        done(capsys, "account", "grant", "1", role)
    with monkeypatch.context() as hurried:
        hurried.setattr(worker, "CHECKPOINT_EVERY", 0)
        assert "it goes nowhere" in done(capsys, "worker", "--once", code=1)
    with (home / "kstep.toml").open("a") as settings:
        settings.write(f'[checkpoints]\ndirectory = "{tmp_path / "left"}"\n')
    (tmp_path / "left").mkdir()
    entries(folder / "list.csv", 3, 7)
    done(capsys, "lists", "register", "made", "table", "--address", f"{address}/list.csv")
    with monkeypatch.context() as hurried:
        hurried.setattr(worker, "CHECKPOINT_EVERY", 0)
        assert "made: edition 1 published" in done(capsys, "worker", "--once")
    assert list((tmp_path / "left").iterdir())
    (stands,) = json.loads(done(capsys, "coverage", "--json"))
    assert (stands["screened"], stands["owed"]) == (12, 0)
    assert done(capsys, "worker", "--once") == "", "nothing is due"


def test_defect_of_one_duty_keeps_no_other_from_being_done(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("list-officer", "screening-operator"):
        done(capsys, "account", "grant", "1", role)

    def broken(_: worker.Worker) -> list[str]:
        raise ZeroDivisionError("Tariq Qasrawan")

    monkeypatch.setattr(worker.Worker, "_screen", broken)
    monkeypatch.setattr(worker, "CHECKPOINT_EVERY", 0)
    told = done(capsys, "worker", "--once", code=1)
    assert "screening: a defect of kstep, ZeroDivisionError; please report it" in told
    assert "Tariq" not in told, "what a defect says may be of somebody"
    assert "checkpoint: it goes nowhere" in told


def test_worker_measures_what_is_not_known_of_the_engine_in_use(home: Path, tmp_path: Path, capsys: Capture) -> None:
    for role in ("list-officer", "screening-operator"):
        done(capsys, "account", "grant", "1", role)
    (tmp_path / "left").mkdir()
    with (home / "kstep.toml").open("a") as settings:
        settings.write(f'[checkpoints]\ndirectory = "{tmp_path / "left"}"\n')
    assert "measured" not in done(capsys, "worker", "--once"), "without a list there is nothing to look for"
    entries(tmp_path / "list.csv", 3, 7)
    done(capsys, "lists", "register", "made", "table")
    done(capsys, "lists", "publish", f"table={tmp_path / 'list.csv'}", "--list", "made")
    assert "classes of records measured: 1;" in done(capsys, "worker", "--once")
    (of_class,) = json.loads(done(capsys, "coverage", "--by", "class", "--json"))
    assert (of_class["recall"]["sampled"], of_class["recall"]["counts"]) == (400, True)
    assert done(capsys, "worker", "--once") == "", "what is known is not measured again"
    done(capsys, "people", "import", people_file(tmp_path / "more.csv", [person(20, birth_date="1970")]), code=1)
    assert "classes of records measured: 1;" in done(capsys, "worker", "--once")
    done(capsys, "account", "grant", "1", "supervisor")
    done(capsys, "standard", "adopt", "--threshold", "0.9", "--ground", "for a test")
    assert "classes of records measured: 2;" in done(capsys, "worker", "--once")


def test_worker_says_what_is_overdue(
    home: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("list-officer", "screening-operator"):
        done(capsys, "account", "grant", "1", role)
    done(capsys, "account", "eligible", "1", "--level", "restricted")
    number = json.loads(done(capsys, "people", "show", "P000003"))["person"]
    monkeypatch.setattr(worker, "CHECKPOINT_EVERY", 1 << 60)
    done(capsys, "worker", "--once")
    dated = ("--person", str(number), "--on", "2020-01-01")
    done(capsys, "register", "statuses", "--set", "parole", *dated, "--until", "2020-02-01", "--evidence", "order 7")
    told = done(capsys, "worker", "--once", code=1)
    assert "looking for what is overdue: 1 statuses ran out; see kstep register statuses --within 0" in told
    done(capsys, "register", "statuses", "--end", "parole", *dated, "--evidence", "released")
    assert done(capsys, "worker", "--once") == ""


def test_what_nobody_did_for_too_long_is_overdue(home: Path, tmp_path: Path, capsys: Capture) -> None:
    done(capsys, "account", "grant", "1", "list-officer")
    entries(tmp_path / "list.csv", 3, 7)
    done(capsys, "lists", "register", "made", "table")
    done(capsys, "lists", "consumers", "made", "gate system")
    done(capsys, "lists", "publish", f"table={tmp_path / 'list.csv'}", "--list", "made")
    done(capsys, "lists", "report-error", "made", "E3", "--what", "born later", "--nominator", "Interpol")
    opened = Home.open(home)
    lists = in_use(EditionsView(opened.ledger(), home / "editions"))
    day = 24 * 3600 * worker.SECOND
    with opened.database.read() as connection:
        told = {days: overdue(connection, lists, now() + days * day) for days in (0, 2, 31)}
    opened.database.close()
    unscreened = "made: 12 people are overdue to be screened; see kstep coverage"
    behind = "made: gate system still runs an older edition; see kstep lists consumers made"
    unanswered = "1 errors in entries were not answered for 30 days; see kstep lists errors"
    assert told == {0: [], 2: [unscreened, behind], 31: [unscreened, unanswered, behind]}


def test_log_that_is_ahead_of_the_clock_is_overdue(home: Path) -> None:
    opened, hour = Home.open(home), 3600 * 1_000_000
    with opened.database.read() as connection:
        recorded = opened.ledger().moment(connection)
        assert overdue(connection, [], recorded - hour) == []
        (told,) = overdue(connection, [], recorded - 50 * hour)
    opened.database.close()
    assert told == "50 hours ahead of this clock is the log: what is recorded meanwhile is late that much later"


def test_worker_says_once_what_is_wrong(
    home: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("list-officer", "screening-operator"):
        done(capsys, "account", "grant", "1", role)
    monkeypatch.setattr(worker, "CHECKPOINT_EVERY", 0)
    opened, said = Home.open(home), list[str]()
    access = Access(opened.ledger())
    working = worker.Worker(opened, opened.ledger(), access, access.authenticate(tmp_path / "ada.key"), said.append)
    for _ in range(2):
        assert any("it goes nowhere" in reason for reason in working.turn())
    opened.database.close()
    assert sum("it goes nowhere" in line for line in said) == 1


def test_what_is_overdue_is_one_reason_however_many_there_are() -> None:
    late = "looking for what is overdue: "
    for one, same in (("1 records should", "1,200 records should"), ("own1: 12 people are", "own1: 13 people are")):
        assert worker._but_counts(late + one) == worker._but_counts(late + same)
    for one, other in (
        (late + "own1: 12 people", late + "own2: 12 people"),
        ("own1: did not arrive", "own2: did not arrive"),
    ):
        assert worker._but_counts(one) != worker._but_counts(other)


def test_worker_stops_when_it_is_told_to(home: Path, capsys: Capture) -> None:
    for role in ("list-officer", "screening-operator"):
        done(capsys, "account", "grant", "1", role)
    command = [str(KSTEP), "worker", "--every", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as working:
        assert working.stderr is not None
        said = working.stderr.readline()
        working.send_signal(signal.SIGTERM)
        rest = working.stderr.read()
    assert working.returncode in (0, 1), (said, rest)
    assert "Traceback" not in said + rest
