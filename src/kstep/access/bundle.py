"""A bundle that an account asks for: it shows no more than that account may see, and what of it is marked is recorded before.

The logs are read twice, so that nothing is written anywhere that was not recorded. Rows that came in bulk are marked as the event
that told of them, and named by its subject: an import, not each of its people.
"""

from __future__ import annotations

import errno
from pathlib import Path

from sqlalchemy import select

from kstep.access.account import Account, Actor
from kstep.access.policy import Item
from kstep.access.service import Access
from kstep.ledger.checkpoints import last_checkpoint
from kstep.ledger.export import Exported, export
from kstep.ledger.service import INTERNAL, Ledger
from kstep.ledger.tables import OWN, logs
from kstep.model import ValueRefused
from kstep.model.events import Recorded
from kstep.model.markings import Marking

EXPORT = "ledger.export"
_AT_ONCE = 1_000
"""Reads recorded in one unit."""


def export_for(
    access: Access, actor: Actor, out: Path, purpose: str, *, marked: bool, archive: bool = False
) -> list[Exported]:
    """Write the bundle of all logs for an account: with what everybody inside may see and, if `marked`, with all that it may.
    Raises `AccessError`, and what `export` raises; then there is no bundle.
    """
    access.require(actor, EXPORT, None, purpose)
    if not marked:
        return export(access.ledger, out, lambda recorded: recorded.marking == INTERNAL, archive=archive)
    if out.exists():
        raise FileExistsError(errno.EEXIST, "is there already", str(out))
    sight = _Sight(access.account(actor.number))
    items = sight.look(access.ledger)
    for first in range(0, len(items), _AT_ONCE):
        access.read_marked(actor, EXPORT, items[first : first + _AT_ONCE], purpose)
    return export(access.ledger, out, sight.may_read, archive=archive)


class _Sight:
    """What an account may see of logs as they stood when they were looked at: what came after is not shown, if it is marked."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known: dict[str, Marking | None] = {}
        self._sizes: dict[str, int] = {}

    def may_read(self, recorded: Recorded) -> bool:
        """Whether an event's payload is shown."""
        marking = self._seen(recorded.marking)
        return marking is not None and (not marking.restricts or recorded.number < self._sizes.get(recorded.log, 0))

    def look(self, ledger: Ledger) -> list[Item]:
        """What will be shown of the marked, each subject once."""
        found: dict[tuple[str, str], Item] = {}
        with ledger.database.read() as connection:
            for log, origin in connection.execute(select(logs.c.log, logs.c.origin).order_by(logs.c.log)).all():
                last = last_checkpoint(connection, log)
                self._sizes[origin] = last.size if last else 0
                for opened in ledger.opened(connection, log, stop=self._sizes[origin]):
                    event = opened.event
                    marking = None if opened.salt is None else self._seen(event.marking)
                    if marking is not None and marking.restricts:
                        subject = event.subject if log == OWN else f"{event.subject} of {origin}"
                        found.setdefault((subject, event.marking), Item(subject, marking=marking))
        return list(found.values())

    def _seen(self, text: str) -> Marking | None:
        """The marking of this text, if this account may see what has it. What no marking says is for nobody."""
        if text not in self._known:
            try:
                marking = Marking.parse(text)
            except ValueRefused:
                self._known[text] = None
            else:
                allowed = self._account.may(EXPORT, Item(marking=marking)).allowed
                self._known[text] = marking if allowed else None
        return self._known[text]


__all__ = ["EXPORT", "export_for"]
