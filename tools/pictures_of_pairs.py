"""Two worked pairs of records, from the prior to the probability: a possible match, and two brothers who are none.

Everyone in them is made up.
"""

from __future__ import annotations

from itertools import accumulate

from drawing import MARGIN, WIDTH, Picture, Scale, bits
from kstep.matching.prepared import prepare
from kstep.matching.reference import explain, score
from kstep.matching.weights import shipped_weights
from kstep.model import Identity, Name, PartialDate, Sex

FIELDS = {"name": "name", "birth_date": "birth date", "sex": "sex", "nationality": "nationality"}
DEFAULT_THRESHOLD = 0.5


def _man(name: str, born: str, nationality: str) -> Identity:
    return Identity((Name(name),), (PartialDate.parse(born),), (Sex.MALE,), (nationality,))


POSSIBLE_MATCH = (_man("Youssef Haddad", "1984-03-07", "SY"), _man("يوسف حداد", "1984", "SY"))
BROTHERS = (_man("Omar Khalil Haddad", "1984-03-07", "SY"), _man("Ali Khalil Haddad", "1986-09-21", "SY"))


def worked(title: str, people: tuple[Identity, Identity]) -> str:
    """One pair: every finding with what it is worth, the prior, and the probability that they give together."""
    weights = shipped_weights()
    person, entry = (prepare(identity) for identity in people)
    total = score(person, entry, weights)
    findings = explain(person, entry, total.names, weights)
    probability = weights.probability(total.millibits)
    picture = Picture(
        title,
        "Each row is one piece of evidence: what the person says, what the entry says, how they relate, and what that is worth in",
        "bits. It begins with the prior; each bar begins where the one above it ends. Right of the upright line, one human",
        "being is likelier than two. Everyone here is made up.",
    )
    y = picture.top + 14
    columns = (MARGIN, MARGIN + 92, MARGIN + 228, MARGIN + 344)
    for place, label in enumerate(("", "person", "entry", "")):
        picture.text(columns[place], y, label, "note soft")
    rows = [("", "", "", "before any evidence", weights.prior)]
    rows += [(FIELDS[found.field], found.person, found.entry, found.relation, found.millibits) for found in findings]
    reached = [0, *accumulate(worth for *_, worth in rows)]
    x = Scale(min(reached) / 1000, max(reached) / 1000, 490, WIDTH - MARGIN - 92)
    y, at = y + 8, 0
    top = y
    for row in rows:
        *told, worth = row
        for column, said in zip(columns, told, strict=True):
            picture.text(
                column, y + 15, f"\u2068{said}\u2069", "note soft" if column in (columns[0], columns[3]) else "body ink"
            )
        left, right = sorted((x(at / 1000), x((at + worth) / 1000)))
        picture.rect(left, y + 3, max(1.0, right - left), 15, "gain" if worth > 0 else "loss", 0.75, 1)
        picture.text(right + 5, y + 15, bits(worth), "note ink")
        at += worth
        y += 25
    left, right = sorted((x(0), x(at / 1000)))
    picture.rect(left, y + 8, right - left, 4, "ink")
    picture.text(right + 5, y + 15, f"together {bits(at)}", "figure ink")
    picture.line(x(0), top - 2, x(0), y + 22, "mark")
    verdict = (
        "a possible match: a question for a person"
        if probability >= DEFAULT_THRESHOLD
        else "below the threshold: not shown"
    )
    picture.text(MARGIN, y + 15, f"probability {_percent(probability)}: {verdict}", "head ink")
    return picture.svg(y + 36)


def _percent(probability: float) -> str:
    """As people read it: 98 %, or the next power of ten where it is hardly anything."""
    if probability >= 0.01:
        return f"{100 * probability:.0f} %"
    return f"below 1 in {10 ** (len(str(int(1 / probability))) - 1):,}"


__all__ = ["BROTHERS", "POSSIBLE_MATCH", "worked"]
