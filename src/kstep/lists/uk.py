"""The United Kingdom's sanctions list (CSV) to an edition.

A designation takes several rows, one for each name, date, document or address; they are gathered by its id. Every
individual with a name becomes an entry; entities and ships are left out as such; every row belongs to a designation or
stands in the account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from kstep.lists.account import Account, Reason
from kstep.lists.csv_rows import fitting, rows
from kstep.lists.edition import Edition, edition_id
from kstep.lists.fields import clean, country_named_in, date_of, numbered, says_nothing
from kstep.lists.gathering import Gathering
from kstep.lists.papers import kind_of, papers
from kstep.lists.source import decode, read_bytes
from kstep.lists.uk_layout import CONSOLIDATED_LIST, FAMILY_NAME, GIVEN_NAMES, SANCTIONS_LIST, Layout, column
from kstep.model import DocumentType, Entry, InputError, NameQuality, ValueRefused

_NAME_TYPES = {"primary name": NameQuality.PRIMARY, "primary name variation": NameQuality.STRONG,
               "alias": NameQuality.STRONG, "aka": NameQuality.STRONG, "fka": NameQuality.STRONG}  # fmt: skip
_STRENGTHS = {"", "good quality", "good quality a.k.a", "low quality", "low quality a.k.a", "a.k.a"}
_LEFT_OUT = {"entity": Reason.ENTITY, "ship": Reason.VESSEL}
_ROWS_BEFORE_HEADER = 5
_MEND = "fetch UK-Sanctions-List.csv again"

_DATE_IN_TITLE = re.compile(r"\d{1,2}[-/ ]\w+[-/ ]\d{4}")
_LIST_REFERENCES = re.compile(r"\((?:UK Sanctions List|UN) Ref\)\s*:?\s*([^(]*)")
_REFERENCE = re.compile(r"\b[A-Z]{3}\d{4}\b|\b[A-Z]{2}[ei]\.\d{3}\b")
_SEX = re.compile(r"\(Gender\)\s*:\s*(\w+)")

Cells = dict[str, str]
"""One row: the cell of each column, by the column's compared name."""


def read(path: Path) -> Edition:
    """The edition of the UK's list at `path`. Raises `InputError` if it is another file or breaks off."""
    content = read_bytes(path)
    if content.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
        raise InputError(
            "is XML or a web page; of the UK's list the CSV is read",
            where=str(path),
            mend="fetch UK-Sanctions-List.csv",
        )
    account = Account()
    table = list(rows(decode(content, path), path, ","))
    layout, header, start = _header(table, path)
    _compare(header, layout, account)
    designations: dict[str, list[Cells]] = {}
    for line, cells in fitting(table[start + 1 :], len(header), path, account):
        _gather(dict(zip(header, map(clean, cells), strict=True)), line, layout, designations, account)
    entries = [entry for found in designations.values() if (entry := _designation(found, layout, account))]
    return account.edition(edition_id("uk", [("", content)]), "uk", _published(table[:start], account), entries)


def _header(table: list[tuple[int, list[str]]], path: Path) -> tuple[Layout, list[str], int]:
    """The layout of the file, its header, and the header's place among the rows."""
    for place, (line, cells) in enumerate(table[:_ROWS_BEFORE_HEADER]):
        header = [column(cell) for cell in cells]
        if FAMILY_NAME in header:
            return _layout(header, f"{path}, line {line}"), header, place
    raise InputError("is not the UK's sanctions list: no header with the column 'Name 6'", where=str(path), mend=_MEND)


def _layout(header: list[str], where: str) -> Layout:
    found = [layout for layout in (SANCTIONS_LIST, CONSOLIDATED_LIST) if layout.designation in header]
    if not found:
        raise InputError("has neither a column 'Unique ID' nor 'Group ID'", where=where, mend=_MEND)
    for needed in ((found[0].name_type,), found[0].kinds, *((name,) for name in GIVEN_NAMES)):
        if not any(name in header for name in needed):
            raise InputError(f"has no column {' or '.join(map(repr, needed))}", where=where, mend=_MEND)
    return found[0]


def _compare(header: list[str], layout: Layout, account: Account) -> None:
    for name in header:
        if name and name not in layout.known:
            account.unknown(name)
    for name in layout.identity:
        if name not in header:
            account.note(f"the file has no column {name!r}: what it says elsewhere is not known here")


def _gather(cells: Cells, line: int, layout: Layout, designations: dict[str, list[Cells]], account: Account) -> None:
    identifier = cells[layout.designation]
    if not identifier:
        account.leave_out(Reason.UNREADABLE_ROW, f"line {line}", f"no {layout.designation}: {cells[FAMILY_NAME]}")
        return
    found = designations.setdefault(identifier, [])
    if found and _kind(cells, layout) != _kind(found[0], layout):
        said = f"{identifier} is {_kind(cells, layout)!r} here and {_kind(found[0], layout)!r} before"
        account.leave_out(Reason.UNREADABLE_ROW, f"line {line}", said)
        return
    found.append(cells)


