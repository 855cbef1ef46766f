"""Frozen values of the field, validated when made: people, entries, names, partial dates, documents, countries,
errors.
"""

from kstep.model.dates import PartialDate, Precision
from kstep.model.documents import Document, DocumentType
from kstep.model.errors import InputError, KstepError, ValueRefused, one_line
from kstep.model.identity import Entry, Identity, Person, Sex
from kstep.model.name import Name, NameQuality

__all__ = [
    "Document", "DocumentType", "Entry", "Identity", "InputError", "KstepError", "Name", "NameQuality", "PartialDate",
    "Person", "Precision", "Sex", "ValueRefused", "one_line",
]  # fmt: skip
