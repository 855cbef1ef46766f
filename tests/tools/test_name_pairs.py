"""The pairs that prices of names are fitted on: scored as the model scores them, drawn alike each time, relatives among them."""

from __future__ import annotations

import numpy as np
import pytest

from fit_names import starting_weights, with_prices
from kstep.matching.prepared import Prepared, prepare
from kstep.matching.reference import score
from kstep.matching.weights import Weights, shipped_weights
from kstep.model import Document, DocumentType, Identity, Name, NameQuality, PartialDate
from kstep.names import compare, shipped_frequencies
from linked_records import Record, words_of
from name_counts import rates, relations_of
from name_pairs import ALIKE, KNOWN, Comparison, Sample, alike, every_pair, names_alone, sharing_documents, thinned
from name_relatives import relative_of

PEOPLE = ("Youssef Haddad", "Omar Khalil Haddad", "Nur Muhammad Taraki", "Ruslan Achmizov")
ENTRIES = ("Yusuf Hadad", "Ali Khalil Haddad", "Nurmuhammad Taraki", "Ruslan Magomedovich Achmizov", "Wang Xiaoming")


def identity(*names: str, weak: str = "", born: str = "") -> Identity:
    known = [*map(Name, names), *([Name(weak, NameQuality.WEAK)] if weak else [])]
    return Identity(tuple(known), (PartialDate.parse(born),) if born else ())


def records(*names: str) -> list[Prepared]:
    return [prepare(identity(name)) for name in names]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return starting_weights(shipped_weights())


@pytest.fixture(scope="module")
def sample(weights: Weights) -> Sample:
    left, right = every_pair(len(PEOPLE), len(ENTRIES))
    known = np.where(left == right, KNOWN, -KNOWN)
    comparison = Comparison(records(*PEOPLE), records(*ENTRIES), weights)
    return Sample(comparison, left, right, known, np.ones(len(left)), left < 2)


@pytest.mark.parametrize(
    "prices",
    [{}, {"conflict": 7000.0}, {"conflict_rare": 300.0, "doubt": 900.0}, {"missing": 6000.0, "missing_inner": 0.0},
     {"choice": 2500.0, "weak_alias": 0.0}],
)  # fmt: skip
def test_names_earn_what_the_model_says_at_any_prices(prices: dict[str, float], weights: Weights) -> None:
    """Also where there are several names to choose from, and weak ones."""
    people = [prepare(identity("Omar Haddad", "Omar Khalil Haddad")), prepare(identity("Ruslan Achmizov"))]
    entries = [prepare(identity("Ali Khalil Haddad", weak="Umar Hadad")), *records(*ENTRIES)]
    left, right = every_pair(len(people), len(entries))
    found, _ = Comparison(people, entries, weights).millibits(left, right, prices)
    then = with_prices(weights, {"choice": weights.choice, **prices})
    assert found.tolist() == [score(person, entry, then).millibits for person in people for entry in entries]


def test_dates_do_not_count_with_names(weights: Weights) -> None:
    one, other = (prepare(identity("Omar Haddad", born=born)) for born in ("1984-03-07", "1951-01-02"))
    here = np.zeros(1, np.int64)
    assert names_alone(one) == names_alone(other)
    assert (
        Comparison([one], [one], weights).millibits(here, here, {})[0]
        == Comparison([one], [other], weights).millibits(here, here, {})[0]
    )


def test_alike_are_the_pairs_whose_names_earn_enough(sample: Sample, weights: Weights) -> None:
    found = alike(records(*PEOPLE), [identity(name) for name in ENTRIES], weights)
    assert found.tolist() == (sample.bits({}) >= ALIKE / 1000).tolist()
    assert 3 < found.sum() < len(found)


