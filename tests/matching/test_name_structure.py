"""What whole names say of each other: scripts, missing and other names, many aliases.

Only relations and orders are asserted, never learned weights.
"""

from __future__ import annotations

import dataclasses
from itertools import islice, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversarial_records import identities
from kstep.matching import Finding, Prepared, explain, prepare, score, shipped_weights
from kstep.matching.reference import NameComparison, compare_names
from kstep.model import Identity, Name, PartialDate
from script_words import NAMES

WEIGHTS = shipped_weights()


def named(*full: str, born: str = "") -> Prepared:
    dates = (PartialDate.parse(born),) if born else ()
    return prepare(Identity(names=tuple(map(Name, full)), birth_dates=dates))


def of_names(left: str, right: str) -> NameComparison:
    return compare_names(named(left).names[0], named(right).names[0], WEIGHTS)


PROBES = """
    习近平|Xi Jinping        習近平|Xi Jinping          习近平|Hsi Chin-ping         毛泽东|Mao Zedong
    김정은|Kim Jong Un       김정은|Kim Jong-un         박지성|Park Ji-sung
    山田太郎|Yamada Taro     山田太郎|Taro Yamada       ヤマダ タロウ|Yamada Taro    佐藤 花子|Sato Hanako
    Νικόλαος Παπαδόπουλος|Nikolaos Papadopoulos        Αλέξης Τσίπρας|Alexis Tsipras
    Սերժ Սարգսյան|Serzh Sargsyan                        Հայկ Պետրոսյան|Hayk Petrosyan
    გიორგი მარგველაშვილი|Giorgi Margvelashvili          ნინო ბერიძე|Nino Beridze
    राजेश कुमार शर्मा|Rajesh Kumar Sharma                  सुनील यादव|Sunil Yadav
    শেখ হাসিনা|Sheikh Hasina                             সুনীল দাস|Sunil Das
    አበበ ቢቂላ|Abebe Bikila                               ተስፋዬ ገብረ|Tesfaye Gebre
    محمود احمدی‌نژاد|Mahmoud Ahmadinejad                 علی رضا گیلانی|Ali Reza Gilani
    نواز شریف|Nawaz Sharif                              چوہدری ظہور|Chaudhry Zahoor
    اشرف غني|Ashraf Ghani                               گلبدین حکمتیار|Gulbuddin Hekmatyar
    بشار الأسد|Bashar al-Assad                          أيمن الظواهري|Ayman al-Zawahiri
    בנימין נתניהו|Binyamin Netanyahu                    Владимир Путин|Vladimir Putin
    Пётр Чайковский|Pyotr Tchaikovsky                   Володимир Зеленський|Volodymyr Zelensky
"""
"""Names of public figures and of nobody, in every script, with their usual Latin spelling."""
BOTH = [
    tuple(pair.strip().split("|")) for line in PROBES.strip().splitlines() for pair in line.split("  ") if pair.strip()
]


@pytest.mark.parametrize(("native", "latin"), BOTH)
def test_a_name_in_its_own_script_is_found_by_its_latin_spelling(native: str, latin: str) -> None:
    found = of_names(native, latin)
    assert found.millibits > 6_000
    assert (found.conflicts, found.missing) == (0, 0)
    assert of_names(latin, native).millibits == found.millibits


def test_a_name_in_its_own_script_earns_more_beside_its_own_spelling_than_beside_any_other() -> None:
    people: dict[str, list[str]] = {}
    for native, latin in BOTH:
        people.setdefault(native, []).append(latin)
    for native, own in people.items():
        least = min(of_names(native, latin).millibits for latin in own)
        others = [latin for other, latins in people.items() for latin in latins if latins[0] not in own]
        assert max(of_names(native, latin).millibits for latin in others) < least - 5_000


THREE_CASES = [
    # a name, one name left out, another father's name, a letter off
    ("Ahmed Said Khalil", "Ahmed Khalil", "Ahmed Omar Khalil", "Ahmed Said Khalel"),
    ("Ali Hassan Zawahiri", "Ali Zawahiri", "Ali Tariq Zawahiri", "Ali Hassan Zawahri"),
    ("Tariq Nadir Qasrawan", "Tariq Qasrawan", "Tariq Omar Qasrawan", "Tariq Nadyr Qasrawan"),
    ("Ivan Petrovich Sidorov", "Ivan Sidorov", "Ivan Sergeevich Sidorov", "Ivan Petrovich Sidorof"),
    ("Abdirahman Warsame Jama", "Abdirahman Jama", "Abdirahman Farah Jama", "Abdirahman Warsama Jama"),
    ("أحمد سعيد خليل", "Ahmed Khalil", "Ahmed Omar Khalil", "Ahmed Sayid Khalil"),
]


