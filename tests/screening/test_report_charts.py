"""The charts: lengths follow the figures, the threshold stands where it belongs, and no label becomes markup."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from markupsafe import Markup

from kstep.screening.report import charts
from kstep.screening.report.charts import Balance, Bar
from kstep.screening.report.histogram import histogram
from screening.report_samples import HOSTILE, sample_report


def drawn(chart: Markup, kind: str, shade: str) -> list[etree._Element]:
    return [one for one in etree.fromstring(str(chart)).iter(kind) if shade in str(one.get("class")).split()]


def share(element: etree._Element, name: str) -> float:
    return float(str(element.get(name)).removesuffix("%"))


def test_bars_are_as_long_as_their_figures() -> None:
    chart = charts.bars([Bar("un", 50), Bar("eu", 25), Bar("uk", 0)])
    assert [share(bar, "width") for bar in drawn(chart, "rect", "accent")] == [100, 50]
    assert [text.text for text in drawn(chart, "text", "figure")] == ["50", "25", "0"]


def test_balances_meet_at_one_zero() -> None:
    chart = charts.balances([Balance("Names", 15, -5), Balance("Sex", 1, -4)])
    for gain, loss in zip(drawn(chart, "rect", "for"), drawn(chart, "rect", "against"), strict=True):
        assert share(gain, "x") == pytest.approx(25)
        assert share(loss, "x") + share(loss, "width") == pytest.approx(25)
    assert [share(gain, "width") for gain in drawn(chart, "rect", "for")] == [75, 5]


@given(
    st.lists(st.tuples(st.floats(-40, 120), st.sampled_from(["strong", "possible", "weak"])), min_size=1, max_size=60)
)
def test_histogram_draws_every_match_once(values: list[tuple[float, str]]) -> None:
    chart = histogram(values, 17.0, "50 %")
    bins = drawn(chart, "rect", "bin")
    assert all(share(one, "x") >= 0 and share(one, "x") + share(one, "width") <= 100.01 for one in bins)
    levels = [str(text.text).replace(",", "") for text in drawn(chart, "text", "tick") if share(text, "y") < 200]
    height_of_one = 160 / max(int(level) for level in levels)
    drawn_matches = sum(share(one, "height") for one in bins) / height_of_one
    assert drawn_matches == pytest.approx(len(values), rel=0.01)


def test_bands_of_one_bin_stand_on_each_other_the_weakest_at_the_foot() -> None:
    chart = histogram([(5.2, "strong"), (5.3, "strong"), (5.4, "weak")], 5.1, "50 %")
    (weak,), (strong,) = drawn(chart, "rect", "band-weak"), drawn(chart, "rect", "band-strong")
    assert share(weak, "y") + share(weak, "height") == pytest.approx(194, abs=0.02)
    assert share(strong, "y") + share(strong, "height") == pytest.approx(share(weak, "y"), abs=0.02)
    assert share(strong, "height") == pytest.approx(2 * share(weak, "height"), abs=0.02)


def test_threshold_line_stands_at_its_bits() -> None:
    chart = histogram([(0.0, "weak"), (19.5, "strong")], 10.0, "50 %")
    (line,) = drawn(chart, "line", "threshold")
    assert share(line, "x1") == share(line, "x2") == 50
    assert "threshold 10.0 bits = 50 %" in chart


@pytest.mark.parametrize("threshold", [0.5, 0.95, 0.01])
def test_threshold_in_bits_is_where_the_probability_is_reached(threshold: float) -> None:
    report = dataclasses.replace(sample_report(5), threshold=threshold)
    bits = math.log2(threshold / (1 - threshold)) - report.prior_bits
    assert f"threshold {bits:.1f} bits" in charts.of(report, report.matches)["bits"]


def test_contributions_are_means_that_add_up_to_the_mean_of_the_bits() -> None:
    matches = sample_report(50).matches
    total = sum(field.gain + field.loss for field in charts.contributions(matches))
    assert total == pytest.approx(sum(row["bits"] for row in matches) / 50)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_label_becomes_markup(name: str) -> None:
    root = etree.fromstring(str(charts.bars([Bar(name, 1)])))
    assert {element.tag for element in root} <= {"text", "rect"}
    attributes = {str(attribute) for element in root.iter() for attribute in element.attrib}
    assert attributes <= {"class", "role", "aria-label", "width", "height", "x", "y"}


def test_charts_of_one_match_can_be_drawn() -> None:
    report = sample_report(1)
    for chart in charts.of(report, report.matches).values():
        etree.fromstring(str(chart))
