"""Fit the corruption rates of the synthetic generator on pairs of real records of one person, and write `rates.json`.

Two kinds of pairs are read: the names of one entry (OFAC and UN aliases against the primary name), and the entries of
one person on both lists, found by a shared document number or an equal set of three or more name tokens. What is
written is aggregate: rates, counts and letter rewrites, no name of anybody. The same data and seed give the same bytes.
Rates that no pair can teach (what a register leaves empty) are the block `assumed`, kept by hand and left as it is.
"""

from __future__ import annotations

import argparse
import calendar
import csv
import hashlib
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from lxml import etree
from rapidfuzz.distance import Opcode
from rapidfuzz.distance.Levenshtein import normalized_similarity, opcodes

from kstep.model.countries import country_of_name

OFAC, UN = "ofac-sdn/2021-07", "un/consolidated-2025.xml"
RATES = Path(__file__).parent.parent / "src" / "kstep" / "synth" / "data" / "rates.json"
ALIASES_A_PERSON = 4
"""Alias pairs taken of one entry, so that a man with eighty aliases does not teach the rates alone."""
PAPER = re.compile(
    r"(?:Passport|National ID No\.|Identification Number|Cedula No\.) ([\w./ -]+?)(?: \(| issued| exp|$)"
)
VOWELS = "aeiou"
SEEN_OFTEN = 8
"""A letter rewrite is kept when at least so many pairs show it; rarer ones could tell whose name they came from."""


Date = tuple[int, int, int]
"""Year, month and day, 0 for what is unknown."""


@dataclass
class Record:
    """What one entry of a list says, as far as the fit needs it."""

    primary: list[str]
    aliases: list[list[str]]
    dates: list[Date]
    date_kinds: Counter[str] = field(default_factory=Counter)
    sexes: set[str] = field(default_factory=set)
    nationalities: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    weak_aliases: int = 0
    original_script: bool = False


Words = dict[int, str]
"""The words of a name that are still to be aligned, by their place in it."""
Pairs = list[tuple[Record, Record]]
"""Entries of one person on the two lists."""


def tokens(name: str) -> list[str]:
    """The words of a name in plain lower-case letters; `FAMILY, Given` is put in spoken order."""
    family, comma, given = name.partition(",")
    name = f"{given} {family}" if comma else name
    plain = "".join(ch for ch in unicodedata.normalize("NFKD", name) if not unicodedata.combining(ch))
    return re.findall(r"[a-z]+", re.sub(r"['’‘`]", "", plain.casefold()))


def read_ofac(folder: Path) -> list[Record]:
    """The individuals of the legacy CSV files."""

    def rows(name: str) -> Iterator[list[str]]:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            yield from (row for row in csv.reader(file) if len(row) > 1)

    aliases, more = defaultdict(list), {row[0]: row[1] for row in rows("sdn_comments.csv")}
    for row in rows("alt.csv"):
        aliases[row[0]].append(tokens(row[3]))
    found = []
    for row in (row for row in rows("sdn.csv") if row[2] == "individual"):
        record = Record(tokens(row[1]), [name for name in aliases[row[0]] if name], [])
        for clause in (row[11] + more.get(row[0], "")).rstrip(".").split(";"):
            _read_clause(clause.strip().removeprefix("alt. "), record)
        found.append(record)
    return found


def _read_clause(clause: str, record: Record) -> None:
    if date := re.fullmatch(r"DOB (circa )?(?:(\d\d) )?(?:([A-Z][a-z]{2}) )?(\d{4})( to .*)?", clause):
        circa, day, month, year, upto = date.groups()
        kind = "range" if upto else "circa" if circa else "day" if day else "month" if month else "year"
        record.date_kinds[kind] += 1
        if not upto:
            record.dates.append((int(year), list(calendar.month_abbr).index(month or ""), int(day or 0)))
    elif clause.startswith("a.k.a. '"):
        record.weak_aliases += 1
    elif clause.startswith("Gender "):
        record.sexes.add(clause.split()[1][0])
    elif clause.startswith(("nationality ", "citizen ")):
        record.nationalities.add(country_of_name(clause.split(" ", 1)[1]) or clause)
    elif number := PAPER.match(clause):
        _add_document(number[1], record)


def _add_document(number: str, record: Record) -> None:
    key = re.sub(r"\W", "", number).upper()
    if 6 <= len(key) <= 20 and any(ch.isdigit() for ch in key):
        record.documents.add(key)


