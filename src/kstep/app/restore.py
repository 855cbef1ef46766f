"""Restoring a backup: into a home that is not there yet and a database with nothing in it, which appear when everything agrees.

Whoever was erased since stays erased: the secret does not come back, and the erasure is recorded again. What is computed from
events is computed anew, and has to be what the backup has.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert, inspect, select, text

from kstep.app import schema
from kstep.app.backup_form import (
    AT_ONCE,
    LOG_KEYS,
    SETTINGS,
    Backup,
    BackupError,
    digests_of,
    table_file,
    table_rows,
    tables_kept,
    wait_for_disk,
    wait_for_entry,
)
from kstep.app.backup_keys import Held, RecoveryKey, SecretsFile, open_log_keys, write_new
from kstep.app.home import DATABASE, FOLDERS, HOME_KEY, Home
from kstep.app.later import Later
from kstep.encounters.keeping import FileKeeper
from kstep.encounters.service import Files
from kstep.ledger.service import SYSTEM, By, Ledger
from kstep.ledger.soundness import Soundness
from kstep.ledger.tables import OWN, logs, secrets
from kstep.ledger.vault import Vault
from kstep.ledger.verifier import Checkpoint, Key, Refused
from kstep.model import InputError, one_line
from kstep.register.canaries import take_away
from kstep.register.projection import RegisterProjection, stranger, subject_of
from kstep.register.retention import record_forgotten
from kstep.register.service import Register
from kstep.register.tables import State, differences, people
from kstep.store import Database, metadata
from kstep.store.database import ROLE

RESTORING = By(SYSTEM, "retention")
GROUND = "erased after the backup was made that was restored"
SHOWN = 20
"""Findings that an error names."""


@dataclass(frozen=True)
class Restored:
    """What was restored: events of the log, people erased again, events that a newer log has and this one lacks, checkpoints from
    outside that it agrees with, and whether the log's keys came with it.
    """

    events: int
    erased_again: int
    lacking: int
    from_outside: int
    log_keys: bool


@dataclass
class Restoring:
    """What is restored, and by what it is judged: `keys` and `outside` are keys and checkpoints from outside, `newer` are bundles
    and homes whose logs go on behind the backup's. `permit` raises if who asks may not.
    """

    backup: Backup
    secrets: SecretsFile
    recovery: RecoveryKey
    passphrase: str = ""
    keys: Sequence[Key] = ()
    outside: Sequence[Checkpoint] = ()
    newer: Sequence[Path] = ()
    permit: Callable[[Ledger], None] = lambda ledger: None
    later: Later = field(default_factory=Later)

    def into(self, home: Path, url: str | None = None) -> Restored:
        """Restore into a home and a database that are not there yet. Raises `InputError`, `BackupError`, `StoreError` and
        `OSError`; then there is no home, and nothing in the database.
        """
        self._check(home)
        work = Path(tempfile.mkdtemp(dir=home.parent, prefix=f".{home.name}."))
        made: Database | None = None
        try:
            vault, log_keys = self._lay_out(work / home.name, url)
            found = Database.open(url or f"sqlite:///{(work / home.name).absolute() / DATABASE}")
            _check_empty(found)
            made = found
            schema.upgrade(made)
            restored = self._fill(made, vault, log_keys)
            made.close()
            wait_for_disk(work / home.name)
            (work / home.name).rename(home)
            wait_for_entry(home)
            return restored
        except BaseException:
            if made is not None:
                with suppress(Exception):
                    _empty(made)
            raise
        finally:
            if made is not None:
                made.close()
            with suppress(OSError):
                shutil.rmtree(work)

    def _check(self, home: Path) -> None:
        if home.exists() or home.is_symlink():
            raise InputError("is there already", where=str(home), mend="choose another; nothing is overwritten")
        if not home.parent.is_dir():
            raise InputError("its folder is not there", where=str(home), mend="make it, or mount it")
        about = self.backup.about
        if about["schema"] != schema.newest():
            told = f"has the schema {about['schema']}, and this kstep needs {schema.newest()}"
            raise BackupError(f"{self.backup.path}: {told}; restore it with the kstep that made it")
        if self.secrets.backup != about["id"]:
            raise BackupError(f"{self.secrets.path}: was made with another backup; name the one of this")

    def _lay_out(self, home: Path, url: str | None) -> tuple[Vault, bool]:
        """The files of the home."""
        home.mkdir(mode=0o700)
        for folder in FOLDERS:
            (home / folder).mkdir(mode=0o700)
        for folder in ("editions", "evidence", "checkpoints"):
            for name, path in self.backup.below(folder):
                (home / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copyfile(path, home / name)
        _, home_key = self.secrets.opened(self.recovery)
        write_new(home / HOME_KEY, home_key.hex().encode())
        write_new(home / "keys/recovery.pub", f"{self.recovery.public}\n".encode())
        with_keys = bool(self.passphrase) and LOG_KEYS in self.backup.about["files"]
        if with_keys:
            for name, secret in open_log_keys((self.backup.path / LOG_KEYS).read_bytes(), self.passphrase).items():
                if not re.fullmatch(r"log(-[0-9a-f]+)?\.key", name):
                    raise BackupError(f"{self.backup.path}: {LOG_KEYS} is damaged; use another backup")
                write_new(home / "keys" / name, secret.encode())
        settings = (self.backup.path / SETTINGS).read_text()
        quoted = _quoted(url or "")
        write_new(
            home / "kstep.toml", re.sub(r"(?m)^database = .*$", lambda _: f"database = {quoted}", settings).encode()
        )
        return Vault(home_key), with_keys

    def _fill(self, database: Database, vault: Vault, log_keys: bool) -> Restored:
        home = Home(Path(), {}, database, vault)
        ledger = home.ledger()
        with database.write() as connection:
            for table in tables_kept():
                for rows in table_rows(table, self.backup.path / table_file(table)):
                    connection.execute(insert(table), rows)
        size = self._check_log(ledger)
        self._read_newer(ledger, size)
        self._put_secrets(database, vault)
        again = self._erase_again(ledger)
        _forget_again(ledger)
        agreeing = [found for found in self._outside() if found.size <= size]
        self._judge(ledger, agreeing)
        self.permit(ledger)
        return Restored(size, again, max(0, self.later.size - size), len(agreeing), log_keys)

    def _check_log(self, ledger: Ledger) -> int:
        """How many events there are, which are as many, and have the root, as the backup says."""
        about = self.backup.about
        with ledger.database.read() as connection:
            log = connection.execute(select(logs).where(logs.c.log == OWN)).one_or_none()
            if log is None or (log.origin, log.size) != (about["origin"], about["size"]):
                raise BackupError(f"{self.backup.path}: has another log than it says; use another backup")
            if ledger.root(connection, log.size).hex() != about["root"]:
                raise BackupError(f"{self.backup.path}: its log has another root than it says; use another backup")
            return int(log.size)

    def _outside(self) -> list[Checkpoint]:
        """The checkpoints from outside that are of this node's log."""
        origin = self.backup.about["origin"]
        for found in self.outside:
            if found.origin != origin:
                raise BackupError(f"{found.where}: is of the log {found.origin}, not {origin}; leave it out")
        return list(self.outside)

    def _read_newer(self, ledger: Ledger, size: int) -> None:
        """What newer logs say, and that no checkpoint is of more than they and the backup have."""
        origin, outside = self.backup.about["origin"], self._outside()
        for path in self.newer:
            with ledger.database.read() as connection:
                if (path / "kstep.toml").exists():
                    self.later.read_home(path, ledger.texts(connection), origin, outside)
                else:
                    self.later.read_bundle(path, ledger.texts(connection), origin, self._told(), outside)
        longest = max(outside, key=lambda found: found.size, default=None)
        if longest and longest.size > max(size, self.later.size):
            behind = longest.size - size
            raise BackupError(
                f"{longest.where}: is of {longest.size:,} events, but the backup has {size:,}: use a newer one; or bring the "
                f"newest log with --ledger, so that nobody comes back who was erased in the {behind:,} that are lacking"
            )

    def _told(self) -> Sequence[Key]:
        """The keys told from outside; otherwise those that the backup names itself."""
        try:
            return self.keys or [Key.parse(line) for line in self.backup.about["keys"]]
        except Refused as refused:
            raise BackupError(f"{self.backup.path}: {refused}") from None

    def _put_secrets(self, database: Database, vault: Vault) -> None:
        """Put the secrets there of whom they were not destroyed since, sealed with the home's key."""
        for held in self.secrets:
            if held.sealed is None:
                self.later.destroyed[held.subject] = max(held.generation, self.later.destroyed.get(held.subject, -1))
        key, _ = self.secrets.opened(self.recovery)
        there = {}
        with (self.backup.path / table_file(secrets)).open("rb") as file:
            for line in file:
                subject, generation, destroyed = _secret_line(line, self.backup.path)
                there[subject] = generation, destroyed
        with database.write() as connection:
            gone = [
                {"subject": subject, "generation": generation, "wrapped": b""}
                for subject, (generation, destroyed) in there.items()
                if destroyed or self.later.forbids(subject, generation)
            ]
            for first in range(0, len(gone), AT_ONCE):
                connection.execute(insert(secrets), gone[first : first + AT_ONCE])
            some: list[dict[str, Any]] = []
            for held in self.secrets:
                if there.get(held.subject) == (held.generation, False) and not self._is_gone(held):
                    wrapped = vault.wrapped(held.subject, held.generation, self.secrets.secret(key, held))
                    some.append({"subject": held.subject, "generation": held.generation, "wrapped": wrapped})
                    if len(some) == AT_ONCE:
                        connection.execute(insert(secrets), some)
                        some = []
            if some:
                connection.execute(insert(secrets), some)

    def _is_gone(self, held: Held) -> bool:
        return held.sealed is None or self.later.forbids(held.subject, held.generation)

    def _erase_again(self, ledger: Ledger) -> int:
        """Record the erasures that came after the backup; returns of how many people."""
        register = Register(ledger, RegisterProjection(ledger.vault), FileKeeper(Files(ledger)))
        wanted = set(self.later.erased)
        for subject in self.later.destroyed:
            kind, _, number = subject.partition(":")
            wanted |= {int(number)} if kind == "person" and number.isdigit() else set()
        with ledger.database.read() as connection:
            lines = connection.execute(select(people.c.person, people.c.state, people.c.merged_into)).all()
        there = {line.person: line for line in lines if line.state not in (State.ERASED, State.CANARY)}
        again = sorted(wanted & set(there))
        for other, line in sorted(there.items()):
            if line.state == State.MERGED and ({other, line.merged_into} & set(again)):
                register.unmerge(other, GROUND, RESTORING)
        for person in again:
            register.erase(person, GROUND, RESTORING)
        canaries = [subject_of(line.person) for line in lines if line.state == State.CANARY]
        with ledger.database.read() as connection:
            whole = len(ledger.vault.find(connection, canaries)) == len(canaries)
        if not whole:
            with ledger.unit(RESTORING) as unit:
                take_away(unit)
        return len(again)

    def _judge(self, ledger: Ledger, agreeing: Sequence[Checkpoint]) -> None:
        """Hold the restored database against itself, against checkpoints that left, and against its own events."""
        findings = [str(finding) for finding in Soundness(ledger, self._told(), agreeing).findings()]
        if not findings:
            computed = [table for projection in ledger.projections for table in projection.tables]
            with ledger.database.read() as connection:
                before = digests_of(connection, computed)
            ledger.rebuild()
            with ledger.database.read() as connection:
                after = digests_of(connection, computed)
            findings = [
                f"the table {name} is not what the events give" for name in before if before[name] != after[name]
            ]
        if findings:
            more = f" … and {len(findings) - SHOWN:,} more" if len(findings) > SHOWN else ""
            told = one_line("; ".join(findings[:SHOWN]), 2_000)
            raise BackupError(f"{self.backup.path}: nothing was restored: {told}{more}; use another backup")


