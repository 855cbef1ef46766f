"""Taking a list in: from a path, or from its address; copied to where it is kept before anything is read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from kstep.editions.authenticity import BESIDE, LARGEST_PROOF, proof_beside, unproven
from kstep.editions.errors import EditionsError, NotFetched
from kstep.editions.fetching import Fetcher
from kstep.editions.files import (
    FOLDER_KIND,
    EditionFiles,
    KeptFile,
    files_told,
    given_files,
    kept_name,
    largest,
    names_of,
)
from kstep.editions.records import EditionKept
from kstep.editions.source import ListSource


@dataclass(frozen=True, slots=True)
class Arrived:
    """A list that came in: its kind, the folder where it lies, its files, what servers called them, and what is not proven of
    it.
    """

    kind: str
    folder: Path
    files: tuple[KeptFile, ...]
    etags: Mapping[str, str]
    unproven: tuple[str, ...]

    @property
    def path(self) -> Path:
        """Where its reader finds it."""
        return self.folder if self.kind == FOLDER_KIND else self.folder / self.files[0].name


def copied(source: ListSource, kind: str, path: Path, folder: Path, kept: EditionFiles) -> Arrived:
    """Take in what somebody has at a path. Raises `InputError` and `EditionsError`."""
    given = given_files(kind, path)
    files = tuple(kept.copy(file, folder / name, largest(kind)) for name, file in given.items())
    proofs = {}
    if source.authenticity in BESIDE:
        found = {name: proof_beside(source, file) for name, file in given.items()}
        proofs = {name: proof for name, proof in found.items() if proof is not None}
    return Arrived(kind, folder, files, {}, tuple(unproven(source, folder, files, proofs, over_tls=False)))


def fetched(
    source: ListSource, folder: Path, kept: EditionFiles, fetcher: Fetcher, current: EditionKept | None
) -> Arrived:
    """Take in what is at a list's address. Raises `NotFetched`, `InputError` and `EditionsError`."""
    if not source.address:
        raise EditionsError(f"the list {source.list}: has no address; publish a file of it, or register one")
    if source.kind == FOLDER_KIND:
        addresses = {name: source.address + name for name in names_of(source.kind)}
    else:
        addresses = {kept_name(source.kind, Path(urlsplit(source.address).path)): source.address}
    optional = names_of(source.kind)[-1:]
    before = current if current is not None and current.told["kind"] == source.kind else None
    files: list[KeptFile] = []
    etags: dict[str, str] = {}
    proofs: dict[str, bytes] = {}
    for name, address in addresses.items():
        try:
            file, etag = _fetched(source, name, address, folder, kept, fetcher, before)
        except NotFetched as error:
            if error.missing and name in optional:
                continue
            raise
        files.append(file)
        etags |= {name: etag} if etag else {}
        if source.authenticity in BESIDE and (proof := _proof(source, address, fetcher)) is not None:
            proofs[name] = proof
    over_tls = source.address.startswith("https://")
    return Arrived(
        source.kind, folder, tuple(files), etags, tuple(unproven(source, folder, files, proofs, over_tls=over_tls))
    )


def _fetched(
    source: ListSource,
    name: str,
    address: str,
    folder: Path,
    kept: EditionFiles,
    fetcher: Fetcher,
    before: EditionKept | None,
) -> tuple[KeptFile, str]:
    etag = "" if before is None else before.told["etags"].get(name, "")
    answer = fetcher.fetch(address, etag)
    if answer.parts is not None:
        return kept.write(answer.parts, folder / name, largest(source.kind), address), answer.etag
    assert before is not None
    at = kept.path(source.list, before.edition, source.kind, files_told(before.told))
    return kept.copy(at / name if at.is_dir() else at, folder / name, largest(source.kind)), answer.etag


def _proof(source: ListSource, address: str, fetcher: Fetcher) -> bytes | None:
    parts = urlsplit(address)
    beside = urlunsplit(parts._replace(path=parts.path + BESIDE[source.authenticity]))
    try:
        answer, found = fetcher.fetch(beside), b""
        for part in answer.parts or ():
            found += part
            if len(found) > LARGEST_PROOF:
                return None
    except NotFetched as error:
        if error.missing:
            return None
        raise
    return found


__all__ = ["Arrived", "copied", "fetched"]
