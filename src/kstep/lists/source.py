"""A publisher's file, read whole and safely: bounded size, no entities, no network, one clear error when it breaks
off.
"""

from __future__ import annotations

import io
import mmap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from kstep.model import InputError

LARGEST_SOURCE = 2 * 1024**3
"""Bytes; no publisher's file comes near it, and a larger one is refused rather than read into memory."""

LARGEST_STREAM = 32 * 1024**3
"""Bytes of a file that is read line by line."""


def check_file(path: Path, *, largest: int = LARGEST_SOURCE) -> None:
    """Refuse what is not an ordinary file of a size that can be read: a device or a pipe would never end.

    Raises `InputError` for such a path and `OSError` for one that cannot be looked at.
    """
    size = path.stat().st_size
    if not path.is_file():
        raise InputError("is not an ordinary file", where=str(path), mend="save it as a file and name that")
    if size > largest:
        raise InputError(
            f"has {size:,} bytes, more than the {largest:,} allowed", where=str(path),
            mend="check that this is the publisher's file",
        )  # fmt: skip


def read_bytes(path: Path, *, largest: int = LARGEST_SOURCE) -> bytes:
    """The bytes of one source file. Raises `InputError` if it is missing, not a file, unreadable, empty or too
    large.
    """
    try:
        if path.is_dir():
            raise InputError("is a directory, and this kind of list is one file", where=str(path), mend="name the file")
        check_file(path, largest=largest)
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file", where=str(path), mend="check the path") from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend="check its permissions") from None
    if not content.strip():
        raise InputError("is empty", where=str(path), mend="fetch the publisher's file again")
    return content


@contextmanager
def mapped(path: Path, *, largest: int = LARGEST_STREAM) -> Iterator[mmap.mmap]:
    """One source file, read line by line and never whole in memory. Raises `InputError` as `read_bytes` does."""
    try:
        if not path.is_file() and path.exists():
            raise InputError("is not an ordinary file, and this kind of list is one", where=str(path),
                             mend="write it to a file first")  # fmt: skip
        size = path.stat().st_size
        if size > largest:
            raise InputError(f"has {size:,} bytes, more than the {largest:,} allowed", where=str(path),
                             mend="check that this is the publisher's file")  # fmt: skip
        if not size:
            raise InputError("is empty", where=str(path), mend="fetch the publisher's file again")
        file = path.open("rb")
    except FileNotFoundError:
        raise InputError("there is no such file", where=str(path), mend="check the path") from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path), mend="check its permissions") from None
    with file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        yield content


def decode(content: bytes, path: Path) -> str:
    """The text of a UTF-8 source (with or without byte order mark). Raises `InputError` naming the line that is not."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("is not UTF-8 text", where=f"{path}, line {line}", mend="save it as UTF-8") from None


def root(content: bytes, path: Path) -> tuple[str, dict[str, str]]:
    """The local name and the attributes of the root element of XML `content`. Raises `InputError` if it is no XML."""
    try:
        for _, element in etree.iterparse(io.BytesIO(content), events=("start",), resolve_entities=False,
                                          no_network=True, load_dtd=False, huge_tree=False):  # fmt: skip
            return _local_name(element), {str(name): str(value) for name, value in element.attrib.items()}
    except etree.XMLSyntaxError as error:
        raise InputError(f"is not XML ({error.msg})", where=f"{path}, line {error.lineno}",
                         mend="check that this is the publisher's XML file") from None  # fmt: skip
    raise InputError("is not XML", where=str(path), mend="check that this is the publisher's XML file")


def elements(
    content: bytes, path: Path, *tags: str, passed: Callable[[str], None] = lambda tag: None
) -> Iterator[etree._Element]:
    """Each element of XML `content` whose local name is one of `tags`, when it ends, in document order.

    Namespaces are dropped from names. An element is cleared after it was yielded, so that a file of hundreds of
    megabytes takes little memory. `passed` is told the name of every element outside of them, so that a reader can
    count what it does not know. Entities and DTDs are refused; a file that breaks off raises `InputError`, so the
    caller must read to the end before it believes anything.
    """
    wanted = set(tags)
    try:
        events = etree.iterparse(io.BytesIO(content), events=("start", "end"), resolve_entities=False, no_network=True,
                                 load_dtd=False, huge_tree=False)  # fmt: skip
        inside = 0
        for event, element in events:
            if not isinstance(element.tag, str):
                continue
            if event == "start":
                if element.getparent() is None and element.getroottree().docinfo.internalDTD is not None:
                    raise InputError("declares a DTD or entities, which no publisher's file does", where=str(path),
                                     mend="fetch the publisher's file again")  # fmt: skip
                element.tag = _local_name(element)
                inside += element.tag in wanted
            elif element.tag in wanted:
                inside -= 1
                yield element
                if not inside:
                    _forget(element)
            elif not inside:
                passed(element.tag)
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise InputError(f"is not whole XML ({error.msg})", where=f"{path}, line {error.lineno}",
                         mend="fetch the publisher's file again") from None  # fmt: skip


def _local_name(element: etree._Element) -> str:
    """An element's name without namespace or prefix; lxml's own way refuses a prefix that was never declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2] or "nameless"


def _forget(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    element.clear()
    while element.getprevious() is not None:
        del parent[0]
