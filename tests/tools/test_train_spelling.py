"""Learning how names are spelled: the same data gives the same bytes, what is plain is learned, what is held out is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from held_out import is_held_out
from kstep.names.scripts import own_form
from kstep.names.spelling import READINGS as SHIPPED_READINGS
from kstep.names.spelling import UNHEARD_OF, Spellings, parse, spelling_cost
from small_corpus import ARABIC, HELD_OUT, RUSSIAN, write_corpus
from spelling_pairs import FILES, alike_tokens, hepburn, latin_pairs, native_pairs, transliterations
from train_spelling import DEAREST, LEARNED, MOST_COSTS, learn, rows, write

READINGS = ("cyrillic", "arabic", "latin")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("corpus") / "data")


def trained(data: Path, out: Path) -> bytes:
    write({reading: rows(learn(reading, data)) for reading in READINGS}, out)
    return out.read_bytes()


@pytest.fixture(scope="module")
def learned(data: Path) -> bytes:
    return trained(data, data / "spellings.bin")


@pytest.fixture(scope="module")
def spellings(learned: bytes) -> Spellings:
    return parse(learned)


def test_the_same_data_gives_the_same_bytes(data: Path, learned: bytes, tmp_path: Path) -> None:
    """Also in another process, with another seed of hashes."""
    program = (
        "import sys; from pathlib import Path; from test_train_spelling import trained; "
        "trained(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    folders = [ROOT / "tests", ROOT / "tests" / "tools", ROOT / "tools", ROOT / "src"]
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": os.pathsep.join(map(str, folders))}
    out = tmp_path / "again.bin"
    subprocess.run([sys.executable, "-c", program, data, out], env=environment, check=True)
    assert out.read_bytes() == learned
    assert trained(data, tmp_path / "third.bin") == learned


def test_a_plain_correspondence_is_learned(spellings: Spellings) -> None:
    for sign, letters in (("ш", "sh"), ("х", "kh"), ("б", "b"), ("а", "a")):
        costs = spellings.emits(spellings.rows["cyrillic"][sign])
        assert min(costs, key=lambda chunk: costs[chunk]) == letters
        assert costs[letters] < 300
    for native, spelling, _ in RUSSIAN[::37]:
        own = spelling_cost(native, spelling, spellings)
        assert own < 2_000
        assert own < min(
            spelling_cost(native, other, spellings) for _, other, _ in RUSSIAN[5::101] if other != spelling
        )


def test_a_word_that_was_never_seen_is_spelled_by_its_letters(spellings: Spellings) -> None:
    assert spelling_cost("шахримук", "shakhrimuk", spellings) < spelling_cost("шахримук", "bakhrimuk", spellings)
    assert spelling_cost("шахримук", "shakhrimuk", spellings) < 10_000


def test_a_respelling_of_people_on_the_lists_is_learned(spellings: Spellings) -> None:
    assert spelling_cost("shareef", "sharif", spellings) < spelling_cost("shareef", "sharof", spellings)


def test_what_is_kept_costs_less_than_what_is_unheard_of(spellings: Spellings) -> None:
    for model in spellings.rows.values():
        for number in model.values():
            costs = spellings.emits(number)
            assert len(costs) <= MOST_COSTS
            assert all(0 <= cost < min(DEAREST, UNHEARD_OF[len(chunk)]) for chunk, cost in costs.items())


def test_the_chunks_of_latin_spellings_come_first(spellings: Spellings) -> None:
    of_latin = {chunk for number in spellings.rows["latin"].values() for chunk in spellings.emits(number)}
    assert set(spellings.chunks[: len(of_latin)]) == of_latin


@pytest.mark.parametrize("reading", FILES)
def test_pairs_never_contain_a_held_out_native_form(data: Path, reading: str) -> None:
    found = list(transliterations(data, reading))
    assert found
    assert not any(is_held_out(word) for word, _, _ in found)
    assert "zzyzxa" not in {spelled for _, spelled, _ in found}
    assert not {word for word, *_ in native_pairs(data, reading)} & {own_form(word) for word, *_ in HELD_OUT}


def test_every_word_that_is_not_held_out_is_learned_from(data: Path) -> None:
    expected = {(word, spelled, count) for word, spelled, count in RUSSIAN if not is_held_out(word)}
    assert set(transliterations(data, "cyrillic")) == expected
    assert 0 < len(RUSSIAN) - len(expected) < len(RUSSIAN) / 5
    assert {word for word, _, _ in transliterations(data, "arabic")} <= {word for word, _, _ in ARABIC}


def test_latin_pairs_are_of_one_native_word_of_one_person_who_may_be_counted_or_a_slip(data: Path) -> None:
    pairs = {(left, right): weight for left, right, weight in latin_pairs(data)}
    assert pairs["shareef", "sharif"] > 1
    assert pairs["barquet", "barket"] > 1
    assert ("wexforth", "wexford") not in pairs
    assert not is_held_out("محمد")
    assert pairs["mohammed", "muhammad"] > pairs["muhammad", "mehmet"] > 0
    assert not any("zzyzxa" in pair for pair in pairs)


def test_alike_tokens_are_each_others_most_alike() -> None:
    assert list(alike_tokens(("shareef", "qasrawan", "omar"), ("qasrawan", "sharif"))) == [("shareef", "sharif")]
    assert list(alike_tokens(("omar",), ("qasrawan",))) == list(alike_tokens((), ("ali",))) == []


@pytest.mark.parametrize(
    ("kana", "letters"),
    [
        ("ヤマダ", "yamada"),
        ("シュン", "shun"),
        ("チョウ", "chou"),
        ("リョウコ", "ryouko"),
        ("ハットリ", "hattori"),
        ("コーヒー", "koohii"),
    ],
)
def test_readings_are_written_in_hepburn_letters(kana: str, letters: str) -> None:
    assert hepburn(kana) == letters


def test_every_reading_of_the_package_is_learned() -> None:
    assert set(LEARNED) == {reading for readings in SHIPPED_READINGS.values() for reading in readings}
