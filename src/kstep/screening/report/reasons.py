"""Why two records are a possible match, as one sentence of plain English with the bits that each reason earns or costs.

A sentence is a list of texts and names by turns (text, name, text, …): names stand apart because each is set in a
direction of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from kstep.screening.report import words
from kstep.screening.report.words import Evidence, Match

_CLAUSES = 8
_SUBJECTS = {
    "birth_date": "the birth date",
    "sex": "the sex",
    "nationality": "the nationality",
    "birth_country": "the birth country",
    "document": "a document number",
}
_ALIKE = {
    "other spelling": "agree but for the spelling",
    "other script": "agree across two scripts",
    "variant": "are known forms of one name",
    "hardly alike": "are hardly alike",
    "initial": "agree by an initial",
    "written as one": "agree, once joined and once apart",
}


def why(match: Match) -> list[str]:
    """The sentence of a match: the most telling evidence first, and what is left over in one sum."""
    telling = sorted((row for row in match["evidence"] if row["bits"]), key=lambda row: -abs(row["bits"]))
    if not telling:
        return ["No field speaks for or against it."]
    clauses = [_clause(row) for row in telling[:_CLAUSES]]
    if rest := telling[_CLAUSES:]:
        clauses.append([f"everything else together ({_worth(rest)})"])
    sentence = [clauses[0][0][:1].upper() + clauses[0][0][1:], *clauses[0][1:]]
    for clause in clauses[1:]:
        sentence[-1] += f"; {clause[0]}"
        sentence += clause[1:]
    sentence[-1] += "."
    return sentence


def _worth(rows: Sequence[Evidence]) -> str:
    return f"{words.signed(sum(row['bits'] for row in rows))} bits"


def _clause(row: Evidence) -> list[str]:
    worth = _worth([row])
    if row["field"] == "name":
        return _name_clause(row, worth)
    subject = _SUBJECTS.get(row["field"], f"the {words.label(row['field']).lower()}")
    state = words.state(row)
    verb = {"agrees": "agrees", "similar": "is similar", "differs": "differs"}.get(state, "is not given")
    said = row["relation"]
    return [f"{subject} {verb} ({worth})" if said in ("equal", "conflict") else f"{subject} {verb} ({said}, {worth})"]


def _name_clause(row: Evidence, worth: str) -> list[str]:
    person, entry, relation = str(row["person"] or ""), str(row["entry"] or ""), row["relation"]
    match relation:
        case "same" | "equal":
            return ["“", person, f"” agrees and is {_rarity(row['bits'])} ({worth})"]
        case "conflict":
            return ["“", person, "” and “", entry, f"” differ ({worth})"]
        case "not in entry":
            return ["“", person, f"” has no counterpart in the entry’s name ({worth})"]
        case "not in person":
            return ["“", entry, f"” has no counterpart in the person’s name ({worth})"]
        case "other name":
            return ["“", person, "” and “", entry, f"” are two names ({worth})"]
        case "sounds unlike":
            return [f"the two names sound unlike ({worth})"]
        case "not all agrees":
            return [f"what agrees in the names says less, because not all of them does ({worth})"]
        case "weak alias":
            return ["“", entry, f"” is only a weak alias ({worth})"]
        case "best of several":
            return [f"an allowance for having taken the best of several names ({worth})"]
    return ["“", person, "” and “", entry, f"” {_ALIKE.get(relation, f'are alike: {relation}')} ({worth})"]


def _rarity(bits: float) -> str:
    """How rare a name is that agrees, by the bits it earns: one that one person in 1,000 bears earns about ten."""
    return "rare" if bits >= 10 else "uncommon" if bits >= 7 else "common"
