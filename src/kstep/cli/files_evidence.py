"""`kstep files evidence`, and what other commands about files say of evidence that is not what it was. It is attached to the group
of commands on files as `app.command("evidence")(files_evidence.evidence_)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import DONE, say
from kstep.cli.files_told import PURPOSE, READ, PersonId, files_of
from kstep.cli.register_items import register_of, require_person
from kstep.model import InputError, one_line

if TYPE_CHECKING:
    from kstep.encounters.evidence import EvidenceStore
    from kstep.encounters.pieces import KeptPiece
    from kstep.model.events import Recorded

SHORTEST = 8
"""Digits of a hash by which a piece is named, at least."""


def evidence_(
    person_id: PersonId,
    hash: Annotated[str, typer.Argument(metavar="HASH", help="Its SHA-256, or how that begins.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.", show_default=False)],
    answers: Annotated[
        bool,
        typer.Option("--with-answers", help="Also of an answer that a second reviewer must not see; it is recorded."),
    ] = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """A piece of evidence as it was put to a fact: held against its hash, and written to a file."""
    from kstep.access.policy import Item
    from kstep.encounters.worklist import hidden, read_file, show_answers
    from kstep.model.markings import Marking
    from kstep.screening.files import whole_file

    with acting(home, as_, purpose, READ) as now:
        number = register_of(now).find(person_id)
        item = require_person(now, READ, number)
        files = files_of(now)
        pieces = _named(hash, read_file(files, number), now.home.origin)
        marked = [Item(item.subject, item.office, Marking.parse(text)) for text in {one.marking for one in pieces}]
        for one in marked:
            now.access.require(now.actor, READ, one, purpose)
        with now.home.database.read() as connection:
            unseen = hidden(files.history(connection, number))
        is_unseen = all(one.fact in unseen for one in pieces)
        if is_unseen and not answers:
            mend = "read it with --with-answers, which is recorded"
            raise InputError("came with an answer that a second reviewer must not see", where=hash[:12], mend=mend)
        if is_unseen:
            require_person(now, "files.act", number)
        content = store_of(now).read(pieces[0].person, pieces[0].hash)
        now.access.read_marked(now.actor, READ, marked, purpose)
        if is_unseen:
            show_answers(files, now.by, number)
        with whole_file(out) as file:
            file.write_bytes(content)
    return DONE


def _named(hash: str, events: Sequence[Recorded], own: str) -> Sequence[KeptPiece]:
    """The pieces with a hash that begins so: one file, put to one fact or several. Raises `InputError`."""
    from kstep.encounters.pieces import kept_pieces

    where, begins = one_line(hash, 70), hash.strip().lower()
    mend = "see kstep files show --json"
    if len(begins) < SHORTEST:
        raise InputError("is too short to name a piece", where=where, mend=f"write {SHORTEST} of its digits or more")
    found = [one for one in kept_pieces(events, own) if one.hash.startswith(begins)]
    if not found:
        raise InputError("is no evidence in this file that is kept here", where=where, mend=mend)
    if len({one.hash for one in found}) > 1:
        raise InputError("is how several pieces begin", where=where, mend="write more of its digits")
    return found


def store_of(now: Acting) -> EvidenceStore:
    """Where the evidence of a home lies."""
    from kstep.encounters.evidence import EvidenceStore

    return EvidenceStore(now.home.path / "evidence", now.home.database, now.home.vault)


def faults_told(now: Acting, number: int, events: Sequence[Recorded]) -> Mapping[str, str]:
    """What is wrong with the evidence in the file of a person, by hashes; each piece is told on stderr."""
    from kstep.encounters.pieces import faults_in, kept_pieces
    from kstep.register.projection import subject_of

    pieces = kept_pieces(events, now.home.origin)
    found = faults_in(store_of(now), pieces)
    for kind, hash in dict.fromkeys((one.kind, one.hash) for one in pieces):
        if hash in found:
            say(f"{subject_of(number)}: the evidence {hash[:12]} ({kind}) {found[hash]}; restore it from a backup")
    return found


__all__ = ["evidence_", "faults_told", "store_of"]
