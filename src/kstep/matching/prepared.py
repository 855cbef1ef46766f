"""A record as the model compares it: tokens, dates, sex, countries, documents, in the form both engines start from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kstep.model import Document, Identity, NameQuality, PartialDate, Sex
from kstep.model.calendars import gregorian_readings
from kstep.names import Join, tokenize
from kstep.names.tokens import MOST_JOINS


@dataclass(frozen=True, slots=True)
class PreparedName:
    """One name: its tokens (never empty), its joins, whether it is a weak alias, and the text to show."""

    tokens: tuple[str, ...]
    joins: tuple[Join, ...]
    weak: bool
    shown: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """One record. `sex` is None where it is not known or contradicts itself.

    `read_as` has a text for each of `dates`: where the source counts years from the Hijra, what it says and what that may
    be, and nothing where a date is compared as it stands.
    """

    names: tuple[PreparedName, ...]
    dates: tuple[PartialDate, ...]
    read_as: tuple[str, ...]
    sex: Sex | None
    nationalities: frozenset[str]
    birth_countries: frozenset[str]
    documents: tuple[Document, ...]


def prepare(identity: Identity) -> Prepared:
    """The record that is compared. Names of equal tokens are one name, with the best quality and the joins of all."""
    names: dict[tuple[str, ...], PreparedName] = {}
    for name in identity.names:
        read = tokenize(name.full)
        if read.tokens:
            weak = name.quality is NameQuality.WEAK
            found = PreparedName(read.tokens, read.joins, weak, name.full)
            known = names.get(read.tokens)
            names[read.tokens] = _folded(known, found) if known else found
    dates = _dates(identity.birth_dates)
    told = [sex for sex in identity.sexes if sex is not Sex.UNSPECIFIED]
    return Prepared(
        names=tuple(names.values()),
        dates=tuple(dates),
        read_as=tuple(dates.values()),
        sex=told[0] if len(set(told)) == 1 else None,
        nationalities=frozenset(identity.nationalities),
        birth_countries=frozenset(identity.birth_countries),
        documents=tuple(dict.fromkeys(identity.documents)),
    )


def _dates(written: Iterable[PartialDate]) -> dict[PartialDate, str]:
    """Every date that is compared, and how it was read: one of another calendar is compared as what it may be in ours."""
    dates: dict[PartialDate, str] = {}
    for date in written:
        readings = gregorian_readings(date)
        for calendar, reading in readings:
            dates.setdefault(reading, f"{date} ({calendar}: {reading})")
        if not readings:
            dates[date] = ""
    return dates


def _folded(known: PreparedName, found: PreparedName) -> PreparedName:
    """Two names of equal tokens as one, whatever their order."""
    joins = sorted({*known.joins, *found.joins}, key=lambda join: (join.start, join.stop, join.token))[:MOST_JOINS]
    shown = found.shown if known.weak and not found.weak else known.shown
    return PreparedName(known.tokens, tuple(joins), known.weak and found.weak, shown)
