"""What a report says, and the one page that says it.

The page holds its style, script and data and needs nothing else; its content security policy admits precisely those.
No clock and no randomness is read here: the same `Report` gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO

from markupsafe import Markup

from kstep.model import ValueRefused
from kstep.screening.report import charts, embedded, shell, words
from kstep.screening.report.words import Match

LARGEST_PAGE = 20_000
"""Possible matches on one page: a browser stays quick up to here. The page says how many it leaves to the output."""

STATIC_ROWS = 200
"""Possible matches in the table that is read where no script runs."""

_STYLE = ("colours.css", "page.css", "work.css", "match.css", "print.css")
_SCRIPT = ("dom.js", "sheet.js", "waterfall.js", "match.js", "queue.js", "print.js", "keys.js", "main.js")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a record as it is shown, with a short `note` on it such as "weak alias"."""

    text: str
    note: str = ""


Details = Sequence[tuple[str, Sequence[Value]]]
"""What a record says, in the order to be shown: label and values. Person and entry are aligned by equal labels; a field
that is compared has its label in `words.LABELS`, and its compared value is the one whose text `words.value` gives."""


@dataclass(frozen=True, slots=True)
class ListSummary:
    """One list of the run: name, edition id, the date its source bears, entries, left out by reason, matches."""

    name: str
    edition: str
    source_date: date | None
    entries: int
    left_out: Mapping[str, int]
    matches: int


@dataclass(frozen=True, slots=True)
class Attention:
    """Something a person should look at: what it is, how often, and some examples (all are beside the output)."""

    heading: str
    count: int
    examples: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A finished run.

    `threshold` is a probability between 0 and 1, exclusive (`ValueRefused` otherwise), and `prior_bits` the bits before
    any evidence; `seconds` is None where the page has to be the same for each repetition of a run. `matches` are rows
    of the possible match output, in any order. Details are by person id, and by list and entry id; any may be missing.
    """

    title: str
    generated_by: str
    threshold: float
    prior_bits: float
    people: int
    entries: int
    comparisons: int
    seconds: float | None
    lists: Sequence[ListSummary]
    matches: Sequence[Match]
    person_details: Mapping[str, Details] = field(default_factory=dict)
    entry_details: Mapping[tuple[str, str], Details] = field(default_factory=dict)
    attention: Sequence[Attention] = ()

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 1:
            raise ValueRefused(f"a threshold of {self.threshold} is not a probability between 0 and 1")


def write_report(report: Report, out: IO[str] | Path) -> None:
    """Write the page of `report` to `out`, a text stream or a path (UTF-8, line feeds)."""
    page = _page(report)
    if isinstance(out, Path):
        out.write_bytes(page.encode())
    else:
        out.write(page)


def _page(report: Report) -> str:
    ordered = sorted(report.matches, key=_queue_order)
    shown = ordered[:LARGEST_PAGE]
    style, script = shell.assembled(__package__, "style", _STYLE), _script()
    return (
        shell.environment(__package__)
        .get_template("report.html")
        .render(
            report=report,
            shown=shown,
            unshown=len(ordered) - len(shown),
            first=[embedded.readable(match) for match in shown[:STATIC_ROWS]],
            bands=words.bands(ordered),
            charts=charts.of(report, ordered),
            data=embedded.data(report, shown),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own files
            policy=shell.policy(style, script),
        )
    )


def _queue_order(match: Match) -> tuple[float, str, str, str]:
    return -match["bits"], match["person_id"], match["list"], match["entry_id"]


def _script() -> str:
    return f'(() => {{\n"use strict";\n{shell.assembled(__package__, "script", _SCRIPT)}}})();\n'
