"""`table` lists: one's own list as CSV, JSON lines or Parquet, with the columns of the person input and `entry_id`.

Every row is an entry or is left out for a named reason; a bad field is left out and its entry kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from kstep.lists.account import Account, Reason
from kstep.lists.edition import Edition, edition_id
from kstep.lists.source import read_bytes
from kstep.model import Entry, PartialDate, Precision, ValueRefused
from kstep.model.collector import garbage_collector_paused
from kstep.records.columns import Columns, Undeclared
from kstep.records.identity import id_of, identity_of, known, parsed
from kstep.records.row import FieldError, Fields, Row, Texts
from kstep.records.rows import format_of, place_word, read_rows

KIND = "table"
ENTRY_COLUMNS = Columns.of("entry_id", "weak_aliases", "programmes", "listed_on", "references")

_REASONS = {
    "birth_date": Reason.UNREADABLE_DATE,
    "listed_on": Reason.UNREADABLE_DATE,
    "nationality": Reason.UNKNOWN_COUNTRY,
    "birth_country": Reason.UNKNOWN_COUNTRY,
    "sex": Reason.UNKNOWN_SEX,
    "documents": Reason.UNREADABLE_DOCUMENT,
    **dict.fromkeys(("name", "family_name", "given_names", "aliases", "weak_aliases"), Reason.UNREADABLE_NAME),
}


def read(path: Path) -> Edition:
    """The edition of the table at `path`. Raises `InputError` if it cannot be read to its end or lacks a column."""
    ending = format_of(path)
    content = read_bytes(path)
    account = Account()
    undeclared = Undeclared()
    with garbage_collector_paused():
        rows = read_rows(path, ENTRY_COLUMNS, undeclared, content)
        entries = tuple(_entries(rows, place_word(path), account))
    for column in undeclared.names:
        account.unknown(column)
    return account.edition(edition_id(KIND, [(f"table{ending}", content)]), KIND, None, entries)


def _entries(rows: Iterator[Row], place: str, account: Account) -> Iterator[Entry]:
    ids: set[str] = set()
    for row in rows:
        where = f"{place} {row.line}"
        account.count("row")
        if row.refusal:
            account.leave_out(Reason.UNREADABLE_ROW, where, row.refusal)
            continue
        try:
            entry_id = id_of(row, ENTRY_COLUMNS)
        except ValueRefused as refused:
            account.leave_out(Reason.UNREADABLE_ROW, where, str(refused))
            continue
        if entry_id in ids:
            account.leave_out(Reason.DUPLICATE_ID, where, f"entry_id {entry_id}")
            continue
        entry, errors = _entry(entry_id, row.fields)
        for column, message in (*row.errors, *errors):
            account.leave_out(_REASONS.get(column, Reason.UNREADABLE_FIELD), where, f"{column}: {message}")
        if entry.identity.names or entry.identity.documents:
            ids.add(entry_id)
            yield entry
        else:
            account.leave_out(Reason.NAMELESS, where, f"entry_id {entry_id} has neither a name nor a document")


def _entry(entry_id: str, fields: Fields) -> tuple[Entry, list[FieldError]]:
    identity, errors = identity_of(fields)
    programmes = known(fields, "programmes", _texts, errors)
    references = known(fields, "references", _texts, errors)
    listed_on = known(fields, "listed_on", _days, errors)
    if len(listed_on) > 1:
        errors.append(("listed_on", f"has {len(listed_on)} values, and the first was taken; write one"))
    return Entry(entry_id, identity, programmes, listed_on[0] if listed_on else None, references), errors


def _texts(texts: Texts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return parsed(texts, str)


def _days(texts: Texts) -> tuple[tuple[date, ...], tuple[str, ...]]:
    return parsed(texts, _day)


def _day(text: str) -> date:
    found = PartialDate.parse(text)
    if found.precision is not Precision.DAY:
        raise ValueRefused(f"{text!r} is not a day; write YYYY-MM-DD")
    return found.earliest
