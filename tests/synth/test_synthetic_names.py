"""Names by culture: the law of their frequencies, the generated tail, and the structures that put them together."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from kstep.synth.composing import compose
from kstep.synth.countries import countries
from kstep.synth.cultures import FEMALE, MALE, Culture, cultures
from kstep.synth.draws import Draws
from kstep.synth.spelling import Speller, known_spellings
from kstep.synth.vocabulary import Law, Tail


def culture(name: str) -> Culture:
    """The culture of this name."""
    return next(culture for culture in cultures() if culture.name == name)


@pytest.mark.parametrize("law", [Law(1.3, 8.0, 5000), Law(1.0, 2.0, 400), Law(1.6, 5.0, 900)])
def test_ranks_follow_zipf_mandelbrot(law: Law) -> None:
    size = 200_000
    counted = np.bincount(law.ranks(Draws(1, "law").uniform(size)), minlength=law.size)
    curve = (np.arange(1, law.size + 1) + law.offset) ** -law.exponent
    expected = size * curve / curve.sum()
    assert counted.sum() == size and len(counted) == law.size
    for first, last in ((0, 1), (1, 5), (5, 20), (20, 100), (100, law.size)):
        assert counted[first:last].sum() == pytest.approx(expected[first:last].sum(), rel=0.04)


def test_tail_gives_each_rank_its_own_word_and_always_the_same() -> None:
    classes = {"A": "ba be bi bo bu", "B": "=x ra=р re ri", "C": "n=н s=с t"}
    tail = Tail(["A B C", "A C o"], {"A": classes["A"], "B": "ra=р re ri", "C": classes["C"]})
    words = [tail.word(rank)[0] for rank in range(60)]
    assert len(set(words[::2])) == 30, "half the ranks go through the first pattern, each to another of its 45 words"
    assert words == [tail.word(rank)[0] for rank in range(60)]
    assert all(word[0].isupper() for word in words)


def test_own_script_of_a_tail_word_is_known_only_if_all_its_parts_are() -> None:
    tail = Tail(["A C"], {"A": "ba=ба be", "C": "n=н"})
    assert {tail.word(rank) for rank in range(2)} == {("Ban", "Бан"), ("Ben", "")}


@pytest.mark.parametrize("name", [culture.name for culture in cultures()])
def test_head_of_given_names_carries_what_it_does_in_real_populations(name: str) -> None:
    chosen = culture(name)
    drawn = chosen.vocabularies[chosen.slot("given", MALE)].draw(Draws(2, name), 20_000)[0]
    groups = {form: forms[0] for forms in chosen.vocabularies[chosen.slot("given", MALE)].spellings for form in forms}
    counted = Counter(groups.get(word, word) for word in drawn)
    most_common = counted.most_common(10)
    assert 0.01 < most_common[0][1] / 20_000 < 0.2
    assert 0.08 < sum(count for _, count in most_common) / 20_000 < 0.7
    assert len(counted) > 200


def test_every_culture_can_name_men_and_women() -> None:
    for each in cultures():
        sexes = np.array([MALE, FEMALE] * 200)
        names = compose(each, sexes, Draws(3, each.name))
        assert all(given.strip() for given in names.given), each.name
        whole = [f"{given} {family}" for given, family in zip(names.given, names.family, strict=True)]
        assert len(set(whole)) > 300, each.name


def test_structures_of_cultures_show() -> None:
    def whole(name: str, sex: int = MALE) -> list[tuple[str, str]]:
        names = compose(culture(name), np.full(2000, sex), Draws(4, name))
        return list(zip(names.given, names.family, strict=True))

    arabic = whole("arabic")
    assert sum(" bin " in given for given, _ in arabic) > 150
    assert sum(family.lower().startswith(("al-", "al ", "el")) for _, family in arabic) > 400
    assert any("Abdul Rahman" in given or "Abd al-Rahman" in given for given, _ in arabic)
    patronymics = [given.split()[1] for given, _ in whole("slavic") if len(given.split()) > 1]
    assert sum(word.endswith("ich") for word in patronymics) > 700
    assert {len(word) for word in patronymics if not word.endswith("ich")} == {1}, "the others are initials"
    assert sum(family.endswith(("ova", "eva", "ina", "skaya")) for _, family in whole("slavic", FEMALE)) > 1000
    assert sum(len(family.split()) > 1 for _, family in whole("spanish")) > 1200
    assert sum(family == "" for _, family in whole("indonesian")) > 1000
    assert sum(given.startswith(("Van ", "Văn ")) for given, _ in whole("vietnamese")) > 700
    assert {separator for given, _ in whole("korean") for separator in " -" if separator in given} == {" ", "-"}


def test_spellings_of_common_names_vary_as_romanisations_do() -> None:
    forms = known_spellings()["mohammed"]
    assert {"Mohammed", "Muhammad", "Mohamed"} <= set(forms)
    drawn = Counter(culture("arabic").vocabularies["male"].draw(Draws(5), 20_000)[0])
    assert drawn["Mohammed"] > drawn["Mohammad"] > drawn["Muhammad"] > 0


def test_respelling_changes_a_token_mostly_a_little_and_never_to_nothing() -> None:
    speller = Speller(Draws(6))
    for token in ("Zawahiri", "AL-SHAMMARI", "Gutierrez", "Bo", "X"):
        respelled = {speller.respelled(token) for _ in range(200)}
        assert all(word and abs(len(word) - len(token)) <= 4 for word in respelled)
        assert len(respelled) > 5 or len(token) < 3
        assert not token.isupper() or len(token) == 1 or all(word.isupper() for word in respelled)


def test_typing_errors_are_one_slip() -> None:
    speller = Speller(Draws(7))
    slips = [speller.mistyped("Karimov") for _ in range(500)]
    assert {len(slip) for slip in slips} == {6, 7, 8}
    assert any(sorted(slip) == sorted("Karimov") and slip != "Karimov" for slip in slips), "two letters change places"


def test_every_country_of_a_culture_is_known_to_the_list_writers() -> None:
    assert {code for each in cultures() for code in each.countries} == set(countries())
