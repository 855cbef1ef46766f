"""The columns that a file may have, and what is said about those it has not or should not have."""

from __future__ import annotations

import difflib
import functools
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kstep.model import InputError, one_line

NAME_COLUMNS = ("name", "family_name", "given_names")
IDENTITY_COLUMNS = (*NAME_COLUMNS, "aliases", "birth_date", "sex", "nationality", "birth_country", "documents")
"""What identifies a person, the same in rosters and in `table` lists."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The declared columns of one kind of file: the one that holds the id of a row, and all of them."""

    id: str
    declared: frozenset[str]

    @classmethod
    def of(cls, id_column: str, *others: str) -> Columns:
        """The id, what identifies a person, and `others`."""
        return cls(id_column, frozenset((id_column, *IDENTITY_COLUMNS, *others)))


class Undeclared:
    """Collects the names of columns that a file has and nobody declared, while it is read."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def add(self, column: str) -> None:
        """The file has `column`; its values are dropped."""
        self._names[column] = None

    def meant(self) -> dict[str, str]:
        """Those of the columns that look like one that is compared, each with the column it looks like."""
        found = {name: _meant(name) for name in self._names}
        return {name: column for name, column in found.items() if column}

    @property
    def names(self) -> tuple[str, ...]:
        """Each such column once, in the file's order."""
        return tuple(self._names)

    def notice(self) -> str:
        """One sentence for people, or nothing if every column is declared."""
        if not self._names:
            return ""
        if len(self._names) == 1:
            return f"1 column is not declared and was dropped: {shortened(self.names)}"
        return f"{len(self._names):,} columns are not declared and were dropped: {shortened(self.names)}"


_OTHER_WORDS = {
    "dob": "birth_date", "dateofbirth": "birth_date", "born": "birth_date", "birthday": "birth_date", "gender": "sex",
    "citizenship": "nationality", "surname": "family_name", "lastname": "family_name", "firstname": "given_names",
    "forename": "given_names", "fullname": "name", "aka": "aliases", "passport": "documents", "idnumber": "documents",
    "countryofbirth": "birth_country", "placeofbirth": "birth_country",
}  # fmt: skip


def _meant(name: str) -> str:
    """The column of identity that a name of none looks like, or nothing."""
    letters = "".join(letter for letter in name.casefold() if letter.isalpha())
    if letters in _OTHER_WORDS:
        return _OTHER_WORDS[letters]
    plain = {column.replace("_", ""): column for column in IDENTITY_COLUMNS}
    near = difflib.get_close_matches(letters, plain, n=1, cutoff=0.8)
    return plain[near[0]] if near else ""


def shortened(items: Collection[str], most: int = 10) -> str:
    """The first `most` of `items` for a sentence, and how many more there are."""
    shown = ", ".join(one_line(item, 60) or "(no name)" for item in list(items)[:most])
    return f"{shown} and {len(items) - most:,} more" if len(items) > most else shown


@functools.lru_cache(maxsize=1024)
def column_name(text: str) -> str:
    """A column's name as it is compared: neither case nor white space around it matters."""
    return text.strip().lower()


def placed_columns(
    header: Sequence[str], columns: Columns, where: str, undeclared: Undeclared
) -> list[tuple[int, str]]:
    """The place and name of every declared column of `header`; the others are added to `undeclared`.

    Raises `InputError` (at `where`) if a column is given twice, or the id or every name column is missing.
    """
    names = [column_name(text) for text in header]
    if columns.id not in names:
        raise InputError(f"has no column {columns.id}", where=where, mend="add it: every row needs an id")
    if twice := [name for name, times in Counter(names).items() if times > 1 and name]:
        raise InputError(f"has the column {shortened(twice)} more than once", where=where, mend="keep one of each")
    if not set(NAME_COLUMNS) & set(names):
        raise InputError("has neither a column name nor family_name and given_names", where=where,
                         mend="add the names of the people")  # fmt: skip
    for name in names:
        if name not in columns.declared:
            undeclared.add(name)
    return [(place, name) for place, name in enumerate(names) if name in columns.declared]
