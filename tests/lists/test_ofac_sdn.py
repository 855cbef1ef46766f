"""The reader of OFAC's legacy CSV on three dated real lists, against plain counts that share no code with it."""

from __future__ import annotations

import csv
import functools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from kstep.lists import Edition, read_list
from kstep.model import Entry
from real_data import real_data

DATED = ("2019-01", "2021-07", "2024-05")
INDIVIDUALS = {"2019-01": 3845, "2021-07": 4620, "2024-05": 6854}
LOST_PEOPLE = ("no name", "duplicate id", "unreadable row")


@functools.cache
def _edition(folder: Path) -> Edition:
    return read_list("ofac-sdn", folder)


@functools.cache
def _plain(file: Path) -> list[list[str]]:
    """The rows of a file as Python's csv module reads them, without the line of the end mark."""
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as opened:
        return [row for row in csv.reader(opened) if row != ["\x1a"]]


@pytest.fixture(params=DATED)
def folder(request: pytest.FixtureRequest) -> Path:
    return real_data() / "ofac-sdn" / str(request.param)


def _remarks(folder: Path) -> Iterator[tuple[str, list[str], Entry]]:
    """Each individual's id, the clauses of the remarks with their continuation, and its entry."""
    continued = {row[0]: row[1] for row in _plain(folder / "sdn_comments.csv")}
    entries = {entry.entry_id: entry for entry in _edition(folder).entries}
    for row in _plain(folder / "sdn.csv"):
        if row[2] == "individual":
            text = row[11] + continued.get(row[0], "")
            clauses = text.split("; ")
            whole = clauses[:-1] if len(text) == 1000 else clauses
            yield row[0], [clause.removesuffix(".") for clause in whole], entries[row[0]]


def _words(name: str) -> str:
    return " ".join(sorted(name.replace(",", " ").upper().split()))


def test_individuals_are_entries_or_left_out_to_the_row(folder: Path) -> None:
    edition, rows = _edition(folder), _plain(folder / "sdn.csv")
    people = [row[0] for row in rows if row[2] == "individual"]
    lost = sum(edition.left_out_by_reason.get(reason, 0) for reason in LOST_PEOPLE)
    assert len(people) == INDIVIDUALS[folder.name] == len(edition.entries) + lost
    assert [entry.entry_id for entry in edition.entries] == people
    kinds = Counter(row[2].strip() for row in rows)
    assert {kind: edition.rows[kind] for kind in ("individual", "entity", "vessel", "aircraft")} == {
        "individual": kinds["individual"], "entity": kinds["-0-"], "vessel": kinds["vessel"],
        "aircraft": kinds["aircraft"],
    }  # fmt: skip
    for kind in ("entity", "vessel", "aircraft"):
        assert edition.left_out_by_reason[kind] == edition.rows[kind]


def test_every_row_of_the_other_files_is_counted_under_its_owner(folder: Path) -> None:
    edition = _edition(folder)
    kinds = {row[0]: row[2].strip().replace("-0-", "entity") for row in _plain(folder / "sdn.csv")}
    for what, name in (("alias", "alt.csv"), ("address", "add.csv"), ("comment", "sdn_comments.csv")):
        owners = Counter(kinds.get(row[0], "nothing") for row in _plain(folder / name))
        counted = {kind.split()[-1]: count for kind, count in edition.rows.items() if kind.startswith(f"{what} of")}
        assert counted == owners


def test_rows_that_point_at_nothing_are_left_out_by_their_line(folder: Path) -> None:
    known = {row[0] for row in _plain(folder / "sdn.csv")}
    lines = {
        f"{name}, line {number} ({row[0]})"
        for name in ("alt.csv", "add.csv", "sdn_comments.csv")
        for number, row in enumerate(_plain(folder / name), 1)
        if row[0] not in known
    }
    assert {item.where for item in _edition(folder).left_out if item.reason == "points at no entry"} == lines
    assert len(lines) == {"2019-01": 10, "2021-07": 0, "2024-05": 7353}[folder.name]


def test_every_name_of_an_individual_is_among_its_names(folder: Path) -> None:
    rows = _plain(folder / "sdn.csv")
    names = {entry.entry_id: {_words(name.full) for name in entry.identity.names} for entry in _edition(folder).entries}
    for row in rows:
        assert row[0] not in names or _words(row[1]) in names[row[0]]
    aliases = [row for row in _plain(folder / "alt.csv") if row[0] in names]
    assert len(aliases) > 5000
    for row in aliases:
        assert _words(row[3]) in names[row[0]]
    assert {name.quality.value for entry in _edition(folder).entries for name in entry.identity.names[:1]} == {
        "primary"
    }


