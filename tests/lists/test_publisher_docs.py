"""The user's page on these lists names every field that the readers know: none is read or passed over unsaid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kstep.lists import eu_csv, eu_xml, ftm_person, uk_layout, un

PAGE = (Path(__file__).parents[2] / "docs" / "lists-un-eu-uk-ftm.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+).*?\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
QUOTED = {kind: re.findall(r"`([^`]+)`", section) for kind, section in SECTIONS.items()}


def fields(kind: str) -> set[str]:
    """The last part of every quoted name in one section: of `INDIVIDUAL_ALIAS/NOTE` it is `NOTE`."""
    return {part for quoted in QUOTED[kind] for part in (quoted, quoted.rpartition("/")[2], quoted.partition("/")[0])}


def test_every_element_of_the_un_is_on_the_page() -> None:
    assert {name for parent, children in un._SCHEMA.items() for name in (parent, *children)} <= fields("UN") | {"VALUE"}


def test_every_element_and_attribute_of_the_eu_is_on_the_page() -> None:
    known = {name for parent, attributes in eu_xml._SCHEMA.items() for name in (parent, *attributes)}
    known |= {attribute for _, attribute in eu_csv._COLUMNS.values() if attribute not in ("kind", "kindInWords")}
    assert known <= fields("EU")


@pytest.mark.parametrize("layout", [uk_layout.SANCTIONS_LIST, uk_layout.CONSOLIDATED_LIST])
def test_every_column_of_the_uk_is_on_the_page(layout: uk_layout.Layout) -> None:
    assert layout.known <= {uk_layout.column(quoted) for quoted in QUOTED["UK"]}


def test_every_property_of_a_person_is_on_the_page() -> None:
    assert fields("FollowTheMoney") >= ftm_person._KNOWN
