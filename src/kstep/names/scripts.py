"""Scripts: which one a word is written in, and a first transliteration to plain Latin letters.

Arabic and Hebrew write consonants and few vowels, so their words stay in their own letters and are compared by sound;
words of every other script become lower-case ASCII. `anyascii` is the last resort for letters without a table here.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from anyascii import anyascii

ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
HEBREW = re.compile(r"[\u0590-\u05ff]")
HAN = re.compile(r"[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
HANGUL = re.compile(r"[\uac00-\ud7a3]")
_CONSONANTAL = r"\u0590-\u06ff\u0750-\u077f\u08a0-\u08ff"
_RUNS = re.compile(rf"[{_CONSONANTAL}][{_CONSONANTAL}\u0300-\u036f]*|[^{_CONSONANTAL}]+")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")

# Letters of Arabic script as Persian, Urdu, Pashto and Kurdish write them, to one letter each.
_ARABIC_FORMS = str.maketrans({
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ۍ": "ي", "ێ": "ي", "ئ": "ي", "ے": "ي",
    "ؤ": "و", "ۆ": "و", "ۇ": "و", "ک": "ك", "ڪ": "ك", "ګ": "گ", "ة": "ه", "ۀ": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه",
    "ۃ": "ه", "ں": "ن", "ڼ": "ن", "ڕ": "ر", "ړ": "ر", "ڑ": "ر", "ډ": "د", "ڈ": "د", "ټ": "ت", "ٹ": "ت", "څ": "س",
    "ځ": "ز", "ږ": "ژ", "ښ": "ش", "ڵ": "ل", "ڤ": "ف", "ء": None, "ـ": None,
})  # fmt: skip

_ARABIC_LATIN = {
    "ا": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "th", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh",
    "ر": "r", "ز": "z", "ژ": "zh", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh",
    "ف": "f", "ق": "q", "ك": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w", "ي": "y",
}  # fmt: skip
_HEBREW_LATIN = {
    "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "w", "ז": "z", "ח": "h", "ט": "t", "י": "y", "כ": "k",
    "ך": "k", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": "a", "פ": "p", "ף": "p", "צ": "ts",
    "ץ": "ts", "ק": "k", "ר": "r", "ש": "sh", "ת": "t",
}  # fmt: skip
# Where anyascii differs from how names in Cyrillic are usually written in Latin letters.
_CYRILLIC_LATIN = {
    "х": "kh", "ц": "ts", "щ": "shch", "ю": "yu", "я": "ya", "ё": "yo", "є": "ye", "ї": "yi", "й": "y", "ы": "y",
    "ж": "zh", "ч": "ch", "ш": "sh", "э": "e", "ъ": "", "ь": "", "ґ": "g", "ў": "u", "қ": "q", "ғ": "gh", "ҳ": "h",
    "ҷ": "j", "ӣ": "i", "ӯ": "u", "ә": "a", "ө": "o", "ү": "u", "ұ": "u", "ң": "n", "һ": "h", "і": "i", "ј": "j",
    "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj", "џ": "dz",
}  # fmt: skip


def runs(word: str) -> list[str]:
    """The word, parted where Arabic or Hebrew letters stand beside others."""
    return [word] if word and word.isascii() else _RUNS.findall(word)


def is_consonantal(word: str) -> bool:
    """Whether the word is written in Arabic or Hebrew letters, which leave most vowels out."""
    return not word.isascii() and bool(ARABIC.search(word) or HEBREW.search(word))


def consonantal_form(word: str) -> str:
    """A word of Arabic or Hebrew script with vowel signs removed and letters of one sound written one way."""
    bare = "".join(ch for ch in unicodedata.normalize("NFKD", word) if not unicodedata.combining(ch) or ch in "ٓ")
    return "".join(ch for ch in unicodedata.normalize("NFC", bare).translate(_ARABIC_FORMS) if ch.isalpha())


@functools.lru_cache(maxsize=1 << 18)
def latin(word: str) -> str:
    """The word in lower-case ASCII letters: for Arabic and Hebrew its consonants, for others a first
    transliteration.
    """
    if word.isascii():
        return word
    if ARABIC.search(word):
        return "".join(_ARABIC_LATIN.get(ch, "") for ch in word)
    if HEBREW.search(word):
        return "".join(_HEBREW_LATIN.get(ch, "") for ch in word)
    if _CYRILLIC.search(word):
        word = "".join(_CYRILLIC_LATIN.get(ch, ch) for ch in word.casefold())
    return "".join(ch for ch in anyascii(word).lower() if "a" <= ch <= "z")
