"""The United Nations Security Council's consolidated list (XML) to an edition.

Every `INDIVIDUAL` with a name becomes an entry under its reference number, every `ENTITY` is left out as one, and each
alias, birth date and document with a text is read or stands in the account.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lxml import etree

from kstep.lists.account import Account, Reason
from kstep.lists.edition import Edition, edition_id
from kstep.lists.fields import clean, country_named_in, date_of
from kstep.lists.gathering import Gathering
from kstep.lists.papers import kind_of, papers
from kstep.lists.source import elements, read_bytes, root
from kstep.lists.un_text import read_alias, read_alias_note, read_comments, read_document_note
from kstep.model import DocumentType, Entry, InputError, NameQuality, PartialDate, ValueRefused

_ROOT = "CONSOLIDATED_LIST"
_CONTAINERS = {_ROOT, "INDIVIDUALS", "ENTITIES"}
_NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_QUALITIES = {"good": NameQuality.STRONG, "low": NameQuality.WEAK, "a.k.a.": NameQuality.STRONG,
              "f.k.a.": NameQuality.STRONG, "": NameQuality.STRONG}  # fmt: skip

# What an individual may hold by the publisher's schema: child element -> its own children.
_SCHEMA = {
    **dict.fromkeys((*_NAME_PARTS, "DATAID", "VERSIONNUM", "UN_LIST_TYPE", "REFERENCE_NUMBER", "LISTED_ON", "GENDER",
                     "SUBMITTED_BY", "SUBMITTED_ON", "NAME_ORIGINAL_SCRIPT", "COMMENTS1", "NATIONALITY2", "DELISTED_ON",
                     "SORT_KEY", "SORT_KEY_LAST_MOD"), ()),
    **dict.fromkeys(("TITLE", "DESIGNATION", "NATIONALITY", "LIST_TYPE", "LAST_DAY_UPDATED"), ("VALUE",)),
    "INDIVIDUAL_ALIAS": ("QUALITY", "ALIAS_NAME", "DATE_OF_BIRTH", "CITY_OF_BIRTH", "COUNTRY_OF_BIRTH", "NOTE"),
    "INDIVIDUAL_ADDRESS": ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY", "NOTE"),
    "INDIVIDUAL_DATE_OF_BIRTH": ("TYPE_OF_DATE", "DATE", "YEAR", "FROM_YEAR", "TO_YEAR", "NOTE"),
    "INDIVIDUAL_PLACE_OF_BIRTH": ("STREET", "CITY", "STATE_PROVINCE", "COUNTRY", "NOTE"),
    "INDIVIDUAL_DOCUMENT": ("TYPE_OF_DOCUMENT", "TYPE_OF_DOCUMENT2", "NUMBER", "ISSUING_COUNTRY", "DATE_OF_ISSUE",
                            "CITY_OF_ISSUE", "COUNTRY_OF_ISSUE", "NOTE"),
}  # fmt: skip
_COUNTED = {"INDIVIDUAL_ALIAS": "alias", "INDIVIDUAL_DATE_OF_BIRTH": "birth date", "INDIVIDUAL_DOCUMENT": "document"}


def read(path: Path) -> Edition:
    """The edition of the consolidated list at `path`. Raises `InputError` if it is another file or breaks off."""
    content = read_bytes(path)
    tag, attributes = root(content, path)
    if tag != _ROOT:
        raise InputError(f"is not the UN consolidated list: its root element is {tag}, not {_ROOT}", where=str(path),
                         mend="name the publisher's consolidated.xml")  # fmt: skip
    account = Account()
    entries: dict[str, Entry] = {}

    def passed(tag: str) -> None:
        if tag not in _CONTAINERS:
            account.unknown(tag)

    for element in elements(content, path, "INDIVIDUAL", "ENTITY", passed=passed):
        if element.tag == "ENTITY":
            account.count("entity")
            account.leave_out(Reason.ENTITY, _id(element), _primary_name(element))
            continue
        account.count("individual")
        entry = _entry(element, account)
        if entry is None:
            continue
        if entry.entry_id in entries:
            account.leave_out(Reason.DUPLICATE_ID, entry.entry_id, entry.identity.names[0].full)
        else:
            entries[entry.entry_id] = entry
    return account.edition(edition_id("un", [("", content)]), "un", _generated(attributes, account), entries.values())


def _generated(attributes: dict[str, str], account: Account) -> date | None:
    said = attributes.get("dateGenerated", "")
    try:
        return date_of(said).earliest
    except ValueRefused:
        account.note(f"the list does not say when it was generated: dateGenerated={said!r}")
        return None


def _entry(individual: etree._Element, account: Account) -> Entry | None:
    """The entry of one individual, or None once its reason to be left out is in the account."""
    entry_id = _id(individual)
    if not entry_id:
        said = f"{_primary_name(individual)}: no REFERENCE_NUMBER and no DATAID"
        account.leave_out(Reason.UNREADABLE_ROW, f"line {individual.sourceline}", said)
        return None
    _count_unknown(individual, account)
    person = Gathering(account, entry_id)
    # Aliases come last, because they bring dates and papers of their own, and the person's own stand first.
    person.name(_primary_name(individual), NameQuality.PRIMARY)
    read_alias(_text(individual, "NAME_ORIGINAL_SCRIPT"), NameQuality.PRIMARY, person)
    for birth in individual.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        _read_birth_date(birth, person)
    person.sex(_text(individual, "GENDER"))
    for nationality in (*individual.iterfind("NATIONALITY/VALUE"), *individual.iterfind("NATIONALITY2")):
        person.nationality(clean(nationality.text))
    for place in individual.iterfind("INDIVIDUAL_PLACE_OF_BIRTH"):
        person.birth_country(_text(place, "COUNTRY"))
        person.birth_place(*(_text(place, part) for part in _SCHEMA["INDIVIDUAL_PLACE_OF_BIRTH"]))
    for document in individual.iterfind("INDIVIDUAL_DOCUMENT"):
        _read_document(document, person)
    for alias in individual.iterfind("INDIVIDUAL_ALIAS"):
        _read_alias(alias, person)
    read_comments(_text(individual, "COMMENTS1"), person)
    if person.nameless:
        account.leave_out(Reason.NAMELESS, entry_id)
        return None
    data_id = _text(individual, "DATAID")
    return Entry(
        entry_id,
        person.identity(),
        programmes=tuple(filter(None, [_text(individual, "UN_LIST_TYPE")])),
        listed_on=_listed_on(individual, person),
        references=(data_id,) if data_id and data_id != entry_id else (),
    )


def _read_alias(alias: etree._Element, person: Gathering) -> None:
    if not _says_anything(alias, person):
        return
    said = _text(alias, "QUALITY")
    quality = _QUALITIES.get(said.casefold())
    if quality is None:
        person.account.unknown(f"QUALITY {said}")
        quality = NameQuality.STRONG
    read_alias(_text(alias, "ALIAS_NAME"), quality, person)
    read_alias_note(_text(alias, "NOTE"), quality, person)
    person.birth_date(_text(alias, "DATE_OF_BIRTH"))
    person.birth_country(_text(alias, "COUNTRY_OF_BIRTH"))
    person.birth_place(_text(alias, "CITY_OF_BIRTH"), _text(alias, "COUNTRY_OF_BIRTH"))


def _read_birth_date(birth: etree._Element, person: Gathering) -> None:
    if not _says_anything(birth, person, but="TYPE_OF_DATE"):
        return
    kind, note = _text(birth, "TYPE_OF_DATE"), _text(birth, "NOTE")
    day, year, first, last = (_text(birth, name) for name in ("DATE", "YEAR", "FROM_YEAR", "TO_YEAR"))
    span = f"between {first} and {last}" if first and last else ""
    for said in (day, span, f"{note} {year}" if note and year else "", year, note):
        try:
            value = date_of(said)
        except ValueRefused:
            continue
        about = kind == "APPROXIMATELY" or note.casefold().startswith("approx")
        person.birth_date(PartialDate(value.earliest, value.latest, value.circa or about))
        return
    person.leave_out(Reason.UNREADABLE_DATE, f"birth date {_all_text(birth)}")


def _read_document(document: etree._Element, person: Gathering) -> None:
    if not _says_anything(document, person):
        return
    kind, said_kind, note = (_text(document, name) for name in ("TYPE_OF_DOCUMENT", "TYPE_OF_DOCUMENT2", "NOTE"))
    found = papers(_text(document, "NUMBER")) or papers(said_kind) or papers(note)
    if not found:
        person.leave_out(Reason.UNREADABLE_DOCUMENT, _all_text(document))
    # Only a tax number is told by the note alone; other notes name the passports and offices a number was used with.
    noted = kind_of(note) if kind_of(note) is DocumentType.TAX_ID else None
    issuer = person.country(_text(document, "ISSUING_COUNTRY"), "issuer")
    place = person.country(_text(document, "COUNTRY_OF_ISSUE"), "country of issue")
    described = country_named_in(f"{said_kind} {note}" if noted else said_kind)
    for paper in found:
        person.document(
            kind_of(said_kind) or paper.kind or noted or kind_of(kind) or DocumentType.OTHER,
            paper.number,
            issuer or paper.issuer or described or place,
        )
    read_document_note(note, person)


def _listed_on(individual: etree._Element, person: Gathering) -> date | None:
    said = _text(individual, "LISTED_ON")
    try:
        return date_of(said).earliest if said else None
    except ValueRefused:
        person.leave_out(Reason.UNREADABLE_DATE, f"listed on {said}")
        return None


def _count_unknown(individual: etree._Element, account: Account) -> None:
    for child in individual.iterchildren(tag=etree.Element):
        if child.tag not in _SCHEMA:
            account.unknown(f"INDIVIDUAL/{child.tag}")
            continue
        for grandchild in child.iterchildren(tag=etree.Element):
            if grandchild.tag not in _SCHEMA[child.tag]:
                account.unknown(f"{child.tag}/{grandchild.tag}")


def _says_anything(element: etree._Element, person: Gathering, but: str = "") -> bool:
    """Whether an element, which the publisher writes even if it is empty, holds a text; if so it is counted."""
    says = any(clean(child.text) for child in element.iterchildren(tag=etree.Element) if child.tag != but)
    if says:
        person.account.count(_COUNTED[element.tag])
    return says


def _id(element: etree._Element) -> str:
    return _text(element, "REFERENCE_NUMBER") or _text(element, "DATAID")


def _primary_name(element: etree._Element) -> str:
    return clean(" ".join(_text(element, part) for part in _NAME_PARTS))


def _text(element: etree._Element, name: str) -> str:
    return clean(element.findtext(name))


def _all_text(element: etree._Element) -> str:
    return "; ".join(text for child in element.iterchildren(tag=etree.Element) if (text := clean(child.text)))