def test_pairs_that_are_drawn_stand_for_all() -> None:
    all_of = np.arange(200_000) % 1_000 == 0
    none_of = np.arange(200_000) % 10 == 5
    kept, stands_for = thinned(all_of, none_of)
    assert set(np.flatnonzero(all_of)) <= set(kept)
    assert not none_of[kept].any()
    assert (stands_for[all_of[kept]] == 1).all()
    assert stands_for.sum() == pytest.approx((~none_of).sum(), rel=0.1)
    again = thinned(all_of, none_of)
    assert (kept == again[0]).all() and (stands_for == again[1]).all()


def test_halves_part_the_pairs(sample: Sample) -> None:
    fit, test = sample.half("fit"), sample.half("test")
    assert set(fit.person) == {0, 1} and set(test.person) == {2, 3}
    assert np.append(fit.bits({}), test.bits({})).tolist() == sample.bits({}).tolist()


def test_only_numbers_that_are_long_enough_tell_that_two_records_are_one() -> None:
    def record(number: str) -> Record:
        known = Identity((Name("Omar Haddad"),), (), (), (), (), (), (Document(DocumentType.PASSPORT, number),))
        return Record(known, words_of(known))

    mine, theirs = [record("A-123456"), record("12345")], [record("777777"), record("A123456"), record("12345")]
    assert sharing_documents(mine, theirs) == [(0, 1)]


def test_relative_has_another_given_name_and_the_rest_of_the_name() -> None:
    (record,) = records("Omar Khalil Haddad")
    givers = [found.names[0] for found in records("Umar Aziz", "Halil Aziz", "Samir Omar")]
    found = relative_of(record, givers, np.random.default_rng(1))
    assert found is not None and found.tokens == ("samir", *record.names[0].tokens[1:])
    assert compare("samir", record.names[0].tokens[0], shipped_frequencies()) is None
    assert all(join.start > 0 for join in found.joins)


def test_who_finds_no_other_given_name_has_no_relative() -> None:
    (record,) = records("Omar Khalil Haddad")
    assert relative_of(record, [found.names[0] for found in records("Umar Aziz")], np.random.default_rng(1)) is None


def test_who_does_not_always_go_by_the_given_name_has_no_relative() -> None:
    givers = [found.names[0] for found in records("Samir Omar")]
    for alias, made_up in (("Umar Hadad", True), ("Khalil Haddad", False)):
        known = prepare(identity("Omar Khalil Haddad", alias))
        assert (relative_of(known, givers, np.random.default_rng(1)) is not None) == made_up


def test_tokens_but_the_best_are_counted_by_what_they_are_to_each_other(sample: Sample, weights: Weights) -> None:
    def relations(mine: str, theirs: str) -> list[str]:
        here = np.zeros(1, np.int64)
        pair = Sample(
            Comparison(records(mine), records(theirs), weights), here, here, np.zeros(1), np.ones(1), here == 0
        )
        return relations_of(pair, 0, (0, 0), weights)

    assert relations("Ruslan Achmizov", "Ruslan Achmizov") == ["same"]
    assert relations("Omar Achmizov", "Ali Achmizov") == ["conflict"]
    assert relations("Qwertulus Achmizov", "Ali Achmizov") == ["conflict, one is rare"]
    assert sorted(relations("Ruslan Achmizov", "Ruslan Magomedovich Achmizov")) == ["missing inside", "same"]
    assert sorted(relations("Ruslan Achmizov", "Ruslan Achmizov Dadaev")) == ["missing", "same"]
    assert relations("Wang Li", "Kim Li") == []


def test_rates_are_shares_of_one_person_and_of_two(weights: Weights) -> None:
    people = records("Ruslan Achmizov", "Ruslan Achmizov", "Ruslan Achmizov")
    entries = records("Ruslan Achmizov", "Omar Achmizov")
    left, right = np.array([0, 1, 2, 2]), np.array([0, 0, 1, 0])
    sample = Sample(Comparison(people, entries, weights), left, right, np.zeros(4), np.array([1.0, 1, 6, 2]), left < 9)
    found = rates([(sample, np.array([1.0, 0.9, 0.0, 0.001]))], weights)
    assert found["same"] == (1.0, 0.25)
    assert sum(u for _, u in found.values()) == 1
