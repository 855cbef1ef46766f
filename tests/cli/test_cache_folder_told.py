"""The folder of kept indexes as the user meets it: told when it cannot be used, never in the way of a result."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import PEOPLE, kstep, kstep_here, small_files, write_rows

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("command", ["screen", "lookup"])
def test_building_is_told_once(tmp_path: Path, cache: Path, capsys: Capture, command: str) -> None:
    people, argument = small_files(tmp_path)
    asked = (people,) if command == "screen" else ("--name", "Tariq Qasrawan")
    first, second = (kstep_here(capsys, command, *asked, "--list", argument) for _ in range(2))
    assert first.told[0] == "kstep: building the index of table (4 entries) …"
    assert second.told == first.told[1:] or "building" not in second.err
    assert (first.code, first.out) == (second.code, second.out)
    assert len(list(cache.glob("*.index"))) == 1


def test_damaged_index_is_told_and_built_again(tmp_path: Path, cache: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    whole = kstep_here(capsys, "screen", people, "--list", argument)
    (kept,) = cache.glob("*.index")
    kept.write_bytes(kept.read_bytes()[:-100])
    again = kstep_here(capsys, "screen", people, "--list", argument)
    assert (again.code, again.out) == (whole.code, whole.out)
    assert again.told[0].startswith("kstep: the kept index of table cannot be used and is built again (")
    assert again.told[1] == "kstep: building the index of table (4 entries) …"
    assert "building" not in kstep_here(capsys, "screen", people, "--list", argument).err


def test_folder_that_must_not_be_written_is_told_and_does_no_harm(tmp_path: Path, cache: Path, capsys: Capture) -> None:
    people, argument = small_files(tmp_path)
    whole = kstep_here(capsys, "screen", people, "--list", argument)
    for kept in cache.glob("*.index"):
        kept.unlink()
    cache.chmod(0o555)
    ended = kstep("screen", people, "--list", argument, powers=False)
    cache.chmod(0o755)
    assert (ended.code, ended.out) == (whole.code, whole.out)
    assert ended.told[:2] == [
        "kstep: building the index of table (4 entries) …",
        f"kstep: the index of table cannot be kept in {cache} (Permission denied); it will be built again next time",
    ]


def test_first_run_of_all_compiles_once_and_says_so_when_the_input_is_good(tmp_path: Path) -> None:
    people, argument = small_files(tmp_path)
    (tmp_path / "cut.xml").write_text("<CONSOLIDATED_LIST><INDIVIDUALS>")
    new = tmp_path / "new"
    for bad in ((people, f"un={tmp_path / 'cut.xml'}"), (tmp_path / "gone.csv", argument)):
        refused = kstep("screen", bad[0], "--list", bad[1], KSTEP_CACHE=str(new))
        assert (refused.code, len(refused.told)) == (2, 1)
    first = kstep("lookup", "--list", argument, "--name", "Tariq Qasrawan", KSTEP_CACHE=str(new))
    assert first.code == 0
    assert first.told == [
        "kstep: compiling the engine's kernels, once for this version (a minute or two) …",
        "kstep: building the index of table (4 entries) …",
    ]
    kernels = sorted(new.rglob("*.nbc"))
    again = kstep(
        "screen", people, "--list", argument, "--list", f"table={people_as_list(tmp_path)}", KSTEP_CACHE=str(new)
    )
    assert (again.code, again.told[0]) == (0, "kstep: building the index of table:another (4 entries) …")
    assert sorted(new.rglob("*.nbc")) == kernels


def people_as_list(folder: Path) -> Path:
    """The people of `small_files` as a list, with documents and all."""
    return write_rows(folder / "another.jsonl", [{**person, "entry_id": person["person_id"]} for person in PEOPLE])


def test_inspecting_keeps_nothing(tmp_path: Path, cache: Path, capsys: Capture) -> None:
    assert kstep_here(capsys, "lists", "inspect", small_files(tmp_path)[1]).code == 0
    assert list(cache.glob("*.index")) == []
