"""Scripts in which a consonant carries a vowel: the Indic ones and the Ethiopic one, in Latin letters.

Unicode names every letter of these scripts by its sound, so one table of sounds serves them all. Where a script writes
a vowel that is not spoken (at the end of most Hindi names), it is left out as speakers do.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from anyascii import anyascii

_SILENT_AT_END = frozenset({"DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI"})
INDIC = _SILENT_AT_END | {"ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA"}
"""Scripts of South Asia whose consonants carry an *a*, as Unicode names them."""

_CONSONANTS = {
    "KA": "k", "KHA": "kh", "GA": "g", "GHA": "gh", "NGA": "n", "CA": "ch", "CHA": "chh", "JA": "j", "JHA": "jh", "NYA": "n",
    "TTA": "t", "TTHA": "th", "DDA": "d", "DDHA": "dh", "NNA": "n", "TA": "t", "THA": "th", "DA": "d", "DHA": "dh",
    "NA": "n", "NNNA": "n", "PA": "p", "PHA": "ph", "BA": "b", "BHA": "bh", "MA": "m", "YA": "y", "YYA": "y", "RA": "r",
    "RRA": "r", "RHA": "rh", "LA": "l", "LLA": "l", "LLLA": "zh", "VA": "v", "WA": "w", "SHA": "sh", "SSA": "sh",
    "SA": "s", "HA": "h", "QA": "q", "KHHA": "kh", "GHHA": "gh", "ZA": "z", "DDDHA": "r", "FA": "f",
}  # fmt: skip
_WITH_NUKTA = {"j": "z", "ph": "f", "k": "q", "d": "r", "dh": "rh", "s": "sh", "chh": "ch"}
_VOWELS = {
    "A": "a", "AA": "a", "I": "i", "II": "i", "U": "u", "UU": "u", "VOCALIC R": "ri", "E": "e", "EE": "e", "AI": "ai",
    "O": "o", "OO": "o", "AU": "au", "CANDRA E": "e", "CANDRA O": "o", "SHORT E": "e", "SHORT O": "o",
}  # fmt: skip
_SINHALA = {
    "KAYANNA": "k", "GAYANNA": "g", "CAYANNA": "ch", "JAYANNA": "j", "TTAYANNA": "t", "DDAYANNA": "d", "NAYANNA": "n",
    "TAYANNA": "th", "DAYANNA": "d", "PAYANNA": "p", "BAYANNA": "b", "MAYANNA": "m", "YAYANNA": "y", "RAYANNA": "r",
    "LAYANNA": "l", "VAYANNA": "w", "SAYANNA": "s", "HAYANNA": "h", "FAYANNA": "f",
}  # fmt: skip
_INHERENT = "A"
"""The vowel that a consonant carries, until a sign says otherwise; a capital until it is known to be spoken."""

_NASAL = "N"
_LABIAL = re.compile(rf"{_NASAL}(?=[pbm])")
# A carried vowel is silent between a vowel with a consonant and a consonant with a vowel; the last one is found first.
_SILENT = re.compile(
    r"(?P<before>.*[aeiouA](?:[kgcjtdpbs]?h|chh|[^aeiouAh]))A(?=(?:[kgcjtdpbs]?h|chh|[^aeiouAh])[aeiouA])"
)


def of_indic(word: str) -> str:
    """A word in one of the Indic scripts."""
    script = unicodedata.name(word[0]).partition(" ")[0]
    spelled = "".join(_indic_sounds(word))
    if script == "DEVANAGARI":
        spelled = spelled.replace("jn", "gy")
    if script == "BENGALI" and spelled.startswith("y"):
        spelled = "j" + spelled[1:]
    if script in _SILENT_AT_END:
        spelled = re.sub(r"(?<=[aeiouA])(N?(?:chh|[kgcjtdpbs]?h|[^aeiouAh]))A$", r"\1", spelled)
    if script in _SILENT_AT_END - {"BENGALI"}:
        spelled = _without_silent(spelled)
    return _LABIAL.sub("m", spelled.replace("Nh", "ngh")).replace(_NASAL, "n").lower()


def _without_silent(spelled: str) -> str:
    while found := _SILENT.match(spelled):
        spelled = found["before"] + spelled[found.end() :]
    return spelled


def _indic_sounds(word: str) -> list[str]:
    sounds: list[str] = []
    for letter in unicodedata.normalize("NFC", word):
        kind, sound = _indic_letter(letter)
        carried = bool(sounds) and sounds[-1] == _INHERENT
        if kind == "sign" and carried:
            sounds.pop()
        if kind == "nukta" and carried:
            sounds[-2] = _WITH_NUKTA.get(sounds[-2], sounds[-2])
        if sound:
            sounds.append(sound)
        if kind == "consonant":
            sounds.append(_INHERENT)
    return sounds


@functools.cache
def _indic_letter(letter: str) -> tuple[str, str]:
    """What a letter is (consonant, vowel, sign that takes the carried vowel's place, nukta, other) and its sound."""
    script, _, name = unicodedata.name(letter, "").partition(" ")
    kind, _, sound = name.rpartition("LETTER " if "LETTER " in name else "SIGN ")
    if script == "SINHALA":
        found = _sinhala_letter(name)
    elif sound.startswith("CHILLU") or sound == "KHANDA TA":
        found = ("other", {"N": "n", "RR": "r", "L": "l", "LL": "l", "K": "k", "TA": "t"}.get(sound.split()[1], "n"))
    elif sound == "VIRAMA":
        found = ("sign", "")
    elif sound == "NUKTA":
        found = ("nukta", "")
    elif sound in ("ANUSVARA", "CANDRABINDU", "BINDI", "TIPPI"):
        found = ("other", _NASAL if script != "BENGALI" or sound != "ANUSVARA" else "ng")
    elif "LETTER" in name and sound in _CONSONANTS:
        found = ("consonant", _CONSONANTS[sound])
    elif sound in _VOWELS:
        found = ("sign" if "VOWEL SIGN" in name else "vowel", _VOWELS[sound])
    elif kind.strip() in ("", "VOWEL") and "SIGN" in name:
        found = ("other", "")
    else:
        found = ("other", "".join(filter(str.isalpha, anyascii(letter).lower())))
    return found


def _sinhala_letter(name: str) -> tuple[str, str]:
    *_, last = name.split()
    if last in _SINHALA:
        stem = _SINHALA[last]
        aspirated = "MAHAAPRAANA" in name or name.startswith("LETTER TAALUJA SAYANNA") or "MUURDHAJA SAYANNA" in name
        return "consonant", stem + "h" if aspirated and not stem.endswith("h") else stem
    if last == "AL-LAKUNA":
        return "sign", ""
    if last == "ANUSVARAYA":
        return "other", _NASAL
    plain = "".join(filter(str.isalpha, anyascii(name and unicodedata.lookup("SINHALA " + name)).lower()))
    return ("sign" if "VOWEL SIGN" in name else "other"), plain


_ETHIOPIC_CONSONANTS = {
    "H": "h", "HH": "h", "X": "h", "L": "l", "M": "m", "SZ": "s", "S": "s", "R": "r", "SH": "sh", "Q": "k", "QH": "k", "B": "b",
    "V": "v", "T": "t", "C": "ch", "N": "n", "NY": "ny", "GLOTTAL ": "", "PHARYNGEAL ": "", "K": "k", "KX": "k", "W": "w",
    "Z": "z", "ZH": "zh", "Y": "y", "D": "d", "DD": "d", "J": "j", "G": "g", "GG": "g", "TH": "t", "CH": "ch", "PH": "p",
    "TS": "ts", "TZ": "ts", "F": "f", "P": "p",
}  # fmt: skip
_ETHIOPIC_VOWELS = {"A": "e", "U": "u", "I": "i", "AA": "a", "EE": "e", "E": "", "O": "o", "OA": "o"}
_ETHIOPIC_SYLLABLE = re.compile(r"ETHIOPIC SYLLABLE (GLOTTAL |PHARYNGEAL |[B-DF-HJ-NP-TV-Z]+?)(W?)([AEIOU]+)$")
_GUTTURAL = frozenset({"H", "HH", "X", "GLOTTAL ", "PHARYNGEAL "})


def of_ethiopic(word: str) -> str:
    """A word in the Ethiopic script, as Ethiopians spell their names in Latin letters (Abiy, Mengistu, Tesfaye)."""
    spelled = ""
    for place, letter in enumerate(word):
        found = _ETHIOPIC_SYLLABLE.match(unicodedata.name(letter, ""))
        if not found:
            continue
        row, labial, order = found.groups()
        consonant, vowel = _ETHIOPIC_CONSONANTS.get(row, row.lower()) + labial.lower(), _ETHIOPIC_VOWELS.get(order, "")
        if order == "A" and row in _GUTTURAL:
            vowel = "a"
        bare_before = not spelled or spelled[-1] not in "aeiou"
        if order == "E" and bare_before and (not consonant or place < len(word) - 1):
            vowel = "i"
        spelled += consonant + vowel
    return spelled
