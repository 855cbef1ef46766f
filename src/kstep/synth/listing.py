"""Synthetic watchlists in publishers' formats: OFAC's legacy directory, the UN's XML, or one's own table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kstep.model import InputError
from kstep.model.collector import garbage_collector_paused
from kstep.synth.entries import ListedPerson, listed_people
from kstep.synth.ofac import write_ofac
from kstep.synth.un import write_un

_TABLE = ("entry_id", "name", "family_name", "given_names", "aliases", "weak_aliases", "birth_date", "sex",
          "nationality", "birth_country", "documents", "listed_on")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListReport:
    """What was written: path, kind of list, how many people, and how many organisations, vessels and aircraft."""

    path: Path
    kind: str
    people: int
    others: int


def write_list(path: Path, kind: str, n: int, seed: int) -> ListReport:
    """Write a list of `n` synthetic people to `path`; the same arguments give the same bytes.

    `kind` is `ofac-sdn` (`path` is a directory), `un` or `table` (a `.csv` file). The first two have other entries
    beside the people, as the real lists do. Raises `InputError` for another kind, a negative `n`, a table that is not
    CSV, or a path that cannot be written to.
    """
    if n < 0:
        raise InputError(f"{n} is not a number of people", mend="write 0 or more")
    if kind == "table" and path.suffix != ".csv":
        raise InputError("a table is written as CSV", where=str(path), mend="name it .csv")
    writers = {"ofac-sdn": write_ofac, "un": write_un, "table": _write_table}
    if kind not in writers:
        raise InputError(f"{kind!r} is not a kind of list that can be made", mend=f"write one of {', '.join(writers)}")
    try:
        with garbage_collector_paused():
            others = writers[kind](path, listed_people(kind, n, seed), seed)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(path), mend="check the path") from None
    return ListReport(path, kind, n, others)


def _write_table(path: Path, people: Iterator[ListedPerson], seed: int) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_TABLE)
        for number, person in enumerate(people, start=1):
            writer.writerow([f"T{number:06d}", *_row(person)])
    return 0


def _row(person: ListedPerson) -> list[str]:
    whole = person.name.spoken(person.family_first)
    born = person.birth_dates[0] if person.birth_dates else None
    length = {"day": 10, "month": 7}.get(born.kind, 4) if born else 0
    aliases = [alias.spoken(person.family_first) for alias in person.aliases]
    if person.original_script:
        aliases.append(person.original_script)
    return [
        "" if person.name.family else whole,
        person.name.family,
        person.name.given if person.name.family else "",
        ";".join(aliases),
        ";".join(person.weak_aliases),
        born.day.isoformat()[:length] if born else "",
        person.sex,
        person.nationality,
        person.birth_country,
        ";".join([":".join(paper) for paper in person.papers]),
        person.listed_on.isoformat(),
    ]
