"""What messages say, read back out of the log."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from kstep.dispatch.envelope import Payload
from kstep.ledger.service import Ledger
from kstep.ledger.tables import OWN
from kstep.model.events import MessageWritten

_SPARSE = 8
"""How many events there may be for each that is wanted, for them to be read in one go."""


def written_payloads(ledger: Ledger, connection: Connection, numbers: Sequence[int]) -> dict[int, Payload | None]:
    """What the messages say that were written in these events; None of what was erased."""
    found: dict[int, Payload | None] = dict.fromkeys(numbers)
    for first, stop in _ranges(sorted(found)):
        for opened in ledger.opened(connection, OWN, first=first, stop=stop, types=[MessageWritten.__name__]):
            if opened.event.number in found and opened.salt is not None:
                text = opened.payload["text"]
                found[opened.event.number] = Payload.of(
                    text.encode(), json.loads(text)
                )  # it was canonical when written
    return found


def _ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ranges that hold these numbers, and not many others."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and number - ranges[-1][1] < _SPARSE:
            ranges[-1] = (ranges[-1][0], number + 1)
        else:
            ranges.append((number, number + 1))
    return ranges


__all__ = ["written_payloads"]
