"""Identity documents, and the form in which two records of one document are equal."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from kstep.model.errors import ValueRefused


class DocumentType(StrEnum):
    """What kind of number a document carries; anything else that identifies a person is `other`."""

    PASSPORT = "passport"
    NATIONAL_ID = "national_id"
    TAX_ID = "tax_id"
    DRIVING_LICENCE = "driving_licence"
    RESIDENCE = "residence"
    TRAVEL_DOCUMENT = "travel_document"
    MILITARY_ID = "military_id"
    BIRTH_CERTIFICATE = "birth_certificate"
    VISA = "visa"
    SOCIAL_SECURITY = "social_security"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Document:
    """A document by `type`, issuing country (`issuer`, ISO 3166 alpha-2, or empty) and `number` as the source writes
    it.
    """

    type: DocumentType
    number: str
    issuer: str = ""

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueRefused(f"the document number {self.number!r} has no letter or digit")

    @property
    def key(self) -> str:
        """The number as it is compared: compatibility form, upper case, letters and digits only, in any script."""
        if self.number.isascii():
            return "".join(filter(str.isalnum, self.number.upper()))
        folded = unicodedata.normalize("NFKC", self.number).upper()
        return "".join(str(unicodedata.digit(ch, ch)) for ch in folded if ch.isalnum())

    @classmethod
    def parse(cls, text: str) -> Document:
        """Read `type:issuer:number`; the issuer may be empty. Raises `ValueRefused` otherwise."""
        from kstep.model.countries import country_of_code

        parts = [part.strip() for part in text.split(":", 2)]
        if len(parts) != 3 or not parts[2]:
            raise ValueRefused(
                f"{text.strip()!r} is not a document; write type:issuer:number, as in passport:IR:A1234567"
            )
        try:
            kind = DocumentType(parts[0].lower().replace(" ", "_"))
        except ValueError:
            known = ", ".join(kind.value for kind in DocumentType)
            raise ValueRefused(f"{parts[0]!r} is not a type of document; write one of {known}") from None
        return cls(kind, parts[2], country_of_code(parts[1]) if parts[1] else "")

    def __str__(self) -> str:
        return f"{self.type.value}:{self.issuer}:{self.number}"
