"""A backup has everything and no live key; a restored node is the one that was backed up; who was erased stays erased."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from databases import new_postgresql
from kept_homes import ANN, Kept, a_home
from kstep.app.backup import back_up, destroyed_in, keys_beside, make_recovery_key
from kstep.app.backup_form import Backup, BackupError
from kstep.app.backup_keys import RecoveryKey, SecretsFile, forget
from kstep.app.home import Home
from kstep.app.restore import Restored, Restoring
from kstep.ledger.export import export
from kstep.ledger.tables import secrets
from kstep.ledger.verifier import Checkpoint
from kstep.model import InputError, KstepError
from kstep.model.events import PersonErased
from kstep.register.projection import subject_of
from kstep.register.service import RegisterError
from kstep.store import Database, StoreError, metadata
from live_logs import as_owner
from nodes import people_file, person


class Place:
    """A home on one database, its recovery key, and where it is backed up and restored."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.folder = folder
        self.kept = a_home(folder / "home", url)
        make_recovery_key(self.kept.home, folder / "recovery.pem", "")
        self.out = folder / "out"

    def back_up(self, passphrase: str = "a phrase") -> None:
        back_up(self.kept.home, self.out, keys_beside(self.out), passphrase)

    def restoring(self, *outside: Checkpoint, passphrase: str = "a phrase") -> Restoring:
        recovery = RecoveryKey.read(self.folder / "recovery.pem")
        found = Backup.open(self.out), SecretsFile(keys_beside(self.out))
        return Restoring(*found, recovery, passphrase, outside=outside)

    def restore(self, url: str | None, *outside: Checkpoint, newer: tuple[Path, ...] = ()) -> tuple[Kept, Restored]:
        done = replace(self.restoring(*outside), newer=newer).into(self.folder / "new", url)
        return Kept.open(self.folder / "new"), done


@pytest.fixture
def place(tmp_path: Path, empty_url: str, opened_homes: None) -> Place:
    return Place(tmp_path, None if empty_url.startswith("sqlite") else empty_url)


