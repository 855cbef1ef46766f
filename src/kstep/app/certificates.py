"""Certificates as files: the event that states it, its payload, and the proof that it stands in the log of a signed checkpoint."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select

from kstep.app.home import Home
from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.service import By, Ledger
from kstep.ledger.tables import OWN, events
from kstep.ledger.verifier import CERTIFICATE
from kstep.model.events import CoverageCertified
from kstep.screening.certificate import certify, prove_person


def make_certificate(home: Home, ledger: Ledger, name: str, people: Sequence[int], by: By) -> str:
    """State who was screened against a list, sign the log that says so, and return the file: JSON, as `docs/certificates.md` says.
    `people` are shown one by one. Raises `NotCovered`.
    """
    stated = certify(ledger, name, by)
    assert isinstance(stated.fact, CoverageCertified)
    kept = make_checkpoint(ledger, home.signing_keys)
    with home.database.read() as connection:
        proofs = {str(person): prove_person(ledger, connection, stated.fact, person) for person in people}
        here = (events.c.log == OWN) & (events.c.number == stated.number)
        text = connection.execute(select(events.c.text).where(here)).scalar_one()
        salt, payload = ledger.payload(connection, stated.number) or (b"", None)
        proof = ledger.inclusion_proof(connection, stated.number, kept.size)
    told = {
        "format": CERTIFICATE,
        "checkpoint": kept.note.decode(),
        "event": text.decode(),
        "salt": salt.hex(),
        "payload": payload,
        "proof": [step.hex() for step in proof],
        "people": {person: [asdict(found) for found in proofs[person]] for person in proofs},
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


__all__ = ["make_certificate"]
