"""Screening of files: a roster and lists in, possible matches out, and beside them everything that needs attention."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kstep.model import InputError
from kstep.records import PeopleFile, RowError
from kstep.screening.changes import Changes
from kstep.screening.report import Attention, write_report
from kstep.screening.reporting import report_of
from kstep.screening.rosters import Roster, roster_of
from kstep.screening.run import Means, Screening, screen
from kstep.screening.sources import ListSource, OpenList, files_of
from kstep.screening.writers import FORMATS, write_csv, write_jsonl, write_parquet

EXAMPLES = 5
"""Examples of each thing that needs attention; all of them are in the file beside the output."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run over files: who was read, what was found, and what needs attention (one `Remark` each)."""

    people: PeopleFile
    lists: Sequence[OpenList]
    screening: Screening
    threshold: float
    remarks: Sequence[Remark]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a person should look at: `what` kind of thing, the record it is about, and a sentence.

    `count` is how many things of the kind the sentence tells of.
    """

    what: str
    where: str
    record: str
    message: str
    count: int = 1


def screen_people(
    people: PeopleFile | Roster,
    lists: Sequence[OpenList],
    threshold: float,
    engine: str = "local",
    *,
    nominal_list: int | None = None,
    progress: Callable[[int], None] = lambda people: None,
    means: Means | None = None,
    changes: Changes | None = None,
) -> Outcome:
    """Screen everyone in a file that was read; `nominal_list` and what follows as in `run.screen`."""
    roster = people if isinstance(people, Roster) else roster_of(people)
    found = screen(
        roster.index,
        lists,
        threshold,
        engine,
        nominal_list=nominal_list,
        progress=progress,
        means=means,
        changes=changes,
    )
    remarks = [*_remarks(roster, lists, found, threshold)]
    if changes and nominal_list is None and found.prior != changes.prior_then:
        message = (
            f"the prior was {changes.prior_then / 1000:.1f} bits for the lists as they were and is {found.prior / 1000:.1f} now: "
            "screen everything once, or pairs that did not change stand as they were judged then"
        )
        remarks.append(Remark("another prior", "", "", message))
    return Outcome(roster.file, lists, found, threshold, remarks)


def _remarks(roster: Roster, lists: Sequence[OpenList], found: Screening, threshold: float) -> Iterator[Remark]:
    people = roster.file
    if not people.people:
        yield Remark("nobody to screen", "", "", "the file of people holds nobody")
    for column, meant in people.misnamed.items():
        message = f"looks like {meant} and was dropped; rename it and screen again, or these values are not compared"
        yield Remark("column not read", "", column, message)
    yield from (_row_remark("row refused", error) for error in people.refused)
    yield from (_row_remark("field not read", error) for error in people.errors)
    for person_id, rows in people.shared_ids.items():
        yield Remark("person_id shared", "", person_id, f"{rows} rows have this person_id; each of them was screened")
    for number in found.poor_people:
        message = (
            f"even a perfect copy of this record would stay below {threshold}: it needs a fuller name or a birth date"
        )
        yield Remark("person too poor to screen", "", roster.index.ids[number], message)
    for opened in lists:
        if not opened.index.entries:
            yield Remark("empty list", opened.label, "", "nobody is on it")
        for number in found.poor_entries[opened.label]:
            message = f"even a perfect copy of this entry would stay below {threshold}"
            yield Remark("entry too poor to be found", opened.label, opened.index.ids[number], message)
        for reason, count in opened.left_out_of_people.items():
            message = f"{count:,} × {reason}; `kstep lists inspect` names each"
            yield Remark("left out of the list", opened.label, "", message, count)


def _row_remark(what: str, error: RowError) -> Remark:
    column = f", {error.field}" if error.field else ""
    return Remark(what, f"line {error.line}{column}", error.record_id, error.message)


def attention(outcome: Outcome) -> list[Attention]:
    """What needs attention of a run."""
    return by_kind(outcome.remarks)


def by_kind(remarks: Sequence[Remark]) -> list[Attention]:
    """The remarks by kind, with how many there are and a few examples."""
    kinds: dict[str, list[Remark]] = {}
    for remark in remarks:
        kinds.setdefault(remark.what, []).append(remark)
    return [
        Attention(what, sum(remark.count for remark in found), [_example(remark) for remark in found[:EXAMPLES]])
        for what, found in kinds.items()
    ]


def _example(remark: Remark) -> str:
    named = " ".join(part for part in (remark.where, remark.record) if part)
    return f"{named}: {remark.message}" if named else remark.message


def remarks_path(out: Path) -> Path:
    """Where the remarks of a run are written: beside its output."""
    return out.with_name(out.name + ".attention.jsonl")


def write_outcome(outcome: Outcome, out: Path, form: str, title: str, seconds: float | None = None) -> None:
    """Write the possible matches to `out` in the given form, and the remarks beside it (none: the file is taken
    away). Matches never stand there without their remarks.
    """
    rows = [match.to_json() for match in outcome.screening.matches]
    beside = remarks_path(out)
    with whole_file(out) as temporary:
        if form == "html":
            write_report(report_of(outcome, title, attention(outcome), seconds), temporary)
        elif form == "parquet":
            write_parquet(rows, temporary)
        else:
            with temporary.open("w", encoding="utf-8", newline="") as stream:
                (write_jsonl if form == "jsonl" else write_csv)(rows, stream)
        if outcome.remarks:
            with whole_file(beside) as remarks, remarks.open("w", encoding="utf-8") as stream:
                write_remarks(outcome.remarks, stream)
    if not outcome.remarks:
        try:
            beside.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(beside, error) from None


def write_remarks(remarks: Sequence[Remark], stream: IO[str]) -> None:
    """One JSON object a line."""
    write_jsonl(({"what": remark.what, "where": remark.where, "record": remark.record, "message": remark.message}
                 for remark in remarks), stream)  # fmt: skip


@contextmanager
def whole_file(path: Path, option: str = "--out") -> Iterator[Path]:
    """A temporary file that takes the place of `path` when all of it was written, and is gone when it was not.

    Raises `InputError`, with `option` in its mend, if it cannot be written.
    """
    place = _place(path)
    try:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:100]}-")
        os.close(handle)
    except OSError as error:
        raise _unwritable(path, error, option) from None
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(place)
    except OSError as error:
        raise _unwritable(path, error, option) from None
    finally:
        temporary.unlink(missing_ok=True)


def _place(path: Path) -> Path:
    """Where `path` leads, so that a symbolic link stays one."""
    return Path(os.path.realpath(path))


def _unwritable(path: Path, error: OSError, option: str = "--out") -> InputError:
    return InputError(
        f"cannot be written ({error.strerror})", where=str(path), mend=f"choose another place with {option}"
    )


def check_out(out: Path, people: Path, lists: Sequence[ListSource], option: str = "--out") -> Path:
    """The place of the output, if something can be written there. Raises `InputError` otherwise.

    A device or a pipe would be replaced by a file, and one of the files that are read would be lost.
    """
    try:
        if out.exists() and not out.is_file():
            raise InputError("is not an ordinary file", where=str(out), mend=f"name a file with {option}")
        tempfile.TemporaryFile(dir=_place(out).parent).close()
    except OSError as error:
        raise _unwritable(out, error, option) from None
    with suppress(OSError):  # what cannot be looked at is refused when it is read
        for path in (people, *(file for source in lists for file in files_of(source))):
            if out.exists() and path.exists() and out.samefile(path):
                raise InputError(
                    "is one of the files that are read", where=str(out), mend=f"name another one with {option}"
                )
    return out


def form_of(out: Path | None) -> str:
    """The form of output that a file's ending says, or JSON lines."""
    ending = out.suffix.lower().removeprefix(".") if out else ""
    return ending if ending in FORMATS else "jsonl"


def check_form(form: str) -> str:
    """The output's form, if there is one of that name. Raises `InputError` otherwise."""
    if form not in FORMATS:
        raise InputError(
            f"{form!r} is not a form of output", where="--format", mend=f"write one of {', '.join(FORMATS)}"
        )
    return form
