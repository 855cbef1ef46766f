"""What a comparison of two tokens earns, whatever the weights: laws for tokens of all scripts and for what is no token."""

from __future__ import annotations

import random
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from kstep.names import Frequencies, Relation, Similarity, compare, shipped_frequencies
from kstep.names.keys import is_initial
from kstep.names.letters import surprise
from kstep.names.scripts import Script, script_of
from kstep.names.similarity import COMPOUND, HARDLY, INITIAL, LEAST, SAME, by_chance, chance_of
from kstep.names.variants import variants
from script_words import HOSTILE, LETTERS, NAMES, changed, words

SHIPPED = shipped_frequencies()


@st.composite
def two_tokens(draw: st.DrawFn) -> tuple[str, str]:
    """Two words, the second perhaps a near copy of the first or a known variant."""
    left = draw(words)
    chance = random.Random(draw(st.integers(0, 10**6)))
    near = changed(left, LETTERS[script_of(left)], chance)
    right = draw(st.sampled_from((left, near, *sorted(variants(left))[:3])) | words)
    return left, right


class Drawn(Frequencies):
    """Weights drawn by token, so that no tuning of the shipped ones hides anything."""

    __slots__ = ()

    def token(self, token: str) -> int:
        return random.Random(token).randrange(1, 20_000)

    def sound(self, key: str) -> int:
        return random.Random(key).randrange(0, 20_000)


def assert_lawful(left: str, right: str, weights: Frequencies) -> None:
    found = compare(left, right, weights)
    assert found == compare(right, left, weights), "the order of the arguments says nothing"
    if found is None:
        assert left != right
        return
    lighter = min(weights.token(left), weights.token(right))
    assert found.millibits <= lighter, "never more than the lighter token"
    by_relation(left, right, found, lighter)


def by_relation(left: str, right: str, found: Similarity, lighter: int) -> None:
    """What each relation may earn, and between what tokens."""
    two_scripts = script_of(left) is not script_of(right)
    match found.relation:
        case Relation.SAME:
            assert left == right
            assert found.millibits == lighter - SAME
        case Relation.INITIAL:
            assert is_initial(left) or is_initial(right)
            assert found.millibits <= INITIAL
        case Relation.VARIANT:
            assert found.millibits == lighter - variants(left)[right]
        case Relation.SCRIPT:
            assert two_scripts
            assert found.millibits >= HARDLY
        case Relation.SPELLING:
            assert not two_scripts
            assert found.millibits >= HARDLY
        case Relation.UNLIKE:
            assert LEAST <= found.millibits < HARDLY


@settings(max_examples=500)
@given(two_tokens())
def test_shipped_weights_are_lawful(both: tuple[str, str]) -> None:
    assert_lawful(*both, SHIPPED)


@settings(max_examples=500)
@given(two_tokens())
def test_any_weights_are_lawful(both: tuple[str, str]) -> None:
    assert_lawful(*both, Drawn({}, {}))


def test_names_of_all_scripts_and_attacks_are_lawful() -> None:
    for left, right in product(NAMES[::2], (*NAMES, *HOSTILE[1:])):
        assert_lawful(left, right, SHIPPED)


def test_every_relation_is_met() -> None:
    met = {found.relation for left, right in product(NAMES, NAMES) if (found := compare(left, right, SHIPPED))}
    assert met == set(Relation)


def test_a_word_beside_itself_earns_more_than_beside_any_other() -> None:
    for left, right in product(NAMES, NAMES):
        found, own = compare(left, right, SHIPPED), compare(left, left, SHIPPED)
        assert own
        assert (
            left == right or is_initial(left) or found is None or found.millibits < own.millibits or is_initial(right)
        )


def test_a_shared_half_of_a_compound_name_tells_little() -> None:
    """*Abdul*karim and *Abdul*aziz share six letters that thousands of names begin with."""
    assert by_chance("abdulkarim") < surprise("abdulkarim")
    assert by_chance("nureldin") < surprise("nureldin")
    assert by_chance("abdi") == surprise("abdi")
    aziz = [compare("abdulaziz", other, SHIPPED) for other in ("abdelaziz", "abdulkarim")]
    assert aziz[0]
    assert aziz[1] is None or aziz[1].millibits < 0 < aziz[0].millibits


def test_a_word_put_together_of_two_usual_names_is_no_rarer_by_chance_than_they_are() -> None:
    together = SHIPPED.token("myong") + SHIPPED.token("chol") + COMPOUND
    assert chance_of("myongchol", SHIPPED) <= together < by_chance("myongchol")
    assert chance_of("zqxvwj", SHIPPED) == by_chance("zqxvwj")
    for usual in ("mohammed", "alexander", "fatima"):
        assert chance_of(usual, SHIPPED) == by_chance(usual)
    beside = compare("myongchol", "songchol", SHIPPED)
    assert beside is None or beside.millibits < SHIPPED.token("chol")


def test_two_scripts_of_which_neither_is_latin_earn_less_than_beside_latin() -> None:
    for native, other, latin in (("محمد", "мохаммед", "mohammed"), ("يوسف", "юсуф", "yusuf"), ("習", "시", "xi")):
        both, left, right = (compare(*two, SHIPPED) for two in ((native, other), (native, latin), (other, latin)))
        assert left
        assert right
        assert both is None or both.millibits < min(left.millibits, right.millibits)
    assert {script_of(word) for word in NAMES} == set(Script)
