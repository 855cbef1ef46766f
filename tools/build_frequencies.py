"""Build the pinned frequencies, of name tokens, sounds and countries, from real lists and Wikidata names.

Run with the folder of real data: `python tools/build_frequencies.py DATA`. The same data gives the same bytes.
Each source is a population of its own. A token's share of people is taken where it is highest, less two standard
errors so that a handful of people on a short list does not make a rare name common; nowhere less than its share
of all sources together. A country's share is that among the nationals on the list where it is highest.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from faker.config import AVAILABLE_LOCALES

from kstep.lists import read_list
from kstep.names import scripts
from kstep.names.frequencies import UNSEEN_SOUND, UNSEEN_TOKEN
from kstep.names.keys import is_initial, sound_keys
from kstep.names.tokens import tokenize

TOKENS_A_PERSON = 2.2
"""Name tokens a person has in Wikidata, to turn counts of tokens into shares of people."""

WORDS_APART = ("arabic", "hebrew", "russian")
"""Languages of which a native token is one word too; others write a foreign name in syllables that mean nothing
alone.
"""

USUAL_PEOPLE = 10_000.0

LISTS = [("ofac-sdn", "ofac-sdn/2024-05"), ("un", "un/consolidated-2026-02-27.xml")]
PREAMBLE = """\
# Weights of name tokens and of sound keys: -log2 of the share of people who carry one, in millibits; rarer ones are left out.
# Made by tools/build_frequencies.py from counts in: OFAC SDN list of 2024-05-03 and UN consolidated list of 2026-02-27
# (names of individuals), name tokens mined from Wikidata by Merhav and Ash (COLING 2018; CC0) in seven languages, and the
# usual names of some 80 countries in Faker (MIT).
"""

COUNTRY_PREAMBLE = """\
# What it earns to share a nationality or country of birth: -log2 of its share among the people of a list, in millibits;
# rarer ones earn the most that the weights allow. Made by tools/build_frequencies.py from the same two lists.
"""

RAREST_COUNTRY = 5_000
"""Millibits from which a country need not be named: the most that sharing one may earn."""


class Population:
    """Counts of tokens and sounds among the people of one source; `sampled` if the counts are of a sample."""

    def __init__(self, people: float = 0.0, sampled: bool = True) -> None:
        self.people = people
        self.sampled = sampled
        self.tokens: defaultdict[str, float] = defaultdict(float)
        self.sounds: defaultdict[str, float] = defaultdict(float)

    def add(self, tokens: Iterable[str], count: float, people: float) -> None:
        """`count` bearers of each of `tokens`, who are `people` more people."""
        distinct = {token for token in tokens if not is_initial(token)}
        for token in distinct:
            self.tokens[token] += count
        for key in {key for token in distinct for key in sound_keys(token)}:
            self.sounds[key] += count
        self.people += people


def wikidata(path: Path) -> Population:
    """One file of (Latin, native letters, count)."""
    population = Population()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            romanized, native, count = line.rstrip("\n").split("\t")
            people = int(count) / TOKENS_A_PERSON
            population.add(tokenize(romanized).tokens, int(count), people)
            if path.name.startswith(WORDS_APART):
                population.add(tokenize(native.replace(" ", "")).tokens, int(count), 0)
    return population


def country(locale: str) -> Population | None:
    """The given and family names that Faker (MIT) knows to be usual in a country: a made-up 10,000 people who carry
    them.
    """
    try:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    except ModuleNotFoundError:
        return None
    population = Population(people=USUAL_PEOPLE, sampled=False)
    given = [_shares(provider, name) for name in ("first_names_male", "first_names_female")]
    given = [shares for shares in given if shares] or [_shares(provider, "first_names")]
    family = [_shares(provider, name) for name in ("last_names", "last_names_male", "last_names_female")]
    for kinds in (given, [shares for shares in family if shares][:1]):
        for shares in kinds:
            for written, share in shares.items():
                tokens = tokenize(written).tokens
                cut = scripts.HAN.search(written) or scripts.HANGUL.search(written)
                population.add([scripts.latin(written)] if cut else tokens, share * USUAL_PEOPLE / len(kinds), 0)
    return population


def _shares(provider: type, attribute: str) -> dict[str, float]:
    """The names of one kind and their shares; names without weights are taken to be equally usual."""
    names = vars(provider).get(attribute, ())
    if isinstance(names, property):
        return {}
    weights = names if isinstance(names, Mapping) else Counter(names)
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def listed(kind: str, path: Path) -> Population:
    """One list: each entry is a person who carries the tokens of all its names."""
    population = Population()
    for entry in read_list(kind, path).entries:
        names = [tokenize(name.full) for name in entry.identity.names]
        spoken = {token for name in names for token in (*name.tokens, *(join.token for join in name.joins))}
        population.add(spoken & {token for name in names for token in name.tokens}, 1, 1)
    return population


def weights(
    populations: list[Population], counts: Callable[[Population], Mapping[str, float]], unseen: int
) -> Iterator[tuple[str, int]]:
    """Each text that is not rare, with its weight in millibits."""
    everyone = sum(population.people for population in populations if population.sampled)
    together: defaultdict[str, float] = defaultdict(float)
    highest: dict[str, float] = {}
    for population in populations:
        for text, count in counts(population).items():
            together[text] += count * population.sampled
            share = (count - 2 * math.sqrt(count) * population.sampled) / population.people
            highest[text] = max(highest.get(text, 0.0), share)
    for text in sorted(together):
        share = max(highest[text], together[text] / everyone)
        millibits = round(-1000 * math.log2(min(share, 0.5)))
        if millibits < unseen:
            yield text, millibits


def countries(kind: str, path: Path) -> Population:
    """One list's nationals."""
    population = Population()
    for entry in read_list(kind, path).entries:
        if entry.identity.nationalities:
            for code in entry.identity.nationalities:
                population.tokens[code] += 1
            population.people += 1
    return population


def main() -> None:
    """Write the data files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of real data")
    parser.add_argument("--package", type=Path, default=Path("src/kstep"), help="the package's folder")
    options = parser.parse_args()
    files = sorted((options.data / "transliteration").glob("*.tsv.gz"))
    populations = [wikidata(path) for path in files]
    populations += [listed(kind, options.data / path) for kind, path in LISTS]
    populations += [found for locale in sorted(AVAILABLE_LOCALES) if (found := country(locale))]
    with (options.package / "names/data/frequencies.tsv").open("w", encoding="utf-8", newline="\n") as out:
        out.write(PREAMBLE)
        for text, millibits in weights(populations, lambda population: population.tokens, UNSEEN_TOKEN):
            out.write(f"token\t{text}\t{millibits}\n")
        for text, millibits in weights(populations, lambda population: population.sounds, UNSEEN_SOUND):
            out.write(f"sound\t{text}\t{millibits}\n")
    nationals = [countries(kind, options.data / path) for kind, path in LISTS]
    with (options.package / "matching/data/countries.tsv").open("w", encoding="utf-8", newline="\n") as out:
        out.write(COUNTRY_PREAMBLE)
        for text, millibits in weights(nationals, lambda population: population.tokens, RAREST_COUNTRY):
            out.write(f"{text}\t{millibits}\n")


if __name__ == "__main__":
    main()
