"""1,000 canaries in people who are then erased: none is readable in any byte of database, indexes, logs, exports, backup and
restored node; and the verifier passes. What is looked for is found where it is before: the look is worth something.
"""

from __future__ import annotations

import base64
import json
import mmap
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from databases import new_postgresql
from kept_homes import ANN, Kept, listed_file
from kstep.app import erasure
from kstep.app.backup import back_up, destroyed_in, keys_beside, make_recovery_key
from kstep.app.backup_form import Backup
from kstep.app.backup_keys import RecoveryKey, SecretsFile, forget
from kstep.app.restore import Restoring
from kstep.cli.app import run
from kstep.ledger.export import export
from kstep.ledger.tables import secrets
from kstep.ledger.verifier import Checkpoint, verify
from kstep.register.projection import subject_of, subjects_with
from kstep.store import Database
from nodes import people_file, person

CANARIES = 1_000
OTHERS = 40
SHARED_SECRETS = 1
"""Of what is told of two people, one of whom is a canary."""

_LETTERS = "bdfgklmnprstvz"


def canary(number: int) -> str:
    """A surname that nobody has: `Zqx`, three letters that say the number, `canary`."""
    return "Zqx" + "".join(_LETTERS[number // 14**place % 14] for place in range(3)) + "ycanary"


def document(number: int) -> str:
    return f"ZQ{number:07d}CN"


def canaries(count: int) -> list[dict[str, str]]:
    return [
        person(1_000 + number, name=f"Elena {canary(number)}", documents=f"passport:NO:{document(number)}")
        for number in range(count)
    ]  # fmt: skip


def forms_of(words: Iterable[str]) -> re.Pattern[bytes]:
    """What finds any of these words in bytes: as it is, in capitals or not, as UTF-16, UTF-32 or hexadecimal."""
    found: set[bytes] = set()
    for word in words:
        for case in (word, word.lower(), word.upper()):
            found |= {case.encode(), case.encode("utf-16-le"), case.encode("utf-32-le"), case.encode().hex().encode()}
    return re.compile(b"|".join(map(re.escape, sorted(found))))


# All canaries share these, so that a look at many gigabytes takes one pass: none of them is in anything else.
SHARED = forms_of(["ycanary"])
DOCUMENTS = re.compile(rb"(?i)ZQ\d{7}CN|Z\0Q\0(\d\0){7}C\0N\0")
_BASE64 = [base64.b64encode(b"x" * lead + b"ycanary")[(8 * lead + 5) // 6 : 8 * (lead + 7) // 6] for lead in (0, 1, 2)]
ENCODED = re.compile(b"|".join(map(re.escape, _BASE64)))
"""The letters of base64 that follow from the word alone, wherever it begins: eight or nine, so that chance does not make them."""


def holding(paths: Iterable[Path], *wanted: re.Pattern[bytes]) -> list[str]:
    """The files in which one of these is."""
    found = []
    for path in paths:
        if not path.is_file() or not path.stat().st_size:
            continue
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            found += [str(path)] if any(one.search(held) for one in wanted) else []
    return found


def files_below(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (folder.rglob("*") if folder.is_dir() else [folder])


@contextmanager
def as_keeper(database: Database) -> Iterator[Any]:
    with database.maintenance() as connection:
        if not database.is_sqlite:
            connection.execute(text("RESET ROLE"))
        yield connection


def data_of(database: Database) -> list[Path]:
    """All files of a database's server, with everything on the disk; of SQLite, the folder in which it is."""
    if database.path:
        return list(database.path.parent.glob(f"{database.path.name}*"))
    with as_keeper(database) as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        mine = connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar_one()
    others = {path for path in (folder / "base").iterdir() if path.name != str(mine)}  # of other tests' databases
    return [path for path in folder.rglob("*") if not others.intersection((path, *path.parents))]


def analyse(database: Database) -> None:
    """What a server does by itself every few minutes, and not always within a test: sample what is in each column."""
    with as_keeper(database) as connection:
        connection.execute(text("ANALYZE"))


@pytest.fixture
def kept(tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    opened, first = [], Database.open

    def remember(url: str) -> Database:
        opened.append(first(url))
        return opened[-1]

    monkeypatch.setattr(Database, "open", remember)
    (tmp_path / "node").mkdir()
    made = Kept.make(tmp_path / "node/home", None if empty_url.startswith("sqlite") else empty_url)
    yield made
    for database in opened:
        database.close()


def wrapped_of(kept: Kept, numbers: list[int]) -> list[bytes]:
    with kept.home.database.read() as connection:
        of_these = secrets.c.subject.in_([*map(subject_of, numbers), *subjects_with(connection, numbers[0])])
        return list(connection.execute(select(secrets.c.wrapped).where(of_these)).scalars())


@pytest.mark.parametrize("count", [30, pytest.param(CANARIES, marks=pytest.mark.proof)])
def test_no_canary_is_readable_after_erasure(
    kept: Kept,
    tmp_path: Path,
    postgresql: str,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    count: int,
) -> None:
    home = kept.home

    def new_url() -> str | None:
        return None if home.database.is_sqlite else new_postgresql(postgresql)

    file = people_file(tmp_path / "people.csv", [*(person(number) for number in range(OTHERS)), *canaries(count)])
    kept.import_people(file)
    file.unlink()
    numbers = [kept.number_of(1_000 + number) for number in range(count)]
    kept.register.merge(kept.number_of(0), numbers[0], f"one photograph of {canary(0)}", ANN)
    kept.register.unmerge(numbers[0], f"the photograph is not of {canary(0)}", ANN)
    listed_file(tmp_path)
    kept.publish(tmp_path / "own.jsonl")
    kept.rescreen()
    make_recovery_key(home, tmp_path / "recovery.pem", "")
    left = kept.checkpoint()
    before, after = tmp_path / "before", tmp_path / "after"
    back_up(home, before, keys_beside(before), "a phrase")

    wrapped = wrapped_of(kept, numbers)
    analyse(home.database)
    export(home.ledger(), tmp_path / "shown", lambda _: True)
    assert holding(files_below(home.path / "indexes"), SHARED), "they are in the index"
    assert holding(files_below(tmp_path / "shown"), SHARED), "and in what an inspector was shown"
    shutil.rmtree(tmp_path / "shown")

    assert erasure.erase(home, kept.register, numbers, "retention", ANN) == count
    kept.rescreen()
    analyse(home.database)
    forgotten = tmp_path / "forgotten.keys"
    shutil.copy(keys_beside(before), forgotten)
    with home.database.read() as connection:
        assert forget([forgotten], destroyed_in(connection)) == count + SHARED_SECRETS
    kept.checkpoint()
    export(home.ledger(), tmp_path / "bundle", lambda _: True)
    (log,) = verify(tmp_path / "bundle", [home.signing_key.key], [left])
    assert log.from_outside == [left]
    back_up(home, after, keys_beside(after), "a phrase")
    restored = {
        "after": restore(tmp_path, after, keys_beside(after), new_url(), left),
        "before, with the newest log": restore(
            tmp_path, before, keys_beside(before), new_url(), left, newer=(home.path,)
        ),
        "before, forgotten": restore(tmp_path, before, forgotten, new_url(), left),
    }
    monkeypatch.setenv("KSTEP_HOME", str(home.path))
    for line in (["ledger", "verify"], ["ledger", "keys", "list"], ["lists", "status"]):
        run(line)
    logs = tmp_path / "printed.log"
    told = capfd.readouterr()
    logs.write_text(told.out + told.err)
    assert logs.stat().st_size > 100

    databases = [home.database, *(node.home.database for node in restored.values())]
    folders = [home.path, tmp_path / "bundle", before, after, *tmp_path.glob("*.keys"), logs]
    folders += [node.home.path for node in restored.values()]
    looked = [*files_below(*folders), *(path for one in databases for path in data_of(one))]
    assert holding(looked, SHARED, DOCUMENTS, ENCODED) == []
    assert holding([path for path in looked if path.is_file()], re.compile(b"screening.example/hq")), (
        "it was looked there"
    )

    in_use = [path for one in databases for path in data_of(one) if "pg_wal" not in path.parts]
    taken_out = [*in_use, *files_below(home.path, after, before, forgotten)]
    gone = re.compile(b"|".join(map(re.escape, wrapped)))
    assert holding(taken_out, gone) == [], "nor are the secrets, sealed as they were"

    for name, node in {"live": kept, **restored}.items():
        assert node.findings(left) == [], name
        with node.home.database.read() as connection:
            assert len([one for one in node.register.roster(connection) if one.row]) == OTHERS, name
            payloads = json.dumps([one.payload for one in node.home.ledger().opened(connection, 0)])
        assert not SHARED.search(payloads.encode()), name
        node.home.database.close()


def restore(
    folder: Path, backup: Path, keys: Path, url: str | None, left: Checkpoint, newer: tuple[Path, ...] = ()
) -> Kept:
    """A node restored from a backup, into the same kind of database."""
    home = folder / f"restored-{len(list(folder.glob('restored-*')))}"
    recovery = RecoveryKey.read(folder / "recovery.pem")
    restoring = Restoring(Backup.open(backup), SecretsFile(keys), recovery, "a phrase", outside=[left], newer=newer)
    restoring.into(home, url)
    return Kept.open(home)
