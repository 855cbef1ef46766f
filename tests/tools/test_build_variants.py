"""The table of known variants: made of those who may be counted, the same each time, without what is held out."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest

from build_variants import DEAREST, LEAST_PRICE, counted, main, of_people
from held_out import is_held_out
from kstep.names.scripts import own_form
from kstep.names.variants import asset
from real_data import real_data
from small_corpus import HELD_OUT, write_corpus
from spelling_pairs import FILES, transliterations


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("corpus") / "data")


def built(data: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "argv", ["build_variants.py", str(data), "--out", str(out)])
    main()
    return out.read_text(encoding="utf-8")


def pairs_of(table: str) -> list[list[str]]:
    return [line.split("\t") for line in table.splitlines() if not line.startswith("#")]


def test_the_same_data_gives_the_same_bytes(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = built(data, tmp_path / "one.tsv", monkeypatch)
    assert built(data, tmp_path / "two.tsv", monkeypatch) == table
    assert table.startswith("# ")
    assert [pair[:2] for pair in pairs_of(table)] == sorted(pair[:2] for pair in pairs_of(table))
    assert all(left < right and LEAST_PRICE <= int(price) < DEAREST for left, right, price in pairs_of(table))


def test_forms_that_share_an_original_are_variants_and_nicknames_are(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = {(left, right) for left, right, _ in pairs_of(built(data, tmp_path / "one.tsv", monkeypatch))}
    assert ("mehmet", "mohammed") in pairs
    assert ("bob", "robert") in pairs


def test_a_price_says_how_many_bearers_are_known_by_the_other_form(data: Path) -> None:
    shares = dict(counted(data))
    assert shares["عامر", "omar"] == pytest.approx(70 / 100)
    assert shares["عمر", "omar"] == pytest.approx(1.0)
    assert shares["محمد", "mehmet"] == pytest.approx(1.0)
    assert 0 < shares["mehmet", "muhammad"] < shares["mehmet", "mohammed"] < 1
    assert ("محمد", "mhd") not in shares


def test_people_of_the_lists_count_who_may_be_counted_and_are_several(data: Path) -> None:
    shares = dict(of_people(data))
    assert shares["shareef", "sharif"] == shares["sharif", "shareef"] == pytest.approx(4 / 6)
    assert shares["barket", "barquet"] == pytest.approx(2 / 4)
    assert not any("wexford" in pair for pair in shares)


def test_no_variant_is_of_a_held_out_native_form(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forms = {own_form(word) for word, *_ in HELD_OUT}
    assert len(forms) > 30
    for pair, _ in counted(data):
        assert forms.isdisjoint(pair)
    for left, right, _ in pairs_of(built(data, tmp_path / "one.tsv", monkeypatch)):
        assert forms.isdisjoint((left, right))


def test_no_shipped_variant_is_of_a_native_form_that_is_only_held_out() -> None:
    """A token that several native forms have, of which one may be learned from, is known by that one."""
    data = real_data()
    held_out, known = set(), set()
    for reading, (name, _) in FILES.items():
        known |= {word for word, _, _ in transliterations(data, reading)}
        with gzip.open(data / "transliteration" / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
            natives = {line.split("\t")[1] for line in lines}
        held_out |= {own_form("".join(native.split()).casefold()) for native in natives if is_held_out(native)}
    assert len(held_out - known) > 10_000
    assert (held_out - known).isdisjoint(token for pair in pairs_of(asset().decode()) for token in pair[:2])


def test_a_word_of_the_usual_is_learned_from_and_composition_makes_no_difference() -> None:
    assert not is_held_out("محمد")
    assert is_held_out(HELD_OUT[0][0])
    assert is_held_out(" ".join(HELD_OUT[0][0]))
