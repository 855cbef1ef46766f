"""What the labelled sets are made of: persons as the person input has them, pairs with their label, queries with their truth.

A set's rows are JSON objects. Nothing here, or in the modules that make the sets, reads names as the matcher does: a change
of the matcher never changes a set.
"""

from __future__ import annotations

import json
import random
import re
import runpy
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from anyascii import anyascii

from kstep.model import Identity, Name, NameQuality, PartialDate, Precision

Row = dict[str, object]
"""A person, a pair or a query, as it is written to a line."""

LabelledSet = tuple[str, list[Row]]
"""The name of a set's file, without the suffix, and its rows. The name begins with the set and ends with its half."""

HALVES = ("fit", "test")
"""What may be fitted on, and what measures."""

_split = runpy.run_path(str(Path(__file__).parents[2] / "tools/held_out.py"))
is_held_out: Callable[[str], bool] = _split["is_held_out"]
is_fit_entry: Callable[[str], bool] = _split["is_fit_entry"]
"""The split that everything fitted from data keeps to: of tokens by native form, of entries by id."""

LONGEST_RANGE = 5
"""Years of a range of birth years that are written out one by one; a longer range is left out."""


def chance(*purpose: str) -> random.Random:
    """A source of chance for one purpose, the same in every run."""
    return random.Random("\0".join(("kstep bench accuracy", *purpose)))


def person(names: Sequence[str], identity: Identity | None = None) -> Row:
    """A person of these names (the first is the name, the others aliases), with the other fields of `identity`.

    Birth dates that the person input cannot say become what it can: about a year is the year, a range of few years each
    of them. Documents are never written.
    """
    row: Row = {"name": names[0]}
    if len(names) > 1:
        row["aliases"] = list(names[1:])
    if identity:
        fields = {
            "birth_date": [text for date in identity.birth_dates for text in _dates(date)],
            "sex": [sex.value for sex in identity.sexes],
            "nationality": list(identity.nationalities),
            "birth_country": list(identity.birth_countries),
        }
        row.update({field: values for field, values in fields.items() if values})
    return row


def _dates(date: PartialDate) -> Iterator[str]:
    if date.precision is Precision.RANGE or date.circa:
        first, last = date.earliest.year, date.latest.year
        if last - first < LONGEST_RANGE:
            yield from (f"{year:04d}" for year in range(first, last + 1))
    else:
        yield str(date)


def completeness(left: Row, right: Row) -> str:
    """Which fields both persons of a pair have, to group by: `name`, `name birth_date`, ..."""
    both = [
        field for field in ("birth_date", "sex", "nationality", "birth_country") if field in left and field in right
    ]
    return " ".join(["name", *both])


def pair(left: Row, right: Row, match: bool, **labels: str) -> Row:
    """A labelled pair; `labels` are what tables group by."""
    return {"left": left, "right": right, "match": match, "completeness": completeness(left, right), **labels}


def query(asked: Row, truth: Iterable[str], **labels: str) -> Row:
    """A person to be searched for in lists, and the entries that are this person, as `list:entry_id`."""
    fields = [field for field in ("birth_date", "sex", "nationality", "birth_country") if field in asked]
    return {"person": asked, "truth": sorted(truth), "completeness": " ".join(["name", *fields]), **labels}


def good_names(identity: Identity) -> list[Name]:
    """The primary names and strong aliases. Weak ones stay out of pairs: the person input cannot say that they are weak."""
    return [name for name in identity.names if name.quality is not NameQuality.WEAK]


def plain(text: str) -> str:
    """A name's words in plain Latin letters, sorted: equal for names that differ in order, case, accents and signs only."""
    return " ".join(sorted(re.findall(r"[a-z0-9]+", anyascii(text).replace("'", "").lower())))


SCRIPTS = {"CJK": "Han", "HANGUL": "Hangul", "KATAKANA": "kana", "HIRAGANA": "kana"}
"""Scripts of which the names of letters do not begin with the name that people know."""


def script_of(text: str) -> str:
    """The script of most letters of `text`: `Latin`, `Arabic`, `Cyrillic`, `Han` ..."""
    words = [unicodedata.name(letter, "OTHER").split()[0].split("-")[0] for letter in text if letter.isalpha()]
    most = max(dict.fromkeys(words), key=words.count) if words else "OTHER"
    return SCRIPTS.get(most, most.title())


def write(rows: Iterable[Row], path: Path) -> None:
    """Write rows as JSON lines; the same rows give the same bytes."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def read(path: Path) -> list[Row]:
    """The rows of a set."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
