"""`kstep protocol`: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import Ran, kstep_here
from kstep.protocol.facts import HANDLING, KINDS

PROTOCOLS = Path(__file__).parents[2] / "protocols"
SCENARIO = PROTOCOLS / "scenarios/inconclusive.yaml"
Capture = pytest.CaptureFixture[str]


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    text = (PROTOCOLS / "kstep.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "changed.yaml"
    path.write_text(text)
    return path


def said(ended: Ran) -> list[str]:
    """What a command said on stderr beside how far it is, which it says where it takes long."""
    return [line for line in ended.told if not line.startswith("kstep: looking at steps: ")]


def test_explain_prints_a_page(capsys: Capture) -> None:
    ended = kstep_here(capsys, "protocol", "explain", PROTOCOLS / "minors.yaml")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("# Encounters with minors, and where age is in doubt\n")


def test_lint_ends_well_with_what_is_right(capsys: Capture) -> None:
    ended = kstep_here(capsys, "protocol", "lint", PROTOCOLS / "kstep.yaml")
    assert ended.code == 0
    assert said(ended) == []
    assert ended.out.startswith("kstep, 37 steps, 13 gates, hash ")


def test_lint_ends_otherwise_with_what_is_wrong(tmp_path: Path, capsys: Capture) -> None:
    path = changed(tmp_path, ("    times: 2\n    then: third-review\n", ""))
    ended = kstep_here(capsys, "protocol", "lint", path)
    assert ended.code == 1
    assert "steps.review.starts: begins itself again without an end: review -> gathering -> review" in ended.out
    assert said(ended) == [f"kstep: {path}: flaws: 1"]
    told = json.loads(kstep_here(capsys, "protocol", "lint", path, "--json").out)
    assert [(flaw["where"], flaw["serious"]) for flaw in told["flaws"]] == [("steps.review.starts", True)]


def test_lint_tells_what_may_be_meant(tmp_path: Path, capsys: Capture) -> None:
    path = changed(tmp_path, ("  adjudicator: the", "  observer: an observer\n  adjudicator: the"))
    ended = kstep_here(capsys, "protocol", "lint", path)
    assert (ended.code, said(ended)) == (0, [])
    assert "roles.observer: has nothing to do; take it out, or give it something (unless it is meant so)\n" in ended.out


def test_simulate_prints_what_follows(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    ended = kstep_here(capsys, "protocol", "simulate", PROTOCOLS / "kstep.yaml", "--scenario", SCENARIO)
    assert (ended.code, ended.err) == (0, "")
    assert "2027-03-01 Mon 13:00" in ended.out
    told = json.loads(
        kstep_here(capsys, "protocol", "simulate", PROTOCOLS / "kstep.yaml", "--scenario", SCENARIO, "--json").out
    )
    assert told[0]["happens"][0] == "ann: a possible match was found"
    assert [one["at"] for one in told] == sorted(one["at"] for one in told)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("by: cem, says: {reference", "by: dan, says: {reference", "happens.7.by: 'dan' is nobody of this scenario; add"),
        ("fact: ReferralMade", "fact: ReferralSent", "happens.7.fact: 'ReferralSent' is no kind of fact; kstep protocol facts"),
        ("roles: [liaison]", "roles: [lawyer]", "people.cem.roles: 'lawyer' is no role of the protocol; mend its spelling"),
        ("at: 6 hours", "at: at six", "happens.7.at: 'at six' is not written so; write it like 2 hours or 2027-03-01T09:00"),
        ("begins: 2027-03-01T09:00", "begins: 2027-02-30T09:00", "begins: is no moment; write it as 2027-03-01T09:00"),
        ("begins: 2027-03-01T09:00", "begins: 2027-03-14T02:30", "begins: never comes on the clock of America/New_York, which is"),
        ("at: 6 hours", "at: 2027-03-14T02:30", "happens.7.at: never comes on the clock of America/New_York, which is set for"),
        ("time_zone: America/New_York", "time_zone: America/Oslo", "begins: is no moment; write it as 2027-03-01T09:00"),
    ],
)  # fmt: skip
def test_scenario_is_refused_in_one_line(tmp_path: Path, capsys: Capture, old: str, new: str, told: str) -> None:
    path = tmp_path / "scenario.yaml"
    text = SCENARIO.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    ended = kstep_here(capsys, "protocol", "simulate", PROTOCOLS / "kstep.yaml", "--scenario", path)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert len(ended.told) == 1


def test_hour_that_comes_twice_is_the_first(tmp_path: Path, capsys: Capture, recwarn: pytest.WarningsRecorder) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO.read_text().replace("begins: 2027-03-01T09:00", "begins: 2027-11-07T01:30"))
    ended = kstep_here(capsys, "protocol", "simulate", PROTOCOLS / "kstep.yaml", "--scenario", path, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)[0]["at"] == 1_825_565_400_000_000, "05:30 in UTC, before the clock is set back"
    assert not recwarn.list


def test_simulate_tells_what_was_said_as_it_was_written(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO.read_text().replace("authority: detainer", "authority: police-custody"))
    shown = kstep_here(capsys, "protocol", "simulate", PROTOCOLS / "kstep.yaml", "--scenario", path).out
    for told in ("reference R-17)", "step identity check, result returned nothing", "fields birth_date, documents)",
                 "authority police-custody, expires 2027-03-04 Thu 10:00)"):  # fmt: skip
        assert told in shown


def test_diff_tells_what_changed_in_words(tmp_path: Path, capsys: Capture) -> None:
    same = kstep_here(capsys, "protocol", "diff", PROTOCOLS / "kstep.yaml", PROTOCOLS / "kstep.yaml")
    assert (same.code, same.out) == (0, "they are the same protocol\n")
    path = changed(
        tmp_path,
        ("    title: Review the possible match\n", "    title: Look at the possible match\n"),
        ("    due: {within: 30 minutes}", "    due: {within: 20 minutes}"),
    )
    ended = kstep_here(capsys, "protocol", "diff", PROTOCOLS / "kstep.yaml", path)
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "step review",
        "  - Review the possible match",
        "  + Look at the possible match",
        "step notification",
        "  - **Due** within 30 minutes. When it is late, the duty officer is told; 30 minutes later, the director is told.",
        "  + **Due** within 20 minutes. When it is late, the duty officer is told; 30 minutes later, the director is told.",
    ]
    told = json.loads(kstep_here(capsys, "protocol", "diff", PROTOCOLS / "kstep.yaml", path, "--json").out)
    assert [one["part"] for one in told["changes"]] == ["step review", "step notification"]
    assert told["old"] != told["new"]


def test_diff_of_what_is_gone_and_new(tmp_path: Path, capsys: Capture) -> None:
    path = changed(tmp_path, ("  corrections:\n", "  mending:\n"))
    lines = kstep_here(capsys, "protocol", "diff", PROTOCOLS / "kstep.yaml", path).out.splitlines()
    assert lines[0] == "step mending"
    assert "step corrections" in lines


def test_facts_and_schema_are_printed(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    told = json.loads(kstep_here(capsys, "protocol", "facts", "--json").out)
    (found,) = [one for one in told if one["kind"] == "ConfirmationReceived"]
    assert found["fields"]["answer"] == ["positive", "negative", "inconclusive", "no-reply"]
    monkeypatch.setenv("COLUMNS", "200")
    assert "ConfirmationReceived" in kstep_here(capsys, "protocol", "facts").out
    assert json.loads(kstep_here(capsys, "protocol", "schema").out)["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_facts_are_whole_at_any_width(columns: int, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = kstep_here(capsys, "protocol", "facts").out.splitlines()
    assert max(map(len, lines)) <= columns
    words = set(" ".join(lines).replace(":", "").replace(",", "").split())
    assert words >= {*KINDS, *HANDLING, "returned-nothing", "CustodyAuthorityRenewed", "incident-report"}
    paused = lines.index("ClockPaused: the clock of a step was stopped")
    told = " ".join(" ".join(lines[paused + 1 : lines.index("", paused)]).split())
    assert told.endswith("request, redress, conflict step a step of the protocol ground one that the protocol names")


def test_facts_tell_programs_what_every_protocol_understands(capsys: Capture) -> None:
    told = {one["kind"]: one for one in json.loads(kstep_here(capsys, "protocol", "facts", "--json").out)}
    assert set(told) == {*KINDS, *HANDLING}
    assert told["EvidenceFiled"]["fields"] == {"fact": [], "kind": []}
    assert "pairing" in told["StepWaived"]["about"]
