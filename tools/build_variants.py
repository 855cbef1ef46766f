"""Build the table of known variants: `python tools/build_variants.py DATA`. The same data gives the same bytes.

A pair costs -log2 of the share of the bearers of the one form who are known by the other. Shares are counted in name tokens
of Wikidata (of one native form: *Mehmet* and *Mohammed* are both محمد), and among people who are on a list under both. A
pair is left out where the letters alone say as much.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import nickname_table
from held_out import is_fit_entry
from kstep.lists import read_list
from kstep.names.frequencies import shipped_frequencies
from kstep.names.scripts import latin
from kstep.names.similarity import by_chance, letters_alone
from kstep.names.spelling import shipped_spellings, spelling_cost
from kstep.names.tokens import tokenize
from spelling_pairs import KOREAN_FAMILIES, LISTS, alike_tokens, transliterations

READINGS = ("arabic", "hebrew", "cyrillic", "hangul", "chinese")
PIVOTS = ("arabic", "cyrillic")
LEAST_COUNT = 3
LEAST_PEOPLE = 2
LEAST_SHARE = 200
"""Thousandths of what a spelling tells by chance that the letters of the native form must explain."""

LEAST_SHARE_OF_PEOPLE = 450
"""The same for two tokens of one person's names: many people have two names that are not one (*Hasan*, *Madani*)."""

DEAREST = 9_000
"""Millibits from which a pair is not worth keeping."""

NICKNAME = 3_500
"""Price in millibits of a nickname for its name: one bearer in eleven is taken to go by it."""

TRANSLATION = 5_500
"""Price in millibits of a translation: one bearer in forty-five is taken to use it."""

LEAST_EARNED = -1_000
"""Millibits that a pair must earn to be kept."""

LEAST_PRICE = 500
"""Millibits that another word costs at least: more than the same one."""

OTHER_SYSTEM = 2_500
"""Price in millibits of another system of romanisation: one in six is taken to use it."""

SAVED = 1_500
"""Millibits by which the table must beat the letters."""

PREAMBLE = """\
# Pairs of tokens that may stand for one name, and the price in millibits: -log2 of how many bearers of one are known by the other.
# Made by tools/build_variants.py from name tokens mined from Wikidata by Merhav and Ash (COLING 2018; CC0), from half of the
# individuals of the OFAC list of 2024-05-03 and of the UN list of 2026-02-27, and from the nicknames of
# tools/data/nicknames.tsv; syllables of Chinese and Korean by the usual systems of romanisation.
"""

Pair = tuple[str, str]


def counted(data: Path) -> Iterator[tuple[Pair, float]]:
    """Pairs of a native form and a Latin one, and of two Latin ones of one native form, with their shares."""
    latin: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    totals: Counter[str] = Counter()
    for reading in READINGS:
        spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        natives: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for word, spelled, count in transliterations(data, reading):
            spellings[word][spelled] += count
            natives[spelled][word] += count
        for word, known in spellings.items():
            total = known.total()
            for spelled, count in known.items():
                if count >= LEAST_COUNT and plausible(word, spelled):
                    yield (word, spelled), max(count / total, count / natives[spelled].total())
        if reading in PIVOTS:
            for spelled, known in natives.items():
                for word, count in known.items():
                    if count >= LEAST_COUNT and plausible(word, spelled):
                        totals[spelled] += count
                        for other, uses in spellings[word].items():
                            if other != spelled and uses >= LEAST_COUNT and plausible(word, other):
                                latin[spelled][other] += count * uses / spellings[word].total()
    for spelled, others in latin.items():
        for other, weight in others.items():
            yield (spelled, other), weight / totals[spelled]


def in_latin(tokens: set[str]) -> Iterator[Pair]:
    """Each of a person's tokens that is not Latin, with the Latin one that spells it best."""
    latins = sorted(token for token in tokens if token.isascii() and len(token) > 1)
    for word in sorted(token for token in tokens if not token.isascii()):
        share, best = max(((explained_share(word, token), token) for token in latins), default=(0.0, ""))
        if share >= 2 * LEAST_SHARE:
            yield word, best


def explained_share(word: str, spelled: str) -> float:
    """The thousandths of what a spelling tells by chance that the letters of `word` explain."""
    chance = by_chance(spelled)
    return 1000 * (chance - spelling_cost(word, spelled, shipped_spellings())) / chance


def plausible(word: str, spelled: str) -> bool:
    """Whether the letters have anything to do with each other: the data also pair a name with its bearer's other one."""
    return explained_share(word, spelled) >= LEAST_SHARE


def of_people(data: Path) -> Iterator[tuple[Pair, float]]:
    """Pairs of tokens that several people of the lists are known by, and the share of the bearers of the first who are."""
    bearers: Counter[str] = Counter()
    both: Counter[Pair] = Counter()
    for kind, path in LISTS:
        for entry in read_list(kind, data / path).entries:
            if is_fit_entry(entry.entry_id):
                names = {tokenize(name.full).tokens for name in entry.identity.names}
                bearers.update({token for name in names for token in name})
                pairs = {pair for left, right in combinations(sorted(names), 2) for pair in alike_tokens(left, right)}
                pairs |= set(in_latin({token for name in names for token in name}))
                both.update(pairs | {(right, left) for left, right in pairs})
    for (left, right), count in both.items():
        alike = (
            not (left.isascii() and right.isascii()) or explained_share(*sorted((left, right))) >= LEAST_SHARE_OF_PEOPLE
        )
        if count >= LEAST_PEOPLE and alike:
            yield (left, right), count / (bearers[left] + 2)


