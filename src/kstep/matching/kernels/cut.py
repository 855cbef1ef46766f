"""How far to look through what is comparable with each token of a person's name: only so far that what is left could no longer
make up what names must earn, and where a bit costs the fewest places.
"""

from __future__ import annotations

from kstep.matching.arrays import Ints
from kstep.matching.kernels.bounds import most_of_token
from kstep.matching.kernels.compiled import kernel
from kstep.matching.kernels.walk import CUT, Ranked

STEP = 500
"""Millibits: a row is looked through in steps of at least so much."""

TOKEN, STOP, LEFT, NEXT_STOP, NEXT_LEFT, NEXT_PLACES = range(CUT)
"""What is kept of a row: the token, up to where it is looked through, what it could yet earn; the same two after the next step, and
in how many places that one looks.
"""


@kernel
def _next(row: int, cut: Ints, ranked: Ranked) -> None:
    """Find how far the row that begins at `row` would be looked through in one step more, what it could then yet earn, and in how
    many places one would look.
    """
    token, at, left = cut[row + TOKEN], cut[row + STOP], cut[row + LEFT]
    first, stop = ranked.start[token], ranked.start[token + 1]
    following = at
    while following < stop and ranked.worth[following] > left - STEP:
        following += 1
    cut[row + NEXT_STOP] = following
    cut[row + NEXT_LEFT] = ranked.worth[following] if following < stop else 0
    before = ranked.places[at - 1] if at > first else 0
    cut[row + NEXT_PLACES] = (ranked.places[following - 1] if following > first else 0) - before


@kernel
def cut_rows(rows: int, least: int, ranked: Ranked, cut: Ints) -> bool:
    """Find how far to look through each of the rows, of which the tokens are known, so that what they could yet earn together is
    less than `least`: step by step where a bit costs the fewest places. Returns whether there is anything to look through.
    """
    left = 0
    for row in range(0, rows * CUT, CUT):
        token = cut[row + TOKEN]
        cut[row + STOP], cut[row + LEFT] = ranked.start[token], most_of_token(token, ranked)
        left += cut[row + LEFT]
    if left < least:
        return False
    for row in range(0, rows * CUT, CUT):
        _next(row, cut, ranked)
    while left >= least:
        best, places, bits = -1, 0, 1
        for row in range(0, rows * CUT, CUT):
            fewer = cut[row + LEFT] - cut[row + NEXT_LEFT]
            if fewer > 0 and (best < 0 or cut[row + NEXT_PLACES] * bits < places * fewer):
                best, places, bits = row, cut[row + NEXT_PLACES], fewer
        left -= bits
        cut[best + STOP], cut[best + LEFT] = cut[best + NEXT_STOP], cut[best + NEXT_LEFT]
        _next(best, cut, ranked)
    return True
