"""Reports of invented people to try the page with: many scripts, hostile names, and as many matches as one asks for.

Everything is drawn from a seed, so a sample is the same each time. Nobody in here exists.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

from kstep.screening.report import Attention, Details, ListSummary, Report, Value

PRIOR_BITS = -17.0
ENGINE = "kstep 0.1.0 · configuration 5c1e09ab"
EDITIONS = {
    "un": "9f2b6c1d40e7a85333c8f1b2d4a69e07c5518fa2be903d7614cc0f8a2e71b9d3",
    "ofac-sdn": "41d07a9be2c35f68110b94d6e8a7c2f35d90ab1476e3c8f2905b7d1e64a8c03f",
    "regional watch": "c7e35f0b9a1d42687f5e83c06b2d914a3f7c50e8d6b19a2470c3e5f8b1d62a94",
}

HOSTILE = (
    "<script>document.title='ran'</script>",
    "</script><script>document.title='ran'</script>",
    "\"><img src=x onerror=document.title='ran'>",
    "' onmouseover='document.title=`ran`",
    "<!--<script>",
    "]]></noscript><svg onload=document.title='ran'>",
    "Amber \u202eevoLgnihtoN\u202c Vale",
    "Zero\u200bWidth \u2066Isolate\u2069 \u2028Line",
    "{{ 7*7 }} ${7*7} %s \\u003cb\\u003e",
    "__proto__ constructor",
    "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafe " * 4,
    "ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ " * 12,
)

# Given and family names as the person's record writes them, and as the entry does.
GIVEN = (
    ("Tariq", "طارق"), ("Leila", "Laila"), ("Yusuf", "Youssef"), ("Dmitri", "Дмитрий"), ("Oksana", "Oxana"),
    ("Wei", "伟"), ("Meera", "मीरा"), ("Nino", "ნინო"), ("Hana", "Hannah"), ("Abebe", "አበበ"), ("Eleni", "Ελένη"),
    ("Mateo", "Matteo"), ("Farah", "Farrah"), ("Min-jun", "민준"), ("Somchai", "สมชาย"), ("Aram", "Արամ"),
    ("Noam", "נועם"), ("Zeynep", "Zeinab"), ("Kofi", "Koffi"), ("Ibrahim", "Ebrahim"),
)  # fmt: skip
FAMILY = (
    ("Qasrawan", "قصروان"), ("Velorin", "Velorin"), ("al-Zahmandi", "الزهمندي"), ("Brastov", "Брастов"),
    ("Kandelaru", "Candelaru"), ("Ouyanglin", "欧阳林"), ("Tarvenkar", "तरवेणकर"), ("Gvelashuri", "გველაშური"),
    ("Osterhaal", "Oosterhaal"), ("Tessemariam", "ተሰማርያም"), ("Papadrosou", "Παπαδρόσου"), ("Quintavera", "Quintavera"),
    ("Benhaddar", "Ben Haddar"), ("Seongtak", "성탁"), ("Rattanavong", "รัตนวงศ์"), ("Harutyan", "Հարության"),
    ("Ben-Teviel", "בן־טביאל"), ("Karadenizli", "Karadeniz"), ("Asamanteng", "Asamanteng"), ("Noorvand", "Nourvand"),
)  # fmt: skip
COUNTRIES = ("Arvenia (AV)", "Belmoria (BQ)", "Costaguana (CX)", "Drachmar (DX)", "Elbonia (EB)")


def sample_report(matches: int = 64, *, hostile: bool = True, seed: int = 7, weak: bool = False) -> Report:
    """A report of `matches` possible matches; with `hostile`, the first ones bear names that attack the page."""
    chance = random.Random(seed)
    rows: list[dict[str, Any]] = []
    people: dict[str, Details] = {}
    entries: dict[tuple[str, str], Details] = {}
    while len(rows) < matches:
        drawn = _pair(chance, len(rows), HOSTILE[len(rows)] if hostile and len(rows) < len(HOSTILE) else "")
        row, person, entry = drawn
        if row["band"] == "weak" and not weak:
            continue
        if len(rows) % 6 == 5:
            row["person_id"] = rows[-1]["person_id"]
        rows.append(row)
        people.setdefault(row["person_id"], person)
        entries[row["list"], row["entry_id"]] = entry
    rows.sort(key=lambda row: (row["person_id"], -row["bits"], row["list"], row["entry_id"]))
    return Report(
        title="people.csv against un, ofac-sdn, regional watch",
        generated_by=ENGINE,
        threshold=0.5,
        prior_bits=PRIOR_BITS,
        people=100_000,
        entries=12_402,
        comparisons=1_240_200_000,
        seconds=14.2,
        lists=[
            ListSummary(name, edition, None if name == "regional watch" else date(2024, 5, 3), size,
                        {"entity": 236, "vessel": 12} if name != "regional watch" else {},
                        sum(row["list"] == name for row in rows))
            for (name, edition), size in zip(EDITIONS.items(), (702, 7_393, 4_307), strict=True)
        ],
        matches=rows,
        person_details=people,
        entry_details=entries,
        attention=[
            Attention("fields that could not be read", 31, ["people.csv, line 18: birth_date: '1980-02-31' is not a date",
                                                          "people.csv, line 4711: nationality: 'QQ' is not a country"]),
            Attention("people too poor to screen", 4, ["P-00412", "P-07731", "P-55120", "P-90003"]),
            Attention("person ids used more than once", 1, ["P-00017 (2 rows)"]),
        ],
    )  # fmt: skip


def empty_report() -> Report:
    """A run that found nothing."""
    full = sample_report(0)
    return Report(full.title, ENGINE, 0.5, PRIOR_BITS, 1200, 12_402, 14_882_400, None, full.lists, [])


def _pair(chance: random.Random, place: int, hostile: str) -> tuple[dict[str, Any], Details, Details]:
    """One possible match, and what both records say."""
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    full = hostile or f"{given[0]} {family[0]}"
    listed = f"{family[1]}, {given[1]}" if chance.random() < 0.6 else f"{given[1]} {family[1]}"
    born = date(chance.randint(1948, 2001), chance.randint(1, 12), chance.randint(1, 28))
    country, sex = chance.choice(COUNTRIES), chance.choice("MF")
    passport = f"{chance.choice('ABCKX')}{chance.randint(1_000_000, 9_999_999)}"
    aliases = chance.sample([f"{a} {b}" for a, _ in GIVEN[:8] for b, _ in FAMILY[:5]], chance.choice((0, 1, 2, 3, 11)))
    evidence = [
        _token(chance, family, (9.5, 15.5)),
        _token(chance, given, (3.5, 8.5)),
        *([_row("name", "Omar", "", "unmatched", -chance.uniform(0.6, 1.6))] if chance.random() < 0.25 else []),
        _row("name", "1", str(len(aliases) + 1), "number of names", -0.35 * len(aliases)),
        _birth(chance, born),
        _row("sex", sex, sex, "equal", 0.987) if chance.random() < 0.8 else _row("sex", sex, "", "missing", 0.0),
        _country(chance, country),
        _document(chance, passport),
    ]
    bits = round(sum(row["bits"] for row in evidence), 3)
    probability = 1 / (1 + 2 ** -(bits + PRIOR_BITS))
    source = chance.choices(tuple(EDITIONS), (3, 5, 2))[0]
    row = {
        "person_id": f"P-{place * 37 % 100_000:05}",
        "list": source,
        "edition": EDITIONS[source],
        "entry_id": f"QX.{place + 1:04}" if source == "un" else str(20_000 + place),
        "entry_name": listed,
        "matched_name": full,
        "matched_entry_name": listed,
        "probability": round(probability, 6),
        "bits": bits,
        "prior_bits": PRIOR_BITS,
        "band": "strong" if probability >= 0.95 else "possible" if probability >= 0.5 else "weak",
        "evidence": evidence,
        "engine": ENGINE,
    }
    person: Details = [
        ("Names", [Value(full)]),
        ("Birth date", [Value(evidence[-4]["person"])]),
        ("Sex", [Value(sex)]),
        ("Nationality", [Value(country)]),
        ("Birth country", [Value(country)]),
        ("Documents", [Value(f"passport {passport}")]),
    ]
    entry: Details = [
        ("Names", [Value(listed), *(Value(alias, chance.choice(("strong alias", "weak alias"))) for alias in aliases)]),
        ("Birth date", _values(evidence[-4]["entry"], str(born.year + 1))),
        ("Sex", _values(evidence[-3]["entry"])),
        ("Nationality", _values(evidence[-2]["entry"])),
        ("Birth places", [Value("Port Meridian, " + country)]),
        ("Documents", _values(evidence[-1]["entry"])),
        ("Programmes", [Value(chance.choice(("HARBOUR-2", "NORTHERN LIGHTS", "1267X")))]),
        ("Listed on", [Value(f"{chance.randint(2003, 2023)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}")]),
    ]
    return row, person, entry


def _row(field: str, person: str, entry: str, relation: str, bits: float) -> dict[str, Any]:
    return {"field": field, "person": person, "entry": entry, "relation": relation, "bits": round(bits, 3)}


def _values(*texts: str) -> Sequence[Value]:
    return [Value(text) for text in texts if text] if texts[0] else []


def _token(chance: random.Random, name: tuple[str, str], worth: tuple[float, float]) -> dict[str, Any]:
    left, right = (text.lower() for text in name)
    if left == right or chance.random() < 0.45:
        return _row("name", left, left, "equal", chance.uniform(*worth))
    relation = "spelling variant" if right.isascii() else "other script"
    return _row("name", left, right, relation, chance.uniform(*worth) * 0.8)


def _birth(chance: random.Random, born: date) -> dict[str, Any]:
    day = born.isoformat()
    swapped = f"{born.year}-{born.day:02}-{born.month:02}" if born.day <= 12 else day
    later = born.replace(year=born.year + chance.randint(3, 19)).isoformat()
    return chance.choices(
        (
            _row("birth_date", day, day, "equal", 10.843),
            _row("birth_date", day, str(born.year), "same year", 4.216),
            _row("birth_date", day, swapped, "day and month swapped", 6.021),
            _row("birth_date", day, later, "conflict", -3.127),
            _row("birth_date", day, "", "missing", 0.0),
        ),
        (5, 4, 1, 3, 1),
    )[0]


def _country(chance: random.Random, country: str) -> dict[str, Any]:
    other = chance.choice(COUNTRIES)
    if chance.random() < 0.6:
        return _row("nationality", country, country, "equal", 3.904)
    if other == country or chance.random() < 0.5:
        return _row("nationality", country, "", "missing", 0.0)
    return _row("nationality", country, other, "conflict", -1.882)


def _document(chance: random.Random, passport: str) -> dict[str, Any]:
    if chance.random() < 0.12:
        return _row("document", f"passport {passport}", f"passport {passport}", "equal", 18.0)
    return _row("document", f"passport {passport}", "", "missing", 0.0)
