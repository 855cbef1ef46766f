"""What evidence says, whatever its numbers: it adds up, agreement earns, conflict costs, absence does neither.

Only relations are asserted, never learned weights: those may be fitted anew.
"""

from __future__ import annotations

import dataclasses
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversarial_records import DATES, DOCUMENTS, WORDS, identities
from kstep.matching import (
    Prepared,
    build_index,
    ceilings_of,
    columns_of,
    explain,
    find_pairs,
    prepare,
    score,
    shipped_weights,
)  # fmt: skip
from kstep.matching.reference import compare_names
from kstep.matching.reference_dates import compare_dates
from kstep.matching.reference_fields import compare_document
from kstep.model import Document, DocumentType, Entry, Identity, Name, NameQuality, PartialDate, Sex
from kstep.names import compare, shipped_frequencies
from kstep.names.similarity import LEAST

WEIGHTS = shipped_weights()
FREQUENCIES = shipped_frequencies()


def named(*full: str, quality: NameQuality = NameQuality.PRIMARY) -> Prepared:
    return prepare(Identity(names=tuple(Name(text, quality=quality) for text in full)))


def millibits(person: Prepared, entry: Prepared) -> int:
    return score(person, entry, WEIGHTS).millibits


def of_names(left: str, right: str) -> int:
    """What two whole names earn beside each other."""
    return compare_names(named(left).names[0], named(right).names[0], WEIGHTS).millibits


@settings(max_examples=200, deadline=None)
@given(person=identities, entry=identities)
def test_the_explanation_adds_up_to_the_score(person: Identity, entry: Identity) -> None:
    left, right = prepare(person), prepare(entry)
    found = score(left, right, WEIGHTS)
    findings = explain(left, right, found.names, WEIGHTS)
    assert sum(finding.millibits for finding in findings) == found.millibits


@settings(max_examples=100, deadline=None)
@given(person=identities, entry=identities)
def test_the_explanation_accounts_for_every_token_once(person: Identity, entry: Identity) -> None:
    left, right = prepare(person), prepare(entry)
    names = score(left, right, WEIGHTS).names
    findings = [finding for finding in explain(left, right, names, WEIGHTS) if finding.field == "name"]
    of_the_whole = ("not all agrees", "weak alias", "best of several")
    about_tokens = [found for found in findings if found.relation not in of_the_whole]
    if names is None or "other name" in [found.relation for found in about_tokens]:
        return
    mine = [token for found in about_tokens for token in found.person.split()]
    theirs = [token for found in about_tokens for token in found.entry.split()]
    assert sorted(mine) == sorted(left.names[names[0]].tokens)
    assert sorted(theirs) == sorted(right.names[names[1]].tokens)


def test_no_name_or_no_other_field_explains_to_nothing() -> None:
    assert explain(named(), named("Ali"), None, WEIGHTS) == []
    assert score(named(), named("Ali"), WEIGHTS).millibits == 0


def test_tokens_compare_the_same_either_way_round() -> None:
    tokens = sorted({token for word in WORDS for name in named(word).names for token in name.tokens})
    for left, right in product(tokens, tokens):
        assert compare(left, right, FREQUENCIES) == compare(right, left, FREQUENCIES)


def test_dates_and_documents_compare_the_same_either_way_round() -> None:
    for left, right in product(DATES, DATES):
        assert compare_dates(left, right) == compare_dates(right, left)
    for mine, theirs in product(DOCUMENTS[::3], DOCUMENTS[::3]):
        assert compare_document(mine, theirs, WEIGHTS) == compare_document(theirs, mine, WEIGHTS)


@settings(max_examples=100, deadline=None)
@given(person=identities, entry=identities)
def test_records_compare_the_same_either_way_round(person: Identity, entry: Identity) -> None:
    """But for weak aliases: only a list ranks its names, so only the entry's count."""
    left, right = (
        prepare(dataclasses.replace(record, names=tuple(Name(name.full) for name in record.names)))
        for record in (person, entry)
    )
    assert millibits(left, right) == millibits(right, left)


ALI = Identity(names=(Name("Ali Zqxv"),))
BORN = PartialDate.of(1970, 5, 3)
IRANIAN = Document(DocumentType.NATIONAL_ID, "12345678", "IR")
FIELDS: dict[str, tuple[Any, Any, Any]] = {
    "birth_dates": ((BORN,), (BORN,), (PartialDate.of(1944, 11, 28),)),
    "sexes": ((Sex.MALE,), (Sex.MALE,), (Sex.FEMALE,)),
    "nationalities": (("SY",), ("SY",), ("TV",)),
    "birth_countries": (("SY",), ("SY",), ("TV",)),
    "documents": ((IRANIAN,), (IRANIAN,), (dataclasses.replace(IRANIAN, number="99887766"),)),
}


