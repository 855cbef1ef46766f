"""A synthetic list in the format of the UN Security Council's consolidated XML file, individuals and entities.

Elements, their order and their empty forms are those of the published file; what it leaves empty is left empty here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from kstep.synth.countries import countries
from kstep.synth.cultures import with_family_names
from kstep.synth.draws import Draws
from kstep.synth.entries import ListedDate, ListedPaper, ListedPerson

_LISTS = {"Al-Qaida": ("QD", 37.0), "Taliban": ("TA", 20.0), "DPRK": ("KP", 12.0), "Iraq": ("IQ", 10.0),
          "DRC": ("CD", 7.0), "Libya": ("LY", 4.0), "Somalia": ("SO", 4.0), "CAR": ("CF", 2.0), "Yemen": ("YE", 2.0),
          "Haiti": ("HT", 2.0)}  # fmt: skip
_ENTITIES = 0.28
"""Entities on the real list for each of its entries."""
_WORDS = ("MOVEMENT", "FOUNDATION", "TRADING CORPORATION", "BRIGADE", "RELIEF COMMITTEE", "COMPANY LTD")
_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance"


def write_un(path: Path, people: Iterator[ListedPerson], seed: int) -> int:
    """Write `people` to `path`, with entities after them in the real list's proportion; returns how many entities."""
    draws, counted = Draws(seed, "un"), Counter[str]()
    schema = {f"{{{_NAMESPACE}}}noNamespaceSchemaLocation": "https://www.un.org/sc/resources/sc-sanctions.xsd"}
    root = schema | {"dateGenerated": "2024-06-30T00:00:00.000Z"}

    def individuals() -> Iterator[etree._Element]:
        for number, person in enumerate(people):
            entry = etree.Element("INDIVIDUAL")
            _individual(entry, 7_000_000 + number, person, counted, draws)
            yield entry

    def entities(many: int) -> Iterator[etree._Element]:
        for number in range(many):
            entry = etree.Element("ENTITY")
            _entity(entry, 7_500_000 + number, counted, draws)
            yield entry

    with path.open("wb") as binary, etree.xmlfile(binary, encoding="UTF-8") as file:
        file.write_declaration()
        with file.element("CONSOLIDATED_LIST", root, nsmap={"xsi": _NAMESPACE}):
            people_written = _section(file, "INDIVIDUALS", individuals())
            others = round(people_written * _ENTITIES / (1 - _ENTITIES))
            _section(file, "ENTITIES", entities(others))
            file.write("\n")
        file.flush()
        binary.write(b"\n")
    return others


def _section(file: Any, tag: str, entries: Iterator[etree._Element]) -> int:
    """Write a part of the document as its entries are made, indented as one tree would be; returns how many they are."""
    written = 0
    file.write("\n  ")
    with file.element(tag):
        for entry in entries:
            etree.indent(entry, level=2)
            file.write("\n    ", entry)
            written += 1
        file.write("\n  ")
    return written


def _add(parent: etree._Element, tag: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, tag)
    if text:
        element.text = text
    return element


def _head(
    entry: etree._Element, number: int, names: list[str], letter: str, counted: Counter[str], draws: Draws
) -> None:
    """The elements with which every entry begins; `letter` is the reference number's `i` or `e`."""
    _add(entry, "DATAID", str(number))
    _add(entry, "VERSIONNUM", "1")
    for which, name in zip(("FIRST", "SECOND", "THIRD", "FOURTH"), names, strict=False):
        _add(entry, f"{which}_NAME", name)
    kind = draws.one_by_weight({kind: weight for kind, (_, weight) in _LISTS.items()})
    prefix = _LISTS[kind][0] + letter
    counted[prefix] += 1
    _add(entry, "UN_LIST_TYPE", kind)
    _add(entry, "REFERENCE_NUMBER", f"{prefix}.{counted[prefix]:03d}")


