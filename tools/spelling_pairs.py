"""What the model of spellings learns from: pairs of a word and its Latin spelling, each with how much it counts.

Native forms that `held_out` keeps for measuring are in none of them, and of the lists only the half of the entries that may
be counted.
"""

from __future__ import annotations

import gzip
import importlib
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, permutations
from pathlib import Path

from anyascii import anyascii
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from held_out import is_fit_entry, is_held_out
from kstep.lists import read_list
from kstep.names.scripts import Script, latin, own_form, script_of
from kstep.names.tokens import tokenize

LISTS = [("ofac-sdn", "ofac-sdn/2024-05"), ("un", "un/consolidated-2026-02-27.xml")]
FILES = {
    "arabic": ("arabic", Script.ARABIC), "hebrew": ("hebrew", Script.HEBREW), "cyrillic": ("russian", Script.CYRILLIC),
    "chinese": ("chinese", Script.HAN), "kana": ("katakana", Script.KANA), "hangul": ("korean", Script.HANGUL),
}  # fmt: skip
LONGEST_WORD = 24

KOREAN_SYLLABLES = {
    "정": "jong jong jung jeong chong", "은": "un un eun", "철": "chol cheol chul", "영": "yong young yeong",
    "성": "song sung seong", "혁": "hyok hyuk hyeok", "국": "guk kook kuk", "석": "sok seok suk",
    "현": "hyon hyun hyeon", "명": "myong myung myeong", "기": "ki gi", "광": "kwang gwang",
    "경": "kyong kyung gyeong", "길": "kil gil", "규": "kyu gyu", "희": "hui hee", "순": "sun soon",
    "춘": "chun", "준": "jun joon", "수": "su soo", "우": "u woo", "범": "pom beom bum",
    "병": "pyong byung byeong", "태": "tae", "동": "tong dong", "일": "il", "재": "jae chae", "진": "jin chin",
    "호": "ho", "근": "kun keun geun", "승": "sung seung", "흥": "hung heung", "을": "ul eul",
    "금": "kum geum keum", "룡": "ryong", "학": "hak", "덕": "dok tok deok duk", "원": "won",
}  # fmt: skip
"""Syllables of Korean given names in the same way: North Korean ones by McCune and Reischauer, others by usage."""

KOREAN_FAMILIES = {
    "김": "kim kim kim gim ghim", "이": "lee lee lee yi rhee ri li", "박": "park park park pak bak",
    "최": "choi choi choe", "정": "jung jeong chung jong chong", "강": "kang gang", "조": "cho jo",
    "윤": "yoon yun youn", "장": "jang chang", "임": "lim im rim", "한": "han", "오": "oh o", "서": "seo suh so",
    "신": "shin sin", "권": "kwon gwon kweon", "황": "hwang", "안": "ahn an", "송": "song", "류": "ryu yoo yu ryoo",
    "유": "yoo yu you", "홍": "hong", "전": "jeon jun chun", "고": "ko go koh", "문": "moon mun", "양": "yang",
    "손": "son sohn", "배": "bae pae", "백": "baek paik paek", "허": "heo hur huh ho", "남": "nam", "심": "shim sim",
    "노": "noh roh no ro", "하": "ha", "곽": "kwak gwak", "성": "sung seong song", "차": "cha", "주": "joo ju chu",
    "우": "woo u wu", "구": "koo ku gu", "민": "min", "진": "jin chin", "나": "na ra", "리": "ri lee ree",
    "림": "rim lim", "엄": "eom um", "원": "won", "천": "cheon chun", "방": "bang pang", "공": "kong gong",
    "현": "hyun hyon hyeon", "변": "byun byeon pyon", "염": "yeom yum", "여": "yeo yuh", "추": "choo chu",
    "도": "do to", "석": "seok suk sok", "선": "sun seon son", "설": "seol sul sol", "마": "ma", "길": "gil kil",
    "위": "wi", "표": "pyo", "명": "myung myong", "기": "ki gi", "반": "ban pan",
}  # fmt: skip
"""The commonest Korean family names as they are written in Latin letters, commoner spellings more often; from general
knowledge, because the data have few Koreans.
"""


def letters(text: str) -> str:
    """A Latin token as names are read: lower-case ASCII letters."""
    return "".join(letter for letter in anyascii(text).lower() if "a" <= letter <= "z")


