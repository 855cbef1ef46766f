"""Comparing birth dates, sexes, countries and documents of two records, in millibits. Absence says nothing."""

from __future__ import annotations

from typing import NamedTuple

from kstep.matching.arrays import Bytes, Ints, Pairs, Ragged
from kstep.matching.kernels.compiled import inlined_kernel, kernel

DAYS_OFF = 2
SAME_DAY_YEARS = 10
ABOUT_YEARS = 10
RELATIONS = (
    "equal", "equal 1 January", "day and month swapped", "a day or two off", "same day, a year off",
    "same day, other year", "one digit differs", "digits transposed", "same year, placeholder", "same year and month",
    "same year", "a year apart", "two years apart", "conflict", "same month", "year agrees", "neighbouring years",
    "about the same year", "about, some years apart", "within the range", "within a wide range",
)  # fmt: skip
"""Relations of two birth dates, by the number that `compare_dates` gives."""

(_EQUAL, _EQUAL_FIRST, _SWAPPED, _DAY_OFF, _YEAR_OFF, _OTHER_YEAR, _DIGIT, _TRANSPOSED, _PLACEHOLDER, _YEAR_MONTH,
 _SAME_YEAR, _YEAR_APART, _TWO_APART, _CONFLICT, _MONTH, _YEAR, _NEIGHBOURS, _ABOUT, _ABOUT_APART, _RANGE,
 _WIDE) = range(21)  # fmt: skip

DATE_COLUMNS = 9
EARLIEST, LATEST, FIRST_YEAR, LAST_YEAR, MONTH, DAY, EXACT, ABOUT, MONTH_KNOWN = range(DATE_COLUMNS)
"""Columns of a date's row: ordinals of both ends, their years, month and day of the earliest, and three yes-or-no's."""


class FieldArrays(NamedTuple):
    """The other fields of one side, by record. `date_rows` holds the distinct dates, `DATE_COLUMNS` integers each.

    `sex` is 0 unknown, 1 male, 2 female. `national_issuer` is, by distinct document, the country whose national
    number it is, or -1.
    """

    dates: Ragged
    date_rows: Ints
    sex: Bytes
    nationalities: Ragged
    birth_countries: Ragged
    documents: Ragged
    national_issuer: Ints


class FieldPrices(NamedTuple):
    """The weights in millibits, as arrays; `charges[n]` is charged for the best of n names, `date_charges[n]` of n dates.

    `sharing[a, b]` is earned where one record has country a and the other country b, -1 where they conflict.
    """

    dates: Ints
    charges: Ints
    date_charges: Ints
    sharing: Ints
    others: Ints


SEX_EQUAL, SEX_CONFLICT, NATIONALITY_CONFLICT, BIRTH_CONFLICT, ALSO, CROSS, CROSS_CONFLICT, DOCUMENT_CONFLICT = range(8)
"""Places in `FieldPrices.others`."""


@kernel
def compare_dates(lefts: Ints, x: int, rights: Ints, y: int) -> int:
    """The relation of the dates in row `x` of `lefts` and row `y` of `rights`, as an index of `RELATIONS`."""
    if lefts[x, EXACT] and rights[y, EXACT]:
        return _compare_days(lefts, x, rights, y)
    about = lefts[x, ABOUT] or rights[y, ABOUT]
    if lefts[x, EARLIEST] > rights[y, LATEST] or rights[y, EARLIEST] > lefts[x, LATEST]:
        gap = max(lefts[x, FIRST_YEAR] - rights[y, LAST_YEAR], rights[y, FIRST_YEAR] - lefts[x, LAST_YEAR])
        if gap <= 0:
            return _SAME_YEAR
        if about and gap <= ABOUT_YEARS:
            return _ABOUT_APART
        return _NEIGHBOURS if gap == 1 else _TWO_APART if gap == 2 else _CONFLICT
    years = max(lefts[x, LAST_YEAR] - lefts[x, FIRST_YEAR], rights[y, LAST_YEAR] - rights[y, FIRST_YEAR]) + 1
    if years > 4:
        return _WIDE
    if years > 1:
        return _RANGE
    if about:
        return _ABOUT
    return _MONTH if lefts[x, MONTH_KNOWN] and rights[y, MONTH_KNOWN] else _YEAR


@kernel
def _compare_days(lefts: Ints, x: int, rights: Ints, y: int) -> int:
    year, month, day = lefts[x, FIRST_YEAR], lefts[x, MONTH], lefts[x, DAY]
    other_year, other_month, other_day = rights[y, FIRST_YEAR], rights[y, MONTH], rights[y, DAY]
    off = abs(lefts[x, EARLIEST] - rights[y, EARLIEST])
    first_january = month == 1 and day == 1
    if off == 0:
        return _EQUAL_FIRST if first_january else _EQUAL
    apart = abs(year - other_year)
    if apart == 0 and month == other_day and day == other_month:
        return _SWAPPED
    if off <= DAYS_OFF:
        return _DAY_OFF
    if apart == 0 and (
        (day == 1 and (month == 1 or month == 7)) or (other_day == 1 and (other_month == 1 or other_month == 7))
    ):
        return _PLACEHOLDER
    if apart and (month != other_month or day != other_day or first_january):
        return _YEAR_APART if apart == 1 else _TWO_APART if apart == 2 else _CONFLICT
    digits = _compare_digits(year * 10000 + month * 100 + day, other_year * 10000 + other_month * 100 + other_day)
    if apart:
        if apart == 1:
            return _YEAR_OFF
        return _OTHER_YEAR if apart <= SAME_DAY_YEARS or digits >= 0 else _CONFLICT
    if digits >= 0:
        return digits
    return _YEAR_MONTH if month == other_month else _SAME_YEAR


