"""Looking one person up: what a desk officer types, as a person of the register, against lists that are ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from kstep.model import Document, InputError, Name, PartialDate, Person, Sex, ValueRefused
from kstep.model.countries import country_of_code
from kstep.model.identity import Identity

QUERY_ID = "query"
"""The person_id of whoever is looked up."""


Value = TypeVar("Value")


def person_of(
    names: Sequence[str],
    birth_dates: Sequence[str] = (),
    nationalities: Sequence[str] = (),
    documents: Sequence[str] = (),
    sex: str | None = None,
    birth_countries: Sequence[str] = (),
) -> Person:
    """The person of whom these texts tell. Raises `InputError` naming the option whose text cannot be read."""
    return Person(
        QUERY_ID,
        Identity(
            names=tuple(_read("--name", text, Name.of) for text in names),
            birth_dates=tuple(_read("--birth-date", text, PartialDate.parse) for text in birth_dates),
            sexes=(_read("--sex", sex, _sex),) if sex else (),
            nationalities=tuple(_read("--nationality", text, country_of_code) for text in nationalities),
            birth_countries=tuple(_read("--birth-country", text, country_of_code) for text in birth_countries),
            documents=tuple(_read("--document", text, Document.parse) for text in documents),
        ),
    )


def _read(option: str, text: str, parse: Callable[[str], Value]) -> Value:
    try:
        return parse(text)
    except ValueRefused as error:
        mended = "; " in str(error)
        raise InputError(str(error), where=option, mend="" if mended else "correct it or leave it out") from None


def _sex(text: str) -> Sex:
    try:
        return Sex(text.strip().upper())
    except ValueError:
        raise ValueRefused(f"{text!r} is not a sex; write M, F or X") from None
