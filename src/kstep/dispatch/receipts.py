"""Receipts: what a recipient signs over a message's hash, the only thing by which a message is ever done. States only
rise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache

from kstep.dispatch.envelope import NotGenuine, is_id, opened, signed_by
from kstep.ledger.signing import SigningKey
from kstep.ledger.verifier import LARGEST, Key, Refused, canonical, parsed
from kstep.model import ValueRefused, one_line

FORMAT = "kstep receipt 1"
REASONS = ("not-ours", "unreadable", "wrong-person", "marking", "duplicate", "other")
"""Why a recipient refuses a message."""

_KEPT = 1 << 14
"""Receipts of which it is known that they are genuine: whoever is asked every few minutes answers the same each time."""

_REFERENCE = re.compile(r"[A-Za-z0-9./_-]{0,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class State(StrEnum):
    """How it stands with a message."""

    QUEUED = "queued"
    SENT = "sent"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ACTED_ON = "acted-on"
    NO_ACTION = "no-action-decided"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


RANK = {
    "": 0, State.QUEUED: 0, State.SENT: 1, State.RECEIVED: 2, State.ACKNOWLEDGED: 3, State.ACTED_ON: 4, State.NO_ACTION: 4,
    State.REFUSED: 4,
}  # fmt: skip
"""The order of states; of two of the last, the one counts that the recipient signed later."""

SIGNED = tuple(state for state, rank in RANK.items() if rank >= 2)
"""The states for which a recipient signs."""

CLOSED = (State.SUPERSEDED, State.WITHDRAWN)
STUCK = (State.STOPPED, State.REFUSED)
"""Not done, and nothing more is sent: somebody here has to do something."""


@dataclass(frozen=True)
class Receipt:
    """What a recipient says of a message, by its own clock in microseconds since 1970."""

    message: str
    digest: str
    recipient: str
    state: str
    time: int
    reason: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        """Raises `ValueRefused` if it says what no receipt says."""
        if not is_id(self.message) or not isinstance(self.digest, str) or not _DIGEST.fullmatch(self.digest):
            raise ValueRefused("a receipt names a message by 32 hexadecimal digits and its hash by 64")
        if self.state not in SIGNED:
            raise ValueRefused(f"{one_line(str(self.state), 40)!r} is no state to sign for; write {', '.join(SIGNED)}")
        if not isinstance(self.time, int) or isinstance(self.time, bool) or not 0 <= self.time <= LARGEST:
            raise ValueRefused("a receipt's time is a whole number of microseconds since 1970")
        if self.reason not in (REASONS if self.state == State.REFUSED else ("",)):
            raise ValueRefused(f"who refuses a message, and nobody else, says why: {', '.join(REASONS)}")
        if not isinstance(self.reference, str) or not _REFERENCE.fullmatch(self.reference):
            raise ValueRefused("a reference has at most 64 letters, digits, and . / _ -")

    def signed(self, signer: SigningKey) -> bytes:
        """The receipt as it is sent."""
        value = {"format": FORMAT, **asdict(self)}
        return signed_by(signer, FORMAT, "receipt", canonical(value))

    @classmethod
    def read(cls, text: bytes, keys: Sequence[Key]) -> Receipt:
        """The receipt that one of these keys signed. Raises `NotGenuine`."""
        return _read(text.strip(), tuple(keys))


@lru_cache(_KEPT)
def _read(text: bytes, keys: tuple[Key, ...]) -> Receipt:
    key, _, value = opened(text, FORMAT, "receipt", keys)
    if not isinstance(value, dict) or value.pop("format", None) != FORMAT:
        raise NotGenuine(f"the receipt is not of the format {FORMAT!r}")
    try:
        receipt = Receipt(**value)
    except (TypeError, ValueRefused) as error:
        raise NotGenuine(f"the receipt: {error}") from None
    if receipt.recipient != key.name:
        raise NotGenuine(f"the receipt says that it is of {one_line(receipt.recipient, 80)}, and {key.name} signed")
    return receipt


def message_of(text: bytes) -> str:
    """The message that a receipt names, of which nothing is believed yet. Raises `NotGenuine`."""
    try:
        return str(parsed(text.strip())["receipt"]["message"])
    except Exception as error:  # whatever it is, it is none
        why = str(error) if isinstance(error, Refused) else "it names no message"
        raise NotGenuine(f"this is no receipt: {one_line(why, 80)}") from None


def outcome(state: str, time: int, before: str, before_time: int) -> bool:
    """Whether what a recipient says takes the place of what it said before."""
    rank, last = RANK[state], RANK[before]
    return rank > last or (rank == last == RANK[State.REFUSED] and (time, state) > (before_time, before))


def is_done(said: str, action: bool) -> bool:
    """Whether a message of which this was said is done."""
    done = (State.ACTED_ON, State.NO_ACTION)
    return said in done if action else said in (State.ACKNOWLEDGED, *done)


__all__ = [
    "CLOSED", "FORMAT", "RANK", "REASONS", "SIGNED", "STUCK", "Receipt", "State", "is_done", "message_of", "outcome",
]  # fmt: skip
