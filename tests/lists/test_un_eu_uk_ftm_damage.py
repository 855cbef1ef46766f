"""Files that are cut or damaged anywhere: refused with one line or read with an account, never with a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kstep.lists import read_list
from kstep.model import InputError
from sample_lists import SAMPLES
from un_list import alias, consolidated, element, individual

UN = consolidated(
    individual(alias("Wardo Plum; Bardo (واردو)", note="born in 1965, passport number A1"), gender="Male"),
    individual(element("INDIVIDUAL_DATE_OF_BIRTH", type_of_date="BETWEEN", from_year="1961", to_year="1963"),
               element("INDIVIDUAL_DOCUMENT", type_of_document="Passport", number="Afghan passport number OR 8"),
               reference_number="XXi.002"),
)  # fmt: skip
SOURCES = {
    "un": UN.encode(),
    "eu xml": (SAMPLES / "eu" / "full-1_1.xml").read_bytes(),
    "eu csv": (SAMPLES / "eu" / "full.csv").read_bytes(),
    "uk": (SAMPLES / "uk" / "sanctions-list.csv").read_bytes(),
    "uk consolidated": (SAMPLES / "uk" / "conlist.csv").read_bytes(),
    "ftm": (SAMPLES / "ftm" / "entities.ftm.json").read_bytes(),
}
JUNK = [b"\x00", b"\xff", b'"', b";", b",", b"\n", b"<", b"&", b"{", b"[", b"\\ud800", b"(1)", b"born in 1999", b"-",
        b"99999999999", b"/", b" and ", b"null", b"\xe2\x80\xae", b"0000", b"between 1 and 2"]  # fmt: skip


def damaged(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice([1, 3, 10])):
        at = chance.randrange(len(content))
        put = chance.choice([b"", chance.choice(JUNK), bytes([chance.randrange(256)])])
        content = content[:at] + put + content[at + chance.choice([0, 1, 5, 50]) :]
    return content


@pytest.mark.parametrize("source", SOURCES)
def test_a_damaged_file_is_refused_or_read_with_an_account(tmp_path: Path, source: str) -> None:
    chance, path = random.Random(source), tmp_path / "damaged"
    outcomes = set()
    for _ in range(40):
        path.write_bytes(damaged(SOURCES[source], chance))
        try:
            edition = read_list(source.split()[0], path)
        except InputError as refused:
            assert str(path) in str(refused)
            assert "\n" not in str(refused)
            outcomes.add("refused")
        else:
            assert edition.entries_root
            assert len(edition.entries) <= sum(edition.rows.values())
            outcomes.add("read")
    assert outcomes == ({"read"} if source == "ftm" else {"refused", "read"})


@pytest.mark.parametrize("source", ["un", "eu xml"])
def test_xml_that_is_cut_anywhere_is_refused(tmp_path: Path, source: str) -> None:
    whole, path = SOURCES[source].rstrip(), tmp_path / "cut.xml"
    for length in range(1, len(whole), max(1, len(whole) // 60)):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError):
            read_list(source.split()[0], path)


def test_json_lines_that_are_cut_inside_a_line_are_refused(tmp_path: Path) -> None:
    lines, path = SOURCES["ftm"].splitlines(keepends=True), tmp_path / "cut.json"
    for number in range(1, len(lines)):
        path.write_bytes(b"".join(lines[:number]) + lines[number][: len(lines[number]) // 2])
        with pytest.raises(InputError, match=f"line {number + 1}: breaks off in its last line"):
            read_list("ftm", path)


@pytest.mark.parametrize("source", ["eu csv", "uk", "uk consolidated"])
def test_csv_that_is_cut_inside_a_row_is_refused(tmp_path: Path, source: str) -> None:
    whole, path = SOURCES[source], tmp_path / "cut.csv"
    lines = whole.splitlines(keepends=True)
    for number in range(3, len(lines)):
        cut = b"".join(lines[:number]) + lines[number][: len(lines[number]) // 2]
        path.write_bytes(cut)
        with pytest.raises(InputError):
            read_list(source.split()[0], path)
