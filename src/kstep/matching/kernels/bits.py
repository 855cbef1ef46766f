"""Sets of small numbers as bits: filled in any order, read in ascending order, and empty again when they were read.

A vocabulary of millions takes less than a megabyte, which stays in a processor's own memory; and what is met twice is there
once. So whatever is met by several keys needs neither sorting nor a note of what was met before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numba
import numpy as np
from numba.core import types
from numba.extending import intrinsic

from kstep.matching.arrays import Longs, Shorts
from kstep.matching.kernels.compiled import inlined_kernel, kernel

_WORD = 64
_SIX, _LOW, _ONE, _NONE = np.uint64(6), np.uint64(63), np.uint64(1), np.uint64(0)


def _count_zeros(_typing: Any, _value: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], numba.core.cgutils.true_bit)

    return types.uint64(types.uint64), generate


_trailing_zeros: Callable[..., np.uint64] = intrinsic(_count_zeros)
"""How many of the lowest bits of an unsigned number are 0; the number is not 0."""


@inlined_kernel
def lowest(bits: np.uint64) -> int:
    """The place of the lowest bit that is set, of a number that is not 0."""
    return int(np.int64(_trailing_zeros(bits)))


class Marks(NamedTuple):
    """Two sets of tokens: `first` and `second` have a bit for each token, `words` one for each word of either in which there may be
    any.
    """

    first: Longs
    second: Longs
    words: Longs


def no_marks(tokens: int) -> Marks:
    """Empty sets for a vocabulary of so many tokens."""
    words = tokens // _WORD + 1
    return Marks(np.zeros(words, np.uint64), np.zeros(words, np.uint64), np.zeros(words // _WORD + 1, np.uint64))


@inlined_kernel
def mark(token: int, bits: Longs, marks: Marks) -> None:
    """Put a token into one of the sets, of which these are the bits."""
    place = np.uint64(token)
    word = place >> _SIX
    bits[word] |= _ONE << (place & _LOW)
    marks.words[word >> _SIX] |= _ONE << (word & _LOW)


IN_FIRST, IN_SECOND = 1, 2


@kernel
def take_either(marks: Marks, tokens: Shorts, sets: Shorts) -> int:
    """Write the tokens of either set, ascending, and of each in which it was; empty both, and return how many there are."""
    count = 0
    first, second, words = marks.first, marks.second, marks.words
    for high in range(len(words)):
        some = words[high]
        words[high] = _NONE
        while some != _NONE:
            word = high * _WORD + lowest(some)
            some &= some - _ONE
            one, other = first[word], second[word]
            first[word], second[word] = _NONE, _NONE
            either = one | other
            while either != _NONE:
                bit = lowest(either)
                place = np.uint64(bit)
                tokens[count] = word * _WORD + bit
                sets[count] = (one >> place & _ONE) | (other >> place & _ONE) << _ONE
                count += 1
                either &= either - _ONE
    return count


__all__ = ["IN_FIRST", "IN_SECOND", "Marks", "lowest", "mark", "no_marks", "take_either"]
