"""Names of the UN's list as people mistype them, and as another register has them, among people who are not on the list.

`slipped` has one slip of the keyboard in the name that an entry gives first; `mistyped` one slip or one other spelling in any good
name, sometimes two; `recorded` has the differences that `kstep.synth` counted between aliases of real lists, dropped and added
names among them. The unrelated people are synthetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from labelled import HALVES, LabelledSet, Row, good_names, person, query, script_of
from people import Listed, culture_of

from kstep.model import Entry, Name
from kstep.synth.corrupting import NameWriter, tokens_of
from kstep.synth.corrupting import culture_of as naming_culture_of
from kstep.synth.draws import Draws
from kstep.synth.population import SyntheticPerson, people
from kstep.synth.spelling import Speller

UNRELATED = 6_000
"""Synthetic people beside the names of each half."""

SECOND_SLIP = 0.2
RESPELLED = 0.3
"""How often a name has two slips, and how often a slip is another spelling."""

SEED = 3

VARIANTS = {"name": (), "date": ("birth_date",), "nationality": ("birth_date", "nationality")}
"""What a query says beside the name."""


def mistyped_sets(listed: Listed) -> Iterator[LabelledSet]:
    """Queries against the UN's list."""
    unrelated = list(people(UNRELATED * len(HALVES), SEED))
    for kind, written in (("slipped", _slipped), ("mistyped", _mistyped), ("recorded", _recorded)):
        draws = Draws(SEED, kind)
        asked: list[tuple[Entry, str]] = []
        for entry in listed.entries["un"]:
            names = [name for name in good_names(entry.identity)
                     if script_of(name.full) == "Latin" and len(name.full.split()) > 1]  # fmt: skip
            if names:
                chosen = names[0] if kind == "slipped" else draws.one(names)
                asked.append((entry, written(chosen, entry, draws)))
        for number, half in enumerate(HALVES):
            beside = list(islice(unrelated, number * UNRELATED, (number + 1) * UNRELATED))
            for variant, fields in VARIANTS.items():
                rows = [query(_only(person([text], entry.identity), fields), [f"un:{entry.entry_id}"], script="Latin",
                              culture=culture_of(entry)) for entry, text in asked if listed.half("un", entry) == half]  # fmt: skip
                rows += [query(_only(_row(other), fields), [], culture=other.nationality.split(";")[0] or "-",
                               script=script_of(_whole_name(other))) for other in beside]  # fmt: skip
                yield f"queries_{kind}_{variant}_{half}", rows


def _only(row: Row, fields: tuple[str, ...]) -> Row:
    return {field: value for field, value in row.items() if field in ("name", *fields)}


def _slipped(name: Name, entry: Entry, draws: Draws) -> str:
    """One slip of the keyboard; never the name itself."""
    words = name.full.split()
    while " ".join(words).casefold() == name.full.casefold():
        _slip(words, draws, Speller(draws).mistyped)
    return " ".join(words)


def _mistyped(name: Name, entry: Entry, draws: Draws) -> str:
    """One slip, or two, in the name as it stands; never the name itself."""
    words = name.full.split()
    speller = Speller(draws)
    for _ in range(2 if draws.chance(SECOND_SLIP) else 1):
        _slip(words, draws, speller.respelled if draws.chance(RESPELLED) else speller.mistyped)
    while " ".join(words).casefold() == name.full.casefold():
        _slip(words, draws, speller.mistyped)
    return " ".join(words)


def _recorded(name: Name, entry: Entry, draws: Draws) -> str:
    """The name taken down anew; never the name itself."""
    written = NameWriter(draws).anew(tokens_of(name), naming_culture_of(entry.identity), [])
    words = [word for word, _ in written]
    while " ".join(words).casefold() == name.full.casefold():
        _slip(words, draws, Speller(draws).mistyped)
    return " ".join(words)


def _slip(words: list[str], draws: Draws, spell: Callable[[str], str]) -> None:
    """Spell one of the longer words otherwise, in place."""
    place = draws.one([place for place, word in enumerate(words) if len(word) > 2] or list(range(len(words))))
    words[place] = spell(words[place])


def _whole_name(other: SyntheticPerson) -> str:
    return other.name or f"{other.given_names} {other.family_name}".strip()


def _row(other: SyntheticPerson) -> Row:
    row: Row = {"name": _whole_name(other), "birth_date": other.birth_date, "nationality": other.nationality.split(";")}
    return {field: value for field, value in row.items() if value and value != [""]}
