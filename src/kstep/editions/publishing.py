"""Publishing an edition: read, compared with the one in force, and put in its place, or held.

Files and rows of the delta are on the disk before the event that makes them part of what happened; whoever is stopped before
that has published nothing, and does it again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from kstep.editions.arrivals import Arrived
from kstep.editions.delta import ADDED, CHANGED, REMOVED, RENUMBERED, Delta, delta_of
from kstep.editions.errors import EditionsError
from kstep.editions.files import EditionFiles, digest_of, files_told, id_of
from kstep.editions.records import EditionKept, editions_kept, list_kept
from kstep.editions.source import ListSource
from kstep.editions.suspicion import Doubt, Reason, doubts
from kstep.ledger.segments import NewRow, append_rows
from kstep.ledger.service import INTERNAL, By, Ledger, Unit
from kstep.ledger.tables import OWN, logs
from kstep.ledger.verifier import Tree, canonical
from kstep.lists import Edition, read_list
from kstep.lists.edition import READER_VERSION
from kstep.model import InputError, one_line
from kstep.model.events import EditionHeld, EditionPublished, EditionReleased, ListArrived

_ROWS_AT_ONCE = 2_000
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a list that came in: `published`, `held`, `rejected` (it was before) or `unchanged`; the number and the id
    of the edition; why it is held; and how many entries it added, changed, removed and gave other ids.
    """

    list: str
    state: str
    number: int
    edition: str
    reasons: tuple[dict[str, str], ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


def take_turn(connection: Connection) -> None:
    """Wait until nobody else writes to the log: what is read from here on stands until the unit ends."""
    connection.execute(select(logs.c.size).where(logs.c.log == OWN).with_for_update())


class Publisher:
    """Puts editions in force in a ledger, and keeps their files."""

    def __init__(self, ledger: Ledger, files: EditionFiles) -> None:
        self._ledger = ledger
        self._files = files

    def bring(self, by: By, source: ListSource, arrived: Arrived) -> Outcome:
        """Publish, or hold, what came in. Raises `EditionsError` if it cannot be kept."""
        try:
            edition_id = id_of(arrived.kind, arrived.folder, arrived.files)
        except OSError as error:
            raise EditionsError(f"{arrived.folder}: cannot be read ({error.strerror})") from None
        if known := self._known(source.list, edition_id):
            return self._again(by, source, known, arrived)
        read = _read(arrived.kind, arrived.path, edition_id)
        edition, reasons = (None, [read]) if isinstance(read, Reason) else (read, [])
        reasons += [Reason(Doubt.UNPROVEN, told) for told in arrived.unproven]
        self._files.keep(source.list, edition_id, arrived.folder, arrived.files)
        about = {
            "list": source.list, "edition": edition_id, "kind": arrived.kind, "digest": digest_of(arrived.files),
            "reader": READER_VERSION, "files": tuple(dict(file._asdict()) for file in arrived.files), "etags": dict(arrived.etags),
            "source_date": edition.source_date.isoformat() if edition and edition.source_date else None,
        }  # fmt: skip
        for _ in range(_TRIES):
            if outcome := self._settle(by, source, edition, about, reasons):
                return outcome
        raise _too_busy(source.list)

    def _known(self, name: str, edition_id: str) -> EditionKept | None:
        """The edition of this id, unless it is one that is not in force any more."""
        with self._ledger.database.read() as connection:
            current = list_kept(connection, name).current
            found = [kept for kept in editions_kept(connection, name) if kept.edition == edition_id]
        stands = bool(found) and (found[-1].state != "published" or found[-1].number == current)
        return found[-1] if stands else None

    def _again(self, by: By, source: ListSource, known: EditionKept, arrived: Arrived) -> Outcome:
        if not arrived.unproven and not _unreadable(known.reasons):
            with self._ledger.unit(by) as unit:
                _record_arrival(unit, source, known.edition)
        state = "unchanged" if known.state == "published" else known.state
        return Outcome(source.list, state, known.number, known.edition, tuple(known.reasons))

    def _settle(
        self, by: By, source: ListSource, edition: Edition | None, about: dict[str, Any], known: Sequence[Reason]
    ) -> Outcome | None:
        """Publish or hold an edition; None if somebody else published meanwhile."""
        with self._ledger.database.read() as connection:
            before = editions_kept(connection, source.list)
            current = _current(connection, source.list, before)
            delta = delta_of(connection, self._ledger.vault, source.list, edition) if edition else None
        reasons = [*known, *_of_its_past(source, about, before, current)]
        if edition and delta:
            reasons += doubts(edition, delta, source.removable, current.told if current else None)
        number = before[-1].number + 1 if before else 1
        about = about | {"number": number}
        told = tuple(reason.told() for reason in reasons)
        segment = self._write_rows(source, delta) if delta and not reasons else None
        with self._ledger.unit(by) as unit:
            take_turn(unit.connection)
            if len(editions_kept(unit.connection, source.list)) != len(before):
                return None
            if not {Doubt.UNREADABLE, Doubt.UNPROVEN} & {reason.doubt for reason in reasons}:
                _record_arrival(unit, source, about["edition"])
            if edition and delta and segment:
                fact = _published(edition, delta, about, segment, current)
                unit.record(fact, subject=source.subject, marking=INTERNAL)
                return Outcome(source.list, "published", number, edition.id, (), delta.counts)
            counts = delta.counts if delta else {}
            held = EditionHeld(
                **about, reasons=told, persons=len(edition.entries) if edition else None, added=counts.get("added"),
                changed=counts.get("changed"), removed=counts.get("removed"),
            )  # fmt: skip
            unit.record(held, subject=source.subject, marking=INTERNAL)
            return Outcome(source.list, "held", number, about["edition"], told, counts)

    def release(self, by: By, source: ListSource, kept: EditionKept, reason: str) -> Outcome:
        """Publish an edition that was held. Raises `EditionsError` if it cannot be read, or the list has moved on."""
        path = self._files.path(source.list, kept.edition, kept.told["kind"], files_told(kept.told))
        edition = _read(kept.told["kind"], path, kept.edition)
        if isinstance(edition, Reason):
            told = f"{edition.doubt.value} ({edition.detail})"
            raise EditionsError(f"the edition {kept.number} of {source.list} cannot be released: it {told}; reject it")
        about = {
            name: kept.told[name] for name in ("list", "number", "edition", "kind", "digest", "reader", "source_date")
        }
        about |= {"files": tuple(kept.told["files"]), "etags": kept.told["etags"]}
        with self._ledger.database.read() as connection:
            current = _current(connection, source.list, editions_kept(connection, source.list))
            delta = delta_of(connection, self._ledger.vault, source.list, edition)
        segment = self._write_rows(source, delta)
        with self._ledger.unit(by) as unit:
            take_turn(unit.connection)
            now = {other.number: other for other in editions_kept(unit.connection, source.list)}
            in_force = list_kept(unit.connection, source.list).current
            if now[kept.number].state != kept.state or in_force != (current.number if current else None):
                raise _too_busy(source.list)
            released = EditionReleased(list=source.list, number=kept.number, edition=kept.edition, reason=reason)
            unit.record(released, subject=source.subject, marking=INTERNAL)
            fact = _published(edition, delta, about, segment, current)
            unit.record(fact, subject=source.subject, marking=INTERNAL)
        return Outcome(source.list, "published", kept.number, kept.edition, (), delta.counts)

    def _write_rows(self, source: ListSource, delta: Delta) -> dict[str, Any]:
        """Write the rows of a delta under a name that nothing commits to yet, and say what an event says of them."""
        segment, tree = f"edition {source.list} {secrets.token_hex(16)}", Tree()
        for first in range(0, len(delta.rows), _ROWS_AT_ONCE):
            with self._ledger.database.write() as connection:
                secret = self._ledger.vault.secret(connection, source.subject)
                some = delta.rows[first : first + _ROWS_AT_ONCE]
                append_rows(connection, segment, tree, [NewRow(source.subject, secret, canonical(row)) for row in some])
        return {"id": segment, "rows": tree.size, "root": tree.root().hex()}


def _read(kind: str, path: Path, edition_id: str) -> Edition | Reason:
    """The edition of this id at a path, or why there is none."""
    try:
        edition = read_list(kind, path)
    except InputError as error:
        # Where it lay while it came in says nothing to anybody; what is wrong with it does.
        where = error.where.removeprefix(str(path)).lstrip("/, ")
        return Reason(Doubt.UNREADABLE, one_line(f"{where}: {error.what}" if where else error.what))
    if edition.id != edition_id:
        return Reason(Doubt.UNREADABLE, "another version of kstep read it; publish its file again")
    if any("\0" in entry.entry_id for entry in edition.entries):  # PostgreSQL keeps no such text
        return Reason(Doubt.UNREADABLE, "an id holds the character NUL")
    return edition


def _of_its_past(
    source: ListSource, about: Mapping[str, Any], before: Iterable[EditionKept], current: EditionKept | None
) -> Iterable[Reason]:
    if others := sorted({source.kind, current.told["kind"] if current else source.kind} - {about["kind"]}):
        yield Reason(
            Doubt.OTHER_KIND, f"it is {about['kind']}, and its source or the one in force is {', '.join(others)}"
        )
    for kept in before:
        if kept.edition == about["edition"] and kept.state == "published":
            yield Reason(Doubt.EARLIER, f"it was published as number {kept.number}")
            return


def _current(connection: Connection, name: str, kept: Sequence[EditionKept]) -> EditionKept | None:
    number = list_kept(connection, name).current
    return next((edition for edition in kept if edition.number == number), None)


def _unreadable(reasons: Iterable[Mapping[str, str]]) -> bool:
    return any(reason["reason"] == Doubt.UNREADABLE.value for reason in reasons)


def _record_arrival(unit: Unit, source: ListSource, edition: str) -> None:
    unit.record(ListArrived(list=source.list, edition=edition), subject=source.subject, marking=INTERNAL)


def _published(
    edition: Edition, delta: Delta, about: dict[str, Any], segment: dict[str, Any], current: EditionKept | None
) -> EditionPublished:
    counts = delta.counts
    return EditionPublished(
        **about, previous=current.edition if current else None, persons=len(edition.entries), rows=dict(edition.rows),
        left_out=edition.left_out_by_reason, stated=edition.stated, unended=edition.unended, added=counts[ADDED],
        returned=delta.returned, changed=counts[CHANGED], removed=counts[REMOVED], renumbered=counts[RENUMBERED],
        entries_root=edition.entries_root, segment=segment,
    )  # fmt: skip


def _too_busy(name: str) -> EditionsError:
    return EditionsError(f"the list {name}: somebody else published it meanwhile; run the same again")


__all__ = ["Outcome", "Publisher", "take_turn"]
