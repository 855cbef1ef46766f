"""Labelled pairs are read whole or not at all, and scored as the model scores them, in the file's order."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from typing import Any

import pytest

from command_line import rows_of, write_rows
from evaluation.labelled_files import NAMELESS, ONE, OTHER, PAIRS, SAME, measured, pairs_file
from kstep.evaluation import pairs as pairs_module
from kstep.evaluation.pair_evaluation import WORST, evaluate_pairs
from kstep.evaluation.records import Records
from kstep.matching import explain, prepare, score, shipped_weights
from kstep.model import InputError
from kstep.records import person_from_mapping

GOOD = json.dumps(PAIRS[0])
SHAPE = 'write {"left": {…}, "right": {…}, "match": true}'

# A second line, and what the message says of it.
MALFORMED = [
    ("{", "is not JSON"),
    ("[]", "is not an object; write one JSON object in each line"),
    ('"left"', "is not an object"),
    ("[" * 100_000, "is nested too deeply"),
    ('{"left": {}, "right": {}, "match": ' + "1" * 5000 + "}", "holds a number with thousands of digits"),
    ("{}", f"has no 'left'; {SHAPE}"),
    ('{"left": {"name": "A"}, "match": true}', f"has no 'right'; {SHAPE}"),
    ('{"left": {"name": "A"}, "right": {"name": "B"}}', f"has no 'match'; {SHAPE}"),
    ('{"left": {}, "right": {}, "match": 1}', "has a 'match' that is neither true nor false; write true or false"),
    ('{"left": {}, "right": {}, "match": "true"}', "has a 'match' that is neither true nor false"),
    ('{"left": {}, "right": {}, "match": null}', "has a 'match' that is neither true nor false"),
    ('{"left": "Ali", "right": {}, "match": true}', "has a 'left' that is not an object; write a person like"),
    ('{"left": {}, "right": [{}], "match": true}', "has a 'right' that is not an object"),
    ('{"left": {}, "right": {}, "match": true, "match": false}', "gives 'match' twice in one object; give it once"),
    ('{"left": {"name": "A", "name": "B"}, "right": {}, "match": true}', "gives 'name' twice in one object"),
    ('{"left": {"person_id": ["a", "b"]}, "right": {}, "match": true}', "has 2 different values of person_id; give"),
]


@pytest.mark.parametrize(("line", "message"), MALFORMED)
def test_malformed_row_is_refused_with_its_line_and_the_mend(tmp_path: Path, line: str, message: str) -> None:
    path, out = tmp_path / "pairs.jsonl", tmp_path / "out.jsonl"
    path.write_text(f"{GOOD}\n\n{line}\n{GOOD}\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        measured(path, out=out)
    assert f"{path.name}, line 3: {message}" in str(refused.value)
    assert "; " in str(refused.value)
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1: is empty; check how it was made"),
        (b"\n \n", "line 1: is empty"),
        (b"\xff\xfe{", "line 1: is UTF-16 text; save it as UTF-8"),
        (GOOD.encode() + b"\n{\xff}", "line 2: is not UTF-8 text"),
        (GOOD.encode() + b"\n\x00", "line 2: holds a NUL byte"),
    ],
)
def test_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        measured(path)
    assert message in str(refused.value)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file; check the path"):
        measured(tmp_path / "gone.jsonl")
    with pytest.raises(InputError, match="cannot be read"):
        measured(tmp_path)


def test_compressed_file_gives_the_same(tmp_path: Path) -> None:
    path = pairs_file(tmp_path)
    packed = tmp_path / "pairs.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert measured(packed).millibits.tolist() == measured(path).millibits.tolist()


def test_output_has_each_pair_in_order_with_the_models_own_evidence(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    measured(pairs_file(tmp_path), out=out, prior=0.2)
    rows = rows_of(out.read_text("utf-8"))
    weights = shipped_weights()
    assert len(rows) == len(PAIRS)
    for row, pair in zip(rows, PAIRS, strict=True):
        left, right = (prepare(person_from_mapping(pair[side], "x")[0].identity) for side in ("left", "right"))
        found = score(left, right, weights)
        assert set(row) == {"match", "probability", "bits", "evidence"}
        assert row["match"] is pair["match"]
        assert row["bits"] == found.millibits / 1000
        assert row["probability"] == pytest.approx(1 / (1 + 2 ** -(row["bits"] + math.log2(0.2 / 0.8))), abs=1e-12)
        assert row["evidence"] == [
            {"field": each.field, "person": each.person, "entry": each.entry, "relation": each.relation,
             "bits": each.millibits / 1000}
            for each in explain(left, right, found.names, weights)
        ]  # fmt: skip
        assert sum(each["bits"] for each in row["evidence"]) == pytest.approx(row["bits"])


def test_the_right_side_stands_where_an_entry_does(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    measured(pairs_file(tmp_path, [{"left": ONE, "right": SAME, "match": True}]), out=out)
    (row,) = rows_of(out.read_text("utf-8"))
    assert {"person": "1980-01-02", "entry": "1980-02-01"}.items() <= next(
        each for each in row["evidence"] if each["field"] == "birth_date"
    ).items()


def test_person_without_a_name_scores_by_what_is_there(tmp_path: Path) -> None:
    found = measured(pairs_file(tmp_path, [{"left": NAMELESS, "right": ONE, "match": True},
                                           {"left": {}, "right": {}, "match": False},
                                           {"left": {"name": "---"}, "right": OTHER, "match": False}]))  # fmt: skip
    assert found.millibits[0] > 0
    assert found.millibits[1:].tolist() == [0, 0]


@pytest.mark.parametrize(("limit", "most"), [("MOST_PAIRS", 4), ("MOST_RECORDS", 3), ("MOST_PAIRS", 1)])
def test_blocks_give_what_one_block_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    path, out = pairs_file(tmp_path, [*PAIRS] * 3), tmp_path / "out.jsonl"
    whole = measured(path, out=out)
    bytes_of_whole = out.read_bytes()
    monkeypatch.setattr(pairs_module, limit, most)
    parts = measured(path, out=out)
    assert parts.millibits.tolist() == whole.millibits.tolist()
    assert out.read_bytes() == bytes_of_whole
    assert [error.pair.line for error in parts.false_alarms] == [error.pair.line for error in whole.false_alarms]


def test_figures_are_those_of_the_counted_pairs(tmp_path: Path) -> None:
    found = measured(pairs_file(tmp_path)).to_json()
    # Found: lines 1, 3, 4; falsely, line 5; not found: line 6. Line 5 has as many bits as line 1 or 4 or lies between.
    assert (found["pairs"], found["positives"]) == (6, 4)
    assert (found["true_positives"], found["false_positives"], found["false_negatives"], found["true_negatives"]) == (
        3,
        1,
        1,
        1,
    )
    assert (found["precision"], found["recall"], found["f1"]) == (0.75, 0.75, 0.75)
    assert set(found["recall_at_false_positive_rate"]) == {"0.01", "0.001"}
    assert sum(each["pairs"] for each in found["calibration"]) == 6


def test_one_kind_of_pair_leaves_what_cannot_be_counted_open(tmp_path: Path) -> None:
    matches = measured(pairs_file(tmp_path, [PAIRS[0], PAIRS[2]])).to_json()
    assert (matches["auc"], matches["auc_interval"], matches["false_positive_rate"]) == (None, None, None)
    assert (matches["recall"], matches["average_precision"]) == (1.0, 1.0)
    others = measured(pairs_file(tmp_path, [PAIRS[1]])).to_json()
    assert (others["precision"], others["recall"], others["average_precision"]) == (None, None, None)
    assert others["false_positive_rate"] == 0.0


def test_worst_errors_are_kept_worst_first(tmp_path: Path) -> None:
    found = measured(pairs_file(tmp_path))
    assert [error.pair.line for error in found.false_alarms] == [5]
    assert [error.pair.line for error in found.misses] == [6]
    assert sum(each.millibits for each in found.false_alarms[0].evidence) == found.false_alarms[0].millibits
    same = [{"left": {**SAME, "birth_date": f"19{year}-02-01"}, "right": ONE, "match": False} for year in range(40, 99)]
    many = measured(pairs_file(tmp_path, same), threshold=1e-9)
    assert len(many.false_alarms) == WORST
    bits = [error.millibits for error in many.false_alarms]
    assert bits == sorted(many.millibits.tolist(), reverse=True)[:WORST]


def test_field_that_cannot_be_read_is_counted_and_its_person_scored(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"left": {**ONE, "birth_date": "1980-02-31"}, "right": {**SAME, "hair": "red"}, "match": True},
                                  {"left": {**ONE, "birthdate": "1980"}, "right": SAME, "match": False}]  # fmt: skip
    records = Records()
    found = evaluate_pairs(pairs_file(tmp_path, rows), records, prior=0.5, threshold=0.5)
    assert len(found.match) == 2
    assert [(each.what, each.where, each.record) for each in records.remarks] == [
        ("column not read", "", "birthdate"), ("field not read", "line 1, left", "birth_date"),
    ]  # fmt: skip
    assert "hair" in records.notice


def test_equal_people_are_read_once(tmp_path: Path) -> None:
    records = Records()
    path = write_rows(
        tmp_path / "pairs.jsonl", [{"left": {"name": "Ali", "sex": "Q"}, "right": ONE, "match": False}] * 9
    )
    evaluate_pairs(path, records, prior=0.5, threshold=0.5)
    assert len(records.remarks) == 1
    assert records.read(1, "left", ONE) is records.read(2, "right", dict(ONE))
