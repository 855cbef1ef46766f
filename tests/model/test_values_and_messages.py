"""Values are validated when they are made and frozen; messages are one line, whatever hostile text they quote."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kstep.model import (
    Document,
    DocumentType,
    Entry,
    Identity,
    InputError,
    KstepError,
    Name,
    NameQuality,
    PartialDate,
    Person,
    ValueRefused,
    one_line,
)  # fmt: skip
from kstep.model.folders import cache_folder
from kstep.model.name import LONGEST_NAME


def test_a_name_is_collapsed_and_keeps_its_parts() -> None:
    assert Name.of("  Ali \t Hassan\u3000Omar\n") == Name("Ali Hassan Omar")
    parts = Name.of_parts(" de  la Cruz ", " Juan  Maria", NameQuality.WEAK)
    assert parts == Name("Juan Maria de la Cruz", "de la Cruz", "Juan Maria", NameQuality.WEAK)
    assert Name.of_parts("Hassan", "").full == Name.of_parts("", "Hassan").full == "Hassan"


def test_a_name_of_nothing_is_refused() -> None:
    for text in ("", " ", "\t\n\u3000"):
        with pytest.raises(ValueRefused, match="a name is empty"):
            Name.of(text)
    with pytest.raises(ValueRefused, match="a name is empty"):
        Name.of_parts(" ", "")


def test_a_text_longer_than_any_name_is_refused_with_its_length() -> None:
    assert Name.of("x" * LONGEST_NAME).full
    with pytest.raises(ValueRefused, match="a name has 1001 characters; more than 1000 is not a person's name"):
        Name.of("x" * (LONGEST_NAME + 1))
    with pytest.raises(ValueRefused, match="1001"):
        Name.of_parts("x" * 500, "x" * 500)


def test_people_and_entries_need_an_id() -> None:
    with pytest.raises(ValueRefused, match="a person has no person_id"):
        Person("", Identity())
    with pytest.raises(ValueRefused, match="an entry has no entry_id"):
        Entry("", Identity())


VALUES: list[tuple[Any, str]] = [
    (Name("Ali"), "full"),
    (PartialDate.of(1970), "circa"),
    (Document(DocumentType.PASSPORT, "A1"), "number"),
    (Identity(), "names"),
    (Person("1", Identity()), "person_id"),
    (Entry("1", Identity()), "entry_id"),
]


@pytest.mark.parametrize(("value", "field"), VALUES, ids=lambda value: type(value).__name__)
def test_values_are_frozen_and_equal_by_what_they_hold(value: Any, field: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, "other")
    assert value == dataclasses.replace(value)
    assert hash(value) == hash(dataclasses.replace(value))


def test_a_refused_value_is_both_of_the_tree_and_a_value_error() -> None:
    assert issubclass(ValueRefused, KstepError)
    assert issubclass(ValueRefused, ValueError)
    assert issubclass(InputError, KstepError)


def test_an_error_says_where_what_and_how_to_mend() -> None:
    error = InputError("has no column name", where="people.csv", mend="add it")
    assert str(error) == "people.csv: has no column name; add it"
    assert (error.what, error.where, error.mend) == ("has no column name", "people.csv", "add it")
    assert str(InputError("is empty")) == "is empty"
    assert str(InputError("is empty", mend="fill it")) == "is empty; fill it"


SHOWN = {
    "a\nb\r\n c\t d": "a b c d",
    "a\u2028b\u2029c\x85d": "a b c d",
    "\x1b[31mred": "\\x1b[31mred",
    "a\x00b": "a\\x00b",
    "safe\u202eexe.txt": "safe\\u202eexe.txt",
    "a\u200bb\ufeff": "a\\u200bb\\ufeff",
    "\ud800": "\\ud800",
    "محمد 习近平 é": "محمد 习近平 é",
    "": "",
}


@pytest.mark.parametrize("text", SHOWN)
def test_control_characters_are_made_visible(text: str) -> None:
    assert one_line(text) == SHOWN[text]


@given(st.text(max_size=60), st.integers(1, 40))
def test_any_text_is_one_short_printable_line(text: str, limit: int) -> None:
    shown = one_line(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()
    assert one_line(shown, limit) == shown


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert one_line("x" * 500) == "x" * 399 + "…"
    assert one_line("x" * 400) == "x" * 400
    assert len(str(InputError("x" * 5000, where="y" * 5000, mend="z"))) == 400


def test_what_can_be_made_again_is_kept_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KSTEP_CACHE", str(tmp_path / "chosen"))
    assert cache_folder() == tmp_path / "chosen"
    monkeypatch.delenv("KSTEP_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "kstep"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "kstep"
