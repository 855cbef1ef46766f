"""The page as text: it is the same each time, holds all data safely, admits only its own script, and speaks calmly."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from kstep.model import ValueRefused
from kstep.screening.report import Report, write_report
from kstep.screening.report.page import LARGEST_PAGE
from screening.report_samples import HOSTILE, empty_report, sample_report


def page_of(report: Report) -> str:
    written = io.StringIO()
    write_report(report, written)
    return written.getvalue()


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    write_report(sample_report(30), first)
    write_report(sample_report(30), second)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_text("utf-8") == page_of(sample_report(30))


def test_order_of_the_rows_given_makes_no_difference() -> None:
    report = sample_report(30)
    assert page_of(dataclasses.replace(report, matches=report.matches[::-1])) == page_of(report)


def test_hostile_names_add_no_element() -> None:
    hostile, calm = (
        html.fromstring(page_of(sample_report(40))),
        html.fromstring(page_of(sample_report(40, hostile=False))),
    )
    for element in ("script", "style", "img", "noscript", "link", "meta", "iframe"):
        assert len(hostile.findall(f".//{element}")) == len(calm.findall(f".//{element}"))
    assert not hostile.xpath("//@onload | //@onerror | //@onmouseover")


def test_data_hold_every_match_and_nothing_in_them_ends_the_element() -> None:
    report = sample_report(40)
    page = page_of(report)
    raw = page.split('id="data">')[1].split("</script>")[0]
    assert not set(raw) & set("<>&\u2028\u2029")
    data = data_of(page)
    assert len(data["matches"]) == 40
    names = {match["name"] for match in data["matches"]}
    assert HOSTILE[0] in names and HOSTILE[1] in names
    assert [match["bits"] for match in data["matches"]] == sorted((row["bits"] for row in report.matches), reverse=True)


def test_data_lead_from_a_match_to_its_records() -> None:
    report = sample_report(40, hostile=False)
    data = data_of(page_of(report))
    seen = {
        (
            data["people"][match["person"]]["id"],
            data["sources"][match["source"]]["list"],
            data["entries"][match["entry"]]["id"],
        )
        for match in data["matches"]
    }
    assert seen == {(row["person_id"], row["list"], row["entry_id"]) for row in report.matches}
    assert all(record["details"] for record in data["people"] + data["entries"])


def test_unseen_characters_are_written_out() -> None:
    page = page_of(sample_report(40, weak=True))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ud800-\udfff]", page)
    assert "‹U+202E›" in page and "‹U+D800›" in page
    page.encode()


def test_policy_admits_our_script_and_style_and_nothing_else() -> None:
    page = page_of(sample_report(3))
    policy = unescape(page.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0])
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(f"<{element}>(.*?)</{element}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert 'style="' not in page and "style='" not in page


def test_page_names_no_address_of_a_network() -> None:
    page = page_of(sample_report(40))
    assert set(re.findall(r"\w+://[^\s\"'<]+", page)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("report", [sample_report(30, hostile=False, weak=True), empty_report()])
def test_page_accuses_nobody(report: Report) -> None:
    page = page_of(report).lower()
    for word in ("suspect", "terroris", "confirmed", "guilty", "offender", "criminal", "hit "):
        assert word not in page
    assert "a possible match is a question for a person to answer, never a finding" in page


def test_summary_says_the_figures_of_the_run() -> None:
    report = sample_report(64)
    text = " ".join("".join(str(piece) for piece in html.fromstring(page_of(report)).itertext()).split())
    strong = sum(row["band"] == "strong" for row in report.matches)
    assert "64 possible matches among 100,000 people" in text
    assert f"{strong} stand in the strong band, {64 - strong} stand in the possible band." in text
    assert "1.24 billion" in text
    assert "31 fields that could not be read" in text
    assert "and 29 more, named beside the output" in text
    assert "entity 236, vessel 12" in text


def test_time_is_left_out_where_a_repetition_has_to_be_the_same() -> None:
    report = sample_report(3)
    assert "<dt>Time</dt>" in page_of(report)
    assert "<dt>Time</dt>" not in page_of(dataclasses.replace(report, seconds=None))


def test_a_run_without_matches_says_what_that_means() -> None:
    page = page_of(empty_report())
    assert "There is nothing to review" in page
    assert "<script" not in page
    attention = dataclasses.replace(empty_report(), attention=sample_report(0).attention)
    assert "the answer may be about less than the whole of it" in page_of(attention)


def test_more_matches_than_a_page_holds_are_counted_and_named() -> None:
    report = sample_report(4)
    bare = {**report.matches[0], "evidence": []}
    many = dataclasses.replace(report, matches=[*[bare] * LARGEST_PAGE, *report.matches[1:]])
    page = page_of(many)
    assert len(data_of(page)["matches"]) == LARGEST_PAGE
    assert "This page holds the 20,000 with the most evidence; 3 more are in the output of the run." in page
    assert "20,003 possible matches" in page


def test_records_without_details_and_names_are_shown_by_their_evidence() -> None:
    report = sample_report(3, hostile=False)
    rows = [{**row, "matched_name": "", "matched_entry_name": ""} for row in report.matches]
    bare = dataclasses.replace(report, matches=rows, person_details={}, entry_details={})
    data = data_of(page_of(bare))
    assert {match["name"] for match in data["matches"]} == {"(no name)"}
    assert {tuple(record["details"]) for record in data["people"]} == {()}


@pytest.mark.parametrize("threshold", [0.0, 1.0, 1.5, float("nan")])
def test_threshold_that_is_no_probability_is_refused(threshold: float) -> None:
    with pytest.raises(ValueRefused, match="is not a probability between 0 and 1"):
        dataclasses.replace(sample_report(1), threshold=threshold)
