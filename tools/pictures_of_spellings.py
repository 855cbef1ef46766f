"""Pictures of the learned model of spellings: what signs stand for, what their neighbours change, and worked alignments."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from drawing import MARGIN, WIDTH, Picture, bits
from kstep.names.frequencies import shipped_frequencies
from kstep.names.scripts import own_form, script_of
from kstep.names.similarity import chance_of, compare
from kstep.names.spelling import (
    BEYOND,
    EDGE,
    LONGEST_CHUNK,
    NEITHER,
    READINGS,
    UNHEARD_OF,
    shipped_spellings,
    signs,
    spelling_cost,
)
from kstep.names.surnames import CHINESE

CALLED = {
    "arabic": "Arabic letters", "hebrew": "Hebrew letters", "cyrillic": "Cyrillic letters", "kana": "Kana",
    "hangul": "The parts of Hangul syllables", "chinese": "Han characters, read as Chinese",
    "kanji": "Han characters, read as Japanese", "latin": "Latin letters in other Latin spellings",
}  # fmt: skip
IN_HALVES = ("chinese", "kanji")
SHOWN = 30
LETTERS = "abcdefghijklmnopqrstuvwxyz"
NOTHING = "∅"

BESIDE = (
    ("cyrillic", "е", (EDGE + "е" + NEITHER, "о" + "е" + NEITHER, "р" + "е" + NEITHER)),
    ("cyrillic", "х", (NEITHER + "ха", NEITHER + "х" + EDGE)),
    ("arabic", "و", (EDGE + "و" + NEITHER, NEITHER + "وا", NEITHER + "و" + EDGE)),
    ("arabic", "ي", (EDGE + "ي" + NEITHER, NEITHER + "يد", NEITHER + "ي" + EDGE)),
    ("hebrew", "ו", (EDGE + "ו" + NEITHER, NEITHER + "ון", NEITHER + "ו" + EDGE)),
    ("latin", "c", (NEITHER + "ch", NEITHER + "ce", NEITHER + "ck")),
    ("latin", "h", (NEITHER + "ha", NEITHER + "hm", NEITHER + "h" + EDGE)),
    ("latin", "o", (NEITHER + "ou", NEITHER + "oo", NEITHER + "on")),
)
ALIGNED = (
    ("محمد", "mohammed"), ("قذافي", "gaddafi"), ("Чайковский", "tchaikovsky"), ("近平", "jinping"), ("정은", "jongun"),
    ("太郎", "taro"), ("タカハシ", "takahashi"), ("גולן", "golan"), ("yusuf", "youssef"), ("محمد", "ahmed"), ("近平", "zemin"),
)  # fmt: skip
COLUMNS = (506, 596, 690, WIDTH - MARGIN)
"""Where the figures of a worked pair end."""


def share(millibits: float) -> float:
    """The probability that a cost means."""
    return float(2 ** (-millibits / 1000))


def commonest(reading: str) -> list[str]:
    """The signs, or Han characters, that the bearers of known names carry the most of and that the model has rows of;
    of Chinese, family names, because most known names in Han characters are Japanese."""
    rows = shipped_spellings().rows[reading]
    if reading == "latin":
        return list(LETTERS)
    seen: Counter[str] = Counter()
    for token, weight in shipped_frequencies().tokens.items():
        if reading in READINGS[script_of(token)]:
            for sign in token if reading in IN_HALVES else signs(token):
                seen[sign] += round(1e9 * share(weight))
    if reading == "chinese":
        seen = Counter({sign: count for sign, count in seen.items() if sign in CHINESE})
    known = [sign for sign in seen if (sign + "1" if reading in IN_HALVES else sign) in rows]
    return sorted(known, key=lambda sign: (-seen[sign], sign))[:SHOWN]


def shown(sign: str) -> str:
    """A sign as it can stand alone: parts of Hangul syllables as letters, with a bar on the side where others follow."""
    name = unicodedata.name(sign, "")
    for part, form in (("CHOSEONG", "{}–"), ("JUNGSEONG", "–{}–"), ("JONGSEONG", "–{}")):
        if part in name:
            try:
                return form.format(unicodedata.lookup(name.replace(part, "LETTER")))
            except KeyError:
                return sign
    return sign


def ribbon(picture: Picture, emits: Mapping[str, int], x: float, y: float, width: float, height: float = 22) -> None:
    """One bar parted into what a sign stands for, each as wide as it is likely; what has no room for its letters is grey."""
    picture.rect(x, y, width, height, "rule", 1, 2)
    at = x
    for chunk, cost in sorted(emits.items(), key=lambda item: (item[1], item[0])):
        part = width * share(cost)
        said = chunk or NOTHING
        if part < 7.2 * len(said) + 5:
            break
        picture.rect(at, y, part - 1, height, "paper")
        picture.rect(at, y, part - 1, height, "gain", 0.14 + 0.5 * share(cost))
        picture.text(at + part / 2 - 0.5, y + height / 2 + 4.5, said, "body ink", "middle")
        at += part


def learned(reading: str) -> str:
    """What the commonest signs of one model stand for, whatever stands beside them."""
    spellings = shipped_spellings()
    picture = Picture(
        f"{CALLED[reading]}: what each stands for",
        "Each bar is one sign: the wider a part, the likelier the sign stands for these Latin letters.",
        f"{NOTHING} is nothing at all;",
        "grey is everything less likely. " + (
            "A character has two bars, its first and its second half, so that it can stand for many letters."
            if reading in IN_HALVES else
            "A bar on the side of a letter says where the rest of its syllable stands."
            if reading == "hangul" else
            "Neighbours change this (see the picture of neighbours)."
        ),
    )  # fmt: skip
    chosen = commonest(reading)
    half, rows = (WIDTH - 2 * MARGIN + 20) / 2, -(-len(chosen) // 2)
    for place, sign in enumerate(chosen):
        x, y = MARGIN + half * (place // rows), picture.top + 30 * (place % rows)
        picture.text(x + 19, y + 18, shown(sign), "sign ink", "middle")
        room = half - 66
        bars = [sign + "1", sign + "2"] if reading in IN_HALVES else [sign]
        for number, name in enumerate(bars):
            width = room / len(bars) - 4 * (len(bars) - 1)
            left = x + 44 + number * (room / len(bars) + 2)
            ribbon(picture, spellings.emits(spellings.rows[reading][name]), left, y, width)
    return picture.svg(picture.top + 30 * rows + 10)


def _beside(name: str) -> str:
    """In words, what stands beside a sign."""
    before, after = name[0], name[2]
    if before == NEITHER:
        return "at the end" if after == EDGE else f"before {after}"
    return "at the beginning" if before == EDGE else f"after {before}"


def neighbours() -> str:
    """What the sign beside it changes."""
    spellings = shipped_spellings()
    picture = Picture(
        "What neighbours change",
        "The same sign alone (first bar) and in a context of its own. A context is learned only as far",
        "as it was seen often enough;",
        "a rarer one leans on wider ones. Han characters are learned without contexts: their two halves",
        "are context enough.",
    )
    half = (WIDTH - 2 * MARGIN + 20) / 2
    heights = [picture.top, picture.top]
    for reading, sign, contexts in BESIDE:
        rows = spellings.rows[reading]
        column = heights.index(min(heights))
        x, y = MARGIN + half * column, heights[column]
        picture.text(x + 14, y + 19, sign, "sign ink", "middle")
        known = [name for name in contexts if name in rows]
        for place, name in enumerate([sign, *known]):
            top = y + 27 * place
            picture.text(x + 36, top + 15, "alone" if name == sign else _beside(name), "note soft")
            ribbon(picture, spellings.emits(rows[name]), x + 140, top, half - 162, 21)
        heights[column] = y + 27 * (len(known) + 1) + 14
    return picture.svg(max(heights))


def cheapest_way(word: str, spelling: str) -> tuple[Sequence[str], list[tuple[str, int]]]:
    """The signs of a word and, for each, the letters it stands for in the cheapest way to cut `spelling`, and their cost."""
    spellings = shipped_spellings()
    best: tuple[int, list[tuple[str, int]]] = (BEYOND, [])
    for rows in spellings.read(word):
        reached: dict[int, tuple[int, list[tuple[str, int]]]] = {0: (0, [])}
        for row in rows:
            following: dict[int, tuple[int, list[tuple[str, int]]]] = {}
            emits = spellings.emits(row)
            for start, (so_far, way) in reached.items():
                for stop in range(start, min(len(spelling), start + LONGEST_CHUNK) + 1):
                    chunk = spelling[start:stop]
                    price = emits.get(chunk, UNHEARD_OF[len(chunk)])
                    if stop not in following or so_far + price < following[stop][0]:
                        following[stop] = (so_far + price, [*way, (chunk, price)])
            reached = following
        if len(spelling) in reached and reached[len(spelling)][0] < best[0]:
            best = reached[len(spelling)]
    if best[0] != spelling_cost(word, spelling, spellings):
        raise ValueError(f"{word} and {spelling} are cut in a way that is not the cheapest")
    return signs(word), best[1]


def alignments() -> str:
    """Worked pairs: which sign stands for which letters, and what it all earns."""
    weights = shipped_frequencies()
    picture = Picture(
        "Worked pairs: which sign stands for which letters",
        "Under each sign the letters that it stands for, and what that costs in bits: the less, the",
        "likelier. Red is dear. Arabic and",
        "Hebrew letters stand here from left to right. A pair earns what chance costs more than the",
        "spelling does, but never more than",
        "the lighter name weighs, less the price of another script or spelling; and where too little is",
        "explained, what is missing.",
    )
    for place, label in enumerate(("by chance", "as a spelling", "lighter weighs", "the pair earns")):
        picture.text(COLUMNS[place], picture.top + 12, label, "note soft", "end")
    y = picture.top + 26
    for word, spelling in ALIGNED:
        token = own_form(word.casefold())
        stood, way = cheapest_way(token, spelling)
        wide = min(50.0, 400 / len(stood))
        for place, (sign, (chunk, cost)) in enumerate(zip(stood, way, strict=True)):
            x = MARGIN + wide * place
            half = sign[1:] if len(sign) == 2 and sign[1] in "12" else ""
            picture.rect(x, y, wide - 3, 55, "loss", min(0.55, cost / 24_000) + 0.03, 3)
            written = shown(sign[0]).replace("–", "") if not half or half == "1" else "〃"
            picture.text(x + wide / 2 - 1.5, y + 21, written, "sign ink", "middle")
            picture.text(x + wide / 2 - 1.5, y + 47, chunk or NOTHING, "head ink", "middle")
            picture.text(x + wide / 2 - 1.5, y + 69, bits(cost, signed=False), "note soft", "middle")
        found = compare(token, spelling, weights)
        chance, cost = chance_of(spelling, weights), sum(price for _, price in way)
        lighter = min(weights.token(token), weights.token(spelling))
        for place, millibits in enumerate((chance, cost, lighter)):
            picture.text(COLUMNS[place], y + 28, bits(millibits, signed=False), "body ink", "end")
        said = bits(found.millibits) if found else "nothing"
        picture.text(COLUMNS[3], y + 28, said, "head gain" if found and found.millibits > 0 else "head loss", "end")
        picture.text(COLUMNS[3], y + 46, found.relation.value if found else "another name", "note soft", "end")
        picture.line(MARGIN, y + 80, WIDTH - MARGIN, y + 80)
        y += 91
    return picture.svg(y)


__all__ = ["CALLED", "alignments", "learned", "neighbours", "share"]