def transliterations(data: Path, reading: str) -> Iterator[tuple[str, str, int]]:
    """(native word, Latin spelling, count) of one file, without what is held out."""
    name, script = FILES[reading]
    with gzip.open(data / "transliteration" / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            spelling, native, count = line.rstrip("\n").split("\t")
            if is_held_out(native):
                continue
            word = own_form(unicodedata.normalize("NFKC", native.replace(" ", "")).casefold())
            spelled = letters(spelling)
            of_script = bool(word) and all(script_of(letter) is script for letter in word)
            if of_script and 1 < len(spelled) <= LONGEST_WORD and len(word) <= LONGEST_WORD:
                yield word, spelled, int(count)


def native_pairs(data: Path, reading: str) -> list[tuple[str, str, float]]:
    """(native word, Latin spelling, weight) for one model."""
    if reading == "kanji":
        return kanji_names()
    pairs = [(word, spelled, count**0.5) for word, spelled, count in transliterations(data, reading)]
    if reading == "hangul":
        for syllable, spellings in (*KOREAN_FAMILIES.items(), *KOREAN_SYLLABLES.items()):
            pairs += [(syllable, spelled, 5.0 * count) for spelled, count in Counter(spellings.split()).items()]
    return pairs


_SMALL = {"ャ": "ya", "ュ": "yu", "ョ": "yo"}
_LONG = re.compile(r"ou|oo|uu")


def kanji_names() -> list[tuple[str, str, float]]:
    """Japanese family and given names of the IPADIC dictionary (in janome) with their readings in Hepburn letters."""
    entries = importlib.import_module("janome.sysdic").entries(compact=False)
    pairs = []
    for entry in entries.values():
        surface, kind, reading = entry[0], entry[4], entry[8]
        if "人名,姓" not in kind and "人名,名" not in kind:
            continue
        if (
            len(surface) <= 5
            and all(script_of(letter) is Script.HAN for letter in surface)
            and not is_held_out(surface)
        ):
            full = hepburn(reading)
            short = _LONG.sub(lambda found: found[0][0], full)
            pairs += [(surface, short, 1.0)] if short == full else [(surface, short, 0.7), (surface, full, 0.3)]
    return pairs


def hepburn(reading: str) -> str:
    """Katakana in Hepburn letters, long vowels written out."""
    parts: list[str] = []
    for letter in reading:
        if letter in _SMALL and parts and parts[-1].endswith("i"):
            stem = parts[-1][:-1]
            parts[-1] = stem + (_SMALL[letter][1:] if stem in ("sh", "ch", "j") else _SMALL[letter])
        elif letter == "ー":
            parts.append(parts[-1][-1:] if parts else "")
        else:
            parts.append("ッ" if letter == "ッ" else anyascii(letter))
    doubled = (following[:1] if part == "ッ" else part for part, following in zip(parts, [*parts[1:], ""], strict=True))
    return letters("".join(doubled))


def latin_pairs(data: Path) -> list[tuple[str, str, float]]:
    """(Latin spelling, other Latin spelling, weight): of one native word, of one person on a list, and slips of the finger."""
    pairs: defaultdict[tuple[str, str], float] = defaultdict(float)
    for reading in ("cyrillic", "arabic"):
        _one_native(transliterations(data, reading), pairs)
    _one_person(data, pairs)
    _slips({spelled for spelled, _ in pairs}, pairs)
    return sorted((left, right, weight) for (left, right), weight in pairs.items())


def _one_native(found: Iterable[tuple[str, str, int]], pairs: defaultdict[tuple[str, str], float]) -> None:
    """Spellings of one native word that are alike at all, the dozen commonest of each."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word, spelled, count in found:
        if ratio(latin(word), spelled) >= 40:
            spellings[word][spelled] += count
    for known in spellings.values():
        for (left, count), (right, other) in permutations(
            sorted(known.items(), key=lambda item: (-item[1], item[0]))[:12], 2
        ):
            pairs[left, right] += min(count, other) ** 0.5 / len(known)


def _one_person(data: Path, pairs: defaultdict[tuple[str, str], float]) -> None:
    """Tokens of two names of one entry that are unlike, but more alike each other than anything else there."""
    for kind, path in LISTS:
        for entry in read_list(kind, data / path).entries:
            if not is_fit_entry(entry.entry_id):
                continue
            names = {
                tuple(token for token in tokenize(name.full).tokens if token.isascii()) for name in entry.identity.names
            }
            seen = {pair for left, right in combinations(sorted(names), 2) for pair in alike_tokens(left, right)}
            for left, right in seen | {(right, left) for left, right in seen}:
                pairs[left, right] += 2.0


def alike_tokens(left: Iterable[str], right: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Tokens of two names that are not the same, but each the most alike to the other."""
    left, right = tuple(left), tuple(right)
    alone, other = [word for word in left if word not in right], [word for word in right if word not in left]
    for word in alone:
        best = max(other, key=lambda token: (ratio(word, token), token), default="")
        if best and max(alone, key=lambda token: (ratio(best, token), token)) == word and ratio(word, best) >= 50:
            yield word, best


def _slips(words: set[str], pairs: defaultdict[tuple[str, str], float]) -> None:
    """A letter wrong, missing or too many, at random: what nobody's spelling teaches."""
    chooser = random.Random(7)
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    for word in chooser.sample(sorted(words), min(6_000, len(words))):
        place = chooser.randrange(len(word))
        letter = chooser.choice(alphabet)
        slip = chooser.choice([word[:place] + word[place + 1 :], word[:place] + letter + word[place:],
                               word[:place] + letter + word[place + 1 :]])  # fmt: skip
        if len(slip) > 1 and OSA.distance(word, slip) == 1:
            pairs[word, slip] += 0.5


__all__ = ["FILES", "LISTS", "alike_tokens", "latin_pairs", "letters", "native_pairs", "transliterations"]
