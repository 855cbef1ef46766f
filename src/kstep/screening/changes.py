"""Screening what changed: entries that are new or different against everyone, and people who are against every entry.

Whatever is found together with what was found before, less the pairs of which a side changed or is gone, is what a run of
everything finds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kstep.matching import Found, Index, Weights, columns_of_identities, find_pairs, shipped_weights
from kstep.matching.arrays import Ints
from kstep.matching.engine import ROOM
from kstep.matching.index import searched, side_of
from kstep.matching.records import differing, records_of
from kstep.matching.reverse import find_among_people
from kstep.model import InputError
from kstep.screening.sources import ListSource, OpenList, parse_sources


@dataclass(frozen=True, slots=True)
class Changes:
    """Places of the people, and of each list of the entries, that are new or compared otherwise than before; how many records
    are gone (a changed one is gone as it was); and the prior of as many entries as there were.
    """

    people: Ints
    entries: Sequence[Ints]
    people_gone: int
    entries_gone: int
    prior_then: int

    def told(self) -> str:
        """What changed, in a sentence."""
        people, entries = len(self.people), sum(len(changed) for changed in self.entries)
        some_people = "1 person" if people == 1 else f"{people:,} people"
        some_entries = "1 entry" if entries == 1 else f"{entries:,} entries"
        return (
            f"{some_people} and {some_entries} are new or changed; {self.people_gone:,} and {self.entries_gone:,} are gone or "
            "were otherwise"
        )

    def comparisons(self, people: int, entries: Sequence[int]) -> int:
        """How many pairs of so many people and entries these are part of."""
        same = people - len(self.people)
        of_lists = zip(self.entries, entries, strict=True)
        return sum(people * count - same * (count - len(changed)) for changed, count in of_lists)


def sources_before(
    people: Path | None, arguments: Sequence[str] | None, lists: Sequence[ListSource]
) -> list[ListSource] | None:
    """The earlier editions that arguments `KIND=PATH` name, in the order of the lists; None if neither these nor people as they
    were are given.

    Raises `InputError` if a list has no earlier edition, or several, or if the people as they were are not given.
    """
    if not arguments and people is None:
        return None
    before = parse_sources(arguments or [])
    if people is None:
        mend = "give the people as they were, or the same file if nobody changed"
        raise InputError("goes with --people-before", where="--list-before", mend=mend)
    if sorted(source.kind for source in lists) != sorted(source.kind for source in before):
        told = " ".join(f"--list-before {source.kind}=PATH" for source in lists)
        mend = f"give {told}, with the same file where nothing changed"
        raise InputError("each list has one earlier edition", where="--list-before", mend=mend)
    of_kind: dict[str, list[ListSource]] = {}
    for source in before:
        of_kind.setdefault(source.kind, []).append(source)
    return [replace(of_kind[source.kind].pop(0), label=f"{source.label} as it was") for source in lists]


def changes_since(
    people_then: Index, lists_then: Sequence[OpenList], people: Index, lists: Sequence[OpenList]
) -> Changes:
    """What changed."""
    now = [people, *(opened.index for opened in lists)]
    then = [people_then, *(opened.index for opened in lists_then)]
    places = [differing(new.records, old.records) for new, old in zip(now, then, strict=True)]
    changed, gone = [new for new, _ in places], [len(old) for _, old in places]
    prior = shipped_weights().for_list(sum(index.columns.records for index in then[1:])).prior
    return Changes(changed[0], changed[1:], gone[0], sum(gone[1:]), prior)


def find_changes(
    people: Index, index: Index, changed_people: Ints, changed_entries: Ints, need: int, weights: Weights,
    progress: Callable[[int], None] = lambda people: None, room: int = ROOM,
) -> Found:  # fmt: skip
    """Every pair at or above `need` millibits of which the person or the entry changed; `room` as in `find_pairs`.

    Of the entries that changed and everyone, the fewer are looked for among the others; `people` is a `searched` index where
    these are the people.
    """
    of_people, of_entries = Found([], 0), Found([], 0)
    if len(changed_people):
        some = columns_of_identities([people.identities[place] for place in changed_people.tolist()])
        of_people = find_pairs(some, index, need, weights, progress=progress, room=room)
    if len(changed_entries):
        identities = [index.identities[place] for place in changed_entries.tolist()]
        some = columns_of_identities(identities)
        if fewer(changed_entries, people):
            of_entries = find_among_people(people, some, identities, need, weights, room=room)
        else:
            changed = searched(side_of("", {}, some, records_of(())))
            of_entries = find_pairs(people.columns, changed, need, weights, room=room)
    progress(people.columns.records - len(changed_people))
    pairs = {
        (pair.person, pair.entry): pair
        for pair in (
            *(replace(pair, person=int(changed_people[pair.person])) for pair in of_people.pairs),
            *(replace(pair, entry=int(changed_entries[pair.entry])) for pair in of_entries.pairs),
        )
    }
    return Found([pairs[pair] for pair in sorted(pairs)], of_people.compared + of_entries.compared)


def fewer(changed_entries: Ints, people: Index) -> bool:
    """Whether these are fewer than the people, so that they are looked for among them."""
    return len(changed_entries) < people.columns.records


def of_changes(found: Found, changed_people: Ints, changed_entries: Ints) -> Found:
    """Of all pairs those of which the person or the entry changed."""
    people, entries = set(changed_people.tolist()), set(changed_entries.tolist())
    return Found([pair for pair in found.pairs if pair.person in people or pair.entry in entries], found.compared)
