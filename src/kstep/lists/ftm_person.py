"""FollowTheMoney records that say something of a person: the `Person`, and the papers and listings that point at it.

The properties of the schema are named here, with what becomes of each; every value of a property is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from kstep.lists.account import Account, Reason
from kstep.lists.fields import clean, country, date_of
from kstep.lists.gathering import Gathering
from kstep.lists.papers import kind_of
from kstep.model import DocumentType, Entry, Identity, NameQuality, ValueRefused

Properties = Mapping[str, list[str]]
"""The values of each property, as texts."""

_NAMES = {"name": NameQuality.PRIMARY, "alias": NameQuality.STRONG, "previousName": NameQuality.STRONG,
          "weakAlias": NameQuality.WEAK}  # fmt: skip
_GIVEN_NAMES = ("firstName", "secondName", "middleName", "fatherName")
_FAMILY_NAMES = ("lastName", "motherName", "nameSuffix")
_NUMBERS = {
    "passportNumber": DocumentType.PASSPORT, "idNumber": DocumentType.NATIONAL_ID,
    "socialSecurityNumber": DocumentType.SOCIAL_SECURITY, "taxNumber": DocumentType.TAX_ID,
    "vatCode": DocumentType.TAX_ID, "innCode": DocumentType.TAX_ID, "registrationNumber": DocumentType.OTHER,
    "licenseNumber": DocumentType.OTHER, "ogrnCode": DocumentType.OTHER, "uscCode": DocumentType.OTHER,
    "npiCode": DocumentType.OTHER,
}  # fmt: skip
_ISO_DATE = re.compile(r"\d{4}(?:-\d|$)")
_ISSUERS = {"innCode": "RU", "ogrnCode": "RU", "uscCode": "CN", "npiCode": "US"}
_NOT_READ = {
    "abbreviation", "address", "addressEntity", "alephUrl", "appearance", "bvdId", "classification",
    "country", "createdAt", "cryptoWallets", "deathDate", "description", "dissolutionDate", "dunsCode", "education",
    "email", "ethnicity", "eyeColor", "hairColor", "height", "icijId", "incorporationDate", "indexText", "jurisdiction",
    "keywords", "leiCode", "legalForm", "mainCountry", "modifiedAt", "notes", "okpoCode", "opencorporatesUrl", "parent",
    "phone", "political", "position", "profession", "proof", "publisher", "publisherUrl", "religion", "retrievedAt",
    "sector", "sourceUrl", "spokenLanguage", "status", "summary", "swiftBic", "taxStatus", "title", "topics",
    "uniqueEntityId", "website", "weight", "wikipediaUrl",
}  # fmt: skip
_KNOWN = {*_NAMES, *_GIVEN_NAMES, *_FAMILY_NAMES, *_NUMBERS, *_NOT_READ, "birthDate", "birthPlace", "birthCountry",
          "nationality", "citizenship", "gender", "programId", "program", "wikidataId"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Addition:
    """What a record says of the person it points at: a paper's identity, or a listing's programmes, day and ids."""

    where: str
    schema: str
    identity: Identity = field(default_factory=Identity)
    programmes: tuple[str, ...] = ()
    listed_on: date | None = None
    references: tuple[str, ...] = ()


def person_entry(
    entry_id: str, properties: Properties, referents: list[str], where: str, account: Account
) -> Entry | None:
    """The entry of a `Person`, or None once it stands in the account that it has no name."""
    for name in properties.keys() - _KNOWN:
        account.unknown(f"Person:{name}")
    person = Gathering(account, where)
    _read_names(properties, person)
    if person.nameless:
        account.leave_out(Reason.NAMELESS, where, entry_id)
        return None
    _read_birth(properties, person)
    for name in ("nationality", "citizenship"):
        for value in _values(properties, name):
            person.nationality(_country(value))
    for name, kind in _NUMBERS.items():
        for value in _values(properties, name):
            person.document(kind, value, _ISSUERS.get(name, ""))
    return Entry(
        entry_id,
        person.identity(),
        programmes=tuple(dict.fromkeys(_programmes(properties))),
        references=tuple(dict.fromkeys([*referents, *_values(properties, "wikidataId")])),
    )


def paper(schema: str, properties: Properties, where: str, account: Account) -> Addition:
    """What a `Passport` or an `Identification` says of its holder."""
    person = Gathering(account, where)
    said = " ".join(_values(properties, "type"))
    kind = kind_of(said) or (DocumentType.PASSPORT if schema == "Passport" else DocumentType.OTHER)
    issuers = [person.country(_country(value), "issuer") for value in _values(properties, "country")]
    issuer = next(filter(None, issuers), "")
    kinds = {"number": kind, "passportNumber": kind, "personalNumber": DocumentType.NATIONAL_ID}
    for name, of_kind in kinds.items():
        for number in _values(properties, name):
            person.document(of_kind, number, issuer)
    if not any(_values(properties, name) for name in kinds):
        account.leave_out(Reason.UNREADABLE_DOCUMENT, where, f"{schema} without a number")
    surname, given = (" ".join(_values(properties, name)) for name in ("surname", "givenName"))
    if surname and given:
        person.name("", NameQuality.STRONG, family=surname, given=given)
    _read_birth(properties, person)
    return Addition(where, schema, person.identity())


def listing(schema: str, properties: Properties, where: str, account: Account) -> Addition:
    """What a `Sanction` says of the listing of its entity."""
    days = []
    for value in _values(properties, "listingDate") or _values(properties, "startDate"):
        try:
            days.append(date_of(value).earliest)
        except ValueRefused:
            account.leave_out(Reason.UNREADABLE_DATE, where, f"listed on {value}")
    return Addition(
        where,
        schema,
        programmes=tuple(_programmes(properties)),
        listed_on=min(days, default=None),
        references=tuple(value for name in ("authorityId", "unscId") for value in _values(properties, name)),
    )


def completed(entry: Entry, additions: list[Addition]) -> Entry:
    """`entry` with what other records say of it."""
    identities = [entry.identity, *(addition.identity for addition in additions)]
    days = [day for addition in additions if (day := addition.listed_on)]
    return Entry(
        entry.entry_id,
        Identity(
            names=_union(identity.names for identity in identities),
            birth_dates=_union(identity.birth_dates for identity in identities),
            sexes=_union(identity.sexes for identity in identities),
            nationalities=entry.identity.nationalities,
            birth_countries=entry.identity.birth_countries,
            birth_places=_union(identity.birth_places for identity in identities),
            documents=_union(identity.documents for identity in identities),
        ),
        programmes=_union([entry.programmes, *(addition.programmes for addition in additions)]),
        listed_on=min(days, default=entry.listed_on),
        references=_union([entry.references, *(addition.references for addition in additions)]),
    )


def _read_names(properties: Properties, person: Gathering) -> None:
    for name, quality in _NAMES.items():
        for value in _values(properties, name):
            person.name(value, quality)
    given, family = (
        [value for name in names for value in _values(properties, name)] for names in (_GIVEN_NAMES, _FAMILY_NAMES)
    )
    if person.nameless:
        person.name("", NameQuality.PRIMARY, family=" ".join(family), given=" ".join(given))
    for value in _values(properties, "lastName"):
        person.family_name(value, given)


def _read_birth(properties: Properties, person: Gathering) -> None:
    for value in _values(properties, "birthDate"):
        # The schema has only ISO 8601 and its prefixes; a date with slashes could be read two ways.
        if _ISO_DATE.match(value):
            person.birth_date(value)
        else:
            person.leave_out(Reason.UNREADABLE_DATE, f"birth date {value}")
    for value in _values(properties, "gender"):
        person.sex(value)
    for value in _values(properties, "birthCountry"):
        person.birth_country(_country(value))
    for value in _values(properties, "birthPlace"):
        person.birth_place(value)


def _programmes(properties: Properties) -> list[str]:
    return _values(properties, "programId") or _values(properties, "program")


def _values(properties: Properties, name: str) -> list[str]:
    values = properties.get(name)
    return [text for value in values if (text := clean(value))] if values else []


def _country(code: str) -> str:
    """A FollowTheMoney country code as one of ISO 3166: `gb-sct` is a part of GB, `suhh` (ISO 3166-3) was SU."""
    base = code.partition("-")[0]
    if re.fullmatch(r"[A-Za-z]{4}", base) and country(base[:2].upper()):
        return base[:2].upper()
    return base.upper() if re.fullmatch(r"[A-Za-z]{2,3}", base) else code


Value = TypeVar("Value")


def _union(parts: Iterable[tuple[Value, ...]]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(value for part in parts for value in part))
