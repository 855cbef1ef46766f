"""Asking a witness to cosign a checkpoint, as C2SP's tlog-witness says: it signs one history of a log only.

What it answers is checked with the keys that are known of it; signatures of others are passed over.
"""

from __future__ import annotations

import base64
import re
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from kstep.ledger.verifier import Checkpoint, Key, Refused
from kstep.model import KstepError, one_line

PATIENCE = 30
"""Seconds to wait for an answer."""

LONGEST_ANSWER = 1 << 16
"""Bytes of an answer that are read."""

TRIES = 3
"""Times that a witness is asked which meanwhile cosigned another checkpoint."""

ProofFrom = Callable[[int], Sequence[bytes]]
"""The consistency proof from a size to the checkpoint's."""

_MEANT = {
    403: "it knows none of the keys that signed",
    404: "it does not know this log",
    422: "it does not accept the proof: its history of this log is another",
}


class NotWitnessed(KstepError):
    """A witness did not cosign."""


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


@dataclass(frozen=True)
class Witness:
    """A witness: the prefix of its URL, its keys, and the file of who vouches for its certificate, where that is not a public
    authority.
    """

    url: str
    keys: tuple[Key, ...]
    authority: Path | None = None

    def __str__(self) -> str:
        return f"the witness {self.url}"

    def signed(self, checkpoint: Checkpoint) -> bool:
        """Whether one of its keys cosigned. Raises `Refused` if a signature that names one is wrong."""
        return any(checkpoint.seen_at(key) is not None for key in self.keys)

    def cosigned(self, note: bytes, size: int, proof_from: ProofFrom) -> bytes:
        """The note with the witness's cosignatures, of which the last one that is known is of this size. Raises `NotWitnessed`."""
        checkpoint = Checkpoint.parse(note, "a checkpoint")
        for _ in range(TRIES):
            status, answer = self._ask(self._request(note, size, proof_from))
            if status == 200:
                return self._with_cosignatures(note, answer)
            if status != 409:
                break
            if not re.fullmatch(rb"(0|[1-9][0-9]{0,15})\n?", answer):
                raise NotWitnessed(f"{self}: answers that it saw another size, and not which")
            seen = int(answer)
            if seen > checkpoint.size:
                raise NotWitnessed(
                    f"{self}: saw {seen:,} events of {checkpoint.origin}, which has {checkpoint.size:,} here; restore the "
                    "newest copy of the database, and see who else signs this log"
                )
            if seen == size == checkpoint.size:
                raise NotWitnessed(f"{self}: saw another history of {checkpoint.origin} at {size:,} events")
            size = seen
        meant = _MEANT.get(status, f"it answers {status}: {one_line(answer.decode(errors='replace'), 100)}")
        raise NotWitnessed(f"{self}: does not cosign; {meant}")

    def _request(self, note: bytes, size: int, proof_from: ProofFrom) -> bytes:
        proof = "".join(f"{base64.b64encode(step).decode()}\n" for step in proof_from(size))
        return f"old {size}\n{proof}\n".encode() + note

    def _ask(self, body: bytes) -> tuple[int, bytes]:
        try:
            context = ssl.create_default_context(cafile=self.authority)
            opener = build_opener(HTTPSHandler(context=context), _NoRedirects())
            url = f"{self.url.rstrip('/')}/add-checkpoint"
            request = Request(url, body, {"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310 (settings checked it)
            with opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read(LONGEST_ANSWER)
        except HTTPError as error:
            with error:
                return error.code, error.read(LONGEST_ANSWER)
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise NotWitnessed(f"{self}: cannot be asked ({one_line(str(reason), 200)})") from None

    def _with_cosignatures(self, note: bytes, answer: bytes) -> bytes:
        text = Checkpoint.parse(note, "a checkpoint").text + b"\n"
        lines = []
        for line in answer.splitlines(keepends=True):
            try:
                if self.signed(Checkpoint.parse(text + line, f"{self}: its answer")) and line not in note:
                    lines.append(line)
            except Refused as refused:
                raise NotWitnessed(str(refused)) from None
        if not lines:
            raise NotWitnessed(f"{self}: answers without a cosignature of a key that is known of it")
        return note + b"".join(lines)


__all__ = ["NotWitnessed", "Witness"]
