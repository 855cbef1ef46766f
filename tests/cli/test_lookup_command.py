"""`kstep lookup`: one person by any spelling or script, why an entry may be the same, and what keeps one from saying so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import ENTRIES, kstep, kstep_here, small_files, write_rows
from kstep.cli.lookup import SHOWN
from real_data import real_data

Capture = pytest.CaptureFixture[str]

HOSTILE = "\x1b[31m[red]Qasrawan[/red]\x9b1m\x1b]0;owned\x07 \u202eTariq \U0001f9ff"


@pytest.fixture
def watch(tmp_path: Path, cache: Path) -> str:
    """The argument that names the small list."""
    return small_files(tmp_path)[1]


@pytest.mark.parametrize(
    ("name", "born", "entry_id"),
    [
        ("Tariq Qasrawan", "1980-02-01", "E-1"),
        ("QASRAWAN Tarik", "1980-02", "E-1"),
        ("Tareq Kasrawan", "1980-02-01", "E-1"),
        ("طارق قصروان", "1980-02-01", "E-1"),
        ("Дмитрий Брастов", "1969-06-05", "E-3"),
        ("BRASTOW Dmitrij", "1969-05-06", "E-3"),
        ("สมชาย Rattanavong", "1955-12-24", "E-4"),
    ],
)
def test_other_spellings_and_scripts_are_found(
    watch: str, capsys: Capture, name: str, born: str, entry_id: str
) -> None:
    ended = kstep_here(capsys, "lookup", "--list", watch, "--name", name, "--birth-date", born, "--json")
    assert ended.code == 0
    assert [row["entry_id"] for row in json.loads(ended.out)] == [entry_id]


def test_match_is_explained(watch: str, capsys: Capture) -> None:
    ended = kstep_here(
        capsys, "lookup", "--list", watch, "--name", "Tariq Qasrawan", "--birth-date", "1980-01-02", "--sex", "M"
    )
    assert ended.code == 0
    lines = [" ".join(line.replace("│", " ").split()) for line in ended.out.splitlines()]
    assert lines[0] == "Qasrawan, Tariq (table E-1)"
    assert lines[1].startswith("strong: probability ")
    assert "born 1980-02-01" in lines
    assert any(line.startswith("name qasrawan qasrawan same +") for line in lines)
    assert any(line.startswith("birth_date 1980-01-02 1980-02-01 day and month swapped +") for line in lines)
    assert lines[-1] == "A possible match is a question for a person to answer, never a finding."


def test_json_is_the_possible_match_output(watch: str, capsys: Capture) -> None:
    person = ("--name", "Ingrid Osterhaal", "--document", "passport:NO:K8812345", "--birth-date", "1971")
    looked = json.loads(kstep_here(capsys, "lookup", "--list", watch, *person, "--json").out)
    people = write_rows(Path(watch.removeprefix("table=")).parent / "one.jsonl", [
        {"person_id": "query", "name": person[1], "documents": person[3], "birth_date": person[5]}
    ])  # fmt: skip
    screened = kstep_here(capsys, "screen", people, "--list", watch)
    assert looked == [json.loads(line) for line in screened.out.splitlines()]
    assert len(looked) == 1


def test_several_values_and_lists_are_taken(watch: str, tmp_path: Path, capsys: Capture) -> None:
    other = write_rows(tmp_path / "other.jsonl", ENTRIES[2:3])
    ended = kstep_here(
        capsys, "lookup", "--list", watch, "--list", f"table={other}", "--name", "Nobody Atall", "--name",
        "Dmitri Brastov", "--birth-date", "1950", "--birth-date", "1969-05-06", "--nationality", "RU", "--nationality",
        "SU", "--json",
    )  # fmt: skip
    assert [row["list"] for row in json.loads(ended.out)] == ["table:other", "table:watch"]


def test_longer_nominal_list_asks_for_more(watch: str, capsys: Capture) -> None:
    options = ("lookup", "--list", watch, "--name", "Tariq Qasrawan", "--birth-date", "1980-02-01", "--json")
    usual, longer = (
        json.loads(kstep_here(capsys, *options, *more).out)[0] for more in ((), ("--nominal-list", "1800000"))
    )
    assert (usual["prior_bits"], longer["prior_bits"]) == (-9.966, -26.302)
    assert usual["bits"] == longer["bits"]
    assert usual["probability"] > longer["probability"]


def test_no_match_says_among_how_many(watch: str, capsys: Capture) -> None:
    ended = kstep_here(capsys, "lookup", "--list", watch, "--name", "Aram Harutyan", "--birth-date", "1944-04-04")
    assert (ended.code, ended.out) == (0, f"No possible match at or above {SHOWN} among 4 entries.\n")
    assert ended.told == ["kstep: building the index of table (4 entries) …"]
    ended = kstep_here(capsys, "lookup", "--list", watch, "--name", "Aram Harutyan", "--json", "--birth-date", "1944")
    assert (ended.code, ended.out, ended.err) == (0, "[]\n", "")


@pytest.mark.parametrize("more", [(), ("--json",)])
@pytest.mark.parametrize("name", ["Ali", "---", "\U0001f9ff"])
def test_query_that_could_find_nobody_is_not_shown_as_clear(
    watch: str, capsys: Capture, name: str, more: tuple[str, ...]
) -> None:
    ended = kstep_here(capsys, "lookup", "--list", watch, "--name", name, *more)
    assert ended.code == 1
    assert ended.told[-1] == (
        f"kstep: what was given would stay below {SHOWN} even for a perfect copy: give a fuller name or a birth date"
    )


def test_weaker_matches_are_pointed_at_where_none_is_shown(watch: str, capsys: Capture) -> None:
    options = ("lookup", "--list", watch, "--name", "Tariq Qasrawan", "--birth-date", "1980-01-02")
    (match,) = json.loads(kstep_here(capsys, *options, "--json").out)
    above = (1 + match["probability"]) / 2
    ended = kstep_here(capsys, *options, "--threshold", str(above))
    assert (ended.code, ended.out) == (0, f"No possible match at or above {above} among 4 entries.\n")
    assert ended.told[0].startswith("kstep: below it: 1, the nearest 'Qasrawan, Tariq' with probability ")
    assert ended.told[0].endswith("; --threshold 0.01 shows them")


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_hostile_names_reach_no_terminal_raw(tmp_path: Path, cache: Path, more: tuple[str, ...]) -> None:
    watch = write_rows(tmp_path / "watch.ftm.json", [
        {"id": "Q\x1b[31m[red]1", "schema": "Person", "properties": {"name": [HOSTILE], "birthDate": ["1980"]}},
    ])  # fmt: skip
    options = ("lookup", "--list", f"ftm={watch}", "--name", HOSTILE, "--birth-date", "1980", "--threshold", "0.01")
    ended = kstep(*options, *more)
    assert ended.code == 0
    assert "[red]Qasrawan[/red]" in ended.out
    assert [line for line in (ended.out + ended.err).splitlines() if not line.isprintable()] == []


def test_query_that_is_no_unicode_is_looked_up_all_the_same(watch: str) -> None:
    name = b"Tariq \xff Qasrawan".decode(errors="surrogateescape")
    options = ("lookup", "--list", watch, "--name", name, "--birth-date", "1980-02-01")
    ended = kstep(*options, "--json", PYTHONIOENCODING="utf-8:strict")
    assert ended.code == 0
    assert [row["entry_id"] for row in json.loads(ended.out)] == ["E-1"]
    assert kstep(*options, PYTHONIOENCODING="ascii").code == 0


@pytest.mark.parametrize(
    ("name", "born", "entry_name"),
    [
        ("Aiman al Zawahri", "1951-06-19", "al-zawahiri"),
        ("أيمن الظواهري", "1951-06-19", "al-zawahiri"),
        ("Hafiz Mohammad Sayeed", "1950-06-05", "hafiz"),
    ],
)
def test_listed_person_is_found_on_the_real_list(
    cache: Path, capsys: Capture, name: str, born: str, entry_name: str
) -> None:
    argument = f"un={real_data() / 'un/consolidated-2025.xml'}"
    ended = kstep_here(capsys, "lookup", "--list", argument, "--name", name, "--birth-date", born, "--json")
    assert ended.code == 0
    best = max(json.loads(ended.out), key=lambda row: row["bits"])
    assert entry_name in f"{best['entry_name']} {best['matched_entry_name']}".lower()
