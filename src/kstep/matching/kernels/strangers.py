"""Which pairs of records have names in two scripts in which nothing is comparable."""

from __future__ import annotations

import numpy as np

from kstep.matching.arrays import Ints, Pairs
from kstep.matching.kernels.compiled import inlined_kernel, making_kernel
from kstep.matching.kernels.names import NameArrays, counted_of, similar, unlike
from kstep.matching.kernels.token_keys import TokenArrays
from kstep.matching.kernels.tokens import NOT_COMPARABLE
from kstep.names.scripts import Script

_LATIN = int(Script.LATIN)
_BOTH = 3

NO_STRANGERS = 1
"""More than names earn in which nothing is comparable."""


@inlined_kernel
def _scripts(names: NameArrays, name: int, tokens: TokenArrays) -> int:
    """1 if a name has Latin tokens, 2 if it has others, 3 if it has both."""
    found = 0
    for at in range(names.tokens.start[name], names.tokens.start[name + 1]):
        found |= 1 if tokens.script[names.tokens.values[at]] == _LATIN else 2
    return found


@inlined_kernel
def _has_comparable(people: NameArrays, i: int, entries: NameArrays, j: int, pairs: Pairs) -> bool:
    """Whether any token or join of the one name is comparable with a token of the other."""
    for x in range(people.tokens.start[i], people.tokens.start[i + 1]):
        mine = people.tokens.values[x]
        for y in range(entries.tokens.start[j], entries.tokens.start[j + 1]):
            if similar(pairs, mine, entries.tokens.values[y]) != NOT_COMPARABLE:
                return True
        for y in range(entries.joins.start[j], entries.joins.start[j + 1]):
            if similar(pairs, mine, entries.join_token[entries.joins.values[y]]) != NOT_COMPARABLE:
                return True
    for x in range(people.joins.start[i], people.joins.start[i + 1]):
        mine = people.join_token[people.joins.values[x]]
        for y in range(entries.tokens.start[j], entries.tokens.start[j + 1]):
            if similar(pairs, mine, entries.tokens.values[y]) != NOT_COMPARABLE:
                return True
    return False


@inlined_kernel
def _are_strangers(people: NameArrays, tokens: TokenArrays, i: int, entries: NameArrays, their_tokens: TokenArrays, j: int,
                   pairs: Pairs) -> bool:  # fmt: skip
    """Whether two names are in two scripts and nothing in them is comparable."""
    mine, theirs = _scripts(people, i, tokens), _scripts(entries, j, their_tokens)
    if not (mine and theirs and mine | theirs == _BOTH):
        return False
    return not _has_comparable(people, i, entries, j, pairs)


@making_kernel
def strangers(
    people: NameArrays, tokens: TokenArrays, entries: NameArrays, their_tokens: TokenArrays, person: Ints, entry: Ints,
    summed: Ints, pairs: Pairs, prices: Ints,
) -> Ints:  # fmt: skip
    """What `best_names` says that the best names of a person and an entry earn, if all names of the one are in another script than
    all of the other and nothing in them is comparable; `NO_STRANGERS` of others. The last two of the three numbers that are
    `summed` up of each pair say which name of each side is best.
    """
    found = np.full(len(person), NO_STRANGERS, np.int64)
    for row in range(len(person)):
        p, e = person[row], entry[row]
        mine, more = people.of_record[p], people.of_record[p + 1]
        theirs, last = entries.of_record[e], entries.of_record[e + 1]
        alike = mine == more or theirs == last
        i, j = mine, theirs
        while not alike and i < more:
            alike = not _are_strangers(people, tokens, i, entries, their_tokens, j, pairs)
            j += 1
            if j == last:
                i, j = i + 1, theirs
        if not alike:
            i, j = mine + summed[row, 1], theirs + summed[row, 2]
            first, right = entries.tokens.start[j], entries.tokens.start[j + 1] - entries.tokens.start[j]
            counted = counted_of(entries.usual, first, right, 0)
            found[row] = max(unlike(people, i, right, counted, prices) - entries.weak[j] * prices[2], prices[3])
    return found


__all__ = ["NO_STRANGERS", "strangers"]