@kernel
def _compare_digits(mine: int, theirs: int) -> int:
    """The relation of two numbers of eight digits that differ in one, or in two neighbours that are swapped, else -1."""
    differing, swapped = 0, False
    last_mine, last_theirs = 0, 0
    for _ in range(8):
        digit, other = mine % 10, theirs % 10
        if digit != other:
            differing += 1
            swapped = digit == last_theirs and other == last_mine
        last_mine, last_theirs = digit, other
        mine //= 10
        theirs //= 10
    if differing == 1:
        return _DIGIT
    return _TRANSPOSED if differing == 2 and swapped else -1


@inlined_kernel
def _best_shared(mine: Ragged, p: int, theirs: Ragged, e: int, sharing: Ints) -> int:
    best = -1
    for x in range(mine.start[p], mine.start[p + 1]):
        for y in range(theirs.start[e], theirs.start[e + 1]):
            best = max(best, sharing[mine.values[x], theirs.values[y]])
    return best


@inlined_kernel
def _countries(people: FieldArrays, p: int, entries: FieldArrays, e: int, prices: FieldPrices) -> int:
    others = prices.others
    nationals = people.nationalities.start[p + 1] > people.nationalities.start[p]
    natives = people.birth_countries.start[p + 1] > people.birth_countries.start[p]
    listed_nationals = entries.nationalities.start[e + 1] > entries.nationalities.start[e]
    listed_natives = entries.birth_countries.start[e + 1] > entries.birth_countries.start[e]
    total, agreeing = 0, 0
    if nationals and listed_nationals:
        shared = _best_shared(people.nationalities, p, entries.nationalities, e, prices.sharing)
        total += shared if shared >= 0 else others[NATIONALITY_CONFLICT]
        agreeing += shared >= 0
    if natives and listed_natives:
        native = _best_shared(people.birth_countries, p, entries.birth_countries, e, prices.sharing)
        if native >= 0 and agreeing:
            total = max(total, native) + others[ALSO]
        else:
            total += native if native >= 0 else others[BIRTH_CONFLICT]
    if (nationals and listed_nationals) or (natives and listed_natives):
        return total
    if nationals and listed_natives:
        shared = _best_shared(people.nationalities, p, entries.birth_countries, e, prices.sharing)
    elif natives and listed_nationals:
        shared = _best_shared(people.birth_countries, p, entries.nationalities, e, prices.sharing)
    else:
        return 0
    return int(max(0, shared - others[CROSS]) if shared >= 0 else others[CROSS_CONFLICT])


@inlined_kernel
def _documents(people: FieldArrays, p: int, entries: FieldArrays, e: int, pairs: Pairs, prices: FieldPrices) -> int:
    best, conflict = 0, False
    for x in range(people.documents.start[p], people.documents.start[p + 1]):
        mine = people.documents.values[x]
        for y in range(entries.documents.start[e], entries.documents.start[e + 1]):
            theirs = entries.documents.values[y]
            compared = False
            for at in range(pairs.start[mine], pairs.start[mine + 1]):
                if pairs.other[at] == theirs:
                    best = max(best, pairs.millibits[at])
                    compared = True
            issuer = people.national_issuer[mine]
            if not compared and issuer >= 0 and issuer == entries.national_issuer[theirs]:
                conflict = True
    if best > 0:
        return best
    return prices.others[DOCUMENT_CONFLICT] if conflict else 0


@inlined_kernel
def compare_dates_and_sex(people: FieldArrays, p: int, entries: FieldArrays, e: int, prices: FieldPrices) -> int:
    """Birth dates and sex of person `p` and entry `e`, in millibits."""
    total = 0
    count, best = 0, -(1 << 40)
    for x in range(people.dates.start[p], people.dates.start[p + 1]):
        for y in range(entries.dates.start[e], entries.dates.start[e + 1]):
            relation = compare_dates(
                people.date_rows, people.dates.values[x], entries.date_rows, entries.dates.values[y]
            )
            best = max(best, prices.dates[relation])
            count += 1
    if count:
        total += best - prices.date_charges[min(count, len(prices.date_charges) - 1)]
    if people.sex[p] and entries.sex[e]:
        total += prices.others[SEX_EQUAL if people.sex[p] == entries.sex[e] else SEX_CONFLICT]
    return int(total)


@inlined_kernel
def compare_countries_and_documents(
    people: FieldArrays, p: int, entries: FieldArrays, e: int, documents: Pairs, prices: FieldPrices
) -> int:
    """Countries and documents of person `p` and entry `e`, in millibits."""
    return _countries(people, p, entries, e, prices) + _documents(people, p, entries, e, documents, prices)
