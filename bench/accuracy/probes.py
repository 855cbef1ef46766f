"""Names written by hand, as they are known to be spelt: a few of every script, and three cases of a name's structure.

Too few to measure a rate, enough to see what a system cannot read at all. In `probes.tsv` every name of a script beside
every other name of it is a false pair; `structures.tsv` says of each pair what it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from labelled import LabelledSet, Row, pair, person, script_of

HERE = Path(__file__).parent


def probe_sets() -> Iterator[LabelledSet]:
    """Spellings of one script against the other, and structures of names. Nothing is ever fitted on them."""
    yield "probes_test", _spellings()
    yield "structures_test", _structures()


def _lines(name: str) -> list[list[str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _spellings() -> list[Row]:
    by_script: defaultdict[str, list[tuple[str, str, list[str]]]] = defaultdict(list)
    for culture, native, latin in _lines("probes.tsv"):
        spellings = [spelling.strip() for spelling in latin.split(";")]
        by_script[script_of(native)].append((culture, native, spellings))
    rows = []
    for script, names in by_script.items():
        for culture, native, own in names:
            for _, other, spellings in names:
                if other == native or not set(spellings) & set(own):
                    rows += [pair(person([spelling]), person([native]), other == native, culture=culture, script=script)
                             for spelling in spellings]  # fmt: skip
    return rows


def _structures() -> list[Row]:
    return [pair(person([left]), person([right]), match == "yes", culture=culture, script="Latin", case=case)
            for case, culture, left, right, match in _lines("structures.tsv")]  # fmt: skip
