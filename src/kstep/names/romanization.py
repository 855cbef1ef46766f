"""Letters of other scripts in Latin ones, as names are usually written, by tables: the way in for scripts without a
learned model, and a first romanisation, for keys, of those with one.

Every function takes a case-folded word of one script and returns lower-case ASCII letters, perhaps none. `anyascii` is the
last resort for letters without a table here.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from anyascii import anyascii

from kstep.names import abugidas

_ARABIC = {
    "ا": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "th", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh",
    "ر": "r", "ز": "z", "ژ": "zh", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh",
    "ف": "f", "ق": "q", "ك": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w", "ي": "y",
}  # fmt: skip
_HEBREW = {
    "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "w", "ז": "z", "ח": "h", "ט": "t", "י": "y", "כ": "k",
    "ך": "k", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": "a", "פ": "p", "ף": "p", "צ": "ts",
    "ץ": "ts", "ק": "k", "ר": "r", "ש": "sh", "ת": "t",
}  # fmt: skip
# Where anyascii differs from how names in Cyrillic are usually written in Latin letters.
_CYRILLIC = {
    "х": "kh", "ц": "ts", "щ": "shch", "ю": "yu", "я": "ya", "ё": "yo", "є": "ye", "ї": "yi", "й": "y", "ы": "y",
    "ж": "zh", "ч": "ch", "ш": "sh", "э": "e", "ъ": "", "ь": "", "ґ": "g", "ў": "u", "қ": "q", "ғ": "gh", "ҳ": "h",
    "ҷ": "j", "ӣ": "i", "ӯ": "u", "ә": "a", "ө": "o", "ү": "u", "ұ": "u", "ң": "n", "һ": "h", "і": "i", "ј": "j",
    "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj", "џ": "dz", "ӏ": "",
}  # fmt: skip

# Greek as passports write it (ELOT 743, ISO 843), with sounded pairs at the beginning of a word as they are heard.
_GREEK_PAIRS = (
    ("ου", "ou"), ("γγ", "ng"), ("γξ", "nx"), ("γχ", "nch"), ("τσ", "ts"), ("τζ", "tz"), ("αι", "ai"), ("ει", "ei"),
    ("οι", "oi"), ("υι", "yi"),
)  # fmt: skip
_GREEK_BEGINNINGS = (("μπ", "b"), ("ντ", "d"), ("γκ", "g"))
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψως",
        "a v g d e z i th i k l m n x o p r s t y f ch ps o s".split(),
        strict=True,
    )
)
_GREEK_VOICELESS = "θκξπστφχψ"

_ARMENIAN_PAIRS = (("ու", "u"), ("և", "ev"), ("եւ", "ev"))
_ARMENIAN = dict(
    zip(
        "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
        "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k o f".split(),
        strict=True,
    )
)

_KANA_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "g": "ガギグゲゴ", "s": "サ-スセソ", "z": "ザ-ズゼゾ", "t": "タ--テト",
    "d": "ダ--デド", "n": "ナニヌネノ", "h": "ハヒ-ヘホ", "b": "バビブベボ", "p": "パピプペポ", "m": "マミムメモ",
    "y": "ヤ-ユ-ヨ", "r": "ラリルレロ", "w": "ワヰ-ヱヲ", "v": "ヷヸ-ヹヺ",
}  # fmt: skip
_KANA = {
    letter: consonant + vowel
    for consonant, row in _KANA_ROWS.items()
    for letter, vowel in zip(row, "aiueo", strict=True)
    if letter != "-"
} | {
    "シ": "shi", "ジ": "ji", "チ": "chi", "ヂ": "ji", "ツ": "tsu", "ヅ": "zu", "フ": "fu", "ヴ": "vu", "ン": "n", "ヵ": "ka",
    "ヶ": "ke", "ヮ": "wa",
}  # fmt: skip
_SMALL_KANA = dict(zip("ァィゥェォャュョ", "a i u e o ya yu yo".split(), strict=True))

# How Chinese read a character where it is a family name, if anyascii knows it by another reading.
_HAN_SURNAMES = {
    "曾": "zeng", "单": "shan", "單": "shan", "仇": "qiu", "查": "zha", "解": "xie", "区": "ou", "區": "ou", "覃": "qin",
    "乐": "yue", "樂": "yue", "翟": "zhai", "缪": "miao", "繆": "miao", "朴": "piao", "盖": "ge", "蓋": "ge", "种": "chong",
    "尉迟": "yuchi", "尉遲": "yuchi", "万俟": "moqi", "萬俟": "moqi", "单于": "chanyu",
}  # fmt: skip


def of_arabic(word: str) -> str:
    """The consonants of a word of Arabic script in the one form of its letters."""
    return "".join(_ARABIC.get(letter, "") for letter in word)


def of_hebrew(word: str) -> str:
    """The consonants of a Hebrew word."""
    return "".join(_HEBREW.get(letter, "") for letter in word)


def of_cyrillic(word: str) -> str:
    """A word in Cyrillic, whatever its language."""
    return _plain("".join(_CYRILLIC.get(letter, letter) for letter in unicodedata.normalize("NFC", word)))


def of_han(word: str) -> str:
    """A word in Han characters, read as Chinese: Pinyin without tones."""
    return _HAN_SURNAMES.get(word) or _plain(word)


def of_kana(word: str) -> str:
    """A word in katakana by the Hepburn romanisation without the mark of long vowels, with the combinations that spell
    foreign sounds.
    """
    spelled: list[str] = []
    doubled = False
    for letter in word:
        if letter in _SMALL_KANA and spelled:
            spelled[-1] = _combined(spelled[-1], _SMALL_KANA[letter])
        elif letter == "ッ":
            doubled = True
        elif sound := _KANA.get(letter, _SMALL_KANA.get(letter, _plain(letter) if letter != "ー" else "")):
            spelled.append(("t" if sound.startswith("ch") else sound[0]) + sound if doubled else sound)
            doubled = False
    return "".join(spelled)


def _combined(sound: str, small: str) -> str:
    """A kana and the small one behind it: *shi* and *ya* make *sha*, *te* and *i* make *ti*, *fu* and *o* make *fo*."""
    stem = sound[:-1]
    if stem.endswith(("sh", "ch", "j")):
        return stem + small.removeprefix("y")
    if sound == "u":
        return "w" + small
    return (stem or sound) + small


def of_other(word: str) -> str:
    """A word of a script without a number of its own, or in Latin letters that are not ASCII."""
    kind = _alphabet(word[0]) if word else ""
    if kind == "GREEK":
        return of_greek(word)
    if kind == "ARMENIAN":
        return of_armenian(word)
    if kind == "ETHIOPIC":
        return abugidas.of_ethiopic(word)
    # Azerbaijani ə is written a by everyone else: Əliyev is Aliyev.
    return abugidas.of_indic(word) if kind in abugidas.INDIC else _plain(word.replace("ə", "a"))


@functools.cache
def _alphabet(letter: str) -> str:
    """The first word of a letter's name in Unicode, which is its script."""
    return unicodedata.name(letter, "").partition(" ")[0]


