"""The reference of the person input names everything that the reader takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.lists.table import ENTRY_COLUMNS
from kstep.model import DocumentType, Sex
from kstep.records.people import CODES, PERSON_COLUMNS
from kstep.records.rows import PARQUET, TEXT_ROWS

REFERENCE = (Path(__file__).parents[2] / "docs" / "people-files.md").read_text(encoding="utf-8")
TAKEN = [
    *sorted(PERSON_COLUMNS.declared | ENTRY_COLUMNS.declared),
    *sorted({code for codes in CODES.values() for code in codes}),
    *DocumentType,
    *Sex,
    *TEXT_ROWS,
    PARQUET,
]


@pytest.mark.parametrize("word", TAKEN)
def test_everything_that_is_taken_is_documented(word: str) -> None:
    assert f"`{word}`" in REFERENCE
