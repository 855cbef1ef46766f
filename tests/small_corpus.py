"""A folder laid out like the real data, of invented counts: transliterations of a few words, and two small lists."""

from __future__ import annotations

import gzip
from itertools import product
from pathlib import Path

from held_out import is_fit_entry, is_held_out
from un_list import alias, consolidated, individual

CONSONANTS = {"б": "b", "м": "m", "н": "n", "к": "k", "ш": "sh", "х": "kh", "в": "v", "р": "r"}
VOWELS = {"а": "a", "о": "o", "у": "u", "и": "i"}
RUSSIAN = [
    ("".join(signs), "".join((CONSONANTS | VOWELS)[sign] for sign in signs), 3)
    for signs in product(CONSONANTS, VOWELS, CONSONANTS, VOWELS)
]
"""Words of two syllables with their only spelling: native form, Latin spelling, count."""

ARABIC = [
    ("محمد", "mohammed", 900), ("محمد", "muhammad", 500), ("محمد", "mehmet", 60), ("محمد", "mhd", 2), ("علي", "ali", 400),
    ("علي", "aly", 40), ("حسن", "hassan", 300), ("حسن", "hasan", 200), ("يوسف", "yusuf", 100), ("يوسف", "joseph", 80),
    ("عامر", "omar", 70), ("عامر", "amer", 30), ("عمر", "omar", 30),
]  # fmt: skip


def held_out_words(letters: str, count: int) -> list[str]:
    """Words of these letters that are kept for measuring."""
    found = ("".join(word) for word in product(letters, repeat=5))
    return [word for word, _ in zip(filter(is_held_out, found), range(count), strict=False)]


HELD_OUT = [(word, "zzyzxa", 50) for letters in ("абвгде", "ابتدرس") for word in held_out_words(letters, 20)]
"""Words that nothing may be learned from, all with a spelling that no other word has."""


def fit_ids(count: int, *, fit: bool = True) -> list[str]:
    """Ids of entries that are, or are not, of the half that may be counted."""
    ids = (str(number) for number in range(1, 10_000) if is_fit_entry(str(number)) is fit)
    return [number for number, _ in zip(ids, range(count), strict=False)]


def write_corpus(folder: Path) -> Path:
    """The folder with its files."""
    held_cyrillic = [row for row in HELD_OUT if row[0][0] in "абвгде"]
    files = {
        "russian": RUSSIAN + held_cyrillic,
        "arabic": ARABIC + [row for row in HELD_OUT if row not in held_cyrillic],
        "hebrew": [("יוסף", "yosef", 50), ("יוסף", "joseph", 40)],
        "korean": [("지성", "jisung", 9), ("지성", "jiseong", 5)],
        "chinese": [("近平", "jinping", 9)],
        "katakana": [("ヤマダ", "yamada", 9)],
    }
    (folder / "transliteration").mkdir(parents=True)
    for name, rows in files.items():
        text = "".join(f"{spelling}\t{' '.join(native)}\t{count}\n" for native, spelling, count in rows)
        (folder / "transliteration" / f"{name}.tsv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    (folder / "un").mkdir()
    people = [
        individual(
            alias("Sharif Qasrawan"),
            dataid=number,
            reference_number=number,
            first_name="Shareef",
            second_name="Qasrawan",
        )
        for number in (*fit_ids(4), *fit_ids(4, fit=False))
    ]
    unfit = [
        individual(
            alias("Wexford Blug"), dataid=number, reference_number=number, first_name="Wexforth", second_name="Blug"
        )
        for number in fit_ids(9, fit=False)[4:]
    ]
    (folder / "un" / "consolidated-2026-02-27.xml").write_text(consolidated(*people, *unfit), encoding="utf-8")
    ofac = folder / "ofac-sdn" / "2024-05"
    ofac.mkdir(parents=True)
    nothing = ",-0- " * 7
    one, two = fit_ids(2)
    individuals = [f'{number},"BARQUET, Jorge","individual","SDGT"{nothing},""\r\n' for number in (one, two)]
    also = [f'{number},1,"aka","BARKET, Jorge",-0- \r\n' for number in (one, two)]
    where = [f'{one},1,"1 Street","Town","Cuba",-0- \r\n']
    for name, lines in (("sdn", individuals), ("alt", also), ("add", where)):
        (ofac / f"{name}.csv").write_text("".join(lines) + "\x1a", encoding="utf-8", newline="")
    return folder