def _individual(entry: etree._Element, number: int, person: ListedPerson, counted: Counter[str], draws: Draws) -> None:
    words = person.name.spoken(person.family_first).upper().split()
    _head(entry, number, [*words[:3], " ".join(words[3:])] if len(words) > 3 else words, "i", counted, draws)
    _add(entry, "LISTED_ON", person.listed_on.isoformat())
    if person.sex:
        _add(entry, "GENDER", "Male" if person.sex == "M" else "Female")
    if person.original_script:
        _add(entry, "NAME_ORIGINAL_SCRIPT", person.original_script)
    _add(entry, "COMMENTS1", "A synthetic entry, made up for testing; it means nobody.")
    if person.nationality:
        _add(_add(entry, "NATIONALITY"), "VALUE", countries()[person.nationality].un)
    _add(_add(entry, "LIST_TYPE"), "VALUE", "UN List")
    _add(_add(entry, "LAST_DAY_UPDATED"), "VALUE")
    aliases = [("Good", alias.spoken(person.family_first)) for alias in person.aliases]
    for quality, name in [*aliases, *(("Low", name) for name in person.weak_aliases)] or [("", "")]:
        alias = _add(entry, "INDIVIDUAL_ALIAS")
        _add(alias, "QUALITY", quality)
        _add(alias, "ALIAS_NAME", name)
    _add(_add(entry, "INDIVIDUAL_ADDRESS"), "COUNTRY")
    for birth in person.birth_dates:
        _birth_date(_add(entry, "INDIVIDUAL_DATE_OF_BIRTH"), birth)
    if not person.birth_dates:
        _add(_add(entry, "INDIVIDUAL_DATE_OF_BIRTH"), "TYPE_OF_DATE")
    place = _add(entry, "INDIVIDUAL_PLACE_OF_BIRTH")
    if person.birth_town:
        _add(place, "CITY", person.birth_town)
    _add(place, "COUNTRY", countries()[person.birth_country].un if person.birth_country else "")
    for paper in person.papers:
        _paper(_add(entry, "INDIVIDUAL_DOCUMENT"), paper)
    if not person.papers:
        _add(entry, "INDIVIDUAL_DOCUMENT")
    _end(entry)


def _birth_date(element: etree._Element, birth: ListedDate) -> None:
    if birth.kind == "range":
        _add(element, "TYPE_OF_DATE", "BETWEEN")
        _add(element, "FROM_YEAR", str(birth.day.year))
        _add(element, "TO_YEAR", str(birth.to_year))
    else:
        _add(element, "TYPE_OF_DATE", "APPROXIMATELY" if birth.kind == "circa" else "EXACT")
        _add(element, *(("DATE", birth.day.isoformat()) if birth.kind == "day" else ("YEAR", str(birth.day.year))))


def _paper(element: etree._Element, paper: ListedPaper) -> None:
    _add(element, "TYPE_OF_DOCUMENT", "Passport" if paper.type == "passport" else "National Identification Number")
    _add(element, "NUMBER", paper.number)
    _add(element, "ISSUING_COUNTRY", countries()[paper.country].un)


def _entity(entry: etree._Element, number: int, counted: Counter[str], draws: Draws) -> None:
    family = draws.one(with_family_names()).vocabularies["family"]
    words = [word.replace("~", "") for word in family.draw(draws, 2)[0]]
    _head(entry, number, [f"{words[0]} {draws.one(_WORDS)}".upper()], "e", counted, draws)
    _add(entry, "LISTED_ON", f"{2001 + draws.number(23)}-0{1 + draws.number(9)}-1{draws.number(10)}")
    _add(entry, "COMMENTS1", "A synthetic entry, made up for testing; it means nobody.")
    _add(_add(entry, "LIST_TYPE"), "VALUE", "UN List")
    alias = _add(entry, "ENTITY_ALIAS")
    _add(alias, "QUALITY", "a.k.a.")
    _add(alias, "ALIAS_NAME", f"{words[1]} {draws.one(_WORDS)}".title())
    _add(_add(entry, "ENTITY_ADDRESS"), "COUNTRY", countries()[draws.one(("AF", "IQ", "KP", "SO"))].un)
    _end(entry)


def _end(entry: etree._Element) -> None:
    _add(entry, "SORT_KEY")
    _add(entry, "SORT_KEY_LAST_MOD")