def of_greek(word: str) -> str:
    """A Greek word: pairs of vowels with the accent on the second one are one sound, a diaeresis parts them."""
    letters = unicodedata.normalize("NFD", word)
    letters = re.sub("([αεο])\u0301([ιυ])", r"\1 \2", letters)
    letters = re.sub("([ιυ])\u0301?\u0308", r" \1", letters)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    letters = re.sub(f"([αεη])υ(?=[{_GREEK_VOICELESS}]|$)", r"\1f", letters)
    letters = re.sub("([αεη])υ", r"\1v", letters)
    for pair, sound in _GREEK_BEGINNINGS:
        if letters.startswith(pair):
            letters = sound + letters[2:]
    return _plain("".join(_GREEK.get(letter, letter) for letter in _replaced(letters, _GREEK_PAIRS)))


def of_armenian(word: str) -> str:
    """An Armenian word by its eastern sounds."""
    letters = _replaced(word, _ARMENIAN_PAIRS)
    if letters.startswith("ո"):
        letters = "v" + letters
    return _plain("".join(_ARMENIAN.get(letter, letter) for letter in letters))


def _replaced(word: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for pair, sound in pairs:
        word = word.replace(pair, sound)
    return word


def _plain(word: str) -> str:
    return "".join(letter for letter in anyascii(word).lower() if "a" <= letter <= "z")
