"""Which tokens can be compared at all: spellings and scripts of one name can, other names cannot, and each by a shared key.

Where the point is letters alone, names are weighed as if all were rare, so that nothing depends on how common the data
says a name is.
"""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kstep.names import Frequencies, Relation, compare, shipped_frequencies, sound_keys, spelling_keys, tokenize
from kstep.names.frequencies import UNSEEN_SOUND, UNSEEN_TOKEN
from kstep.names.keys import LONGEST_EDITED, MOST_SOUND_KEYS, edits_allowed, is_initial
from kstep.names.scripts import Script, latin, script_of
from kstep.names.similarity import edit_distance
from kstep.names.spelling import script_keys
from kstep.names.variants import variants
from script_words import words

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
    Omar|Umar|عمر|Умар
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
    Jong|Jung
    Wahid|Waheed|Vahid|وحيد
    Aisha|Ayesha|Aicha|عائشة
    Mehmet|Mohammed|محمد
    Tchaikovsky|Chaykovskiy|Чайковский
"""
OTHER_NAMES = """
    Ali|Omar|Zawahiri|Ivanov|Kim|Tariq|خالد|محمد|Сергей|习|박|ヤマダ
    Petrov|Sidorov|Kuznetsov|Popov|Абдурахман|近平|太郎
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
    """Where one of them is Latin, they also earn: two other scripts share a rough sound only."""
    mine, theirs = token(left), token(right)
    found = compare(mine, theirs, SHIPPED)
    assert found
    if Script.LATIN in (script_of(mine), script_of(theirs)) and {mine, theirs} != {"mohamed", "мухаммад"}:
        assert found.millibits > 0


@pytest.mark.parametrize(("left", "right"), pairs(OTHER_NAMES))
def test_other_names_earn_nothing(left: str, right: str) -> None:
    found = compare(token(left), token(right), SHIPPED)
    assert found is None or found.millibits <= 0


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ("hassan", "hassan", Relation.SAME),
        ("hassan", "hasan", Relation.SPELLING),
        ("حسن", "hassan", Relation.SCRIPT),
        ("حسن", "хасан", Relation.SCRIPT),
        ("حسن", "حسين", Relation.SPELLING),
        ("zqxvwj", "zqavwj", Relation.SPELLING),
        ("bob", "robert", Relation.VARIANT),
        ("hassan", "h", Relation.INITIAL),
        ("h", "h", Relation.INITIAL),
        ("حسن", "h", Relation.INITIAL),
        ("h", "a", None),
        ("hassan", "a", None),
        ("mali", "balo", None),
        ("abcd" * 10 + "e", "abcd" * 10 + "l", None),
        ("abcd" * 9, "abcd" * 8 + "ablm", Relation.SPELLING),
    ],
)
def test_tokens_agree_in_one_named_way(left: str, right: str, relation: Relation | None) -> None:
    found = compare(left, right, ALL_RARE)
    assert (found and found.relation) == relation
    assert compare(right, left, ALL_RARE) == found


def test_what_earns_much_less_than_nothing_is_called_hardly_alike() -> None:
    found = compare("choe", "chie", SHIPPED), compare("ali", "alo", SHIPPED)
    assert any(one and one.relation is Relation.UNLIKE and one.millibits < 0 for one in found)


def earned(left: str, right: str) -> int:
    found = compare(left, right, ALL_RARE)
    return found.millibits if found else -(1 << 30)


def test_closer_tokens_earn_more() -> None:
    same, one_off, two_off, none = (
        earned("miranosh", other) for other in ("miranosh", "miramosh", "miramosk", "tiramosk")
    )
    assert same > one_off > two_off > none
    assert earned("hassan", "hassan") > earned("hassan", "hasan") > earned("hassan", "h") > 0
    assert earned("hassan", "hassan") > earned("hassan", "حسن") > earned("hassan", "h")


def test_one_letter_off_says_less_in_a_short_token() -> None:
    worth = [earned(word, word[:-1] + "b") for word in ("miru", "miranu", "miranolu")]
    assert worth == sorted(set(worth))
    assert worth[-1] > 0