@pytest.mark.parametrize(("name", "added", "fathers", "letter"), THREE_CASES)
def test_an_added_name_another_fathers_name_and_a_letter_off_get_three_answers(
    name: str, added: str, fathers: str, letter: str
) -> None:
    """A name more is likely one man, the same names with two fathers are likely two, a letter off is likely one."""
    same, off, fewer, other = (of_names(name, beside).millibits for beside in (name, letter, added, fathers))
    assert same > off > fewer > other
    assert same - other > 2 * (same - fewer)
    assert other < fewer / 2
    assert (of_names(name, added).missing_inner, of_names(name, added).conflicts) == (1, 0)
    assert of_names(name, fathers).missing == 0
    assert sum(row.relation == "conflict" for row in rows_of(named(name), named(fathers))) == 1
    assert (of_names(name, letter).missing, of_names(name, letter).conflicts) == (0, 0)


def test_where_all_agrees_nothing_is_in_doubt_and_where_something_conflicts_it_is() -> None:
    assert of_names("Ali Zawahiri", "Ali Zawahiri").doubt == of_names("Ali Omar Zawahiri", "Ali Zawahiri").doubt == 0
    conflict = of_names("Ahmed Said Khalil", "Ahmed Omar Khalil")
    worse = of_names("Ahmed Said Khalil", "Ahmed Khalil Omar Tariq")
    assert conflict.doubt > 0
    assert (worse.missing, worse.missing_inner) == (0, 1)
    assert worse.doubt == conflict.doubt
    assert conflict.doubt < sum(pairing.millibits for pairing in conflict.pairings)


def test_a_name_missing_between_others_costs_less_than_the_first_or_the_last() -> None:
    """*Barzan Ibrahim al-Tikriti* is the father of *Saja Barzan Ibrahim al-Tikriti*."""
    whole = "Saja Barzan Ibrahim al-Tikriti"
    inner, first, last = (of_names(whole, name) for name in (
        "Saja Ibrahim al-Tikriti", "Barzan Ibrahim al-Tikriti", "Saja Barzan Ibrahim"
    ))  # fmt: skip
    assert [(found.missing, found.missing_inner) for found in (inner, first, last)] == [(0, 1), (1, 0), (1, 0)]
    assert inner.millibits > first.millibits
    rows = rows_of(named(whole), named("Barzan Ibrahim al-Tikriti"))
    assert [(row.person, row.millibits) for row in rows if row.relation == "not in entry"] == [
        ("saja", -WEIGHTS.name["missing"])
    ]
    rows = rows_of(named(whole), named("Barzan al-Tikriti"))
    assert [(row.person, row.millibits) for row in rows if row.relation == "not in entry"] == [
        ("saja", -WEIGHTS.name["missing"]), ("ibrahim", -WEIGHTS.name["missing_inner"])
    ]  # fmt: skip


def test_a_given_name_of_two_characters_is_found_as_one_word_and_as_two() -> None:
    for latin in ("Chen Zhiqiang", "Chen Zhi Qiang", "Chen Zhi-qiang"):
        assert of_names(latin, "陈志强").millibits > 0


def test_a_korean_syllable_is_no_article() -> None:
    assert named("Choe Song Il").names[0].tokens == ("choe", "song", "il")
    assert of_names("Choe Song Il", "Choe Song").missing == 1


@pytest.mark.parametrize(
    ("mistyped", "name"),
    [("Nurjaman Riduan Isamuqddin", "Nurjaman Riduan Isamuddin"), ("Abdullazh Yahya al-Hakim", "Abdullah Yahya al-Hakim"),
     ("Mcihel Aoun", "Michel Aoun"), ("Badur Rehman", "Abdur Rehman"), ("Ab al-Baqi Nashwan", "Abd al-Baqi Nashwan")],
)  # fmt: skip
def test_a_slip_in_half_of_a_compound_is_no_other_name(mistyped: str, name: str) -> None:
    found, same = of_names(mistyped, name), of_names(name, name)
    assert (found.conflicts, found.conflicts_rare, found.missing) == (0, 0, 0)
    assert same.millibits * 3 / 4 < found.millibits <= same.millibits
    assert all(row.relation != "written as one" for row in rows_of(named(mistyped), named(name)))


