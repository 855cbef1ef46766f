"""The publisher's two XML schemas as tables: which elements and attributes may stand in which element.

Only what is not in these tables is counted as unknown; `docs/lists-ofac.md` tells what becomes of each known field.
Sources: OFAC's `sdn.xsd` and `sdn_advanced.xsd` (the United Nations' sanctions schema 1.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from kstep.lists.account import Account


@dataclass(frozen=True, slots=True)
class Schema:
    """`children` and `attributes` per element, and the attributes that every element may have."""

    children: Mapping[str, frozenset[str]]
    attributes: Mapping[str, frozenset[str]]
    everywhere: frozenset[str]


def _table(lines: str) -> dict[str, frozenset[str]]:
    """The tables below: `Parent Other: name name` a line; a parent may have several lines."""
    table: dict[str, frozenset[str]] = {}
    for line in lines.strip().splitlines():
        parents, names = line.split(":")
        for parent in parents.split():
            table[parent] = table.get(parent, frozenset()) | frozenset(names.split())
    return table


PLAIN = Schema(
    children=_table("""
        publshInformation: Publish_Date Record_Count
        sdnEntry: uid firstName lastName title sdnType remarks programList idList akaList addressList
        sdnEntry: nationalityList citizenshipList dateOfBirthList placeOfBirthList vesselInfo
        programList: program
        idList: id
        id: uid idType idNumber idCountry issueDate expirationDate
        akaList: aka
        aka: uid type category lastName firstName
        addressList: address
        address: uid address1 address2 address3 city stateOrProvince postalCode country region
        nationalityList: nationality
        citizenshipList: citizenship
        nationality citizenship: uid country mainEntry
        dateOfBirthList: dateOfBirthItem
        dateOfBirthItem: uid dateOfBirth mainEntry
        placeOfBirthList: placeOfBirthItem
        placeOfBirthItem: uid placeOfBirth mainEntry
        vesselInfo: callSign vesselType vesselFlag vesselOwner tonnage grossRegisteredTonnage
    """),
    attributes={},
    everywhere=frozenset(),
)
"""The plain schema, below its root `sdnList`."""

REFERENCE_VALUES = (
    "AliasType", "AreaCode", "AreaCodeType", "CalendarType", "Country", "CountryRelevance", "DecisionMakingBody",
    "DetailReference", "DetailType", "DocNameStatus", "EntryEventType", "EntryLinkType", "ExRefType", "FeatureType",
    "FeatureTypeGroup", "IDRegDocDateType", "IDRegDocType", "IdentityFeatureLinkType", "LegalBasis", "LegalBasisType",
    "List", "LocPartType", "LocPartValueStatus", "LocPartValueType", "NamePartType", "Organisation", "PartySubType",
    "PartyType", "RelationQuality", "RelationType", "Reliability", "SanctionsProgram", "SanctionsType", "Script",
    "ScriptStatus", "SubsidiaryBody", "SupInfoType", "TargetType", "Validity",
)  # fmt: skip
"""The advanced schema's reference values; the set of each is called after it, as in `AliasTypeValues`."""

