"""Measuring how well each class of records is found: entries of the lists are planted with a register's slips, with the fields of
the class and no others, and looked for as everyone on the roster is.

What a class does not promise (sex, country of birth) is in no copy, so that a class is never found better here than by what it
says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kstep.editions.tables import editions
from kstep.ledger.service import By, Ledger
from kstep.matching import Index, build_index, columns_of_identities, find_pairs
from kstep.model import Entry, Identity, Name, PartialDate, Person
from kstep.model.events import PowerMeasured
from kstep.records.people import person_from_mapping
from kstep.register.records import Known, counted, record_of
from kstep.register.tables import State, people
from kstep.screening.recall import recalls
from kstep.screening.rescreen import ListInUse, Standard
from kstep.synth.differing import differing_date
from kstep.synth.draws import Draws
from kstep.synth.planting import corrupted
from kstep.synth.population import SyntheticPerson
from kstep.synth.rates import rates

MARKING = "internal"
SAMPLE = 400
"""Copies of each class: the ends of a share's interval are then at most 5 of 100 away from it."""

TRIES = 100
"""So many times the sample is drawn before a class of which no copies come is given up."""

SEEDS = 1 << 32
"""A seed is a number from 0 to below this."""

_COMPARED = ("name", "family_name", "given_names", "birth_date", "nationality", "documents")
_VAGUE = ("year_only", "month_only", "january_first")
_NOBODY = SyntheticPerson("copy", *[""] * (len(SyntheticPerson._fields) - 1))


@dataclass(frozen=True)
class Power:
    """Measurements of a ledger's roster by a standard."""

    ledger: Ledger
    standard: Standard

    def classes(self, connection: Connection) -> list[int]:
        """The classes that the roster has, and those that were measured before."""
        return sorted(_on_roster(connection) | recalls(connection).keys())

    def owed(self, connection: Connection) -> list[int]:
        """The classes that the roster has, and of which nobody measured yet how well this engine finds them. Where no entry had a
        copy of one, a newer edition may have.
        """
        engine = self.standard.engine
        newest = connection.execute(select(func.max(editions.c.published))).scalar() or 0
        done = {
            fields
            for fields, recall in recalls(connection).items()
            if recall.engine == engine and (recall.sampled or recall.measured > newest)
        }
        return sorted(_on_roster(connection) - done)

    def measure(
        self, classes: Sequence[int], lists: Sequence[ListInUse], by: By, seed: int, sample: int = SAMPLE
    ) -> PowerMeasured | None:
        """Measure classes with so many copies each of entries of these lists, and record it; None if there is nothing to measure.
        The same seed gives the same figures.
        """
        indexes = [used.opened.index for used in lists]
        if not classes or not any(index.columns.records for index in indexes):
            return None
        found = measured(indexes, self.standard, classes, seed, sample)
        fact = PowerMeasured(
            classes=tuple((fields, *found[fields]) for fields in sorted(found)), engine=self.standard.engine,
            need=self.standard.need, editions={used.name: used.edition for used in lists}, seed=seed, sample=sample,
        )  # fmt: skip
        with self.ledger.unit(by) as unit:
            unit.record(fact, subject="screening:power", marking=MARKING)
        return fact


def measured(
    indexes: Sequence[Index], standard: Standard, classes: Iterable[int], seed: int, sample: int = SAMPLE
) -> dict[int, tuple[int, int]]:
    """Of each class how many copies were made, and how many of them are a possible match of their own entry."""
    entries, planted = _planted(indexes, sorted(set(classes)), seed, sample)
    counts = {fields: [0, 0] for fields in planted}
    everyone = [(fields, at, copy) for fields, some in planted.items() for at, copy in some]
    for fields, _, _ in everyone:
        counts[fields][0] += 1
    if everyone:
        index = build_index("", [Entry(str(at), identity) for at, identity in enumerate(entries)])
        side = columns_of_identities([copy.identity for _, _, copy in everyone])
        for pair in find_pairs(side, index, standard.need, standard.weights).pairs:
            fields, at, _ = everyone[pair.person]
            counts[fields][1] += at == pair.entry
    return {fields: (made, found) for fields, (made, found) in counts.items()}


