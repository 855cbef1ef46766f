"""What dates, countries and documents are said to be to each other, by the definition and by the kernels alike."""

from __future__ import annotations

from itertools import product

import pytest

from adversarial_records import DATES
from kstep.matching import brute_pairs, build_index, columns_of, explain, find_pairs, prepare, score, shipped_weights
from kstep.matching.kernels import fields as kernels
from kstep.matching.kernels.fields import RELATIONS
from kstep.matching.reference_dates import compare_dates
from kstep.matching.reference_fields import Finding, compare_document
from kstep.matching.vocabulary_arrays import date_rows
from kstep.model import Document, DocumentType, Entry, Identity, PartialDate
from kstep.model.countries import RELATED_STATES, country_of_code

WEIGHTS = shipped_weights()


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        ("1967-05-12", "equal"), ("1967-12-05", "day and month swapped"), ("1967-05-13", "a day or two off"),
        ("1967-05-10", "a day or two off"), ("1967-05-15", "one digit differs"), ("1967-05-21", "digits transposed"),
        ("1967-06-12", "one digit differs"), ("1967-05-28", "same year and month"), ("1967-08-20", "same year"),
        ("1967-01-01", "same year, placeholder"), ("1967-07-01", "same year, placeholder"),
        ("1968-05-12", "same day, a year off"), ("1976-05-12", "same day, other year"), ("1957-05-12", "same day, other year"),
        ("1987-05-12", "same day, other year"), ("1978-05-12", "conflict"), ("1968-08-20", "a year apart"),
        ("1965-08-20", "two years apart"), ("1950-08-20", "conflict"), ("1967", "year agrees"), ("1967-05", "same month"),
        ("1967-06", "same year"), ("1968", "neighbouring years"), ("1969", "two years apart"), ("1970", "conflict"),
    ],
)  # fmt: skip
def test_relations_of_birth_dates_are_named(other: str, relation: str) -> None:
    assert compare_dates(PartialDate.parse("1967-05-12"), PartialDate.parse(other)) == relation


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ("1970-01-01", "1970-01-01", "equal 1 January"), ("1970-01-01", "1971-01-01", "a year apart"),
        ("1970-01-01", "1980-01-01", "conflict"), ("1969-12-31", "1970-01-01", "a day or two off"),
        ("1970-10-01", "1970-01-10", "day and month swapped"), ("1970-10-02", "1970-01-02", "digits transposed"),
        ("1970-07-01", "1970-07-01", "equal"),
    ],
)  # fmt: skip
def test_relations_of_placeholders_and_turns_of_the_year_are_named(left: str, right: str, relation: str) -> None:
    assert compare_dates(PartialDate.parse(left), PartialDate.parse(right)) == relation


def test_a_year_that_is_about_may_be_ten_off() -> None:
    about = PartialDate.of(1970, circa=True)
    found = [compare_dates(about, PartialDate.of(year)) for year in (1970, 1980, 1981)]
    assert found == ["about the same year", "about, some years apart", "conflict"]


def test_kernels_name_every_relation_as_the_definition_does() -> None:
    rows, seen = date_rows(DATES), set()
    for (x, left), (y, right) in product(enumerate(DATES), enumerate(DATES)):
        relation = compare_dates(left, right)
        assert RELATIONS[kernels.compare_dates(rows, x, rows, y)] == relation, (left, right)
        seen.add(relation)
    assert seen == set(RELATIONS) == set(WEIGHTS.birth_date)


def test_a_slip_earns_less_than_the_day_and_more_than_a_conflict() -> None:
    worth = WEIGHTS.birth_date
    for slip in (
        "day and month swapped",
        "a day or two off",
        "same day, a year off",
        "one digit differs",
        "year agrees",
    ):
        assert worth["equal"] > worth[slip] > 0 > worth["conflict"]
    assert worth["equal"] > worth["equal 1 January"] > worth["year agrees"]
    assert min(worth.values()) == worth["conflict"] > -7_001


def findings(person: Identity, entry: Identity) -> list[Finding]:
    left, right = prepare(person), prepare(entry)
    assert brute_pairs([left], [right], -(10**7), WEIGHTS).pairs == find_pairs(
        columns_of([left]), build_index("edition", [Entry("1", entry)]), -(10**7), WEIGHTS
    ).pairs  # fmt: skip
    return explain(left, right, score(left, right, WEIGHTS).names, WEIGHTS)


def born(*dates: str) -> Identity:
    return Identity(birth_dates=tuple(PartialDate.parse(text) for text in dates))