def _designation(found: list[Cells], layout: Layout, account: Account) -> Entry | None:
    """The entry of a designation, or None once its reason to be left out is in the account."""
    identifier, kind = found[0][layout.designation], _kind(found[0], layout)
    account.count(kind or "of unknown type")
    if kind != "individual":
        account.leave_out(_LEFT_OUT.get(kind, Reason.NOT_A_PERSON), identifier, found[0][FAMILY_NAME])
        return None
    person = Gathering(account, identifier)
    _read_names(found, layout, person)
    if person.nameless:
        account.leave_out(Reason.NAMELESS, identifier)
        return None
    for (said,) in _said(found, layout.birth_date):
        for item in numbered(said):
            person.birth_date(item)
    for town, country in _said(found, layout.birth_town, layout.birth_country):
        _read_birth_place(numbered(town), numbered(country), person)
    for (said,) in _said(found, layout.nationality):
        for item in numbered(said):
            person.nationality(item)
    for number, words in _said(found, *layout.passport):
        _read_documents(number, words, DocumentType.PASSPORT, person)
    for number, words in _said(found, *layout.national_id):
        _read_documents(number, words, DocumentType.NATIONAL_ID, person)
    remarks = " ".join(said for (said,) in _said(found, layout.remarks))
    for said in [*(said for (said,) in _said(found, layout.sex)), *_SEX.findall(remarks)]:
        person.sex(said)
    return Entry(
        identifier,
        person.identity(),
        programmes=tuple(said for (said,) in _said(found, layout.regime)),
        listed_on=_listed_on(found, layout, person),
        references=tuple(_references(found, layout, remarks)),
    )


def _read_names(found: list[Cells], layout: Layout, person: Gathering) -> None:
    for row in found:
        said_type, strength = row[layout.name_type].casefold(), row.get(layout.name_strength, "").casefold()
        quality = _NAME_TYPES.get(said_type)
        if quality is None:
            person.account.unknown(f"{layout.name_type} {said_type}")
            quality = NameQuality.STRONG
        if strength not in _STRENGTHS:
            person.account.unknown(f"{layout.name_strength} {strength}")
        if strength.startswith("low quality"):
            quality = NameQuality.WEAK
        given = " ".join(row[name] for name in GIVEN_NAMES if not says_nothing(row[name]))
        family = "" if says_nothing(row[FAMILY_NAME]) else row[FAMILY_NAME]
        person.name("", quality, family=family, given=given)
        person.name(row.get(layout.original_script, ""), quality)


def _read_birth_place(towns: list[str], countries: list[str], person: Gathering) -> None:
    for country in countries:
        person.birth_country(country)
    if len(countries) == 1:
        countries = countries * max(len(towns), 1)
    for number in range(max(len(towns), len(countries))):
        person.birth_place(*(places[number] if number < len(places) else "" for places in (towns, countries)))


def _read_documents(number: str, words: str, kind: DocumentType, person: Gathering) -> None:
    """The documents of one cell; `words` is the cell beside it, in which the publisher says what they are."""
    items, about = numbered(number), numbered(words)
    for place, item in enumerate(items):
        if says_nothing(item):
            continue
        said = about[place] if len(about) == len(items) else words
        found = papers(item)
        if not found:
            person.leave_out(Reason.UNREADABLE_DOCUMENT, f"{item} {said}")
        said_kind = kind_of(said) if kind is DocumentType.NATIONAL_ID else None
        for paper in found:
            other = None if said_kind is DocumentType.PASSPORT else said_kind
            person.document(paper.kind or other or kind, paper.number, paper.issuer or country_named_in(said))


def _references(found: list[Cells], layout: Layout, remarks: str) -> Iterator[str]:
    said = {row[name]: None for row in found for name in layout.references if row.get(name)}
    for text in said:
        yield from (part for part in re.split(r"[;,\s]+(?:and\s+)?", text) if part)
    for group in dict.fromkeys(_LIST_REFERENCES.findall(remarks)):
        yield from _REFERENCE.findall(group)


def _listed_on(found: list[Cells], layout: Layout, person: Gathering) -> date | None:
    days = []
    for (said,) in _said(found, layout.listed_on):
        try:
            days.append(date_of(said).earliest)
        except ValueRefused:
            person.leave_out(Reason.UNREADABLE_DATE, f"listed on {said}")
    return min(days, default=None)


def _said(found: list[Cells], *columns: str) -> list[tuple[str, ...]]:
    """What the rows of one designation say in `columns` together, once each; rows that say nothing there are passed."""
    said = dict.fromkeys(tuple(row.get(name, "") for name in columns) for row in found)
    return [cells for cells in said if any(cells)]


def _kind(cells: Cells, layout: Layout) -> str:
    return next((cells[name].casefold() for name in layout.kinds if cells.get(name)), "")


def _published(before: list[tuple[int, list[str]]], account: Account) -> date | None:
    title = " ".join(cell for _, cells in before for cell in cells)
    found = _DATE_IN_TITLE.search(title)
    try:
        if found:
            return date_of(found.group()).earliest
    except ValueRefused:
        pass
    account.note(f"the file does not say when it was published: {title!r}")
    return None
