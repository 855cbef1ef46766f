"""Words that stand in names without naming anyone: particles, titles, placeholders; and words that belong to the next
one.
"""

from __future__ import annotations

PARTICLES = frozenset(
    "al el ul il bin ibn ben bint binti binte bt ould wuld uld walad van von vom der den dem ter de la las los del della "
    "dello di da dos das du des y zur nee ugli ogli oglu ogly uly kizi qizi kyzy gyzy".split()
)
"""Linking words: left out of the comparison, kept for joining (*al* and *Zawahiri* may be written as one word)."""

ARTICLES = frozenset("al el ul il an ar as ash ad ath at az ال".split())
"""The Arabic article, also assimilated, as it stands with a hyphen before a word (ash-Shami)."""

TITLES = frozenset(
    "mr mrs ms miss mister dr doctor prof professor eng engineer ing sir dame lord lady rev reverend father fr sr jr junior "
    "senior sheikh shaykh sheik shaikh cheikh hajj haji hajji hajii hadji mullah mulla mola molla mawlawi maulawi maulavi "
    "maulvi moulavi maulana mawlana mufti qari ayatollah hojjatoleslam hojatoleslam ustad ustaz ostad general gen colonel "
    "col major maj captain capt cpt lieutenant lt brigadier brig commander cmdr admiral marshal sergeant sgt corporal "
    "comandante commandante president minister senator deputy king queen prince princess herr frau senor senora don dona "
    "alhaj alhaji alhajj elhaj hafiz ii iii iv".split()
)
"""Titles and honorifics: left out of the comparison unless nothing else is left of the name."""

PLACEHOLDERS = frozenset("fnu lnu nfn nmn nln unknown unk tba tbd anonymous anon notknown unnamed".split())
"""What clerks write where a name is not known: never a name."""

EMPTY_WORDS = frozenset({"none", "null", "nil", "na", "nan"})
"""Words for nothing that are also names (*Li Na*): they name nobody only where they stand alone."""

NAMES_TOO = frozenset(
    "sheikh shaykh sheik shaikh cheikh hajj haji hajji hajii hadji mullah mulla mola molla mufti qari ustad ustaz ostad "
    "hafiz maulana mawlana major marshal king prince general deputy don dona father dame lord".split()
)
"""Titles that are also names (*Hafiz Khan*, *Major Smith*): left out only while two other words are left."""

JOINED_TO_NEXT = frozenset(
    "abu abou abo abi aboo um umm oum om abd abdul abdel abdal abdol abdoul abdu abdur abdus".split()
)
"""Words that are half of a name: *Abu Bakr*, *Umm Hani*, *Abd al-Rahman* are one token each."""

COMPOUND_SURNAMES_HAN = frozenset(
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 夏侯 尉迟 尉遲 公孙 公孫 令狐 慕容 "
    "司徒 东方 東方 皇甫 长孙 長孫 宇文 端木 南宫 南宮".split()
)
"""Chinese family names of two characters; all others have one."""

COMPOUND_SURNAMES_HANGUL = frozenset("남궁 황보 제갈 사공 선우 서문 독고 동방".split())
"""Korean family names of two syllables."""
