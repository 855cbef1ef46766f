"""The demonstration: a synthetic roster screened against lists, and what was found held against what was planted.

Everything is made from a seed and nobody in it is real; given the paths of real lists, it plants copies of their
entries.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kstep.model import InputError
from kstep.records import read_people
from kstep.screening.files import Outcome, remarks_path, screen_people, write_outcome
from kstep.screening.sources import ListSource, OpenList, open_lists, parse_sources
from kstep.synth import write_list, write_people

MADE_LISTS = (("ofac-sdn", "ofac-sdn", 6_000), ("un", "un.xml", 700), ("table", "own-list.csv", 500))
"""Kind, name and number of people of the lists that are made where none are given."""

PLANTED_SHARE = 0.002


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demonstration showed.

    `planted` pairs of a person and an entry, `found` of them at or above the threshold; `flagged` people with a
    possible match, `flagged_planted` of them planted. `by_corruption` says for each kind of corruption how many pairs
    had it and how many of them were found. `seconds` is the screening alone, from the first file opened to the last
    one written.
    """

    people: int
    entries: int
    comparisons: int
    bands: dict[str, int]
    planted: int
    found: int
    flagged: int
    flagged_planted: int
    by_corruption: dict[str, tuple[int, int]]
    seconds: float
    report: Path
    matches: Path
    attention: Path | None

    @property
    def recall(self) -> float:
        """The share of planted pairs that were found."""
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        """The share of people with a possible match who were planted."""
        return self.flagged_planted / self.flagged if self.flagged else 1.0


def run_demo(
    folder: Path,
    people: int,
    seed: int,
    lists: Sequence[str] = (),
    *,
    threshold: float = 0.5,
    say: Callable[[str], None] = lambda text: None,
    progress: Callable[[int], None] = lambda people: None,
) -> DemoResult:
    """Make a roster (and lists, if none are given as KIND=PATH), screen, write everything to `folder`, and compare."""
    sources = parse_sources(lists)
    opened = open_lists(sources, say) if sources else []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be made ({error.strerror})", where=str(folder), mend="choose another folder"
        ) from None
    if not sources:
        sources = _made_lists(folder, seed, say)
        opened = open_lists(sources, say)
    roster, truth = folder / "people.csv", folder / "people.truth.csv"
    say(f"making {people:,} people, of whom {PLANTED_SHARE:.1%} are altered copies of list entries …")
    planted_from = [(ready.label, list(ready.index.entries)) for ready in opened]
    write_people(roster, people, seed, lists=planted_from, planted_share=PLANTED_SHARE, truth=truth)
    say("screening …")
    started = time.perf_counter()
    outcome = screen_people(read_people(roster), open_lists(sources, say), threshold, progress=progress)
    matches, report = folder / "matches.jsonl", folder / "report.html"
    write_outcome(outcome, matches, "jsonl", "")
    seconds = time.perf_counter() - started
    title = f"Made-up people: {roster.name} against {', '.join(ready.label for ready in opened)}"
    write_outcome(outcome, report, "html", title, seconds)
    remarks_path(report).unlink(missing_ok=True)
    return _result(outcome, opened, truth, seconds, report, matches)


def _made_lists(folder: Path, seed: int, say: Callable[[str], None]) -> list[ListSource]:
    arguments = []
    for number, (kind, name, size) in enumerate(MADE_LISTS, 1):
        say(f"making a list of kind {kind} with {size:,} people …")
        write_list(folder / name, kind, size, seed + number)
        arguments.append(f"{kind}={folder / name}")
    return parse_sources(arguments)


def _result(
    outcome: Outcome, opened: Sequence[OpenList], truth: Path, seconds: float, report: Path, matches: Path
) -> DemoResult:
    found = outcome.screening.matches
    pairs = {(match.person.person_id, match.list, match.entry.entry_id) for match in found}
    flagged = {match.person.person_id for match in found}
    with truth.open(encoding="utf-8", newline="") as rows:
        planted = list(csv.DictReader(rows))
    tried: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    for row in planted:
        was_found = (row["person_id"], row["list"], row["entry_id"]) in pairs
        for kind in row["corruptions"].split(";"):
            tried[kind] += 1
            hit[kind] += was_found
    beside = remarks_path(matches)
    return DemoResult(
        people=len(outcome.people.people),
        entries=sum(len(ready.index.entries) for ready in opened),
        comparisons=outcome.screening.comparisons,
        bands=dict(sorted(Counter(match.band for match in found).items())),
        planted=len(planted),
        found=sum((row["person_id"], row["list"], row["entry_id"]) in pairs for row in planted),
        flagged=len(flagged),
        flagged_planted=len(flagged & {row["person_id"] for row in planted}),
        by_corruption={kind: (count, hit[kind]) for kind, count in sorted(tried.items())},
        seconds=seconds,
        report=report,
        matches=matches,
        attention=beside if beside.exists() else None,
    )
