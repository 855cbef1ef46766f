"""What needs attention after a run: every record is named in the file beside the output, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from command_line import ENTRIES, PEOPLE, rows_of, small_files, write_rows
from kstep.model import InputError
from kstep.records import read_people
from kstep.screening.files import EXAMPLES, Outcome, attention, remarks_path, screen_people, write_outcome
from kstep.screening.sources import open_lists, parse_sources

pytestmark = pytest.mark.usefixtures("cache")

BAD_ROWS: tuple[dict[str, Any], ...] = (
    {
        "person_id": "P-5",
        "name": "Oksana Brastova",
        "birth_date": "1980-02-31",
        "sex": "Q",
        "nationality": ["NO", "QQ"],
    },
    {"name": "Nobody Knows"},
    {"person_id": "P-6", "name": "Ali"},
    {"person_id": "P-6", "name": "Eleni Papadrosou", "birth_date": "1966-07-08"},
)
BAD_ENTRIES: tuple[dict[str, Any], ...] = (
    {"entry_id": "E-5", "name": "Li"},
    {"entry_id": "E-1", "name": "Another With This Id"},
    {"entry_id": "E-6", "name": "Noam Ben-Teviel", "birth_date": "1980-13-01"},
    {"entry_id": "E-7", "name": "Min-jun Seongtak", "birth_date": "yesterday"},
)


def outcome_of(folder: Path, people: tuple[dict[str, Any], ...], entries: tuple[dict[str, Any], ...]) -> Outcome:
    roster = read_people(write_rows(folder / "people.jsonl", people))
    watch = write_rows(folder / "watch.jsonl", entries)
    return screen_people(roster, open_lists(parse_sources([f"table={watch}"])), 0.5)


def told(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(remark.what, remark.where, remark.record) for remark in outcome.remarks]


def test_every_record_that_needs_attention_is_named(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, PEOPLE + BAD_ROWS, ENTRIES + BAD_ENTRIES)
    assert told(outcome) == [
        ("row refused", "line 6, person_id", ""),
        ("field not read", "line 5, birth_date", "P-5"),
        ("field not read", "line 5, sex", "P-5"),
        ("field not read", "line 5, nationality", "P-5"),
        ("person_id shared", "", "P-6"),
        ("person too poor to screen", "", "P-6"),
        ("entry too poor to be found", "table", "E-5"),
        ("left out of the list", "table", ""),
        ("left out of the list", "table", ""),
    ]
    messages = [remark.message for remark in outcome.remarks]
    assert messages[1] == "there is no date 1980-02-31"
    assert messages[4] == "2 rows have this person_id; each of them was screened"
    assert messages[5].startswith("even a perfect copy of this record would stay below 0.5")
    assert sorted(messages[7:]) == [
        "1 × duplicate id; `kstep lists inspect` names each", "2 × unreadable date; `kstep lists inspect` names each",
    ]  # fmt: skip


def test_person_with_a_bad_field_is_screened_on_the_rest(tmp_path: Path) -> None:
    bad = {**PEOPLE[0], "birth_date": "1980-02-31"}
    outcome = outcome_of(tmp_path, (bad,), ENTRIES)
    assert [match.entry.entry_id for match in outcome.screening.matches] == ["E-1"]
    assert told(outcome) == [("field not read", "line 1, birth_date", "P-1")]


def test_good_files_need_no_attention(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, PEOPLE, ENTRIES)
    assert (told(outcome), attention(outcome)) == ([], [])


def test_roster_of_nobody_and_empty_list_need_attention(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id,name\n")
    (tmp_path / "watch.csv").write_text("entry_id,name\n")
    lists = open_lists(parse_sources([f"table={tmp_path / 'watch.csv'}"]))
    assert told(screen_people(read_people(tmp_path / "people.csv"), lists, 0.5)) == [
        ("nobody to screen", "", ""), ("empty list", "table", ""),
    ]  # fmt: skip


def test_organisations_of_a_list_need_no_attention(tmp_path: Path) -> None:
    watch = write_rows(tmp_path / "a.ftm.json", [
        {"id": "Q-1", "schema": "Person", "properties": {"name": ["Tariq Nadir Qasrawan"], "birthDate": ["1980-01-02"]}},
        {"id": "Q-2", "schema": "Company", "properties": {"name": ["Harbour Trading"]}},
    ])  # fmt: skip
    roster = read_people(write_rows(tmp_path / "people.jsonl", PEOPLE))
    (ready,) = open_lists(parse_sources([f"ftm={watch}"]))
    assert sum(ready.left_out.values()) == 1
    assert told(screen_people(roster, [ready], 0.5)) == []


def test_summary_counts_records_and_shows_a_few(tmp_path: Path) -> None:
    poor = tuple({"person_id": f"poor-{number}", "name": "Ali"} for number in range(EXAMPLES + 3))
    outcome = outcome_of(tmp_path, PEOPLE + poor, ENTRIES + BAD_ENTRIES)
    counts = {kind.heading: kind.count for kind in attention(outcome)}
    assert counts == {
        "person too poor to screen": EXAMPLES + 3, "entry too poor to be found": 1, "left out of the list": 3,
    }  # fmt: skip
    assert [len(kind.examples) for kind in attention(outcome)] == [EXAMPLES, 1, 2]
    assert attention(outcome)[0].examples[0].startswith("poor-0: even a perfect copy of this record")


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "html"])
def test_file_beside_the_output_has_every_remark(tmp_path: Path, form: str) -> None:
    outcome = outcome_of(tmp_path, PEOPLE + BAD_ROWS, ENTRIES + BAD_ENTRIES)
    write_outcome(outcome, tmp_path / f"matches.{form}", form, "title")
    rows = rows_of((tmp_path / f"matches.{form}.attention.jsonl").read_text(encoding="utf-8"))
    assert [list(row) for row in rows] == [["what", "where", "record", "message"]] * len(rows)
    assert [(row["what"], row["where"], row["record"]) for row in rows] == told(outcome)


def test_file_beside_the_output_is_taken_away_when_nothing_needs_attention(tmp_path: Path) -> None:
    out = tmp_path / "matches.jsonl"
    write_outcome(outcome_of(tmp_path, PEOPLE + BAD_ROWS, ENTRIES), out, "jsonl", "")
    assert remarks_path(out).exists()
    write_outcome(outcome_of(tmp_path, PEOPLE, ENTRIES), out, "jsonl", "")
    assert not remarks_path(out).exists()
    write_outcome(outcome_of(tmp_path, PEOPLE, ENTRIES), out, "jsonl", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "matches.jsonl", "people.jsonl", "watch.jsonl"]


@pytest.mark.parametrize("bad_rows", [(), BAD_ROWS])
def test_folder_in_the_place_of_that_file_is_named(tmp_path: Path, bad_rows: tuple[dict[str, Any], ...]) -> None:
    out = tmp_path / "matches.jsonl"
    remarks_path(out).mkdir()
    with pytest.raises(InputError, match=r"attention\.jsonl: cannot be written"):
        write_outcome(outcome_of(tmp_path, PEOPLE + bad_rows, ENTRIES), out, "jsonl", "")
    assert not (bad_rows and out.exists())  # matches never stand there without what needs attention


def test_page_shows_all_that_rows_of_one_person_say(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    same_id = ({**PEOPLE[0], "office": "North"}, {**PEOPLE[2], "person_id": "P-1", "office": "South"})
    outcome = screen_people(read_people(write_rows(people, same_id)), open_lists(parse_sources([argument])), 0.5)
    assert len(outcome.screening.matches) == 2
    write_outcome(outcome, tmp_path / "report.html", "html", "")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for text in ("Tariq Nadir Qasrawan", "Дмитрий Брастов", "1980-01-02", "1969-05-06", "North", "South"):
        assert text in page
