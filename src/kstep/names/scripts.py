"""Scripts: which one a word is written in, and the one form that its letters have there.

Every token is of exactly one of these scripts. Arabic, Hebrew, Cyrillic, Han, kana and Hangul words stay in their own
letters, because a learned model compares them with Latin ones; words of every other script become lower-case ASCII
(`romanization`), and so count as Latin. `latin` gives a first romanisation of any word, for keys.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from enum import IntEnum

from kstep.names import romanization


class Script(IntEnum):
    """The scripts in which tokens are written, as numbers for tables."""

    LATIN = 0
    ARABIC = 1
    HEBREW = 2
    CYRILLIC = 3
    HAN = 4
    KANA = 5
    HANGUL = 6


ALPHABETS = frozenset({Script.ARABIC, Script.HEBREW, Script.CYRILLIC})
"""Scripts other than Latin of which a sign stands for one sound."""

_LETTERS = {
    Script.ARABIC: "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff",
    Script.HEBREW: "\u0590-\u05ff",
    Script.CYRILLIC: "\u0400-\u052f\u1c80-\u1c8f\ua640-\ua69f",
    Script.HAN: "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    Script.KANA: "\u3041-\u3096\u309b-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff",
    Script.HANGUL: "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
}
_MARKS = "\u0300-\u036f"
_HAN = _LETTERS[Script.HAN]
EAST_ASIAN = re.compile(f"[{_HAN}{_LETTERS[Script.HANGUL]}]")
_SCRIPT = re.compile("|".join(f"(?P<{script.name}>[{letters}])" for script, letters in _LETTERS.items()))
_RUNS = re.compile(
    # Small and linking kana inside a Japanese family name (鎌ヶ谷, 一ノ瀬) belong to it.
    rf"[{_HAN}](?:[{_HAN}{_MARKS}]|[ヶヵケノのツ](?=[{_HAN}]))*|"
    + "|".join(f"[{letters}][{letters}{_MARKS}]*" for script, letters in _LETTERS.items() if script is not Script.HAN)
    + f"|[^{''.join(_LETTERS.values())}]+"
)

# Letters that look the same in both alphabets, small or capital.
_LATIN_LOOKALIKES = "aceijkmopstxy"
_CYRILLIC_LOOKALIKES = "\u0430\u0441\u0435\u0456\u0458\u043a\u043c\u043e\u0440\u0455\u0442\u0445\u0443"
_TO_LATIN = str.maketrans(_CYRILLIC_LOOKALIKES, _LATIN_LOOKALIKES)
_TO_CYRILLIC = str.maketrans(_LATIN_LOOKALIKES, _CYRILLIC_LOOKALIKES)
_CYRILLIC_LETTER = re.compile(f"[{_LETTERS[Script.CYRILLIC]}]")
_PLAIN_LATIN_LETTER = re.compile("[a-z]")

# Letters of Arabic script as Persian, Urdu, Pashto, Sindhi, Kurdish and Uyghur write them, to one letter each.
_ARABIC_FORMS = str.maketrans({
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ۍ": "ي", "ێ": "ي", "ئ": "ي", "ے": "ي",
    "ؤ": "و", "ۆ": "و", "ۇ": "و", "ۈ": "و", "ۋ": "و", "ک": "ك", "ڪ": "ك", "ګ": "گ", "ڳ": "گ", "ڱ": "گ", "ة": "ه",
    "ۀ": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ۂ": "ه", "ۃ": "ه", "ں": "ن", "ڼ": "ن", "ڻ": "ن", "ڕ": "ر", "ړ": "ر",
    "ڑ": "ر", "ډ": "د", "ڈ": "د", "ڊ": "د", "ڌ": "د", "ڏ": "د", "ټ": "ت", "ٹ": "ت", "ٽ": "ت", "ٿ": "ت", "ٺ": "ت",
    "څ": "س", "ځ": "ز", "ږ": "ژ", "ښ": "ش", "ڵ": "ل", "ڤ": "ف", "ٻ": "ب", "ڀ": "ب", "ڦ": "پ", "ڄ": "ج", "ڃ": "ج",
    "ڇ": "چ", "ء": None, "ـ": None,
})  # fmt: skip
_KURDISH_VOWEL = re.compile("ە(?=.)")

_KEPT_ACCENTS = frozenset("йїўѓќ")
_HIRAGANA = {letter: letter + 0x60 for letter in (*range(0x3041, 0x3097), 0x309D, 0x309E)}


def script_of(token: str) -> Script:
    """The script of a token, which its first letter tells; Latin also for every script that has no other number."""
    if token.isascii() or not (found := _SCRIPT.match(token)) or not found.lastgroup:
        return Script.LATIN
    return Script[found.lastgroup]


def is_consonantal(word: str) -> bool:
    """Whether the word is written in Arabic or Hebrew letters, which leave most vowels out."""
    return script_of(word) in (Script.ARABIC, Script.HEBREW)


def runs(word: str) -> list[str]:
    """The word, parted where its script changes; marks stay with the letter before them.

    Words of Latin and Cyrillic letters are not parted where one script's are all of a form that the other has too.
    """
    if word.isascii():
        return [word] if word else []
    parts: list[str] = _RUNS.findall(word)
    return _RUNS.findall(_one_alphabet(word)) if len(parts) > 1 else parts


def _one_alphabet(word: str) -> str:
    """A word in which clerks or evaders mixed letters that look the same in Latin and Cyrillic, in one of the two."""
    cyrillic, plain = set(_CYRILLIC_LETTER.findall(word)), set(_PLAIN_LATIN_LETTER.findall(word))
    if cyrillic and plain and cyrillic <= set(_CYRILLIC_LOOKALIKES) and not plain <= set(_LATIN_LOOKALIKES):
        return word.translate(_TO_LATIN)
    if cyrillic and plain and plain <= set(_LATIN_LOOKALIKES) and not cyrillic <= set(_CYRILLIC_LOOKALIKES):
        return word.translate(_TO_CYRILLIC)
    return word


@functools.lru_cache(maxsize=1 << 18)
def own_form(word: str) -> str:
    """A word of one script in the one form its token has: letters only, of one sound written one way; Latin as it is."""
    script = script_of(word)
    if script is Script.LATIN:
        return word
    if script in (Script.ARABIC, Script.HEBREW):
        return consonantal_form(word)
    if script is Script.CYRILLIC:
        word = "".join(letter if letter in _KEPT_ACCENTS else _bare(letter) for letter in word)
    elif script is Script.KANA:
        word = word.translate(_HIRAGANA)
    return "".join(filter(str.isalpha, word))


def consonantal_form(word: str) -> str:
    """A word of Arabic or Hebrew script with vowel signs removed and letters of one sound written one way."""
    bare = "".join(ch for ch in unicodedata.normalize("NFKD", word) if not unicodedata.combining(ch) or ch in "ٓ")
    text = _KURDISH_VOWEL.sub("", unicodedata.normalize("NFC", bare)).translate(_ARABIC_FORMS)
    return "".join(filter(str.isalpha, text))


def _bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


_ROMANIZED = {
    Script.ARABIC: romanization.of_arabic,
    Script.HEBREW: romanization.of_hebrew,
    Script.CYRILLIC: romanization.of_cyrillic,
    Script.HAN: romanization.of_han,
    Script.KANA: romanization.of_kana,
}


@functools.lru_cache(maxsize=1 << 18)
def latin(word: str) -> str:
    """The word in lower-case ASCII letters: for Arabic and Hebrew its consonants, for others a first romanisation;
    empty where its letters have none.
    """
    if word.isascii():
        return word
    return _ROMANIZED.get(script_of(word), romanization.of_other)(word)
