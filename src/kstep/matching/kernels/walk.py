"""What the search for candidates reads and works on: the names of one side in the order of birth dates, tables of pairs that
earn something, and one thread's working space.
"""

from __future__ import annotations

from typing import NamedTuple

from kstep.matching.arrays import Ints, Pairs, Ragged, Shorts
from kstep.matching.kernels.fields import FieldArrays
from kstep.matching.kernels.names import NameArrays, NameScratch

LATEST_YEAR = 9999

STRETCHES = 9
"""Stretches into which a person's birth date divides the places (`kernels.stretches`)."""

CUT = 6
"""Numbers that are kept of each row that is cut (`kernels.cut`)."""

OTHERS = 3
"""Tokens that stand beside a posting."""

DAYS = 32
"""A day of whatever year is the number month * DAYS + day."""


class Walk(NamedTuple):
    """The names of one side in the order of birth dates, each in a *place*: first of records of which none is known, then of those
    with several or with an inexact one, then of all others by date.

    `record` and the tokens are those of the name in each place. `posting` are the places of each token and join, ascending;
    `of_day` the same places, but only of exact dates, by month and day (`day`, parallel to it), then ascending; `day_of_place` is
    0 where that is not known. `beside` are, of each posting of a token, the name's other tokens, `OTHERS` each: the first is
    negative if they are more, and if they are fewer the number of all tokens that are no joins stands behind the last. `zones` are
    the first places of the second and the third kind, `year` the first place of each year, `date_first` and `date_stop` the places
    of each date among the third. `others` are the records with a date that are of the second kind or have no name.
    """

    record: Shorts
    token_start: Ints
    token: Shorts
    posting_start: Ints
    posting: Shorts
    beside: Shorts
    of_day_start: Ints
    of_day: Shorts
    of_day_beside: Shorts
    day: Shorts
    day_of_place: Shorts
    zones: Ints
    year: Ints
    date_first: Ints
    date_stop: Ints
    others: Ragged
    by_document: Ragged


class Sides(NamedTuple):
    """The records of both sides: those that are looked for, one after the other, and those among which."""

    names: NameArrays
    fields: FieldArrays
    entry_names: NameArrays
    entry_fields: FieldArrays


class Ranked(NamedTuple):
    """Of each token or join of the first side the comparable tokens that earn something, no joins, those first that earn most; and
    in how many places these and all before them in the row stand.
    """

    start: Ints
    other: Shorts
    worth: Shorts
    places: Shorts


class Tables(NamedTuple):
    """Pairs of the two sides' vocabularies: comparable tokens, strong dates, agreeing documents.

    `words` of the other side's tokens are no joins. What a token or join of the first side earns beside these is in `ranked` once
    more.
    """

    tokens: Pairs
    words: int
    ranked: Ranked
    dates: Pairs
    documents: Pairs


class DateBounds(NamedTuple):
    """The most that a relation of dates earns which is not among the strong ones: any at all; of two exact dates of one day of
    different years; and of two dates that each lie in one year, by the gap of these years, of one year also by whether the
    days may be neighbours.
    """

    weak: int
    same_day: int
    by_gap: Ints
    new_year: int


class Scratch(NamedTuple):
    """Working space of one thread for one person: `seen` is the `mark` for candidates, `weighed` for records of which `quick` is
    known. No two people have the same mark, so nothing need be taken back.

    `gain` is what each token of the other side may earn: the `least`, where it is comparable with none of the person's; behind the
    last stands nothing. `missing` is the least that a missing token costs, `other_name` the least that names ever earn, `lowest`
    room for the lowest of a name's gains. `edge` are the places where stretches end, `need` what names in them must earn; behind
    the last of `need` stands what names must earn of records of the same day of another year, and behind the last of `edge` that
    day. `cut` are rows of numbers, `CUT` each.
    """

    mark: Shorts
    seen: Shorts
    candidates: Shorts
    weighed: Shorts
    quick: Shorts
    gain: Shorts
    least: int
    missing: int
    other_name: int
    lowest: Ints
    cut: Ints
    edge: Ints
    need: Ints
    names: NameScratch