def read_un(path: Path) -> list[Record]:
    """The individuals of the consolidated XML file."""
    found = []
    for person in etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).iter("INDIVIDUAL"):

        def texts(where: str, person: etree._Element = person) -> list[str]:
            return [text.strip() for element in person.findall(where) if (text := element.text) and text.strip()]

        parts = [text for which in ("FIRST", "SECOND", "THIRD", "FOURTH") for text in texts(f"{which}_NAME")]
        good = [alias.findtext("ALIAS_NAME") or "" for alias in person.iter("INDIVIDUAL_ALIAS")
                if (alias.findtext("QUALITY") or "") == "Good"]  # fmt: skip
        record = Record(tokens(" ".join(parts)), [name for alias in good if (name := tokens(alias))], [])
        for birth in person.iter("INDIVIDUAL_DATE_OF_BIRTH"):
            _read_birth(birth, record)
        record.sexes = {text[0] for text in texts("GENDER")}
        record.weak_aliases = texts("INDIVIDUAL_ALIAS/QUALITY").count("Low")
        record.original_script = bool(texts("NAME_ORIGINAL_SCRIPT"))
        record.nationalities = {country_of_name(text) or text for text in texts("NATIONALITY/VALUE")}
        for number in texts("INDIVIDUAL_DOCUMENT/NUMBER"):
            _add_document(number, record)
        found.append(record)
    return found


def _read_birth(birth: etree._Element, record: Record) -> None:
    kind = birth.findtext("TYPE_OF_DATE") or ""
    when = birth.findtext("DATE") or birth.findtext("YEAR") or ""
    if kind == "BETWEEN" and birth.findtext("FROM_YEAR"):
        record.date_kinds["range"] += 1
    elif parts := re.match(r"(\d{4})(?:-(\d\d)-(\d\d))?", when):
        record.date_kinds["circa" if kind == "APPROXIMATELY" else "day" if parts[2] else "year"] += 1
        record.dates.append((int(parts[1]), int(parts[2] or 0), int(parts[3] or 0)))


def paired(first: Sequence[Record], second: Sequence[Record], keys: Callable[[Record], Iterable[object]]) -> Pairs:
    """Each record of `first` with the record of `second` that shares a key with it, where there is just one."""
    holders: dict[object, set[int]] = defaultdict(set)
    for index, record in enumerate(second):
        for key in keys(record):
            holders[key].add(index)
    others = [set().union(*(holders.get(key, set()) for key in keys(record))) for record in first]
    return [(record, second[min(found)]) for record, found in zip(first, others, strict=True) if len(found) == 1]


def long_names(record: Record) -> list[frozenset[str]]:
    """The names of three different words or more, in any order: two people rarely share one."""
    return [frozenset(name) for name in [record.primary, *record.aliases] if len(set(name)) >= 3]


def compare(first: list[str], second: list[str]) -> tuple[Counter[str], list[tuple[str, str]], bool]:
    """Align two names: equal tokens, joined or split ones, initials, respellings; the rest was dropped or added.

    Returns the count of each difference, the pairs of tokens that are one, and whether anything but a particle or an
    initial aligned at all; if not, the second is another name of the person.
    """
    counts: Counter[str] = Counter()
    left, right = dict(enumerate(first)), dict(enumerate(second))
    aligned: list[tuple[int, int]] = []
    spelled: list[tuple[str, str]] = []

    def pair(i: int, j: int, kind: str) -> None:
        aligned.append((i, j))
        counts[kind] += 1
        if kind in ("equal", "respelled"):
            spelled.append((left[i], right[j]))
        del left[i], right[j]

    for i, word in list(left.items()):
        if (j := next((j for j, other in right.items() if other == word), None)) is not None:
            pair(i, j, "equal")
    _pair_compounds(left, right, aligned, counts)
    for i, word in list(left.items()):
        initial = next((j for j, other in right.items() if 1 in (len(word), len(other)) and word[0] == other[0]), None)
        if initial is not None:
            pair(i, initial, "initial")
    close = ((normalized_similarity(word, other), i, j) for i, word in left.items() for j, other in right.items())
    for similarity, i, j in sorted(close, key=lambda item: (-item[0], item[1], item[2])):
        if similarity >= 0.6 and i in left and j in right:
            pair(i, j, "respelled")
    counts["dropped"], counts["added"] = len(left), len(right)
    counts["swapped"] = int(any(b[1] < a[1] for a, b in pairwise(sorted(aligned))))
    counts["tokens"] = len(first)
    return counts, spelled, any(len(first[i]) > 3 and len(second[j]) > 3 for i, j in aligned)


def _pair_compounds(left: Words, right: Words, aligned: list[tuple[int, int]], counts: Counter[str]) -> None:
    for kind, parts, wholes in (("joined", left, right), ("split", right, left)):
        for run in (range(start, start + length) for length in (3, 2) for start in sorted(parts)):
            text = "".join(parts.get(index, " ") for index in run)
            whole = next((j for j, other in wholes.items() if normalized_similarity(text, other) >= 0.8), None)
            if whole is not None and len(text) > 4 and " " not in text:
                aligned.append((run[0], whole) if kind == "joined" else (whole, run[0]))
                counts[kind] += 1
                del wholes[whole]
                for index in run:
                    del parts[index]


