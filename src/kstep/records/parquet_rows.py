"""Rows of a Parquet file, a batch at a time; only declared columns are read, and lists, numbers and dates are taken."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from kstep.model import InputError
from kstep.records.columns import Columns, Undeclared, placed_columns
from kstep.records.row import Row, row_of_values

BATCH = 100_000
"""Rows that are held at a time."""

Result = TypeVar("Result")


def parquet_rows(path: Path, content: bytes | None, columns: Columns, undeclared: Undeclared) -> Iterator[Row]:
    """Each row of the file at `path`, or of its `content` if that was read before. Raises `InputError`."""
    source = path if content is None else io.BytesIO(content)
    schema = _whole(path, lambda: pl.read_parquet_schema(source))
    header = list(schema)
    placed = placed_columns(header, columns, str(path), undeclared)
    scan = pl.scan_parquet(source, glob=False, hive_partitioning=False)
    scan = scan.select(_plain(header[place], schema[header[place]]).alias(column) for place, column in placed)
    names = [column for _, column in placed]
    start = 0
    while batch := _whole(path, functools.partial(_batch, scan, start)):
        for number, values in enumerate(batch, start + 1):
            yield row_of_values(number, dict(zip(names, values, strict=True)))
        start += len(batch)


def _batch(scan: pl.LazyFrame, start: int) -> list[tuple[Any, ...]]:
    frame = scan.slice(start, BATCH).collect()
    return list(zip(*(series.to_list() for series in frame), strict=True))


def _plain(column: str, dtype: pl.DataType) -> pl.Expr:
    """The column, with days as text: a day of the file may lie outside the years that Python knows."""
    return pl.col(column).cast(pl.String) if isinstance(dtype, pl.Date) else pl.col(column)


def _whole(path: Path, read: Callable[[], Result]) -> Result:
    try:
        return read()
    except (Exception, pl.exceptions.PanicException):
        # A damaged file meets any error of the library that reads it, down to a panic, which is no Exception.
        raise InputError("is not a whole Parquet file", where=str(path), mend="write or fetch it again") from None
