"""Markings only rise when information is combined, and each has one text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kstep.model import ValueRefused
from kstep.model.markings import INTERNAL, Level, Marking, combined

CODES = st.frozensets(st.sampled_from(["A", "AB", "ABC", "B", "B-1", "C"]))
MARKINGS = st.builds(Marking, st.sampled_from(Level), CODES, st.none() | CODES)


def readers(marking: Marking) -> set[tuple[Level, str, str]]:
    """Who may see it, of everybody who has one level, one category less than all, and one audience."""
    return {
        (level, lacks, audience)
        for level in Level
        if marking.level <= level
        for lacks in ("", "A", "AB", "ABC", "B", "B-1", "C")
        if lacks not in marking.categories
        for audience in ("A", "AB", "ABC", "B", "B-1", "C", "")
        if marking.audience is None or audience in marking.audience
    }


@given(MARKINGS, MARKINGS)
def test_combined_is_for_those_alone_who_may_see_each(one: Marking, other: Marking) -> None:
    assert readers(combined(one, other)) == readers(one) & readers(other)


@given(MARKINGS, MARKINGS, MARKINGS)
def test_combining_is_the_same_in_any_order(one: Marking, two: Marking, three: Marking) -> None:
    assert combined(one, two) == combined(two, one)
    assert combined(one, combined(two, three)) == combined(combined(one, two), three) == combined(one, two, three)
    assert combined(one, one) == combined(one) == combined(one, INTERNAL) == one
    assert combined() == INTERNAL


@given(MARKINGS)
def test_text_says_all(marking: Marking) -> None:
    assert Marking.parse(str(marking)) == marking
    assert Marking.of_columns(marking.columns()) == marking


@given(st.frozensets(MARKINGS, min_size=2))
def test_no_two_have_one_text(markings: frozenset[Marking]) -> None:
    assert len({str(marking) for marking in markings}) == len(markings)


@given(st.text() | st.text("/-AB*", max_size=12).map(lambda tail: f"secret{tail}"))
@example("secret//A/A")
@example("secret//B/A")
@example("secret//-")
@example("secret//A//B//C")
def test_any_other_text_is_refused(text: str) -> None:
    try:
        marking = Marking.parse(text)
    except ValueRefused as refused:
        assert len(str(refused)) < 300
        assert str(refused).isprintable()
    else:
        assert str(marking) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no level; levels are internal, restricted, confidential, secret, top-secret"),
        ("SECRET", "is no level"),
        ("secret//", "is no code of a category or an audience"),
        ("secret//a", "has capital letters, digits and hyphens"),
        ("secret//A/", "is no code"),
        ("secret//É", "is no code"),
        ("secret//A\n", "is no code"),
        (f"secret//{'A' * 33}", "at most 32 long"),
        ("secret//B/A", "'secret//B/A' is written 'secret//A/B'"),
        ("secret//-", "'secret//-' is written 'secret'"),
        ("secret//A//B//C", "is no marking; write it like restricted//CATEGORY//AUDIENCE"),
        (f"{'x' * 10_000}", "is no level"),
    ],
)
def test_refusal_says_what_and_how_to_mend(text: str, told: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        Marking.parse(text)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("marking", "text"),
    [
        (INTERNAL, "internal"),
        (Marking(Level.TOP_SECRET), "top-secret"),
        (Marking(Level.SECRET, frozenset({"B", "A"})), "secret//A/B"),
        (Marking(Level.SECRET, frozenset(), frozenset({"HQ"})), "secret//-//HQ"),
        (Marking(Level.RESTRICTED, frozenset({"A"}), frozenset()), "restricted//A//-"),
    ],
)
def test_text_is_as_documented(marking: Marking, text: str) -> None:
    assert str(marking) == text
    assert marking.restricts == (text != "internal")


def test_marking_with_what_is_no_code_is_not_made() -> None:
    with pytest.raises(ValueRefused):
        Marking(Level.SECRET, frozenset({"A/B"}))
    with pytest.raises(ValueRefused):
        Marking(Level.SECRET, frozenset(), frozenset({"*"}))
