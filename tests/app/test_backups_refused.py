"""What is damaged, changed or in the way is told before anything is written; what was under way goes on."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from backed_up import Place
from kept_homes import ANN
from kstep.app.backup import keys_beside, make_recovery_key
from kstep.app.backup_form import BackupError
from kstep.app.backup_keys import RecoveryKey, SecretsFile
from kstep.app.home import Home
from kstep.ledger.tables import secrets
from kstep.model import InputError, KstepError
from kstep.store import StoreError
from live_logs import as_owner
from nodes import people_file, person


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
