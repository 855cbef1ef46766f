"""The `ofac-sdn` kind: OFAC's legacy CSV, a directory of `sdn.csv`, `alt.csv`, `add.csv`, perhaps `sdn_comments.csv`.

The files have no header, end in a Ctrl-Z, and write `-0-` for null; every row stands on one line. Each row of each file
is an entry, belongs to one, belongs to something that is not a person, or is left out by its line.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kstep.lists.account import Account, Reason
from kstep.lists.edition import Edition, edition_id
from kstep.lists.gathering import Gathering
from kstep.lists.ofac_remarks import REMARKS_WIDTH, Clause, read_remarks, summary
from kstep.lists.ofac_values import ALIAS_TYPES, NOT_PEOPLE, add_name, of_party
from kstep.lists.source import decode, read_bytes
from kstep.model import Entry, InputError, NameQuality

KIND = "ofac-sdn"
COLUMNS = {"sdn.csv": 12, "alt.csv": 5, "add.csv": 6, "sdn_comments.csv": 2}
"""The files of the directory and how many columns each has; only the comments may be missing."""

_COMMENTS = "sdn_comments.csv"
_END_MARK = "\x1a"
_PARTY_KINDS = {"individual": "individual", "": "entity", "vessel": "vessel", "aircraft": "aircraft"}


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a file: where it stands, whose it is (`ent_num`), and its fields with null as empty text."""

    where: str
    ent_num: str
    fields: list[str]


@dataclass(slots=True)
class _Individual:
    """A row of `sdn.csv` that is a person, with what the other files add to it."""

    row: _Row
    person: Gathering
    continuation: str | None = None


def read(path: Path) -> Edition:
    """Read the directory `path`. Raises `InputError` if a file is missing or cannot be read to its end."""
    account = Account()
    files = _files(path)
    sources = [(name, read_bytes(file)) for name, file in files.items()]
    rows = {name: _rows(name, content, files[name], account) for name, content in sources}

    kinds: dict[str, str] = {}
    individuals: dict[str, _Individual] = {}
    for row in rows["sdn.csv"]:
        _read_party(row, kinds, individuals, account)
    for row in rows["alt.csv"]:
        if individual := _owner(row, "alias", kinds, individuals, account):
            _read_alias(individual.person, row)
    for row in rows["add.csv"]:
        _owner(row, "address", kinds, individuals, account)
    for row in rows.get(_COMMENTS, ()):
        if individual := _owner(row, "comment", kinds, individuals, account):
            _continue_remarks(individual, row)
    clauses: Counter[Clause] = Counter()
    for individual in individuals.values():
        _read_remarks(individual, clauses, has_comments=_COMMENTS in rows)
    account.note(summary(clauses))
    return account.edition(edition_id(KIND, sources), KIND, None, _entries(individuals, account))


def _files(path: Path) -> dict[str, Path]:
    """The files of the directory by their lower-case names; one that must be there and is not is named all the same."""
    if not path.is_dir():
        raise InputError("is not a directory", where=str(path), mend=f"name the folder that holds {', '.join(COLUMNS)}")
    try:
        found = {file.name.lower(): file for file in sorted(path.iterdir())}
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend="check its permissions") from None
    return {name: found.get(name, path / name) for name in COLUMNS if name in found or name != _COMMENTS}


def _text(name: str, content: bytes, path: Path, account: Account) -> str:
    try:
        return decode(content, path)
    except InputError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise InputError("is neither UTF-8 nor Windows-1252 text", where=f"{path}, line {line}",
                             mend="fetch the publisher's file again") from None  # fmt: skip
        account.note(f"{name} is not UTF-8 and was read as Windows-1252")
        return text


def _rows(name: str, content: bytes, path: Path, account: Account) -> list[_Row]:
    """The rows of one file; those that cannot be read are left out. Raises `InputError` if the last one breaks off."""
    text = _text(name, content, path, account).replace("\r\n", "\n").replace("\r", "\n").rstrip("\n ")
    body = text.removesuffix(_END_MARK)
    ended = body != text
    if not ended:
        account.unended(name)
        account.note(f"{name} has no end mark (Ctrl-Z), so rows that are missing at its end would not be noticed")
    lines = body.rstrip("\n ").split("\n")
    rows = []
    broken_off = ""
    for number, fields, refusal in _parsed(lines, COLUMNS[name]):
        where = f"{name}, line {number}"
        if not refusal:
            rows.append(_Row(f"{where} ({fields[0]})", fields[0], fields))
            continue
        account.count(f"unreadable row of {name}")
        account.leave_out(Reason.UNREADABLE_ROW, where, f"{refusal}: {lines[number - 1]}")
        if number == len(lines) and not ended and len(fields) < COLUMNS[name]:
            broken_off = f"breaks off: its last row, line {number}, {refusal}"
    if not rows and name != _COMMENTS:
        raise InputError(f"has no row of {COLUMNS[name]} columns that begins with a number", where=str(path),
                         mend=f"check that this is OFAC's {name}")  # fmt: skip
    if broken_off:
        raise InputError(broken_off, where=str(path), mend="fetch the publisher's file again")
    return rows


