"""The pieces of evidence in a file that this node keeps, each held against its hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kstep.encounters.evidence import EvidenceDamaged, EvidenceStore
from kstep.encounters.facts import name_of
from kstep.model.events import FileFact, Recorded
from kstep.register.projection import person_of


@dataclass(frozen=True)
class KeptPiece:
    """A piece that is kept here: of whom, the fact that it came with, its kind, hash and marking."""

    person: int
    fact: str
    kind: str
    hash: str
    marking: str


def kept_pieces(events: Iterable[Recorded], own: str) -> list[KeptPiece]:
    """The pieces among what was recorded in a file that are files of this node, whose log has this origin: what another office
    keeps lies there.
    """
    return [
        KeptPiece(person_of(event.subject), name_of(event.log, event.number), one["kind"], one["hash"], one["marking"])
        for event in events
        if event.log == own and isinstance(event.fact, FileFact)
        for one in event.fact.evidence
        if one.get("hash")
    ]


def faults_in(store: EvidenceStore, pieces: Iterable[KeptPiece]) -> Mapping[str, str]:
    """What is wrong with those pieces that are not there as they were, by their hashes."""
    found = {}
    for person, hash in dict.fromkeys((one.person, one.hash) for one in pieces):
        try:
            store.read(person, hash)
        except EvidenceDamaged as error:
            found[hash] = error.how
    return found


__all__ = ["KeptPiece", "faults_in", "kept_pieces"]
