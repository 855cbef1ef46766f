"""Fit the corruption rates of the synthetic generator on pairs of real records of one person, and write `rates.json`.

Two kinds of pairs are read: the names of one entry (OFAC and UN aliases against the primary name), and the entries of
one person on both lists, found by a shared document number or an equal set of three or more name tokens. What is
written is aggregate: rates, counts and letter rewrites, no name of anybody. The same data and seed give the same bytes.
Rates that no pair can teach (what a register leaves empty) are the block `assumed`, kept by hand and left as it is.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from lxml import etree
from rapidfuzz.distance import Levenshtein

from kstep.model.countries import country_of_name

OFAC = "ofac-sdn/2021-07"
UN = "un/consolidated-2025.xml"
RATES = Path(__file__).parent.parent / "src" / "kstep" / "synth" / "data" / "rates.json"
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
ALIASES_A_PERSON = 4
"""Alias pairs taken of one entry, so that a man with eighty aliases does not teach the rates alone."""
VOWELS = "aeiouy"
SEEN_OFTEN = 8
"""A letter rewrite is kept when at least so many pairs show it; rarer ones could tell whose name they came from."""


@dataclass
class Record:
    """What one entry of a list says, as far as the fit needs it. Dates are (year, month, day), 0 for what is unknown."""

    primary: list[str]
    aliases: list[list[str]]
    dates: list[tuple[int, int, int]]
    date_kinds: Counter[str] = field(default_factory=Counter)
    sexes: set[str] = field(default_factory=set)
    nationalities: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)


def tokens(name: str) -> list[str]:
    """The words of a name in plain lower-case letters; `FAMILY, Given` is put in spoken order."""
    family, comma, given = name.partition(",")
    name = f"{given} {family}" if comma else name
    plain = "".join(ch for ch in unicodedata.normalize("NFKD", name) if not unicodedata.combining(ch))
    return re.findall(r"[a-z]+", re.sub(r"['’‘`]", "", plain.casefold()))


def country(text: str) -> str:
    """A nationality as a code, or as the text it is."""
    return country_of_name(text) or text


def read_ofac(folder: Path) -> list[Record]:
    """The individuals of the legacy CSV files."""

    def rows(name: str) -> Iterator[list[str]]:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            yield from (row for row in csv.reader(file) if len(row) > 1)

    aliases, more = defaultdict(list), {row[0]: row[1] for row in rows("sdn_comments.csv")}
    for row in rows("alt.csv"):
        aliases[row[0]].append(tokens(row[3]))
    found = []
    for row in rows("sdn.csv"):
        if row[2] != "individual":
            continue
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
            record.dates.append((int(year), MONTHS.index(month) + 1 if month else 0, int(day or 0)))
    elif clause.startswith("Gender "):
        record.sexes.add(clause.split()[1][0])
    elif clause.startswith(("nationality ", "citizen ")):
        record.nationalities.add(country(clause.split(" ", 1)[1]))
    elif number := re.match(
        r"(?:Passport|National ID No\.|Identification Number|Cedula No\.) ([\w./ -]+?)(?: \(| issued| expires|$)",
        clause,
    ):
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

        parts = (texts(f"{which}_NAME") for which in ("FIRST", "SECOND", "THIRD", "FOURTH"))
        good = [alias.findtext("ALIAS_NAME") or "" for alias in person.iter("INDIVIDUAL_ALIAS")
                if (alias.findtext("QUALITY") or "") == "Good"]  # fmt: skip
        record = Record(tokens(" ".join(sum(parts, []))), [name for alias in good if (name := tokens(alias))], [])
        for birth in person.iter("INDIVIDUAL_DATE_OF_BIRTH"):
            _read_birth(birth, record)
        record.sexes = {text[0] for text in texts("GENDER")}
        record.nationalities = {country(text) for text in texts("NATIONALITY/VALUE")}
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


def linked(
    first: Sequence[Record], second: Sequence[Record]
) -> tuple[list[tuple[Record, Record]], list[tuple[Record, Record]]]:
    """Pairs of one person on both lists: by document number, and by an equal set of three tokens or more."""
    by_document: dict[object, set[int]] = defaultdict(set)
    by_name: dict[object, set[int]] = defaultdict(set)
    for index, record in enumerate(second):
        for number in record.documents:
            by_document[number].add(index)
        for name in [record.primary, *record.aliases]:
            by_name[frozenset(name)].add(index)

    def pairs(keys_of: Any, found: dict[object, set[int]]) -> list[tuple[Record, Record]]:
        result = []
        for record in first:
            others = set().union(*(found.get(key, set()) for key in keys_of(record)))
            if len(others) == 1:
                result.append((record, second[others.pop()]))
        return result

    def names(record: Record) -> list[frozenset[str]]:
        return [frozenset(name) for name in [record.primary, *record.aliases] if len(set(name)) >= 3]

    return pairs(lambda record: record.documents, by_document), pairs(names, by_name)


@dataclass
class NameDifference:
    """How two written names differ, token by token."""

    counts: Counter[str]
    spelled: list[tuple[str, str]]
    same_token: bool
    """Whether anything but a particle or an initial aligned at all; if not, it is another name of the person."""


def compare(first: list[str], second: list[str]) -> NameDifference:
    """Align two names: equal tokens, joined or split ones, initials, respellings; the rest was dropped or added."""
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
    close = (
        (Levenshtein.normalized_similarity(word, other), i, j) for i, word in left.items() for j, other in right.items()
    )
    for similarity, i, j in sorted(close, key=lambda item: (-item[0], item[1], item[2])):
        if similarity >= 0.6 and i in left and j in right:
            pair(i, j, "respelled")
    counts["dropped"], counts["added"] = len(left), len(right)
    counts["swapped"] = int(any(b[1] < a[1] for a, b in pairwise(sorted(aligned))))
    counts["tokens"] = len(first)
    return NameDifference(counts, spelled, any(len(first[i]) > 3 and len(second[j]) > 3 for i, j in aligned))


def _pair_compounds(
    left: dict[int, str], right: dict[int, str], aligned: list[tuple[int, int]], counts: Counter[str]
) -> None:
    for kind, parts, wholes in (("joined", left, right), ("split", right, left)):
        for length in (3, 2):
            for start in sorted(parts):
                run = [start + step for step in range(length)]
                if any(index not in parts for index in run):
                    continue
                text = "".join(parts[index] for index in run)
                whole = next(
                    (j for j, other in wholes.items() if Levenshtein.normalized_similarity(text, other) >= 0.8), None
                )
                if whole is not None and len(text) > 4:
                    aligned.append((start, whole) if kind == "joined" else (whole, start))
                    counts[kind] += 1
                    del wholes[whole]
                    for index in run:
                        del parts[index]


def rewrites(spelled: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, str, float]], list[float]]:
    """Letter rewrites with their probability where their left side stands, and how many a respelled token has (1, 2, 3+)."""
    counted: Counter[tuple[str, str]] = Counter()
    standing: Counter[str] = Counter()
    many: Counter[int] = Counter()
    for first, second in spelled:
        for a, b in ((f"^{first}$", f"^{second}$"), (f"^{second}$", f"^{first}$")):
            standing.update(a[i : i + n] for n in (1, 2, 3) for i in range(len(a) - n + 1))
            changes = 0
            for tag, i, j, k, m in Levenshtein.opcodes(a, b):
                if tag == "equal":
                    continue
                changes += 1
                if tag != "replace":
                    before, after = (i - 1, j, k - 1, m), (i, j + 1, k, m + 1)
                    touched = a[i:j] or b[k:m]
                    alike = (
                        (a[j] in VOWELS) == (touched[-1] in VOWELS) != ((a[i - 1] in VOWELS) == (touched[0] in VOWELS))
                    )
                    i, j, k, m = after if alike and a[j] != "$" else before
                counted[a[i:j], b[k:m]] += 1
            many[min(changes, 3)] += changes > 0
    kept = [
        (a, b, round(n / standing[a], 5)) for (a, b), n in counted.items() if n >= SEEN_OFTEN and len(a) <= 3 and a != b
    ]
    total = sum(many.values())
    return sorted(kept, key=lambda item: (-item[2], item[0], item[1])), [round(many[n] / total, 4) for n in (1, 2, 3)]


def date_relation(date: tuple[int, int, int], others: Iterable[tuple[int, int, int]]) -> str:
    """How one birth date stands to the closest of another record's."""
    ranking = ["equal", "year_only", "swapped", "january_first", "one_digit", "near_year", "conflict"]
    return min((_one_relation(date, other) for other in others), key=ranking.index)


