"""Names that are made of two words and written as one or as two: *Abd al-Rahman*, *Nur ud-Din*, *Abu l-Fazl*, *McDonald*.

Whatever the spelling of the link between the halves, a compound has one form in each script: *abdrahman*, *nurdin*,
*abufazl*, *macdonald*, *habiballah*; and so has a join of its halves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

ARTICLES = frozenset("al el ul il ال аль эль ель уль".split())
"""The Arabic article between the halves of a compound."""

_ABD = re.compile(
    r"abd[aeiou]{1,2}(?:l(?!l(?!at)|[ao]h?i?$|[ao]y?ev|iy?ev|ov)|([rsztdn])(?=\1)|sh(?=sh)|(?=sh|r[aeo]))(?P<rest>[a-z]{3,})"
)
_ABDALLAH = re.compile(r"abd[aeiou]{1,2}ll?[ao]h?i?")
_ABU = re.compile(r"ab(?:oul|ool|ul|ol)(?P<rest>(?!adz)[a-z]{4,})|abou(?P<other>[a-z]{3,})")
_DIN = re.compile(
    r"(?P<stem>[a-z]{2,}?)(?:(?:ou|oo|ee|[aeiou])d?dd|ald(?!ine)|eld(?!ine)|(?<![ao])uld|[ue]td"
    r"|(?<=[a-z]{2}[b-df-hj-np-tv-z])ud)(?:i|ee|ie|ei|y)ne?"
)
_ALLAH = re.compile(r"(?P<stem>[a-z]{3,}?)(?:(?:ou|[aeou])llah(?P<belonging>i?)|(?<!o)ulla)")
_RAHMAN = re.compile(r"(?P<stem>[a-z]{3,}?)[aou]r(?P<rest>r[ae]h(?:man|im|eem))")
_UL = re.compile(r"(?P<stem>[a-z]{3,}?)ul(?P<rest>islam|haqq?|haque|huda|alam|amin|hasan|hassan)")
_MAC = re.compile(r"mc(?!hedl|ebis)[a-z]{3,}")

_CYRILLIC_ABD = re.compile(
    r"абд[аеиоуэ]{1,2}(?:ль?(?!л?[ао]х?и?$|л?[ао]е|ие|лин|ов|д)|([рсзтдн])(?=\1)|(?=р[аеоэ]|ш))(?P<rest>[а-яіїўқғҳ]{3,})"
)
_CYRILLIC_ABDALLAH = re.compile(r"абд[аеиоуэ]{1,2}лл?[ао]х?и?")
_CYRILLIC_DIN = re.compile(
    r"(?P<stem>[а-яіїўқғҳ]{2,}?)(?:[аеиоуэ][дт]д|[еэ]ль?д|(?<=[а-я]{2}[бвгджзклмнпрстфхцчшщ])уд)ин"
)
_CYRILLIC_ALLAH = re.compile(r"(?P<stem>[а-яіїўқғҳ]{3,}?)(?:улла|[аеоу]ллах)")

GOD = frozenset({"allah", "الله", "аллах"})
"""What belongs to the word before it: *Habib Ullah*."""

_DIN_WORDS = {"din": "din", "deen": "din", "dine": "din", "dein": "din", "дин": "дин", "دين": "دين"}
_DIN_WITH_ARTICLE = re.compile(r"(?:[aeiou]d|[aeu]l)d(?:in|een|ine)")
_AFTER_ARTICLE = frozenset(
    "rahman rehman rahim raheem rashid rasheed islam haq haque haqq huq hoque hak huda amin ameen hasan hassan alam aziz karim "
    "kareem hakim mulk nabi bari ahsan arefin abedin abidin".split()
)
_ASSIMILATED: Mapping[str, str | tuple[str, ...]] = {
    "ar": "r", "ur": "r", "as": "s", "us": "s", "ash": "sh", "ush": "sh", "ad": "din", "ed": "din", "ud": ("din", "deen", "dawla"),
    "az": "z", "uz": "z", "un": ("nisa", "nesa", "nahar"),
}  # fmt: skip
_BESIDE_ARTICLE = _AFTER_ARTICLE | _ASSIMILATED.keys()
_ENDING_ARTICLE = re.compile(r"(?P<stem>[a-z]{2,}[b-df-hj-np-tv-z])u[lr]")
_NO_ARTICLE = frozenset(
    "abdul abdur rahul rasul maqbul batul atul mukul nakul bulbul mansur manzur ghafur gafur shakur sabur timur zahur zuhur "
    "masrur mashkur ghayur bahadur shahpur".split()
)

_SERVANT_OF = _AFTER_ARTICLE | frozenset(
    "ahad aleem alim azeez baqee baqi baseer baset basir basit ghafar ghaffar ghafoor ghafur ghani ghany hadee hadi hafeez "
    "hafiz haleem halim hameed hamid hay jabar jabbar jaleel jalil kabeer kabir kader kadir khaliq lateef latif majed "
    "majeed majid malek malik manan mannan mateen matin mohsen mohsin naser nasir qadeer qader qadir qahar qayoum qayum "
    "quddus rab raouf rauf razaq razeq razzaq sabour sabur salaam salam salem samad samat satar sattar shakoor shakur vahid "
    "wadood wadud wahab wahed wahhab wahid wakil wali zaher zahir".split()
)
"""Names before which *Abd al-* stands. A word before one of these that is a slip of *Abdul* is no other name."""


def _slips_of(word: str) -> set[str]:
    """Every word that differs from this one by a letter, or by two neighbours that changed places."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    letters = "abcdefghijklmnopqrstuvwxyz"
    left_out = {first + rest[1:] for first, rest in cuts if rest}
    swapped = {first + rest[1] + rest[0] + rest[2:] for first, rest in cuts if len(rest) > 1}
    added = {first + letter + rest for first, rest in cuts for letter in letters}
    other = {first + letter + rest[1:] for first, rest in cuts if rest for letter in letters}
    return (left_out | swapped | added | other) - {word}


