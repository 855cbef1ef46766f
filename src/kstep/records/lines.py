"""The lines of a text file, compressed or not, as they are read: UTF-8 or refused, in bounded memory.

What is not the text that a file's name promises (UTF-16, Parquet, a ZIP file, a broken archive) is refused in one
sentence.
"""

from __future__ import annotations

import gzip
import io
import itertools
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from kstep.model import InputError

BLOCK = 1024**2
"""Bytes that are read at a time."""

LONGEST_LINE = 16 * 1024**2
"""Bytes; a longer line is no row of a table."""

_OTHER_FORMATS = (
    (b"PAR1", "is a Parquet file", "name it .parquet"),
    (b"\x1f\x8b", "is compressed with gzip", "add .gz to its name"),
    (b"PK\x03\x04", "is a ZIP or Excel file", "save it as CSV"),
    (b"\xff\xfe", "is UTF-16 text", "save it as UTF-8"),
    (b"\xfe\xff", "is UTF-16 text", "save it as UTF-8"),
)


def text_lines(file: IO[bytes], path: Path, *, compressed: bool) -> Iterator[str]:
    """Each line of `file` with its line end (\\n, \\r\\n or \\r). Raises `InputError` naming `path` and the line."""
    source = cast(IO[bytes], gzip.GzipFile(fileobj=file)) if compressed else file
    return itertools.chain.from_iterable(io.StringIO(text, newline="") for text in _texts(source, path))


def _texts(file: IO[bytes], path: Path) -> Iterator[str]:
    """The file in pieces that end where lines end."""
    lines = 0
    rest = b""
    first = True
    while block := _read(file, path):
        if first:
            _refuse_other_formats(block, path)
            block = block.removeprefix(b"\xef\xbb\xbf")
            first = False
        rest += block
        if len(rest) > LONGEST_LINE:
            raise InputError(f"is longer than {LONGEST_LINE:,} bytes", where=f"{path}, line {lines + 1}",
                             mend="check that this is a table")  # fmt: skip
        end = rest.rfind(b"\n") + 1 or rest.rfind(b"\r", 0, -1) + 1
        piece, rest = rest[:end], rest[end:]
        yield _decoded(piece, path, lines)
        lines += _line_ends(piece)
    yield _decoded(rest, path, lines)


def _read(file: IO[bytes], path: Path) -> bytes:
    try:
        return file.read(BLOCK)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError("is not a whole gzip file", where=str(path), mend="compress or fetch it again") from None
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror or error})", where=str(path), mend="check the disk"
        ) from None


def _refuse_other_formats(block: bytes, path: Path) -> None:
    for start, what, mend in _OTHER_FORMATS:
        if block.startswith(start):
            raise InputError(what, where=f"{path}, line 1", mend=mend)


def _decoded(piece: bytes, path: Path, lines_before: int) -> str:
    try:
        text = piece.decode()
        place = piece.find(0)
        what, mend = "holds a NUL byte", "it is damaged or not text; save it again as UTF-8"
    except UnicodeDecodeError as error:
        text, place = "", error.start
        what, mend = "is not UTF-8 text", "save it as UTF-8"
    if place >= 0:
        raise InputError(what, where=f"{path}, line {lines_before + _line_ends(piece[:place]) + 1}", mend=mend)
    return text


def _line_ends(piece: bytes) -> int:
    return piece.count(b"\n") + piece.count(b"\r") - piece.count(b"\r\n")
