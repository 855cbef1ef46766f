"""`kstep screen --engine spark`: the same bytes as on this machine, the same words on stderr, and refusals that say the mend."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from command_line import Ran, kstep, kstep_here, small_files
from kstep.records import read_people
from kstep.screening.sources import open_lists, parse_sources
from kstep.synth import write_list, write_people
from spark_cluster import Cluster

pytestmark = pytest.mark.usefixtures("cache")

FORMS = ("jsonl", "html")


@pytest.fixture
def made(tmp_path: Path) -> list[str | Path]:
    """A roster of 500 made-up people, of whom one is too poor to be found, and two lists; the arguments that name them."""
    write_list(tmp_path / "own.csv", "table", 400, seed=3)
    write_list(tmp_path / "un.xml", "un", 100, seed=3)
    sources = [f"table={tmp_path / 'own.csv'}", f"un={tmp_path / 'un.xml'}"]
    planted = [(ready.label, list(ready.index.entries)) for ready in open_lists(parse_sources(sources))]
    write_people(tmp_path / "people.csv", 499, seed=4, lists=planted, planted_share=0.2)
    with (tmp_path / "people.csv").open("a", encoding="utf-8") as rows:
        rows.write(f"poor,Li{',' * 12}\n")
    assert len(read_people(tmp_path / "people.csv").people) == 500
    return [tmp_path / "people.csv", *(f"--list={source}" for source in sources), "--threshold=0.2"]


def written(folder: Path, form: str, arguments: list[str | Path], *options: str) -> tuple[Ran, bytes]:
    """How a run ended, and what it wrote into a folder: possible matches, and what needs attention."""
    folder.mkdir(exist_ok=True)
    out = folder / f"matches.{form}"
    ran = kstep("screen", *arguments, "--out", out, *options)
    return ran, out.read_bytes() + out.with_name(f"{out.name}.attention.jsonl").read_bytes()


def words(ran: Ran, folder: Path) -> list[str]:
    """What was said, but for the time and the folder, and for how far a run is, and how fast."""
    told = (line for line in ran.told if not line.startswith("kstep: screening: "))
    return [re.sub(r"[\d.]+ s$", "", line.replace(f"{folder}/", "")) for line in told]


@pytest.mark.proof
def test_same_bytes_and_words_as_on_this_machine(made: list[str | Path], cluster: Cluster, tmp_path: Path) -> None:
    for form in FORMS:
        here, expected = written(tmp_path / "here", form, made)
        there, found = written(tmp_path / "there", form, made, "--engine=spark", f"--master={cluster.url}")
        assert found == expected
        assert (there.code, there.out, words(there, tmp_path / "there")) == (1, "", words(here, tmp_path / "here"))
        assert b"person too poor to screen" in found
    matches = (tmp_path / "there/matches.jsonl").read_bytes()
    assert matches.count(b'"list":"table"') > 50
    assert matches.count(b'"list":"un"') > 10


@pytest.fixture
def past(made: list[str | Path], tmp_path: Path) -> list[str]:
    """The arguments that name the people of an earlier day, when a fifth and the poor one were not there and a fifth had another
    name, and the lists, of which one lacked every third entry and the other was the same.
    """
    (tmp_path / "then").mkdir()
    people = (tmp_path / "people.csv").read_text(encoding="utf-8").splitlines()
    then = [
        row if at % 5 != 1 else f"{row.split(',')[0]},Wilhelmina Achterberg{',' * 12}" for at, row in enumerate(people)
    ]
    lines = [row for at, row in enumerate(then) if at % 5 != 2 and not row.startswith("poor")]
    (tmp_path / "then/people.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    entries = (tmp_path / "own.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "then/own.csv").write_text(
        "\n".join([*(row for at, row in enumerate(entries) if at % 3 != 1), ""]), encoding="utf-8"
    )
    open_lists(parse_sources([f"table={tmp_path / 'then/own.csv'}"]))
    return [
        f"--people-before={tmp_path / 'then/people.csv'}",
        f"--list-before=un={tmp_path / 'un.xml'}",
        f"--list-before=table={tmp_path / 'then/own.csv'}",
    ]


@pytest.mark.proof
def test_what_changed_is_the_same_bytes_and_words_too(
    made: list[str | Path], past: list[str], cluster: Cluster, tmp_path: Path
) -> None:
    everything = kstep("screen", *made).out
    here, expected = written(tmp_path / "here", "jsonl", made, *past)
    there, found = written(tmp_path / "there", "jsonl", made, *past, "--engine=spark", f"--master={cluster.url}")
    assert found == expected
    assert (there.code, there.out, words(there, tmp_path / "there")) == (1, "", words(here, tmp_path / "here"))
    assert "kstep: 201 people and 134 entries are new or changed; 100 and 0 are gone or were otherwise" in there.told
    matches = (tmp_path / "there/matches.jsonl").read_text(encoding="utf-8").splitlines()
    assert 50 < len(matches) < everything.count("\n") - 20
    assert set(matches) < set(everything.splitlines())


@pytest.mark.proof
def test_one_machine_is_a_cluster_too(made: list[str | Path], capsys: pytest.CaptureFixture[str]) -> None:
    here = kstep_here(capsys, "screen", *made)
    there = kstep_here(capsys, "screen", *made, "--engine=spark", "--master=local[2]")
    assert (there.code, there.out) == (here.code, here.out)
    assert there.out.count("\n") > 50


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ["--engine=spark"],
            "--engine: spark needs a master; write --master spark://HOST:7077, or --master 'local[*]' to try",
        ),
        (["--master=local[2]"], "--master: is for --engine spark; add it, or leave --master out"),
        (["--engine=brute", "--master=local[2]"], "--master: is for --engine spark; add it, or leave --master out"),
        (
            ["--engine=spark", "--master=nowhere"],
            "--master: 'nowhere' is not a Spark master; write one like spark://HOST:7077",
        ),
    ],
)
def test_engine_and_master_go_together(
    options: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people, argument = small_files(tmp_path)
    ended = kstep_here(capsys, "screen", people, "--list", argument, *options)
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.told) == 1
    assert ended.told[0].startswith(f"kstep: {told}")
