"""How arguments name lists: kind and path, and a label for each that no other list of the run has."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kstep.lists import READERS
from kstep.model import InputError
from kstep.screening.sources import parse_sources

paths = st.text(st.sampled_from("ab:2./ "), min_size=1, max_size=6)
arguments = st.builds("{}={}".format, st.sampled_from(["un", "table", "ofac-sdn"]), paths)


def labels(*given_arguments: str) -> list[str]:
    return [source.label for source in parse_sources(given_arguments)]


def test_list_is_labelled_by_its_kind() -> None:
    assert labels("un=lists/2026.xml", "table=own.csv", "ofac-sdn=sdn") == ["un", "table", "ofac-sdn"]


def test_lists_of_one_kind_are_labelled_by_their_files() -> None:
    assert labels("un=2025.xml", "ofac-sdn=sdn", "un=2026.xml") == ["un:2025", "ofac-sdn", "un:2026"]
    assert labels("ofac-sdn=2019-01", "ofac-sdn=2021-07/") == ["ofac-sdn:2019-01", "ofac-sdn:2021-07"]


def test_files_of_one_name_are_counted() -> None:
    assert labels("table=a/l.csv", "table=b/l.csv", "un=l.xml", "table=c/l.jsonl") == [
        "table:l", "table:l:2", "un", "table:l:3",
    ]  # fmt: skip
    assert labels("table=l.csv", "table=l:2.csv", "table=l.csv") == ["table:l", "table:l:2", "table:l:3"]
    assert labels("table=l:2.csv", "table=l.csv", "table=l.csv") == ["table:l:2", "table:l", "table:l:3"]


@settings(deadline=None)
@given(st.lists(arguments, max_size=6))
def test_labels_are_distinct_and_begin_with_the_kind(given_arguments: list[str]) -> None:
    sources = parse_sources(given_arguments)
    assert len({source.label for source in sources}) == len(sources) == len(given_arguments)
    assert all(source.label.startswith(source.kind) for source in sources)


@pytest.mark.parametrize("kind", READERS)
def test_everything_behind_the_first_equals_sign_is_the_path(kind: str) -> None:
    (source,) = parse_sources([f"{kind}=folder/a=b.csv"])
    assert (source.kind, source.path) == (kind, Path("folder/a=b.csv"))


@pytest.mark.parametrize("argument", ["", "=", "un", "un=", "=list.xml", "UN=list.xml", " un=list.xml", "un =list.xml"])
def test_argument_that_names_no_list_is_refused(argument: str) -> None:
    with pytest.raises(InputError, match=r"does not name a list; write KIND=PATH|is not a kind of list; write one of"):
        parse_sources(["table=good.csv", argument])


def test_hostile_argument_is_shown_harmless() -> None:
    with pytest.raises(InputError) as refused:
        parse_sources(["\x1b[31mred\n=list.xml"])
    assert "\x1b" not in str(refused.value)
    assert "\n" not in str(refused.value)
