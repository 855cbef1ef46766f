"""Which tokens can be compared at all: spellings and scripts of one name can, other names cannot, and each by a shared key.

Names are weighed here as if all were rare, so that nothing depends on how common the data says a name is.
"""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kstep.names import Frequencies, Relation, compare, shipped_frequencies, sound_keys, spelling_keys, tokenize
from kstep.names.frequencies import UNSEEN_SOUND, UNSEEN_TOKEN
from kstep.names.keys import LONGEST_EDITED, edits_allowed, is_initial
from kstep.names.scripts import is_consonantal
from kstep.names.similarity import edit_distance

SHIPPED = shipped_frequencies()
ALL_RARE = Frequencies({}, {})

ONE_NAME = """
    Abdulrahman|Abd al-Rahman|Abdel Rahman|Abdurrahman|Abdurahman|Abderrahmane|عبد الرحمن|عبدالرحمن|Абдурахман
    Abdullah|Abd Allah|Abdallah|Abdulla|Abdoullah|Abdullahi|عبد الله|عبدالله|Абдулла
    Abdulaziz|Abd al-Aziz|Abdelaziz|Abdul Azeez|عبد العزيز
    Mohammed|Muhammad|Mohamed|Mohammad|Mohamad|Muhamed|محمد|Мохаммед|Мухаммад
    Hussein|Husayn|Hussain|Hossein|Husain|حسين|Хусейн
    Hassan|Hasan|Hassen|حسن|חסן|Хасан
    Ahmed|Ahmad|Ahmet|أحمد|Ахмед
    Yusuf|Yousef|Youssef|Yusef|Yusif|يوسف|Юсуф
    Gamal|Jamal|Djamal|Jamaal|جمال|Джамал
    Omar|Umar|Omer|عمر|Умар
    Khalid|Khaled|Halid|خالد|Халид
    Sergey|Sergei|Serguei|Сергей
    Alexander|Aleksandr|Alexandr|Александр
    Ivanov|Ivanoff|Иванов
    Shcherbakov|Scherbakov|Щербаков
    Zawahiri|Zawahri|Zawahiry|ظواهري
    Abu Bakr|Abubakr|Abou Bakr|Abubaker|أبو بكر
    Abu Abd al-Rahman|Abu Abdulrahman|Abou Abderrahmane|أبو عبد الرحمن
    Umm Kulthum|Oum Kalthoum|أم كلثوم
    Qadhafi|Gaddafi|Kadafi|Qaddafi|Gadhafi|القذافي
    O'Brien|OBrien|O’Brian
    Jong|Chong|Jung
    Wahid|Waheed|Vahid|وحيد
    Aisha|Ayesha|Aicha|عائشة
"""
OTHER_NAMES = """
    Ali|Omar|Said|Zawahiri|Ivanov|Kim|Tariq|خالد|محمد|Сергей
    Petrov|Sidorov|Kuznetsov|Popov
    Abdulrahman|Abdulaziz|Abdulkarim|Abdulqadir
    Li|Wang|Zhang|Chen|Zhao|Kim
"""
"""One row each: all of a row are spellings of one name, or all of a row are different names."""


def pairs(rows: str) -> list[tuple[str, str]]:
    return [pair for row in rows.strip().splitlines() for pair in combinations(row.strip().split("|"), 2)]


def token(name: str) -> str:
    """The one token of a name."""
    (read,) = tokenize(name).tokens
    return read


@pytest.mark.parametrize(("left", "right"), pairs(ONE_NAME))
def test_spellings_and_scripts_of_one_name_are_comparable(left: str, right: str) -> None:
    assert compare(token(left), token(right), ALL_RARE)


