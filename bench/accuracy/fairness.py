"""False alarms by how people are named, at equal recall: does anybody pay more for being named as they are?

For each culture of `kstep.synth`: synthetic people of it, none of them on a list, against the UN's and OFAC's lists, beside
how well altered copies of that culture's entries are found. The threshold of a culture is set so that the same share
of its copies is found in each. A culture of which the lists hold more people has more false alarms, so they are also counted
by pairs: person and entry of one culture.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from equal_recall import Measured, at_equal_recall, together
from figures import rate, table
from labelled import Row
from people import Listed, culture_of
from systems import Floats

from kstep.matching import Index, Prepared, build_index, columns_of, find_pairs, prepare, score_pairs, shipped_weights
from kstep.model import Entry, Precision
from kstep.model.intervals import wilson
from kstep.records import person_from_mapping
from kstep.synth.composing import compose
from kstep.synth.corrupting import NameWriter
from kstep.synth.cultures import MALE, Culture, cultures
from kstep.synth.differing import written_birth_date, written_nationality, written_sex
from kstep.synth.draws import Draws
from kstep.synth.fields import birth_dates, home_countries, nationalities
from kstep.synth.population import whole_names


@dataclass(frozen=True, slots=True)
class Variant:
    """What is compared: beside the name these `fields`; `unrelated` people a culture; hits from `lowest` millibits on, what has
    fewer counting as this. `recall` is the share of altered copies that each culture's own threshold finds.
    """

    title: str
    fields: tuple[str, ...]
    unrelated: int
    lowest: int
    recall: float


VARIANTS = (
    Variant("name, birth date, sex, nationality", ("birth_date", "sex", "nationality"), 10_000, 12_000, 0.9),
    Variant("name only", (), 3_000, 8_000, 0.7),
)

SEED = 5


def fairness(listed: Listed) -> None:
    """Measure and print. Copies are of entries with a day of birth only, so that each culture's say as much."""
    indexes = [build_index(label, entries) for label, entries in listed.entries.items()]
    copies: defaultdict[str, list[tuple[int, int, Row]]] = defaultdict(list)
    listed_of = Counter(culture_of(entry) for entries in listed.entries.values() for entry in entries)
    draws = Draws(SEED, "copies")
    for number, entries in enumerate(listed.entries.values()):
        for place, entry in enumerate(entries):
            if any(date.precision is Precision.DAY for date in entry.identity.birth_dates):
                copies[culture_of(entry)].append((number, place, _copy(entry, draws)))
    for variant in VARIANTS:
        measured = [
            Measured(
                culture.name, _of_copies(copies[culture.name], variant, indexes), _unrelated(culture, variant, indexes)
            )
            for culture in cultures()
        ]
        _print(measured, variant, listed_of)


def _copy(entry: Entry, draws: Draws) -> Row:
    """How a register has someone of an entry: name, birth date, sex and nationality, with the differences of `kstep.synth`."""
    written, _ = NameWriter(draws).written(entry.identity)
    row: Row = {"name": written.name or f"{written.given_names} {written.family_name}".strip()}
    fields = {"birth_date": written_birth_date(entry.identity, draws)[0], "sex": written_sex(entry.identity, draws)[0],
              "nationality": written_nationality(entry.identity, draws)[0]}  # fmt: skip
    return {**row, **{field: value for field, value in fields.items() if value}}


def _prepared(row: Row, variant: Variant) -> Prepared:
    kept = {field: value for field, value in row.items() if value and field in ("name", *variant.fields)}
    return prepare(person_from_mapping(kept, "x")[0].identity)


def _of_copies(copies: Sequence[tuple[int, int, Row]], variant: Variant, indexes: Sequence[Index]) -> Floats:
    found = []
    for number, index in enumerate(indexes):
        mine = [(place, row) for at, place, row in copies if at == number]
        if mine:
            side = columns_of([_prepared(row, variant) for _, row in mine])
            places = np.array([place for place, _ in mine], np.int64)
            scores = score_pairs(side, index.columns, np.arange(len(mine), dtype=np.int64), places, shipped_weights(),
                                 keys=index.keys)  # fmt: skip
            found.append(scores.millibits)
    return np.concatenate(found) / 1000 if found else np.empty(0)


def _unrelated(culture: Culture, variant: Variant, indexes: Sequence[Index]) -> Floats:
    draws, size = Draws(SEED, "unrelated", culture.name), variant.unrelated
    sexes = np.where(draws.uniform(size) < culture.male_share, MALE, 1 - MALE)
    names = whole_names(culture, compose(culture, sexes, draws), draws)
    homes = nationalities(home_countries(culture, size, draws), draws)
    dates = birth_dates(culture, size, draws)
    rows: list[Row] = [
        {"name": name, "birth_date": date, "sex": "M" if sex == MALE else "F", "nationality": home.split(";")}
        for name, date, sex, home in zip(names, dates, sexes.tolist(), homes, strict=True)
    ]
    side = columns_of([_prepared(row, variant) for row in rows])
    most = np.full(size, variant.lowest - 1, np.int64)
    for index in indexes:
        for pair in find_pairs(side, index, variant.lowest, shipped_weights()).pairs:
            most[pair.person] = max(most[pair.person], pair.millibits)
    return most / 1000


def _print(measured: Sequence[Measured], variant: Variant, listed_of: Mapping[str, int]) -> None:
    need = shipped_weights().needed(0.5) / 1000
    every = together(measured)
    lines = []
    for each in (*measured, every):
        flagged = int((each.unrelated >= need).sum())
        interval = wilson(flagged, len(each.unrelated))
        assert interval
        entries = sum(listed_of.values()) if each is every else listed_of[each.culture]
        pairs = sum(
            len(group.unrelated) * listed_of[group.culture] for group in (measured if each is every else [each])
        )
        million = len(each.unrelated) * 1e6 / pairs if pairs else 0.0
        recall = rate(float((each.true >= need).mean()) if len(each.true) else None)
        lines.append([
            each.culture, f"{entries:,}", f"{len(each.true):,}", recall,
            rate(flagged / len(each.unrelated), 5), f"{interval.low:.5f} to {interval.high:.5f}",
            f"{flagged / len(each.unrelated) * million:.1f}", f"{interval.low * million:.1f} to {interval.high * million:.1f}",
            *at_equal_recall(each, every, variant.recall, variant.lowest / 1000),
        ])  # fmt: skip
    table(f"false alarms by culture: {variant.unrelated:,} synthetic people of each against both lists, {variant.title}",
          ["culture", "entries", "altered copies", "recall at .5", "flagged at .5", "(95 %)", "of a million pairs", "(95 %)",
           f"flagged at recall {variant.recall}", "(95 %, bootstrap)", "beside all"], lines)  # fmt: skip
