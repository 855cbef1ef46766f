"""The form of a backup, the same whichever database it came from: a folder with `backup.json`, which names all else with its
digest, every table as lines of JSON, and files as they lay in the home. Secrets of subjects are not in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, LargeBinary, Table, select

from kstep.ledger.tables import secrets
from kstep.model import KstepError
from kstep.store import metadata

FORMAT = "kstep backup 1"
MANIFEST, SETTINGS, LOG_KEYS = "backup.json", "files/kstep.toml", "log-keys.json"
AT_ONCE = 5_000
"""Lines read or written together."""


class BackupError(KstepError):
    """A backup cannot be made, or is not what it should be."""


def tables_kept() -> Sequence[Table]:
    """The tables that a backup has as they are, in an order in which they can be filled: all but that of secrets."""
    return [table for table in metadata.sorted_tables if table is not secrets]


def table_lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of a table by its primary key, each as a JSON array of its columns; bytes are base64."""
    asked = select(table).order_by(*table.primary_key.columns)
    binary = [isinstance(column.type, LargeBinary) for column in table.columns]
    for row in connection.execute(asked, execution_options={"yield_per": AT_ONCE}):
        cells = [
            base64.b64encode(cell).decode() if is_bytes and cell is not None else cell
            for cell, is_bytes in zip(row, binary, strict=True)
        ]
        yield json.dumps(cells, separators=(",", ":")).encode() + b"\n"


def table_rows(table: Table, path: Path) -> Iterator[list[dict[str, Any]]]:
    """The rows of a table's file, some thousands at a time. Raises `BackupError` at a line that is no row of it."""
    columns = list(table.columns)
    some: list[dict[str, Any]] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                cells = json.loads(line)
                if not isinstance(cells, list) or len(cells) != len(columns):
                    raise ValueError
                some.append({column.name: _cell(column, cell) for column, cell in zip(columns, cells, strict=True)})
            except (ValueError, RecursionError):
                raise BackupError(f"{path}:{number}: is no row of {table.name}; use another backup") from None
            if len(some) == AT_ONCE:
                yield some
                some = []
    if some:
        yield some


def _cell(column: Column[Any], cell: Any) -> Any:
    if cell is None and column.nullable:
        return None
    if isinstance(column.type, LargeBinary) and isinstance(cell, str):
        return base64.b64decode(cell, validate=True)
    kind = bool if isinstance(column.type, Boolean) else int if isinstance(column.type, Integer) else str
    if type(cell) is not kind:
        raise ValueError
    return cell


def digests_of(connection: Connection, tables: Sequence[Table]) -> dict[str, str]:
    """The SHA-256 of the rows of each of these tables, as a backup has them."""
    found = {}
    for table in tables:
        digest = hashlib.sha256()
        for line in table_lines(connection, table):
            digest.update(line)
        found[table.name] = digest.hexdigest()
    return found


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Backup:
    """A backup that was made: its folder, and what its manifest says."""

    path: Path
    about: Mapping[str, Any]

    @classmethod
    def open(cls, path: Path) -> Backup:
        """The backup in a folder, once every file was held against its digest. Raises `BackupError`."""
        try:
            about = json.loads((path / MANIFEST).read_bytes())
            if not isinstance(about, dict) or about.get("format") != FORMAT:
                raise BackupError(f"{path}: is no backup of this format ({FORMAT}); use another")
            texts = [about[name] for name in ("id", "schema", "origin", "root")]
            keys, size = about["keys"], about["size"]
            of_right_kind = all(type(text) is str for text in (*texts, *keys)) and type(size) is int
            if not of_right_kind or not isinstance(about["files"], dict):
                raise BackupError(f"{path}: {MANIFEST} is damaged; use another backup")
            for name, digest in about["files"].items():
                _check_name(path, name)
                if digest_of(path / name) != digest:
                    raise BackupError(f"{path / name}: is not what it was when the backup was made; use another backup")
            missing = [table.name for table in tables_kept() if table_file(table) not in about["files"]]
            if missing or table_file(secrets) not in about["files"] or SETTINGS not in about["files"]:
                raise BackupError(f"{path}: {MANIFEST} does not name every table; use another backup")
        except OSError as error:
            where = error.filename or path
            raise BackupError(f"{where}: cannot be read ({error.strerror}); name the folder of a backup") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BackupError(f"{path}: {MANIFEST} is damaged; use another backup") from None
        return cls(path, about)

    def below(self, folder: str) -> Iterator[tuple[str, Path]]:
        """The files that lay in the home below a folder: where, and where they are now."""
        for name in self.about["files"]:
            if name.startswith(f"files/{folder}/"):
                yield name.removeprefix("files/"), self.path / name


def _check_name(path: Path, name: Any) -> None:
    parts = PurePosixPath(str(name)).parts
    inside = parts and not str(name).startswith("/") and ".." not in parts and "\0" not in str(name)
    if not inside or parts[0] not in ("tables", "files", LOG_KEYS):
        raise BackupError(f"{path}: {MANIFEST} names a file that is none of a backup's; use another backup")


def table_file(table: Table) -> str:
    """Where a backup has a table."""
    return f"tables/{table.name}.jsonl"


def wait_for_disk(folder: Path) -> None:
    """Wait until everything in a folder, and the folder, is on the disk. Raises `OSError`."""
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def wait_for_entry(path: Path) -> None:
    """Wait until that this file or folder is there is on the disk. Raises `OSError`."""
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


__all__ = [
    "AT_ONCE", "FORMAT", "LOG_KEYS", "MANIFEST", "SETTINGS", "Backup", "BackupError", "digest_of", "digests_of", "table_file",
    "table_lines", "table_rows", "tables_kept", "wait_for_disk", "wait_for_entry",
]  # fmt: skip