def _one_relation(a: tuple[int, int, int], b: tuple[int, int, int]) -> str:
    if a == b:
        return "equal"
    if not (a[2] and b[2]):
        gap = abs(a[0] - b[0])
        return "year_only" if gap == 0 else "near_year" if gap <= 2 else "conflict"
    if a[0] == b[0]:
        if a[1:] == b[:0:-1]:
            return "swapped"
        if (1, 1) in (a[1:], b[1:]):
            return "january_first"
    written = [f"{y:04d}{m:02d}{d:02d}" for y, m, d in (a, b)]
    if sum(x != y for x, y in zip(*written, strict=True)) == 1:
        return "one_digit"
    return "near_year" if abs(a[0] - b[0]) <= 2 else "conflict"


def shares(counts: Counter[str]) -> dict[str, float]:
    """Each count's share of the whole, four decimals, in the order of their names."""
    total = sum(counts.values())
    return {kind: round(count / total, 4) for kind, count in sorted(counts.items())}


def fit_names(
    records: Sequence[Record], by_document: Sequence[tuple[Record, Record]], seed: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rates of name differences and the counts they rest on."""
    draw, total, spelled = random.Random(seed), Counter[str](), list[tuple[str, str]]()
    for record in records:
        for alias in draw.sample(record.aliases, min(ALIASES_A_PERSON, len(record.aliases))):
            difference = compare(record.primary, alias)
            total["alias pairs"] += 1
            if difference.same_token:
                total["same name"] += 1
                total.update(difference.counts)
                total["names with added"] += difference.counts["added"] > 0
                spelled += difference.spelled
    chosen: Counter[str] = Counter()
    for un, ofac in by_document:
        if sorted(un.primary) == sorted(ofac.primary):
            chosen["primary, equal" if un.primary == ofac.primary else "primary, family name first"] += 1
        elif un.primary in ofac.aliases:
            chosen["alias, equal"] += 1
        else:
            chosen["changed" if compare(un.primary, ofac.primary).same_token else "another name"] += 1
    pairs, names, words = len(by_document), total["same name"], total["tokens"]
    letters, many = rewrites(spelled)
    rates = {
        "alias": round((chosen["alias, equal"] + chosen["another name"]) / pairs, 4),
        "changed": round(chosen["changed"] / pairs, 4),
        "respelled_per_token": round(total["respelled"] / words, 4),
        "dropped_per_token": round(total["dropped"] / words, 4),
        "initial_per_token": round(total["initial"] / words, 4),
        **{f"{kind}_per_name": round(total[kind] / names, 4) for kind in ("joined", "split", "swapped")},
        "added_per_name": round(total["names with added"] / names, 4),
        "rewrites_per_token": many,
        "rewrites": letters,
    }
    return rates, {
        "names inside lists": dict(sorted(total.items())),
        "primary names across lists": dict(sorted(chosen.items())),
    }


def fit_fields(
    records: Sequence[Record], either: Sequence[tuple[Record, Record]], by_name: Sequence[tuple[Record, Record]]
) -> tuple[dict[str, Any], dict[str, Any]]:
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
            close = any(
                len(a) == len(b) and Levenshtein.distance(a, b) == 1 for a in un.documents for b in ofac.documents
            )
            counted["document"][
                "equal" if un.documents & ofac.documents else "one_digit" if close else "different"
            ] += 1
    rates = {kind: shares(counted[kind]) for kind in ("nationality", "document")}
    equal = shares(counted["birth_date"])["equal"]
    differing = counted["birth_date"] + counted["second_birth_date"]
    del differing["equal"]
    ways = {kind: round(share * (1 - equal), 4) for kind, share in shares(differing).items()}
    return {"birth_date": {"equal": equal} | ways} | rates, {k: dict(sorted(c.items())) for k, c in counted.items()}


def describe(records: Sequence[Record]) -> dict[str, Any]:
    """How much a list says of its people: the share of entries with each field, and the accuracy of the dates."""
    kinds = sum((record.date_kinds for record in records), Counter[str]())

    def share(have: Iterable[object]) -> float:
        return round(sum(map(bool, have)) / len(records), 4)

    return {
        "aliases_mean": round(sum(len(record.aliases) for record in records) / len(records), 2),
        "birth_date": share(record.date_kinds for record in records),
        "second_birth_date": share(sum(record.date_kinds.values()) > 1 for record in records),
        "birth_date_kinds": shares(kinds),
        "sex": share(record.sexes for record in records),
        "nationality": share(record.nationalities for record in records),
        "document": share(record.documents for record in records),
    }


def fit(data: Path, seed: int) -> dict[str, Any]:
    """All of `rates.json`."""
    ofac, un = read_ofac(data / OFAC), read_un(data / UN)
    by_document, by_name = linked(un, ofac)
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
            "counts": name_counts | field_counts,
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
    parser.add_argument(
        "--check", action="store_true", help="write nothing; say whether rates.json is what the data give"
    )
    options = parser.parse_args()
    rates = fit(options.data, options.seed)
    text = json.dumps(rates, indent=1, ensure_ascii=False) + "\n"
    text = re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), text)
    print(json.dumps({key: value for key, value in rates["provenance"].items() if key != "sources"}, indent=1))
    print("letter rewrites:", len(rates["name"]["rewrites"]))
    if options.check:
        same = RATES.read_text(encoding="utf-8") == text
        print(f"{RATES.name} is {'exactly' if same else 'NOT'} what these data give")
        return 0 if same else 1
    RATES.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