_NAMES_LIKE_IT = frozenset(
    "aba abad abad abb abdiel abdou abdouh abdow abdu abduh abdule abduli abdyl abe abed abel abi abid abo abt abu abul aby "
    "add adel aedel aid andel ard aud badel obd".split()
)
_LIKE_ABDUL = (_slips_of("abdul") | _slips_of("abdel") | _slips_of("abdur") | {"ab"}) - _NAMES_LIKE_IT
"""What is read as *Abdul* where a name follows before which that stands: its slips, and as it is shortened in Malaysia."""

_LIKE_ABD = _slips_of("abd") - _NAMES_LIKE_IT
"""The same of *Abd* before the article."""


def latin_words(word: str) -> tuple[str, ...]:
    """A Latin word in the form of its compound, or its two words (*Ziaurrahman*) if both are names of their own."""
    if _ABDALLAH.fullmatch(word):
        return ("abdallah",)
    if found := _ABD.fullmatch(word):
        return ("abd" + found["rest"],)
    if found := _ABU.fullmatch(word):
        word = "abu" + (found["rest"] or found["other"])
    if found := _RAHMAN.fullmatch(word) or _UL.fullmatch(word):
        return found["stem"], found["rest"]
    return (latin_form(word),)


def latin_form(word: str) -> str:
    """One form for every spelling of the compounds with *din* and *Allah*, and of *Mac*."""
    if word.endswith(("n", "ne")):
        if found := _DIN.fullmatch(word):
            return found["stem"] + "din"
        return "uddin" if _DIN_WITH_ARTICLE.fullmatch(word) else word
    if "lla" in word and (found := _ALLAH.fullmatch(word)):
        return found["stem"] + "allah" + (found["belonging"] or "")
    if word in ("ullah", "ollah", "ulla"):
        return "allah"
    if word.startswith("mc"):
        return "mac" + word[2:] if len(word) == 2 or _MAC.fullmatch(word) else word
    return word


def cyrillic_form(word: str) -> str:
    """The same for a Cyrillic word."""
    if _CYRILLIC_ABDALLAH.fullmatch(word):
        return "абдаллах"
    if found := _CYRILLIC_ABD.fullmatch(word):
        return "абд" + found["rest"]
    if found := _CYRILLIC_DIN.fullmatch(word):
        return found["stem"] + "дин"
    if found := _CYRILLIC_ALLAH.fullmatch(word):
        return found["stem"] + "аллах"
    return word