def _forget_again(ledger: Ledger) -> None:
    """Record what was forgotten after the backup of whoever is nobody of ours."""
    with ledger.database.read() as connection:
        names = connection.execute(select(differences.c.difference)).scalars().all()
        known = ledger.vault.look(connection, map(stranger, names))
    gone = [name for name in names if stranger(name) in known and not known[stranger(name)].secret]
    if gone:
        with ledger.unit(RESTORING) as unit:
            for name in gone:
                record_forgotten(unit, name, known[stranger(name)].generation)


def _secret_line(line: bytes, where: Path) -> tuple[str, int, bool]:
    try:
        subject, generation, destroyed = json.loads(line)
    except (ValueError, TypeError, RecursionError):
        raise BackupError(f"{where}: the table of secrets is damaged; use another backup") from None
    return str(subject), int(generation), bool(destroyed)


def _quoted(text: str) -> str:
    return json.dumps(text)


def _check_empty(database: Database) -> None:
    """Raise `InputError` if there is something in a database. Raises `StoreError` if it cannot be asked."""
    if database.path is not None and not database.path.exists():
        return
    with database.read() as connection:
        found = inspect(connection).get_table_names()
    if found:
        mend = "name a database with nothing in it"
        raise InputError(f"has tables already ({one_line(found[0], 40)})", where=str(database), mend=mend)


def _empty(database: Database) -> None:
    """Take everything away that a restore put into a database in which there was nothing."""
    database.close()
    if database.path is not None:
        for path in database.path.parent.glob(f"{database.path.name}*"):
            if path.name.removeprefix(database.path.name) in ("", "-wal", "-shm"):
                path.unlink()
        return
    with database.write() as connection:
        connection.execute(text("RESET ROLE"))
        there = inspect(connection).get_table_names()
        for table in reversed(metadata.sorted_tables):
            if table.name in there:
                connection.execute(text(f"DROP TABLE {table.name} CASCADE"))
                connection.execute(text(f"DROP FUNCTION IF EXISTS {table.name}_refuse()"))
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        connection.execute(text(f"REVOKE ALL ON SCHEMA public FROM {ROLE}"))


__all__ = ["GROUND", "RESTORING", "Restored", "Restoring"]
