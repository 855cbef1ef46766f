"""A possible match as it is written: who, which entry, how likely, and the evidence in bits that says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kstep.matching import Finding, Pair, Prepared, Weights, engine_name, explain
from kstep.model import Entry, Person

STRONG, POSSIBLE = 0.95, 0.5
"""The least probabilities of the bands *strong* and *possible*; below is *weak*."""


@dataclass(frozen=True, slots=True)
class PossibleMatch:
    """A pair that a person should look at. Bits are in millibits; `evidence` adds up to `millibits`."""

    person: Person
    list: str
    edition: str
    entry: Entry
    matched_name: str
    matched_entry_name: str
    probability: float
    millibits: int
    prior_millibits: int
    evidence: tuple[Finding, ...]
    engine: str

    @property
    def band(self) -> str:
        """*strong*, *possible* or *weak*, by probability."""
        return "strong" if self.probability >= STRONG else "possible" if self.probability >= POSSIBLE else "weak"

    @property
    def entry_name(self) -> str:
        """The entry's first name as its publisher writes it; empty if it has none."""
        return self.entry.identity.names[0].full if self.entry.identity.names else ""

    @property
    def order(self) -> tuple[str, int, str, str]:
        """How possible matches are ordered: by person, then the most bits first, then list and entry."""
        return self.person.person_id, -self.millibits, self.list, self.entry.entry_id

    def to_json(self) -> dict[str, Any]:
        """The possible match in the shape that others rely on."""
        return {
            "person_id": self.person.person_id,
            "list": self.list,
            "edition": self.edition,
            "entry_id": self.entry.entry_id,
            "entry_name": self.entry_name,
            "matched_name": self.matched_name,
            "matched_entry_name": self.matched_entry_name,
            "probability": round(self.probability, 6),
            "bits": self.millibits / 1000,
            "prior_bits": self.prior_millibits / 1000,
            "band": self.band,
            "evidence": evidence_rows(self.evidence),
            "engine": self.engine,
        }


def evidence_rows(evidence: Sequence[Finding]) -> list[dict[str, Any]]:
    """The evidence in the shape that others rely on."""
    return [
        {"field": found.field, "person": found.person, "entry": found.entry, "relation": found.relation,
         "bits": found.millibits / 1000}
        for found in evidence
    ]  # fmt: skip


def evidence_of(
    person: Prepared, entry: Prepared, names: tuple[int, int] | None, millibits: int, weights: Weights, *, what: str
) -> tuple[Finding, ...]:
    """The evidence of a pair that an engine gave so many `millibits`, by the model itself.

    Raises `RuntimeError`, which says `what` pair it is, if it does not add up to them: such a result must not be used.
    """
    evidence = tuple(explain(person, entry, names, weights))
    explained = sum(found.millibits for found in evidence)
    if explained != millibits:
        raise RuntimeError(f"the engine found {millibits} millibits and the model {explained} for {what}")
    return evidence


def possible_match(
    person: Person,
    prepared: Prepared,
    label: str,
    edition: str,
    entry: Entry,
    listed: Prepared,
    pair: Pair,
    weights: Weights,
) -> PossibleMatch:
    """The possible match of a pair that an engine kept, explained by the model itself.

    Raises `RuntimeError` as `evidence_of` does.
    """
    what = f"person {person.person_id!r} and entry {entry.entry_id!r}"
    evidence = evidence_of(prepared, listed, pair.names, pair.millibits, weights, what=what)
    mine, theirs = pair.names or (None, None)
    return PossibleMatch(
        person=person,
        list=label,
        edition=edition,
        entry=entry,
        matched_name="" if mine is None else prepared.names[mine].shown,
        matched_entry_name="" if theirs is None else listed.names[theirs].shown,
        probability=weights.probability(pair.millibits),
        millibits=pair.millibits,
        prior_millibits=weights.prior,
        evidence=evidence,
        engine=engine_name(),
    )