@pytest.mark.parametrize("field", FIELDS)
def test_agreement_earns_conflict_costs_absence_does_neither(field: str) -> None:
    mine, agreeing, conflicting = FIELDS[field]
    known, bare = prepare(dataclasses.replace(ALI, **{field: mine})), prepare(ALI)
    agrees = millibits(known, prepare(dataclasses.replace(ALI, **{field: agreeing})))
    conflicts = millibits(known, prepare(dataclasses.replace(ALI, **{field: conflicting})))
    assert agrees > millibits(known, bare) == millibits(bare, known) == millibits(bare, bare) > conflicts


@settings(max_examples=150, deadline=None)
@given(person=identities, entry=identities, field=st.sampled_from(["names", "birth_dates", "sexes", "documents"]))
def test_what_only_one_side_knows_says_nothing(person: Identity, entry: Identity, field: str) -> None:
    silent = prepare(dataclasses.replace(entry, **{field: ()}))
    without = prepare(dataclasses.replace(person, **{field: ()}))
    assert millibits(prepare(person), silent) == millibits(without, silent)
    assert millibits(silent, prepare(person)) == millibits(silent, without)


@settings(max_examples=100, deadline=None)
@given(person=identities, entry=identities)
def test_countries_that_only_one_side_knows_say_nothing(person: Identity, entry: Identity) -> None:
    silent = prepare(dataclasses.replace(entry, nationalities=(), birth_countries=()))
    without = prepare(dataclasses.replace(person, nationalities=(), birth_countries=()))
    assert millibits(prepare(person), silent) == millibits(without, silent)


@settings(max_examples=150, deadline=None)
@given(person=identities, entry=identities, field=st.sampled_from(["birth_dates", "sexes", "documents"]))
def test_leaving_out_a_conflict_raises_and_leaving_out_agreement_lowers(
    person: Identity, entry: Identity, field: str
) -> None:
    left, right = prepare(person), prepare(entry)
    found = score(left, right, WEIGHTS)
    kind = {"birth_dates": "birth_date", "sexes": "sex", "documents": "document"}[field]
    worth = sum(one.millibits for one in explain(left, right, found.names, WEIGHTS) if one.field == kind)
    without = prepare(dataclasses.replace(person, **{field: ()}))
    assert found.millibits - millibits(without, right) == worth


def test_a_conflict_is_never_a_veto() -> None:
    """A rare name and a document outweigh a birth date, a sex and a country that all conflict."""
    person = Identity((Name("Zqxv Wqxj Qzkw"),), (BORN,), (Sex.MALE,), ("SY",), ("SY",), (), (IRANIAN,))
    entry = dataclasses.replace(
        person, birth_dates=(PartialDate.of(1944),), sexes=(Sex.FEMALE,), nationalities=("TV",), birth_countries=("TV",)
    )
    assert WEIGHTS.probability(millibits(prepare(person), prepare(entry))) > 0.5


def test_names_without_anything_in_common_cost_the_same_however_long() -> None:
    other = WEIGHTS.name["other_name"]
    assert of_names("Zqxv " * 4, "Bdgm Rtlk") == of_names("Zqxv Wqxj", "Bdgm " * 9) == other < 0


def test_rarer_names_earn_more() -> None:
    """Of any two tokens, the one that fewer people carry earns more beside itself."""
    by_weight = sorted((token for token in FREQUENCIES.tokens if len(token) > 1), key=FREQUENCIES.token)[::500]
    assert len(by_weight) > 40
    assert FREQUENCIES.token(by_weight[0]) < FREQUENCIES.token(by_weight[-1]) <= FREQUENCIES.token("zqxvwj")
    for common, rare in pairwise([*by_weight, "zqxvwj"]):
        less, more = compare(common, common, FREQUENCIES), compare(rare, rare, FREQUENCIES)
        assert less and more
        assert (less.millibits < more.millibits) == (FREQUENCIES.token(common) < FREQUENCIES.token(rare))


def test_a_token_earns_the_most_beside_itself() -> None:
    tokens = sorted({token for word in WORDS for name in named(word).names for token in name.tokens})
    itself = {token: compare(token, token, FREQUENCIES) for token in tokens}
    for left, right in product(tokens, tokens):
        found, own = compare(left, right, FREQUENCIES), itself[left]
        assert own is not None
        assert found is None or LEAST <= found.millibits <= own.millibits


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("Ali Zawahiri", "Ali Zawahiri"), ("Ali Zawahiri", "Ali Zawahri")),
        (("Ali Zawahiri", "Ali Zawahri"), ("Ali Zawahiri", "Ali Bdgmrt")),
        (("Ali Zawahiri", "Ali Zawahiri"), ("Ali Omar Zawahiri", "Ali Zawahiri")),
        (("Ali Omar Zawahiri", "Ali Zawahiri"), ("Ali Omar Zawahiri", "Ali Kamal Zawahiri")),
        (("Ali Omar Zawahiri", "Ali O Zawahiri"), ("Ali Omar Zawahiri", "Ali K Zawahiri")),
        (("Tariq Zawahiri", "Tariq Zawahiri"), ("Tariq Zawahiri", "T Zawahiri")),
        (("Xi Jinping", "Xi Jinping"), ("Xi Jinping", "Xi Ping")),
        (("Xi Jinping", "Xi Jin Ping"), ("Xi Jinping", "Xi Ping")),
        (("Sergey Ivanov", "Сергей Иванов"), ("Sergey Ivanov", "Андрей Иванов")),
        (("Ali Hassan", "علي حسن"), ("Ali Hassan", "علي محمد")),
    ],
)
def test_names_that_differ_less_earn_more(better: tuple[str, str], worse: tuple[str, str]) -> None:
    assert of_names(*better) > of_names(*worse)


