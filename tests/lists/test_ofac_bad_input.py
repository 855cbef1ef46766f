"""Bad OFAC input: each case with the one message that refuses it, or with what is left out, where and why."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from kstep.lists import Edition, read_list
from kstep.lists.source import LARGEST_SOURCE
from kstep.model import InputError
from sample_lists import SAMPLES

NULLS = ",-0- " * 8
SDN = f'10,"DOE, Jane","individual","SDGT"{",-0- " * 7},"DOB 1970; Gender Female."\r\n20,"ACME",-0- ,"SDGT"{NULLS}\r\n'
ALT = '10,1,"aka","ROE, Jane",-0- \r\n'
ADD = '10,1,"1 Street","Town","Iran",-0- \r\n'
FILES = {"sdn.csv": SDN + "\x1a", "alt.csv": ALT + "\x1a", "add.csv": ADD + "\x1a"}
LONG = "x" * 1000


def _person(number: str, remarks: str, *, name: str = "SMITH, Jo", type_: str = '"individual"') -> str:
    return f'{number},"{name}",{type_},"SDGT"{",-0- " * 7},"{remarks}"\r\n'


def _folder(tmp_path: Path, **changed: str | bytes | None) -> Path:
    """A good directory, with the files that `changed` names (without `.csv`) written anew, or missing if None."""
    contents: dict[str, str | bytes | None] = {**FILES, **{f"{name}.csv": text for name, text in changed.items()}}
    for name, content in contents.items():
        if content is not None:
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


def _with(remarks: str) -> str:
    return SDN + _person("30", remarks) + "\x1a"


def test_the_good_directory_is_read(tmp_path: Path) -> None:
    edition = read_list("ofac-sdn", _folder(tmp_path))
    assert [entry.entry_id for entry in edition.entries] == ["10"]
    assert edition.left_out_by_reason == {"entity": 1}
    assert dict(edition.rows) == {
        "individual": 1,
        "entity": 1,
        "alias of an individual": 1,
        "address of an individual": 1,
    }


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a file": (lambda folder: _folder(folder) / "sdn.csv", "is not a directory; name the folder that holds sdn.csv"),
    "no such directory": (lambda folder: folder / "nowhere", "is not a directory"),
    "no sdn.csv": (lambda folder: _folder(folder, sdn=None), "sdn.csv: there is no such file; check the path"),
    "no alt.csv": (lambda folder: _folder(folder, alt=None), "alt.csv: there is no such file; check the path"),
    "no add.csv": (lambda folder: _folder(folder, add=None), "add.csv: there is no such file; check the path"),
    "an empty file": (lambda folder: _folder(folder, alt=""), "alt.csv: is empty; fetch the publisher's file again"),
    "an end mark only": (lambda folder: _folder(folder, alt="\x1a"), "alt.csv: has no row of 5 columns"),
    "breaks off in a quoted field": (
        lambda folder: _folder(folder, sdn=SDN + '30,"SMITH, J'),
        "sdn.csv: breaks off: its last row, line 3, is not CSV (unexpected end of data)",
    ),
    "breaks off between two fields": (
        lambda folder: _folder(folder, sdn=SDN + '30,"SMITH, Jo","indi"'),
        "sdn.csv: breaks off: its last row, line 3, has 3 columns, not 12; fetch the publisher's file again",
    ),
    "no encoding that OFAC used": (
        lambda folder: _folder(folder, sdn=SDN.encode() + b'30,"\x81"'),
        "sdn.csv, line 3: is neither UTF-8 nor Windows-1252 text",
    ),
    "UTF-16": (lambda folder: _folder(folder, sdn=SDN.encode("utf-16")), "sdn.csv: has no row of 12 columns"),
    "semicolons": (
        lambda folder: _folder(folder, sdn=SDN.replace(",", ";") + "\x1a"),
        "check that this is OFAC's sdn.csv",
    ),
    "another file under its name": (
        lambda folder: _folder(folder, sdn="<html>\n<body>Too many requests</body>\n</html>\x1a"),
        "sdn.csv: has no row of 12 columns that begins with a number; check that this is OFAC's sdn.csv",
    ),
    "alt.csv under the name of sdn.csv": (
        lambda folder: _folder(folder, sdn=ALT + "\x1a"),
        "sdn.csv: has no row of 12",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_directory_that_cannot_be_read_to_its_end_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    make, message = REFUSED[case]
    with pytest.raises(InputError) as refused:
        read_list("ofac-sdn", make(tmp_path))
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_larger_than_any_publisher_writes_is_refused_unread(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    with (folder / "sdn.csv").open("r+b") as file:
        file.truncate(LARGEST_SOURCE + 1)
    with pytest.raises(InputError, match=r"more than the \S+ allowed"):
        read_list("ofac-sdn", folder)


# What is changed, then what is left out besides the entity: reason, place, and words of the detail.
LEFT_OUT: dict[str, tuple[dict[str, str | bytes], tuple[str, str, str]]] = {
    "a short row": (
        {"sdn": '30,"SMITH, Jo"\r\n' + SDN + "\x1a"},
        ("unreadable row", "sdn.csv, line 1", "has 2 columns, not 12"),
    ),
    "a long row": (
        {"alt": '10,2,"aka","A","B",-0- \r\n' + ALT},
        ("unreadable row", "alt.csv, line 1", "has 6 columns"),
    ),
    "a quote that never closes costs its own row only": (
        {"sdn": '30,"SMITH, Jo,"individual"\r\n' + SDN + "\x1a"},
        ("unreadable row", "sdn.csv, line 1", "is not CSV"),
    ),
    "a NUL byte": (
        {"alt": ALT + '10,2,"aka","A\0B",-0- \r\n\x1a'},
        ("unreadable row", "alt.csv, line 2", "is not CSV"),
    ),
    "an end mark in the middle is no end": (
        {"alt": "\x1a\r\n" + ALT + "\x1a"},
        ("unreadable row", "alt.csv, line 1", "has 1 columns"),
    ),
    "an id that is no number": (
        {"sdn": SDN + _person("3O", "DOB 1960.") + "\x1a"},
        ("unreadable row", "sdn.csv, line 3", "does not begin with a number"),
    ),
    "a type that is none": (
        {"sdn": SDN + _person("30", "DOB 1960.", type_='"robot"') + "\x1a"},
        ("unreadable row", "sdn.csv, line 3 (30)", "has the unknown type robot: SMITH, Jo"),
    ),
    "an id that comes twice": (
        {"sdn": SDN + _person("10", "DOB 1960.") + "\x1a"},
        ("duplicate id", "sdn.csv, line 3 (10)", "SMITH, Jo"),
    ),
    "a person under an organisation's id": (
        {"sdn": SDN + _person("20", "DOB 1960.") + "\x1a"},
        ("duplicate id", "sdn.csv, line 3 (20)", "SMITH, Jo"),
    ),
    "a person without a name": (
        {"sdn": SDN + _person("30", "DOB 1960.", name="-0- ") + "\x1a"},
        ("no name", "sdn.csv, line 3 (30)", "individual"),
    ),
    "an alias without a name": (
        {"alt": ALT + '10,2,"aka",-0- ,-0- \r\n\x1a'},
        ("no name", "alt.csv, line 2 (10)", "alias"),
    ),
    "a name too long to be one": (
        {"alt": ALT + f'10,2,"aka","{"X" * 1001}",-0- \r\n\x1a'},
        ("unreadable name", "sdn.csv, line 1 (10)", "XXX"),
    ),
    "an alias of nothing": (
        {"alt": ALT + '99,2,"aka","A, B",-0- \r\n\x1a'},
        ("points at no entry", "alt.csv, line 2 (99)", "alias"),
    ),
    "an address of nothing": (
        {"add": ADD + '99,2,"A","B","C",-0- \r\n\x1a'},
        ("points at no entry", "add.csv, line 2 (99)", "address"),
    ),
    "a comment of nothing": (
        {"sdn_comments": '99,"x."\r\n\x1a'},
        ("points at no entry", "sdn_comments.csv, line 1 (99)", ""),
    ),
    "a comment on remarks that are complete": (
        {"sdn_comments": '10,"Passport A1 (Iran)."\r\n\x1a'},
        ("unreadable row", "sdn_comments.csv, line 1 (10)", "continues remarks that are complete"),
    ),
    "a second comment on the same remarks": (
        {"sdn": _with(LONG), "sdn_comments": '30,"; DOB 1960"\r\n30,"; DOB 1961."\r\n\x1a'},
        ("duplicate id", "sdn_comments.csv, line 2 (30)", "DOB 1961."),
    ),
    "remarks that fill their field and go nowhere": (
        {"sdn": _with("DOB 1960; Passport 12" + "3" * 979)},
        ("broken off", "sdn.csv, line 3 (30)", "Passport 123"),
    ),
    "an impossible date": (
        {"sdn": _with("DOB 31 Feb 1960.")},
        ("unreadable date", "sdn.csv, line 3 (30)", "31 Feb 1960"),
    ),
    "an unknown country": (
        {"sdn": _with("citizen Freedonia.")},
        ("unknown country", "sdn.csv, line 3 (30)", "Freedonia"),
    ),
    "an unknown issuer": (
        {"sdn": _with("Passport A1 (Mars).")},
        ("unknown country", "sdn.csv, line 3 (30)", "issuer Mars"),
    ),
    "an unknown sex": ({"sdn": _with("Gender Maybe.")}, ("unknown sex", "sdn.csv, line 3 (30)", "Maybe")),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_a_bad_row_or_field_is_left_out_by_name_and_the_rest_is_read(case: str, tmp_path: Path) -> None:
    changed, (reason, where, words) = LEFT_OUT[case]
    edition = read_list("ofac-sdn", _folder(tmp_path, **changed))
    [left_out] = [item for item in edition.left_out if item.reason != "entity"]
    assert (left_out.reason, left_out.where) == (reason, where)
    assert words in left_out.detail
    entry = edition.entries[0]
    assert (entry.entry_id, [str(one) for one in entry.identity.birth_dates]) == ("10", ["1970"])
    assert edition.rows["individual"] == len(edition.entries) + (reason in {"no name", "duplicate id"}
                                                                 and left_out.where.startswith("sdn.csv"))  # fmt: skip


def _only(edition: Edition) -> list[str]:
    [entry] = edition.entries
    return [name.full for name in entry.identity.names]


def test_remarks_that_end_at_the_width_of_their_field_are_whole_if_comments_would_go_on(tmp_path: Path) -> None:
    remarks = "DOB 1960; Title " + "x" * 973 + "; DOB 1961."
    assert len(remarks) == 1000
    without = read_list("ofac-sdn", _folder(tmp_path, sdn=_with(remarks)))
    beside = read_list("ofac-sdn", _folder(tmp_path, sdn=_with(remarks), sdn_comments="\x1a"))
    assert [str(date) for date in without.entries[1].identity.birth_dates] == ["1960"]
    assert [str(date) for date in beside.entries[1].identity.birth_dates] == ["1960", "1961"]


def test_an_old_encoding_is_read_with_a_note_and_never_silently(tmp_path: Path) -> None:
    edition = read_list("ofac-sdn", _folder(tmp_path, alt=ALT.replace("ROE", "MUÑOZ").encode("cp1252") + b"\x1a"))
    assert _only(edition) == ["Jane DOE", "Jane MUÑOZ"]
    assert "alt.csv is not UTF-8 and was read as Windows-1252" in edition.notes


def test_the_publishers_capital_file_names_and_a_byte_order_mark_are_no_hindrance(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name.upper()).write_text(text, encoding="utf-8-sig")
    assert _only(read_list("ofac-sdn", tmp_path)) == ["Jane DOE", "Jane ROE"]


def test_an_alias_type_that_is_new_is_read_and_counted_as_unknown(tmp_path: Path) -> None:
    edition = read_list("ofac-sdn", _folder(tmp_path, alt=ALT.replace("aka", "xka")))
    assert _only(edition) == ["Jane DOE", "Jane ROE"]
    assert edition.unknown == {"alt.csv: type xka": 1}


def test_the_id_of_an_edition_follows_every_byte_of_every_file(tmp_path: Path) -> None:
    before = read_list("ofac-sdn", _folder(tmp_path)).id
    assert read_list("ofac-sdn", _folder(tmp_path)).id == before
    assert read_list("ofac-sdn", _folder(tmp_path, sdn_comments='99,"x."\r\n\x1a')).id != before
    assert read_list("ofac-sdn", _folder(tmp_path, add=ADD.replace("Town", "Tow") + "\x1a")).id != before


PIECES = (b'"', b",", b"'", b"<", b"&", b";", b"\0", b"\x1a", b"\n", b"-0- ", b"(", b")", b"9" * 40, "\u0663".encode())


def _damaged(content: bytes, chance: random.Random) -> bytes:
    place, length = chance.randrange(len(content)), chance.randrange(1, 60)
    return chance.choice(
        [
            content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :],
            content[:place] + content[place + length :],
            content[:place] + chance.choice(PIECES) + content[place:],
            content[:place] + content[length : 2 * length] + content[place:],
            content[: place + 1],
        ]
    )


@pytest.mark.parametrize("seed", range(100))
def test_a_damaged_file_is_refused_or_its_people_still_add_up(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    folder = _folder(tmp_path, sdn=_with("DOB 1960; Passport A1 (Iran); a.k.a. 'X, Y'."), sdn_comments='99,"x."\n\x1a')
    for file in sorted(folder.iterdir()):
        whole = file.read_bytes()
        file.write_bytes(_damaged(whole, chance))
        _read_or_refuse("ofac-sdn", folder)
        file.write_bytes(whole)
    for name in ("plain.xml", "advanced.xml"):
        (tmp_path / name).write_bytes(_damaged((SAMPLES / "ofac-xml" / name).read_bytes(), chance))
        _read_or_refuse("ofac-xml", tmp_path / name)


def _read_or_refuse(kind: str, path: Path) -> None:
    try:
        edition = read_list(kind, path)
    except InputError as error:
        assert str(error).isprintable()
        return
    lost = [item for item in edition.left_out if item.reason in {"no name", "duplicate id"}
            and item.detail not in {"alias", "documented name"} and "comments" not in item.where]  # fmt: skip
    assert edition.rows.get("individual", 0) == len(edition.entries) + len(lost)
