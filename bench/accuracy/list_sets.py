"""One list against another by shared documents with the documents hidden, and entries found by an alias left out.

Pairs come with names only and with birth date, sex, nationality and country of birth; negatives are the entries with the
names most alike, or, in sets named `anyone`, any. Queries of either half are looked up in the whole of the other list.
"""

from __future__ import annotations

from collections.abc import Iterator

from labelled import HALVES, LabelledSet, Row, chance, good_names, pair, person, plain, query, script_of
from people import LISTS, Alike, Listed, culture_of

from kstep.model import Entry

ACROSS_NEGATIVES = 20
ALIAS_NEGATIVES = 10
"""False pairs for each true one."""

VARIANTS = {"names": False, "fields": True}
"""What a set's persons have: names only, or the other fields too."""


def list_sets(listed: Listed) -> Iterator[LabelledSet]:
    """All sets of this module."""
    yield from _across(listed)
    for label in LISTS:
        yield from _aliases(label, listed)


def _whole(entry: Entry, fields: bool) -> Row:
    return person([name.full for name in good_names(entry.identity)], entry.identity if fields else None)


def _across(listed: Listed) -> Iterator[LabelledSet]:
    by_key = {f"{label}:{entry.entry_id}": entry for label in LISTS for entry in listed.entries[label]}
    for asked_label, other_label in (("un", "ofac-sdn"), ("ofac-sdn", "un")):
        everyone = listed.entries[other_label]
        alike = Alike(everyone)
        asked = [entry for entry in listed.entries[asked_label] if f"{asked_label}:{entry.entry_id}" in listed.same]
        for variant, fields in VARIANTS.items():
            pairs: dict[tuple[str, str], list[Row]] = {}
            queries: dict[str, list[Row]] = {half: [] for half in HALVES}
            for entry in asked:
                half, truth = listed.half(asked_label, entry), listed.same[f"{asked_label}:{entry.entry_id}"]
                left, labels = _whole(entry, fields), {"culture": culture_of(entry), "script": "Latin"}
                queries[half].append(query(left, truth, **labels))
                true = [pair(left, _whole(by_key[key], fields), True, **labels) for key in sorted(truth)]
                near = [everyone[number] for number in alike.nearest(_latin_names(entry))]
                anyone = chance("across", entry.entry_id).sample(everyone, 2 * ACROSS_NEGATIVES)
                for against, others in (("nearest", near), ("anyone", anyone)):
                    false = [other for other in others if not listed.may_be_one(asked_label, entry, other_label, other)]
                    rows = pairs.setdefault((against, half), [])
                    rows += true
                    rows += [pair(left, _whole(other, fields), False, **labels) for other in false[:ACROSS_NEGATIVES]]
            for half in HALVES:
                if asked_label == "un":
                    yield f"across_{variant}_{half}", pairs["nearest", half]
                    yield f"across_anyone_{variant}_{half}", pairs["anyone", half]
                yield f"queries_{asked_label}_against_{other_label}_{variant}_{half}", queries[half]


def _latin_names(entry: Entry) -> list[str]:
    return [name.full for name in good_names(entry.identity) if script_of(name.full) == "Latin"]


def _aliases(label: str, listed: Listed) -> Iterator[LabelledSet]:
    entries = listed.entries[label]
    alike = Alike(entries)
    draws = chance("alias left out", label)
    rows: dict[tuple[str, str], list[Row]] = {(variant, half): [] for variant in VARIANTS for half in HALVES}
    for entry in entries:
        names = good_names(entry.identity)
        spelled = [plain(name.full) for name in names]
        able = [name for name, words in zip(names[1:], spelled[1:], strict=True) if spelled.count(words) == 1]
        if not able:
            continue
        chosen = draws.choice(able)
        half = listed.half(label, entry)
        near = [entries[number] for number in alike.nearest([chosen.full])]
        false = [other for other in near if other is not entry and not listed.may_be_one(label, entry, label, other)
                 and (half == "test" or listed.half(label, other) == half)][:ALIAS_NEGATIVES]  # fmt: skip
        labels = {"culture": culture_of(entry), "script": script_of(chosen.full)}
        for variant, fields in VARIANTS.items():
            identity = entry.identity if fields else None
            left = person([chosen.full], identity)
            rest = person([name.full for name in names if name is not chosen], identity)
            rows[variant, half].append(pair(left, rest, True, **labels))
            rows[variant, half] += [pair(left, _whole(other, fields), False, **labels) for other in false]
    for (variant, half), found in rows.items():
        yield f"alias_{label}_{variant}_{half}", found
