"""The tool that fits the fields: it links the right records, tells what dates let one ask, and gives the committed weights."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kstep.model import Document, DocumentType, Identity, Name, PartialDate
from linked_records import Link, Record, link_by_names, links, settle, smoothed, words_of
from real_data import real_data
from two_people import TwoPeople, kind_of, strata

TOOL = Path(__file__).parent.parent.parent / "tools" / "fit_fields.py"
DAYS = [PartialDate.of(1950 + day % 37, 1 + day % 12, 1 + day % 28) for day in range(400)]


def record(*names: str, born: PartialDate | None = None, paper: str = "") -> Record:
    documents = (Document(DocumentType.PASSPORT, paper),) if paper else ()
    identity = Identity(tuple(map(Name, names)), (born,) if born else (), (), (), (), (), documents)
    return Record(identity, words_of(identity))


@pytest.mark.parametrize(
    ("mine", "theirs", "link"),
    [
        ("Ali Hassan Omar", "OMAR, Ali Hassan", "equal, more words"), ("Ali Hassan", "Hassan Ali", "equal, two words"),
        ("Ali Hassan", "Ali Omar Hassan", "within, two words"), ("Ali bin Hassan", "Ali al-Hassan", "other"),
        ("Ali bin Hassan", "Ali Hassan", "equal, two words"), ("Ali Omar Said", "Ali Omar Idris", "shared, two words"),
        ("Ali Hassan", "Ali Omar", "other"), ("Hassán Álí", "Hassan Ali", "equal, two words"), ("Ali", "Ali", "other"),
    ],
)  # fmt: skip
def test_names_link_by_the_words_they_share(mine: str, theirs: str, link: str) -> None:
    assert link_by_names(record(mine).names, record(theirs).names) == link


def test_a_shared_number_links_whatever_the_names() -> None:
    (found,) = links(
        [record("Ali Hassan", paper="A-123456")], [record("Omar Said", paper="A123456"), record("Ali Said")]
    )
    assert found.link == "document"
    assert links([record("Ali Hassan", paper="12345")], [record("Omar Said", paper="12345")]) == []


@pytest.mark.parametrize(
    ("left", "right", "asked"),
    [
        ("1970-05-03", "1971-02-09", ["days"]), ("1970-05-03", "1970-07-01", ["days", "placeholder"]),
        ("1970-01-01", "1970-01-01", ["days", "first"]), ("1970-01-01", "1970-05-03", ["days", "placeholder", "first"]),
        ("1970", "1970-05-03", ["years"]), ("1970-05", "1970-05-03", ["months"]), ("1970", "1970", ["years"]),
    ],
)  # fmt: skip
def test_what_two_dates_let_one_ask(left: str, right: str, asked: list[str]) -> None:
    assert strata(*(kind_of(PartialDate.parse(text)) for text in (left, right))) == asked


def test_how_certain_a_link_is_follows_from_the_dates() -> None:
    """Pairs with a document in common have equal days. So, of pairs of equal names, those with other days are of two people."""
    listed = [record(f"Ali Hassan {number}", born=day) for number, day in enumerate(DAYS)]
    found = [Link(one, one, "document", 0.9) for one in listed[:60]]
    found += [Link(one, one, "equal, two words", 0.9) for one in listed[60:80]]
    found += [
        Link(one, other, "equal, two words", 0.9) for one, other in zip(listed[:20], listed[219:239], strict=True)
    ]
    settle(found, TwoPeople([one.identity.birth_dates for one in listed]))
    assert min(link.certainty for link in found[:80]) > 0.99
    assert max(link.certainty for link in found[80:]) < 0.5


def test_shares_by_chance_add_up_and_a_year_is_as_likely_as_its_days() -> None:
    years = [PartialDate.of(day.earliest.year) for day in DAYS]
    two = TwoPeople([(day,) for day in DAYS + years])
    among_days = ("equal", "equal 1 January", "day and month swapped", "a day or two off", "same day, a year off",
                  "same day, other year", "one digit differs", "digits transposed", "same year, placeholder",
                  "same year and month", "same year", "a year apart", "two years apart", "conflict")  # fmt: skip
    assert sum(two.share("days", name)[0] for name in among_days) == pytest.approx(1, abs=1e-3)
    same_year = ("equal", "equal 1 January", "day and month swapped", "one digit differs", "digits transposed",
                 "same year, placeholder", "same year and month", "same year")  # fmt: skip
    assert two.share("days", *same_year)[0] == pytest.approx(two.share("years", "year agrees")[0], rel=0.15)


def test_what_was_never_seen_is_not_impossible() -> None:
    assert 0 < smoothed(0, 100, 4) < smoothed(1, 100, 4) < 0.05


def test_real_lists_give_exactly_the_committed_weights() -> None:
    done = subprocess.run(
        [sys.executable, str(TOOL), str(real_data()), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-400:] + done.stderr
