"""Malformed FollowTheMoney files: each is refused with one message, or read with the bad lines left out and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from kstep.lists import Edition, read_list
from kstep.lists.source import mapped
from kstep.model import InputError

PLUM = '{"id":"P1","schema":"Person","properties":{"name":["Vardo Plum"]}}\n'
OTHER = PLUM.replace("P1", "P2")


def read(folder: Path, content: bytes) -> Edition:
    path = folder / "entities.ftm.json"
    path.write_bytes(content)
    return read_list("ftm", path)


REFUSED = {
    "breaks off in its last line": (f"{PLUM}{OTHER[:40]}".encode(), "line 2: breaks off in its last line (not JSON"),
    "breaks off inside a character": (
        (PLUM + OTHER.replace("Plum", "Plüm")).encode().partition(b"\xbc")[0], "line 2: breaks off in its last line"),
    "one JSON array": (f"[\n{PLUM.strip()},\n{OTHER}]\n".encode(), "is a JSON array"),
    "an array on one line": (f"[{PLUM.strip()}]\n".encode(), "is a JSON array"),
    "other JSON lines": (b'{"name":"Vardo Plum"}\n' * 3, "no line is a JSON object with id, schema and properties"),
    "XML": (b"<?xml version='1.0'?>\n<export/>\n", "no line is a JSON object"),
    "UTF-16": (PLUM.encode("utf-16"), "no line is a JSON object"),
    "two hundred lines of something else": (b"person_id,name\n" * 200, "no line is a JSON object"),
    "white space": (b" \n\n", "no line is a JSON object"),
    "nothing": (b"", "is empty"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_malformed_file_is_refused_with_one_line_that_names_it(tmp_path: Path, case: str) -> None:
    content, message = REFUSED[case]
    with pytest.raises(InputError) as refused:
        read(tmp_path, content)
    assert message in str(refused.value)
    assert str(tmp_path / "entities.ftm.json") in str(refused.value)
    assert refused.value.mend
    assert "\n" not in str(refused.value)


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_list("ftm", tmp_path / "nothing.json")
    with pytest.raises(InputError, match="is not an ordinary file"):
        read_list("ftm", tmp_path)


def test_an_oversized_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "entities.ftm.json"
    path.write_text(PLUM)
    with (
        pytest.raises(InputError, match=r"entities\.ftm\.json: has 67 bytes, more than the 66 allowed"),
        mapped(path, largest=66),
    ):
        pass
    with mapped(path, largest=67) as content:
        assert content.readline() == PLUM.encode()


BAD_LINES = {
    "no JSON": ('{"id":\n', "not JSON: Expecting value"),
    "an array": ("[1, 2]\n", "not a JSON object"),
    "a number as id": (OTHER.replace('"P2"', "2"), "no id"),
    "an empty id": (OTHER.replace('"P2"', '""'), "no id"),
    "no schema": (OTHER.replace('"schema"', '"scheme"'), "no schema"),
    "a list for properties": ('{"id":"P2","schema":"Person","properties":[]}\n', "no properties"),
    "half a character": (OTHER.replace("Plum", "Plum\\ud800"), "text that is not UTF-8"),
    "brackets without end": ("[" * 100_000 + "\n", "JSON beyond all measure"),
    "a number without end": (OTHER.replace("[", "[" + "9" * 5000 + ","), "JSON beyond all measure"),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_bad_line_is_left_out_with_its_number(tmp_path: Path, case: str) -> None:
    line, detail = BAD_LINES[case]
    edition = read(tmp_path, (PLUM + line + OTHER).encode())
    assert [(item.reason, item.where, item.detail) for item in edition.left_out] == [
        ("unreadable row", "line 2", detail)
    ]
    assert [entry.entry_id for entry in edition.entries] == ["P1", "P2"]
    assert edition.rows == {"Person": 2, "unreadable": 1}


def test_a_line_that_is_not_utf_8_is_left_out(tmp_path: Path) -> None:
    edition = read(tmp_path, PLUM.encode() + OTHER.replace("Plum", "Plüm").encode("latin-1") + PLUM.encode())
    assert [(item.reason, item.where) for item in edition.left_out] == [
        ("unreadable row", "line 2"), ("duplicate id", "line 3")
    ]  # fmt: skip


def test_the_second_of_two_records_with_one_id_is_left_out(tmp_path: Path) -> None:
    edition = read(tmp_path, (PLUM + PLUM.replace("Vardo", "Wardo")).encode())
    assert [name.full for name in edition.entries[0].identity.names] == ["Vardo Plum"]
    assert [(item.reason, item.where, item.detail) for item in edition.left_out] == [("duplicate id", "line 2", "P1")]


def test_values_that_are_no_texts_are_left_out_and_a_text_alone_is_one_value(tmp_path: Path) -> None:
    line = '{"id":"P1","schema":"Person","properties":{"name":"Vardo Plum","alias":["Wardo",7,null]},"referents":9}\n'
    edition = read(tmp_path, line.encode())
    assert [name.full for name in edition.entries[0].identity.names] == ["Vardo Plum", "Wardo"]
    assert [(item.reason, item.detail) for item in edition.left_out] == [
        ("unreadable field", "alias: ['Wardo', 7, None]")
    ]


def test_a_person_without_a_name_and_a_paper_without_number_or_holder_are_left_out(tmp_path: Path) -> None:
    lines = (
        PLUM
        + '{"id":"P2","schema":"Person","properties":{"birthDate":["1970"]}}\n'
        + '{"id":"K1","schema":"Passport","properties":{"holder":["P1"]}}\n'
        + '{"id":"K2","schema":"Passport","properties":{"number":["A1"]}}\n'
        + '{"id":"K3","schema":"Identification","properties":{"holder":["P1"],"number":["---"]}}\n'
    )
    assert [f"{item.reason}: {item.where}: {item.detail}" for item in read(tmp_path, lines.encode()).left_out] == [
        "no name: line 2: P2",
        "unreadable document: line 3: Passport without a number",
        "points at no entry: line 4: Passport without holder",
        "unreadable document: line 5: other ---",
    ]


def test_a_file_without_a_last_line_break_and_with_a_byte_order_mark_is_whole(tmp_path: Path) -> None:
    edition = read(tmp_path, b"\xef\xbb\xbf" + (PLUM + "\n" + OTHER.strip()).encode())
    assert [entry.entry_id for entry in edition.entries] == ["P1", "P2"]
    assert edition.left_out == ()


def test_the_edition_id_is_that_of_the_bytes(tmp_path: Path) -> None:
    first, again, other = (read(tmp_path, content.encode()).id for content in (PLUM, PLUM, PLUM + OTHER))
    assert first == again != other