@pytest.mark.parametrize(("left", "right"), pairs(OTHER_NAMES))
def test_other_names_are_not_comparable(left: str, right: str) -> None:
    assert compare(token(left), token(right), ALL_RARE) is None


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ("hassan", "hassan", Relation.SAME),
        ("hassan", "hasan", Relation.SOUND),
        ("حسن", "hassan", Relation.SCRIPT),
        ("zqxvwj", "zqavwj", Relation.SPELLING),
        ("hassan", "h", Relation.INITIAL),
        ("h", "h", Relation.INITIAL),
        ("حسن", "h", Relation.INITIAL),
        ("h", "a", None),
        ("hassan", "a", None),
        ("ali", "alo", Relation.SOUND),
        ("bdg", "bdl", None),
        ("abcd" * 10 + "e", "abcd" * 10 + "l", None),
        ("abcd" * 9, "abcd" * 8 + "ablm", Relation.SPELLING),
    ],
)
def test_tokens_agree_in_one_named_way(left: str, right: str, relation: Relation | None) -> None:
    found = compare(left, right, ALL_RARE)
    assert (found and found.relation) == relation
    assert compare(right, left, ALL_RARE) == found


def earned(left: str, right: str) -> int:
    found = compare(left, right, ALL_RARE)
    return found.millibits if found else 0


def test_closer_tokens_earn_more() -> None:
    same, one_off, two_off, none = (
        earned("zqxvwjkl", other) for other in ("zqxvwjkl", "zqavwjkl", "zqavajkl", "zqavajal")
    )
    assert same > one_off > two_off > none == 0
    assert earned("hassan", "hassan") > earned("hassan", "hasan") > earned("hassan", "h") > 0
    assert earned("hassan", "hassan") > earned("hassan", "حسن") > earned("hassan", "h")


def test_one_letter_off_says_less_in_a_short_token() -> None:
    worth = [earned(word, word[:-1] + "j") for word in ("zqxv", "zqxvw", "zqxvwb", "zqxvwbf")]
    assert worth == sorted(set(worth))
    assert worth[0] > 0


near_tokens = st.tuples(
    st.one_of(st.text("abdghjklmnrsty", min_size=1, max_size=12), st.text("ابتحدرسعكلمنهوي", min_size=1, max_size=8)),
    st.integers(0, 10**6),
)


def changed(word: str, seed: int) -> str:
    """The word with up to three letters inserted, deleted, replaced or swapped."""
    chance = random.Random(seed)
    for _ in range(chance.randint(0, 3)):
        at = chance.randrange(len(word) + 1)
        before, after, letter = word[:at], word[at:], chance.choice(word or "a")
        word = chance.choice((before + letter + after, before + after[1:], before + letter + after[1:],
                              before + after[1:2] + after[:1] + after[2:]))  # fmt: skip
    return word


@settings(max_examples=500)
@given(near_tokens)
def test_comparable_tokens_share_a_key(drawn: tuple[str, int]) -> None:
    """The support by construction: whatever `compare` says agrees can be found by a key."""
    left, right = drawn[0], changed(*drawn)
    if not right or not (found := compare(left, right, ALL_RARE)):
        return
    if found.relation is Relation.INITIAL:
        assert is_initial(left) or is_initial(right)
    elif found.relation in (Relation.SOUND, Relation.SCRIPT):
        assert set(sound_keys(left)) & set(sound_keys(right))
    else:
        assert set(spelling_keys(left)) & set(spelling_keys(right))


@settings(max_examples=500)
@given(near_tokens)
def test_tokens_within_the_edits_allowed_share_a_spelling_key_and_are_comparable(drawn: tuple[str, int]) -> None:
    left, right = drawn[0], changed(*drawn)
    if edit_distance(left, right) <= min(edits_allowed(len(left)), edits_allowed(len(right))):
        assert set(spelling_keys(left)) & set(spelling_keys(right))
        assert compare(left, right, ALL_RARE) or left == right == ""


@settings(max_examples=300)
@given(near_tokens)
def test_a_comparison_earns_more_than_nothing_and_no_more_than_either_token_beside_itself(
    drawn: tuple[str, int],
) -> None:
    left, right = drawn[0], changed(*drawn)
    if right and (found := compare(left, right, SHIPPED)):
        most = [own.millibits for own in (compare(left, left, SHIPPED), compare(right, right, SHIPPED)) if own]
        assert 0 < found.millibits <= min(most)


