"""Who signed for the messages that tell of a person, for people to look at: a file says that somebody did, the receipt says who."""

from __future__ import annotations

from sqlalchemy import select

from kstep.dispatch.looking import receipts_of
from kstep.dispatch.tables import messages
from kstep.encounters.facts import facts_of
from kstep.encounters.paper.words import moment
from kstep.ledger.service import Ledger


def signatures(ledger: Ledger, person: int) -> dict[str, str]:
    """Of each message of the person's file that was signed for here: its recipient, and when the recipient says it signed last."""
    found: dict[str, str] = {}
    with ledger.database.read() as connection:
        ids = {
            one.says["id"]
            for one in facts_of(connection, person)
            if one.kind == "MessageAcknowledged" and "id" in one.says
        }
        for id in sorted(ids):
            to = connection.execute(select(messages.c.recipient).where(messages.c.message == id)).scalar()
            signed = receipts_of(connection, id)
            if to is not None and signed:
                found[id] = f"{to} on {moment(signed[-1]['time'])}"
    return found


__all__ = ["signatures"]
