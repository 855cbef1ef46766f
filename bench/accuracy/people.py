"""The people of the real lists: entries by list and id, who of them is one human being, and whose names are alike.

Two entries are known to be one person if they share a document number. Those that might be, by a document or a whole name, are
never in different halves of a split.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from labelled import HALVES, good_names, is_fit_entry, plain, script_of
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from kstep.lists import read_list
from kstep.model import Document, DocumentType, Entry
from kstep.synth.corrupting import culture_of as naming_culture_of

LISTS = {"un": "un/consolidated-2026-02-27.xml", "ofac-sdn": "ofac-sdn/2024-05"}
"""The lists that the sets are made of: the kind, which is also the label in kstep's output, and where it lies."""

MOST_ALIKE = 500
"""Names that are looked at for a negative."""

IDENTIFYING = (DocumentType.PASSPORT, DocumentType.NATIONAL_ID)
"""Documents that say that two entries are one person."""


@dataclass(frozen=True)
class Listed:
    """The entries of the real lists, by label."""

    entries: dict[str, tuple[Entry, ...]]

    @classmethod
    def of(cls, data: Path) -> Listed:
        """Read the lists under `data`."""
        return cls({label: read_list(label, data / path).entries for label, path in LISTS.items()})

    @cached_property
    def same(self) -> dict[str, set[str]]:
        """For each `list:entry_id`, the entries of other lists with which it shares a passport or national number."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        by_number: defaultdict[str, list[tuple[str, str, Document]]] = defaultdict(list)
        for label, entries in self.entries.items():
            for entry in entries:
                for document in entry.identity.documents:
                    if document.type in IDENTIFYING:
                        by_number[document.key].append((label, entry.entry_id, document))
        for bearers in by_number.values():
            for label, entry_id, document in bearers:
                for other_label, other_id, other in bearers:
                    if label != other_label and _one_document(document, other):
                        found[f"{label}:{entry_id}"].add(f"{other_label}:{other_id}")
        return dict(found)

    @cached_property
    def _person_of(self) -> dict[str, str]:
        """The key of the person of each `list:entry_id`: one of all entries that might be the same person."""
        leader: dict[str, str] = {}

        def lead(key: str) -> str:
            while leader.setdefault(key, key) != key:
                key = leader[key]
            return key

        for label, entries in self.entries.items():
            for entry in entries:
                signs = [f"document {document.key}" for document in entry.identity.documents if len(document.key) > 4]
                signs += [f"name {plain(name.full)}" for name in good_names(entry.identity) if " " in plain(name.full)]
                for sign in signs:
                    leader[lead(sign)] = lead(f"{label}:{entry.entry_id}")
        keys = [f"{label}:{entry.entry_id}" for label, entries in self.entries.items() for entry in entries]
        return {key: lead(key) for key in keys}

    @cached_property
    def _fit(self) -> set[str]:
        """The people of whom any entry may be fitted on."""
        return {person for key, person in self._person_of.items() if is_fit_entry(key.split(":", 1)[1])}

    def half(self, label: str, entry: Entry) -> str:
        """The half of the split to which the person of an entry belongs: to measure if nothing fitted has seen the person."""
        return HALVES[self._person_of[f"{label}:{entry.entry_id}"] not in self._fit]

    def may_be_one(self, label: str, entry: Entry, other_label: str, other: Entry) -> bool:
        """Whether two entries share a document or a whole name, and so are no certain pair of two people."""
        first, second = (
            self._person_of[key] for key in (f"{label}:{entry.entry_id}", f"{other_label}:{other.entry_id}")
        )
        return first == second


def _one_document(left: Document, right: Document) -> bool:
    return left.type is right.type and (not left.issuer or not right.issuer or left.issuer == right.issuer)


def culture_of(entry: Entry) -> str:
    """How people of the entry's countries are mostly named, for tables only; `unknown` if it has no country."""
    identity = entry.identity
    return naming_culture_of(identity).name if identity.nationalities or identity.birth_countries else "unknown"


class Alike:
    """Which entries have names like a given one, by the letters of their Latin names, whatever their order."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._owner: list[int] = []
        self._names: list[str] = []
        self._known: dict[tuple[str, ...], list[int]] = {}
        for number, entry in enumerate(entries):
            names = {plain(name.full) for name in good_names(entry.identity) if script_of(name.full) == "Latin"}
            self._names += sorted(names)
            self._owner += [number] * len(names)

    def nearest(self, names: Sequence[str]) -> list[int]:
        """The numbers of the entries with the names most like any of `names`, those most like first."""
        asked = tuple(names)
        if asked not in self._known:
            self._known[asked] = self._nearest(asked)
        return self._known[asked]

    def _nearest(self, names: Sequence[str]) -> list[int]:
        likeness: NDArray[np.uint8] = process.cdist(
            [plain(name) for name in names], self._names, scorer=fuzz.ratio, dtype=np.uint8
        ).max(axis=0)
        order = np.argsort(-likeness.astype(np.int64), kind="stable")[:MOST_ALIKE]
        return list(dict.fromkeys(self._owner[place] for place in order.tolist()))
