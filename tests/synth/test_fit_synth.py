"""The fitting tool: it names differences rightly, and real lists give exactly the committed rates."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from real_data import real_data

TOOL = Path(__file__).parent.parent.parent / "tools" / "fit_synth.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The tool as a module."""
    spec = importlib.util.spec_from_file_location("fit_synth", TOOL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["fit_synth"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("MUHAMMAD, Khalid", "Khaled Mohammad", {"respelled": 2}),
        ("Khalid Muhammad", "Khalid Muhammad", {"equal": 2}),
        ("Khalid Shaykh Muhammad", "Khalid Muhammad", {"equal": 2, "dropped": 1}),
        ("Khalid Muhammad", "Khalid Ali Muhammad", {"equal": 2, "added": 1}),
        ("Abd al Rahman Yasin", "Abdurrahman Yasin", {"equal": 1, "joined": 1}),
        ("Abdurrahman Yasin", "Abd al-Rahman Yasin", {"equal": 1, "split": 1}),
        ("Khalid Muhammad", "Muhammad Khalid", {"equal": 2, "swapped": 1}),
        ("Khalid Muhammad", "K Muhammad", {"equal": 1, "initial": 1}),
        ("José Núñez", "Jose Nunez", {"equal": 2}),
    ],
)
def test_differences_of_names_are_named(tool: ModuleType, first: str, second: str, expected: dict[str, int]) -> None:
    counts, _, same = tool.compare(tool.tokens(first), tool.tokens(second))
    assert {kind: count for kind, count in counts.items() if count and kind != "tokens"} == expected
    assert same


def test_another_name_shares_no_token(tool: ModuleType) -> None:
    assert not tool.compare(["khalid", "muhammad"], ["abu", "zubaydah"])[2]


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        ((1966, 2, 5), "equal"), ((1966, 5, 2), "swapped"), ((1966, 1, 1), "january_first"),
        ((1966, 0, 0), "year_only"), ((1966, 2, 8), "one_digit"), ((1967, 8, 19), "near_year"),
        ((1952, 2, 25), "conflict"), ((1965, 0, 0), "near_year"),
    ],
)  # fmt: skip
def test_relations_of_birth_dates_are_named(tool: ModuleType, other: tuple[int, int, int], relation: str) -> None:
    assert tool.date_relation((1966, 2, 5), [other]) == relation
    assert tool.date_relation((1966, 2, 5), [other, (1900, 12, 30)]) == relation, "the closest counts"


def test_rewrites_carry_the_neighbour_of_their_kind(tool: ModuleType) -> None:
    found = tool.rewrites([("yusuf", "yousuf"), ("hasan", "hassan")] * tool.SEEN_OFTEN)[0]
    assert {("u", "ou"), ("ou", "u"), ("s", "ss"), ("ss", "s")} <= {(a, b) for a, b, _ in found}


def test_real_lists_give_exactly_the_committed_rates() -> None:
    done = subprocess.run(
        [sys.executable, str(TOOL), str(real_data()), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-400:] + done.stderr
