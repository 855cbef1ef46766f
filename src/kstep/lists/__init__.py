"""Publishers' files to editions: one reader a kind, all with the same account of what was read and what was left
out.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import cast

from kstep.lists.edition import Edition, LeftOut
from kstep.model import InputError

READERS = {
    "ofac-sdn": "kstep.lists.ofac_sdn",
    "ofac-xml": "kstep.lists.ofac_xml",
    "un": "kstep.lists.un",
    "eu": "kstep.lists.eu",
    "uk": "kstep.lists.uk",
    "ftm": "kstep.lists.ftm",
    "table": "kstep.lists.table",
}
"""Each kind of list and the module that reads it; every module has `read(path) -> Edition`."""

__all__ = ["READERS", "Edition", "LeftOut", "read_list"]


def read_list(kind: str, path: Path) -> Edition:
    """Read the list of `kind` at `path`. Raises `InputError` if it cannot be read to its end."""
    module = READERS.get(kind)
    if module is None:
        raise InputError(
            f"{kind!r} is not a kind of list", where=f"{kind}={path}", mend=f"write one of {', '.join(READERS)}"
        )
    return cast(Edition, importlib.import_module(module).read(path))
