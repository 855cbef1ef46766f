"""The files of each edition, kept as they came under `LIST/EDITION/`, and found by their digests, so that any edition can be read
again. They are whole and on the disk before an event tells of them; what no event tells of is nobody's, and does no harm.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from kstep.editions.errors import EditionsError
from kstep.lists.edition import edition_id
from kstep.lists.source import LARGEST_SOURCE, LARGEST_STREAM, check_file
from kstep.model import InputError

FOLDER_KIND = "ofac-sdn"
"""The one kind of list that is a folder."""

_AT_ONCE = 1 << 20
_MEND = "restore it from a backup, or publish the same file again"


class KeptFile(NamedTuple):
    """A file of an edition: its name, how many bytes it has, and their SHA-256."""

    name: str
    bytes: int
    sha256: str


def largest(kind: str) -> int:
    """Bytes that a file of this kind may have."""
    return LARGEST_STREAM if kind == "ftm" else LARGEST_SOURCE


def names_of(kind: str) -> Sequence[str]:
    """The names of the files of a kind that is a folder; the last one may be missing."""
    from kstep.lists.ofac_sdn import COLUMNS

    return tuple(COLUMNS) if kind == FOLDER_KIND else ()


def kept_name(kind: str, path: Path) -> str:
    """The name under which the file of a list that is one file is kept: its reader may go by its ending. Raises `InputError`."""
    from kstep.records.rows import format_of

    return f"list{format_of(path)}" if kind == "table" else "list"


def given_files(kind: str, path: Path) -> dict[str, Path]:
    """The files of a list at a path, by the names under which they are kept. Raises `InputError` if they are not there."""
    try:
        if kind == FOLDER_KIND:
            found = {inner.name.lower(): inner for inner in sorted(path.iterdir())}
            files = {name: found.get(name, path / name) for name in names_of(kind)}
            if not files[names_of(kind)[-1]].exists():
                del files[names_of(kind)[-1]]
        else:
            files = {kept_name(kind, path): path}
        for file in files.values():
            check_file(file, largest=largest(kind))
            file.open("rb").close()
    except FileNotFoundError as error:
        where = str(error.filename or path)
        raise InputError("there is no such file or folder", where=where, mend="check the path") from None
    except OSError as error:
        where = str(error.filename or path)
        raise InputError(f"cannot be read ({error.strerror})", where=where, mend="check what it is") from None
    return files


def digest_of(files: Sequence[KeptFile]) -> str:
    """The digest of an edition's bytes, whatever reads them: of the names and digests of its files."""
    digest = hashlib.sha256(b"kstep-files\n")
    for file in sorted(files):
        digest.update(f"{file.name} {file.bytes} {file.sha256}\n".encode())
    return digest.hexdigest()


class EditionFiles:
    """A folder in which the files of editions are kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def incoming(self, list: str) -> Iterator[Path]:
        """A new folder for files that come in; it is gone at the end, unless they are kept. Raises `EditionsError`."""
        folder = self._folder / list / f".incoming-{secrets.token_hex(8)}"
        try:
            folder.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise _cannot_be_written(folder, error) from None
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def copy(self, source: Path, target: Path, limit: int) -> KeptFile:
        """Copy a file, wait for the disk, and say what was copied. Raises `InputError` and `EditionsError`."""
        try:
            content = source.open("rb")
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", where=str(source), mend="check it") from None
        with content:
            return self.write(iter(lambda: content.read(_AT_ONCE), b""), target, limit, str(source))

    def write(self, parts: Iterator[bytes], target: Path, limit: int, where: str) -> KeptFile:
        """Write bytes that come in parts to a file, wait for the disk, and say what they were. Raises `InputError` for more than
        the `limit`, and `EditionsError` if they cannot be written.
        """
        digest, size = hashlib.sha256(), 0
        try:
            with target.open("wb") as file:
                for part in parts:
                    size += len(part)
                    if size > limit:
                        raise InputError(f"has more than the {limit:,} bytes allowed", where=where,
                                         mend="check that this is the publisher's file")  # fmt: skip
                    digest.update(part)
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _cannot_be_written(target, error) from None
        return KeptFile(target.name, size, digest.hexdigest())

    def keep(self, list: str, edition: str, incoming: Path, files: Sequence[KeptFile]) -> None:
        """Keep the files of an edition that came in, unless they are kept already. Raises `EditionsError`."""
        kept = self._folder / list / edition
        try:
            if self._damage(kept, files):
                if kept.exists():  # by a disk or a hand, or of a copy that was stopped
                    kept.rename(incoming.parent / f".damaged-{secrets.token_hex(8)}")
                _wait_for_disk(incoming)
                incoming.rename(kept)
            for folder in (kept, kept.parent, self._folder):
                _wait_for_disk(folder)
        except OSError as error:
            raise _cannot_be_written(kept, error) from None

    def path(self, list: str, edition: str, kind: str, files: Sequence[KeptFile]) -> Path:
        """Where an edition can be read. Raises `EditionsError` if its files are not what they were."""
        kept = self._folder / list / edition
        if damage := self._damage(kept, files):
            raise EditionsError(f"{kept}: {damage}; {_MEND}")
        return kept if kind == FOLDER_KIND else kept / files[0].name

    def _damage(self, folder: Path, files: Sequence[KeptFile]) -> str:
        for file in files:
            try:
                with (folder / file.name).open("rb") as content:
                    found = hashlib.file_digest(content, "sha256").hexdigest()
            except OSError as error:
                return f"{file.name} cannot be read ({error.strerror})"
            if found != file.sha256:
                return f"{file.name} is not what it was"
        return ""


def id_of(kind: str, folder: Path, files: Sequence[KeptFile]) -> str:
    """The id of the edition that its reader makes of these files, before it has read them."""
    with ExitStack() as opened:
        contents = {}
        for file in files:
            content = opened.enter_context((folder / file.name).open("rb"))
            contents[file.name] = (
                opened.enter_context(mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ)) if file.bytes else b""
            )
        if kind == FOLDER_KIND:
            return edition_id(kind, [(name, contents[name]) for name in names_of(kind) if name in contents])
        ((name, content_of_one),) = contents.items()
        return edition_id(kind, [(name.replace("list", kind) if kind == "table" else "", content_of_one)])


def files_told(told: dict[str, Any]) -> list[KeptFile]:
    """The files that the event of an edition tells of."""
    return [KeptFile(file["name"], file["bytes"], file["sha256"]) for file in told["files"]]


def _wait_for_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_be_written(path: Path, error: OSError) -> EditionsError:
    return EditionsError(f"{path}: cannot be written ({error.strerror}); check its room and permissions")


__all__ = [
    "FOLDER_KIND", "EditionFiles", "KeptFile", "digest_of", "files_told", "given_files", "id_of", "kept_name", "largest",
    "names_of",
]  # fmt: skip
