"""The names of one side in the order of birth dates: what the engine walks over (`kernels.walk.Walk`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kstep.matching.arrays import Ints, Ragged, interleaved
from kstep.matching.field_joins import JOINED_DATES, weak_date
from kstep.matching.kernels.fields import (
    ABOUT,
    DAY,
    EARLIEST,
    EXACT,
    FIRST_YEAR,
    LAST_YEAR,
    LATEST,
    MONTH,
    FieldArrays,
)
from kstep.matching.kernels.names import NameArrays
from kstep.matching.kernels.postings import rows_by_value, rows_in_order, tokens_beside
from kstep.matching.kernels.walk import DAYS, LATEST_YEAR, OTHERS, DateBounds, Walk
from kstep.matching.weights import Weights

_OF_GAP = (
    ("equal", "equal 1 January", "day and month swapped", "a day or two off", "one digit differs", "digits transposed",
     "same year, placeholder", "same year and month", "same year", "same month", "year agrees"),
    ("a year apart", "neighbouring years"),
    ("two years apart",),
    ("conflict",),
)  # fmt: skip
"""The relations of two dates, each within one year and not *about* it, by the gap of their years (the last: three or more), but for
those of one day of different years, and of two neighbouring days about New Year.
"""
_SAME_DAY = ("same day, a year off", "same day, other year")

_UNDATED, _IRREGULAR = -2, -1
"""What stands for a record's date where it has none, and where it has several or one that is not known to lie in one year."""


def date_bounds(weights: Weights) -> DateBounds:
    """The most that relations of dates earn which are not strong."""
    weak = weak_date(weights)

    def most(relations: tuple[str, ...]) -> int:
        of_each = ((relation, weights.birth_date[relation]) for relation in relations)
        return max(min(worth, weak) if relation in JOINED_DATES else worth for relation, worth in of_each)

    return DateBounds(
        weak,
        most(_SAME_DAY),
        np.array([most(relations) for relations in _OF_GAP], np.int64),
        most(("a day or two off",)),
    )


def inverted(rows: Ragged, width: int) -> Ragged:
    """For each value below `width`, the rows that hold it, each row once, ascending: postings."""
    return Ragged(*rows_by_value(rows.start, rows.values, width))


def walk_of(names: NameArrays, fields: FieldArrays, words: int, tokens: int, dates: int, documents: int) -> Walk:
    """The names of a side of so many words, tokens (words and joins), dates and documents, in the order of birth dates."""
    records = len(fields.sex)
    date = _date_of_record(fields)
    rows = fields.date_rows
    record_of_name = np.repeat(np.arange(records, dtype=np.int64), np.diff(names.of_record))
    of_name = date[record_of_name]
    known = np.maximum(of_name, 0)
    earliest, latest = (
        np.where(of_name >= 0, rows[known, column] if dates else 0, of_name) for column in (EARLIEST, LATEST)
    )
    order = np.lexsort((record_of_name, of_name, latest, earliest))
    in_place = of_name[order]
    regular = int(np.searchsorted(earliest[order], 0))
    zones = np.array([np.searchsorted(in_place[:regular], -1), regular], np.int64)
    years = rows[in_place[regular:], FIRST_YEAR] if dates else np.empty(0, np.int64)
    year = regular + np.searchsorted(years, np.arange(LATEST_YEAR + 2))
    date_first, date_stop = np.zeros(dates, np.int64), np.zeros(dates, np.int64)
    change = np.flatnonzero(np.diff(in_place[regular:], prepend=-1, append=-1))
    date_first[in_place[regular + change[:-1]]] = regular + change[:-1]
    date_stop[in_place[regular + change[:-1]]] = regular + change[1:]
    token_start, token = rows_in_order(order, *names.tokens)
    joins = Ragged(*rows_in_order(order, names.joins.start, names.join_token[names.joins.values]))
    posting = inverted(interleaved(Ragged(token_start, token), joins), tokens)
    exact = np.zeros(len(order), np.int64)
    its = rows[in_place[regular:]]
    exact[regular:] = np.where(its[:, EXACT], its[:, MONTH] * DAYS + its[:, DAY], 0)
    of_day = _by_day(posting, exact)
    others = (date == _IRREGULAR) | ((date >= 0) & (np.diff(names.of_record) == 0))
    return Walk(
        record=record_of_name[order].astype(np.int32),
        token_start=token_start,
        token=token,
        posting_start=posting.start,
        posting=posting.values,
        beside=tokens_beside(posting.start, posting.values, token_start, token, words, OTHERS),
        of_day_start=of_day.start,
        of_day=of_day.values,
        of_day_beside=tokens_beside(of_day.start, of_day.values, token_start, token, words, OTHERS),
        day=exact[of_day.values].astype(np.int32),
        day_of_place=exact.astype(np.int32),
        zones=zones,
        year=year.astype(np.int64),
        date_first=date_first,
        date_stop=date_stop,
        others=inverted(_chosen(fields.dates, others), dates),
        by_document=inverted(fields.documents, documents),
    )


def _by_day(posting: Ragged, day: Ints) -> Ragged:
    """The places in each row of which the day is known, by that day."""
    length = np.diff(posting.start)
    known = day[posting.values] > 0
    row = np.repeat(np.arange(len(length), dtype=np.int64), length)[known]
    place = posting.values[known]
    order = np.argsort(row * 13 * DAYS + day[place], kind="stable")
    start = np.append(0, np.cumsum(np.bincount(row, minlength=len(length)))).astype(np.int64)
    return Ragged(start, place[order])


def _date_of_record(fields: FieldArrays) -> Ints:
    """Of each record the date, if it has one and that is known to lie in one year, or which kind it is of."""
    date = np.full(len(fields.sex), _UNDATED, np.int64)
    count = np.diff(fields.dates.start)
    date[count > 0] = _IRREGULAR
    single = np.flatnonzero(count == 1)
    its = fields.dates.values[fields.dates.start[single]]
    rows = fields.date_rows
    exact = (rows[its, FIRST_YEAR] == rows[its, LAST_YEAR]) & (rows[its, ABOUT] == 0)
    date[single[exact]] = its[exact]
    return date


def _chosen(rows: Ragged, chosen: NDArray[np.bool_]) -> Ragged:
    """The same rows, those that are not chosen without their values."""
    lengths = np.diff(rows.start)
    start = np.append(0, np.cumsum(np.where(chosen, lengths, 0))).astype(np.int64)
    return Ragged(start, rows.values[np.repeat(chosen, lengths)])
