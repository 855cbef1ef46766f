"""Synthetic people as a file of the person input (CSV, JSON lines or Parquet), with the truth about planted matches.

The same arguments give the same bytes. People are written as they are made, so memory does not grow with their number.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kstep.model import Entry, InputError
from kstep.synth.planting import Planter, Truth
from kstep.synth.population import SyntheticPerson, people

_SEVERAL = ("aliases", "nationality", "documents")
"""Fields that may hold several values: lists in JSON lines, parted by `;` elsewhere."""


@dataclass(frozen=True, slots=True)
class SynthReport:
    """What was written: the files, how many people, how many of them planted, and how often each corruption."""

    path: Path
    truth: Path | None
    people: int
    planted: int
    corruptions: Mapping[str, int]


def write_people(
    path: Path,
    n: int,
    seed: int,
    *,
    lists: Sequence[tuple[str, Sequence[Entry]]] = (),
    planted_share: float = 0.001,
    truth: Path | None = None,
    common: float | None = None,
) -> SynthReport:
    """Write `n` synthetic people to `path`, a `planted_share` of them (at least one) copies of entries of `lists`.

    `lists` are pairs of a list's name and its entries; the truth goes to `truth`, or beside `path` with the suffix
    `.truth.csv`, if there are any. An entry is planted again only when all were. `common` is the share of people who bear
    one of the ten commonest given names, as in `people`. Raises `InputError` for a suffix other than `.csv`, `.jsonl` and
    `.parquet`, a negative `n`, a share that cannot be had, or a folder that cannot be written to.
    """
    if n < 0:
        raise InputError(f"{n} is not a number of people", mend="write 0 or more")
    if not 0.0 <= planted_share <= 1.0:
        raise InputError(f"{planted_share} is not a share of the people", mend="write a number from 0 to 1")
    write = {".csv": write_csv, ".jsonl": _write_jsonl, ".parquet": _write_parquet}.get(path.suffix)
    if write is None:
        raise InputError(f"{path.suffix or 'no suffix'!r} is not a kind of people file", where=str(path),
                         mend="name it .csv, .jsonl or .parquet")  # fmt: skip
    rows = people(n, seed, common)
    planter = Planter(n, seed, lists, planted_share)
    truth = (truth or path.with_suffix(".truth.csv")) if lists else None
    try:
        write(path, planter.planted(rows))
        if truth:
            _write_rows(truth, Truth._fields, planter.truths)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(path), mend="check the folder") from None
    kinds = Counter(kind for row in planter.truths for kind in row.corruptions.split(";"))
    return SynthReport(path, truth, n, len(planter.truths), dict(sorted(kinds.items())))


def _write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_csv(path: Path, rows: Iterable[SyntheticPerson]) -> None:
    """Write these people as CSV. Raises `OSError`."""
    _write_rows(path, SyntheticPerson._fields, rows)


def _write_jsonl(path: Path, rows: Iterator[SyntheticPerson]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for row in rows:
            fields: dict[str, str | list[str]] = {field: value for field, value in row._asdict().items() if value}
            for field in _SEVERAL:
                if isinstance(value := fields.get(field), str):
                    fields[field] = value.split(";")
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")


def _write_parquet(path: Path, rows: Iterator[SyntheticPerson]) -> None:
    """By way of a CSV file beside it, which polars turns into Parquet as a stream."""
    passing = path.with_suffix(".parquet.csv")
    try:
        write_csv(passing, rows)
        pl.scan_csv(passing, infer_schema=False).sink_parquet(path)
    finally:
        passing.unlink(missing_ok=True)