def test_every_alias_in_quotes_is_a_weak_name(folder: Path) -> None:
    found = weak = 0
    for _, clauses, entry in _remarks(folder):
        names = {_words(name.full.replace("'", "")): name.quality for name in entry.identity.names}
        for clause in clauses:
            if clause.startswith("a.k.a. '") and re.search("[^\\W\\d]", clause[8:]):
                found += 1
                assert _words(clause[8:].replace("'", "")) in names
                weak += names[_words(clause[8:].replace("'", ""))] == "weak"
    assert found >= weak > found - 10, "an alias in quotes that is a name in full as well is that name"
    assert found > 1500


def test_every_year_of_birth_is_in_the_dates_and_no_other(folder: Path) -> None:
    for entry_id, clauses, entry in _remarks(folder):
        births = [clause for clause in clauses if re.match(r"(alt\. )?DOB ", clause)]
        years = {int(year) for clause in births for year in re.findall(r"\d{4}", clause)}
        dates = entry.identity.birth_dates
        assert {year for date in dates for year in (date.earliest.year, date.latest.year)} == years, entry_id
        assert any(date.circa for date in dates) == any("circa" in clause for clause in births), entry_id


def test_every_place_country_and_sex_of_the_remarks_is_read(folder: Path) -> None:
    for entry_id, clauses, entry in _remarks(folder):
        identity = entry.identity
        places = {clause.split("POB ", 1)[1] for clause in clauses if re.match(r"(alt\. )?POB ", clause)}
        assert set(identity.birth_places) == {" ".join(place.split()) for place in places}, entry_id
        bare = [clause.removeprefix("alt. ") for clause in clauses]
        countries = {clause.split(" ", 1)[1] for clause in bare
                     if re.match("nationality |citizen ", clause)}  # fmt: skip
        assert len(identity.nationalities) == len(countries), entry_id
        assert {sex.value for sex in identity.sexes} == {
            clause.split()[-1][0] for clause in clauses if clause.startswith("Gender ")
        }, entry_id


def test_every_plain_number_with_an_issuer_is_a_document(folder: Path) -> None:
    form = re.compile(
        r"(?:alt\. )?(?:Passport|Cedula No\.|National ID No\.|C\.U\.R\.P\.|R\.F\.C\.|SSN|Tax ID No\.|D\.N\.I\."
        r"|Identification Number|Personal ID Card|Electoral Registry No\.|Driver's License No\.)"
        r" (\S*\d\S*) \(([^()]+)\)"
    )
    found = 0
    for entry_id, clauses, entry in _remarks(folder):
        issued = {document.number for document in entry.identity.documents if document.issuer}
        for number in (match[1] for clause in clauses if (match := form.match(clause))):
            found += 1
            assert number in issued, entry_id
    assert found > 2000


def test_nothing_in_the_real_lists_is_unknown(folder: Path) -> None:
    edition = _edition(folder)
    assert not edition.unknown
    assert not {"unreadable date", "unknown country", "unknown sex", "unreadable document", "unreadable row"} & set(
        edition.left_out_by_reason
    )
    # Names of figures only, such as a.k.a. '07'.
    assert all(item.detail.isdigit() for item in edition.left_out if item.reason == "unreadable name")


def test_remarks_that_break_off_are_named_and_no_others(folder: Path) -> None:
    continued = {row[0] for row in _plain(folder / "sdn_comments.csv")}
    cut = [f"sdn.csv, line {number} ({row[0]})" for number, row in enumerate(_plain(folder / "sdn.csv"), 1)
           if row[2] == "individual" and len(row[11]) == 1000 and row[0] not in continued]  # fmt: skip
    assert [item.where for item in _edition(folder).left_out if item.reason == "broken off"] == cut
    assert len(cut) == (8 if folder.name == "2024-05" else 0)


def _real_entry(dated: str, entry_id: str) -> Entry:
    entries = _edition(real_data() / "ofac-sdn" / dated).entries
    return next(entry for entry in entries if entry.entry_id == entry_id)


def _shown(entry: Entry) -> dict[str, list[str]]:
    identity = entry.identity
    return {
        "names": [f"{name.full} | {name.family} | {name.given} | {name.quality}" for name in identity.names],
        "births": [*map(str, identity.birth_dates), *identity.birth_places, *identity.birth_countries],
        "people": [*identity.sexes, *identity.nationalities],
        "documents": [str(document) for document in identity.documents],
        "programmes": list(entry.programmes),
    }