def rewrites(spelled: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, str, float]], list[float]]:
    """Letter rewrites, how often where their left side stands, and the shares of tokens with one, two, more of them."""
    counted: Counter[tuple[str, str]] = Counter()
    standing: Counter[str] = Counter()
    many: Counter[int] = Counter()
    for first, second in spelled:
        for a, b in ((f"^{first}$", f"^{second}$"), (f"^{second}$", f"^{first}$")):
            standing.update(a[i : i + n] for n in (1, 2, 3) for i in range(len(a) - n + 1))
            changes = [step for step in opcodes(a, b) if step.tag != "equal"]
            for step in changes:
                counted[_with_neighbour(a, b, step)] += 1
            many[min(len(changes), 3)] += bool(changes)
    often = ((a, b, n) for (a, b), n in counted.items() if n >= SEEN_OFTEN and len(a) <= 3 and a != b)
    kept = [(a, b, round(n / standing[a], 5)) for a, b, n in often]
    total = sum(many.values())
    return sorted(kept, key=lambda item: (-item[2], item[0], item[1])), [round(many[n] / total, 4) for n in (1, 2, 3)]


def _with_neighbour(a: str, b: str, step: Opcode) -> tuple[str, str]:
    """The letters that `step` changes; where it inserts or deletes, with the neighbour of their kind (vowel or not)."""
    i, j, k, m = step.src_start, step.src_end, step.dest_start, step.dest_end
    if step.tag != "replace":
        touched = a[i:j] or b[k:m]
        like_before, like_after = ((a[at] in VOWELS) == (touched[end] in VOWELS) for at, end in ((i - 1, 0), (j, -1)))
        after = like_after and not like_before and a[j] != "$"
        i, j, k, m = (i, j + 1, k, m + 1) if after else (i - 1, j, k - 1, m)
    return a[i:j], b[k:m]


def date_relation(date: Date, others: Iterable[Date]) -> str:
    """How one birth date stands to the closest of another record's."""
    ranking = ["equal", "year_only", "swapped", "january_first", "one_digit", "near_year", "conflict"]
    return min((_one_relation(date, other) for other in others), key=ranking.index)


def _one_relation(a: Date, b: Date) -> str:
    if a == b:
        return "equal"
    if not (a[2] and b[2]):
        gap = abs(a[0] - b[0])
        return "year_only" if gap == 0 else "near_year" if gap <= 2 else "conflict"
    if a[0] == b[0] and a[1:] == b[:0:-1]:
        return "swapped"
    if a[0] == b[0] and (1, 1) in (a[1:], b[1:]):
        return "january_first"
    written = [f"{y:04d}{m:02d}{d:02d}" for y, m, d in (a, b)]
    if sum(x != y for x, y in zip(*written, strict=True)) == 1:
        return "one_digit"
    return "near_year" if abs(a[0] - b[0]) <= 2 else "conflict"


def shares(counts: Counter[str]) -> dict[str, float]:
    """Each count's share of the whole, four decimals, in the order of their names."""
    total = sum(counts.values())
    return {kind: round(count / total, 4) for kind, count in sorted(counts.items())}


