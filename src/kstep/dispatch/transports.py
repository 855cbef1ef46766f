"""How letters leave and receipts come back: what every way does, and which way a channel of the registry is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from kstep.model import KstepError


class NotDelivered(KstepError):
    """A channel did not take what it was given; it is tried again."""


class Letter(NamedTuple):
    """A message's id, its letter, and whether it goes there for the first time."""

    message: str
    text: bytes
    first: bool = True


class Answer(NamedTuple):
    """What came back of a message: receipts, of which nothing is believed yet, or why it was not taken."""

    receipts: tuple[bytes, ...] = ()
    problem: str = ""


class Transport(Protocol):
    """A way. It may be asked the same again at any time, and is sent the same again until something is signed: where `again`,
    whenever it is asked, and otherwise once a day.
    """

    @property
    def again(self) -> bool:
        """Whether what was sent is sent again at each look while nothing is signed for it: receipts come the same way."""
        ...

    def send(self, channel: str, letters: Sequence[Letter]) -> Mapping[str, Answer]:
        """Hand letters over; a message that is not in the answer was not taken. Raises `NotDelivered`."""
        ...

    def ask(self, channel: str, messages: Sequence[str]) -> Mapping[str, Answer]:
        """What receipts there are of messages that were sent. Raises `NotDelivered`."""
        ...


Transports = Mapping[str, Transport]
"""The ways, by what a channel begins with."""


def scheme(channel: str) -> str:
    """What a channel begins with."""
    return channel.partition(":")[0]


__all__ = ["Answer", "Letter", "NotDelivered", "Transport", "Transports", "scheme"]
