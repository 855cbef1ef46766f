"""The page of a measurement: the same each time, safe from hostile names, readable everywhere, and true to the figures."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from playwright.sync_api import Page

from command_line import ENTRIES, write_rows
from evaluation.labelled_files import ONE, OTHER, PAIRS, measured, pairs_file
from kstep.evaluation.queries import read_queries
from kstep.evaluation.query_evaluation import evaluate_queries
from kstep.evaluation.records import Records
from kstep.evaluation.report import write_pair_report, write_query_report
from kstep.screening.files import Remark
from kstep.screening.sources import open_lists, parse_sources
from screening.report_samples import HOSTILE

CONTRAST = (Path(__file__).parents[1] / "screening/contrast.js").read_text("utf-8")
KINDS = ("pairs", "queries")

Made = Callable[[str], Path]
Names = tuple[str, ...]


def _pairs_page(folder: Path, names: Names) -> Path:
    """False alarms between equal people of these names, misses between different ones, and pairs that are right."""
    alarms = [{"left": {"name": name}, "right": {"name": name, "aliases": [f"{name} {n}" for n in range(14)]}, "match": False}
              for name in names]  # fmt: skip
    misses = [{"left": {"name": name}, "right": OTHER, "match": True} for name in names]
    rows: list[dict[str, Any]] = [*PAIRS, *alarms, *misses]
    found = measured(pairs_file(folder, rows))
    remarks = [Remark("field not read", "line 1, left", "birth_date", f"{name[:80]!r} is not a date") for name in names]
    return _written(folder, lambda out: write_pair_report(found, f"pairs of {names[0][:80]}.jsonl", remarks, out))


def _queries_page(folder: Path, names: Names) -> Path:
    entries = [{"entry_id": f"N-{number}", "name": name} for number, name in enumerate(names)]
    watch = write_rows(folder / "watch.jsonl", [*ENTRIES, *entries])
    lists = open_lists(parse_sources([f"table={watch}"]))
    wrong = [{"person": {"name": name, "birth_date": "1980-01-02"}, "truth": []} for name in names]
    missed = [{"person": {"name": name}, "truth": ["table:E-4"]} for name in names]
    path = write_rows(folder / "queries.jsonl", [*wrong, *missed, {"person": ONE, "truth": ["table:E-1"]}])
    queries = read_queries(path, Records())
    found = evaluate_queries(path, queries, lists, threshold=0.001, keep_errors=True)
    return _written(folder, lambda out: write_query_report(found, f"queries of {names[0][:80]}.jsonl", [], out))


def _written(folder: Path, write: Callable[[Path], None]) -> Path:
    out = folder / "page.html"
    write(out)
    return out


@pytest.fixture
def hostile(tmp_path: Path, cache: Path) -> Made:
    """The pages over people who bear names that attack them."""
    pages = {"pairs": _pairs_page, "queries": _queries_page}
    names = tuple(name.replace("\ud800", "") for name in HOSTILE)
    return lambda kind: pages[kind](tmp_path, names)


@pytest.fixture
def calm(tmp_path: Path, cache: Path) -> Made:
    """The pages over as many people of ordinary names."""
    pages = {"pairs": _pairs_page, "queries": _queries_page}
    return lambda kind: pages[kind](tmp_path, tuple(f"Quintavera Oosterhaal {place}" for place in "ABCDEFGHIJKL"))


def text_of(page: Path) -> str:
    return " ".join("".join(str(piece) for piece in html.fromstring(page.read_text("utf-8")).itertext()).split())


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_add_no_element_and_are_shown(hostile: Made, calm: Made, kind: str) -> None:
    page = hostile(kind).read_text("utf-8")
    attacked, plain = html.fromstring(page), html.fromstring(calm(kind).read_text("utf-8"))
    for element in ("script", "style", "img", "noscript", "link", "meta", "iframe", "svg", "form"):
        assert len(attacked.findall(f".//{element}")) == len(plain.findall(f".//{element}")), element
    assert not attacked.findall(".//script")
    assert not attacked.xpath("//@onload | //@onerror | //@onmouseover")
    assert "&lt;script&gt;" in page and "{{ 7*7 }}" in page
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", page)
    assert "‹U+202E›" in page


@pytest.mark.parametrize("kind", KINDS)
def test_policy_admits_our_style_and_nothing_else(hostile: Made, kind: str) -> None:
    page = hostile(kind).read_text("utf-8")
    policy = unescape(page.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0])
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none';")
    assert f"style-src 'sha256-{digest}';" in policy
    assert "script-src" not in policy and "unsafe" not in policy
    assert 'style="' not in page
    assert set(re.findall(r"\w+://[^\s\"'<&]+", page)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("kind", KINDS)
def test_page_runs_and_asks_nothing_in_a_browser(hostile: Made, browser_page: Page, kind: str) -> None:
    browser_page.goto(hostile(kind).as_uri())
    assert browser_page.title() != "ran"
    browser_page.locator("details").first.evaluate("each => { each.open = true }")
    assert browser_page.locator(".error").count() >= 20


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")])
def test_page_fits_and_has_the_contrast_of_wcag_aa(
    hostile: Made, browser_page: Page, kind: str, width: int, scheme: str
) -> None:
    browser_page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    browser_page.set_viewport_size({"width": width, "height": 900})
    browser_page.goto(hostile(kind).as_uri())
    browser_page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= width
    assert browser_page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("kind", KINDS)
def test_errors_stand_on_paper_without_their_sheets(calm: Made, browser_page: Page, kind: str) -> None:
    browser_page.goto(calm(kind).as_uri())
    browser_page.emulate_media(media="print")
    assert browser_page.locator(".error .reason").first.is_visible()
    assert not browser_page.locator(".error details").first.is_visible()


def test_same_measurement_gives_the_same_page(tmp_path: Path) -> None:
    found = measured(pairs_file(tmp_path))
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    for out in (first, second):
        write_pair_report(found, "pairs.jsonl", [], out)
    assert first.read_bytes() == second.read_bytes()


def test_page_of_pairs_says_the_figures_and_the_worst_errors(tmp_path: Path) -> None:
    found, out = measured(pairs_file(tmp_path)), tmp_path / "page.html"
    write_pair_report(found, "pairs.jsonl", [], out)
    text = text_of(out)
    assert found.area
    assert "6 labelled pairs" in text
    assert "3 of 4 matches are found, and 1 of 2 other pairs are taken for a match." in text
    assert f"{found.area.value:.4f}" in text
    page = html.fromstring(out.read_text("utf-8"))
    shown = [
        " ".join("".join(map(str, each.itertext())).split()) for each in page.findall(".//li[@class='error']/header/h3")
    ]
    assert shown == ["طارق قصروان / beside Tariq Nadir Qasrawan", "Tariq Nadir Qasrawan / beside Somchai Rattanavong"]
    assert "line 5" in text and "line 6" in text
    assert len(page.findall(".//figure/svg")) == 4


@pytest.mark.parametrize("match", [True, False])
def test_page_of_one_kind_of_pair_leaves_out_what_cannot_be_drawn(tmp_path: Path, match: bool) -> None:
    out = tmp_path / "page.html"
    write_pair_report(measured(pairs_file(tmp_path, [{"left": ONE, "right": ONE, "match": match}])), "one", [], out)
    text = text_of(out)
    assert "1 labelled pair" in text
    assert ("Every match reaches the threshold." in text) and (("No pair of two people reaches" in text) is match)
    assert len(html.fromstring(out.read_text("utf-8")).findall(".//figure/svg")) == (3 if match else 2)


def test_long_lists_of_names_are_cut_and_counted(calm: Made) -> None:
    page = calm("pairs").read_text("utf-8")
    assert "and 3 more" in page


@pytest.mark.parametrize("kind", KINDS)
def test_page_accuses_nobody(calm: Made, kind: str) -> None:
    text = text_of(calm(kind)).lower()
    for word in ("suspect", "terroris", "guilty", "offender", "criminal"):
        assert word not in text


def test_page_of_queries_says_the_figures(calm: Made) -> None:
    text = text_of(calm("queries"))
    assert "25 queries with known answers" in text
    assert "1 of 13 truths are found" in text
    assert "12 of 12 unrelated people have a hit" in text
    assert "table:N-0" in text
