"""The letter that replies to a request for redress: the same whatever was decided, but for its number and its day. So it neither
confirms nor denies that there is, or was, an entry.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources

import typst


def reply(control: str, now: int, size: str = "a4") -> bytes:
    """The letter, as a PDF that is tagged for those who cannot see it, for a control number on the day of a moment (microseconds
    since 1970).
    """
    day = datetime.fromtimestamp(now // 1_000_000, UTC)
    told = json.dumps({"control": control, "day": f"{day.day} {day:%B %Y}", "size": size})
    source = resources.files("kstep.encounters.paper").joinpath("reply.typ").read_bytes()
    stamp = int(day.replace(hour=0, minute=0, second=0).timestamp())
    made = typst.compile(source, format="pdf", sys_inputs={"told": told}, pdf_standards=["ua-1"], timestamp=stamp)
    return bytes(made)


__all__ = ["reply"]
