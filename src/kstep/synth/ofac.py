"""A synthetic list in OFAC's legacy format: a directory of `sdn.csv`, `alt.csv`, `add.csv` and `sdn_comments.csv`.

As in the real files there is no header, `-0- ` is null, lines end in CR LF, the last one holds Ctrl-Z, text is plain
ASCII, remarks of more than 1,000 characters go on in the comments, and organisations, vessels and aircraft stand among
the people. Columns: the publisher's documentation of its delimited files.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TextIO

from kstep.synth.countries import countries
from kstep.synth.cultures import with_family_names
from kstep.synth.draws import Draws
from kstep.synth.entries import ListedDate, ListedName, ListedPaper, ListedPerson
from kstep.synth.fields import number_like

NULL = "-0- "
LONGEST_REMARK = 1000
_PROGRAMMES = {"SDNTK": 20, "SDGT": 19, "SYRIA": 9, "SDNT": 5, "IRAQ2": 3, "GLOMAG": 3, "NPWMD] [IFSR": 3, "TCO": 2,
               "DPRK2": 2, "RUSSIA-EO14024": 9, "VENEZUELA": 2, "BALKANS": 3}  # fmt: skip
_TITLES = ("General", "Minister of Defense", "Colonel", "Director of Procurement", "Dr.", "Brigadier General")
_BUSINESSES = ("TRADING COMPANY", "S.A. DE C.V.", "GROUP", "IMPORT EXPORT LTD.", "HOLDING", "CONSTRUCTION", "S.A.S.",
               "EXCHANGE", "SHIPPING CO. LTD.", "FOUNDATION", "INDUSTRIES FZE", "GENERAL TRADING LLC")  # fmt: skip
_VESSELS = ("Crude Oil Tanker", "Bulk Carrier", "General Cargo", "Tug", "Container Ship")
_LETTERS = str.maketrans('ıđĐøłəƏ"', "idDolaA'")
"""Letters that have no base letter to fall back to, and the quotation mark that would end a column."""
_CEDULA = ("CO", "VE", "EC", "DO", "NI")
_LINKED_LONG = 0.004
"""The share of people with so many linked companies that the remark is continued."""


class _Files:
    """The four files while they grow, and the publisher's number of the present entry."""

    def __init__(self, sdn: TextIO, alt: TextIO, add: TextIO, comments: TextIO) -> None:
        self._sdn, self._alt, self._add, self._comments = sdn, alt, add, comments
        self._alias_numbers, self._address_numbers = count(60_000), count(80_000)
        self.number = 40_000

    def entry(self, columns: Iterable[str], remarks: list[str]) -> None:
        text = "; ".join(remarks).removesuffix(".") + "." if remarks else ""
        self._sdn.write(_line(self.number, *columns, text[:LONGEST_REMARK]))
        if len(text) > LONGEST_REMARK:
            self._comments.write(_line(self.number, text[LONGEST_REMARK:]))

    def alias(self, name: str) -> None:
        self._alt.write(_line(self.number, next(self._alias_numbers), "aka", name, ""))

    def address(self, street: str, town: str, country: str) -> None:
        self._add.write(_line(self.number, next(self._address_numbers), street, town, country, ""))


def write_ofac(folder: Path, people: Iterator[ListedPerson], seed: int) -> int:
    """Write `people` into `folder`, other entries among them in the real list's proportion; returns how many others."""
    draws, others = Draws(seed, "ofac"), 0
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        opened = [stack.enter_context((folder / f"{name}.csv").open("w", encoding="ascii", newline=""))
                  for name in ("sdn", "alt", "add", "sdn_comments")]  # fmt: skip
        files = _Files(*opened)
        for person in people:
            files.number += 1 + draws.number(3)
            _person(person, files, draws)
            while draws.chance(0.47):
                files.number += 1
                _other(files, draws)
                others += 1
        for file in opened:
            file.write("\x1a")
    return others


def _person(person: ListedPerson, files: _Files, draws: Draws) -> None:
    title = draws.one(_TITLES) if draws.chance(0.15) else ""
    columns = (_name(person.name), "individual", draws.one_by_weight(_PROGRAMMES), title, "", "", "", "", "", "")
    files.entry(columns, [plain(clause) for clause in _remarks(person, title, draws)])
    for alias in dict.fromkeys(map(_name, person.aliases)):
        files.alias(alias)
    country = countries()[person.nationality or person.birth_country or "IQ"]
    files.address("", draws.one(country.towns) if draws.chance(0.6) else "", country.ofac if draws.chance(0.7) else "")


