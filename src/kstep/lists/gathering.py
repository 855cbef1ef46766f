"""One person's identity, gathered piece by piece while a record is read.

Pieces keep the source's order and are kept once; one that cannot be read is left out in the account, with its words.
"""

from __future__ import annotations

from kstep.lists.account import Account, Reason
from kstep.lists.fields import clean, countries, date_of, says_nothing, sex_of
from kstep.model import Document, DocumentType, Identity, Name, NameQuality, PartialDate, Sex, ValueRefused

_RANK = {NameQuality.PRIMARY: 0, NameQuality.STRONG: 1, NameQuality.WEAK: 2}


class Gathering:
    """What one record says of its person, in the source's order and without repetitions.

    What cannot be read is left out in the account, under `where` (the record's id or line).
    """

    def __init__(self, account: Account, where: str) -> None:
        self.account, self.where = account, where
        self._names: dict[str, Name] = {}
        self._birth_dates: dict[PartialDate, None] = {}
        self._sexes: dict[Sex, None] = {}
        self._nationalities: dict[str, None] = {}
        self._birth_countries: dict[str, None] = {}
        self._birth_places: dict[str, None] = {}
        self._documents: dict[tuple[DocumentType, str], dict[str, Document]] = {}

    def leave_out(self, reason: Reason, detail: str) -> None:
        """Leave a field of this record out."""
        self.account.leave_out(reason, self.where, detail)

    def name(self, full: str, quality: NameQuality, *, family: str = "", given: str = "") -> None:
        """One name; of a name given twice the better quality stays. A text without any letter is no name."""
        full, family, given = clean(full), clean(family), clean(given)
        full = full or clean(f"{given} {family}")
        if not full:
            return
        try:
            if not any(letter.isalpha() for letter in full):
                raise ValueRefused("a name without a letter")
            name = Name(full, family, given, quality)
        except ValueRefused:
            self.leave_out(Reason.UNREADABLE_NAME, full)
            return
        known = self._names.get(full)
        if known is None or _RANK[quality] < _RANK[known.quality]:
            self._names[full] = name

    def family_name(self, family: str, given: list[str]) -> None:
        """A family name that the source tells apart: known in each name that has its words and a given name's first."""
        of_family = set(family.casefold().split())
        of_given = {value.casefold().split()[0] for value in given}
        for full, name in self._names.items():
            words = full.split()
            folded = {word.casefold() for word in words}
            if not name.family and of_family <= folded and of_given & folded:
                found = " ".join(word for word in words if word.casefold() in of_family)
                rest = " ".join(word for word in words if word.casefold() not in of_family)
                self._names[full] = Name(full, found, rest, name.quality)

    @property
    def nameless(self) -> bool:
        """Whether no name could be read so far."""
        return not self._names

    @property
    def has_primary_name(self) -> bool:
        """Whether a name was given as the primary one."""
        return any(name.quality is NameQuality.PRIMARY for name in self._names.values())

    def birth_date(self, value: str | PartialDate) -> None:
        """One birth date, as a text that `date_of` reads or already as a value."""
        if isinstance(value, str):
            if says_nothing(value):
                return
            try:
                value = date_of(value)
            except ValueRefused:
                self.leave_out(Reason.UNREADABLE_DATE, f"birth date {value}")
                return
        self._birth_dates[value] = None

    def sex(self, text: str) -> None:
        """Sex in a publisher's word or letter."""
        if says_nothing(text):
            return
        if found := sex_of(text):
            self._sexes[found] = None
        else:
            self.leave_out(Reason.UNKNOWN_SEX, text)

    def nationality(self, text: str) -> None:
        """One nationality or citizenship: a country's name, its code in capitals, or its people's name."""
        self._countries(text, self._nationalities, "nationality")

    def birth_country(self, text: str) -> None:
        """One country of birth."""
        self._countries(text, self._birth_countries, "country of birth")

    def _countries(self, text: str, known: dict[str, None], what: str) -> None:
        if not text:
            return
        codes = countries(text)
        known.update(dict.fromkeys(codes))
        if not codes:
            self.leave_out(Reason.UNKNOWN_COUNTRY, f"{what} {text}")

    def country(self, text: str, what: str) -> str:
        """The alpha-2 code of a field that names one country; empty if it is empty or, then left out, unreadable."""
        codes = countries(text)
        if text and not codes:
            self.leave_out(Reason.UNKNOWN_COUNTRY, f"{what} {text}")
        return codes[0] if codes else ""

    def birth_place(self, *parts: str) -> None:
        """A place of birth to be read by people, from its parts, smallest first."""
        if place := ", ".join(part for part in map(clean, parts) if part):
            self._birth_places[place] = None

    def document(self, kind: DocumentType, number: str, issuer: str = "") -> None:
        """One document; a number without issuer is the same as that number of the same kind with one."""
        try:
            document = Document(kind, clean(number), issuer)
        except ValueRefused:
            self.leave_out(Reason.UNREADABLE_DOCUMENT, f"{kind.value} {number}")
            return
        same = self._documents.setdefault((kind, document.key), {})
        if issuer:
            same.pop("", None)
        if issuer or not same:
            same.setdefault(issuer, document)

    def identity(self) -> Identity:
        """All that was gathered."""
        return Identity(
            names=tuple(self._names.values()),
            birth_dates=tuple(self._birth_dates),
            sexes=tuple(self._sexes),
            nationalities=tuple(self._nationalities),
            birth_countries=tuple(self._birth_countries),
            birth_places=tuple(self._birth_places),
            documents=tuple(document for same in self._documents.values() for document in same.values()),
        )