def second_half(word: str) -> str:
    """*Din*, in one spelling, if the word is what stands behind the article in *Nur al-Din*; else nothing."""
    return _DIN_WORDS.get(word, "")


def with_articles(spoken: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The words of a name with an article as a word of its own wherever one is: assimilated to the next word (*Zia ur
    Rahman*), or at the end of a name (*Aminul Islam*, *Mujibur Rahman*).
    """
    if not any(word in _BESIDE_ARTICLE for word, _ in spoken):
        return spoken
    parted: list[tuple[str, bool]] = []
    for (word, light), (following, _) in zip(spoken, [*spoken[1:], ("", False)], strict=True):
        if word in _ASSIMILATED and parted and following.startswith(_ASSIMILATED[word]):
            parted.append(("al", True))
        elif following in _AFTER_ARTICLE and word not in _NO_ARTICLE and (found := _ENDING_ARTICLE.fullmatch(word)):
            parted += [(found["stem"], light), ("al", True)]
        else:
            parted.append((word, light))
    return parted


def with_servants(spoken: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The words of a name with *Abdul* where a slip of it stands: *Abdqul Bari*, *Ab Rahman*, *Bad al-Baset*."""
    if not any(word in _SERVANT_OF for word, _ in spoken[1:]):
        return spoken
    found = list(spoken)
    for place, (word, _) in enumerate(spoken[1:], 1):
        if word not in _SERVANT_OF:
            continue
        if spoken[place - 1][0] in _LIKE_ABDUL:
            found[place - 1] = ("abdul", False)
        elif place > 1 and spoken[place - 1][0] in ARTICLES and spoken[place - 2][0] in _LIKE_ABD:
            found[place - 2] = ("abd", False)
    return found


def consonantal_words(word: str) -> tuple[tuple[str, bool], ...]:
    """The words of one that is written in Arabic or Hebrew letters, in their one form, each with whether it is light:
    the article is a word of its own.
    """
    if word in _LIGHT:
        return ((word, True),)
    word = _ONE_SPELLING.get(word, word)
    for half in ("عبدال", "ابوال"):
        if word.startswith(half) and len(word) > 6 and word != "عبدالله":
            return ((half[:3], False), ("ال", True), (_ONE_SPELLING.get(word[5:], word[5:]), False))
    if word.startswith("ال") and len(word) >= 5 and word != "الله":
        return (("ال", True), (_ONE_SPELLING.get(word[2:], word[2:]), False))
    if word.endswith("الدين") and len(word) >= 7:
        return ((word[:-5] + "دين", False),)
    return ((word, False),) if word else ()


_LIGHT = frozenset({"بن", "ابن", "بنت", "ال", "ولد", "בן", "בת", "אבן", "אל"})
_ONE_SPELLING = {
    "رحمان": "رحمن", "ابي": "ابو", "ابا": "ابو", "داوود": "داود", "اسحق": "اسحاق", "اسمعيل": "اسماعيل", "ابرهيم": "ابراهيم",
    "هرون": "هارون", "عبدالرحمان": "عبدالرحمن", "عبداله": "عبدالله",
}  # fmt: skip


def half_name(first: str, second: str) -> str:
    """*Abd* and its like in one spelling, *abu* and *umm* too, joined to what follows; `allah` makes *abdallah*."""
    if first.startswith(("abd", "абд")):
        stem, allah = ("abd", "allah") if first.isascii() else ("абд", "аллах")
        return stem + (allah if second in _ALLAH_WORDS else second)
    if first == "عبد":
        return "عبدالله" if second in ("الله", "لله") else first + second
    if first.startswith("ab"):
        return "abu" + second
    if first in ("um", "umm", "oum"):
        return "umm" + second
    if first.startswith("аб"):
        return "абу" + second
    return "ум" + second if first in ("ум", "умм") else first + second


_ALLAH_WORDS = frozenset("allah lah ullah аллах лах уллах".split())


def join_form(first: str, between: str, second: str) -> str:
    """The one word that two neighbours and the particles between them would be."""
    return first + "din" if second == "uddin" else first + between + second
