"""The model's weights as the kernels read them: arrays of millibits."""

from __future__ import annotations

import numpy as np

from kstep.matching.arrays import Ints
from kstep.matching.columns import COUNTRIES, country_number
from kstep.matching.kernels import fields as field_kernels
from kstep.matching.kernels.fields import FieldPrices
from kstep.matching.weights import MOST_PAIRS, Weights


def field_prices(weights: Weights) -> FieldPrices:
    """Dates, charges, countries and the rest, in the order that the kernels of `kernels.fields` expect."""
    sharing = np.full(COUNTRIES, weights.country["most"], np.int64)
    for code, millibits in weights.countries.items():
        sharing[country_number(code)] = millibits
    return FieldPrices(
        dates=np.array([weights.birth_date[relation] for relation in field_kernels.RELATIONS], np.int64),
        charges=np.array([weights.charge(count) for count in range(MOST_PAIRS)], np.int64),
        sharing=sharing,
        others=np.array([
            weights.sex["equal"], weights.sex["conflict"], weights.nationality["conflict"], weights.birth_country["conflict"],
            weights.birth_country["also"], weights.country["cross"], weights.country["cross_conflict"],
            weights.document["conflict"],
        ], np.int64),
    )  # fmt: skip


def name_prices(weights: Weights) -> Ints:
    """Conflict, missing, weak alias and the least that names can say, as `kernels.names.compare_names` expects them."""
    return np.array(
        [weights.name["conflict"], weights.name["missing"], weights.name["weak_alias"], weights.name["other_name"]],
        np.int64,
    )
