"""The samples of tests/lists/samples and how an edition is compared with what a right reader must return.

The format of the expected files is told in tests/lists/samples/README.md; a key that they leave out is not compared.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from kstep.lists import Edition
from kstep.model import Entry, Name

SAMPLES = Path(__file__).parent / "lists" / "samples"

_PLAIN_SETS = ("birth_dates", "sexes", "nationalities", "birth_countries", "birth_places")


def disagreements(edition: Edition, sample: str) -> list[str]:
    """Where `edition`, read from the file `sample` (as in `eu/full.csv`), is not what its expected file says."""
    expected = json.loads((SAMPLES / f"{sample}.expected.json").read_text(encoding="utf-8"))
    return list(_of_edition(edition, expected))


def malformed() -> list[tuple[str, str, dict[str, int]]]:
    """Each malformed file's name, its outcome (`refused`, `read` or `either`), and what is left out when it is read."""
    table = (SAMPLES / "malformed" / "README.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| `")
    ]
    return [(name.strip("`"), outcome, _counts(left_out)) for name, _, outcome, left_out in rows]


def _counts(cell: str) -> dict[str, int]:
    parts = (part.rsplit(" ", 1) for part in cell.split(", ") if part)
    return {reason: int(count) for reason, count in parts}


def _of_edition(edition: Edition, expected: Mapping[str, Any]) -> Iterator[str]:
    if "source_date" in expected and expected["source_date"] != _iso(edition.source_date):
        yield f"source date is {_iso(edition.source_date)}, not {expected['source_date']}"
    yield from _of_counts(edition.left_out_by_reason, expected["left_out"])
    least = expected.get("unknown_count_at_least", 0)
    if sum(edition.unknown.values()) < least:
        yield f"{sum(edition.unknown.values())} unknown elements are counted, not {least} or more"
    entries = {entry.entry_id: entry for entry in edition.entries}
    if len(entries) != len(edition.entries):
        yield "two entries share an id"
    for wanted in expected["entries"]:
        entry = next((entries.pop(one) for one in wanted["entry_id"].split("|") if one in entries), None)
        if entry is None:
            yield f"entry {wanted['entry_id']} is missing"
        else:
            yield from (f"entry {entry.entry_id}: {said}" for said in _of_entry(entry, wanted))
    yield from (f"entry {entry_id} should not be there" for entry_id in entries)


def _of_counts(left_out: Mapping[str, int], wanted: Mapping[str, int | list[int]]) -> Iterator[str]:
    for reason in sorted({*left_out, *wanted}):
        count = wanted.get(reason, 0)
        least, most = count if isinstance(count, list) else (count, count)
        if not least <= left_out.get(reason, 0) <= most:
            yield f"{left_out.get(reason, 0)} left out as {reason!r}, not {count}"


def _of_entry(entry: Entry, wanted: Mapping[str, Any]) -> Iterator[str]:
    identity = entry.identity
    for key in _PLAIN_SETS:
        if key in wanted:
            yield from _of_sets(key, map(str, getattr(identity, key)), [{one} for one in wanted[key]])
    if "documents" in wanted:
        yield from _of_sets("documents", map(str, identity.documents), [_readings(one) for one in wanted["documents"]])
    if "programmes" in wanted:
        yield from _of_sets("programmes", entry.programmes, [{one} for one in wanted["programmes"]])
    if "listed_on" in wanted and wanted["listed_on"] != _iso(entry.listed_on):
        yield f"listed on {_iso(entry.listed_on)}, not {wanted['listed_on']}"
    if missing := set(wanted.get("references", ())) - set(entry.references):
        yield f"references lack {sorted(missing)}"
    if never := set(wanted.get("never_birth_dates", ())) & set(map(str, identity.birth_dates)):
        yield f"birth dates have {sorted(never)}, which no reading of the source gives"
    if "names" in wanted:
        yield from _of_names(identity.names, wanted["names"])
    bags = [sorted(_shown(name.full).split()) for name in identity.names]
    for words in wanted.get("name_words", ()):
        if sorted(_shown(words).split()) not in bags:
            yield f"no name is made of the words {words!r}"


def _of_names(names: tuple[Name, ...], wanted: list[list[str]]) -> Iterator[str]:
    yield from _of_sets("names", (_shown(name.full) for name in names), [{_shown(one[0])} for one in wanted])
    for full, *parts, quality in wanted:
        same = [name for name in names if _shown(name.full) == _shown(full)]
        if same and not any(name.quality.value in quality.split("|") for name in same):
            yield f"name {full!r} is {same[0].quality.value}, not {quality}"
        if same and parts and not any([_shown(name.family), _shown(name.given)] == parts for name in same):
            yield f"name {full!r} has parts {same[0].family!r}, {same[0].given!r}, not {parts}"


def _of_sets(key: str, found: Iterable[str], wanted: list[set[str]]) -> Iterator[str]:
    rest = set(found)
    for readings in wanted:
        if not rest & readings:
            yield f"{key} lack {' or '.join(sorted(readings))}"
        rest -= readings
    if rest:
        yield f"{key} have {sorted(rest)} too many"


def _readings(document: str) -> set[str]:
    kinds, issuers, number = document.split(":", 2)
    return {f"{kind}:{issuer}:{number}" for kind, issuer in product(kinds.split("|"), issuers.split("|"))}


def _shown(text: str) -> str:
    """`text` without format characters (marks of direction, joiners) and with white space collapsed."""
    return " ".join("".join(ch for ch in text if unicodedata.category(ch) != "Cf").split())


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
