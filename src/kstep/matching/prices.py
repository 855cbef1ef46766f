"""The model's weights as the kernels read them: arrays of millibits."""

from __future__ import annotations

import functools

import numpy as np

from kstep.matching.arrays import Ints
from kstep.matching.column_parts import COUNTRIES, country_number
from kstep.matching.kernels import fields as field_kernels
from kstep.matching.kernels.fields import FieldPrices
from kstep.matching.weights import MOST_PAIRS, Weights, charge
from kstep.model.countries import RELATED_STATES


@functools.lru_cache(maxsize=64)
def _charges(of_doubling: int) -> Ints:
    return np.array([charge(of_doubling, count) for count in range(MOST_PAIRS)], np.int64)


@functools.lru_cache(maxsize=64)
def _sharing(equal: int, related: int) -> Ints:
    sharing = np.full((COUNTRIES, COUNTRIES), -1, np.int64)
    np.fill_diagonal(sharing, equal)
    for state, others in RELATED_STATES.items():
        for other in others:
            x, y = country_number(state), country_number(other)
            sharing[x, y] = sharing[y, x] = related
    return sharing


def field_prices(weights: Weights) -> FieldPrices:
    """Dates, charges, countries and the rest, in the order that the kernels of `kernels.fields` expect."""
    return FieldPrices(
        dates=np.array([weights.birth_date[relation] for relation in field_kernels.RELATIONS], np.int64),
        charges=_charges(weights.choice),
        date_charges=_charges(weights.date_choice),
        sharing=_sharing(weights.country["equal"], weights.related_state),
        others=np.array([
            weights.sex["equal"], weights.sex["conflict"], weights.nationality["conflict"], weights.birth_country["conflict"],
            weights.birth_country["also"], weights.country["cross"], weights.country["cross_conflict"],
            weights.document["conflict"],
        ], np.int64),
    )  # fmt: skip


_NAME_PRICES = ("conflict", "missing", "weak_alias", "other_name", "doubt", "conflict_rare", "missing_inner")


def name_prices(weights: Weights) -> Ints:
    """The prices of names in the order that `kernels.names.compare_names` expects."""
    return np.array([weights.name[price] for price in _NAME_PRICES], np.int64)