def by_class() -> Iterator[tuple[Pair, int]]:
    """Nicknames with their names, and translations of one name with each other."""
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for line in nickname_table.asset().decode().splitlines():
        if not line.startswith("#"):
            kind, token, known = line.split("\t")
            for name in known.split():
                if kind == "nickname":
                    yield (token, name), NICKNAME
                else:
                    classes[name].add(token)
    for members in classes.values():
        for pair in combinations(sorted(members), 2):
            yield pair, TRANSLATION


PINYIN_INITIALS = {
    "zh": "ch", "b": "p", "d": "t", "g": "k", "j": "ch", "q": "ch", "x": "hs", "r": "j", "z": "ts", "c": "ts",
}  # fmt: skip
PINYIN_FINALS = {
    "ong": "ung", "ian": "ien", "ue": "ueh", "ie": "ieh", "iong": "iung", "uo": "o", "you": "yu", "yan": "yen", "yong": "yung",
}  # fmt: skip
WHOLE_SYLLABLES = {
    "he": "ho", "ge": "ko", "ke": "ko", "e": "o", "zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih", "zi": "tzu",
    "ci": "tzu", "si": "ssu", "er": "erh", "de": "te", "ye": "yeh", "yi": "i", "gui": "kuei", "kui": "kuei", "you": "yu",
    "yan": "yen", "yong": "yung", "yue": "yueh", "xu": "hsu", "xue": "hsueh", "luo": "lo", "guo": "kuo", "huo": "huo",
    "shuo": "shuo",
}  # fmt: skip
"""What differs between Pinyin and Wade and Giles; apostrophes and umlauts, which lists leave out, are left out here too."""

KOREAN_SYLLABLES = (
    "jong jeong chong jung joung", "un eun oun", "chol cheol chul", "yong young yeong yung", "song seong sung soung",
    "hyok hyeok hyuk", "guk kuk gook kook", "sok seok suk sook", "hyon hyeon hyun", "myong myeong myung", "gi ki", "gwang kwang",
    "gyong kyong gyeong kyung kyoung", "gil kil", "gyu kyu", "hui hee", "sun soon", "chun choon", "jun joon", "su soo", "u woo",
    "nam nahm", "pom beom bum", "pyong byong byeong byung", "tae dae", "tong dong", "il eel", "chae jae", "chin jin", "ho hoh",
    "kun gun geun keun", "kap gap", "yol yeol yul", "won weon", "sop seop sup", "hun hoon", "ok ock", "nyon nyeon nyun",
)  # fmt: skip
"""Syllables of Korean given names as McCune and Reischauer, the Revised Romanisation and usage write them; from general
knowledge.
"""


def wade_giles(pinyin: str) -> str:
    """A syllable of Pinyin in the letters of Wade and Giles."""
    if pinyin in WHOLE_SYLLABLES:
        return WHOLE_SYLLABLES[pinyin]
    initial = next((initial for initial in PINYIN_INITIALS if pinyin.startswith(initial)), "")
    if pinyin.startswith(("sh", "ch")):
        initial = ""
    rest = pinyin[len(initial) :]
    final = next((final for final in PINYIN_FINALS if rest.endswith(final)), "")
    return PINYIN_INITIALS.get(initial, "") + (rest[: len(rest) - len(final)] + PINYIN_FINALS[final] if final else rest)


def by_system() -> Iterator[tuple[Pair, int]]:
    """Syllables as different systems write them: Chinese in Pinyin and by Wade and Giles, Korean ones."""
    syllables = {latin(chr(code)) for code in range(0x4E00, 0x9FA6)}
    for syllable in syllables:
        if syllable.isascii() and syllable.isalpha() and wade_giles(syllable) != syllable:
            yield (syllable, wade_giles(syllable)), OTHER_SYSTEM
    groups = [*KOREAN_SYLLABLES, *KOREAN_FAMILIES.values()]
    for group in groups:
        for pair in combinations(sorted(set(group.split())), 2):
            yield pair, OTHER_SYSTEM


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of real data")
    parser.add_argument("--out", type=Path, default=Path("src/kstep/names/data/variants.tsv"))
    options = parser.parse_args()
    prices: dict[Pair, int] = {}
    for (left, right), share in (*counted(options.data), *of_people(options.data)):
        pair = (min(left, right), max(left, right))
        prices[pair] = min(prices.get(pair, DEAREST), max(LEAST_PRICE, round(-1000 * math.log2(min(share, 1.0)))))
    for (left, right), price in (*by_class(), *by_system()):
        pair = (min(left, right), max(left, right))
        prices[pair] = min(prices.get(pair, DEAREST), price)
    weights, spellings = shipped_frequencies(), shipped_spellings()
    with options.out.open("w", encoding="utf-8", newline="\n") as out:
        out.write(PREAMBLE)
        for (left, right), price in sorted(prices.items()):
            lighter = min(weights.token(left), weights.token(right))
            known = letters_alone(left, right, weights, spellings)
            tokens = left != right and min(len(left), len(right)) > 1
            worth = price < DEAREST and lighter - price >= LEAST_EARNED
            if tokens and worth and (known is None or lighter - price > known + SAVED):
                out.write(f"{left}\t{right}\t{price}\n")


if __name__ == "__main__":
    main()
