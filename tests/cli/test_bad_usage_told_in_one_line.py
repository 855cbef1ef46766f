"""Bad usage and bad input: exit code 2, and one line on stderr that says what is wrong, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import kstep, kstep_here, small_files

SCREEN = "screen people.jsonl --list table=watch.jsonl"
LOOKUP = "lookup --list table=watch.jsonl --name Qasrawan"
DOCUMENT = "write type:issuer:number, as in passport:IR:A1234567"
KINDS = "write one of ofac-sdn, ofac-xml, un, eu, uk, ftm, table"
PROBABILITY = "is not a probability between 0 and 1; write one like 0.5"
COUNTRY = "is not a country; write an ISO 3166 code of two or three letters"

# A command line, and what the line on stderr has to say.
USAGE = [
    ("screen", "Missing argument 'people'; see `kstep screen --help`"),
    ("screen people.jsonl", "Missing option '--list'; see `kstep screen --help`"),
    (f"{SCREEN} another.csv", "another.csv); see `kstep screen --help`"),
    (f"{SCREEN} --bogus", "No such option: --bogus; see `kstep screen --help`"),
    (f"{SCREEN} --treshold 0.5", "No such option: --treshold"),
    ("bogus", "No such command 'bogus'; see `kstep --help`"),
    ("lists bogus", "No such command 'bogus'; see `kstep lists --help`"),
    ("lists inspect", "Missing argument 'KIND=PATH'; see `kstep lists inspect --help`"),
    ("lookup --name Qasrawan", "Missing option '--list'"),
    ("lookup --list table=watch.jsonl", "Missing option '--name'"),
]
LISTS = [
    ("screen people.jsonl --list watch.jsonl", "watch.jsonl: does not name a list; write KIND=PATH"),
    ("screen people.jsonl --list table=", "table=: does not name a list; write KIND=PATH"),
    ("screen people.jsonl --list =watch.jsonl", f"=watch.jsonl: '' is not a kind of list; {KINDS}"),
    ("screen people.jsonl --list ofac=watch.jsonl", f"ofac=watch.jsonl: 'ofac' is not a kind of list; {KINDS}"),
    ("screen people.jsonl --list TABLE=watch.jsonl", f"'TABLE' is not a kind of list; {KINDS}"),
    ("screen people.jsonl --list table=gone.csv", "gone.csv: there is no such file or directory; check the path"),
    ("screen people.jsonl --list un=folder", "folder: is a directory, and this kind of list is one file; name the"),
    ("screen people.jsonl --list ofac-sdn=folder", "sdn.csv: there is no such file; check the path"),
    ("screen people.jsonl --list ofac-sdn=watch.jsonl", "is not a directory; name the folder that holds sdn.csv"),
    ("screen people.jsonl --list un=watch.jsonl", "is not XML"),
    ("screen people.jsonl --list un=loop.xml", "loop.xml: cannot be read (Too many levels of symbolic links); check"),
    ("screen people.jsonl --list table=watch.txt", "has a name that says no format; name it .csv, .jsonl or .parquet"),
    (f"{SCREEN} --list nope=x", f"nope=x: 'nope' is not a kind of list; {KINDS}"),
    ("lists inspect watch.jsonl", "watch.jsonl: does not name a list; write KIND=PATH"),
    ("lists inspect nope=watch.jsonl", f"nope=watch.jsonl: 'nope' is not a kind of list; {KINDS}"),
    ("lists inspect table=gone.csv", "gone.csv: there is no such file; check the path"),
    ("lookup --list nope=x --name Qasrawan", f"nope=x: 'nope' is not a kind of list; {KINDS}"),
    ("lookup --list table=gone.csv --name Qasrawan", "gone.csv: there is no such file or directory; check the path"),
]
PEOPLE = [
    ("screen gone.csv --list table=watch.jsonl", "gone.csv: there is no such file; check the path"),
    ("screen folder.csv --list table=watch.jsonl", "folder.csv: cannot be read (Is a directory); check that it is"),
    ("screen folder --list table=watch.jsonl", "folder: is a directory"),
    ("screen loop.csv --list table=watch.jsonl", "loop.csv: cannot be read (Too many levels of symbolic links)"),
    ("screen empty.csv --list table=watch.jsonl", "empty.csv, line 1: is empty; check how it was made"),
    ("screen people.csv --list table=watch.jsonl", "people.csv, line 1: is JSON, not CSV; write one JSON object"),
]
OPTIONS = [
    (f"{SCREEN} --threshold 0", f"--threshold: 0.0 {PROBABILITY}"),
    (f"{SCREEN} --threshold 1", f"--threshold: 1.0 {PROBABILITY}"),
    (f"{SCREEN} --threshold -0.5", f"--threshold: -0.5 {PROBABILITY}"),
    (f"{SCREEN} --threshold nan", f"--threshold: nan {PROBABILITY}"),
    (f"{SCREEN} --threshold inf", f"--threshold: inf {PROBABILITY}"),
    (f"{SCREEN} --threshold 1e-400", f"--threshold: 0.0 {PROBABILITY}"),
    (f"{SCREEN} --threshold half", "Invalid value for '--threshold'"),
    (
        f"{SCREEN} --engine turbo",
        "--engine: 'turbo' is not an engine of this version; write one of local, brute, spark",
    ),
    (
        f"{SCREEN} --engine Local",
        "--engine: 'Local' is not an engine of this version; write one of local, brute, spark",
    ),
    (f"{SCREEN} --format xlsx", "--format: 'xlsx' is not a form of output; write one of jsonl, csv, parquet, html"),
    (f"{SCREEN} --format html", "--format html needs --out FILE; see"),
    (f"{SCREEN} --format parquet", "--format parquet needs --out FILE; see"),
    (f"{SCREEN} --nominal-list 0", "Invalid value for '--nominal-list'"),
    (f"{SCREEN} --nominal-list -8000", "Invalid value for '--nominal-list'"),
    (f"{SCREEN} --nominal-list many", "Invalid value for '--nominal-list'"),
    (f"{LOOKUP} --nominal-list 0", "Invalid value for '--nominal-list'"),
    (f"{LOOKUP} --nominal-list 8e3", "Invalid value for '--nominal-list'"),
    (f"{LOOKUP} --threshold 2", f"--threshold: 2.0 {PROBABILITY}"),
    (f"{LOOKUP} --birth-date 1980-02-31", "--birth-date: there is no date 1980-02-31; correct it or leave it out"),
    (f"{LOOKUP} --birth-date 31.2.1980", "--birth-date: '31.2.1980' is not a date; write YYYY, YYYY-MM or YYYY-MM-DD"),
    (f"{LOOKUP} --nationality QQ", f"--nationality: 'QQ' {COUNTRY}"),
    (f"{LOOKUP} --birth-country QQ", f"--birth-country: 'QQ' {COUNTRY}"),
    (f"{LOOKUP} --sex Q", "--sex: 'Q' is not a sex; write M, F or X"),
    (f"{LOOKUP} --document 123", f"--document: '123' is not a document; {DOCUMENT}"),
    (f"{LOOKUP} --document passport:QQ:1", f"--document: 'QQ' {COUNTRY}"),
    (f"{LOOKUP} --document card:NO:1", "--document: 'card' is not a type of document; write one of passport,"),
    (f"{LOOKUP} --document passport:NO:-", "--document: the document number '-' has no letter or digit; correct it"),
]
MEMORY = [
    (f"{SCREEN} --memory 0", "--memory: 0 GiB is too little to work in; give 0.5 or more"),
    (f"{SCREEN} --memory 0.49", "--memory: 0.49 GiB is too little to work in; give 0.5 or more"),
    (f"{SCREEN} --memory -4", "Invalid value for '--memory'"),
    (f"{SCREEN} --memory nan", "Invalid value for '--memory'"),
    (f"{SCREEN} --memory inf", "--memory: inf GiB is more than any machine has; give what this one has"),
    (f"{SCREEN} --memory 1e300", "--memory: 1e+300 GiB is more than any machine has; give what this one has"),
    (f"{SCREEN} --memory 4GiB", "Invalid value for '--memory'"),
    (f"{SCREEN} --memory much", "Invalid value for '--memory'"),
    (f"{SCREEN} --memory", "Option '--memory' requires an argument"),
]
PAST = f"{SCREEN} --people-before people.jsonl"
ONE_EACH = "--list-before: each list has one earlier edition; give --list-before table=PATH"
BEFORE = [
    (PAST, ONE_EACH),
    (f"{PAST} --list-before un=watch.jsonl", ONE_EACH),
    (f"{PAST} --list-before table=watch.jsonl --list-before table=watch.jsonl", ONE_EACH),
    (f"{PAST} --list-before table=watch.jsonl --list-before un=watch.jsonl", ONE_EACH),
    (
        f"{PAST} --list table=people.csv --list-before table=watch.jsonl",
        f"{ONE_EACH} --list-before table=PATH, with the",
    ),
    (f"{PAST} --list-before watch.jsonl", "watch.jsonl: does not name a list; write KIND=PATH"),
    (f"{PAST} --list-before table=", "table=: does not name a list; write KIND=PATH"),
    (f"{PAST} --list-before table:watch=watch.jsonl", f"'table:watch' is not a kind of list; {KINDS}"),
    (
        f"{SCREEN} --list-before table=watch.jsonl",
        "--list-before: goes with --people-before; give the people as they were, or the same file if nobody changed",
    ),
    (f"{PAST} --list-before table=gone.csv", "gone.csv: there is no such file or directory; check the path"),
    (
        f"{SCREEN} --people-before gone.csv --list-before table=watch.jsonl",
        "gone.csv: there is no such file; check the path",
    ),
    (f"{SCREEN} --people-before", "Option '--people-before' requires an argument"),
    (f"{PAST} another.jsonl --list-before table=watch.jsonl", "another.jsonl); see `kstep screen --help`"),
]
OUT = [
    (f"{SCREEN} --out nowhere/matches.jsonl", "nowhere/matches.jsonl: cannot be written (No such file or directory)"),
    (
        f"{SCREEN} --out watch.jsonl/matches.jsonl",
        "cannot be written (Not a directory); choose another place with --out",
    ),
    (f"{SCREEN} --out folder", "folder: is not an ordinary file; name a file with --out"),
    (f"{SCREEN} --out {'x' * 300}", "cannot be written (File name too long); choose another place with --out"),
    (f"{SCREEN} --out people.jsonl", "people.jsonl: is one of the files that are read; name another one with --out"),
    (f"{SCREEN} --out folder/../watch.jsonl", "watch.jsonl: is one of the files that are read"),
    (
        f"{SCREEN} --people-before people.csv --list-before table=watch.txt --out people.csv",
        "people.csv: is one of the files that are read",
    ),
    (f"{PAST} --list-before table=watch.txt --out watch.txt", "watch.txt: is one of the files that are read"),
]
SYNTH = [
    ("synth people --n -1 --out made.csv", "-1 is not a number of people; write 0 or more"),
    ("synth people --n many --out made.csv", "Invalid value for '--n'"),
    ("synth people --seed -1 --out made.csv", "Invalid value for '--seed'"),
    ("synth people --out made.txt", "made.txt: '.txt' is not a kind of people file; name it .csv, .jsonl or .parquet"),
    ("synth people --out nowhere/made.csv", "nowhere/made.csv: cannot be written (No such file or directory); check"),
    ("synth people --out folder.csv", "folder.csv: cannot be written (Is a directory); check the folder"),
    ("synth people --out made.csv --list table=watch.jsonl --planted 2", "2.0 is not a share of the people; write a"),
    ("synth people --out made.csv --list table=watch.jsonl --planted nan", "nan is not a share of the people; write"),
    ("synth people --out made.csv --common 0.9", "0.9 of the people cannot bear one of the ten commonest given"),
    ("synth people --out made.csv --common much", "Invalid value for '--common'"),
    ("synth people --out made.csv --list table=gone.csv", "gone.csv: there is no such file; check the path"),
    ("synth list --kind uk --out made.csv", "'uk' is not a kind of list that can be made; write one of ofac-sdn, un,"),
    ("synth list --kind table --out made.txt", "made.txt: a table is written as CSV; name it .csv"),
    ("synth list --kind un --out nowhere/made.xml", "nowhere/made.xml: cannot be written (No such file or directory)"),
    ("synth list --kind ofac-sdn --out watch.jsonl", "watch.jsonl: cannot be written (File exists); check the path"),
    ("synth list --n -1 --out made.csv", "-1 is not a number of people; write 0 or more"),
    ("synth list --seed -1 --out made.csv", "Invalid value for '--seed'"),
    ("demo watch.jsonl --n 10", "watch.jsonl: cannot be made (File exists); choose another folder"),
    ("demo made --n 0", "Invalid value for '--n'"),
    ("demo made --seed -1", "Invalid value for '--seed'"),
    ("demo made --n 10 --list table=gone.csv", "gone.csv: there is no such file or directory; check the path"),
    ("demo made --n 10 --list gone.csv", "gone.csv: does not name a list; write KIND=PATH"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Iterator[Path]:
    """The current folder, with good files and bad ones; afterwards, nothing was written into it."""
    monkeypatch.chdir(tmp_path)
    people, _ = small_files(tmp_path)
    (tmp_path / "people.csv").write_bytes(people.read_bytes())
    (tmp_path / "watch.txt").write_bytes((tmp_path / "watch.jsonl").read_bytes())
    (tmp_path / "empty.csv").touch()
    for name in ("folder", "folder.csv"):
        (tmp_path / name).mkdir()
    for name in ("loop.csv", "loop.xml"):
        (tmp_path / name).symlink_to(name)
    before = sorted(tmp_path.rglob("*"))
    yield tmp_path
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("line", "message"), [*USAGE, *LISTS, *PEOPLE, *OPTIONS, *MEMORY, *BEFORE, *OUT, *SYNTH])
def test_bad_usage_is_refused_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], line: str, message: str
) -> None:
    ended = kstep_here(capsys, *line.split(" "))
    assert (ended.code, ended.out, len(ended.told)) == (2, "", 1), ended
    assert ended.told[0].startswith("kstep: ")
    assert message in ended.told[0]


@pytest.mark.parametrize("value", ["", "   "])
def test_empty_name_is_refused(folder: Path, capsys: pytest.CaptureFixture[str], value: str) -> None:
    ended = kstep_here(capsys, "lookup", "--list", "table=watch.jsonl", "--name", value)
    assert (ended.code, ended.told) == (2, ["kstep: --name: a name is empty; correct it or leave it out"])


def test_empty_place_for_the_output_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = kstep_here(capsys, *SCREEN.split(" "), "--out", "")
    assert (ended.code, ended.told) == (2, ["kstep: .: is not an ordinary file; name a file with --out"])


@pytest.mark.parametrize("line", ["lists", "synth"])
def test_group_alone_shows_its_commands_and_says_what_is_missing(
    folder: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    ended = kstep_here(capsys, line)
    assert (ended.code, ended.told) == (2, [f"kstep: Missing command; see `kstep {line} --help`"])
    assert "Commands" in ended.out


def test_long_path_leaves_room_for_the_mend(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = "/".join(["a-folder-with-a-rather-long-name"] * 20) + "/list.xml"
    ended = kstep_here(capsys, "screen", "people.jsonl", "--list", f"un={path}")
    assert ended.told == [f"kstep: …{path[-149:]}: there is no such file or directory; check the path"]


def test_exit_code_and_line_are_those_of_the_process(folder: Path) -> None:
    ended = kstep("screen", "people.jsonl", "--list", "table=gone.csv")
    assert (ended.code, ended.out) == (2, "")
    assert ended.told == ["kstep: gone.csv: there is no such file or directory; check the path"]


@pytest.mark.parametrize(
    ("closed", "line", "message"),
    [
        ("people.jsonl", SCREEN, "people.jsonl: cannot be read (Permission denied); check that it is a readable file"),
        ("watch.jsonl", SCREEN, "watch.jsonl: cannot be read (Permission denied); check its permissions"),
        ("watch.jsonl", "lists inspect table=watch.jsonl", "watch.jsonl: cannot be read (Permission denied); check"),
        ("folder", "screen people.jsonl --list ofac-sdn=folder", "folder: cannot be read (Permission denied); check"),
        (
            "folder",
            f"{SCREEN} --out folder/matches.jsonl",
            "folder/matches.jsonl: cannot be written (Permission denied)",
        ),
    ],
)
def test_missing_permission_is_named(folder: Path, closed: str, line: str, message: str) -> None:
    mode = (folder / closed).stat().st_mode
    (folder / closed).chmod(0)
    ended = kstep(*line.split(" "), powers=False)
    (folder / closed).chmod(mode)
    assert (ended.code, ended.out, len(ended.told)) == (2, "", 1), ended
    assert message in ended.told[0]
