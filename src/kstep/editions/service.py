"""What one can ask of lists in use: take them in, settle what is held, say who runs which edition, and find out what changed."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import func, select

from kstep.editions import consumers
from kstep.editions.arrivals import copied, fetched
from kstep.editions.errors import EditionsError
from kstep.editions.fetching import PATIENCE, SILENCE, Fetcher
from kstep.editions.publishing import Outcome, Publisher, take_turn
from kstep.editions.records import SECOND, EditionKept, list_kept, lists_kept
from kstep.editions.source import LONGEST_TEXT, ListSource
from kstep.editions.tables import entries, errors
from kstep.editions.view import EditionsView
from kstep.ledger.service import INTERNAL, By, Ledger
from kstep.ledger.verifier import LARGEST
from kstep.model import one_line
from kstep.model.canaries import CANARIES
from kstep.model.events import (
    EditionRejected,
    EntryErrorAnswered,
    EntryErrorReported,
    ListOverdue,
    ListSourceChanged,
    ListSourceRegistered,
)

ABOUT_ENTRIES = "restricted"
"""The marking of what somebody says of an entry, and so of a person."""

PERSON = "account:"
"""How the actors begin that are named persons."""


class Editions(EditionsView):
    """The lists of a node. `folder` is where the files of editions are kept; `trust` says whose certificates are believed."""

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        *,
        trust: ssl.SSLContext | None = None,
        silence: float = SILENCE,
        patience: float = PATIENCE,
    ) -> None:
        super().__init__(ledger, folder)
        self._publisher = Publisher(ledger, self._files)
        self._fetcher = Fetcher(trust, silence=silence, patience=patience)

    # Sources.

    def register(self, by: By, source: ListSource) -> None:
        """Take a list in from here on. Raises `EditionsError` if there is one of this name."""
        if source.list == CANARIES:
            raise EditionsError(f"the name {CANARIES!r} is that of kstep's own list; choose another name")
        with self._ledger.unit(by) as unit:
            take_turn(unit.connection)
            if any(kept.source.list == source.list for kept in lists_kept(unit.connection)):
                raise EditionsError(f"there is a list {source.list!r} already; change it, or choose another name")
            unit.record(ListSourceRegistered(**asdict(source)), subject=source.subject, marking=INTERNAL)

    def change(self, by: By, source: ListSource) -> None:
        """Have another source for a list from here on. Raises `EditionsError` if there is no list of this name."""
        with self._ledger.unit(by) as unit:
            take_turn(unit.connection)
            if list_kept(unit.connection, source.list).source != source:
                unit.record(ListSourceChanged(**asdict(source)), subject=source.subject, marking=INTERNAL)

    # Editions.

    def publish(self, by: By, name: str, kind: str, path: Path) -> Outcome:
        """Publish what is at a path as the next edition of a list, or hold it. Raises `InputError` and `EditionsError`."""
        source = self.registered(name).source
        with self._files.incoming(name) as folder:
            return self._publisher.bring(by, source, copied(source, kind, path, folder, self._files))

    def fetch(self, by: By, name: str) -> Outcome:
        """Fetch a list from its address, and publish or hold what comes. Raises `NotFetched` and `EditionsError`."""
        source, current = self.registered(name).source, self.current(name)
        with self._files.incoming(name) as folder:
            arrived = fetched(source, folder, self._files, self._fetcher, current)
            return self._publisher.bring(by, source, arrived)

    def release(self, by: By, name: str, number: int, reason: str) -> Outcome:
        """Have an edition in force that was held. It takes another person than the one who brought it. Raises `EditionsError`."""
        kept = self._to_settle(by, name, number, reason, ("held", "rejected"))
        if by.actor == kept.brought_by:
            raise EditionsError(f"{by.actor} brought the edition {number} of {name}; somebody else has to release it")
        source = self.registered(name)
        if source.current is not None and source.current > number:
            raise EditionsError(
                f"the list {name} has moved on to its edition {source.current}; reject {number}, or publish its file again"
            )
        return self._publisher.release(by, source.source, kept, reason)

    def reject(self, by: By, name: str, number: int, reason: str) -> None:
        """Have an edition that was held never come in force. Raises `EditionsError`."""
        with self._ledger.unit(by) as unit:
            take_turn(unit.connection)
            kept = self._to_settle(by, name, number, reason, ("held",))
            fact = EditionRejected(list=name, number=number, edition=kept.edition, reason=reason)
            unit.record(fact, subject=f"list:{name}", marking=INTERNAL)

    def _to_settle(self, by: By, name: str, number: int, reason: str, states: Sequence[str]) -> EditionKept:
        kept = self.edition(name, number)
        if not by.actor.startswith(PERSON):
            raise EditionsError(f"{one_line(by.actor)} is no person; a named person settles what is held")
        if kept.state not in states:
            raise EditionsError(f"the edition {number} of {name} is {kept.state}, not held; nothing is to be settled")
        _check_text("a reason", reason)
        return kept

    # Who runs which.

    def declare_consumers(self, by: By, name: str, names: Sequence[str]) -> None:
        """These systems run a list from here on. Raises `EditionsError` if one of them does already."""
        for consumer in names:
            _check_text("a consumer's name", consumer, LONGEST_TEXT)
        with self._ledger.unit(by) as unit:
            consumers.declare(unit, name, names)

    def end_consumers(self, by: By, name: str, names: Sequence[str]) -> None:
        """These systems run a list no more. Raises `EditionsError` if one of them does not."""
        with self._ledger.unit(by) as unit:
            consumers.end(unit, name, names)

    def acknowledge(self, by: By, name: str, number: int, consumer: str) -> None:
        """A consumer of a list runs this edition of it from here on. Raises `EditionsError` if it was never in force, or if the
        list has no such consumer.
        """
        edition = self.edition(name, number)
        with self._ledger.unit(by) as unit:
            consumers.acknowledge(unit, edition, consumer)

    # Alarms.

    def overdue(self, by: By, now: int | None = None) -> list[ListOverdue]:
        """Raise an alarm for each list that did not arrive by `now` (microseconds since 1970; the clock's by default), once for
        each arrival that was missed; returns those raised.
        """
        raised = []
        with self._ledger.unit(by) as unit:
            take_turn(unit.connection)
            now = self._ledger.clock() if now is None else now
            for kept in lists_kept(unit.connection):
                if kept.due is None or kept.due > now:
                    continue
                missed = (now - kept.arrived) // (kept.source.cadence * SECOND)
                fact = ListOverdue(list=kept.source.list, due=kept.due, missed=missed)
                unit.record(fact, subject=kept.source.subject, marking=INTERNAL)
                raised.append(fact)
        return raised

    # Errors in entries.

    def report_error(self, by: By, name: str, entry: int, what: str, nominator: str) -> int:
        """An error in an entry was found and told to its nominator, who owes an answer; returns the number of the report."""
        _check_text("what is wrong", what)
        _check_text("a nominator's name", nominator, LONGEST_TEXT)
        with self._ledger.unit(by) as unit:
            take_turn(unit.connection)
            at = (entries.c.list == name) & (entries.c.entry == entry)
            if unit.connection.execute(select(entries.c.entry).where(at)).one_or_none() is None:
                raise EditionsError(f"the list {one_line(name, 64)} never had an entry {entry}")
            report = (unit.connection.execute(select(func.max(errors.c.report))).scalar() or 0) + 1
            fact = EntryErrorReported(report=report, list=name, entry=entry, what=what, nominator=nominator)
            unit.record(fact, subject=f"entry:{name}/{entry}", marking=ABOUT_ENTRIES)
        return report

    def answer_error(self, by: By, report: int, answer: str) -> None:
        """The nominator answered. Raises `EditionsError` if nothing is open under this number."""
        _check_text("an answer", answer)
        with self._ledger.unit(by) as unit:
            take_turn(unit.connection)
            asked = select(errors).where(errors.c.report == (report if abs(report) <= LARGEST else 0))
            found = unit.connection.execute(asked).one_or_none()
            if found is None or found.answered is not None:
                raise EditionsError(f"no report of an error is open under the number {report}")
            fact = EntryErrorAnswered(report=report, list=found.list, entry=found.entry, answer=answer)
            unit.record(fact, subject=f"entry:{found.list}/{found.entry}", marking=ABOUT_ENTRIES)


def _check_text(what: str, text: str, longest: int = 10 * LONGEST_TEXT) -> None:
    if not text.strip() or len(text) > longest or not all(char.isprintable() or char.isspace() for char in text):
        raise EditionsError(f"{what} is a text of up to {longest:,} characters that can be read; write one")


__all__ = ["Editions"]