def _name(name: ListedName) -> str:
    """`FAMILY, Given`, or a single name in capitals."""
    return plain(f"{name.family.upper()}, {name.given}" if name.family else name.given.upper())


def _remarks(person: ListedPerson, title: str, draws: Draws) -> Iterator[str]:
    names = countries()
    for number, birth in enumerate(person.birth_dates):
        yield f"{'alt. ' if number else ''}DOB {_date(birth)}"
    where = [person.birth_town, names[person.birth_country].ofac if person.birth_country else ""]
    if place := ", ".join(part for part in where if part):
        yield f"POB {place}"
    if person.nationality:
        yield f"{'nationality' if draws.chance(0.7) else 'citizen'} {names[person.nationality].ofac}"
    if person.sex:
        yield f"Gender {'Male' if person.sex == 'M' else 'Female'}"
    if draws.chance(0.1):
        yield "Additional Sanctions Information - Subject to Secondary Sanctions"
    for paper in person.papers:
        yield _paper(paper, draws)
    if title:
        yield title
    for alias in person.weak_aliases:
        yield f"a.k.a. '{alias.upper()}'"
    for _ in range(40 if draws.chance(_LINKED_LONG) else draws.number(2)):
        yield f"Linked To: {_organisation(draws)}"


def _date(birth: ListedDate) -> str:
    day = birth.day
    shown = {
        "day": f"{day:%d %b %Y}",
        "month": f"{day:%b %Y}",
        "year": f"{day.year}",
        "circa": f"circa {day.year}",
        "range": f"{day.year} to {birth.to_year}",
    }
    return shown[birth.kind]


def _paper(paper: ListedPaper, draws: Draws) -> str:
    kind = "Passport" if paper.type == "passport" else "National ID No."
    if paper.type == "national_id" and paper.country in _CEDULA:
        kind = "Cedula No."
    issuer = f" ({countries()[paper.country].ofac})" if draws.chance(0.85) else ""
    expires = (
        f" expires {1 + draws.number(28):02d} Jan {2010 + draws.number(20)}"
        if kind == "Passport" and draws.chance(0.2)
        else ""
    )
    return f"{kind} {paper.number}{issuer}{expires}"


def _other(files: _Files, draws: Draws) -> None:
    """An organisation, or now and then a vessel or an aircraft."""
    sort = draws.one_by_weight({"": 84.0, "vessel": 10.0, "aircraft": 6.0})
    linked = f"Linked To: {_organisation(draws)}"
    programme = draws.one_by_weight(_PROGRAMMES)
    if sort == "vessel":
        flag = countries()[draws.one(("IR", "KP", "PA", "VE", "RU"))].ofac
        columns = (
            _word(draws).upper(),
            sort,
            programme,
            "",
            number_like("@@####", draws),
            draws.one(_VESSELS),
            "",
            "",
            flag,
            "",
        )
        files.entry(columns, [f"Vessel Registration Identification IMO {number_like('9######', draws)}", linked])
    elif sort == "aircraft":
        files.entry((number_like("EP-@@@", draws), sort, programme, *[""] * 7), ["Aircraft Model A310", linked])
    else:
        files.entry((_organisation(draws), "", programme, *[""] * 7), [linked] if draws.chance(0.5) else [])
        for _ in range(draws.number(3)):
            files.alias(_organisation(draws))
    country = countries()[draws.one(("IR", "RU", "MX", "CO", "AE", "SY", "CN", "LB"))]
    files.address(f"{1 + draws.number(200)} {_word(draws)} Street", draws.one(country.towns), country.ofac)


def _organisation(draws: Draws) -> str:
    return f"{_word(draws)} {draws.one(_BUSINESSES)}".upper()


def _word(draws: Draws) -> str:
    """A word that looks like a name, for what is not a person."""
    return plain(draws.one(with_family_names()).vocabularies["family"].one(draws)[0].replace("~", ""))


def plain(text: str) -> str:
    """`text` in ASCII, as OFAC's legacy files are: accents dropped, letters without a base letter replaced."""
    return unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode("ascii")


def _line(*columns: str | int) -> str:
    shown = (NULL if column == "" else str(column) if isinstance(column, int) else f'"{column}"' for column in columns)
    return ",".join(shown) + "\r\n"
