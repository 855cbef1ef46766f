"""The labels under which OFAC writes numbers and facts: which are a person's documents, and which identify nobody.

The same labels stand in the remarks of the legacy CSV, in `idType` of the plain XML, and in the reference values of the
advanced XML. A label that is in neither table is unknown, and every reader counts it as such.
"""

from __future__ import annotations

import re

from kstep.model import DocumentType

DOCUMENT_LABELS: dict[str, DocumentType] = {
    "Passport": DocumentType.PASSPORT,
    "Passport Booklet": DocumentType.PASSPORT,
    "Diplomatic Passport": DocumentType.PASSPORT,
    "Stateless Person Passport": DocumentType.PASSPORT,
    "British National Overseas Passport": DocumentType.PASSPORT,
    "National ID No.": DocumentType.NATIONAL_ID,
    "Identification Number": DocumentType.NATIONAL_ID,
    "Personal ID Card": DocumentType.NATIONAL_ID,
    "Cedula No.": DocumentType.NATIONAL_ID,
    "Cedula No. Cedula": DocumentType.NATIONAL_ID,
    "C.U.R.P.": DocumentType.NATIONAL_ID,
    "C.U.I.": DocumentType.NATIONAL_ID,
    "C.I.N.": DocumentType.NATIONAL_ID,
    "D.N.I.": DocumentType.NATIONAL_ID,
    "LE Number": DocumentType.NATIONAL_ID,
    "Numero de Identidad": DocumentType.NATIONAL_ID,
    "Citizen's Card Number": DocumentType.NATIONAL_ID,
    "Turkish Identification Number": DocumentType.NATIONAL_ID,
    "Turkish Identificiation Number": DocumentType.NATIONAL_ID,
    "Kenyan ID No.": DocumentType.NATIONAL_ID,
    "Bosnian Personal ID No.": DocumentType.NATIONAL_ID,
    "Moroccan Personal ID No.": DocumentType.NATIONAL_ID,
    "Tazkira National ID Card": DocumentType.NATIONAL_ID,
    "CNP (Personal Numerical Code)": DocumentType.NATIONAL_ID,
    "UAE Identification": DocumentType.NATIONAL_ID,
    "Electoral Registry No.": DocumentType.NATIONAL_ID,
    "Credencial electoral": DocumentType.NATIONAL_ID,
    "I.F.E.": DocumentType.NATIONAL_ID,
    "R.F.C.": DocumentType.TAX_ID,
    "RFC": DocumentType.TAX_ID,
    "Tax ID No.": DocumentType.TAX_ID,
    "NIT #": DocumentType.TAX_ID,
    "RUC #": DocumentType.TAX_ID,
    "RIF #": DocumentType.TAX_ID,
    "RTN": DocumentType.TAX_ID,
    "C.U.I.T.": DocumentType.TAX_ID,
    "C.I.F.": DocumentType.TAX_ID,
    "N.I.F.": DocumentType.TAX_ID,
    "Fiscal Code": DocumentType.TAX_ID,
    "Italian Fiscal Code": DocumentType.TAX_ID,
    "V.A.T. Number": DocumentType.TAX_ID,
    "US FEIN": DocumentType.TAX_ID,
    "Paraguayan tax identification number": DocumentType.TAX_ID,
    "Romanian Tax Registration": DocumentType.TAX_ID,
    "Numero Unico de Identificacao Tributaria (NUIT)": DocumentType.TAX_ID,
    "SSN": DocumentType.SOCIAL_SECURITY,
    "Driver's License No.": DocumentType.DRIVING_LICENCE,
    "Residency Number": DocumentType.RESIDENCE,
    "N.I.E.": DocumentType.RESIDENCE,
    "National Foreign ID Number": DocumentType.RESIDENCE,
    "Romanian Permanent Resident": DocumentType.RESIDENCE,
    "Temporary suspension of deportation No.": DocumentType.RESIDENCE,
    "Travel Document Number": DocumentType.TRAVEL_DOCUMENT,
    "Seafarer's Identification Document": DocumentType.TRAVEL_DOCUMENT,
    "Cartilla de Servicio Militar Nacional": DocumentType.MILITARY_ID,
    "Military Registration Number": DocumentType.MILITARY_ID,
    "Birth Certificate Number": DocumentType.BIRTH_CERTIFICATE,
    "VisaNumberID": DocumentType.VISA,
    "Refugee ID Card": DocumentType.OTHER,
    "Stateless Person ID Card": DocumentType.OTHER,
    "Immigration No.": DocumentType.OTHER,
    "Public Security and Immigration No.": DocumentType.OTHER,
    "Serial No.": DocumentType.OTHER,
    "C.U.I.P.": DocumentType.OTHER,
    "Pilot License Number": DocumentType.OTHER,
    "License": DocumentType.OTHER,
    "Tarjeta Profesional": DocumentType.OTHER,
    "Registration ID": DocumentType.OTHER,
    "Registration Number": DocumentType.OTHER,
    "Public Registration Number": DocumentType.OTHER,
    "Government Gazette Number": DocumentType.OTHER,
    "File Number": DocumentType.OTHER,
    "Matricula Mercantil No": DocumentType.OTHER,
    "Folio Mercantil No.": DocumentType.OTHER,
    "Commercial Registry Number": DocumentType.OTHER,
    "Business Registration Number": DocumentType.OTHER,
    "Business Registration Document #": DocumentType.OTHER,
    "Russian State Individual Business Registration Number Pattern (OGRNIP)": DocumentType.OTHER,
}
"""OFAC's label of a document to the type of document; two labels are the publisher's own slips of the pen."""

