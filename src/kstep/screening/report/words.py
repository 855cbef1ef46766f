"""The English of the report: labels, marks, figures, and the sentence that says why two records are a possible match.

It speaks of persons, entries and possible matches and of how far two records agree, never of what somebody is or did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

LABELS: Mapping[str, str] = {
    "name": "Names",
    "birth_date": "Birth date",
    "sex": "Sex",
    "nationality": "Nationality",
    "birth_country": "Birth country",
    "country": "Country",
    "document": "Documents",
}
"""How a field of evidence is called on the page; details of a record under the same label stand on the same row."""

BANDS: Mapping[str, tuple[str, str]] = {
    "strong": ("●●●", "Strong"),
    "possible": ("●●○", "Possible"),
    "weak": ("●○○", "Weak"),
}
"""Each band's mark and word, strongest first."""

STATES: Mapping[str, tuple[str, str]] = {
    "agrees": ("=", "agrees"),
    "similar": ("≈", "similar"),
    "differs": ("≠", "differs"),
    "absent": ("–", "not given"),
}
"""The mark and word of each way in which two values stand to each other."""

_CLAUSES = 7
_SUBJECTS = {
    "birth_date": "the birth date",
    "sex": "the sex",
    "nationality": "the nationality",
    "birth_country": "the birth country",
    "country": "the country",
    "document": "a document number",
}


def label(field: str) -> str:
    """The label of a field of evidence."""
    return LABELS.get(field, field.replace("_", " ").capitalize())


def state(evidence: Mapping[str, Any]) -> str:
    """One of `STATES`: how the two values of one row of evidence stand to each other."""
    if evidence["relation"] == "missing":
        return "absent"
    if evidence["relation"] == "equal":
        return "agrees"
    return "differs" if evidence["bits"] < 0 or evidence["relation"] == "conflict" else "similar"


def bands(matches: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str, int]]:
    """Band, mark, word and number of matches, strongest band first, of the bands that occur."""
    counted = Counter(match["band"] for match in matches)
    return [(band, mark, word, counted[band]) for band, (mark, word) in BANDS.items() if counted[band]]


def count(number: float) -> str:
    """A whole number with thousands set apart."""
    return f"{number:,.0f}"


def large(number: float) -> str:
    """A number for a headline: whole up to a million, then with its word."""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= size:
            return f"{number / size:.3g} {word}"
    return count(number)


def number(amount: int, one: str, many: str) -> str:
    """`amount` with the noun in its right form."""
    return f"{count(amount)} {one if amount == 1 else many}"


def signed(bits: float) -> str:
    """Bits to one decimal, with a sign."""
    return f"{'−' if bits < 0 else '+'}{abs(bits):.1f}"


def chance(probability: float) -> str:
    """A probability in per cent that never rounds to certainty."""
    if probability >= 0.9999:
        return "over 99.99 %"
    if probability < 0.0001:
        return "under 0.01 %"
    hundredths = int(probability * 10_000) / 100
    return f"{hundredths:.2f} %" if hundredths >= 99 or hundredths < 1 else f"{hundredths:.1f} %"


def share(probability: float) -> str:
    """A probability that someone chose, in per cent, as it was chosen."""
    return f"{100 * probability:g} %"


def odds(prior_bits: float) -> str:
    """The odds before any evidence, such as "1 in 16,000", from their bits."""
    if prior_bits >= 0:
        return "even" if prior_bits == 0 else f"{2**prior_bits:.2g} to 1"
    against = 2.0**-prior_bits + 1
    return f"1 in {large(float(f'{against:.2g}'))}"


def why(match: Mapping[str, Any]) -> list[str]:
    """Why this pair is a possible match, strongest evidence first, as texts and names by turns: text, name, text, …

    Names stand apart because each is set in a direction of its own.
    """
    telling = sorted((row for row in match["evidence"] if row["bits"]), key=lambda row: -abs(row["bits"]))
    clauses = [_clause(row) for row in telling[:_CLAUSES]]
    if rest := telling[_CLAUSES:]:
        clauses.append([f"everything else {'adds' if sum(_bits(rest)) >= 0 else 'takes'} {abs(sum(_bits(rest))):.1f} bits"])
    if not clauses:
        return ["No field speaks for or against it."]
    sentence = [""]
    for clause in clauses:
        sentence[-1] += ("; " if len(sentence) > 1 or sentence[0] else "") + clause[0]
        sentence += clause[1:]
    sentence[0] = sentence[0][:1].upper() + sentence[0][1:]
    sentence[-1] += "."
    return sentence


def _bits(rows: Sequence[Mapping[str, Any]]) -> list[float]:
    return [row["bits"] for row in rows]


def _clause(row: Mapping[str, Any]) -> list[str]:
    """One row of evidence as a clause: text, name, text, …"""
    worth = f"{signed(row['bits'])} bits"
    if row["field"] == "name":
        return _name_clause(row, worth)
    subject = _SUBJECTS.get(row["field"], label(row["field"]).lower())
    match state(row):
        case "agrees":
            return [f"{subject} agrees ({worth})"]
        case "absent":
            return [f"{subject} is not given on both sides ({worth})"]
        case "similar":
            return [f"{subject} is similar ({row['relation']}, {worth})"]
    reason = "" if row["relation"] == "conflict" else f"{row['relation']}, "
    return [f"{subject} differs ({reason}{worth})"]


def _name_clause(row: Mapping[str, Any], worth: str) -> list[str]:
    person, entry = str(row["person"] or ""), str(row["entry"] or "")
    relation = row["relation"]
    if relation == "number of names":
        return [f"an allowance for the number of names compared ({worth})"]
    if relation == "equal":
        return ["“", person, f"” agrees and is {_rarity(row['bits'])} ({worth})"]
    if person and entry:
        stand = "are alike" if row["bits"] > 0 else "differ"
        return ["“", person, "” and “", entry, f"” {stand} ({relation}, {worth})"]
    if person or entry:
        return ["“", person or entry, f"” has no counterpart ({worth})"]
    return [f"the names: {relation} ({worth})"]


def _rarity(bits: float) -> str:
    """How rare a name is that agrees, by the bits it earns: a name of one person in 1,000 earns about ten."""
    return "rare" if bits >= 10 else "uncommon" if bits >= 7 else "common"
