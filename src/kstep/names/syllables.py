"""Syllables of Korean names in Latin letters: which a short token may stand for.

Korean given names are syllables of their own. *Jong* and *Yong* are a letter apart, as a slip or a spelling is, and two names;
*Jong* and *Jung* may be one. Which syllables a token may stand for says so: by the Revised Romanization, that of
McCune and Reischauer with or without its marks, and how Koreans write their own names. Written from general knowledge.
"""

from __future__ import annotations

import functools
import re

_BEGIN = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_MIDDLE = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_END = " ㄱㄴㄷㄹㅁㅂㅅㅇ"
"""What syllables of Hangul begin with, their vowels, and what those of names end with."""

_BEGINNINGS = {
    "": "ㅇ", "b": "ㅂ", "ch": "ㅈㅊ", "d": "ㄷ", "f": "ㅍ", "g": "ㄱ", "h": "ㅎ", "j": "ㅈ", "k": "ㄱㅋ",
    "kh": "ㅋ", "l": "ㄹㄴ", "m": "ㅁ", "n": "ㄴㄹ", "p": "ㅂㅍ", "ph": "ㅍ", "r": "ㄹㄴ", "rh": "ㄹㄴ", "s": "ㅅ",
    "sh": "ㅅ", "ss": "ㅅㅆ", "t": "ㄷㅌ", "th": "ㅌ",
}  # fmt: skip
_LOST_BEFORE_I = {"": "ㄹ", "l": "ㅇ", "n": "ㅇ", "r": "ㅇ", "rh": "ㅇ"}
"""What else a beginning stands for before *i* and *y*, where one half of the country says *r* and the other nothing."""

_VOWELS = {
    "a": "ㅏ", "ae": "ㅐ", "ah": "ㅏ", "ai": "ㅐ", "ay": "ㅐ", "e": "ㅔ", "ee": "ㅣㅢ", "eo": "ㅓ", "eu": "ㅡ",
    "eui": "ㅢ", "ey": "ㅔ", "i": "ㅣ", "ie": "ㅖㅣ", "o": "ㅗㅓ", "oe": "ㅚ", "oh": "ㅗㅓ", "oi": "ㅚ", "oo": "ㅜ",
    "ou": "ㅜㅓ", "oy": "ㅚ", "u": "ㅜㅡ", "ui": "ㅢㅟ", "wa": "ㅘ", "wae": "ㅙ", "we": "ㅞㅚ", "wee": "ㅟ",
    "weo": "ㅝ", "wi": "ㅟ", "wo": "ㅝ", "woo": "ㅜ", "wu": "ㅜ", "y": "ㅣ", "ya": "ㅑ", "yae": "ㅒ", "ye": "ㅖ",
    "yee": "ㅣ", "yeo": "ㅕ", "yi": "ㅢㅣ", "yo": "ㅛㅕ", "yoo": "ㅠ", "you": "ㅕㅠ", "yu": "ㅠ",
}  # fmt: skip
_VOWELS_BEFORE_AN_END = {"u": "ㅜㅡㅓ", "yu": "ㅠㅕ"}
_ENDS = {
    "": " ", "b": "ㅂ", "c": "ㄱ", "g": "ㄱ", "k": "ㄱ", "l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "ng": "ㅇ", "p": "ㅂ",
    "r": "ㄹ", "t": "ㅅㄷ",
}  # fmt: skip
_SOFT = frozenset("ㅣㅑㅒㅕㅖㅛㅠ")

_IN_NAMES = (
    "가각간갈감갑강개건걸검겸경계고곡곤공관광교구국군권귀규균근금기길김나남내노녹누능다단달담대덕도독동두득등라락란람래량려련렬령로록룡류륜률륭"
    "름리린림립마만말매맹명모목묘무묵문미민밀박반방배백범법벽변별병보복본봉부북분비빈사산삼상새샘서석선설섬섭성세소손솔송수숙순숭슬승시식신실심"
    "아안애양어억언엄여역연열염엽영예오옥온완왕요용우욱운웅원월위유육윤율융은을음응의이익인일임자장재전절정제조종좌주준중증지직진집차찬창채천철청"
    "초총최추춘충치칠탁태택통판팔편평표풍필하학한함해향허헌혁현협형혜호홍화환황회효후훈휘휴흥희"
)  # fmt: skip
"""Syllables of family and given names; a token that can be none of these is not taken for Korean."""

_PARTS = re.compile("([bcdfghjklmnprst]*)([aeiouwy]+(?:h$)?)([bcgklmnprt]*)")
_AT_MIDDLE, _AT_END = len(_BEGIN), len(_BEGIN) + len(_MIDDLE)
BEGINNING, VOWEL, END = (
    (1 << _AT_MIDDLE) - 1,
    (1 << _AT_END) - (1 << _AT_MIDDLE),
    (1 << _AT_END + len(_END)) - (1 << _AT_END),
)
"""The bits of `syllables` that stand for the three parts."""


def _bits(begin: str, middle: str, end: str) -> int:
    return sum(1 << first + order.index(sign) for signs, order, first in
               ((begin, _BEGIN, 0), (middle, _MIDDLE, _AT_MIDDLE), (end, _END, _AT_END)) for sign in signs)  # fmt: skip


def _of_hangul(syllable: str) -> int:
    """The bits of a syllable in Hangul, which Unicode numbers by its three parts."""
    number = ord(syllable) - ord("가")
    ends = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
    return _bits(
        _BEGIN[number // (len(_MIDDLE) * len(ends))],
        _MIDDLE[number // len(ends) % len(_MIDDLE)],
        ends[number % len(ends)],
    )


_NAMED = tuple(map(_of_hangul, _IN_NAMES))


@functools.lru_cache(maxsize=1 << 16)
def syllables(token: str) -> int:
    """The syllables of Korean names that a Latin token may stand for, one bit for each beginning, vowel and end that they may have;
    0 for a token that is no such syllable.
    """
    found = _PARTS.fullmatch(token)
    if not found:
        return 0
    begin, vowel, end = found.groups()
    if begin not in _BEGINNINGS or vowel not in _VOWELS or end not in _ENDS:
        return 0
    middle = _VOWELS_BEFORE_AN_END.get(vowel, _VOWELS[vowel]) if end else _VOWELS[vowel]
    signs = _BEGINNINGS[begin] + (_LOST_BEFORE_I.get(begin, "") if middle[0] in _SOFT else "")
    bits = _bits(signs, middle, _ENDS[end])
    return bits if any(named & bits == named for named in _NAMED) else 0


def are_other_syllables(left: int, right: int) -> bool:
    """Whether two tokens with these `syllables` are syllables of Korean names, and not the same in any reading."""
    both = left & right
    return bool(left and right) and not (both & BEGINNING and both & VOWEL and both & END)
