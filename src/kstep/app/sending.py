"""What a home does about messages whenever its worker looks: deliver, climb, fail over, ask for life, compare."""

from __future__ import annotations

from dataclasses import dataclass

from kstep.app.correspondence import Correspondence
from kstep.app.home import Home
from kstep.dispatch.delivery import Delivery
from kstep.dispatch.ladder import Ladder
from kstep.dispatch.nights import Nights
from kstep.dispatch.requests import Requests
from kstep.dispatch.settings import dispatching
from kstep.ledger.service import By, Ledger


@dataclass(frozen=True)
class Sending:
    """The sending of a home, as somebody."""

    home: Home
    ledger: Ledger
    by: By

    def turn(self) -> list[str]:
        """Do what is due; returns what could not be done."""
        ways = dispatching(self.home.settings, self.home.path, self.ledger.clock, self.home.signing_key)
        outbox = Correspondence(self.ledger, self.home.origin).outbox
        try:
            Requests(outbox).turn(self.by)
            ladder = Ladder(outbox, self.by)
            ladder.turn()
            failed = [*ladder.unheard(), *Delivery(outbox, ways.transports, self.home.signing_key, self.by).turn()]
            return failed + (Nights(outbox, ways.https, self.by).turn() if ways.https else [])
        finally:
            if ways.https:
                ways.https.close()


__all__ = ["Sending"]