ADVANCED = Schema(
    children={
        "ReferenceValueSets": frozenset(f"{name}Values" for name in REFERENCE_VALUES),
        **{f"{name}Values": frozenset((name,)) for name in REFERENCE_VALUES},
        **_table("""
            DateOfIssue Date From To: Year Month Day
            Location: Comment LocationAreaCode LocationCountry LocationPart FeatureVersionReference
            Location: IDRegDocumentReference
            LocationPart: LocationPartValue
            LocationPartValue: Comment Value
            IDRegDocument: Comment IDRegistrationNo IssuingAuthority DocumentDate IDRegDocumentMention
            IDRegDocument: FeatureVersionReference DocumentedNameReference ProfileRelationshipReference
            DocumentDate: DatePeriod
            DatePeriod: Comment Start End DurationMinimum DurationMaximum
            Start End: From To
            DurationMinimum DurationMaximum: Years Months Days
            DistinctParty: Comment Profile
            Profile: Comment Identity Feature SanctionsEntryReference ExternalReference
            ExternalReference: Comment ExRefValue DirectURL SubLink
            SubLink: Description DirectURL
            Identity: Comment Alias NamePartGroups IDRegDocumentReference
            Alias: Comment DatePeriod DocumentedName
            DocumentedName: Comment DocumentedNamePart DocumentedNameCountry IDRegDocumentReference
            DocumentedNamePart: NamePartValue
            DocumentedNameCountry: Comment
            NamePartGroups: MasterNamePartGroup
            MasterNamePartGroup: NamePartGroup
            Feature: FeatureVersion IdentityReference
            FeatureVersion: Comment DatePeriod VersionDetail VersionLocation IDRegDocumentReference
            ProfileRelationship: Comment DatePeriod IDRegDocumentReference
            SanctionsEntry: Comment LimitationsToListing EntryEvent SanctionsMeasure SupportingInfo
            SanctionsEntry: ProfileRelationshipReference
            EntryEvent SanctionsEntryLink: Comment Date
            SanctionsMeasure: Comment DatePeriod
            SupportingInfo: Text DirectURL
        """),
    },
    attributes={
        **{name: frozenset(("ID",)) for name in REFERENCE_VALUES},
        **_table("""
            AreaCode: ID CountryID Description AreaCodeTypeID
            Country: ID Comment IS03166-3Code ISO3166-3Code ISO3 ISO2
            DecisionMakingBody: ID OrganisationID
            DetailReference: ID DetailCode
            FeatureType: ID FeatureTypeGroupID
            LegalBasis: ID LegalBasisShortRef LegalBasisTypeID SanctionsProgramID
            List: ID Comment
            Organisation: ID CountryID
            PartySubType: ID PartyTypeID
            RelationType: ID Symmetrical
            SanctionsProgram: ID SubsidiaryBodyID
            Script: ID ScriptCode
            SubsidiaryBody: ID Notional DecisionMakingBodyID
            DateOfIssue Date: CalendarTypeID
            DatePeriod: CalendarTypeID YearFixed MonthFixed DayFixed
            Start End: Approximate YearFixed MonthFixed DayFixed
            DurationMinimum DurationMaximum: Approximate
            Location: ID
            LocationAreaCode: AreaCodeID
            LocationCountry: CountryID CountryRelevanceID
            LocationPart: LocPartTypeID
            LocationPartValue: Primary LocPartValueTypeID LocPartValueStatusID
            IDRegDocument: ID IDRegDocTypeID IdentityID IssuedBy-CountryID IssuedIn-LocationID ValidityID
            DocumentDate: IDRegDocDateTypeID
            IDRegDocumentMention: IDRegDocumentID ReferenceType
            FeatureVersionReference: FeatureVersionID
            IDRegDocumentReference: IDRegDocumentID
            DocumentedNameReference: DocumentedNameID
            ProfileRelationshipReference: ProfileRelationshipID
            SanctionsEntryReference: SanctionsEntryID
            ExternalReference: ExRefTypeID
            SubLink: TargetTypeID
            DistinctParty: FixedRef
            Profile: ID PartySubTypeID
            Identity: ID FixedRef Primary False
            Alias: FixedRef AliasTypeID Primary LowQuality
            DocumentedName: ID FixedRef DocNameStatusID
            DocumentedNamePart: LeadingChars TrailingChars
            NamePartValue: NamePartGroupID ScriptID ScriptStatusID Acronym
            DocumentedNameCountry: CountryID
            NamePartGroup: ID NamePartTypeID
            Feature: ID FeatureTypeID
            FeatureVersion: ID ReliabilityID
            VersionDetail: DetailTypeID DetailReferenceID
            VersionLocation: LocationID
            IdentityReference: IdentityID IdentityFeatureLinkTypeID
            ProfileRelationship: ID From-ProfileID To-ProfileID RelationTypeID RelationQualityID Former
            ProfileRelationship: SanctionsEntryID
            SanctionsEntry: ID ProfileID ListID EntryProfileRef EntryDeltaFlag
            EntryEvent: ID EntryEventTypeID LegalBasisID
            SanctionsMeasure: ID SanctionsTypeID
            SupportingInfo: ID SupInfoTypeID
            SanctionsEntryLink: ID EntryA-SanctionsEntryID EntryB-SanctionsEntryID EntryLinkTypeID
        """),
    },
    everywhere=frozenset(("DeltaAction",)),
)
"""The advanced schema, below its root `Sanctions` and the containers in it."""

_NONE: frozenset[str] = frozenset()


def count_unknown(record: etree._Element, schema: Schema, account: Account) -> None:
    """Count by its path every element and attribute of `record` that `schema` does not have; one unknown, all in it."""
    open_elements = [(record, str(record.tag))]
    while open_elements:
        element, path = open_elements.pop()
        # Whole sets first: a list has millions of elements, and nearly all of them are as the schema says.
        names, known = element.keys(), schema.attributes.get(element.tag, _NONE)
        if not known.issuperset(names):
            for name in {*map(str, names)} - known - schema.everywhere:
                account.unknown(f"{path}/@{name}")
        known = schema.children.get(element.tag, _NONE)
        for child in element:
            if child.tag in known:
                open_elements.append((child, f"{path}/{child.tag}"))
            elif isinstance(child.tag, str):
                account.unknown(f"{path}/{child.tag}")
