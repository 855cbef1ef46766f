"""The model's weights as the kernels read them: arrays of millibits."""

from __future__ import annotations

import numpy as np

from kstep.matching.arrays import Ints
from kstep.matching.column_parts import COUNTRIES, country_number
from kstep.matching.kernels import fields as field_kernels
from kstep.matching.kernels.fields import FieldPrices
from kstep.matching.weights import MOST_PAIRS, Weights
from kstep.model.countries import RELATED_STATES


def field_prices(weights: Weights) -> FieldPrices:
    """Dates, charges, countries and the rest, in the order that the kernels of `kernels.fields` expect."""
    sharing = np.full((COUNTRIES, COUNTRIES), -1, np.int64)
    np.fill_diagonal(sharing, weights.country["equal"])
    for state, related in RELATED_STATES.items():
        for other in related:
            x, y = country_number(state), country_number(other)
            sharing[x, y] = sharing[y, x] = weights.related_state
    return FieldPrices(
        dates=np.array([weights.birth_date[relation] for relation in field_kernels.RELATIONS], np.int64),
        charges=np.array([weights.charge(count) for count in range(MOST_PAIRS)], np.int64),
        date_charges=np.array([weights.date_charge(count) for count in range(MOST_PAIRS)], np.int64),
        sharing=sharing,
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
