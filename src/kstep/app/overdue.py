"""What somebody should have done by now: statuses that ran out, records to mend, differences to settle, entries withdrawn."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from kstep.editions.tables import editions
from kstep.register.tables import State, differences, people, repairs, statuses
from kstep.screening.tables import withdrawn


def overdue(connection: Connection, now: int) -> list[str]:
    """What is overdue at a moment (microseconds since 1970), counted, and the command that names it."""
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
    asked["editions of lists are held until somebody releases or rejects each; see kstep lists status"] = (
        select(func.count()).select_from(editions).where(editions.c.state == "held")
    )
    counts = {what: connection.execute(of_it).scalar_one() for what, of_it in asked.items()}
    return [f"{count:,} {what}" for what, count in counts.items() if count]


__all__ = ["overdue"]