def test_remarks_cut_in_the_middle_of_a_word_go_on_in_the_comments() -> None:
    assert _shown(_real_entry("2021-07", "28264")) == {
        "names": ["Jiadong LI | LI | Jiadong | primary", "blackjack1987 |  |  | weak", "khaleesi |  |  | weak"],
        "births": ["1987-01-10"],
        "people": ["M", "CN"],
        "documents": ["national_id:CN:210302198701102136"],
        "programmes": ["DPRK3", "CYBER2"],
    }
    assert _real_entry("2024-05", "28264").identity.documents == ()


def test_entries_say_what_a_reader_of_the_rows_reads() -> None:
    assert _shown(_real_entry("2021-07", "9593")) == {
        "names": [
            "Ibrahim Mohamed KHALIL | KHALIL | Ibrahim Mohamed | primary",
            "Khalil Ibrahim JASSEM | JASSEM | Khalil Ibrahim | strong",
            "Khalil Ibrahim MOHAMMAD | MOHAMMAD | Khalil Ibrahim | strong",
            "Khalil Ibrahim AL ZAFIRI | AL ZAFIRI | Khalil Ibrahim | strong",
        ],
        "births": [
            "1975-07-02",
            "1972-05-02",
            "1975-07-03",
            "1972",
            "Dayr Az-Zawr, Syria",
            "Baghdad, Iraq",
            "SY",
            "IQ",
        ],
        "people": ["SY"],
        "documents": ["travel_document:DE:A0003900", "residence::T04338017"],
        "programmes": ["SDGT"],
    }
    assert _shown(_real_entry("2021-07", "28660")) == {
        "names": [
            "Mohammad Hassan TOULAI | TOULAI | Mohammad Hassan | primary",
            "Mohammad Hasan TAVALLAEI | TAVALLAEI | Mohammad Hasan | strong",
            "Mohammadhassan TOULAI | TOULAI | Mohammadhassan | strong",
        ],
        "births": ["1950-03-21 to 1951-03-20"],
        "people": ["M", "IR"],
        "documents": ["national_id:IR:1062579488"],
        "programmes": ["IRAN-EO13846"],
    }
    assert _shown(_real_entry("2024-05", "4107")) | {"names": []} == {
        "names": [],
        "births": ["1939-01-31"],
        "people": [],
        "documents": [
            "national_id:CO:6068015", "national_id:CO:6067015", "passport:CO:T321642", "passport:KM:6067015",
            "passport:AR:77588", "passport:VE:10545599",
        ],
        "programmes": ["SDNT"],
    }  # fmt: skip
    assert [name.full for name in _real_entry("2024-05", "4107").identity.names if name.quality.value == "weak"] == [
        "THE CHESS PLAYER",
        "LUCAS",
    ]
    bracketed = _shown(_real_entry("2019-01", "11313"))
    assert bracketed["births"] == ["1969", "1969-10-10", "Xudur, Somalia", "Keren, Eritrea", "SO", "ER"]
    assert bracketed["documents"] == ["passport:ER:0310857", "national_id:KE:1372584"]
    assert [str(date) for date in _real_entry("2021-07", "11748").identity.birth_dates] == [
        "about 1979 to 1982",
        "1982",
    ]


def test_names_whose_generation_stands_anywhere_keep_their_parts() -> None:
    parts = {(name.family, name.given) for entry in _edition(real_data() / "ofac-sdn" / "2024-05").entries
             for name in entry.identity.names if "JR." in name.given.upper().split()}  # fmt: skip
    assert {("DELOS REYES", "Feliciano Semborio Jr."), ("KNOWLES", "Samuel JR.")} <= parts


def test_the_edition_says_what_the_files_do_not_show() -> None:
    oldest, newest = (_edition(real_data() / "ofac-sdn" / dated) for dated in ("2019-01", "2024-05"))
    assert [note.split()[0] for note in oldest.notes if "end mark" in note] == ["sdn.csv", "alt.csv", "add.csv"]
    assert not [note for note in newest.notes if "end mark" in note]
    assert "36,227 clauses" in newest.notes[-1]
    assert newest.source_date is None
    assert len({_edition(real_data() / "ofac-sdn" / dated).id for dated in DATED}) == len(DATED)
