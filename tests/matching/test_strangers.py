"""Names of two scripts in which nothing is comparable: the more unlike they sound, the less likely they are one person's."""

from __future__ import annotations

import pytest

from brute_force import WEIGHTS, by_brute_force, entries_of
from kstep.matching import build_index, columns_of_identities, explain, find_pairs, prepare, score
from kstep.matching.index import searched, side_of
from kstep.matching.records import records_of
from kstep.matching.reference import compare_names
from kstep.matching.reverse import find_among_people
from kstep.model import Document, DocumentType, Identity, Name, Person
from kstep.names.similarity import MOST_UNLIKE

OTHER_NAME = WEIGHTS.name["other_name"]
PASSPORT = Document(DocumentType.PASSPORT, "X1234567")


def called(*names: str, documents: tuple[Document, ...] = ()) -> Identity:
    return Identity(names=tuple(map(Name, names)), documents=documents)


def earned(left: Identity, right: Identity) -> int:
    return score(prepare(left), prepare(right), WEIGHTS).millibits


@pytest.mark.parametrize(
    ("native", "nearer", "further"),
    [
        ("кондрашов", "kondo", "bartholomew"),
        ("محمود", "hamid", "christoffersen"),
        ("이명박", "tanaka", "schwarzenegger"),
    ],
)
def test_what_sounds_more_unlike_costs_more(native: str, nearer: str, further: str) -> None:
    assert OTHER_NAME > earned(called(nearer), called(native)) > earned(called(further), called(native))
    assert earned(called(further), called(native)) >= OTHER_NAME - MOST_UNLIKE


def test_it_is_no_matter_how_many_tokens_a_name_has() -> None:
    """Two tokens conflict, and one is missing; yet it is one other name."""
    one = earned(called("Christoffersen"), called("محمود"))
    assert earned(called("Christoffersen"), called("محمود محمود محمود")) == one > OTHER_NAME - MOST_UNLIKE - 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (called("Christoffersen"), called("Mahmud")),
        (called("Christoffersen"), called("محمود", "Mahmud")),
        (called("Mahmud Christoffersen"), called("محمود")),
        (called("محمود"), called("кондрашов")),
        (called("Christoffersen"), called("ธนาธร")),
    ],
    ids=["one script", "one name in the same script", "comparable", "neither is Latin", "no model reads it"],
)
def test_nothing_sounds_unlike(left: Identity, right: Identity) -> None:
    one, other = prepare(left), prepare(right)
    found = score(one, other, WEIGHTS)
    assert "sounds unlike" not in [finding.relation for finding in explain(one, other, found.names, WEIGHTS)]


def test_the_names_are_told_that_sound_least_unlike() -> None:
    one, other = prepare(called("Christoffersen", "Hamid")), prepare(called("محمود"))
    found = score(one, other, WEIGHTS)
    assert found.names == (1, 0)
    told = explain(one, other, found.names, WEIGHTS)
    assert [(row.person, row.entry, row.relation) for row in told[:2]] == [
        ("Hamid", "محمود", "other name"), ("Hamid", "محمود", "sounds unlike"),
    ]  # fmt: skip
    assert sum(row.millibits for row in told) == found.millibits
    assert earned(called("محمود"), called("Hamid", "Christoffersen")) == found.millibits


def test_a_pair_that_a_document_brings_is_found_down_to_its_last_millibit() -> None:
    people, entries = [called("Christoffersen", documents=(PASSPORT,))], [called("محمود", documents=(PASSPORT,))]
    (pair,) = by_brute_force(people, entries)
    left, right = prepare(people[0]), prepare(entries[0])
    upper = pair.millibits - earned(called("Christoffersen"), called("محمود"))
    upper += compare_names(left.names[0], right.names[0], WEIGHTS).millibits
    assert upper > pair.millibits
    side = side_of("", {}, columns_of_identities(people), records_of([Person("1", people[0])]))
    for need in (pair.millibits, pair.millibits + 1, upper):
        expected = [pair] if need <= pair.millibits else []
        columns = columns_of_identities(people)
        assert find_pairs(columns, build_index("edition", entries_of(entries)), need, WEIGHTS).pairs == expected
        back = find_among_people(searched(side), columns_of_identities(entries), entries, need, WEIGHTS)
        assert back.pairs == expected