@pytest.fixture
def opened_homes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets go at the end of every database that was opened."""
    opened, first = [], Database.open

    def remember(url: str) -> Database:
        opened.append(first(url))
        return opened[-1]

    monkeypatch.setattr(Database, "open", remember)
    yield
    for database in opened:
        database.close()


@pytest.fixture(params=["into sqlite", "into postgresql"])
def new_url(request: pytest.FixtureRequest) -> str | None:
    """Where something is restored into: a file in the home, or an empty database."""
    return None if request.param == "into sqlite" else new_postgresql(request.getfixturevalue("postgresql"))


def test_restored_node_is_the_one_that_was_backed_up(place: Place, new_url: str | None) -> None:
    """From either database into either."""
    left = place.kept.checkpoint()
    before = place.kept.dump()
    place.back_up()
    kept, done = place.restore(new_url, left)
    assert (done.erased_again, done.lacking, done.from_outside, done.log_keys) == (0, 0, 1, True)
    assert kept.dump() == before
    assert kept.findings(left) == []
    assert [key.key for key in kept.home.signing_keys] == [key.key for key in place.kept.home.signing_keys]
    with kept.home.database.read() as connection, place.kept.home.database.read() as other:
        names = [
            [record.identity.names[0].full for one in node.register.roster(at) for record in one.records]
            for node, at in ((kept, connection), (place.kept, other))
        ]
    assert names[0] == names[1] and len(names[0]) == 11
    kept.rescreen()
    kept.import_people(people_file(place.folder / "more.csv", [person(number) for number in range(40, 44)]))
    assert kept.findings(left, kept.checkpoint()) == []
    assert len(set(map(str, kept.dump()["register_people"]))) == 16, "nobody gets a number that was given before"


def test_backup_holds_no_live_key_and_no_plain_text(place: Place) -> None:
    place.back_up()
    home = place.kept.home
    with home.database.read() as connection:
        subjects = connection.execute(select(secrets.c.subject)).scalars().all()
        live = [secret.secret for secret in home.vault.find(connection, subjects).values()]
        wrapped = connection.execute(select(secrets.c.wrapped).where(secrets.c.wrapped != b"")).scalars().all()
    keys = [home.vault.key, home.signing_key.secret, *live, *wrapped]
    files = [path for path in place.out.rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in [*files, keys_beside(place.out)])
    import base64

    for key in keys:
        for form in (key, key.hex().encode(), base64.b64encode(key)):
            assert form not in held
    assert b"Qasrawan" in b"".join(path.read_bytes() for path in files if "editions" in path.parts), "lists are public"
    assert b"Castellanos" not in held
    assert not any(path.suffix == ".roster" for path in files)
    assert list((home.path / "indexes").glob("*.roster"))
    assert {path.stat().st_mode & 0o077 for path in (place.out, keys_beside(place.out))} == {0}


def test_every_table_is_in_a_backup(place: Place) -> None:
    place.back_up()
    named = {Path(name).stem for name in Backup.open(place.out).about["files"] if name.startswith("tables/")}
    assert named == set(metadata.tables)


def erased_after(place: Place) -> tuple[int, bytes]:
    """Somebody is erased after the backup: the number, and the secret as the database had it."""
    number = place.kept.number_of(5)
    with place.kept.home.database.read() as connection:
        secret = place.kept.home.vault.find(connection, [subject_of(number)])[subject_of(number)].secret
    place.kept.register.erase(number, "retention", ANN)
    return number, secret


def newer_home(place: Place) -> tuple[Path, ...]:
    return (place.kept.home.path,)


def newer_bundle(place: Place) -> tuple[Path, ...]:
    place.kept.checkpoint()
    export(place.kept.home.ledger(), place.folder / "bundle", lambda _: False)
    return (place.folder / "bundle",)


def forgotten(place: Place) -> tuple[Path, ...]:
    with place.kept.home.database.read() as connection:
        assert forget([keys_beside(place.out)], destroyed_in(connection)) == 1
    return ()


@pytest.mark.parametrize("known", [newer_home, newer_bundle, forgotten])
def test_who_was_erased_after_the_backup_stays_erased(place: Place, known: Callable[[Place], tuple[Path, ...]]) -> None:
    place.back_up()
    number, _ = erased_after(place)
    kept, done = place.restore(None, newer=known(place))
    assert done.erased_again == 1
    with kept.home.database.read() as connection:
        found = connection.execute(
            select(secrets.c.wrapped).where(secrets.c.subject == subject_of(number))
        ).scalar_one()
        assert found == b""
        told = [event.fact for event in kept.home.ledger().read(connection, types=[PersonErased])]
    assert [fact.person for fact in told if isinstance(fact, PersonErased)][-1] == number
    with pytest.raises(RegisterError):
        kept.number_of(5)
    assert kept.findings() == []
    live = kept.dump()
    kept.home.ledger().rebuild()
    assert kept.dump() == live
    assert kept.register.balance(0, 1 << 60).holds


def test_without_newer_word_they_would_come_back(place: Place) -> None:
    """What the test above is worth: the same restore that is told nothing brings the person back."""
    place.back_up()
    erased_after(place)
    kept, done = place.restore(None)
    assert done.erased_again == 0
    assert kept.number_of(5)


def test_who_was_merged_at_the_backup_and_erased_later_stays_erased(place: Place) -> None:
    kept_one, other = place.kept.number_of(6), place.kept.number_of(7)
    place.kept.register.merge(kept_one, other, "one photograph", ANN)
    place.back_up()
    place.kept.register.unmerge(other, "two", ANN)
    place.kept.register.erase(other, "retention", ANN)
    kept, done = place.restore(None, newer=newer_home(place))
    assert done.erased_again == 1
    assert kept.findings() == []
    assert kept.number_of(6) == kept_one


def test_backup_older_than_a_checkpoint_is_refused_until_a_newer_log_is_shown(place: Place) -> None:
    place.back_up()
    place.kept.import_people(people_file(place.folder / "more.csv", [person(90)]))
    left = place.kept.checkpoint()
    with pytest.raises(BackupError, match=r"but the backup has .* bring the newest log with --ledger"):
        place.restore(None, left)
    assert not (place.folder / "new").exists()
    kept, done = place.restore(None, left, newer=newer_home(place))
    assert done.lacking == 2
    assert kept.findings() == []


def test_newer_log_of_another_history_is_refused(place: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    place.back_up()
    other = a_home(tmp_path_factory.mktemp("other") / "home")
    with pytest.raises(BackupError, match="from event 0 on it tells another history than the backup"):
        place.restore(None, newer=(other.home.path,))
    export(other.home.ledger(), place.folder / "bundle", lambda _: False)
    with pytest.raises(BackupError, match=r"bundle: .*not signed"):
        place.restore(None, newer=(place.folder / "bundle",))


def change_cell(path: Path, column: int, value: Any) -> None:
    """Change a row of a table, and have the manifest agree."""
    import hashlib

    lines = path.read_bytes().splitlines(keepends=True)
    row = json.loads(lines[0])
    row[column] = value
    path.write_bytes(json.dumps(row).encode() + b"\n" + b"".join(lines[1:]))
    about_path = path.parents[1] / "backup.json"
    about = json.loads(about_path.read_text())
    about["files"][f"tables/{path.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    about_path.write_text(json.dumps(about))


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("register_people", 3, "elsewhere", "the table register_people is not what the events give"),
        ("screening_matches", 3, 1, "the table screening_matches is not what the events give"),
        ("ledger_events", 5, "eyJ9", "event 0"),
        ("ledger_rows", 4, "AAAA", "was changed, or sealed with another key"),
        ("ledger_logs", 2, 4, "has another log than it says"),
        ("register_people", 2, "a text", "is no row of register_people"),
    ],
)
def test_changed_backup_is_refused(place: Place, table: str, column: int, value: Any, said: str) -> None:
    place.back_up()
    change_cell(place.out / f"tables/{table}.jsonl", column, value)
    with pytest.raises(KstepError, match=said):
        place.restore(None)
    assert sorted(path.name for path in place.folder.iterdir() if "new" in path.name) == []


@pytest.mark.parametrize("name", ["tables/register_people.jsonl", "files/kstep.toml", "backup.json", "log-keys.json"])
def test_damaged_or_missing_file_is_told(place: Place, name: str) -> None:
    place.back_up()
    whole = (place.out / name).read_bytes()
    for damaged in (whole[:-7], b"\xff" + whole, b"[]", b""):
        (place.out / name).write_bytes(damaged)
        with pytest.raises(BackupError, match="use another"):
            place.restoring()
    (place.out / name).unlink()
    with pytest.raises(BackupError, match="cannot be read"):
        place.restoring()


def test_name_that_leads_out_of_the_folder_is_refused(place: Place) -> None:
    place.back_up()
    about = json.loads((place.out / "backup.json").read_text())
    for name in ("files/../../x", "/etc/passwd", "other/x", ""):
        (place.out / "backup.json").write_text(json.dumps(about | {"files": about["files"] | {name: "0"}}))
        with pytest.raises(BackupError, match="names a file that is none of a backup's"):
            place.restoring()


def test_secrets_open_with_their_recovery_key_alone(place: Place) -> None:
    place.back_up()
    other = RecoveryKey.generate()
    with pytest.raises(BackupError, match="sealed for another recovery key"):
        replace(place.restoring(), recovery=other).into(place.folder / "new")
    with pytest.raises(BackupError, match="behind another passphrase"):
        place.restoring(passphrase="another").into(place.folder / "new")
    RecoveryKey.generate().write(place.folder / "locked.pem", "tulip")
    with pytest.raises(InputError, match="has another password"):
        RecoveryKey.read(place.folder / "locked.pem", "rose")
    keys = keys_beside(place.out)
    shutil.copy(keys, place.folder / "first.keys")
    shutil.rmtree(place.out)
    keys.unlink()
    place.back_up()
    with pytest.raises(BackupError, match="was made with another backup"):
        replace(place.restoring(), secrets=SecretsFile(place.folder / "first.keys")).into(place.folder / "new")
    assert not (place.folder / "new").exists()


def test_nothing_is_overwritten(place: Place) -> None:
    place.back_up()
    with pytest.raises(InputError, match="is there already"):
        place.back_up()
    shutil.rmtree(place.out)
    with pytest.raises(InputError, match=r"out\.keys: is there already"):
        place.back_up()
    keys_beside(place.out).unlink()
    place.back_up()
    (place.folder / "new").mkdir()
    with pytest.raises(InputError, match="is there already"):
        place.restore(None)
    (place.folder / "new").rmdir()
    with pytest.raises(InputError, match="is there already"):
        make_recovery_key(place.kept.home, place.folder / "second.pem", "")
    url = place.kept.home.database.url.render_as_string(hide_password=False)
    before = place.kept.dump()
    with pytest.raises(InputError, match="has tables already"):
        place.restore(url)
    assert place.kept.dump() == before


def test_refused_restore_leaves_an_empty_database(place: Place, new_url: str | None) -> None:
    place.back_up()
    url = new_url or f"sqlite:///{place.folder / 'other.db'}"
    change_cell(place.out / "tables/register_people.jsonl", 3, "elsewhere")
    with pytest.raises(BackupError):
        place.restore(url)
    assert not (place.folder / "other.db").exists()
    shutil.rmtree(place.out)
    keys_beside(place.out).unlink()
    place.back_up()
    kept, _ = place.restore(url)
    assert kept.dump() == place.kept.dump()


def test_what_is_backed_up_is_of_one_moment(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes while the tables are read: nothing of that is in the backup."""
    from kstep.app import backup
    from kstep.app.backup_form import table_lines as lines

    before = place.kept.dump()

    def meanwhile(connection: Any, table: Any) -> Any:
        if table.name == "ledger_payloads":
            place.kept.import_people(
                people_file(place.folder / "more.csv", [person(number) for number in range(60, 70)])
            )
        return lines(connection, table)

    monkeypatch.setattr(backup, "table_lines", meanwhile)
    place.back_up()
    kept, _ = place.restore(None)
    assert kept.dump() == before != place.kept.dump()