def fit_names(records: Sequence[Record], by_document: Pairs, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rates of name differences and the counts they rest on."""
    draw, total, spelled = np.random.default_rng(seed), Counter[str](), list[tuple[str, str]]()
    for record in records:
        order = np.argsort(draw.random(len(record.aliases)), kind="stable")
        for alias in (record.aliases[number] for number in order[:ALIASES_A_PERSON]):
            counts, tokens_of_one, same_name = compare(record.primary, alias)
            total["alias pairs"] += 1
            if same_name:
                total["same name"] += 1
                total.update(counts)
                total["names with added"] += counts["added"] > 0
                spelled += tokens_of_one
    chosen: Counter[str] = Counter()
    for un, ofac in by_document:
        if sorted(un.primary) == sorted(ofac.primary):
            chosen["primary, equal" if un.primary == ofac.primary else "primary, family name first"] += 1
        elif un.primary in ofac.aliases:
            chosen["alias, equal"] += 1
        else:
            chosen["changed" if compare(un.primary, ofac.primary)[2] else "another name"] += 1
    pairs, names, words = len(by_document), total["same name"], total["tokens"]
    letters, many = rewrites(spelled)
    rates = {
        "alias": round((chosen["alias, equal"] + chosen["another name"]) / pairs, 4),
        "changed": round(chosen["changed"] / pairs, 4),
        **{f"{kind}_per_token": round(total[kind] / words, 4) for kind in ("respelled", "dropped", "initial")},
        **{f"{kind}_per_name": round(total[kind] / names, 4) for kind in ("joined", "split", "swapped")},
        "added_per_name": round(total["names with added"] / names, 4),
        "rewrites_per_token": many,
        "rewrites": letters,
    }
    return rates, {"names inside lists": total, "primary names across lists": chosen}


def fit_fields(records: Sequence[Record], either: Pairs, by_name: Pairs) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rates of differences in birth date, nationality and documents, and the counts they rest on.

    How often two birth dates of one person differ is counted across the lists; in what way they then differ, there and
    between the first and second date inside an entry, which are many more.
    """
    counted = {kind: Counter[str]() for kind in ("birth_date", "second_birth_date", "nationality", "document")}
    for record in records:
        if len(dates := list(dict.fromkeys(record.dates))) > 1:
            counted["second_birth_date"][date_relation(dates[0], dates[1:2])] += 1
    for un, ofac in either:
        if un.dates and ofac.dates:
            counted["birth_date"][date_relation(un.dates[0], ofac.dates)] += 1
        if un.nationalities and ofac.nationalities:
            counted["nationality"]["equal" if un.nationalities & ofac.nationalities else "different"] += 1
    for un, ofac in by_name:
        if un.documents and ofac.documents:
            counted["document"]["equal" if un.documents & ofac.documents else "different"] += 1
    rates = {kind: shares(counted[kind]) for kind in ("nationality", "document")}
    equal = shares(counted["birth_date"])["equal"]
    differing = counted["birth_date"] + counted["second_birth_date"]
    del differing["equal"]
    ways = {kind: round(share * (1 - equal), 4) for kind, share in shares(differing).items()}
    return {"birth_date": {"equal": equal} | ways} | rates, dict(counted)


def describe(records: Sequence[Record]) -> dict[str, Any]:
    """How much a list says of its people: the share of entries with each field, and the accuracy of the dates."""
    kinds = sum((record.date_kinds for record in records), Counter[str]())

    def mean(numbers: Iterable[float]) -> float:
        return round(sum(numbers) / len(records), 4)

    return {
        "aliases_mean": mean(len(record.aliases) for record in records),
        "weak_aliases_mean": mean(record.weak_aliases for record in records),
        "original_script": mean(record.original_script for record in records),
        "birth_date": mean(bool(record.date_kinds) for record in records),
        "second_birth_date": mean(sum(record.date_kinds.values()) > 1 for record in records),
        "birth_date_kinds": shares(kinds),
        "sex": mean(bool(record.sexes) for record in records),
        "nationality": mean(bool(record.nationalities) for record in records),
        "document": mean(bool(record.documents) for record in records),
    }


def fit(data: Path, seed: int) -> dict[str, Any]:
    """All of `rates.json`."""
    ofac, un = read_ofac(data / OFAC), read_un(data / UN)
    by_document, by_name = paired(un, ofac, lambda record: record.documents), paired(un, ofac, long_names)
    either = list({(id(a), id(b)): (a, b) for a, b in by_document + by_name}.values())
    names, name_counts = fit_names(ofac + un, by_document, seed)
    fields, field_counts = fit_fields(ofac + un, either, by_name)
    sources = sorted([*(data / OFAC).glob("*.csv"), data / UN])
    return {
        "provenance": {
            "written by": "tools/fit_synth.py",
            "seed": seed,
            "sources": {str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sources},
            "individuals": {"ofac": len(ofac), "un": len(un)},
            "pairs": {"by document": len(by_document), "by name": len(by_name), "either": len(either)},
            "counts": {kind: dict(sorted(counts.items())) for kind, counts in (name_counts | field_counts).items()},
        },
        "name": names,
        **fields,
        "lists": {"ofac-sdn": describe(ofac), "un": describe(un)},
        "assumed": json.loads(RATES.read_text(encoding="utf-8"))["assumed"],
    }


def main() -> int:
    """Write or check `rates.json`, and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path, help="the folder of real lists")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", action="store_true", help="write nothing; say whether rates.json would be the same")
    options = parser.parse_args()
    rates = fit(options.data, options.seed)
    text = json.dumps(rates, indent=1, ensure_ascii=False) + "\n"
    text = re.sub(r"\[[^\[\]{}]*\]", lambda listed: " ".join(listed[0].split()), text)
    print(json.dumps({key: value for key, value in rates["provenance"].items() if key != "sources"}, indent=1))
    if options.check:
        same = RATES.read_text(encoding="utf-8") == text
        print(f"{RATES.name} is {'exactly' if same else 'NOT'} what these data give")
        return 0 if same else 1
    RATES.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
