"""The rows of a publisher's CSV file: a header, then rows of as many cells.

A row of another length is left out and named by its line, unless it is the last one: then the file broke off in it, and
is refused. A quotation mark that never closes is refused as well, because it would swallow the rows behind it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from kstep.lists.account import Account, Reason
from kstep.model import InputError

Row = tuple[int, list[str]]
"""A row's first line in the file, counted from 1, and its cells."""


def rows(text: str, path: Path, delimiter: str) -> Iterator[Row]:
    """The rows of `text` that are not empty. Raises `InputError` where its quotation marks make no sense."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"is not whole CSV ({error})", where=f"{path}, line {line}",
                         mend="fetch the publisher's file again") from None  # fmt: skip


def unquoted_rows(text: str, delimiter: str) -> Iterator[Row]:
    """The rows of a file whose publisher writes quotation marks as they come: every line is a row."""
    for line, content in enumerate(text.split("\n"), 1):
        cells = [cell.strip() for cell in content.strip("\r").split(delimiter)]
        if any(cells):
            yield line, [cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in cells]


def fitting(rows: Iterable[Row], width: int, path: Path, account: Account) -> Iterator[Row]:
    """The rows of `width` cells, each counted as a line; one of another length is left out.

    Raises `InputError` if the last one is too short: the file broke off in it.
    """
    misfit: Row | None = None
    for line, cells in rows:
        account.count("line")
        if misfit:
            _leave_out(misfit, width, account)
            misfit = None
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        if len(cells) == width:
            yield line, cells
        else:
            misfit = (line, cells)
    if misfit and len(misfit[1]) < width:
        raise InputError(f"breaks off in a row of {len(misfit[1])} cells, where the header has {width}",
                         where=f"{path}, line {misfit[0]}", mend="fetch the publisher's file again")  # fmt: skip
    if misfit:
        _leave_out(misfit, width, account)


def _leave_out(row: Row, width: int, account: Account) -> None:
    line, cells = row
    begins = ", ".join([cell for cell in cells if cell.strip()][:3])
    said = f"{len(cells)} cells, where the header has {width}: {begins}"
    account.leave_out(Reason.UNREADABLE_ROW, f"line {line}", said)