def test_no_other_token_earns_more_than_the_commonest_names_beside_themselves() -> None:
    """Not even an initial, of which little is known: what sharing it earns is bounded by how common the name is."""
    commonest = sorted(SHIPPED.tokens, key=SHIPPED.token)[:150]
    for word in commonest:
        own = compare(word, word, SHIPPED)
        assert own
        others = [*commonest, *"abcdefghijklmnopqrstuvwxyz"]
        found = [compare(word, other, SHIPPED) for other in others if other != word]
        assert max((one.millibits for one in found if one), default=0) <= own.millibits, word


def test_few_letters_must_all_be_right() -> None:
    assert [edits_allowed(length) for length in (0, 1, 3, 4, 7, 8, LONGEST_EDITED, LONGEST_EDITED + 1, 1000)] == [
        0, 0, 0, 1, 1, 2, 2, 0, 0,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [
        ("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "bac", 1), ("abc", "abd", 1),
        ("abc", "abcd", 1), ("abc", "bc", 1), ("ca", "abc", 3), ("abcd", "badc", 2), ("kitten", "sitting", 3),
        ("حسن", "حسين", 1),
    ],
)  # fmt: skip
def test_edit_distance_counts_swaps_of_neighbours_once(left: str, right: str, distance: int) -> None:
    assert edit_distance(left, right) == edit_distance(right, left) == distance


@settings(max_examples=300)
@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.text("abc", max_size=3))
def test_edit_distance_is_zero_only_for_equals_and_never_more_than_the_longer(left: str, right: str, end: str) -> None:
    distance = edit_distance(left, right)
    assert (distance == 0) == (left == right)
    assert abs(len(left) - len(right)) <= distance <= max(len(left), len(right))
    assert edit_distance(left + end, right + end) <= distance


SOUND_ALIKE = [
    "gamal jamal",
    "tchang chang",
    "philip filip",
    "quadir kadir",
    "weber veber",
    "sarah sara",
    "yusuf iusuf",
    "cesar sezar",
]


@pytest.mark.parametrize("both", SOUND_ALIKE)
def test_spellings_of_one_sound_share_a_key(both: str) -> None:
    left, right = both.split()
    assert set(sound_keys(left)) & set(sound_keys(right))


@settings(max_examples=300)
@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=14))
def test_sound_keys_are_few_and_distinct(word: str) -> None:
    keys = sound_keys(word)
    assert len(keys) == len(set(keys)) <= 4
    assert all(key.isupper() for key in keys)
    assert len(word) >= 2 or not keys


def test_long_tokens_have_no_neighbourhood() -> None:
    """A token of a thousand letters would have half a million spellings of one or two letters less."""
    assert spelling_keys("ab" * 500) == ("ab" * 500,)
    assert len(spelling_keys("abcdefghij" * 4)) <= 1 + 40 + 40 * 39 // 2


def test_no_shipped_weight_is_more_than_that_of_the_rarest() -> None:
    assert 0 < min(SHIPPED.tokens.values()) <= max(SHIPPED.tokens.values()) <= UNSEEN_TOKEN
    assert 0 < min(SHIPPED.sounds.values()) <= max(SHIPPED.sounds.values()) <= UNSEEN_SOUND
    assert SHIPPED.token("zqxvwj") == UNSEEN_TOKEN
    assert SHIPPED.token("mohammed") < SHIPPED.token("zawahiri") <= UNSEEN_TOKEN


def test_a_sound_is_at_least_as_common_as_any_token_that_has_it() -> None:
    """What sounds alike is carried by everyone who carries one of its spellings, so it cannot weigh more than one."""
    heavier = [
        (word, key)
        for word, key in ((word, sound_keys(word)[:1]) for word in SHIPPED.tokens)
        if key and SHIPPED.sound(key[0]) > SHIPPED.token(word)
    ]
    assert not heavier, heavier[:5]


def test_shipped_tokens_are_tokens() -> None:
    for word in SHIPPED.tokens:
        assert word.isalpha()
        assert word.islower() if word.isascii() else is_consonantal(word)
    assert any(map(is_consonantal, SHIPPED.tokens))
