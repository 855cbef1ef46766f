"""Which entry of an edition is which of the edition before: entries keep kstep's own number when the source gives them other ids.

The rule, in this order; whatever it leaves in doubt is another entry, because two people under one number would share reviews:

1. The same id, and the same names, dates and documents: the same entry.
2. The same names, dates and documents under another id: the same entry, if there is at least a birth date or a document, no other
   entry of either edition has the same, and neither id stays with somebody who shares a name or a document with whom it stood for.
3. The same id: the same entry, changed. The source's id is the source's word.
4. An id that went and one that came: the same entry, if they agree strongly (a document of the same type, issuer and number of
   at least five characters; or the same names and the same birth dates), no birth dates contradict, nobody else in the new
   edition has the same, and each agrees with no other.
5. An id that was withdrawn earlier comes back: the same entry, returned.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kstep.model import Entry, Identity
from kstep.model.codec import entry_to_json

SHORTEST_NUMBER = 5
"""Characters of a document's number that say something without anything else."""


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry as it was read: the source's id, a fingerprint of all that is said of it, one of what makes it the same wherever it
    stands (empty if that is too little), and what is said of it as JSON.
    """

    source_id: str
    fingerprint: str
    likeness: str
    identity: Identity
    content: dict[str, Any]

    @classmethod
    def of(cls, entry: Entry) -> ReadEntry:
        """The entry, with its fingerprints."""
        compared, rest = entry_to_json(entry)
        del compared["entry_id"]
        fingerprint = _hash(compared) + _hash(rest)
        return cls(entry.entry_id, fingerprint, likeness(entry.identity), entry.identity, compared | rest)


class KnownEntry(NamedTuple):
    """An entry of the edition before, or one that was withdrawn earlier."""

    number: int
    source_id: str
    fingerprint: str
    likeness: str


def same_when_compared(fingerprint: str | None, other: str | None) -> bool:
    """Whether two entries of these fingerprints are compared alike: their first halves are of what is compared."""
    return compared_part(fingerprint) == compared_part(other)


def compared_part(fingerprint: str | None) -> str:
    """The half of a fingerprint that is of what is compared."""
    return (fingerprint or "")[:_HALF]


_HALF = 32


def _hash(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_HALF]


def likeness(identity: Identity) -> str:
    """A hash of names, dates and documents in whatever order; empty without a birth date or a document."""
    if not (identity.birth_dates or identity.documents):
        return ""
    return _hash([sorted(_names(identity)), sorted(map(str, identity.birth_dates)), sorted(_documents(identity))])


def _names(identity: Identity) -> set[str]:
    return {" ".join(name.full.casefold().split()) for name in identity.names}


def _documents(identity: Identity) -> set[tuple[str, str, str]]:
    return {(document.type.value, document.issuer, document.key) for document in identity.documents}


def _akin(one: Identity, other: Identity) -> bool:
    return bool(_names(one) & _names(other) or _documents(one) & _documents(other))


def _strong(identity: Identity) -> Iterator[Hashable]:
    """What another record of the same person may have alike, and one of another person hardly."""
    for document in _documents(identity):
        if len(document[-1]) >= SHORTEST_NUMBER:
            yield document
    if identity.names and identity.birth_dates:
        yield frozenset(_names(identity)), frozenset(map(str, identity.birth_dates))


def _contradict(one: Identity, other: Identity) -> bool:
    """Whether both have birth dates, and none of one can be any of the other."""
    return bool(one.birth_dates and other.birth_dates) and not any(
        first.earliest <= second.latest and second.earliest <= first.latest
        for first in one.birth_dates
        for second in other.birth_dates
    )


def matched(
    before: Sequence[KnownEntry],
    now: Sequence[ReadEntry],
    withdrawn: Mapping[str, int],
    identities: Callable[[Sequence[int]], Mapping[int, Identity]],
) -> list[int | None]:
    """The number of each entry of an edition, None for a new one, in their order.

    `before` are the entries of the edition before, `withdrawn` the numbers of those that were withdrawn earlier by the source's
    id, and `identities` says what was known of entries by their numbers.
    """
    by_id = {known.source_id: known for known in before}
    found: list[int | None] = [None] * len(now)
    for place, read in enumerate(now):
        known = by_id.get(read.source_id)
        if known and known.likeness == read.likeness:
            found[place] = known.number
    _follow_content(before, now, found, by_id, identities)
    taken = set(found)
    for place, read in enumerate(now):
        known = by_id.get(read.source_id)
        if found[place] is None and known and known.number not in taken:
            found[place] = known.number
    _agree(before, now, found, by_id, identities)
    for place, read in enumerate(now):
        if found[place] is None and read.source_id not in by_id:
            found[place] = withdrawn.get(read.source_id)
    return found


def _follow_content(
    before: Sequence[KnownEntry],
    now: Sequence[ReadEntry],
    found: list[int | None],
    by_id: Mapping[str, KnownEntry],
    identities: Callable[[Sequence[int]], Mapping[int, Identity]],
) -> None:
    had, have = Counter(known.likeness for known in before), Counter(read.likeness for read in now)
    holders = {known.likeness: known for known in before}
    moved = {
        place: holders[read.likeness]
        for place, read in enumerate(now)
        if found[place] is None and read.likeness and had[read.likeness] == have[read.likeness] == 1
    }
    at_id = {read.source_id: read for read in now}
    asked = {known.number for known in moved.values()}
    asked |= {by_id[now[place].source_id].number for place in moved if now[place].source_id in by_id}
    known_as = identities(sorted(asked))
    for place, known in moved.items():
        stayed = at_id.get(known.source_id)  # who stands under its old id now
        stood = by_id.get(now[place].source_id)  # who stood under its new id before
        if stayed and _akin(stayed.identity, known_as[known.number]):
            continue
        if stood and _akin(now[place].identity, known_as[stood.number]):
            continue
        found[place] = known.number


def _agree(
    before: Sequence[KnownEntry],
    now: Sequence[ReadEntry],
    found: list[int | None],
    by_id: Mapping[str, KnownEntry],
    identities: Callable[[Sequence[int]], Mapping[int, Identity]],
) -> None:
    taken, ids = set(found), {read.source_id for read in now}
    gone = [known.number for known in before if known.number not in taken and known.source_id not in ids]
    came = [place for place, read in enumerate(now) if found[place] is None and read.source_id not in by_id]
    if not gone or not came:
        return
    have = Counter(sign for read in now for sign in _strong(read.identity))
    signs = {sign: place for place in came for sign in _strong(now[place].identity) if have[sign] == 1}
    pairs = set()
    for number, identity in identities(gone).items():
        for sign in _strong(identity):
            if sign in signs and not _contradict(identity, now[signs[sign]].identity):
                pairs.add((number, signs[sign]))
    of_old, of_new = Counter(number for number, _ in pairs), Counter(place for _, place in pairs)
    for number, place in pairs:
        if of_old[number] == of_new[place] == 1:
            found[place] = number


__all__ = ["KnownEntry", "ReadEntry", "compared_part", "likeness", "matched", "same_when_compared"]
