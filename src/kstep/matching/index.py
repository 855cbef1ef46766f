"""The list side, ready to be matched against: columns, keys and places of a list's entries, and how they lie on
disk.

An index belongs to one edition and one engine configuration; a file of another is refused. It is written whole or not
at all, and read without running anything that it contains.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kstep.matching.arrays import Ints, Ragged, plain
from kstep.matching.ceilings import ceilings_of
from kstep.matching.columns import Columns, columns_of_identities
from kstep.matching.kernels.fields import FieldArrays
from kstep.matching.kernels.find import Walk
from kstep.matching.kernels.names import NameArrays
from kstep.matching.kernels.scripts import NativeArrays
from kstep.matching.kernels.token_keys import TokenArrays, TokenKeys
from kstep.matching.places import walk_of
from kstep.matching.vocabulary import token_keys
from kstep.matching.weights import configuration, shipped_weights
from kstep.model import Document, DocumentType, Entry, InputError, PartialDate
from kstep.model.codec import entry_from_json, entry_to_json

FORMAT = "kstep index 5"
DIGEST = 32
"""Bytes of the hash (SHA-256) of all that follows, at the beginning of the file."""


@dataclass(frozen=True, slots=True)
class Index:
    """Everything about a list's entries that matching needs.

    `edition` is the id of the list's edition, `about` what else its reader said (JSON values, kept and not read here),
    `ceilings` what a perfect copy of each entry would earn in millibits.
    """

    edition: str
    about: Mapping[str, Any]
    columns: Columns
    keys: TokenKeys
    walk: Walk
    ceilings: Ints
    entries: Sequence[Entry]


def build_index(edition: str, entries: Sequence[Entry], about: Mapping[str, Any] | None = None) -> Index:
    """The index of a list's entries."""
    side = columns_of_identities([entry.identity for entry in entries])
    most = ceilings_of(side, shipped_weights())
    walk = walk_of(side.names, side.fields, side.words, len(side.token_texts), len(side.dates), len(side.documents))
    return Index(edition, about or {}, side, token_keys(side.tokens), walk, most, entries)


def save_index(index: Index, path: Path) -> None:
    """Write the index to `path`, whole or not at all."""
    side = index.columns
    arrays = plain({"names": side.names, "fields": side.fields, "tokens": side.tokens,
                    "natives": side.natives, "keys": index.keys,
                    "walk": index.walk})  # fmt: skip
    texts = {
        "token_texts": list(side.token_texts),
        "dates": [[date.earliest.isoformat(), date.latest.isoformat(), date.circa] for date in side.dates],
        "documents": [[document.type.value, document.number, document.issuer] for document in side.documents],
    }
    lines = [json.dumps(entry_to_json(entry), ensure_ascii=False).encode() for entry in index.entries]
    arrays["entry_start"] = np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.int64)
    arrays["entry_bytes"] = np.frombuffer(b"".join(lines), np.uint8)
    arrays["texts"] = np.frombuffer(json.dumps(texts, ensure_ascii=False).encode(), np.uint8)
    header = {"format": FORMAT, "configuration": configuration(), "edition": index.edition, "about": index.about}
    arrays["header"] = np.frombuffer(json.dumps(header, ensure_ascii=False).encode(), np.uint8)
    arrays["ceilings"] = index.ceilings
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".index-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(hashlib.sha256(content.getbuffer()).digest())
            out.write(content.getbuffer())
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class _StoredEntries(Sequence[Entry]):
    """Entries that are decoded when asked for."""

    def __init__(self, start: Ints, content: NDArray[np.uint8]) -> None:
        self._start, self._content = start, content

    def __len__(self) -> int:
        return len(self._start) - 1

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[place] for place in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        return entry_from_json(json.loads(self._content[self._start[number] : self._start[number + 1]].tobytes()))


def load_index(path: Path) -> Index:
    """Read an index from `path`.

    Raises `InputError` if the file is damaged or belongs to another engine configuration, `FileNotFoundError` if
    there is none.
    """
    try:
        with np.load(_undamaged(path), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        header = json.loads(arrays["header"].tobytes())
        if (header["format"], header["configuration"]) != (FORMAT, configuration()):
            raise InputError("is the index of another engine", where=str(path), mend="delete it")
        return _index(header, arrays)
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile, TypeError) as error:
        raise InputError(f"is damaged ({type(error).__name__})", where=str(path), mend="delete it") from None


def _undamaged(path: Path) -> io.BytesIO:
    """What was written behind the hash that stands first. The archive's own checks leave out its directory and more."""
    with path.open("rb") as stored:
        digest, content = stored.read(DIGEST), stored.read()
    if hashlib.sha256(content).digest() != digest:
        raise ValueError("another hash")
    return io.BytesIO(content)


def _index(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Index:
    texts = json.loads(arrays["texts"].tobytes())
    side = Columns(
        names=_tuple(NameArrays, "names", arrays),
        fields=_tuple(FieldArrays, "fields", arrays),
        tokens=_tuple(TokenArrays, "tokens", arrays),
        natives=_tuple(NativeArrays, "natives", arrays),
        token_texts=tuple(texts["token_texts"]),
        dates=tuple(PartialDate.from_iso(*date) for date in texts["dates"]),
        documents=tuple(Document(DocumentType(kind), number, issuer) for kind, number, issuer in texts["documents"]),
    )
    entries = _StoredEntries(arrays["entry_start"], arrays["entry_bytes"])
    keys, walk = _tuple(TokenKeys, "keys", arrays), _tuple(Walk, "walk", arrays)
    return Index(header["edition"], header["about"], side, keys, walk, arrays["ceilings"], entries)


Arrays = TypeVar("Arrays", bound=tuple[Any, ...])


def _tuple(kind: type[Arrays], prefix: str, arrays: dict[str, NDArray[Any]]) -> Arrays:
    """The named tuple of arrays that `plain` took apart; its fields are arrays or `Ragged` rows."""
    values: dict[str, Any] = {}
    for field in kind.__annotations__:
        name = f"{prefix}.{field}"
        values[field] = arrays[name] if name in arrays else Ragged(arrays[f"{name}.start"], arrays[f"{name}.values"])
    return kind(**values)
