"""What names may earn at most. Of each token of the list's, `gain` says what it may earn beside a name of the person; these add
up to a bound for each of the list's names. docs/matching.md has the proof.
"""

from __future__ import annotations

from kstep.matching.arrays import Shorts
from kstep.matching.kernels.compiled import inlined_kernel, kernel
from kstep.matching.kernels.fields import ALSO, FieldArrays, FieldPrices
from kstep.matching.kernels.names import NameArrays
from kstep.matching.kernels.walk import OTHERS, Ranked, Scratch, Tables, Walk


@kernel
def spread(people: NameArrays, name: int, tables: Tables, gain: Shorts, least: int, add: bool) -> None:
    """Note of every token of the other side what it may earn beside any of a name's tokens and joins; or forget it, so that it
    earns the `least`.
    """
    start, other, worth = tables.tokens.start, tables.tokens.other, tables.tokens.millibits
    first, tokens = people.tokens.start[name], people.tokens.start[name + 1] - people.tokens.start[name]
    first_join = people.joins.start[name]
    for at in range(tokens + people.joins.start[name + 1] - first_join):
        if at < tokens:
            token = people.tokens.values[first + at]
        else:
            token = people.join_token[people.joins.values[first_join + at - tokens]]
        for pair in range(start[token], start[token + 1]):
            if other[pair] >= tables.words:
                break
            gain[other[pair]] = max(gain[other[pair]], worth[pair]) if add else least


@inlined_kernel
def most_of_name(place: int, mine: int, loose: bool, walk: Walk, scratch: Scratch) -> int:
    """The most that the name in this place earns beside one of `mine` tokens. `loose`: where a word stands for several tokens, so
    that it is not known how many are left over.
    """
    gain, lowest = scratch.gain, scratch.lowest
    first, stop = walk.token_start[place], walk.token_start[place + 1]
    total, extra = 0, stop - first - mine
    if loose:
        for at in range(first, stop):
            total += max(0, gain[walk.token[at]])
        return total
    if extra <= 0:
        for at in range(first, stop):
            total += gain[walk.token[at]]
        return int(total + extra * scratch.missing)
    for at in range(first, stop):
        worth = int(gain[walk.token[at]])
        total += worth
        place = min(at - first, extra - 1)
        if at - first >= extra and worth >= lowest[place]:
            continue
        while place > 0 and lowest[place - 1] > worth:
            lowest[place] = lowest[place - 1]
            place -= 1
        lowest[place] = worth
    for place in range(extra):
        total -= lowest[place]
    return int(total - extra * scratch.missing)


@inlined_kernel
def most_beside(at: int, beside: Shorts, mine: int, gained: int, places: Shorts, walk: Walk, scratch: Scratch) -> int:
    """`most_of_name`, not loose, for the place at a posting of a token that has `gained`; the name's other tokens stand beside."""
    gain = scratch.gain
    if beside[OTHERS * at] < 0:
        return most_of_name(places[at], mine, False, walk, scratch)
    none = len(gain) - 1
    total, lowest, tokens = gained, gained, 1
    for other in range(OTHERS * at, OTHERS * (at + 1)):
        if beside[other] != none:
            worth = int(gain[beside[other]])
            total += worth
            lowest = min(lowest, worth)
            tokens += 1
    extra = tokens - mine
    if extra <= 0:
        return int(total + extra * scratch.missing)
    if extra == 1:
        return int(total - lowest - scratch.missing)
    return most_of_name(places[at], mine, False, walk, scratch)


@inlined_kernel
def most_of_token(token: int, ranked: Ranked) -> int:
    """The most that a token earns beside a token that is no join."""
    first = ranked.start[token]
    return int(ranked.worth[first]) if first < ranked.start[token + 1] else 0


@inlined_kernel
def joins_earn(people: NameArrays, name: int, ranked: Ranked) -> bool:
    """Whether a join of the name may stand for a token."""
    for at in range(people.joins.start[name], people.joins.start[name + 1]):
        token = people.join_token[people.joins.values[at]]
        if ranked.start[token] < ranked.start[token + 1]:
            return True
    return False


@kernel
def most_of_countries(people: FieldArrays, p: int, prices: FieldPrices) -> int:
    """The most that nationality and country of birth can earn this person."""
    country = -1
    for at in range(people.nationalities.start[p], people.nationalities.start[p + 1]):
        code = people.nationalities.values[at]
        country = max(country, prices.sharing[code, code])
    for at in range(people.birth_countries.start[p], people.birth_countries.start[p + 1]):
        code = people.birth_countries.values[at]
        country = max(country, prices.sharing[code, code])
    return int(country + prices.others[ALSO] if country >= 0 else 0)
