"""The pictures of the weights: those in docs/images are what the data files give, ask for nothing, and are all shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from draw_weights import IMAGES, PICTURES, path_of
from drawing import WIDTH, Picture, bits
from kstep.names.frequencies import shipped_frequencies
from kstep.names.scripts import own_form
from kstep.names.similarity import compare
from kstep.names.spelling import shipped_spellings, spelling_cost
from pictures_of_spellings import ALIGNED, CALLED, cheapest_way, commonest

PAGE = Path(__file__).parents[2] / "docs" / "matching.md"


@pytest.mark.parametrize("name", PICTURES)
def test_committed_picture_is_what_the_data_files_give(name: str) -> None:
    assert path_of(name).read_text(encoding="utf-8") == PICTURES[name](), "python tools/draw_weights.py draws it again"


def test_no_picture_is_left_over() -> None:
    assert {path.name for path in IMAGES.glob("weights-*")} == {path_of(name).name for name in PICTURES}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_whole_and_asks_for_nothing(name: str) -> None:
    root = etree.fromstring(path_of(name).read_bytes())
    assert {str(etree.QName(element).localname) for element in root.iter()} <= {
        "svg", "style", "rect", "line", "polyline", "circle", "text",
    }  # fmt: skip
    assert not [
        key for element in root.iter() for key in map(str, element.attrib) if "href" in key or key.startswith("on")
    ]
    assert root.get("width") == str(WIDTH)
    assert root.get("aria-label")
    for shape in root.iter("{*}rect", "{*}text", "{*}circle"):
        across = float((shape.get("x") or shape.get("cx") or "0").rstrip("%"))
        assert 0 <= across <= WIDTH, etree.tostring(shape)


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_shown_on_the_page_about_matching(name: str) -> None:
    assert f"(images/{path_of(name).name})" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("word", "spelling"), ALIGNED)
def test_worked_pair_is_cut_at_what_the_model_says_it_costs(word: str, spelling: str) -> None:
    token = own_form(word.casefold())
    stood, way = cheapest_way(token, spelling)
    assert len(stood) == len(way)
    assert "".join(chunk for chunk, _ in way) == spelling
    assert sum(cost for _, cost in way) == spelling_cost(token, spelling, shipped_spellings())


@pytest.mark.parametrize("reading", CALLED)
def test_every_model_has_signs_to_show(reading: str) -> None:
    assert len(commonest(reading)) >= 26


def test_worked_pairs_tell_a_name_from_another() -> None:
    weights = shipped_frequencies()
    same, other = (compare(own_form("近平"), spelling, weights) for spelling in ("jinping", "zemin"))
    assert same is not None and same.millibits > 0
    assert other is None or other.millibits < 0


def test_texts_are_escaped_and_nothing_is_drawn_without_extent() -> None:
    picture = Picture("<b>", "& more")
    picture.rect(0, 0, 0, 9, "ink")
    drawn = picture.svg(100)
    assert "<b>" not in drawn
    assert "&lt;b&gt;" in drawn and "&amp; more" in drawn
    assert drawn.count("<rect") == 1


def test_bits_are_written_as_people_read_them() -> None:
    assert [bits(1250), bits(-300), bits(0, signed=False)] == ["+1.2", "−0.3", "0.0"]
