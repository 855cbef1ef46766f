"""A `Profile` of the advanced XML: the names and the features of one person, resolved by the reference values.

A part of a name has its type in the groups of its identity; a feature says what it is by its type, and what it says in
a text, a reference value, a period or a location.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from kstep.lists.account import Reason
from kstep.lists.gathering import Gathering
from kstep.lists.ofac_documents import is_not_identity
from kstep.lists.ofac_reference import Location, References
from kstep.lists.ofac_values import ALIAS_TYPES, add_birth_place, add_name_in_parts
from kstep.model import NameQuality, ValueRefused

_FAMILY_PARTS = {"last name", "maiden name", "matronymic"}
_GIVEN_PARTS = {"first name", "middle name", "patronymic", "nickname"}
_NATIONALITIES = {"nationality country", "nationality", "citizenship country", "citizenship"}


def read_profile(profile: etree._Element, person: Gathering, references: References) -> int:
    """Read the names and features of `profile` into `person`; the number of names that hold nothing is returned."""
    for feature in profile.iterfind("Feature"):
        _read_feature(feature, person, references)
    return sum(_read_names(identity, person, references) for identity in profile.iterfind("Identity"))


def _read_names(identity: etree._Element, person: Gathering, references: References) -> int:
    types = {
        group.get("ID", ""): references.text("NamePartType", group.get("NamePartTypeID")).lower()
        for group in identity.iterfind("NamePartGroups/MasterNamePartGroup/NamePartGroup")
    }
    empty = 0
    for alias in identity.iterfind("Alias"):
        alias_type = references.text("AliasType", alias.get("AliasTypeID"))
        if alias_type.lower().replace(".", "") not in {"name", *ALIAS_TYPES}:
            person.account.unknown(f"AliasType: {alias_type or alias.get('AliasTypeID')}")
        if alias.get("LowQuality") == "true":
            quality = NameQuality.WEAK
        elif alias.get("Primary") == "true" and identity.get("Primary") != "false":
            quality = NameQuality.PRIMARY
        else:
            quality = NameQuality.STRONG
        for name in alias.iterfind("DocumentedName"):
            empty += not _read_name(name, types, quality, person)
    return empty


def _read_name(name: etree._Element, types: dict[str, str], quality: NameQuality, person: Gathering) -> bool:
    """Read a name from its parts; whether there was any is returned. With a part of another type it is one text."""
    family: list[str] = []
    given: list[str] = []
    written: list[str] = []
    for value in name.iterfind("DocumentedNamePart/NamePartValue"):
        text, part_type = (value.text or "").strip(), types.get(value.get("NamePartGroupID", ""), "")
        written.append(text)
        if part_type in _FAMILY_PARTS:
            family.append(text)
        elif part_type in _GIVEN_PARTS:
            given.append(text)
        elif part_type:
            person.account.unknown(f"NamePartType: {part_type}")
    if len(family) + len(given) == len(written):
        add_name_in_parts(person, " ".join(family), " ".join(given), quality)
    else:
        person.name(" ".join(written), quality)
    return any(written)


def _read_feature(feature: etree._Element, person: Gathering, references: References) -> None:
    label = references.text("FeatureType", feature.get("FeatureTypeID"))
    kind = label.lower().rstrip(" :")
    for version in feature.iterfind("FeatureVersion"):
        if kind == "birthdate":
            for period in version.iterfind("DatePeriod"):
                _read_birth_date(period, person, references)
        elif kind == "place of birth":
            for text in _details(version, references):
                add_birth_place(person, text)
            for location in _locations(version, person, references):
                add_birth_place(person, ", ".join(part for part in (location.place, location.country) if part))
        elif kind == "gender":
            for text in _details(version, references):
                person.sex(text)
        elif kind in _NATIONALITIES:
            for text in _details(version, references):
                person.nationality(text)
            for location in _locations(version, person, references):
                person.nationality(location.country or location.place)
        elif not is_not_identity(label):
            person.account.unknown(f"FeatureType: {label or feature.get('FeatureTypeID')}")


def _read_birth_date(period: etree._Element, person: Gathering, references: References) -> None:
    try:
        person.birth_date(references.period(period))
    except ValueRefused as error:
        person.leave_out(Reason.UNREADABLE_DATE, str(error))


def _details(version: etree._Element, references: References) -> Iterator[str]:
    for detail in version.iterfind("VersionDetail"):
        if text := (detail.text or "").strip() or references.text("DetailReference", detail.get("DetailReferenceID")):
            yield text


def _locations(version: etree._Element, person: Gathering, references: References) -> Iterator[Location]:
    for element in version.iterfind("VersionLocation"):
        number = element.get("LocationID")
        if location := references.location(number):
            yield location
        else:
            person.leave_out(Reason.POINTS_AT_NOTHING, f"location {number}")
