"""Where indexes are kept: under a hash of everything that makes them, so that a kept one can never be that of other files, of
another reader or another engine.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import time
from collections.abc import Sequence
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


def take_index(digest: str, kind: str = "index") -> Index:
    """The index that is kept of files of this digest, kept from now on for another `KEPT_FOR`.

    Raises `FileNotFoundError` if there is none, and what `load_index` raises.
    """
    path = kept_index(digest, kind)
    index = load_index(path)
    with suppress(OSError):
        os.utime(path)
    return index


def keep_index(index: Index, digest: str, kind: str = "index") -> Index:
    """Keep the index of files of this digest, and give up what nobody used for `KEPT_FOR`. Returns it as it is kept: in pages of a
    file rather than in memory of this process.

    Raises `OSError` if it cannot be kept.
    """
    save_index(index, kept_index(digest, kind))
    for old in itertools.chain(*map(cache_folder().glob, ("*.index", "*.roster", "runs/*"))):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > KEPT_FOR:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
    return take_index(digest, kind)


def changed(path: Path) -> InputError:
    """The error of a file that is not the one of which a kept index would be."""
    return InputError("changed while it was read", where=str(path), mend="try again when it is whole")
