"""Fetching the files of a list from its address: whole, within bounds of size and time, and over TLS never by another way.

A server that says that a file is what it was before is believed, and the kept file taken.
"""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from kstep import __version__
from kstep.editions.errors import NotFetched
from kstep.model import one_line

SILENCE = 60
"""Seconds for which a server may say nothing."""

PATIENCE = 3600
"""Seconds for which a whole file may take."""

_AT_ONCE = 1 << 18
LONGEST_ETAG = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answers: the bytes in parts, or None if the file is the same as before; and what it calls them."""

    parts: Iterator[bytes] | None
    etag: str


class _SameOrSafer(urllib.request.HTTPRedirectHandler):
    """Follows where a server points, but from TLS never to what is not."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if req.type == "https" and urlsplit(newurl).scheme != "https":
            raise NotFetched(
                f"{req.full_url}: points at {one_line(newurl, 200)}, which is not over TLS; ask its keeper"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Fetcher:
    """Fetches files; `trust` says whose certificates are believed, by default those that the machine believes."""

    def __init__(
        self, trust: ssl.SSLContext | None = None, *, silence: float = SILENCE, patience: float = PATIENCE
    ) -> None:
        self._trust = trust
        self._silence = silence
        self._patience = patience

    def fetch(self, address: str, etag: str = "") -> Answer:
        """The file of an address, or the word that it is the one that was called `etag`. Raises `NotFetched`, also while the
        parts are read.
        """
        if urlsplit(address).scheme == "file":
            return Answer(self._file(address), "")
        asked = urllib.request.Request(  # noqa: S310 (its scheme was checked when it was registered)
            address, headers={"User-Agent": f"kstep/{__version__}", "Accept-Encoding": "identity"}
        )
        if etag:
            asked.add_header("If-None-Match", etag)
        try:
            answer = self._opener().open(asked, timeout=self._silence)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 304 and etag:
                return Answer(None, etag)
            told = f"{address}: answered {error.code}; check the address"
            raise NotFetched(told, missing=error.code in (404, 410)) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _failed(address, error) from None
        return Answer(self._parts(answer, address), _etag(answer.headers))

    def _opener(self) -> urllib.request.OpenerDirector:
        opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), _SameOrSafer(),
            urllib.request.HTTPSHandler(context=self._trust or ssl.create_default_context()),
            urllib.request.HTTPErrorProcessor(), urllib.request.HTTPDefaultErrorHandler(),
        ):  # fmt: skip
            opener.add_handler(handler)
        return opener

    def _parts(self, answer: http.client.HTTPResponse, address: str) -> Iterator[bytes]:
        started, promised, size = time.monotonic(), answer.headers.get("Content-Length", ""), 0
        with answer:
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise NotFetched(f"{address}: answered in an encoding that was not asked for; ask its keeper")
            try:
                while part := answer.read1(_AT_ONCE):
                    size += len(part)
                    if time.monotonic() - started > self._patience:
                        raise NotFetched(f"{address}: took more than {self._patience:,.0f} seconds; try again")
                    yield part
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise _failed(address, error) from None
        if promised.isdigit() and int(promised) != size:
            raise NotFetched(f"{address}: broke off after {size:,} of {int(promised):,} bytes; try again")

    def _file(self, address: str) -> Iterator[bytes]:
        try:
            path = Path(url2pathname(urlsplit(address).path))
            if not path.is_file():
                raise FileNotFoundError(2, "there is no such file")
            with path.open("rb") as file:
                while part := file.read(_AT_ONCE):
                    yield part
        except (OSError, ValueError) as error:
            raise _failed(address, error) from None


def _etag(headers: Message) -> str:
    found = headers.get("ETag", "")
    return found if len(found) <= LONGEST_ETAG and found.isascii() and found.isprintable() else ""


def _failed(address: str, error: Exception) -> NotFetched:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    told = one_line(str(reason), 200) or type(error).__name__
    missing = isinstance(error, FileNotFoundError)
    return NotFetched(f"{address}: cannot be fetched ({told}); check the address and the network", missing=missing)


__all__ = ["Answer", "Fetcher"]
