"""The English of the report: figures, marks, and the sentence that says why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kstep.names.similarity import Relation
from kstep.screening.report import words
from kstep.screening.report.reasons import why


def row(field: str, person: str, entry: str, relation: str, bits: float) -> dict[str, Any]:
    return {"field": field, "person": person, "entry": entry, "relation": relation, "bits": bits}


@pytest.mark.parametrize(
    ("evidence", "state"),
    [
        (row("name", "omar", "omar", "same", 6.0), "agrees"),
        (row("name", "omar", "umar", "other spelling", 4.0), "similar"),
        (row("name", "omar", "hana", "conflict", -4.0), "differs"),
        (row("name", "omar", "", "not in entry", -0.7), "absent"),
        (row("name", "", "ali", "not in person", -0.7), "absent"),
        (row("name", "1 names", "3 names", "best of several", -1.0), "allowance"),
        (row("name", "Omar Ali", "Hana Ali", "not all agrees", -2.0), "allowance"),
        (row("name", "omar", "imran", "hardly alike", -2.0), "differs"),
        (row("birth_date", "1970", "1970-01-02", "year agrees", 5.0), "similar"),
        (row("birth_date", "1970", "1972", "two years apart", -1.0), "differs"),
        (row("birth_date", "1970-01-01", "1970-01-01", "equal 1 January", 7.5), "agrees"),
        (row("document", "visa::A1", "visa::A1", "equal", 20.0), "agrees"),
        (row("sex", "M", "F", "conflict", -4.5), "differs"),
    ],
)
def test_relation_and_sign_of_the_bits_give_the_state(evidence: dict[str, Any], state: str) -> None:
    assert words.state(evidence) == state


def test_sentence_gives_the_strongest_reason_first_and_names_apart() -> None:
    match = {
        "evidence": [
            row("name", "omar", "umar", "other spelling", 4.25),
            row("name", "velorin", "velorin", "same", 14.2),
            row("name", "hana", "", "not in entry", -0.7),
            row("name", "1 names", "3 names", "best of several", -0.5),
            row("birth_date", "1970-02-03", "1988-02-03", "conflict", -4.5),
            row("nationality", "NO", "NO", "same as birth", 3.5),
        ]
    }
    sentence = why(match)
    assert "".join(sentence) == (
        "“velorin” agrees and is rare (+14.2 bits); the birth date differs (−4.5 bits); "
        "“omar” and “umar” agree but for the spelling (+4.2 bits); the nationality is similar (same as birth, +3.5 bits); "
        "“hana” has no counterpart in the entry’s name (−0.7 bits); "
        "an allowance for having taken the best of several names (−0.5 bits)."
    )
    assert sentence[1::2] == ["velorin", "omar", "umar", "hana"]


def test_sentence_begins_with_a_capital_and_sums_up_what_is_left_over() -> None:
    evidence = [row("document", f"visa::A{n}", f"visa::A{n}", "equal", 9.0) for n in range(8)]
    match = {"evidence": [*evidence, row("sex", "M", "M", "equal", 0.7), row("sex", "M", "X", "other", 0.4)]}
    sentence = "".join(why(match))
    assert sentence.startswith("A document number agrees (+9.0 bits); a document number")
    assert sentence.endswith("; everything else together (+1.1 bits).")


@pytest.mark.parametrize(
    "relation", [*Relation, "written as one", "conflict", "other name", "sounds unlike", "not all agrees", "weak alias"]
)
def test_every_relation_of_names_has_words_of_its_own(relation: str) -> None:
    assert f"are alike: {relation}" not in "".join(why({"evidence": [row("name", "omar", "umar", relation, -1.0)]}))


def test_match_without_evidence_has_a_sentence() -> None:
    assert why({"evidence": []}) == ["No field speaks for or against it."]


@given(st.floats(0, 1))
def test_chance_never_rounds_to_certainty(probability: float) -> None:
    shown = words.chance(probability)
    assert shown not in ("100 %", "100.0 %", "100.00 %", "0.0 %", "0.00 %")


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.5, "50.0 %"), (0.9499999, "94.9 %"), (0.99999, "over 99.99 %"), (0.9987, "99.87 %"), (0.00001, "under 0.01 %")],
)
def test_chance_is_cut_and_not_rounded_up(probability: float, shown: str) -> None:
    assert words.chance(probability) == shown


@pytest.mark.parametrize(
    ("bits", "shown"), [(-14.0, "1 in 16,000"), (-23.253, "1 in 10 million"), (0.0, "even"), (2.0, "4 to 1")]
)
def test_odds_are_said_in_words(bits: float, shown: str) -> None:
    assert words.odds(bits) == shown


def test_values_are_written_for_readers() -> None:
    assert words.value("nationality", "NO;CL") == "Norway; Chile"
    assert words.value("sex", "F") == "female"
    assert words.value("document", "national_id:NO:123:45") == "123:45"
    assert words.value("birth_date", "about 1970") == "about 1970"