NOT_IDENTITY = (
    "Linked To:",
    "Secondary sanctions risk:",
    "Additional Sanctions Information -",
    "Transactions Prohibited For Persons Owned or Controlled By U.S. Financial Institutions",
    "Executive Order 13645 Determination -",
    "Executive Order 13846 information:",
    "CAATSA Section 235 Information:",
    "IFCA Determination -",
    "PEESA Information:",
    "Effective Date",
    "Listing Date",
    "Target Type",
    "For more information on directives",
    "Digital Currency Address",
    "Email Address",
    "Email:",
    "Phone Number",
    "Fax",
    "Website",
    "Location",
    "Chinese Commercial Code",
    "Title",
    "Alternate Title",
    "Position:",
    "Alt. Position:",
    "Occupation:",
    "Organization:",
    "Organization Established Date",
    "Organization Type",
    "Nationality of Registration",
    "Tribe:",
    "Subtribe:",
    "ethnicity",
    "From:",
    "Interpol:",
    "SWIFT/BIC",
    "BIK",
    "Bank Account",
    "D-U-N-S Number",
    "DUNS Number",
    "ISIN",
    "Issuer Name",
    "Equity Ticker",
    "MICEX Code",
    "UN/LOCODE",
    "MMSI",
    "Vessel",
    "Other Vessel",
    "Former Vessel",
    "Previous Aircraft",
    "Aircraft",
)
"""Beginnings of labels under which nothing identifies a person. Ethnicity and tribe are among them, and never kept."""

_DOCUMENT_TYPES = {label.rstrip(" #:").casefold(): type_ for label, type_ in DOCUMENT_LABELS.items()}
_NOT_IDENTITY = tuple(label.casefold().rstrip(" :-") for label in NOT_IDENTITY)
_LONGEST_CLAUSE = 500
"""Characters; a longer clause names no document."""
_ALTERNATIVE = re.compile(r"alt\.? ", re.IGNORECASE)
_LABEL = "|".join(re.escape(label) for label in sorted(DOCUMENT_LABELS, key=len, reverse=True))
_LABELLED = re.compile(f"({_LABEL})[:#]? (.+)")
_JOINED = re.compile(f" and (?:[A-Z][a-z]+ )?(?=(?:{_LABEL}) )")
_NUMBER = re.compile(
    r"(?:# |[A-Z]{3,4}: |JMB |(?:[A-Z][a-z]+[ -])+)?(?P<number>\S.*?)(?: - [\d/]+H)?,?"
    r"(?: \((?P<issuer>[^()]+)\))?(?:,? (?:issued|expires|expired)\b.*)?"
)
_WORDS_AFTER_NUMBER = re.compile(r"(?: \([^()]*\)|(?: [A-Z][a-z]{2,})+)$")
_UNNAMED = re.compile(r"([A-Z0-9/-]*\d{4,}[A-Z0-9/-]*), ?issued .*")


def document_type(label: str) -> DocumentType | None:
    """The type of the document that OFAC labels so, or None if the label is not one of a person's documents."""
    return _DOCUMENT_TYPES.get(label.strip().rstrip(" #:").casefold())


def is_not_identity(label: str) -> bool:
    """Whether `label`, or a clause that begins with it, is of a kind that is known not to identify a person."""
    return _ALTERNATIVE.sub("", label, count=1).casefold().startswith(_NOT_IDENTITY)


def documents_in(clause: str) -> list[tuple[DocumentType, str, str]]:
    """The documents that a clause of the remarks names, as `Passport A1234567 (Iran) expires 26 May 2014` does.

    Each is its type, its number and the words for its issuer (perhaps empty); words before or after a number, such as
    the town of a register, are not part of it. A clause that names no document gives none.
    """
    if len(clause) > _LONGEST_CLAUSE:
        return []
    if unnamed := _UNNAMED.fullmatch(clause):
        return [(DocumentType.OTHER, unnamed[1], "")]
    documents = []
    for part in _JOINED.split(_ALTERNATIVE.sub("", clause, count=1)) if " and " in clause else [clause]:
        labelled = _LABELLED.fullmatch(_ALTERNATIVE.sub("", part, count=1))
        number = _NUMBER.fullmatch(labelled[2]) if labelled else None
        if labelled and number and any(ch.isdigit() for ch in number["number"]):
            shown = _WORDS_AFTER_NUMBER.sub("", number["number"])
            documents.append((DOCUMENT_LABELS[labelled[1]], shown, number["issuer"] or ""))
    return documents
