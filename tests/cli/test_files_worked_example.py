"""The worked example in the document on files is what happens: each command is run, and what it says is owed then is owed."""

from __future__ import annotations

import shlex
from pathlib import Path

from files_kept import OFFICER, REVIEWER, SECOND, SUPERVISOR, Kept

KEYS = {"officer.key": OFFICER, "reviewer.key": REVIEWER, "second.key": SECOND, "supervisor.key": SUPERVISOR}
DOCUMENT = Path(__file__).parents[2] / "docs/files.md"


def example() -> list[tuple[list[str], str]]:
    """The commands, each with the remark that stands after it."""
    section = DOCUMENT.read_text(encoding="utf-8").partition("## One file, from a possible match to its end\n")[2]
    block = section.split("```")[1].replace("\\\n", " ")
    lines = [line.partition(" # ") for line in block.strip().splitlines()]
    return [(shlex.split(command)[1:], remark.strip()) for command, _, remark in lines]


def test_what_the_example_says_is_owed_is_owed_until_the_file_is_closed(kept: Kept) -> None:
    kept.adopt()
    kept.publish(E3=3)
    pairing, told = kept.pairing(3), ""
    for words, remark in example():
        place = words.index("--as")
        account = KEYS[words[place + 1]]
        given = [word.replace("un#17", pairing).replace("2028-03-01", "2090-01-01") for word in words]
        told = kept.run(*given[:place], *given[place + 2 :], as_=account).out
        what, _, owed = remark.partition(": ")
        standing = sorted(step for step, state in kept.owed(3).items() if state in ("open", "late", "not yet"))
        assert what == "its state" or (", ".join(standing) or "nothing") == owed, words
    assert told.splitlines()[0].endswith(": closed")
    assert kept.run("files", "list", as_=OFFICER).err == "kstep: nothing is owed\n"
