"""Documents: read from their written form, and compared by letters and digits alone, in any script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kstep.model import Document, DocumentType, ValueRefused

PASSPORT = DocumentType.PASSPORT

READ = {
    "passport:IR:A1234567": Document(PASSPORT, "A1234567", "IR"),
    "PASSPORT:irn:A1234567": Document(PASSPORT, "A1234567", "IR"),
    " passport : IR : A 123 ": Document(PASSPORT, "A 123", "IR"),
    "passport::A1234567": Document(PASSPORT, "A1234567", ""),
    "national_id:IR:1:2:3": Document(DocumentType.NATIONAL_ID, "1:2:3", "IR"),
    "National ID:IR:12": Document(DocumentType.NATIONAL_ID, "12", "IR"),
    "other::№ 7": Document(DocumentType.OTHER, "№ 7", ""),
}


@pytest.mark.parametrize("text", READ)
def test_a_written_document_is_read(text: str) -> None:
    assert Document.parse(text) == READ[text]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is not a document; write type:issuer:number, as in passport:IR:A1234567"),
        ("A1234567", "is not a document; write type:issuer:number"),
        ("passport:A1234567", "is not a document; write type:issuer:number"),
        ("passport:IR:", "is not a document; write type:issuer:number"),
        ("passport:IR:  ", "is not a document; write type:issuer:number"),
        ("library_card:IR:12", "'library_card' is not a type of document; write one of passport, national_id"),
        (":IR:12", "'' is not a type of document"),
        ("passport:ZZ:12", "'ZZ' is not a country"),
        ("passport:IR:---", "the document number '---' has no letter or digit"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_with_the_mend(text: str, told: str) -> None:
    with pytest.raises(ValueRefused, match=told):
        Document.parse(text)


def key(number: str) -> str:
    return Document(PASSPORT, number).key


@pytest.mark.parametrize(
    "numbers",
    [
        [
            "A1234567",
            "a1234567",
            " A 123-45/67 ",
            "A.1234567",
            "Ａ１２３４５６７",
            "a\u200b1234567",
            "A١٢٣٤٥٦٧",
            "A۱۲۳۴۵۶۷",
        ],
        ["ß12", "SS12", "ss 12"],
        ["①23", "123", "१२३"],
        ["Аб12", "АБ-12"],
    ],
)
def test_spellings_of_one_number_are_equal(numbers: list[str]) -> None:
    assert {key(number) for number in numbers} == {key(numbers[0])}


@pytest.mark.parametrize(
    ("left", "right"), [("A12", "A21"), ("A12", "B12"), ("012", "12"), ("A12", "А12"), ("12", "1２3")]
)
def test_other_numbers_are_not(left: str, right: str) -> None:
    assert key(left) != key(right)


@pytest.mark.parametrize("number", ["", " ", "---", "\x00", "\u202e", "\ud800", "😀"])
def test_a_number_without_letter_or_digit_is_refused(number: str) -> None:
    with pytest.raises(ValueRefused, match="has no letter or digit"):
        Document(PASSPORT, number)


@given(st.text(max_size=20))
def test_the_compared_form_is_letters_and_digits_and_the_same_again(number: str) -> None:
    try:
        found = key(number)
    except ValueRefused:
        return
    assert found.isalnum()
    assert key(found) == found
    assert key(f" {number} ") == found


@given(st.sampled_from(DocumentType), st.sampled_from(["", "IR", "SY"]), st.text("A1٢:- ", min_size=1, max_size=12))
def test_what_is_shown_is_read_as_the_same(kind: DocumentType, issuer: str, number: str) -> None:
    try:
        shown = Document(kind, number.strip(), issuer)
    except ValueRefused:
        return
    assert Document.parse(str(shown)) == shown