def test_doubt_grows_with_what_is_against_and_with_what_agrees() -> None:
    alike, unlike = of_names("Ahmed Khalil", "Ahmed Kalila"), of_names("Ahmed Khalil", "Ahmed Zqxvwj")
    assert unlike.doubt >= alike.doubt
    common, rare = of_names("Ali Zqxvwj", "Ali Bdgmrt"), of_names("Qasrawan Zqxvwj", "Qasrawan Bdgmrt")
    assert rare.doubt > common.doubt > 0


def rows_of(left: Prepared, right: Prepared) -> list[Finding]:
    """What is told of the first names of two records."""
    bare = prepare(Identity())
    mine, theirs = (dataclasses.replace(bare, names=side.names[:1]) for side in (left, right))
    return explain(mine, theirs, (0, 0), WEIGHTS)


@settings(max_examples=150, deadline=None)
@given(person=identities, entry=identities)
def test_what_is_told_of_two_names_adds_up(person: Identity, entry: Identity) -> None:
    left, right = prepare(person), prepare(entry)
    if left.names and right.names:
        found = compare_names(left.names[0], right.names[0], WEIGHTS)
        told = rows_of(left, right)
        relations = {row.relation: row.millibits for row in told}
        earned = relations.get("other name", found.millibits) + relations.get("sounds unlike", 0)
        assert sum(row.millibits for row in told) == earned
        assert 0 <= found.doubt <= sum(max(0, pairing.millibits) for pairing in found.pairings)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=4), st.lists(st.sampled_from(NAMES), min_size=1, max_size=4)
)
def test_what_is_not_all_agreed_is_told_in_its_own_row(mine: list[str], theirs: list[str]) -> None:
    left, right = named(" ".join(mine)), named(" ".join(theirs))
    rows = rows_of(left, right)
    doubtful = [row for row in rows if row.relation == "not all agrees"]
    against = [row for row in rows if row.millibits < 0 and row.person and row.entry]
    agreed = [row for row in rows if row.millibits > 0]
    assert len(doubtful) <= 1
    assert all(row.millibits < 0 and len(against) > 1 and agreed for row in doubtful)


MANY = [
    f"{first} {second}{third}"
    for first, second, third in product(
        ("Ahmed", "Ali", "Hassan", "Omar", "Khalid", "Said", "Mahmud", "Tariq", "Yusuf", "Ibrahim"),
        ("Kham", "Rash", "Sal", "Nas", "Bak", "Far", "Had", "Jab"),
        ("ir", "id", "im", "ari", "awi", "uri"),
    )
]


def of_many_aliases(count: int) -> Prepared:
    return named(*islice(MANY, count), born="1960")


def test_an_entry_of_400_aliases_is_charged_for_their_number() -> None:
    person, entry = named("Ahmed Khamir"), of_many_aliases(400)
    assert len(entry.names) == 400
    alone, many = (score(person, other, WEIGHTS) for other in (of_many_aliases(1), entry))
    assert alone.millibits - many.millibits == WEIGHTS.charge(400) > 0
    rows = explain(person, entry, many.names, WEIGHTS)
    (charged,) = [row for row in rows if row.relation == "best of several"]
    assert (charged.person, charged.entry, charged.millibits) == ("1 name", "400 names", -WEIGHTS.charge(400))


@pytest.mark.parametrize("name", ["Ali Hassan", "Mohammed Ahmed", "Ahmed Ali", "Maria Garcia", "Li Wei", "John Smith"])
def test_a_person_with_a_common_name_is_not_flagged_by_an_entry_of_400_aliases(name: str) -> None:
    """Not even where one of the aliases is the very name, because so many people carry it."""
    person = named(name, born="1991-07-19")
    of_others, with_own = named(*MANY[:400], born="1960-02-03"), named(*MANY[:399], name)
    assert WEIGHTS.probability(score(person, of_others, WEIGHTS).millibits) < 0.001
    assert WEIGHTS.probability(score(person, with_own, WEIGHTS).millibits) < 0.5
