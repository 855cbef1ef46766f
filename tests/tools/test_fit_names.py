"""The tool that fits the prices of names: it begins at no earlier fit, leaves all else alone, and gives the committed weights."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fit_names import AT_FIRST, ELSEWHERE, Samples, starting_weights, with_prices, written
from kstep.matching.prepared import prepare
from kstep.matching.weights import shipped_weights
from kstep.model import Identity, Name
from name_pairs import KNOWN, Comparison, Sample
from real_data import real_data
from weights_file import LINE, WEIGHTS, laid_out

TOOL = Path(__file__).parents[2] / "tools" / "fit_names.py"
PRICES = [*(name for name in shipped_weights().name if name != "other_name"), "choice"]


def test_what_is_fitted_begins_at_no_earlier_fit() -> None:
    shipped = shipped_weights()
    earlier = with_prices(shipped, {"conflict": 1.0, "missing": 99.0, "doubt": 7.0, "choice": 3.0})
    assert starting_weights(earlier) == starting_weights(shipped)
    assert {*AT_FIRST} == {*ELSEWHERE} >= {*PRICES}


def test_each_sample_of_the_pool_counts_as_much() -> None:
    """And each pair of one person has so many relatives."""
    known = [prepare(Identity((Name(name),))) for name in ("Omar Haddad", "Ruslan Achmizov", "Li Wang")]
    left, right = np.array([0, 1, 2, 0, 1]), np.array([0, 1, 2, 1, 2])
    counts = np.array([1.0, 1, 1, 90, 200])
    sample = Sample(Comparison(known, known, starting_weights(shipped_weights())), left, right,
                    np.where(left == right, KNOWN, -KNOWN), counts, left < 9)  # fmt: skip
    pool = Samples({"one": sample, "other": sample}, [sample, sample, sample]).pool("fit", 3.0)
    bits = [part.pairs.bits({}) for part in pool]
    ones = [
        (part.weight * part.certainty(part.settled(of), of)).sum() for part, of in zip(pool[:2], bits, strict=False)
    ]
    assert ones == pytest.approx([1, 1])
    assert sum(part.weight.sum() for part in pool[2:]) == pytest.approx(3 * 2)


def test_only_prices_of_names_and_what_they_rest_on_are_written(tmp_path: Path) -> None:
    kept = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    prices = {name: 50 * place for place, name in enumerate(PRICES)}
    now = json.loads(written(kept, prices, {"errors": {"doubt": 15}}, tmp_path))
    assert {**now["name"], "choice": now["choice"]} == {**prices, "other_name": kept["name"]["other_name"]}
    assert now["names"]["errors"] == {"doubt": 15}
    ours = ("name", "names", "choice")
    assert {key: value for key, value in now.items() if key not in ours} == {
        key: value for key, value in kept.items() if key not in ours
    }


def test_file_of_weights_is_laid_out_one_way_by_all_tools() -> None:
    text = WEIGHTS.read_text(encoding="utf-8")
    assert laid_out(json.loads(text)) == text
    long = {"a": {"b": list(range(99))}, "c": {"d": "x" * LINE}, "e": {"f": 1, "g": {"h": 2}}}
    assert json.loads(laid_out(long)) == long
    assert '"g": {"h": 2}' in laid_out(long)


def test_real_lists_give_exactly_the_committed_prices_of_names() -> None:
    done = subprocess.run(
        [sys.executable, str(TOOL), str(real_data()), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-400:] + done.stderr
