"""Comparing birth dates, sexes, countries and documents of two records, in millibits. Absence says nothing."""

from __future__ import annotations

from typing import NamedTuple

from kstep.matching.arrays import Bytes, Ints, Pairs, Ragged
from kstep.matching.kernels.compiled import kernel

SAME_DAY_YEARS = 10
RELATIONS = (
    "equal", "equal 1 January", "day and month swapped", "same month", "one digit differs", "same year, 1 January",
    "same year and month", "same year", "same day, other year", "year agrees", "about the same year", "within the range",
    "within a wide range", "a year apart", "two years apart", "conflict",
)  # fmt: skip
"""Relations of two birth dates, by the number that `compare_dates` gives."""

(_EQUAL, _EQUAL_FIRST, _SWAPPED, _MONTH, _DIGIT, _YEAR_FIRST, _YEAR_MONTH, _SAME_YEAR, _SAME_DAY, _YEAR, _ABOUT, _RANGE,
 _WIDE, _NEAR, _NEAR_TWO, _CONFLICT) = range(16)  # fmt: skip

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
    """The weights in millibits, as arrays; `charges[n]` is charged for the best of n."""

    dates: Ints
    charges: Ints
    sharing: Ints
    others: Ints


SEX_EQUAL, SEX_CONFLICT, NATIONALITY_CONFLICT, BIRTH_CONFLICT, ALSO, CROSS, CROSS_CONFLICT, DOCUMENT_CONFLICT = range(8)
"""Places in `FieldPrices.others`."""


@kernel
def compare_dates(lefts: Ints, x: int, rights: Ints, y: int) -> int:
    """The relation of the dates in row `x` of `lefts` and row `y` of `rights`, as an index of `RELATIONS`."""
    if lefts[x, EXACT] and rights[y, EXACT]:
        first_left = lefts[x, MONTH] == 1 and lefts[x, DAY] == 1
        first_right = rights[y, MONTH] == 1 and rights[y, DAY] == 1
        if lefts[x, EARLIEST] == rights[y, EARLIEST]:
            return _EQUAL_FIRST if first_left else _EQUAL
        same_year = lefts[x, FIRST_YEAR] == rights[y, FIRST_YEAR]
        if same_year and lefts[x, MONTH] == rights[y, DAY] and lefts[x, DAY] == rights[y, MONTH]:
            return _SWAPPED
        if same_year and (first_left or first_right):
            return _YEAR_FIRST
        mine = lefts[x, FIRST_YEAR] * 10000 + lefts[x, MONTH] * 100 + lefts[x, DAY]
        theirs = rights[y, FIRST_YEAR] * 10000 + rights[y, MONTH] * 100 + rights[y, DAY]
        differing = 0
        for _ in range(8):
            differing += mine % 10 != theirs % 10
            mine //= 10
            theirs //= 10
        if differing == 1:
            return _DIGIT
        if same_year:
            return _YEAR_MONTH if lefts[x, MONTH] == rights[y, MONTH] else _SAME_YEAR
        apart = abs(lefts[x, FIRST_YEAR] - rights[y, FIRST_YEAR])
        if (
            lefts[x, MONTH] == rights[y, MONTH]
            and lefts[x, DAY] == rights[y, DAY]
            and apart <= SAME_DAY_YEARS
            and not first_left
        ):
            return _SAME_DAY
        return _NEAR if apart == 1 else _NEAR_TWO if apart == 2 else _CONFLICT
    if lefts[x, EARLIEST] > rights[y, LATEST] or rights[y, EARLIEST] > lefts[x, LATEST]:
        gap = max(lefts[x, FIRST_YEAR] - rights[y, LAST_YEAR], rights[y, FIRST_YEAR] - lefts[x, LAST_YEAR])
        return _SAME_YEAR if gap <= 0 else _NEAR if gap == 1 else _NEAR_TWO if gap == 2 else _CONFLICT
    years = max(lefts[x, LAST_YEAR] - lefts[x, FIRST_YEAR], rights[y, LAST_YEAR] - rights[y, FIRST_YEAR]) + 1
    if years > 4:
        return _WIDE
    if years > 1:
        return _RANGE
    if lefts[x, ABOUT] or rights[y, ABOUT]:
        return _ABOUT
    return _MONTH if lefts[x, MONTH_KNOWN] and rights[y, MONTH_KNOWN] else _YEAR


@kernel
def _best_shared(mine: Ragged, p: int, theirs: Ragged, e: int, sharing: Ints) -> int:
    best = -1
    for x in range(mine.start[p], mine.start[p + 1]):
        for y in range(theirs.start[e], theirs.start[e + 1]):
            if mine.values[x] == theirs.values[y]:
                best = max(best, sharing[mine.values[x]])
    return best


@kernel
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


@kernel
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


@kernel
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
        total += best - prices.charges[min(count, len(prices.charges) - 1)]
    if people.sex[p] and entries.sex[e]:
        total += prices.others[SEX_EQUAL if people.sex[p] == entries.sex[e] else SEX_CONFLICT]
    return int(total)


@kernel
def compare_countries_and_documents(
    people: FieldArrays, p: int, entries: FieldArrays, e: int, documents: Pairs, prices: FieldPrices
) -> int:
    """Countries and documents of person `p` and entry `e`, in millibits."""
    return _countries(people, p, entries, e, prices) + _documents(people, p, entries, e, documents, prices)
