"""A message as a page for people, with its marking at the top and the bottom, and every name in its own script.

Names are hostile input: they reach the page as data, and are never read as instructions to the typesetter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import typst

from kstep.dispatch.envelope import Payload

TITLES = {
    "notification": "Notification", "incident-report": "Incident report", "supplement": "Supplement", "correction": "Correction",
    "retraction": "Retraction", "referral": "Referral", "answer": "Answer",
}  # fmt: skip
_ANSWERS = {
    "positive": "confirmed by the authority", "negative": "not the same person, by the authority",
    "inconclusive": "inconclusive: nothing follows from it yet", "no reply": "no reply yet: nothing follows from it",
    "not asked": "not asked yet: nothing follows from it",
}  # fmt: skip
_PROVISIONAL = {
    "positive": "the same person, as the authority said by telephone: provisional until it is written",
    "negative": "not the same person, as the authority said by telephone: provisional until it is written",
}
_LABELS = {"birth_date": "born", "happened": "when"}


def page(payload: Payload) -> bytes:
    """The page of a message, as PDF; the same bytes for the same message."""
    told = {
        "id": payload.id,
        "title": TITLES[payload.value["kind"]],
        "marking": payload.value["marking"],
        "parts": _parts(payload),
    }
    source = resources.files("kstep.dispatch").joinpath("paper.typ").read_bytes()
    made = payload.value["made"] // 1_000_000
    return bytes(typst.compile(source, format="pdf", sys_inputs={"told": json.dumps(told)}, timestamp=made))


def _parts(payload: Payload) -> list[dict[str, Any]]:
    value = payload.value
    made = datetime.fromtimestamp(value["made"] // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    head = {"from": value["sender"], "to": value["recipient"], "made": made, "purpose": value["purpose"], "id": payload.id,
            "refers to": value["refers"] or "", "hash": payload.digest}  # fmt: skip
    body = dict(value["body"])
    people, match = body.pop("people", []), body.pop("match", None)
    parts = [_part("", head), _part("What is told", body)]
    parts += [_part("Person", person) for person in people]
    if match:
        provisional = match["confirmation"] in _PROVISIONAL and match.get("form") == "telephone"
        said = (_PROVISIONAL if provisional else _ANSWERS)[match["confirmation"]]
        answered = {**match, "confirmation": said, "form": ""}
        parts.append(_part("Possible match with an entry of a list", answered))
    return parts


def _part(heading: str, rows: Mapping[str, Any]) -> dict[str, Any]:
    shown = [
        [_LABELS.get(name, name.replace("_", " ")), _text(held)]
        for name, held in rows.items()
        if held not in ("", [], None)
    ]
    return {"heading": heading, "rows": shown}


def _text(held: Any) -> str:
    return "\n".join(map(str, held)) if isinstance(held, list) else str(held)


__all__ = ["TITLES", "page"]
