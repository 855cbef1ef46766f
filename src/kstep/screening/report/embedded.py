"""The data inside the page: what the script shows, as JSON that no text in it can leave, and texts safe to look at.

A name is hostile input: what is invisible in it is shown, and no character of it can close an element of the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from markupsafe import Markup

from kstep.screening.report import words
from kstep.screening.report.reasons import why
from kstep.screening.report.words import Evidence, Match

if TYPE_CHECKING:
    from kstep.screening.report.page import Details, Report

NAMELESS = "(no name)"
"""What stands for the name of a record that has none."""

Key = TypeVar("Key", bound=Hashable)

# Controls, direction overrides and isolates, and what takes no room. The joiners that Persian and Indian scripts need
# and the two direction marks stay: they change no order beyond themselves.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2028-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_ESCAPES = {ord(ch): f"\\u{ord(ch):04x}" for ch in "<>&\u2028\u2029"}


def visible(text: Any) -> Any:
    """`text` with its unseen characters written out as ‹U+202E›; anything that is not plain text stays as it is."""
    if not isinstance(text, str) or isinstance(text, Markup):
        return text
    return _UNSEEN.sub(lambda found: f"‹U+{ord(found[0]):04X}›", text)


def readable(match: Match) -> dict[str, Any]:
    """One row of the possible match output with the labels, marks and words that a reader needs beside it."""
    return {**match, "band": words.BANDS[match["band"]], "rows": [_readable_row(row) for row in match["evidence"]]}


def _readable_row(row: Evidence) -> dict[str, Any]:
    return {
        "label": words.label(row["field"]),
        "state": words.state(row),
        "mark": words.STATES[words.state(row)][0],
        "person": words.value(row["field"], str(row["person"] or "")),
        "entry": words.value(row["field"], str(row["entry"] or "")),
        "relation": row["relation"],
        "bits": row["bits"],
    }


def data(report: Report, matches: Sequence[Match]) -> Markup:
    """The JSON of the page: `matches` in the queue's order, and each person, entry and source once.

    Records are referred to by their place, never by a key, so that no id can collide with a name of the language.
    """
    people, entries, sources = _Places[str](), _Places[tuple[str, str]](), _Places[tuple[str, str, str]]()
    rows = [
        {
            "person": people.of(match["person_id"]),
            "entry": entries.of((match["list"], match["entry_id"])),
            "source": sources.of((match["list"], match["edition"], match["engine"])),
            "name": match["matched_name"] or NAMELESS,
            "matched": match["matched_entry_name"] or NAMELESS,
            "entryName": match["entry_name"] or NAMELESS,
            "bits": match["bits"],
            "prior": match["prior_bits"],
            "chance": words.chance(match["probability"]),
            "band": match["band"],
            "why": why(match),
            "evidence": [list(_readable_row(row).values()) for row in match["evidence"]],
        }
        for match in matches
    ]
    page = {
        "threshold": words.bits_of(report.threshold),
        "thresholdShown": words.share(report.threshold),
        "bands": words.BANDS,
        "states": words.STATES,
        "labels": words.LABELS,
        "sources": [{"list": name, "edition": edition, "engine": engine} for name, edition, engine in sources],
        "people": [{"id": key, "details": _details(report.person_details.get(key, ()))} for key in people],
        "entries": [{"id": key[1], "details": _details(report.entry_details.get(key, ()))} for key in entries],
        "matches": rows,
    }
    return Markup(_json(page))  # noqa: S704 - escaped by _json


class _Places(dict[Key, int]):
    """Each key's place, in the order in which the keys first came."""

    def of(self, key: Key) -> int:
        return self.setdefault(key, len(self))


def _details(details: Details) -> list[Any]:
    return [[label, [[value.text, value.note] for value in values]] for label, values in details if values]


def _seen(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {key: _seen(inner) for key, inner in value.items()}
    return [_seen(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _json(value: Any) -> str:
    """JSON that can stand inside a script element: `<`, `>`, `&` and the two line separators only as escapes."""
    return json.dumps(_seen(value), ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
