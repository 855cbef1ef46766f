"""What the documents say of the commands is so: every command and option that they name exists, and each has its place."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import Ran, kstep_here, rows_of
from command_tree import COMMANDS

HOUSE = Path(__file__).parents[2]
DOCUMENTS = sorted([HOUSE / "README.md", HOUSE / "CHANGELOG.md", *HOUSE.glob("docs/**/*.md")])

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`((?:\.venv/bin/)?kstep [^`]+)`")


def documented_lines(text: str) -> Iterator[str]:
    """Every line of a code block that is a command of ours, and every such command between single backticks."""
    for _, block in _FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            words = line.strip().removeprefix("$ ")
            if words.startswith(("kstep ", ".venv/bin/kstep ")):
                yield words
    yield from (" ".join(found.split()) for found in _INLINE.findall(_FENCE.sub("", text)))


def command_of(line: str) -> tuple[str, list[str]]:
    """The longest command that the line names, and the options it gives."""
    words = shlex.split(line.partition(" #")[0].partition(" · ")[0])
    words[0] = "kstep"
    depth = max(depth for depth in range(1, len(words) + 1) if " ".join(words[:depth]) in COMMANDS)
    return " ".join(words[:depth]), [word.partition("=")[0] for word in words[depth:] if word.startswith("--")]


LINES = [(path.relative_to(HOUSE).as_posix(), line) for path in DOCUMENTS
         for line in dict.fromkeys(documented_lines(path.read_text(encoding="utf-8")))]  # fmt: skip


def test_documents_name_commands() -> None:
    assert len(LINES) > 20
    assert {command_of(line)[0] for _, line in LINES} >= {
        "kstep screen", "kstep lookup", "kstep lists inspect", "kstep synth people", "kstep demo",
    }  # fmt: skip


@pytest.mark.parametrize(("document", "line"), LINES)
def test_documented_command_and_its_options_exist(document: str, line: str) -> None:
    command, options = command_of(line)
    assert command != "kstep" or line.split(" ")[1].startswith(("-", "COMMAND")), f"{document}: no command in {line!r}"
    assert not (command in ("kstep lists", "kstep synth") and len(line.split(" ")) > 2), f"{document}: {line!r}"
    assert set(options) <= {*COMMANDS[command], "--help"}, f"{document}: {line!r}"


def _sections() -> dict[str, str]:
    """The text of docs/commands.md by the commands that its headings name."""
    parts = re.split(r"^## (.+)$", (HOUSE / "docs/commands.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    found: dict[str, str] = {}
    for heading, text in zip(parts[1::2], parts[2::2], strict=True):
        for line in _INLINE.findall(heading):
            found[command_of(line)[0]] = f"{heading}\n{text}"
    return found


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.count(" ") > 0])
def test_every_command_and_option_is_documented(command: str) -> None:
    sections = _sections()
    if any(other.startswith(f"{command} ") for other in COMMANDS):
        assert any(other.startswith(f"{command} ") for other in sections)
        return
    assert command in sections
    missing = [option for option in COMMANDS[command] if not re.search(rf"{option}\b", sections[command])]
    assert missing == []


@pytest.mark.parametrize("document", ["README.md", "docs/commands.md", "docs/tutorial.md", "docs/people-files.md"])
def test_options_that_a_document_names_alone_exist(document: str) -> None:
    ours = {option for options in COMMANDS.values() for option in options} | {"--help"}
    text = (HOUSE / document).read_text(encoding="utf-8")
    alone = re.findall(r"`(--[a-z][a-z-]*)[^`]*`", _FENCE.sub("", text))
    assert [option for option in alone if option not in ours] == []


def test_attention_that_a_run_can_ask_for_is_documented() -> None:
    source = (HOUSE / "src/kstep/screening/files.py").read_text(encoding="utf-8")
    kinds = set(re.findall(r'(?:Remark|_row_remark)\("([a-z_ ]+)"', source))
    assert len(kinds) >= 6
    text = " ".join((HOUSE / "docs/commands.md").read_text(encoding="utf-8").split())
    assert [kind for kind in sorted(kinds) if f"*{kind}*" not in text] == []


@pytest.fixture
def tutorial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> list[str]:
    """The commands of the tutorial that need no publisher's file, in a folder with the files that it has one write."""
    text = (HOUSE / "docs/tutorial.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for language, block in _FENCE.findall(text):
        if language == "csv":
            name = "watch.csv" if block.startswith("entry_id") else "people.csv"
            (tmp_path / name).write_text(block, encoding="utf-8")
    lines = [line for language, block in _FENCE.findall(text) if not language for line in block.splitlines()]
    return [line for line in lines if line.startswith("kstep ") and "consolidated.xml" not in line]


def test_tutorial_does_what_it_says(tutorial: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran: dict[str, Ran] = {}
    for line in tutorial:
        ran[line] = kstep_here(capsys, *shlex.split(line)[1:])
    ended = {" ".join(line.split(" ")[1:3]): ran[line] for line in tutorial}
    assert {line: result.code for line, result in ended.items()} == {
        "screen people.csv": 1, "lookup --list": 0, "synth people": 0,
    }  # fmt: skip
    matches = rows_of((tmp_path / "matches.jsonl").read_text(encoding="utf-8"))
    assert {(row["person_id"], row["entry_id"]) for row in matches} == {("A-1", "W-1"), ("A-2", "W-2"), ("A-4", "W-3")}
    beside = rows_of((tmp_path / "matches.jsonl.attention.jsonl").read_text(encoding="utf-8"))
    assert [(row["what"], row["record"]) for row in beside if row["record"].startswith("A-")] == [
        ("field not read", "A-4"), ("person too poor to screen", "A-3"),
    ]  # fmt: skip
    explained, in_cyrillic = (result.out for line, result in ran.items() if line.startswith("kstep lookup"))
    assert "Youssef" in in_cyrillic
    assert "day and month swapped" in explained
    assert (tmp_path / "report.html").stat().st_size > 10_000
    assert (tmp_path / "roster.truth.csv").read_text(encoding="utf-8").count("\n") == 11
