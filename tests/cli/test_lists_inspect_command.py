"""`kstep lists inspect`: what is in a list and what was left out, for people and as JSON, and the parts add up."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from command_line import ENTRIES, kstep, kstep_here, write_rows
from kstep.lists import read_list
from kstep.screening.sources import NOT_PEOPLE
from kstep.synth import write_list
from real_data import real_data

Capture = pytest.CaptureFixture[str]

AGREED = ("kind", "edition", "source_date", "rows", "persons", "left_out")
"""The keys of the JSON form that others rely on."""

REAL = [
    ("un", "un/consolidated-2025.xml", 684, {"entity": 193}, "2025-04-19"),
    ("un", "un/consolidated-2026-02-27.xml", 730, {"entity": 273}, "2026-02-27"),
    ("ofac-sdn", "ofac-sdn/2019-01", 3_845, {"entity": 2_994, "vessel": 323, "aircraft": 217}, None),
    ("ofac-sdn", "ofac-sdn/2021-07", 4_620, {"entity": 3_673, "vessel": 406, "aircraft": 277}, None),
    ("ofac-sdn", "ofac-sdn/2024-05", 6_854, {"entity": 6_884, "vessel": 851, "aircraft": 376}, None),
]

DAMAGED: tuple[dict[str, Any], ...] = (
    *ENTRIES,
    {"entry_id": "E-1", "name": "Twice"},
    {"entry_id": "E-5", "name": ""},
    {"name": "Without Id"},
    {"entry_id": "E-6", "name": "Noam Ben-Teviel", "birth_date": ["1980-13", "1981"], "nationality": "QQ"},
)


@pytest.fixture
def damaged(tmp_path: Path) -> str:
    """A list in which a row repeats an id, one has no name, one no id, and one two fields that cannot be read."""
    return f"table={write_rows(tmp_path / 'watch.jsonl', DAMAGED)}"


def test_json_has_the_agreed_fields_and_the_parts_add_up(damaged: str, capsys: Capture) -> None:
    ended = kstep_here(capsys, "lists", "inspect", damaged, "--json")
    found = json.loads(ended.out)
    assert (ended.code, ended.err) == (1, "")
    assert set(AGREED) <= set(found)
    assert (found["kind"], found["source_date"], found["persons"]) == ("table", None, 5)
    assert found["edition"] == read_list("table", Path(damaged.removeprefix("table="))).id
    assert found["rows"] == {"row": 8}
    assert found["left_out"] == {
        "duplicate id": 1, "no name": 1, "unknown country": 1, "unreadable date": 1, "unreadable row": 1,
    }  # fmt: skip
    rows_left_out = sum(found["left_out"][reason] for reason in ("duplicate id", "no name", "unreadable row"))
    assert found["rows"]["row"] == found["persons"] + rows_left_out
    named = Counter(item["reason"] for item in found["left_out_of_people"])
    assert named == found["left_out"]
    assert {item["where"] for item in found["left_out_of_people"]} == {f"line {number}" for number in (5, 6, 7, 8)}


def test_people_are_told_the_same(damaged: str, capsys: Capture) -> None:
    ended = kstep_here(capsys, "lists", "inspect", damaged)
    found = json.loads(kstep_here(capsys, "lists", "inspect", damaged, "--json").out)
    assert (ended.code, ended.err) == (1, "")
    lines = [" ".join(line.replace("│", " ").split()) for line in ended.out.splitlines()]
    assert lines[0].startswith("table ")
    assert f"edition {found['edition']}" in lines
    assert "source date not stated in the source" in lines
    for label, count in [*found["rows"].items(), *found["entries_have"].items(), *found["left_out"].items()]:
        assert f"{label} {count:,}" in lines
    assert [line for line in lines if line.startswith("left out: ")] == [
        f"left out: {item['reason']}: {item['where']}: {item['detail']}" for item in found["left_out_of_people"]
    ]


def test_long_names_of_what_was_left_out_are_not_broken_in_a_pipe(tmp_path: Path, capsys: Capture) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff " * 4
    twice = [{"entry_id": "E-1", "name": "A"}, {"entry_id": "E-2", "name": "B", "birth_date": name.strip()}]
    ended = kstep_here(capsys, "lists", "inspect", f"table={write_rows(tmp_path / 'watch.jsonl', twice)}")
    assert [line for line in ended.out.splitlines() if name.strip() in line]


def test_good_list_needs_no_attention(tmp_path: Path, capsys: Capture) -> None:
    argument = f"table={write_rows(tmp_path / 'watch.jsonl', ENTRIES)}"
    ended = kstep_here(capsys, "lists", "inspect", argument, "--json")
    found = json.loads(ended.out)
    assert (ended.code, found["left_out"], found["left_out_of_people"], found["persons"]) == (0, {}, [], 4)


def test_many_left_out_are_named_on_request(tmp_path: Path, capsys: Capture) -> None:
    rows = [*ENTRIES, *({"entry_id": "E-1", "name": str(number)} for number in range(30))]
    argument = f"table={write_rows(tmp_path / 'watch.jsonl', rows)}"
    few, every = (kstep_here(capsys, "lists", "inspect", argument, *more).out for more in ((), ("--all",)))
    assert few.count("left out: duplicate id: line ") == 20
    assert "… and 10 more: --all names them" in few
    assert every.count("left out: duplicate id: line ") == 30
    assert "--all" not in every


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_hostile_ids_of_a_publisher_reach_no_terminal_raw(
    tmp_path: Path, capsys: Capture, more: tuple[str, ...]
) -> None:
    write_list(tmp_path / "un.xml", "un", 1, seed=1)
    text = (tmp_path / "un.xml").read_text(encoding="utf-8")
    hostile = text.replace("QDi.001", "QDi&#155;31m[red]", 1).replace("<VALUE>Pakistan", "<VALUE>Atlantis&#155;1m", 1)
    assert hostile.count("&#155;") == 2
    (tmp_path / "un.xml").write_text(hostile, encoding="utf-8")
    ended = kstep_here(capsys, "lists", "inspect", f"un={tmp_path / 'un.xml'}", *more)
    assert ended.code == 1
    assert "Atlantis" in ended.out
    assert [line for line in ended.out.splitlines() if not line.isprintable()] == []


def test_hostile_list_reaches_no_terminal_raw(tmp_path: Path) -> None:
    watch = write_rows(tmp_path / "\x1b[31mwatch.ftm.json", [
        {"id": "\x1b[31mQ\x9b-1", "schema": "Person", "properties": {"name": ["A"], "birthDate": ["[red]\x1b[2J"]}},
        {"id": "Q-2[/red]", "schema": "Person", "properties": {"name": ["[bold]"], "country": ["\u202e[red]"]}},
        {"id": "Q-3", "schema": "Person", "properties": {"name": ["B"], "\x1b[2Jnew": ["x"], "birthDate": ["\x9b1m"]}},
    ])  # fmt: skip
    ended = kstep("lists", "inspect", f"ftm={watch}", "--all")
    assert ended.code == 1
    assert ended.err == ""
    assert [line for line in ended.out.splitlines() if not line.isprintable()] == []
    assert "[red]" in ended.out


@pytest.mark.parametrize(("kind", "path", "persons", "others", "source_date"), REAL)
def test_real_list_adds_up(
    kind: str, path: str, persons: int, others: dict[str, int], source_date: str | None, capsys: Capture
) -> None:
    ended = kstep_here(capsys, "lists", "inspect", f"{kind}={real_data() / path}", "--json")
    found = json.loads(ended.out)
    assert ended.err == ""
    assert (found["kind"], found["source_date"], found["persons"]) == (kind, source_date, persons)
    assert found["rows"]["individual"] == persons
    assert {kind: found["rows"][kind] for kind in others} == others
    assert {reason: count for reason, count in found["left_out"].items() if reason in NOT_PEOPLE} == others
    pointing = sum(count for kind, count in found["rows"].items() if kind.endswith(" of nothing"))
    assert found["left_out"].get("points at no entry", 0) == pointing
    named = Counter(item["reason"] for item in found["left_out_of_people"])
    assert named == {reason: count for reason, count in found["left_out"].items() if reason not in NOT_PEOPLE}
    assert ended.code == (1 if named else 0)