def _planted(
    indexes: Sequence[Index], classes: Sequence[int], seed: int, sample: int
) -> tuple[list[Identity], dict[int, list[tuple[int, Person]]]]:
    """Entries, and of each class copies of them, each with its entry's place."""
    entries: list[Identity] = []
    planted: dict[int, list[tuple[int, Person]]] = {fields: [] for fields in classes}
    of_class = {
        fields: Draws(seed, "power", fields) for fields in classes
    }  # a class's copies do not hang on the others
    for identity, copy in copies(indexes, seed, TRIES * sample):
        lacking = [fields for fields, some in planted.items() if len(some) < sample]
        if not lacking:
            break
        known = fields_of(copy)
        for fields in lacking:
            if not fields & ~known and (found := masked(copy, fields, of_class[fields])):
                planted[fields].append((len(entries), found))
        entries.append(identity)
    return entries, planted


def copies(indexes: Sequence[Index], seed: int, draw: int) -> Iterator[tuple[Identity, Person]]:
    """Entries of these lists, drawn so many times, each with a copy as a register might hold it; those without a name with none."""
    where, draws = Draws(seed, "power", "entries"), Draws(seed, "power", "copies")
    lengths = [index.columns.records for index in indexes]
    identities = [index.identities for index in indexes]
    for _ in range(draw):
        at = where.number(sum(lengths))
        for length, some in zip(lengths, identities, strict=True):
            if at < length:
                identity = some[at]
                break
            at -= length
        if not identity.names:
            continue
        row, _ = corrupted(_NOBODY, Entry("entry", identity), draws)
        told = {column: text for column in _COMPARED if (text := getattr(row, column))}
        yield identity, person_from_mapping(told, person_id="copy")[0]


def fields_of(person: Person) -> int:
    """The class of a record, as the register counts it."""
    return counted({"errors": [], "records": [record_of(person)]}).known


def masked(copy: Person, fields: int, draws: Draws) -> Person | None:
    """A copy with the fields of a class and no others; None if it cannot be made of this one."""
    identity = copy.identity
    names, dates = identity.names, identity.birth_dates
    if not fields & Known.FULL_NAME:
        names = _one_word(names, draws) if fields & Known.NAME else ()
    if not fields & Known.BIRTH_DATE:
        dates = _vague(copy, draws) if fields & Known.BIRTH_YEAR else ()
    found = Person(
        copy.person_id,
        Identity(
            names=names, birth_dates=dates,
            nationalities=identity.nationalities if fields & Known.NATIONALITY else (),
            documents=identity.documents if fields & Known.DOCUMENT else (),
        ),
    )  # fmt: skip
    return found if fields_of(found) == fields else None


def _one_word(names: Sequence[Name], draws: Draws) -> tuple[Name, ...]:
    """One word of a name that is one name, whichever: registers lack first names and family names."""
    words = [Name.of(word) for name in names for word in name.full.replace(",", " ").split()]
    single = [word for word in words if fields_of(Person("copy", Identity(names=(word,)))) == Known.NAME]
    return (draws.one(single),) if single else ()


def _vague(copy: Person, draws: Draws) -> tuple[PartialDate, ...]:
    """The birth date as registers have it of whom the day is not known, in the shares in which they do."""
    days = copy.identity.birth_dates
    if not fields_of(copy) & Known.BIRTH_DATE:
        return days
    kind = draws.one_by_weight({kind: rates().assumed[f"birth_date_{kind}"] for kind in _VAGUE})
    return tuple(PartialDate.parse(differing_date(day.earliest, kind, draws)) for day in days)


def _on_roster(connection: Connection) -> set[int]:
    asked = select(people.c.fields).where(people.c.state == State.PRESENT).distinct()
    return set(connection.execute(asked).scalars())


__all__ = ["SAMPLE", "SEEDS", "Power", "copies", "fields_of", "masked", "measured"]
