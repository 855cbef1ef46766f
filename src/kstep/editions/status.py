"""The state of the lists in use, as values of JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kstep.editions.consumers import ConsumerKept
from kstep.editions.records import SECOND, EditionKept, ListKept
from kstep.editions.view import EditionsView


def status(view: EditionsView, now: int) -> list[dict[str, Any]]:
    """Each list: the edition in force, those held, whether it is overdue at `now` (microseconds since 1970), which edition each
    consumer runs, and how many errors in entries are not answered.
    """
    return [_status(view, kept, now) for kept in view.lists()]


def _status(view: EditionsView, kept: ListKept, now: int) -> dict[str, Any]:
    source, editions = kept.source, view.editions(kept.source.list)
    current = next((edition for edition in editions if edition.number == kept.current), None)
    due = None if not source.cadence else kept.arrived + source.cadence * SECOND
    return {
        "list": source.list,
        "kind": source.kind,
        "country": source.country,
        "authority": source.authority,
        "authenticity": source.authenticity,
        "current": None if current is None else _told(current),
        "held": [
            {"number": held.number, "edition": held.edition, "reasons": [reason["reason"] for reason in held.reasons]}
            for held in editions
            if held.state == "held"
        ],
        "arrived": day_text(kept.arrived),
        "due": None if due is None else day_text(due),
        "overdue": due is not None and due <= now,
        "consumers": [_consumer(consumer, now) for consumer in view.consumers(source.list)],
        "open_errors": len(view.open_errors(source.list)),
    }


def _consumer(kept: ConsumerKept, now: int) -> dict[str, Any]:
    said, behind = (None if when is None else day_text(when) for when in (kept.acknowledged, kept.behind))
    return {
        "consumer": kept.consumer, "number": kept.number, "acknowledged": said, "behind_since": behind, "late": kept.late(now),
    }  # fmt: skip


def _told(current: EditionKept) -> dict[str, Any]:
    names = (
        "number", "edition", "previous", "source_date", "persons", "rows", "left_out", "stated", "added", "changed", "removed",
        "renumbered", "entries_root",
    )  # fmt: skip
    told = {name: current.told[name] for name in names}
    return told | {"published": None if current.published is None else day_text(current.published)}


def day_text(microseconds: int) -> str:
    """A moment in UTC, to the second."""
    return datetime.fromtimestamp(microseconds // SECOND, UTC).isoformat()


__all__ = ["day_text", "status"]