near_tokens = st.tuples(
    st.one_of(
        st.text("abdghjklmnrsty", min_size=1, max_size=12),
        st.text("ابتحدرسعكلمنهوي", min_size=1, max_size=8),
        st.text("абвгдезиклмнорстх", min_size=1, max_size=8),
        words,
    ),
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


def share_a_key(left: str, right: str) -> bool:
    """Whether a declared function makes two tokens comparable."""
    if is_initial(left) or is_initial(right):
        return True
    functions = [sound_keys, spelling_keys]
    if len({script_of(left), script_of(right), Script.LATIN}) == 2 and script_of(left) is not script_of(right):
        functions = [script_keys]
    by_key = any(set(keys(left)) & set(keys(right)) for keys in functions)
    return left == right or right in variants(left) or by_key


@settings(max_examples=500)
@given(near_tokens, st.none() | words)
def test_comparable_tokens_share_a_key(drawn: tuple[str, int], other: str | None) -> None:
    """The support by construction: whatever `compare` says agrees can be found by a key."""
    left, right = drawn[0], changed(*drawn) if other is None else other
    if right and compare(left, right, ALL_RARE):
        assert share_a_key(left, right)


@settings(max_examples=500)
@given(near_tokens)
def test_tokens_within_the_edits_allowed_share_a_spelling_key(drawn: tuple[str, int]) -> None:
    left, right = drawn[0], changed(*drawn)
    if edit_distance(left, right) <= min(edits_allowed(left), edits_allowed(right)):
        assert set(spelling_keys(left)) & set(spelling_keys(right))


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
    for letter, fewest in (("a", 2), ("金", 3), ("م", 3)):
        allowed = [edits_allowed(letter * length) for length in range(LONGEST_EDITED + 1)]
        assert not any(allowed[:fewest]) and allowed[fewest]
        assert allowed == sorted(allowed)
        assert max(allowed) == 2
        assert edits_allowed(letter * (LONGEST_EDITED + 1)) == edits_allowed(letter * 1000) == 0


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
    "khadafi kadafi",
    "ramadhan ramazan",
    "uthman usman",
]


@pytest.mark.parametrize("both", SOUND_ALIKE)
def test_spellings_of_one_sound_share_a_key(both: str) -> None:
    left, right = both.split()
    assert set(sound_keys(left)) & set(sound_keys(right))


@settings(max_examples=300)
@given(st.one_of(st.text("abcdefghijklmnopqrstuvwxyz", max_size=14), st.text("cdghjkstxz", max_size=14), words))
def test_sound_keys_are_few_and_distinct(word: str) -> None:
    keys = sound_keys(word)
    assert len(keys) == len(set(keys)) <= MOST_SOUND_KEYS
    assert not keys or len(latin(word)) >= 2
    assert not word.isalpha() or all(key.isupper() for key in keys)


def test_long_tokens_have_no_neighbourhood() -> None:
    """A token of a thousand letters would have half a million spellings of one or two letters less."""
    assert spelling_keys("ab" * 500) == ("ab" * 500,)
    assert len(spelling_keys("abcdefghij" * 4)) <= 1 + 40 + 40 * 39 // 2


def test_no_shipped_weight_is_more_than_that_of_the_rarest() -> None:
    assert 0 < min(SHIPPED.sounds.values()) <= max(SHIPPED.sounds.values()) <= UNSEEN_SOUND
    assert min(SHIPPED.tokens.values()) > 0
    assert SHIPPED.token("mohammed") < SHIPPED.token("zawahiri") < SHIPPED.token("zqxvwj")
    assert ALL_RARE.token("zqxvwj") == UNSEEN_TOKEN


def test_shipped_tokens_are_tokens() -> None:
    for word in SHIPPED.tokens:
        assert word.isalpha()
        assert not word.isascii() or word.islower()
        assert word.isascii() or script_of(word) is not Script.LATIN
    assert {script_of(word) for word in SHIPPED.tokens} >= {Script.LATIN, Script.ARABIC}