def test_stopped_import_goes_on_in_the_restored_node(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from kstep.register import importing

    monkeypatch.setattr(importing, "AT_ONCE", 5)
    file = people_file(place.folder / "more.csv", [person(number) for number in range(50, 70)])
    seen: list[int] = []

    def stop(rows: int) -> None:
        seen.append(rows)
        if len(seen) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        place.kept.register.import_people(file, ANN, stop)
    place.back_up()
    kept, _ = place.restore(None)
    assert kept.register.import_people(file, ANN, seen.append).new == 20
    assert seen[3] == 10, "what was read before is not read again"
    assert kept.findings() == []


def test_password_of_the_database_is_not_in_the_settings(place: Place) -> None:
    settings = place.kept.home.path / "kstep.toml"
    settings.write_text('origin = "screening.example/hq"\ndatabase = "postgresql://u:s3cret@h/d"\n[checkpoints]\n')
    place.back_up()
    assert "s3cret" not in (place.out / "files/kstep.toml").read_text()
    place.restore(None)
    assert "[checkpoints]" in (place.folder / "new/kstep.toml").read_text()


def test_forgetting_leaves_the_others(place: Place) -> None:
    place.back_up()
    before = {held.subject: held.sealed for held in SecretsFile(keys_beside(place.out))}
    number, _ = erased_after(place)
    forgotten(place)
    after = {held.subject: held.sealed for held in SecretsFile(keys_beside(place.out))}
    assert {subject for subject in before if before[subject] != after[subject]} == {subject_of(number)}
    assert after[subject_of(number)] is None
    sealed = before[subject_of(number)]
    assert sealed is not None
    import base64

    assert base64.b64encode(sealed) not in keys_beside(place.out).read_bytes()


def test_home_of_a_restore_is_opened_as_any(place: Place) -> None:
    place.back_up("")
    kept, done = place.restore(None)
    assert not done.log_keys
    assert Home.open(kept.home.path).origin == place.kept.home.origin
    with kept.home.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(secrets)).scalar_one() > 12


def test_backup_of_a_database_that_is_gone_is_told(place: Place) -> None:
    with as_owner(place.kept.home.database) as connection:
        connection.execute(text("ALTER TABLE register_people RENAME TO gone"))
    with pytest.raises(StoreError, match=r"no such table|does not exist"):
        place.back_up()
    assert not list(place.folder.glob("*out*")) and not list(place.folder.glob(".*"))