def test_a_persian_date_is_compared_with_its_gregorian_day_and_shown_as_both() -> None:
    (found,) = findings(born("1365-02-03"), born("1986-04-23"))
    assert (found.relation, found.person, found.entry) == ("equal", "1365-02-03 (Persian: 1986-04-23)", "1986-04-23")
    assert found.millibits == WEIGHTS.birth_date["equal"] - WEIGHTS.date_charge(2)


def test_a_hijri_date_is_compared_with_its_gregorian_day_on_either_side() -> None:
    (found,) = findings(born("1979-11-20"), born("1400-01-01"))
    assert (found.relation, found.entry) == ("equal", "1400-01-01 (Hijri: 1979-11-20)")


def test_a_year_of_the_hijra_is_a_range_of_days() -> None:
    (found,) = findings(born("1986"), born("1365"))
    assert (found.relation, found.entry) == ("within the range", "1365 (Persian: 1986-03-21 to 1987-03-20)")


def test_more_dates_to_choose_from_are_charged_for_by_what_was_measured() -> None:
    one, eight = born("1967-05-12"), born("1967-05-12", *(f"19{year}-02-23" for year in range(70, 77)))
    (alone,), (chosen,) = findings(one, one), findings(one, eight)
    assert alone.millibits - chosen.millibits == WEIGHTS.date_charge(8) == 3 * WEIGHTS.date_choice


def national(*codes: str, birth: tuple[str, ...] = ()) -> Identity:
    return Identity(nationalities=codes, birth_countries=birth)


@pytest.mark.parametrize(("mine", "theirs"), [("SU", "UA"), ("UA", "SU"), ("DD", "DE"), ("YU", "RS"), ("SD", "SS")])
def test_a_state_that_came_of_another_earns_half(mine: str, theirs: str) -> None:
    (found,) = findings(national(mine), national(theirs))
    assert found.relation == "related state"
    assert 0 < found.millibits == WEIGHTS.country["equal"] // 2


def test_states_that_came_of_one_are_not_related_to_each_other() -> None:
    assert [found.relation for found in findings(national("LV"), national("UZ"))] == ["conflict"]


def test_one_nationality_of_several_is_enough() -> None:
    assert [found.relation for found in findings(national("SY", "TV"), national("LI", "TV"))] == ["equal"]


def test_two_agreements_of_countries_earn_little_more_than_one_also_where_a_state_changed() -> None:
    both = findings(national("SU", birth=("UA",)), national("RU", birth=("UA",)))
    assert sorted(found.relation for found in both) == ["equal", "related state"]
    assert sum(found.millibits for found in both) == WEIGHTS.country["equal"] + WEIGHTS.birth_country["also"]


def test_related_states_are_countries() -> None:
    for state, others in RELATED_STATES.items():
        assert [country_of_code(code) for code in (state, *others)] == [state, *others]


def paper(number: str, kind: DocumentType = DocumentType.PASSPORT, issuer: str = "") -> Document:
    return Document(kind, number, issuer)


@pytest.mark.parametrize(
    ("left", "right"), [("AB1234567", "1234567"), ("001234567", "1234567"), ("M0887925", "MO887925"), ("A12O4567", "A1204567")]
)  # fmt: skip
def test_a_number_that_lost_its_prefix_or_zeros_is_found(left: str, right: str) -> None:
    relation, worth = compare_document(paper(left), paper(right), WEIGHTS)
    assert relation == "prefix, zeros or O and 0 differ"
    assert 0 < worth < compare_document(paper(left), paper(left), WEIGHTS)[1]
    (found,) = findings(Identity(documents=(paper(left),)), Identity(documents=(paper(right),)))
    assert (found.relation, found.millibits) == (relation, worth)


@pytest.mark.parametrize(("left", "right"), [("AB12345", "12345"), ("ABCDEFGH", "BCDEFGHI"), ("AB1234567", "1234599")])
def test_little_left_of_a_number_says_nothing(left: str, right: str) -> None:
    assert compare_document(paper(left), paper(right), WEIGHTS)[1] == 0


def test_a_national_number_that_lost_its_zeros_does_not_conflict() -> None:
    left, right = (paper(number, DocumentType.NATIONAL_ID, "IR") for number in ("0012345678", "12345678"))
    (found,) = findings(Identity(documents=(left,)), Identity(documents=(right,)))
    assert found.millibits > 0


def test_a_number_issued_by_another_state_has_nothing_in_common() -> None:
    assert compare_document(paper("AB1234567", issuer="IR"), paper("1234567", issuer="SY"), WEIGHTS)[1] == 0
