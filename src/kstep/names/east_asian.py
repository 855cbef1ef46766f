"""Chinese, Japanese and Korean names, which are written without a space between the family name and the given name.

A name is cut only where nothing else parts it: several words, a middle dot or kana beside Han say that its writer has
done so already. Where the family name is not known, or the name is long enough to be a foreign one, it stays whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from kstep.names.scripts import Script, script_of
from kstep.names.surnames import (
    CHINESE,
    CHINESE_OF_TWO,
    FOREIGN_SOUNDS,
    FOREIGN_SYLLABLES,
    JAPANESE,
    JAPANESE_OF_ONE,
    KOREAN,
    KOREAN_OF_TWO,
)

_TITLES = frozenset(
    "先生 女士 小姐 博士 教授 主席 总统 總統 总理 總理 将军 將軍 书记 書記 同志 大統領 首相 委員長 会長 社長 殿 様 氏 "
    "씨 님 선생 선생님 위원장 국무위원장 대통령 총리 장군 박사 교수 의원 장관 회장 목사 여사 동지 サン サマ クン".split()
)
"""Titles and ways to address someone, behind a name or attached to it."""

_ATTACHED = tuple(sorted(_TITLES, key=len, reverse=True))
_PARTICLES = frozenset("本 宾 賓 伊本 冯 馮 范 凡 德 拉 阿尔 阿爾 阿勒 艾尔 艾爾".split())
"""*Bin*, *von*, *van*, *de*, *la* and *al* as the Chinese write them in foreign names, between middle dots."""


def parted(words: Sequence[str], dotted: bool) -> list[tuple[str, bool]]:
    """The words of one name, each with whether it is light (a particle); `dotted` if a middle dot stands in the name."""
    named = _without_titles(words)
    scripts = [script_of(word) for word in named]
    parts: list[tuple[str, bool]] = []
    for word, script in zip(named, scripts, strict=True):
        alone = scripts.count(script) == 1 and not dotted
        if script is Script.HANGUL and alone:
            parts += [(part, False) for part in _cut(word, _korean_family(word))]
        elif script is Script.HAN and alone and Script.KANA not in scripts:
            parts += [(part, False) for part in _cut(word, _han_family(word))]
        else:
            parts.append((word, dotted and word in _PARTICLES))
    return parts


def _without_titles(words: Sequence[str]) -> list[str]:
    bare = [word for place, word in enumerate(words) if place == 0 or word not in _TITLES] if len(words) > 1 else words
    return [_without_attached_title(word) for word in bare]


def _without_attached_title(word: str) -> str:
    """A family name and a given name are left of it, or it is no title: *氏* and *씨* may also end a name."""
    for title in _ATTACHED:
        if word.endswith(title) and len(word) - len(title) >= (3 if len(title) == 1 else 2):
            return word[: -len(title)]
    return word


def _cut(word: str, family: int) -> list[str]:
    return [word[:family], word[family:]] if 0 < family < len(word) else [word]


def _korean_family(word: str) -> int:
    """How many syllables the family name has; 0 if the word is not seen to be a Korean name."""
    if word[:2] in KOREAN_OF_TWO:
        return 2 if 3 <= len(word) <= 4 else 0
    foreign = not FOREIGN_SYLLABLES.isdisjoint(word[1:])
    return 1 if word[0] in KOREAN and 2 <= len(word) <= 3 and not foreign else 0


def _han_family(word: str) -> int:
    """How many characters the family name has; 0 if the word is not seen to be a Chinese or Japanese name."""
    for length in (3, 2):
        if word[:length] in JAPANESE or word[:length] in CHINESE_OF_TWO:
            return length if len(word) <= length + 3 else 0
    if len(word) > 5 or (len(word) > 2 and FOREIGN_SOUNDS.issuperset(word[1:])):
        return 0
    if len(word) > 3:
        return 2 if sum(letter in FOREIGN_SOUNDS for letter in word) <= 1 else 0
    return 1 if word[0] in CHINESE or word[0] in JAPANESE_OF_ONE else 0