def test_the_order_of_a_names_parts_says_nothing() -> None:
    assert of_names("Ali Hassan Zawahiri", "Zawahiri, Ali Hassan") == of_names(
        "Ali Hassan Zawahiri", "Ali Hassan Zawahiri"
    )


def test_a_token_is_not_counted_twice() -> None:
    assert of_names("Ali Ali", "Ali Zqxv") < of_names("Ali Ali", "Ali Ali")
    assert of_names("Ali", "Ali Ali") < of_names("Ali Ali", "Ali Ali")


def test_a_weak_alias_earns_less_than_a_name() -> None:
    weak = named("Ali Zawahiri", quality=NameQuality.WEAK)
    assert millibits(named("Ali Zawahiri"), weak) < millibits(named("Ali Zawahiri"), named("Ali Zawahiri"))


def test_more_names_to_choose_from_are_charged_for() -> None:
    """The best of many is high by chance, so an entry of 400 aliases earns less by one of them than an entry of one name."""
    aliases = [
        f"Ali {a}{b}{c}"
        for a, b, c in product("bdfgklmnrstz", "aeiou", ("man", "ril", "sun", "dok", "gep", "tuf", "ba"))
    ]
    earned = [millibits(named("Ali Bamen"), named("Ali Bamen", *aliases[: count - 1])) for count in (1, 2, 20, 400)]
    assert earned == sorted(set(earned), reverse=True)
    assert len(named("Ali Bamen", *aliases[:399]).names) == 400


def test_the_charge_grows_with_every_doubling_and_is_bounded() -> None:
    charges = [WEIGHTS.charge(1 << power) for power in range(14)]
    assert charges[0] == WEIGHTS.charge(0) == 0
    assert charges == sorted(set(charges))
    assert WEIGHTS.charge(10**9) == max(WEIGHTS.charge(count) for count in range(1, 40_000, 13))


def test_several_dates_are_charged_for() -> None:
    one, several = prepare(Identity(birth_dates=(BORN,))), prepare(Identity(birth_dates=DATES))
    assert millibits(one, one) > millibits(one, several) > millibits(several, several)


def copies(records: list[Identity]) -> list[tuple[int, int]]:
    """What `ceilings_of` says of each record, and what the model says of it beside itself."""
    prepared = [prepare(record) for record in records]
    ceilings = ceilings_of(columns_of(prepared), WEIGHTS).tolist()
    return [(ceiling, millibits(record, record)) for ceiling, record in zip(ceilings, prepared, strict=True)]


def all_primary(record: Identity) -> Identity:
    return dataclasses.replace(record, names=tuple(Name(name.full) for name in record.names))


@settings(max_examples=100, deadline=None)
@given(st.lists(identities.map(all_primary), max_size=5))
def test_ceilings_are_the_scores_of_perfect_copies(records: list[Identity]) -> None:
    assert all(ceiling == copy for ceiling, copy in copies(records))


@settings(max_examples=100, deadline=None)
@given(st.lists(identities, max_size=5))
def test_ceilings_of_records_with_weak_aliases_are_at_most_a_weak_alias_low(records: list[Identity]) -> None:
    """A weak alias beside a name of the same record that is written as one may earn more than either beside itself."""
    assert all(ceiling <= copy <= ceiling + WEIGHTS.name["weak_alias"] for ceiling, copy in copies(records))


def test_an_index_keeps_its_entries_ceilings() -> None:
    entries = [Entry("1", ALI), Entry("2", Identity()), Entry("3", dataclasses.replace(ALI, birth_dates=(BORN,)))]
    expected = [millibits(prepare(entry.identity), prepare(entry.identity)) for entry in entries]
    assert build_index("edition", entries).ceilings.tolist() == expected
    side = columns_of([prepare(entry.identity) for entry in entries])
    found = find_pairs(side, build_index("edition", entries), -(10**7), WEIGHTS).pairs
    assert [pair.millibits for pair in found if pair.person == pair.entry] == expected
