"""What sex, countries and documents say: the definition, one pair of records at a time. Absence says nothing."""

from __future__ import annotations

from dataclasses import dataclass

from kstep.matching.prepared import Prepared
from kstep.matching.weights import Weights
from kstep.model import Document, DocumentType
from kstep.names.similarity import edit_distance

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
    if nationality and birth and nationality.relation == birth.relation == "equal":
        higher, lower = sorted((nationality, birth), key=lambda found: -found.millibits)
        also = Finding(lower.field, lower.person, lower.entry, "equal", weights.birth_country["also"])
        return [higher, also]
    if found := [finding for finding in (nationality, birth) if finding]:
        return found
    return _crossed(person, entry, weights)


def _countries(field: str, person: frozenset[str], entry: frozenset[str], weights: Weights) -> Finding | None:
    if not person or not entry:
        return None
    worth = max((weights.sharing(country) for country in person & entry), default=None)
    price = (weights.nationality if field == "nationality" else weights.birth_country)["conflict"]
    shown = (";".join(sorted(person)), ";".join(sorted(entry)))
    return Finding(field, *shown, "conflict", price) if worth is None else Finding(field, *shown, "equal", worth)


def _crossed(person: Prepared, entry: Prepared, weights: Weights) -> list[Finding]:
    pairs = [(person.nationalities, entry.birth_countries), (person.birth_countries, entry.nationalities)]
    for mine, theirs in pairs:
        if mine and theirs:
            shown = (";".join(sorted(mine)), ";".join(sorted(theirs)))
            worth = max((weights.sharing(country) for country in mine & theirs), default=None)
            if worth is None:
                return [Finding("nationality", *shown, "other than birth", weights.country["cross_conflict"])]
            return [Finding("nationality", *shown, "same as birth", max(0, worth - weights.country["cross"]))]
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
    shorter, longer = sorted((len(mine), len(theirs)))
    if left.type == right.type and not issuers_differ:
        one_off = price["one_off_least_length"] <= shorter and longer <= LONGEST_NUMBER
        if one_off and edit_distance(mine, theirs) == 1:
            return "one character differs", min(price["one_off_most"], price["one_off_character"] * shorter)
        if left.type is DocumentType.NATIONAL_ID and left.issuer and left.issuer == right.issuer:
            return "conflict", price["conflict"]
    return "other document", 0
