"""Where indexes are kept: under a hash of everything that makes them, so that a kept one can never be that of other files, of
another reader or another engine.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from kstep.lists.source import LARGEST_STREAM, check_file
from kstep.matching import Index, configuration, load_index, save_index
from kstep.model import InputError
from kstep.model.fingerprints import code_hash
from kstep.model.folders import cache_folder

KEPT_FOR = 30 * 24 * 3600
"""Seconds for which an index is kept that nobody uses, or what a run recorded that nobody continues."""


def digest_of_files(kind: str, files: Sequence[Path]) -> str:
    """A hash of the names and bytes of the files, of what kind they are, and of the code that reads and compares them.

    Raises `OSError` or `InputError` if they cannot be read.
    """
    code = code_hash("kstep.lists", "kstep.records", "kstep.model") + version("pycountry")
    digest = hashlib.sha256(f"{kind} {configuration()} {code}\n".encode())
    for path in files:
        check_file(path, largest=LARGEST_STREAM)
        with path.open("rb") as content:
            digest.update(f"{path.name!r} {hashlib.file_digest(content, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def kept_index(digest: str, kind: str = "index") -> Path:
    """Where the index of files of this digest is kept: of a list, or of another kind, that of a `roster`."""
    return cache_folder() / f"{digest[:40]}.{kind}"


def take_index(digest: str, what: str, say: Callable[[str], None], kind: str = "index") -> Index | None:
    """The index that is kept of files of this digest, kept from now on for another `KEPT_FOR`; None if there is none, or if that
    of `what` cannot be used, of which `say` is told.
    """
    path = kept_index(digest, kind)
    try:
        index = load_index(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (InputError, OSError) as error:
        say(f"the kept index of {what} cannot be used and is built again ({error})")
        return None
    with suppress(OSError):
        os.utime(path)
    return index


def keep_index(index: Index, digest: str, what: str, say: Callable[[str], None], kind: str = "index") -> Index:
    """Keep the index of files of this digest, and give up what nobody used for `KEPT_FOR`. Returns it as it is kept: in pages of a
    file rather than in memory of this process. If that of `what` cannot be kept, `say` is told, and it is returned as it is.
    """
    try:
        save_index(index, kept_index(digest, kind))
        kept = load_index(kept_index(digest, kind))
    except OSError as error:
        say(
            f"the index of {what} cannot be kept in {cache_folder()} ({error.strerror}); it will be built again next time"
        )
        return index
    for old in itertools.chain(*map(cache_folder().glob, ("*.index", "*.roster", "runs/*"))):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > KEPT_FOR:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
    return kept


def changed(path: Path) -> InputError:
    """The error of a file that is not the one of which a kept index would be."""
    return InputError("changed while it was read", where=str(path), mend="try again when it is whole")
