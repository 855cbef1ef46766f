"""What needs attention where only what changed is screened: what is new of it, and a prior that is not that of before."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import ENTRIES, PEOPLE, kstep, kstep_here, rows_of, write_rows
from kstep.synth import write_list

pytestmark = pytest.mark.usefixtures("cache")

Capture = pytest.CaptureFixture[str]

POOR_PEOPLE = tuple({"person_id": f"poor-{number}", "name": "Ali"} for number in range(2))
POOR_ENTRIES = tuple({"entry_id": f"E-poor-{number}", "name": "Li"} for number in range(2))


def attention_beside(out: Path) -> dict[str, list[str]]:
    """Of each kind of thing that needs attention the records, or where there are none the messages."""
    beside, kinds = out.with_name(f"{out.name}.attention.jsonl"), dict[str, list[str]]()
    for row in rows_of(beside.read_text(encoding="utf-8")) if beside.exists() else []:
        kinds.setdefault(row["what"], []).append(row["record"] or row["message"])
    return kinds


@pytest.mark.parametrize("engine", ["local", "brute"])
def test_only_who_changed_is_too_poor_once_more(tmp_path: Path, capsys: Capture, engine: str) -> None:
    people, then = (write_rows(tmp_path / f"{poor}.jsonl", [*PEOPLE, *POOR_PEOPLE[:poor]]) for poor in (2, 1))
    watch, old = (write_rows(tmp_path / f"watch-{poor}.jsonl", [*ENTRIES, *POOR_ENTRIES[:poor]]) for poor in (2, 1))
    out = tmp_path / "matches.jsonl"
    now = ["screen", str(people), f"--list=table={watch}", f"--out={out}", f"--engine={engine}"]
    assert kstep_here(capsys, *now).code == 1
    assert [*attention_beside(out).values()] == [["poor-0", "poor-1"], ["E-poor-0", "E-poor-1"]]
    ran = kstep_here(capsys, *now, f"--people-before={then}", f"--list-before=table={old}")
    assert ran.code == 1
    assert attention_beside(out) == {
        "person too poor to screen": ["poor-1"],
        "entry too poor to be found": ["E-poor-1"],
    }
    assert "kstep: 1 person and 1 entry are new or changed; 0 and 0 are gone or were otherwise" in ran.told
    assert kstep_here(capsys, *now, f"--people-before={people}", f"--list-before=table={watch}").code == 0
    assert attention_beside(out) == {}


def test_bad_rows_of_the_people_are_told_though_nobody_changed(tmp_path: Path, capsys: Capture) -> None:
    people = write_rows(tmp_path / "people.jsonl", [*PEOPLE, {"name": "Nobody Knows"}])
    watch, out = write_rows(tmp_path / "watch.jsonl", ENTRIES), tmp_path / "matches.jsonl"
    past = [f"--people-before={people}", f"--list-before=table={watch}"]
    assert kstep_here(capsys, "screen", people, f"--list=table={watch}", f"--out={out}", *past).code == 1
    assert [*attention_beside(out)] == ["row refused"]
    assert out.read_bytes() == b""


def test_another_prior_than_before_needs_attention(tmp_path: Path, capsys: Capture) -> None:
    """A list that grows past a doubling of 8,000, to the nearest: 11,313 entries are fewer, 11,314 more."""
    people, out = write_rows(tmp_path / "people.jsonl", PEOPLE), tmp_path / "matches.jsonl"
    write_list(tmp_path / "now.csv", "table", 11_320, seed=1)
    lines = (tmp_path / "now.csv").read_bytes().splitlines(keepends=True)
    (tmp_path / "then.csv").write_bytes(b"".join(lines[:11_310]))
    then, now = (f"table={tmp_path / name}" for name in ("then.csv", "now.csv"))

    def options(before: str, after: str) -> list[str]:
        return [f"--list={after}", f"--people-before={people}", f"--list-before={before}", f"--out={out}"]

    message = (
        "the prior was {} bits for the lists as they were and is {} now: screen everything once, or pairs that did not change "
        "stand as they were judged then"
    )
    grown = kstep("screen", people, *options(then, now))
    assert (grown.code, attention_beside(out)["another prior"]) == (1, [message.format("-13.0", "-14.6")])
    assert any(line.startswith("kstep: attention: another prior: 1 (the prior was -13.0 bits") for line in grown.told)
    assert kstep_here(capsys, "screen", people, *options(now, then)).code == 1
    assert attention_beside(out)["another prior"] == [message.format("-14.6", "-13.0")]
    for before, after in ((then, now), (now, then)):
        kstep_here(capsys, "screen", people, *options(before, after), "--nominal-list=8000")
        assert "another prior" not in attention_beside(out)
    assert kstep_here(capsys, "screen", people, *options(now, now)).code == 0
    assert attention_beside(out) == {}