def _parsed(lines: list[str], columns: int) -> Iterator[tuple[int, list[str], str]]:
    """Each line that is not blank: its number, its fields with null as empty text, and why it is refused, if it is."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        # A line at a time: a quote that is never closed must not swallow the rows that follow.
        try:
            if "\0" in line:
                raise csv.Error("a NUL byte")
            fields = next(csv.reader([line], strict=True))
        except csv.Error as error:
            yield number, [], f"is not CSV ({error})"
            continue
        fields = ["" if field.strip() == "-0-" else field for field in fields]
        if len(fields) != columns:
            yield number, fields, f"has {len(fields)} columns, not {columns}"
        elif not (fields[0].isascii() and fields[0].isdigit()):
            yield number, fields, "does not begin with a number"
        else:
            yield number, fields, ""


def _read_party(row: _Row, kinds: dict[str, str], individuals: dict[str, _Individual], account: Account) -> None:
    kind = _PARTY_KINDS.get(row.fields[2].strip().lower())
    if kind is None:
        account.count("unreadable row of sdn.csv")
        account.leave_out(Reason.UNREADABLE_ROW, row.where, f"has the unknown type {row.fields[2]}: {row.fields[1]}")
        return
    account.count(kind)
    first = kinds.setdefault(row.ent_num, kind)
    if kind != "individual":
        account.leave_out(NOT_PEOPLE[kind], row.where, row.fields[1])
    elif row.ent_num in individuals or first != kind:
        account.leave_out(Reason.DUPLICATE_ID, row.where, row.fields[1])
    else:
        person = Gathering(account, row.where)
        add_name(person, row.fields[1], NameQuality.PRIMARY)
        individuals[row.ent_num] = _Individual(row, person)


def _owner(
    row: _Row, what: str, kinds: dict[str, str], individuals: dict[str, _Individual], account: Account
) -> _Individual | None:
    """The person to whom a row of another file belongs; counts the row under the kind of its owner."""
    kind = kinds.get(row.ent_num)
    if kind is None:
        account.leave_out(Reason.POINTS_AT_NOTHING, row.where, what)
    account.count(f"{what} {of_party(kind or '')}")
    return individuals.get(row.ent_num)


def _read_alias(person: Gathering, row: _Row) -> None:
    if row.fields[2].strip().lower() not in ALIAS_TYPES:
        person.account.unknown(f"alt.csv: type {row.fields[2] or '-0-'}")
    if row.fields[3].strip(" ,"):
        add_name(person, row.fields[3], NameQuality.STRONG)
    else:
        person.account.leave_out(Reason.NAMELESS, row.where, "alias")


def _continue_remarks(individual: _Individual, row: _Row) -> None:
    remarks, account = individual.row.fields[11], individual.person.account
    if individual.continuation is not None:
        account.leave_out(Reason.DUPLICATE_ID, row.where, row.fields[1])
    elif len(remarks) < REMARKS_WIDTH and (not remarks or remarks.endswith(".")):
        account.leave_out(Reason.UNREADABLE_ROW, row.where, f"continues remarks that are complete: {row.fields[1]}")
    else:
        individual.continuation = row.fields[1]


def _read_remarks(individual: _Individual, clauses: Counter[Clause], *, has_comments: bool) -> None:
    # The field is cut at its width, in the middle of a word; the continuation goes on with the next character.
    remarks = individual.row.fields[11] + (individual.continuation or "")
    ended = has_comments and remarks.endswith(".")
    broken_off = individual.continuation is None and len(remarks) >= REMARKS_WIDTH and not ended
    read_remarks(remarks, individual.person, clauses, broken_off=broken_off)


def _entries(individuals: dict[str, _Individual], account: Account) -> Iterator[Entry]:
    for ent_num, individual in individuals.items():
        if individual.person.nameless:
            account.leave_out(Reason.NAMELESS, individual.row.where, "individual")
            continue
        programmes = tuple(part.strip() for part in individual.row.fields[3].split("] [") if part.strip())
        yield Entry(ent_num, individual.person.identity(), programmes)
