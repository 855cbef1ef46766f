"""What should have been done by now: people to screen, statuses that ran out, records to mend, differences to settle, entries
withdrawn, errors to answer, editions to judge and to run, messages and answers that are owed.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from kstep.dispatch.looking import late_messages
from kstep.editions.consumers import SCREENING, consumers_kept
from kstep.editions.tables import editions, errors
from kstep.ledger.tables import OWN, logs
from kstep.model import one_line
from kstep.register.tables import State, differences, people, repairs, statuses
from kstep.screening.adoption import adopted
from kstep.screening.coverage import InUse, covered
from kstep.screening.tables import withdrawn

_HOUR = 3600 * 1_000_000
UNANSWERED = 30 * 24 * 3600 * 1_000_000
"""Microseconds in which a nominator is to answer that an entry is wrong."""


def overdue(connection: Connection, lists: Sequence[InUse], now: int) -> list[str]:
    """What is overdue at a moment (microseconds since 1970), counted, with these lists in use; and the command that names it."""
    to_mend = select(func.count()).select_from(repairs.join(people, people.c.person == repairs.c.person))
    asked = {
        "statuses ran out; see kstep register statuses --within 0": (
            select(func.count())
            .select_from(statuses.join(people, people.c.person == statuses.c.person))
            .where(statuses.c.until <= now, people.c.state != State.LEFT)
        ),
        "records should have been mended; see kstep register repairs --overdue": (
            to_mend.where(repairs.c.due <= now, people.c.state != State.LEFT)
        ),
        "differences should have been settled; see kstep register differences --overdue": (
            select(func.count())
            .select_from(differences)
            .where(differences.c.due <= now, differences.c.settled.is_(None))
        ),
        "matches with withdrawn entries should have been closed; see kstep matches withdrawn --overdue": (
            select(func.count()).select_from(withdrawn).where(withdrawn.c.due <= now)
        ),
    }
    asked["errors in entries were not answered for 30 days; see kstep lists errors"] = (
        select(func.count())
        .select_from(errors)
        .where(errors.c.answered.is_(None), errors.c.reported <= now - UNANSWERED)
    )
    asked["editions of lists are held until somebody releases or rejects each; see kstep lists status"] = (
        select(func.count()).select_from(editions).where(editions.c.state == "held")
    )
    counts = {what: connection.execute(of_it).scalar_one() for what, of_it in asked.items()}
    counts |= late_messages(connection, now)
    told = [f"{count:,} {what}" for what, count in counts.items() if count]
    return [*_ahead(connection, now), *_unscreened(connection, lists, now), *told, *_behind(connection, lists, now)]


def _ahead(connection: Connection, now: int) -> list[str]:
    """That the clock had been ahead: deadlines count from when something was recorded, and that is later than it was, until the
    clock has caught up.
    """
    recorded = connection.execute(select(logs.c.recorded).where(logs.c.log == OWN)).scalar() or 0
    if recorded <= now + _HOUR:
        return []
    hours = (recorded - now) // _HOUR
    return [f"{hours:,} hours ahead of this clock is the log: what is recorded meanwhile is late that much later"]


def _unscreened(connection: Connection, lists: Sequence[InUse], now: int) -> list[str]:
    stands = covered(connection, lists, adopted(connection), now)
    return [
        f"{one.list}: {one.overdue:,} people are overdue to be screened; see kstep coverage"
        for one in stands
        if one.overdue
    ]


def _behind(connection: Connection, lists: Sequence[InUse], now: int) -> list[str]:
    return [
        f"{used.name}: {one_line(one.consumer, 64)} still runs an older edition; see kstep lists consumers {used.name}"
        for used in lists
        for one in consumers_kept(connection, used.name)
        if one.consumer != SCREENING and one.late(now)
    ]


__all__ = ["overdue"]
