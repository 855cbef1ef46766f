"""Corruptions of planted matches: each kind is done as often as its parameter says, and does what its name says."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from kstep.model import Document, DocumentType, Entry, Identity, Name, NameQuality, PartialDate, Sex
from kstep.synth.corrupting import NameWriter, Token
from kstep.synth.cultures import cultures
from kstep.synth.draws import Draws
from kstep.synth.planting import corrupted
from kstep.synth.population import SyntheticPerson, people
from kstep.synth.rates import rates

N = 8000
BORN = date(1979, 3, 4)
PASSPORT = Document(DocumentType.PASSPORT, "K1234567", "SY")
NAME = Name.of_parts("Haddadin", "Youssef Karim")
ALIAS = Name.of_parts("Qasrawi", "Nabil", NameQuality.STRONG)


def entry(*names: Name, born: PartialDate | None = None) -> Entry:
    """An entry that says everything."""
    return Entry(
        "7",
        Identity(
            names=names or (NAME,),
            birth_dates=(born or PartialDate.of(BORN.year, BORN.month, BORN.day),),
            sexes=(Sex.MALE,),
            nationalities=("SY",),
            birth_countries=("SY",),
            documents=(PASSPORT,),
        ),
    )


def copies(planted: Entry, seed: int = 1, n: int = N) -> list[tuple[SyntheticPerson, list[str]]]:
    """`n` copies of one entry."""
    draws = Draws(seed, "test")
    person = next(people(1, 1))
    return [corrupted(person, planted, draws) for _ in range(n)]


@pytest.fixture(scope="module")
def shares() -> dict[str, float]:
    """The share of copies to which each kind of corruption was done."""
    counted = Counter(kind for _, kinds in copies(entry(NAME, ALIAS)) for kind in set(kinds))
    return {kind: count / N for kind, count in counted.items()}


def anew() -> float:
    """The share of names taken down anew."""
    apart = rates().assumed["recorded_apart"]
    return apart + (1 - apart) * rates().name.changed


def test_fields_differ_at_their_rates(shares: dict[str, float]) -> None:
    assumed, dates = rates().assumed, rates().birth_date
    present = 1 - assumed["birth_date_missing"]
    untouched = present * (
        1 - sum(assumed[f"birth_date_{kind}"] for kind in ("year_only", "month_only", "january_first"))
    )
    kept = assumed["document_kept"] * (1 - rates().document["different"])
    expected = {
        "birth_date:missing": assumed["birth_date_missing"],
        "birth_date:year_only": present * assumed["birth_date_year_only"] + untouched * dates["year_only"],
        "birth_date:month_only": present * assumed["birth_date_month_only"],
        "birth_date:january_first": present * assumed["birth_date_january_first"] + untouched * dates["january_first"],
        "birth_date:one_digit": untouched * dates["one_digit"],
        "birth_date:near_year": untouched * dates["near_year"],
        "birth_date:conflict": untouched * dates["conflict"],
        "birth_date:swapped": untouched * dates["swapped"],
        "sex:missing": assumed["sex_missing"],
        "sex:wrong": (1 - assumed["sex_missing"]) * assumed["sex_wrong"],
        "nationality:missing": assumed["nationality_missing"],
        "nationality:other": (1 - assumed["nationality_missing"]) * rates().nationality["different"],
        "birth_country:missing": assumed["birth_country_missing"],
        "birth_country:other": (1 - assumed["birth_country_missing"]) * assumed["birth_country_elsewhere"],
        "document:missing": 1 - assumed["document_kept"],
        "document:kept": kept * (1 - assumed["document_one_digit"]),
        "document:one_digit": kept * assumed["document_one_digit"],
        "document:other": assumed["document_kept"] * rates().document["different"],
    }
    for kind, rate in expected.items():
        spread = 4 * (rate * (1 - rate) / N) ** 0.5
        assert shares[kind] == pytest.approx(rate, abs=spread), kind
    assert {kind for kind in shares if not kind.startswith("name:")} == set(expected)


def test_names_differ_at_their_rates() -> None:
    name, assumed = rates().name, rates().assumed
    counted = Counter(kind for _, kinds in copies(entry()) for kind in set(kinds))
    whole = (1 - name.dropped_per_token) ** 3
    expected = {
        "name:dropped": anew() * (1 - whole),
        "name:added": anew() * name.added_per_name,
        "name:swapped": anew() * name.swapped_per_name,
        "name:split": anew() * name.split_per_name * (whole * 1 + (1 - whole) * 0.85),
        "name:joined": anew() * whole * name.joined_per_name,
        "name:typing": 1 - (1 - assumed["typing_error_per_token"]) ** 2.9,
        "name:family_first": assumed["one_name_field"] * assumed["family_name_first"],
    }
    for kind, rate in expected.items():
        assert counted[kind] / N == pytest.approx(rate, rel=0.25, abs=0.004), kind
    respelled = anew() * (1 - (1 - name.respelled_per_token) ** 2.7)
    assert 0.75 * respelled < counted["name:respelled"] / N < respelled * 1.05, "a rewrite may leave a token as it was"


def test_another_name_of_the_entry_is_used_at_its_rate(shares: dict[str, float]) -> None:
    assert shares["name:alias"] == pytest.approx(rates().name.alias, abs=0.02)
    for person, kinds in copies(entry(NAME, ALIAS), n=500):
        written = f"{person.name} {person.family_name}".lower()
        if kinds[0] == "name:alias" and not any(kind.startswith("name:") for kind in kinds[1:]):
            assert "qasrawi" in written


def test_name_in_another_script_is_copied_as_the_list_has_it() -> None:
    native = Name.of("يوسف حدادين", NameQuality.STRONG)
    found = [person for person, kinds in copies(entry(NAME, native)) if "name:other_script" in kinds]
    assert len(found) / N == pytest.approx(rates().assumed["original_script"], abs=0.007)
    for person in found:
        assert set(f"{person.name} {person.family_name} {person.given_names}".split()) == {"يوسف", "حدادين"}


def test_each_date_corruption_does_what_it_says() -> None:
    written: dict[str, set[str]] = {}
    for person, kinds in copies(entry()):
        kind = next((kind for kind in kinds if kind.startswith("birth_date:")), "")
        written.setdefault(kind, set()).add(person.birth_date)
    assert written[""] == {"1979-03-04"}
    assert written["birth_date:missing"] == {""}
    assert written["birth_date:year_only"] == {"1979"}
    assert written["birth_date:month_only"] == {"1979-03"}
    assert written["birth_date:january_first"] == {"1979-01-01"}
    assert written["birth_date:swapped"] == {"1979-04-03"}
    assert written["birth_date:near_year"] == {f"{year}-03-04" for year in (1977, 1978, 1980, 1981)}
    assert all(
        sum(a != b for a, b in zip(text, "1979-03-04", strict=True)) == 1 for text in written["birth_date:one_digit"]
    )
    assert all(abs(int(text[:4]) - 1979) > 2 for text in written["birth_date:conflict"])


def test_coarse_list_dates_become_days_within_them() -> None:
    between = PartialDate.between(PartialDate.of(1970), PartialDate.of(1974))
    for born, years in ((PartialDate.of(1979), {1979}), (between, set(range(1970, 1975))),
                        (PartialDate.of(1979, circa=True), set(range(1977, 1982)))):  # fmt: skip
        plain = [
            person for person, kinds in copies(entry(born=born), n=600) if not any("birth" in kind for kind in kinds)
        ]
        assert {int(person.birth_date[:4]) for person in plain} == years
        assert any(person.birth_date.endswith("-01-01") for person in plain)


def test_kept_documents_are_the_lists_and_others_are_not() -> None:
    for person, kinds in copies(entry(), n=1000):
        numbers = person.documents.split(":")[-1]
        if "document:kept" in kinds:
            assert person.documents == "passport:SY:K1234567"
        elif "document:one_digit" in kinds:
            assert sum(a != b for a, b in zip(numbers, PASSPORT.number, strict=True)) == 1
        elif "document:other" in kinds:
            assert numbers not in ("", PASSPORT.number)
        else:
            assert person.documents == "" and "document:missing" in kinds


def test_exact_copies_are_exact() -> None:
    exact = [person for person, kinds in copies(entry()) if all(kind == "document:kept" for kind in kinds)]
    assert len(exact) > 20
    for person in exact:
        assert f"{person.given_names} {person.family_name} {person.name}".strip().lower() == "youssef karim haddadin"
        assert person[5:9] == ("1979-03-04", "M", "SY", "SY")


def test_unknown_fields_of_an_entry_are_filled_and_are_no_corruption() -> None:
    bare = Entry("8", Identity(names=(NAME,)))
    found = copies(bare, n=400)
    assert all(kind.startswith("name:") for _, kinds in found for kind in kinds)
    assert sum(bool(person.birth_date) for person, _ in found) > 300
    assert sum(bool(person.nationality) for person, _ in found) > 300


@pytest.mark.parametrize(
    ("name", "born", "number"),
    [
        ("---", PartialDate.of(1), "½"),
        ("x" * 1000, PartialDate.of(9999, 12, 31), "A;B:1"),
        ("^$^", PartialDate.of(1600, 2, 29, circa=True), "１２３"),
        ("Ali Ali Ali", PartialDate.between(PartialDate.of(1), PartialDate.of(9999)), "-7-"),
        ("محمد\u200fعلي", PartialDate.of(2024, 2), "№ 5"),
    ],
)
def test_hostile_entries_are_copied_without_failing(name: str, born: PartialDate, number: str) -> None:
    identity = Identity((Name.of(name),), (born,), documents=(Document(DocumentType.OTHER, number),))
    for person, _ in copies(Entry("1", identity), n=300):
        assert person.name or person.family_name or person.given_names
        assert not person.birth_date or PartialDate.parse(person.birth_date)
        for document in person.documents.split(";") if person.documents else ():
            assert Document.parse(document)


@pytest.mark.parametrize("family_known", [True, False])
def test_swapping_loses_no_word(family_known: bool) -> None:
    writer, swapped = NameWriter(Draws(1, "test")), 0
    for _ in range(2000):
        kinds: list[str] = []
        tokens = [Token("Ali", False), Token("Ali", False), Token("Ali", family_known)]
        written = writer.anew(tokens, cultures()[0], kinds)
        if kinds == ["name:swapped"]:
            swapped += 1
            assert [token.text for token in written] == ["Ali"] * 3
    assert swapped
