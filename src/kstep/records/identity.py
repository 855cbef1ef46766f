"""The id and the identity that a row gives: the same rules for people and for entries of `table` lists.

A text that cannot be read costs its row that value and nothing more, and is reported. Equal values are shared between
rows.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from kstep.model import Document, Identity, Name, NameQuality, PartialDate, Sex, ValueRefused, one_line
from kstep.model.countries import country_of_code
from kstep.records.columns import Columns
from kstep.records.row import FieldError, Fields, Row, Texts

LONGEST_VALUE = 200
"""Characters of a date, code, document or id; a longer text is none of these."""

_WHOLE_NAMES = {"name": NameQuality.PRIMARY, "aliases": NameQuality.STRONG, "weak_aliases": NameQuality.WEAK}

Value = TypeVar("Value", bound=Hashable)
Parsed = tuple[tuple[Value, ...], tuple[str, ...]]
"""The values that could be read, each once and in order, and what was wrong with the others."""


def id_of(row: Row, columns: Columns) -> str:
    """The one id of a row. Raises `ValueRefused` if it has none, several, or one that is too long."""
    ids = values_of(row.fields.get(columns.id, ()))
    if not ids:
        for column, message in row.errors:
            if column == columns.id:
                raise ValueRefused(f"has no {columns.id} that can be read: it {message}")
        raise ValueRefused(f"has no {columns.id}; give every row an id")
    if len(ids) > 1:
        raise ValueRefused(f"has {len(ids)} different values of {columns.id}; give every row one id")
    if len(ids[0]) > LONGEST_VALUE:
        raise ValueRefused(f"has a {columns.id} of {len(ids[0]):,} characters; write at most {LONGEST_VALUE}")
    return ids[0]


def values_of(texts: Texts) -> list[str]:
    """Each different text that is not blank."""
    return list(dict.fromkeys([value for text in texts if (value := text.strip())]))


def identity_of(fields: Fields) -> tuple[Identity, list[FieldError]]:
    """The identity that `fields` give, and what could not be read of it."""
    errors: list[FieldError] = []
    identity = Identity(
        names=_names(fields, errors),
        birth_dates=known(fields, "birth_date", _dates, errors),
        sexes=known(fields, "sex", _sexes, errors),
        nationalities=known(fields, "nationality", _countries, errors),
        birth_countries=known(fields, "birth_country", _countries, errors),
        documents=known(fields, "documents", _documents, errors),
    )
    return identity, errors


def known(
    fields: Fields, column: str, read: Callable[[Texts], Parsed[Value]], errors: list[FieldError]
) -> tuple[Value, ...]:
    """What `read` makes of the texts of `column`; what it refuses is added to `errors`."""
    texts = fields.get(column)
    if texts is None:
        return ()
    values, messages = read(texts)
    if messages:
        errors.extend((column, message) for message in messages)
    return values


def each(texts: Iterable[str]) -> Iterator[str]:
    """Every value of texts that may hold several with `;` between them."""
    for text in texts:
        for part in text.split(";"):
            if value := part.strip():
                yield value


def parsed(texts: Texts, parse: Callable[[str], Value]) -> Parsed[Value]:
    """What `parse` makes of each value of `texts`."""
    values: list[Value] = []
    messages: list[str] = []
    for text in each(texts):
        try:
            if len(text) > LONGEST_VALUE:
                raise ValueRefused(f"has {len(text):,} characters; write at most {LONGEST_VALUE}")
            values.append(parse(text))
        except ValueRefused as refused:
            messages.append(one_line(str(refused)))
    return tuple(dict.fromkeys(values) if len(values) > 1 else values), tuple(messages)


def _sex(text: str) -> Sex:
    try:
        return Sex(text.upper())
    except ValueError:
        raise ValueRefused(f"{text!r} is not a sex; write M, F or X") from None


@functools.lru_cache(maxsize=65536)
def _dates(texts: Texts) -> Parsed[PartialDate]:
    return parsed(texts, PartialDate.parse)


@functools.lru_cache(maxsize=64)
def _sexes(texts: Texts) -> Parsed[Sex]:
    return parsed(texts, _sex)


@functools.lru_cache(maxsize=4096)
def _countries(texts: Texts) -> Parsed[str]:
    return parsed(texts, country_of_code)


def _documents(texts: Texts) -> Parsed[Document]:
    return parsed(texts, Document.parse)


def _names(fields: Fields, errors: list[FieldError]) -> tuple[Name, ...]:
    """Every different name once: the one given in parts first, then whole names, then strong and weak aliases."""
    names: dict[str, Name] = {}
    if "family_name" in fields or "given_names" in fields:
        family, given = " ".join(fields.get("family_name", ())), " ".join(fields.get("given_names", ()))
        if (family + given).strip():
            try:
                name = Name.of_parts(family, given)
                names[name.full] = name
            except ValueRefused as refused:
                errors.append(("family_name" if family else "given_names", str(refused)))
    for column, quality in _WHOLE_NAMES.items():
        texts = fields.get(column)
        if texts is None:
            continue
        for text in texts if column == "name" else each(texts):
            if text.strip():
                try:
                    name = Name.of(text, quality)
                    names.setdefault(name.full, name)
                except ValueRefused as refused:
                    errors.append((column, str(refused)))
    return tuple(names.values())
