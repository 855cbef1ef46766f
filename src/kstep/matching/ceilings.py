"""What a perfect copy of each record would earn: a record that stays below the threshold even then is too poor to
screen.
"""

from __future__ import annotations

import numpy as np

from kstep.matching.arrays import Ints, Pairs, pairs_of
from kstep.matching.columns import Columns
from kstep.matching.kernels.compiled import making_kernel
from kstep.matching.kernels.fields import (
    FieldArrays,
    FieldPrices,
    compare_countries_and_documents,
    compare_dates_and_sex,
)
from kstep.matching.prices import field_prices
from kstep.matching.reference_fields import compare_document
from kstep.matching.weights import Weights
from kstep.names.similarity import INITIAL, SAME


def ceilings_of(side: Columns, weights: Weights) -> Ints:
    """The millibits of every record beside a perfect copy of itself.

    A token earns the most beside itself, and so do a name and a document: the richest of each counts.
    """
    names = side.names
    token = np.where(side.tokens.initial == 1, np.minimum(INITIAL, side.tokens.weight), side.tokens.weight - SAME)
    of_name = np.add.reduceat(token[names.tokens.values], names.tokens.start[:-1]) if len(names.weak) else token[:0]
    of_name = of_name - weights.name["weak_alias"] * names.weak.astype(np.int64)
    prices = field_prices(weights)
    own = [(number, number, compare_document(paper, paper, weights)[1]) for number, paper in enumerate(side.documents)]
    documents = pairs_of(len(side.documents), own)
    return _ceilings(names.of_record, of_name, side.fields, documents, prices)


@making_kernel
def _ceilings(of_record: Ints, of_name: Ints, fields: FieldArrays, documents: Pairs, prices: FieldPrices) -> Ints:
    totals = np.zeros(len(of_record) - 1, np.int64)
    for record in range(len(totals)):
        totals[record] = compare_dates_and_sex(fields, record, fields, record, prices)
        totals[record] += compare_countries_and_documents(fields, record, fields, record, documents, prices)
        names = of_record[record + 1] - of_record[record]
        if names:
            best = of_name[of_record[record] : of_record[record + 1]].max()
            totals[record] += best - prices.charges[min(names * names, len(prices.charges) - 1)]
    return totals
