"""An event's bytes are canonical JSON as others write it, and nothing is an event that is not what the specification says."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kstep.ledger.events import SALT_BYTES, Event, committed, row_leaf, row_salt
from kstep.ledger.verifier import LARGEST, Refused, canonical, parsed
from kstep.model import ValueRefused

EVENT: dict[str, Any] = {
    "log": "screening.example/hq", "number": 3, "type": "PersonRegistered", "version": 1, "subject": "person:1",
    "actor": "account:7", "purpose": "screening", "marking": "office", "recorded": 1_770_000_000_000_000, "happened": None,
    "commitment": "ab" * 32,
}  # fmt: skip

values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(),
    lambda held: st.lists(held, max_size=4) | st.dictionaries(st.text(), held, max_size=4),
    max_leaves=12,
)


@given(values)
def test_canonical_bytes_are_those_of_the_standard(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)
    assert parsed(canonical(value)) == value


def test_members_stand_in_the_order_of_utf_16() -> None:
    """The example of RFC 8785, section 3.2.3."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(parsed(canonical(dict.fromkeys(names, True)))) == ordered


@pytest.mark.parametrize(
    "value", [1.5, 1e3, float("nan"), LARGEST + 1, -LARGEST - 1, {1: 2}, "\ud800", b"bytes", {"a": [()]}]
)
def test_value_that_is_not_canonical_json_is_refused(value: Any) -> None:
    with pytest.raises(Refused, match="not what canonical JSON is made of"):
        canonical(value)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"1.0", b"01", b'{"a":1,"a":1}', b'{"b":1,"a":1}', b"[1, 2]", b"NaN", b'"\\u0041"']
)
def test_bytes_that_are_not_canonical_json_are_refused(text: bytes) -> None:
    with pytest.raises(Refused, match="JSON"):
        parsed(text)


def test_payload_is_committed_to_as_the_specification_says() -> None:
    salt = bytes(range(SALT_BYTES))
    assert (
        committed({"b": 1, "a": "x"}, salt)
        == hashlib.sha256(b"kstep/payload/1\n" + salt + b'{"a":"x","b":1}').hexdigest()
    )


def test_event_is_read_as_it_was_written() -> None:
    event = Event(**EVENT)
    assert event.text == rfc8785.dumps(EVENT)
    assert Event.read(event.text) == event


@pytest.mark.parametrize(
    ("member", "value", "said"),
    [
        ("type", "", "type is no text"),
        ("actor", None, "actor is no text"),
        ("subject", 7, "subject is no text"),
        ("number", -1, "number is no whole number"),
        ("version", True, "version is no whole number"),
        ("recorded", 1.0, "recorded is no whole number"),
        ("happened", "yesterday", "happened is no whole number"),
        ("recorded", LARGEST + 1, "not what canonical JSON is made of"),
        ("purpose", "\udc00", "not what canonical JSON is made of"),
        ("commitment", "AB" * 32, "commitment is no hash"),
        ("commitment", "ab" * 31, "commitment is no hash"),
        ("commitment", "ab" * 32 + "\n", "commitment is no hash"),
    ],
)
def test_what_is_no_event_is_refused(member: str, value: Any, said: str) -> None:
    with pytest.raises(ValueRefused, match=said):
        Event(**EVENT | {member: value})


@pytest.mark.parametrize("text", [b"[]", b"{}", b"event", rfc8785.dumps(EVENT | {"more": 1})])
def test_bytes_of_no_event_are_refused(text: bytes) -> None:
    with pytest.raises(ValueRefused, match="an event"):
        Event.read(text)


@given(
    values,
    values,
    st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES),
    st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES),
)
def test_commitment_holds_to_one_payload_and_one_salt(one: Any, other: Any, salt: bytes, another: bytes) -> None:
    same = (canonical(one), salt) == (canonical(other), another)
    assert (committed(one, salt) == committed(other, another)) == same
    assert (row_leaf(one, salt) == row_leaf(other, another)) == same


def test_salt_of_a_row_depends_on_all_that_it_is_of() -> None:
    salts = {
        row_salt(secret, segment, number)
        for secret in (b"a" * 32, b"b" * 32)
        for segment in ("import:1", "import:11")
        for number in (0, 1, 10)
    }
    assert len(salts) == 12
    assert {len(salt) for salt in salts} == {SALT_BYTES}
