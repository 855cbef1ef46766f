"""Records of one person on two lists: what links them, and how certain that is.

A shared document number is certain; of names that share words EM finds it, from the birth dates and nationalities of the
pair. How records of one person differ is counted on the strong links alone, so that weak ones never teach it.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kstep.lists import read_list
from kstep.matching.reference_dates import compare_dates
from kstep.model import Identity
from kstep.model.countries import RELATED_STATES
from two_people import TwoPeople, kind_of, strata

OFAC = ("ofac-sdn/2019-01", "ofac-sdn/2021-07", "ofac-sdn/2024-05")
UN = ("un/consolidated-2025.xml", "un/consolidated-2026-02-27.xml")

SMOOTHING = 0.5
"""Pairs in which each outcome is taken to have been seen before any is counted."""
CLASSES = ("document", "equal, more words", "equal, two words", "within, more words", "shared, more words",
           "within, two words", "shared, two words", "other")  # fmt: skip
"""What links two records, strongest first."""
ANCHORS = CLASSES[:3]
"""Links that are mostly of one person: on them is counted how records of one person differ."""
AGREEMENTS = ("equal", "related", "conflict")
AT_FIRST = {True: 0.9, False: 0.05}
"""How certain a link is before the first round: one of `ANCHORS`, or another."""
ROUNDS = 200
SHORTEST_NUMBER = 6
"""Characters of the shortest document number that links two records."""
PARTICLES = frozenset(
    ("al", "el", "ul", "bin", "ibn", "bint", "abu", "umm", "abd", "de", "la", "del", "der", "den", "van", "von")
)

Words = frozenset[str]
Tally = defaultdict[str, float]


def smoothed(count: float, of: float, outcomes: int) -> float:
    """A share of which each outcome was seen in `SMOOTHING` pairs before."""
    return (count + SMOOTHING) / (of + SMOOTHING * outcomes)


@dataclass(frozen=True, slots=True)
class Record:
    """One person of a publisher, as the latest edition that has the entry says."""

    identity: Identity
    names: frozenset[Words]


@dataclass(slots=True)
class Link:
    """Two records that may be of one person: the class of what links them, and how certain it is."""

    un: Record
    ofac: Record
    link: str
    certainty: float


def read(data: Path, kind: str, editions: Sequence[str], half: str) -> list[Record]:
    """The people of a publisher, each as the last edition that has the entry says; of one half by the entry's id."""
    latest: dict[str, Identity] = {}
    for edition in editions:
        latest |= {entry.entry_id: entry.identity for entry in read_list(kind, data / edition).entries}
    return [Record(identity, words_of(identity)) for entry, identity in sorted(latest.items()) if is_in(half, entry)]


def is_in(half: str, entry: str) -> bool:
    """Whether a person belongs to the half, `fit` or `test`, or `all`: the same halves as those of the benchmarks."""
    return half == "all" or (hashlib.sha256(entry.encode()).digest()[0] >= 128) == (half == "test")


def words_of(identity: Identity) -> frozenset[Words]:
    """Names as sets of plain Latin words, without particles; those of a single word say too little to link by."""
    return frozenset(found for name in identity.names if len(found := plain_words(name.full)) > 1)


