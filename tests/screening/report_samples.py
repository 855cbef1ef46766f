"""Reports of invented people to try the page with: many scripts, hostile names, and as many matches as one asks for.

Everything is drawn from a seed, so a sample is the same each time. Nobody in here exists.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from kstep.model import Document, DocumentType, Entry, Identity, Name, NameQuality, PartialDate, Person, Sex
from kstep.screening.report import Attention, Details, ListSummary, Report
from kstep.screening.reporting import entry_details, person_details

PRIOR_BITS = -23.253
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
    "Zero\u200bWidth \u2066Isolate\u2069 \u2028Line \ud800",
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
    ("Noam", "נועם"), ("Zeynep", "Zeinab"), ("Kofi", "Koffi"), ("Ingrid", "Ingerid"),
)  # fmt: skip
FAMILY = (
    ("Qasrawan", "قصروان"), ("Velorin", "Velorin"), ("al-Zahmandi", "الزهمندي"), ("Brastov", "Брастов"),
    ("Kandelaru", "Candelaru"), ("Ouyanglin", "欧阳林"), ("Tarvenkar", "तरवेणकर"), ("Gvelashuri", "გველაშური"),
    ("Osterhaal", "Oosterhaal"), ("Tessemariam", "ተሰማርያም"), ("Papadrosou", "Παπαδρόσου"), ("Quintavera", "Quintavera"),
    ("Benhaddar", "Ben Haddar"), ("Seongtak", "성탁"), ("Rattanavong", "รัตนวงศ์"), ("Harutyan", "Հարության"),
    ("Ben-Teviel", "בן־טביאל"), ("Karadenizli", "Karadeniz"), ("Asamanteng", "Asamanteng"), ("Noorvand", "Nourvand"),
)  # fmt: skip
COUNTRIES = ("NO", "CL", "NZ", "PT", "IS", "UY", "MT")


def sample_report(matches: int = 64, *, hostile: bool = True, seed: int = 7, weak: bool = False) -> Report:
    """A report of `matches` possible matches; with `hostile`, the first people bear names that attack the page."""
    chance = random.Random(seed)
    rows: list[dict[str, Any]] = []
    people: dict[str, Details] = {}
    entries: dict[tuple[str, str], Details] = {}
    names = list(HOSTILE) if hostile else []
    drawn = _draw(chance, 0, names.pop(0) if names else "")
    while len(rows) < matches:
        row, entry = _pair(chance, drawn, len(rows))
        if row["band"] == "weak" and not weak:
            continue
        rows.append(row)
        people[row["person_id"]] = person_details(drawn.person)
        entries[row["list"], row["entry_id"]] = entry_details(entry)
        if len(rows) % 6:
            drawn = _draw(chance, len(rows), names.pop(0) if names else "")
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
            Attention("fields that could not be read", 31, [
                "people.csv, line 18: birth_date: '1980-02-31' is not a date",
                "people.csv, line 4711: nationality: 'QQ' is not a country",
            ]),
            Attention("people too poor to screen", 4, ["P-00412", "P-07731", "P-55120", "P-90003"]),
            Attention("person id used more than once", 1, ["P-00017 (2 rows)"]),
        ],
    )  # fmt: skip


def empty_report() -> Report:
    """A run that found nothing."""
    full = sample_report(0)
    return Report(full.title, ENGINE, 0.5, PRIOR_BITS, 1200, 12_402, 14_882_400, None, full.lists, [])


@dataclass(frozen=True, slots=True)
class _Drawn:
    """An invented person, and the two names of which theirs is made."""

    person: Person
    given: tuple[str, str]
    family: tuple[str, str]


def _draw(chance: random.Random, place: int, hostile: str) -> _Drawn:
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    born = PartialDate.of(chance.randint(1948, 2001), chance.randint(1, 12), chance.randint(1, 28))
    passport = f"{chance.choice('ABCKX')}{chance.randint(1_000_000, 9_999_999)}"
    country = chance.choice(COUNTRIES)
    identity = Identity(
        names=(Name(hostile or f"{given[0]} {family[0]}"),),
        birth_dates=(born,),
        sexes=(chance.choice((Sex.MALE, Sex.FEMALE)),),
        nationalities=(country,),
        birth_countries=(country,) if chance.random() < 0.6 else (),
        documents=(Document(DocumentType.PASSPORT, passport, country),),
    )
    return _Drawn(Person(f"P-{place * 37 % 100_000:05}", identity, office="Northern district"), given, family)


def _pair(chance: random.Random, drawn: _Drawn, place: int) -> tuple[dict[str, Any], Entry]:
    """A possible match of the person with a new entry, its evidence drawn at random, and that entry."""
    known = drawn.person.identity
    given, given_row = _token(chance, drawn.given, (5, 9))
    family, family_row = _token(chance, drawn.family, (9, 15))
    middle = " Nadir" if chance.random() < 0.25 else ""
    listed = f"{family}, {given}{middle}" if chance.random() < 0.6 else f"{given}{middle} {family}"
    aliases = chance.sample(
        [f"{a} {b}" for a, _ in GIVEN[:8] for b, _ in FAMILY[:5]], chance.choice((0, 0, 1, 2, 3, 11))
    )
    qualities = [chance.choice((NameQuality.STRONG, NameQuality.WEAK)) for _ in aliases]
    born, date_rows = _birth(chance, known.birth_dates[0])
    nationalities, country_rows = _country(chance, known.nationalities[0])
    document_rows = _document(known.documents[0]) if chance.random() < 0.12 else []
    sexes = known.sexes if chance.random() < 0.8 else ()
    evidence = [
        given_row,
        family_row,
        *([_row("name", "", "nadir", "not in person", -0.7)] if middle else []),
        *([_row("name", "1 names", f"{len(aliases) + 1} names", "best of several", -0.5 * len(aliases).bit_length())]
          if aliases else []),
        *date_rows,
        *([_row("sex", sexes[0].value, sexes[0].value, "equal", 0.7)] if sexes else []),
        *country_rows,
        *document_rows,
    ]  # fmt: skip
    bits = round(sum(row["bits"] for row in evidence), 3)
    probability = 1 / (1 + 2 ** -(bits + PRIOR_BITS))
    source = chance.choices(tuple(EDITIONS), (3, 5, 2))[0]
    entry = Entry(
        entry_id=f"QX.{place + 1:04}" if source == "un" else str(20_000 + place),
        identity=Identity(
            names=(Name(listed), *(Name(alias, quality=rank) for alias, rank in zip(aliases, qualities, strict=True))),
            birth_dates=born,
            sexes=sexes,
            nationalities=nationalities,
            birth_places=("Port Meridian",),
            documents=known.documents if document_rows else (),
        ),
        programmes=(chance.choice(("HARBOUR-2", "NORTHERN LIGHTS", "1267X")),),
        listed_on=date(chance.randint(2003, 2023), chance.randint(1, 12), 14),
    )
    row = {
        "person_id": drawn.person.person_id,
        "list": source,
        "edition": EDITIONS[source],
        "entry_id": entry.entry_id,
        "entry_name": listed,
        "matched_name": known.names[0].full,
        "matched_entry_name": listed,
        "probability": round(probability, 6),
        "bits": bits,
        "prior_bits": PRIOR_BITS,
        "band": "strong" if probability >= 0.95 else "possible" if probability >= 0.5 else "weak",
        "evidence": evidence,
        "engine": ENGINE,
    }
    return row, entry


def _row(field: str, person: str, entry: str, relation: str, bits: float) -> dict[str, Any]:
    return {"field": field, "person": person, "entry": entry, "relation": relation, "bits": round(bits, 3)}


def _token(chance: random.Random, name: tuple[str, str], worth: tuple[float, float]) -> tuple[str, dict[str, Any]]:
    """How the entry writes a part of the name, and what that says."""
    left, right = (text.lower() for text in name)
    if left == right or chance.random() < 0.45:
        return name[0], _row("name", left, left, "same", chance.uniform(*worth))
    relation = chance.choice(("other spelling", "variant")) if right.isascii() else "other script"
    return name[1], _row("name", left, right, relation, chance.uniform(*worth) * 0.8)


def _birth(chance: random.Random, born: PartialDate) -> tuple[tuple[PartialDate, ...], list[dict[str, Any]]]:
    """The entry's birth dates, and what they say."""
    day = born.earliest
    year = PartialDate.of(day.year)
    later = PartialDate.of(day.year + chance.randint(3, 19), day.month, day.day)
    near = PartialDate.of(day.year, day.month, day.day % 28 + 1)
    return chance.choices(
        (
            ((born,), [_row("birth_date", str(born), str(born), "equal", 13.5)]),
            ((born, year), [_row("birth_date", str(born), str(born), "equal", 13.0)]),
            ((year,), [_row("birth_date", str(born), str(year), "year agrees", 5.0)]),
            ((near,), [_row("birth_date", str(born), str(near), "same year and month", 4.5)]),
            ((later,), [_row("birth_date", str(born), str(later), "conflict", -4.5)]),
            ((), []),
        ),
        (4, 2, 4, 1, 2, 1),
    )[0]


def _country(chance: random.Random, country: str) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """The entry's nationalities, and what they say."""
    other = chance.choice([code for code in COUNTRIES if code != country])
    return chance.choices(
        (
            ((country,), [_row("nationality", country, country, "equal", 5.0)]),
            ((other,), [_row("nationality", country, other, "conflict", -2.0)]),
            ((), []),
        ),
        (6, 2, 2),
    )[0]


def _document(document: Document) -> list[dict[str, Any]]:
    return [_row("document", str(document), str(document), "equal", 24.0)]
