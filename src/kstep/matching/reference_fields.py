"""What sex, countries and documents say: the definition, one pair of records at a time. Absence says nothing."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from kstep.matching.prepared import Prepared
from kstep.matching.weights import Weights
from kstep.model import Document, DocumentType
from kstep.model.countries import RELATED_STATES
from kstep.names.similarity import edit_distance

_RELATED = {frozenset((state, other)) for state, others in RELATED_STATES.items() for other in others}
_MISREAD = str.maketrans("OI", "01")

LONGEST_NUMBER = 128
"""Characters; longer numbers of documents are compared whole, because to look for one that is off would be slow."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence: the field, what each side says, how they relate, and what it is worth in millibits."""

    field: str
    person: str
    entry: str
    relation: str
    millibits: int


def compare_sexes(person: Prepared, entry: Prepared, weights: Weights) -> list[Finding]:
    """The evidence of sex: at most one finding."""
    if person.sex is None or entry.sex is None:
        return []
    relation = "equal" if person.sex == entry.sex else "conflict"
    return [Finding("sex", person.sex.value, entry.sex.value, relation, weights.sex[relation])]


def compare_countries(person: Prepared, entry: Prepared, weights: Weights) -> list[Finding]:
    """The evidence of nationality and country of birth.

    Where both agree, the weaker of them earns only a little more: a person is mostly a national of the country of
    birth. Where neither can be compared, a nationality is compared with a country of birth.
    """
    nationality = _countries("nationality", person.nationalities, entry.nationalities, weights)
    birth = _countries("birth_country", person.birth_countries, entry.birth_countries, weights)
    if nationality and birth and "conflict" not in (nationality.relation, birth.relation):
        higher, lower = sorted((nationality, birth), key=lambda found: -found.millibits)
        also = Finding(lower.field, lower.person, lower.entry, lower.relation, weights.birth_country["also"])
        return [higher, also]
    if found := [finding for finding in (nationality, birth) if finding]:
        return found
    return _crossed(person, entry, weights)


def _countries(field: str, person: frozenset[str], entry: frozenset[str], weights: Weights) -> Finding | None:
    if not person or not entry:
        return None
    shown = (";".join(sorted(person)), ";".join(sorted(entry)))
    if best := _best_shared(person, entry, weights):
        return Finding(field, *shown, *best)
    price = (weights.nationality if field == "nationality" else weights.birth_country)["conflict"]
    return Finding(field, *shown, "conflict", price)


def _best_shared(person: frozenset[str], entry: frozenset[str], weights: Weights) -> tuple[str, int] | None:
    """How two sets of countries agree and what that earns: by a country that is equal, or by related states."""
    if person & entry:
        return "equal", weights.country["equal"]
    if any(frozenset(pair) in _RELATED for pair in itertools.product(person, entry)):
        return "related state", weights.related_state
    return None


def _crossed(person: Prepared, entry: Prepared, weights: Weights) -> list[Finding]:
    pairs = [(person.nationalities, entry.birth_countries), (person.birth_countries, entry.nationalities)]
    for mine, theirs in pairs:
        if mine and theirs:
            shown = (";".join(sorted(mine)), ";".join(sorted(theirs)))
            best = _best_shared(mine, theirs, weights)
            if best is None:
                return [Finding("nationality", *shown, "other than birth", weights.country["cross_conflict"])]
            return [Finding("nationality", *shown, "same as birth", max(0, best[1] - weights.country["cross"]))]
    return []


def compare_documents(person: Prepared, entry: Prepared, weights: Weights) -> list[Finding]:
    """The evidence of documents: the best pair that agrees, or a conflict of two national numbers of one state."""
    best: Finding | None = None
    conflict: Finding | None = None
    for mine in person.documents:
        for theirs in entry.documents:
            relation, worth = compare_document(mine, theirs, weights)
            found = Finding("document", str(mine), str(theirs), relation, worth)
            if worth > 0 and (best is None or worth > best.millibits):
                best = found
            elif worth < 0 and conflict is None:
                conflict = found
    chosen = best or conflict
    return [chosen] if chosen else []


def compare_document(left: Document, right: Document, weights: Weights) -> tuple[str, int]:
    """The relation of two documents and what it is worth in millibits; 0 where they say nothing of each other."""
    price = weights.document
    mine, theirs = left.key, right.key
    issuers_differ = bool(left.issuer and right.issuer and left.issuer != right.issuer)
    if mine == theirs:
        if len(mine) < price["least_length"]:
            return "too short", 0
        worth = min(price["most"], price["character"] * len(mine))
        worth -= price["type_differs"] * (left.type != right.type) + price["issuer_differs"] * issuers_differ
        return "equal", max(0, worth)
    core = core_of(mine)
    if len(core) >= price["core_least_length"] and core == core_of(theirs) and not issuers_differ:
        worth = min(price["most"], price["character"] * len(core)) - price["core_differs"]
        return "prefix, zeros or O and 0 differ", max(0, worth - price["type_differs"] * (left.type != right.type))
    shorter, longer = sorted((len(mine), len(theirs)))
    if left.type == right.type and not issuers_differ:
        one_off = price["one_off_least_length"] <= shorter and longer <= LONGEST_NUMBER
        if one_off and edit_distance(mine, theirs) == 1:
            return "one character differs", min(price["one_off_most"], price["one_off_character"] * shorter)
        if left.type is DocumentType.NATIONAL_ID and left.issuer and left.issuer == right.issuer:
            return "conflict", price["conflict"]
    return "other document", 0


def core_of(key: str) -> str:
    """What is left of a number that lost its leading letters and zeros, with O and I read as 0 and 1."""
    digits = key.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return digits.translate(_MISREAD).lstrip("0")