def plain_words(name: str) -> Words:
    """The Latin words of a name, without marks, particles and initials."""
    plain = unicodedata.normalize("NFKD", re.sub(r"[-'’‘`]", "", name.casefold()))
    words = re.findall("[a-z]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    return frozenset(word for word in words if len(word) > 1) - PARTICLES


def link_by_names(mine: Iterable[Words], theirs: Iterable[Words]) -> str:
    """The strongest way in which two people's names share at least two words."""
    classes = ["other"]
    for left, right in itertools.product(mine, theirs):
        if len(left & right) > 1:
            same = "equal" if left == right else "within" if left <= right or right <= left else "shared"
            classes.append(f"{same}, {'two' if len(left & right) == 2 else 'more'} words")
    return min(classes, key=CLASSES.index)


def candidates(un: Sequence[Record], ofac: Sequence[Record]) -> Iterator[tuple[int, int]]:
    """Records that share two words of one name, or a document number."""
    places: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, record in enumerate(ofac):
        for key in _keys(record):
            places[key].add(number)
    for number, record in enumerate(un):
        for other in sorted(set().union(*(places.get(key, set()) for key in _keys(record)))):
            yield number, other


def _keys(record: Record) -> set[tuple[str, ...]]:
    numbers = {(number,) for number in _numbers(record)}
    return numbers | {pair for name in record.names for pair in itertools.combinations(sorted(name), 2)}


def _numbers(record: Record) -> set[str]:
    return {document.key for document in record.identity.documents if len(document.key) >= SHORTEST_NUMBER}


def links(un: Sequence[Record], ofac: Sequence[Record]) -> list[Link]:
    """All pairs that something links."""
    found = []
    for mine, theirs in ((un[i], ofac[j]) for i, j in candidates(un, ofac)):
        by_document = not _numbers(mine).isdisjoint(_numbers(theirs))
        link = "document" if by_document else link_by_names(mine.names, theirs.names)
        found.append(Link(mine, theirs, link, AT_FIRST[link in ANCHORS]))
    return found


def countries(mine: Iterable[str], theirs: Iterable[str]) -> str:
    """How two sets of countries agree; empty if one says none."""
    pairs = list(itertools.product(mine, theirs))
    if not pairs or any(a == b for a, b in pairs):
        return "equal" if pairs else ""
    related = any(b in RELATED_STATES.get(a, ()) or a in RELATED_STATES.get(b, ()) for a, b in pairs)
    return "related" if related else "conflict"


def dates_of(link: Link) -> tuple[str, str]:
    """The stratum of a pair's dates and their relation; empty where either has none, or several to choose from."""
    mine, theirs = link.un.identity.birth_dates, link.ofac.identity.birth_dates
    if len(mine) != 1 or len(theirs) != 1:
        return "", ""
    return strata(kind_of(mine[0]), kind_of(theirs[0]))[0], compare_dates(mine[0], theirs[0])


def settle(found: Sequence[Link], two: TwoPeople) -> None:
    """Find by EM how certain each link is; shares among two people are known for dates and found for nationalities."""
    outcomes = [(dates_of(link), countries(link.un.identity.nationalities, link.ofac.identity.nationalities))
                for link in found]  # fmt: skip
    by_chance = {dates: two.share(*dates)[0] for dates, _ in outcomes if dates[0]}
    kinds = Counter(stratum for stratum, _ in by_chance)
    members = Counter(link.link for link in found)
    for _ in range(ROUNDS):
        one, sizes, classes = Tally(float), Tally(float), Tally(float)
        nations = {True: Tally(float), False: Tally(float)}
        for link, (dates, nation) in zip(found, outcomes, strict=True):
            classes[link.link] += link.certainty
            nations[False][nation] += 1 - link.certainty
            if link.link in ANCHORS:
                one["/".join(dates)] += link.certainty
                sizes[dates[0]] += link.certainty
                nations[True][nation] += link.certainty
        said = {side: sum(nations[side][name] for name in AGREEMENTS) for side in (True, False)}
        for link, (dates, nation) in zip(found, outcomes, strict=True):
            odds = smoothed(classes[link.link], members[link.link], 2)
            odds /= 1 - odds
            if dates[0]:
                odds *= smoothed(one["/".join(dates)], sizes[dates[0]], kinds[dates[0]]) / by_chance[dates]
            if nation:
                agreeing = (smoothed(nations[side][nation], said[side], len(AGREEMENTS)) for side in (True, False))
                odds *= next(agreeing) / next(agreeing)
            link.certainty = 1.0 if link.link == "document" else odds / (1 + odds)
