"""Eight costs reckoned at once: the steps of the boards of spellings as instructions of processors that reckon by blocks.

A compiler makes such instructions of loops only where it sees that no cost is written before another is read, and here it
cannot: a column is made of the one that was just written. Each function says in plain words what it does to each place, and
`tests/matching` holds each against that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numba.np import arrayobj

from kstep.names.spelling import BEYOND, LONGEST_CHUNK

LANES = 8
"""Costs in a block."""

_COST = ir.IntType(32)
_BLOCK = ir.VectorType(_COST, LANES)
_COSTS = types.Array(types.int32, 1, "C")
_array_of: Any = arrayobj.make_array


class _Lanes:
    """Blocks of costs, in the compiler's own terms."""

    def __init__(self, context: Any, builder: Any) -> None:
        self._context, self._builder = context, builder

    def _place(self, costs: Any, at: Any) -> Any:
        data = _array_of(_COSTS)(self._context, self._builder, value=costs).data
        return self._builder.bitcast(self._builder.gep(data, [at]), _BLOCK.as_pointer())

    def load(self, costs: Any, at: Any, shift: int = 0) -> Any:
        """The block that begins `shift` places behind `at`."""
        moved = self._builder.add(at, ir.Constant(at.type, shift)) if shift else at
        return self._builder.load(self._place(costs, moved), align=4)

    def store(self, block: Any, costs: Any, at: Any) -> None:
        """Write a block."""
        self._builder.store(block, self._place(costs, at), align=4)

    def add(self, left: Any, right: Any) -> Any:
        """The sums of two blocks, place by place."""
        return self._builder.add(left, right)

    def lower(self, left: Any, right: Any) -> Any:
        """The lower of two costs, or of the costs of two blocks, place by place."""
        return self._builder.select(self._builder.icmp_signed("<", left, right), left, right)

    def all(self, cost: Any) -> Any:
        """A block of one cost."""
        first = self._builder.insert_element(ir.Constant(_BLOCK, ir.Undefined), cost, ir.Constant(_COST, 0))
        return self.picked(first, first, [0] * LANES)

    def picked(self, left: Any, right: Any, places: Sequence[int]) -> Any:
        """A block of costs of these places of two blocks, the second's behind the first's."""
        mask = ir.Constant(ir.VectorType(_COST, LANES), [ir.Constant(_COST, place) for place in places])
        return self._builder.shuffle_vector(left, right, mask)

    def moved(self, before: Any, block: Any, by: int) -> Any:
        """A block moved up by some places, where the last of the block before it come in."""
        return self.picked(before, block, [LANES - by + place for place in range(LANES)])

    def lowest_so_far(self, block: Any) -> Any:
        """For each place the lowest cost up to it."""
        nothing = ir.Constant(_BLOCK, [ir.Constant(_COST, BEYOND)] * LANES)
        for by in (1, 2, 4):
            block = self.lower(block, self.moved(nothing, block, by))
        return block

    def lowest(self, block: Any) -> Any:
        """The lowest cost of a block."""
        for by in (4, 2, 1):
            block = self.lower(block, self.picked(block, block, [(place + by) % LANES for place in range(LANES)]))
        return self.at(block, 0)

    def at(self, block: Any, place: int) -> Any:
        """The cost in one place."""
        return self._builder.extract_element(block, ir.Constant(_COST, place))


def _reach_signs(
    _typing: Any, _to: Any, _one: Any, _two: Any, _three: Any, _four: Any, _costs: Any, _at_1: Any, _at_2: Any, _at_3: Any,
    _at_4: Any, _emitted: Any, _carried: Any,
) -> Any:  # fmt: skip
    def generate(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        lanes = _Lanes(context, builder)
        to, *before, costs, at_1, at_2, at_3, at_4, emitted, carried = values
        sums = [
            lanes.add(lanes.load(costs, one), lanes.load(emitted, at))
            for one, at in zip(before, (at_1, at_2, at_3, at_4), strict=True)
        ]
        block = lanes.lower(lanes.lower(sums[0], sums[1]), lanes.lower(sums[2], sums[3]))
        so_far = lanes.lowest_so_far(lanes.moved(lanes.all(carried), block, 1))
        lanes.store(so_far, costs, to)
        return lanes.lower(lanes.at(so_far, LANES - 1), lanes.at(block, LANES - 1))

    place, cost = types.int64, types.int32
    return cost(place, place, place, place, place, _COSTS, place, place, place, place, _COSTS, cost), generate


def _reach_letters(
    _typing: Any, _to: Any, _before: Any, _costs: Any, _dropped: Any, _at: Any, _room: Any, _emitted: Any
) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        lanes = _Lanes(context, builder)
        to, before, costs, dropped, at, room, emitted = values
        lower, same = lanes.load(costs, before, -LANES), lanes.load(costs, before)
        block = lanes.add(same, lanes.all(dropped))
        for by in range(1, LONGEST_CHUNK + 1):
            block = lanes.lower(block, lanes.add(lanes.moved(lower, same, by), lanes.load(emitted, at)))
            at = builder.add(at, room)
        lanes.store(block, costs, to)
        return context.get_dummy_value()

    place = types.int64
    return types.none(place, place, _COSTS, types.int32, place, place, _COSTS), generate


def _lowest_sum(_typing: Any, _at: Any, _costs: Any, _other_at: Any, _others: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        lanes = _Lanes(context, builder)
        at, costs, other_at, others = values
        return lanes.lowest(lanes.add(lanes.load(costs, at), lanes.load(others, other_at)))

    return types.int32(types.int64, _COSTS, types.int64, _COSTS), generate


reach_signs: Callable[..., np.int32] = intrinsic(_reach_signs)
"""`reach_signs(to, one, two, three, four, costs, at_1, at_2, at_3, at_4, emitted, carried)`: of a column, the block behind place
`to` of `costs`. For each place it is the lowest of what was `carried` from the block before, and of the sums, in all lower
places, of what stands in `costs` behind `one` to `four` and in `emitted` behind `at_1` to `at_4`. Returns what is to be carried to
the next block: the same for the place behind the last.
"""

reach_letters: Callable[..., None] = intrinsic(_reach_letters)
"""`reach_letters(to, before, costs, dropped, at, room, emitted)`: of a line, the block behind place `to` of `costs`. For each place
it is the lowest of what stands in the same place behind `before`, with `dropped`, and of the sums of what stands 1 to 4 places
lower and in `emitted` behind `at` (for one; for each more, `room` places further).
"""

lowest_sum: Callable[..., np.int32] = intrinsic(_lowest_sum)
"""`lowest_sum(at, costs, other_at, others)`: the lowest of the sums, place by place, of the block behind `at` of `costs` and that
behind `other_at` of `others`.
"""

__all__ = ["LANES", "lowest_sum", "reach_letters", "reach_signs"]
