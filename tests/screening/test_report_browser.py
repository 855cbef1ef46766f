"""The report in a real browser: hostile names stay names, keys and filters work, paper gets all, all is readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from kstep.screening.report import Report, write_report
from screening.report_samples import HOSTILE, empty_report, sample_report

CONTRAST = (Path(__file__).parent / "contrast.js").read_text("utf-8")


def opened(page: Page, folder: Path, report: Report) -> Page:
    path = folder / "report.html"
    write_report(report, path)
    page.goto(path.as_uri())
    return page


def heading(page: Page) -> str:
    return page.locator("#match-heading").inner_text()


def rows(page: Page) -> int:
    """How many possible matches the queue says it holds."""
    return int(drawn(page).first.get_attribute("aria-setsize") or 0) if drawn(page).count() else 0


def drawn(page: Page) -> Locator:
    """The rows of the queue that exist."""
    return page.locator("#queue").get_by_role("option")


def test_no_script_of_a_hostile_name_runs(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(40, weak=True))
    title = page.title()
    for name in HOSTILE[:6]:
        page.locator("#words").fill(name)
        assert name in drawn(page).locator(".who").all_inner_texts()
        assert page.locator("#match .sheet").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.title() == title != "ran"
    assert page.locator("main img, main script, main svg[onload]").count() == 0


def test_policy_stops_a_script_that_is_not_ours(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(sample_report(12), path)
    path.write_text(path.read_text("utf-8").replace("<footer", "<script>document.title='ran'</script><footer"), "utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri())
    assert page.title() != "ran"
    assert heading(page) == "Possible match 1 of 12"
    page.close()


def test_unseen_characters_of_a_name_are_shown(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(40, weak=True))
    page.locator("#words").fill("amber")
    assert page.locator("#match thead .person .name").inner_text() == "Amber ‹U+202E›evoLgnihtoN‹U+202C› Vale"


def test_keys_go_to_the_next_and_previous_match(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(30))
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert heading(page) == "Possible match 3 of 30"
    page.keyboard.press("k")
    assert heading(page) == "Possible match 2 of 30"
    page.locator("#queue").focus()
    page.keyboard.press("ArrowDown")
    assert heading(page) == "Possible match 3 of 30"
    page.keyboard.press("End")
    assert heading(page) == "Possible match 30 of 30"
    page.keyboard.press("j")
    assert heading(page) == "Possible match 30 of 30"
    page.keyboard.press("Home")
    assert heading(page) == "Possible match 1 of 30"


def test_a_key_at_the_top_of_the_page_brings_the_match_into_sight(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(30))
    above = "document.getElementById('match').getBoundingClientRect().top < innerHeight / 2"
    assert not page.evaluate(above)
    page.keyboard.press("j")
    assert page.evaluate(above)


def test_selected_row_is_announced_and_in_sight(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(300))
    page.locator("#queue").focus()
    for _ in range(40):
        page.keyboard.press("j")
    active = page.locator(f"#{page.locator('#queue').get_attribute('aria-activedescendant')}")
    assert active.get_attribute("aria-selected") == "true"
    assert active.get_attribute("aria-posinset") == "41"
    assert page.locator("#queue").get_by_role("option", selected=True).count() == 1
    row, queue = active.bounding_box(), page.locator("#queue").bounding_box()
    assert row and queue
    assert queue["y"] <= row["y"] and row["y"] + row["height"] <= queue["y"] + queue["height"] + 1
    assert page.locator("#spoken").inner_text().startswith("Possible match 41 of 300: ")


def test_enter_goes_to_the_match_and_escape_back(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(12))
    page.locator("#queue").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "match-heading"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "queue"


def test_slash_searches_and_letters_in_the_search_are_not_keys(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(60, hostile=False))
    page.keyboard.press("/")
    page.keyboard.type("nj?")
    assert page.locator("#words").input_value() == "nj?"
    assert not page.locator("#help").is_visible()


def test_help_opens_with_question_mark_and_letters_can_be_switched_off(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(12))
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.locator("#letters").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert not page.locator("#help").is_visible()
    assert heading(page) == "Possible match 1 of 12"


def test_search_finds_names_of_both_sides_and_ids_without_accents_and_case(browser_page: Page, tmp_path: Path) -> None:
    report = sample_report(200, hostile=False)
    page = opened(browser_page, tmp_path, report)
    match = next(row for row in report.matches if "Παπαδρόσου" in row["entry_name"])
    for words in ("ΠΑΠΑΔΡΟΣ", match["entry_id"], match["person_id"].lower()):
        page.locator("#words").fill(words)
        assert match["entry_name"] in drawn(page).locator(".what > bdi").all_inner_texts(), words
        assert 0 < rows(page) < 200
    page.locator("#words").fill("no such name")
    assert rows(page) == 0
    page.get_by_role("button", name="Clear the filters").click()
    assert rows(page) == 200


def test_band_and_list_filters_show_what_they_say(browser_page: Page, tmp_path: Path) -> None:
    report = sample_report(80, weak=True)
    page = opened(browser_page, tmp_path, report)
    page.get_by_role("checkbox", name="Strong").uncheck()
    page.get_by_role("checkbox", name="Weak").uncheck()
    page.locator("#list").select_option("un")
    expected = [row for row in report.matches if row["band"] == "possible" and row["list"] == "un"]
    assert rows(page) == len(expected) > 0
    assert page.locator("#count").inner_text() == f"{len(expected)} of 80"


def test_order_can_be_turned_round(browser_page: Page, tmp_path: Path) -> None:
    report = sample_report(40)
    page = opened(browser_page, tmp_path, report)
    most = max(row["bits"] for row in report.matches)
    least = min(row["bits"] for row in report.matches)
    assert drawn(page).first.locator(".n").inner_text() == f"{most:.1f} bits"
    page.locator("#order").select_option("least")
    assert drawn(page).first.locator(".n").inner_text() == f"{least:.1f} bits"
    assert heading(page) == "Possible match 1 of 40"


def test_all_matches_of_one_person_can_be_shown(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(12, hostile=False))
    for _ in range(12):
        if page.locator(".relatives").count():
            break
        page.keyboard.press("j")
    person = page.locator("#match thead .person .id").inner_text()
    page.get_by_role("button", name=re.compile("of this person")).click()
    assert rows(page) == 2
    assert page.locator("#only").inner_text().startswith(f"Only person {person}")
    page.get_by_role("button", name="Show all again").click()
    assert rows(page) == 12


def test_bits_of_the_sheet_and_the_waterfall_add_up(browser_page: Page, tmp_path: Path) -> None:
    report = sample_report(20, hostile=False)
    page = opened(browser_page, tmp_path, report)
    exact = [float((cell.get_attribute("title") or "").removesuffix(" bits"))
             for cell in page.locator("#match tbody tr:not(.part) td.n[title]").all()]  # fmt: skip
    most = max(report.matches, key=lambda row: row["bits"])
    assert sum(exact) == pytest.approx(most["bits"], abs=0.001)
    total = page.locator(".waterfall li.sum .n").all_inner_texts()[-1]
    assert total == f"+{most['bits'] + most['prior_bits']:.1f}"


def test_difference_is_said_by_mark_and_word(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(60, hostile=False))
    seen: dict[str, str] = {}
    said = "verdicts => verdicts.map(one => [one.className.split(' ').at(-1), one.innerText.split('\\n')[0]])"
    for _ in range(60):
        for state, text in page.locator("#match .verdict").evaluate_all(said):
            seen[state] = " ".join(text.split())
        page.keyboard.press("j")
    assert seen == {"agrees": "= agrees", "similar": "≈ similar", "differs": "≠ differs", "absent": "– not given"}


def test_only_rows_in_sight_exist_at_5000_matches(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(5000, hostile=False))
    assert rows(page) == 5000
    assert drawn(page).count() < 40
    page.locator("#queue").focus()
    page.keyboard.press("End")
    assert heading(page) == "Possible match 5,000 of 5,000"
    page.locator("#queue").evaluate("queue => { queue.scrollTop = 0 }")
    page.locator("#row-0").wait_for()
    assert drawn(page).count() < 40


def test_paper_has_every_match_that_fits_the_filters(browser_page: Page, tmp_path: Path) -> None:
    report = sample_report(60)
    page = opened(browser_page, tmp_path, report)
    page.locator("#list").select_option("ofac-sdn")
    expected = {row["entry_id"] for row in report.matches if row["list"] == "ofac-sdn"}
    page.pdf(path=tmp_path / "report.pdf", format="A4", tagged=True)
    assert page.locator("#printed").is_hidden()
    assert page.locator("#printed article").count() == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    ids = page.locator("#printed article thead .entry .id").all_inner_texts()
    assert {text.split(" · ")[1] for text in ids} == expected
    assert page.locator("#printed .which").inner_text() == f"{len(expected)} of 60 possible matches: list ofac-sdn."
    assert page.locator("#printed article").first.locator(".why").is_visible()
    for control in ("#filters", "#queue", "#match", ".masthead nav", "#help-button"):
        assert page.locator(control).is_hidden()


def test_browser_builds_the_paper_by_itself(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(9, hostile=False))
    page.evaluate("""() => {
        const paper = document.getElementById('printed');
        const count = () => { window.built = Math.max(window.built ?? 0, paper.querySelectorAll('article').length); };
        new MutationObserver(count).observe(paper, { childList: true });
    }""")
    page.pdf(path=tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert page.evaluate("window.built") == 9


@pytest.mark.parametrize("width", [1280, 400, 320])
def test_page_never_scrolls_sideways(browser_page: Page, tmp_path: Path, width: int) -> None:
    page = browser_page
    page.set_viewport_size({"width": width, "height": 800})
    opened(page, tmp_path, sample_report(40, weak=True))
    for name in ("", "Wolf", "<script>", "ཨོཾ"):
        page.locator("#words").fill(name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_text_has_the_contrast_of_wcag_aa(browser_page: Page, tmp_path: Path, scheme: str, width: int) -> None:
    page = browser_page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, tmp_path, sample_report(40, hostile=False, weak=True))
    page.locator("#queue").focus()
    for _ in range(6):
        assert page.evaluate(CONTRAST) == []
        page.keyboard.press("PageDown")
    page.keyboard.press("?")
    assert page.evaluate(CONTRAST) == []


def test_tab_goes_from_skip_link_to_queue_to_match(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(12))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the possible matches"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    wanted = ["words", "list", "order", "print", "queue", "help-button", "Next"]
    assert [name for name in reached if name in wanted] == wanted


def test_every_control_has_a_name_and_landmarks_are_there(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, sample_report(12))
    for role in ("banner", "navigation", "main", "contentinfo", "search"):
        assert page.locator("body").aria_snapshot().count(f"- {role}") >= 1, role
    for control in page.locator("button:visible, input:visible, select:visible").all():
        assert control.evaluate("e => (e.labels?.[0] ?? e).textContent.trim()") != ""


def test_without_script_the_matches_are_a_table(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(sample_report(230), path)
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(path.as_uri())
    assert page.locator("table.static tbody tr").count() == 200
    assert "the 200 possible matches with the most evidence" in (page.locator("noscript p").text_content() or "")
    assert not page.locator("#bench").is_visible()
    assert page.locator("table.static img, table.static script").count() == 0
    page.context.close()


def test_nothing_found_is_said_kindly(browser_page: Page, tmp_path: Path) -> None:
    page = opened(browser_page, tmp_path, empty_report())
    assert page.get_by_role("heading", name="There is nothing to review").is_visible()
    assert page.get_by_role("listbox").count() == 0
