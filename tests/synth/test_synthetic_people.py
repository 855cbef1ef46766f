"""Synthetic people: the same for the same seed, distributed as real populations are, and valid as person input."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from kstep.model import Document, PartialDate, Sex
from kstep.model.countries import country_of_code
from kstep.synth import SyntheticPerson, people
from kstep.synth.population import CHUNK

N = 30_000


@pytest.fixture(scope="module")
def roster() -> list[SyntheticPerson]:
    """One roster, large enough for shares."""
    return list(people(N, 11))


def tokens(person: SyntheticPerson) -> list[str]:
    """The words of a person's name in lower case."""
    return f"{person.name} {person.family_name} {person.given_names}".lower().split()


def test_same_seed_gives_same_bytes_in_every_process(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from kstep.synth import write_list, write_people\n"
        "from kstep.model import Entry, Identity, Name\n"
        "folder = Path(sys.argv[1]); folder.mkdir()\n"
        "entries = [Entry(str(i), Identity((Name.of_parts('Masri', f'Khaled {i}'),), nationalities=('SY', 'IQ')))"
        " for i in range(50)]\n"
        "write_people(folder / 'people.csv', 3000, 5, lists=[('un', entries)], planted_share=0.02)\n"
        "write_people(folder / 'people.jsonl', 500, 5)\n"
        "write_people(folder / 'people.parquet', 500, 5)\n"
        "write_list(folder / 'ofac', 'ofac-sdn', 100, 5)\n"
        "write_list(folder / 'un.xml', 'un', 100, 5)\n"
        "write_list(folder / 'table.csv', 'table', 100, 5)\n"
    )
    written = []
    for number, hash_seed in enumerate(("0", "1", "4711")):
        folder = tmp_path / str(number)
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        subprocess.run([sys.executable, "-c", script, str(folder)], env=environment, check=True)
        written.append({path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()})
    assert len(written[0]) == 10
    assert written[0] == written[1] == written[2]


def test_another_seed_gives_other_people(roster: list[SyntheticPerson]) -> None:
    other = list(people(1000, 12))
    assert sum(a[1:] == b[1:] for a, b in zip(roster, other, strict=False)) == 0


def test_every_person_has_an_id_of_their_own(roster: list[SyntheticPerson]) -> None:
    assert len({person.person_id for person in roster}) == N


def test_whole_chunks_do_not_depend_on_how_many_people_follow() -> None:
    assert list(people(CHUNK + 10, 3))[:CHUNK] == list(people(CHUNK, 3))


def test_every_field_is_valid_person_input(roster: list[SyntheticPerson]) -> None:
    for person in roster:
        assert bool(person.name) != bool(person.given_names or person.family_name), person
        assert not person.birth_date or PartialDate.parse(person.birth_date)
        assert not person.sex or Sex(person.sex)
        for code in (*person.nationality.split(";"), person.birth_country):
            assert not code or country_of_code(code) == code
        for document in person.documents.split(";"):
            assert not document or Document.parse(document)


def test_no_mark_of_the_data_files_is_left_in_a_name(roster: list[SyntheticPerson]) -> None:
    for person in roster:
        assert not set("~·_=/{}|;") & set(f"{person.name}{person.family_name}{person.given_names}{person.aliases}"), (
            person
        )


def test_most_people_are_supervised_and_not_in_custody(roster: list[SyntheticPerson]) -> None:
    places = Counter(person.custody_place for person in roster)
    held = sum(places[place] for place in ("agency", "state_local", "child_welfare", "hospital"))
    assert held + places["none"] + places["unknown"] == N
    assert 0.011 < held / N < 0.017
    assert all(person.release_basis == "none" for person in roster if person.custody_place == "agency")
    assert {person.outcome for person in roster} == {
        "", "departed", "removed", "status_granted", "citizen", "deceased", "absconded",
    }  # fmt: skip


def test_birth_dates_are_missing_coarse_or_placeholders_at_their_rates(roster: list[SyntheticPerson]) -> None:
    lengths = Counter(len(person.birth_date) for person in roster)
    assert 0.024 < lengths[0] / N < 0.036
    assert 0.024 < lengths[4] / N < 0.036
    assert 0.007 < lengths[7] / N < 0.013
    january_first = sum(person.birth_date.endswith("-01-01") for person in roster) / N
    assert 0.08 < january_first < 0.16


def test_some_names_are_in_their_own_script(roster: list[SyntheticPerson]) -> None:
    scripts = {"arabic": "\u0600", "cyrillic": "\u0400", "han": "\u4e00"}
    for first in scripts.values():
        assert any(ord(first) <= ord(person.name[0]) < ord(first) + 0x5000 for person in roster if person.name)


def test_a_few_names_are_borne_by_several_percent_and_the_tail_is_long(roster: list[SyntheticPerson]) -> None:
    counted = Counter(token for person in roster for token in set(tokens(person)))
    common = [count / N for _, count in counted.most_common(5)]
    assert 0.06 > common[0] > 0.025 and common[4] > 0.015
    assert len(counted) > 18_000, "at 30,000 people; 1,000,000 have more than 200,000"
    assert 0.5 < sum(count == 1 for count in counted.values()) / len(counted) < 0.8


def test_vocabulary_keeps_growing_with_the_people(roster: list[SyntheticPerson]) -> None:
    third = {token for person in roster[: N // 3] for token in tokens(person)}
    whole = {token for person in roster for token in tokens(person)}
    assert len(whole) > 1.9 * len(third)


def test_generator_reaches_neither_the_matcher_nor_the_names_room() -> None:
    script = (
        "import sys; from kstep.synth import people, write_list, write_people\n"
        "list(people(10, 1)); import kstep.synth.planting, kstep.synth.listing\n"
        "sys.exit(any(name.startswith(('kstep.names', 'kstep.matching', 'kstep.records')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
