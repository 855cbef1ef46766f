"""The English of the report: labels, marks, figures, and values as a reader writes them.

It speaks of persons, entries and possible matches and of how far two records agree, never of what somebody is or did.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from kstep.model.countries import country_name

Match = Mapping[str, Any]
"""One row of the possible match output."""
Evidence = Mapping[str, Any]
"""One row of its evidence."""

LABELS: Mapping[str, str] = {
    "name": "Names",
    "birth_date": "Birth date",
    "sex": "Sex",
    "nationality": "Nationality",
    "birth_country": "Birth country",
    "document": "Documents",
}
"""How each field of evidence is called on the page."""

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
    "allowance": ("", "allowance"),
}
"""The mark and word of each way in which two values stand to each other; an allowance is not about two values."""

_STATE_OF_RELATION = {
    "same": "agrees",
    "equal": "agrees",
    "equal 1 January": "agrees",
    "conflict": "differs",
    "not in entry": "absent",
    "not in person": "absent",
    "best of several": "allowance",
    "not all agrees": "allowance",
    "weak alias": "allowance",
}
_SEXES = {"M": "male", "F": "female", "X": "unspecified"}


def label(field: str) -> str:
    """The label of a field of evidence."""
    return LABELS.get(field, field.replace("_", " ").capitalize())


def state(row: Evidence) -> str:
    """One of `STATES`: how the two values of a row of evidence stand to each other."""
    return _STATE_OF_RELATION.get(row["relation"]) or ("differs" if row["bits"] < 0 else "similar")


def value(field: str, text: str) -> str:
    """The text of a compared value as a reader writes it: names of countries, words for codes, a document's number."""
    if field in ("nationality", "birth_country"):
        return "; ".join(country_name(code) for code in text.split(";")) if text else ""
    if field == "sex":
        return _SEXES.get(text, text)
    return text.split(":", 2)[-1] if field == "document" else text


def bands(matches: Sequence[Match]) -> list[tuple[str, str, str, int]]:
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


def plain(bits: float) -> str:
    """Bits to one decimal that stand alone, where a plus would say nothing."""
    return signed(bits).removeprefix("+")


def bits_of(probability: float) -> float:
    """The bits, of the prior and all evidence together, that give a probability (between 0 and 1, exclusive)."""
    return math.log2(probability / (1 - probability))


def chance(probability: float) -> str:
    """A probability in per cent, cut and not rounded: it never shows a higher band, or certainty."""
    if probability >= 0.9999:
        return "over 99.99 %"
    if probability < 0.0001:
        return "under 0.01 %"
    if 0.01 <= probability < 0.99:
        return f"{int(probability * 1000) / 10:.1f} %"
    return f"{int(probability * 10_000) / 100:.2f} %"


def share(probability: float) -> str:
    """A probability that someone chose, in per cent, as it was chosen."""
    return f"{100 * probability:g} %"


def odds(prior_bits: float) -> str:
    """The odds before any evidence, such as "1 in 16,000", from their bits."""
    if prior_bits >= 0:
        return "even" if prior_bits == 0 else f"{2**prior_bits:.2g} to 1"
    against = 2.0**-prior_bits + 1
    return f"1 in {large(float(f'{against:.2g}'))}"
