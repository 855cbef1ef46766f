"""Words in every script that tokens are written in, and near copies of them, so that much is nearly comparable.

Most are names that many people carry; others are random letters. Nobody is meant by any of them.
"""

from __future__ import annotations

import random

from hypothesis import strategies as st

from kstep.names import tokenize
from kstep.names.scripts import Script

LETTERS = {
    Script.LATIN: "abcdefghijklmnopqrstuvwxyz",
    Script.ARABIC: "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگ",
    Script.HEBREW: "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
    Script.CYRILLIC: "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґўј",
    Script.HAN: "习近平毛泽东山田太郎金正恩王李张刘陈杨一二木村佐藤",
    Script.KANA: "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンッャュョーガギ",
    Script.HANGUL: "김이박최정강조윤장임한오서신권황안송류홍은진수현민지영",
}

_NAMES = """
    mohammed muhammad mehmet محمد мохаммед магомед モハメド 穆罕默德 무함마드 מוחמד
    ali علي али アリ 阿里 알리 עלי hassan hasan حسن חסן хасан ハッサン 哈桑 하산
    ahmed احمد ахмед アハメド youssef yusuf yosef يوسف юсуф иосиф יוסף ヨセフ 约瑟夫 유수프
    sergey serguei sergei сергей sergej セルゲイ 谢尔盖 سيرغي סרגיי ivanov иванов イワノフ 伊万诺夫 ايفانوف
    tchaikovsky chaykovskiy чайковский aleksandr alexander александр アレクサンドル 亚历山大 알렉산더 الكسندر אלכסנדר
    xi hsi 习 jinping chinping 近平 kim gim 김 金 jongun jong un 정은 正恩 yamada 山田 ヤマダ 야마다 taro tarou 太郎 タロウ
    wang wong 王 왕 li lee yi 李 이 zhang chang 张 장 chen chan 陈 진 park pak 박 朴 suzuki 鈴木 スズキ sato satoh 佐藤 サトウ
    abdulrahman abdelrahman عبدالرحمن абдулрахман abdallah abdullah عبدالله абдулла nureldin نورالدين noureddine
    avraham abraham ibrahim אברהם ابراهيم ибрагим авраам levi levy לוי moshe moussa musa משה موسى муса cohen kohen כהן
    shcherbakov щербаков khrushchev хрущев gaddafi qadhafi قذافي каддафи zawahiri zawahri ظواهري
    bob robert bill william liz elizabeth peggy margaret haroun aaron john ivan giovanni jean yahya иван
    a b k z o y h
"""
NAMES = tuple(dict.fromkeys(token for name in _NAMES.split() for token in tokenize(name).tokens))
"""Tokens of one name in many spellings and scripts, nicknames, translations, initials."""

HOSTILE = (
    "", "ß", "ǆ", "ı", "\0", "\U0010ffff", "\u3005", "\u0660", "1", "a1", "x1y2", "\u200d", "ア\u0301", "ⅷ", "ﷺ", "㍻",
    "\u1100", "\u11ff", "\U0002000b", "々々", "ーー", "ы\u0308", "ѐ", "\u0640", "aא", "אa", "ж一", "一ж", "김a", "ꙋ",
    "῾", "ጀ", "\ud7b0", "q" * 39, "q" * 40, "q" * 41, "ab" * 150, "م" * 40, "م" * 41, "一" * 40, "一" * 41,
    "김" * 40, "김" * 41, "ш" * 40, "シ" * 40, "bdfgklmnrst" * 4,
)  # fmt: skip
"""What no tokenizer should let pass, and what is so long that it is an attack."""


def changed(word: str, alphabet: str, chance: random.Random) -> str:
    """The word with one to three letters inserted, deleted, replaced or swapped."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(word) + 1)
        letter = chance.choice(alphabet)
        word = chance.choice(
            (word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :],
             word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :])
        )  # fmt: skip
    return word


def drawn_words(chance: random.Random, count: int) -> list[str]:
    """Distinct words: names, near copies of names, and random letters of every script."""
    words: dict[str, None] = {}
    while len(words) < count:
        alphabet = LETTERS[chance.choice(tuple(Script))]
        word = (
            chance.choice(NAMES) if chance.random() < 0.6 else "".join(chance.choices(alphabet, k=chance.randint(1, 9)))
        )
        words[word] = None
        if near := changed(word, alphabet, chance):
            words[near] = None
    return list(words)[:count]


_native_words = st.sampled_from(tuple(Script)).flatmap(lambda script: st.text(LETTERS[script], min_size=1, max_size=9))
words = st.one_of(st.sampled_from(NAMES), _native_words, st.sampled_from(HOSTILE[1:]), st.text(min_size=1, max_size=5))
"""Tokens of all scripts, and what is none."""
