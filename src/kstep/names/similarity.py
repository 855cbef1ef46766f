"""What it says, in bits, that one token stands where another does: the definition, one pair at a time.

Two tokens are comparable if they share a key of `keys`, one is an initial of the other, or they are known variants. What a
comparable pair earns is how much likelier the one is as a spelling of the other than by chance: at most the weight of
the lighter token, at least `LEAST`. The engine computes the same numbers in bulk, by other code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from math import log2

from kstep.names.frequencies import Frequencies
from kstep.names.keys import LONGEST_EDITED, edits_allowed, is_initial, sound_keys
from kstep.names.letters import surprise
from kstep.names.scripts import ALPHABETS, Script, latin, script_of
from kstep.names.spelling import BEYOND, Spellings, script_keys, shipped_spellings, spelling_cost
from kstep.names.syllables import are_other_syllables, syllables
from kstep.names.variants import variants

SAME = 300
"""Millibits that even the same token costs: -log2 of how often a person's own token is not written so."""

RESPELLED = 1_500
"""Millibits that another spelling costs beside what the letters say: how often a token is respelled at all."""

MISTYPED = 5_000
"""-log2 of how often a token is mistyped, in millibits: one in 32."""

SLIPPED = 500
"""Millibits that even a certain slip costs, a little more than the same token does: other names nearby might have been meant."""

SLIPS = tuple(MISTYPED + round(1000 * log2(54 * max(letters, 1))) for letters in range(LONGEST_EDITED + 2))
"""What a slip costs by the letters of the mistyped token, in millibits: of *n* letters there are about 54 *n*, a letter left out,
put in or taken for another, or two exchanged. Four of five misspellings are one of these (Damerau 1964).
"""

OTHER_SCRIPT = 400
"""Millibits that another script costs beside what the letters say."""

LEAST = -5_400
"""Millibits below which a pair is no longer one name: then the tokens conflict, which costs no less."""

HARDLY = -1_000
"""Millibits below which a pair is called hardly alike."""

EXPECTED = 450
EXPECTED_OF_USUAL = 600
"""Thousandths of what a token's letters tell by chance that its spelling in other letters or another script is expected to
explain; what is missing counts against the pair. More is expected where both tokens weigh less than `WELL_KNOWN`, because
the usual spellings of usual names are known as variants: *Hassan* and حسين are two names.
"""

WELL_KNOWN = 10_000

USUAL = 12_000
"""Millibits below which a token is a usual one: if two people's differ, neither is likely a slip of the other."""

COMPOUND = 5_000
SYLLABLE = 6
"""Millibits by which a token put together of two usual syllables is rarer than both, because most people write them apart, and the
most letters of each: those of a syllable, as in Korean and Chinese names.
"""

SHARED_HALVES = ("abd", "abu", "umm")
SHARED_ENDS = ("allah", "din")
SHARED_HALF = 4_000
"""Millibits of what many compound names begin or end with."""

FOREIGN = 3_000
"""Price in millibits of a sound shared by two scripts neither of which is Latin."""

ONE_EDIT = {4: 7_500, 5: 6_000, 6: 5_500}
ONE_EDIT_LONG = 5_000
TWO_EDITS = 8_000
SAME_SOUND = 2_000
"""Prices in millibits of words of one script other than Latin that differ, by the letters of the shorter."""

INITIAL = 3_000
"""The most that an initial earns, in millibits."""

UNLIKE_SHARE = 16
MOST_UNLIKE = 4_000
"""Of what speaks against two tokens of two scripts that conflict, one part in so many counts beside the conflict, and so many
millibits at most: of the pairs from which spellings are learned one in ten is none, so what letters say is worth little.
"""


class Relation(StrEnum):
    """How two tokens agree, for people to read."""

    SAME = "same"
    SPELLING = "other spelling"
    SCRIPT = "other script"
    VARIANT = "variant"
    INITIAL = "initial"
    UNLIKE = "hardly alike"


@dataclass(frozen=True, slots=True)
class Similarity:
    """A relation and what it earns, in millibits; little or less than nothing where the two are hardly alike."""

    relation: Relation
    millibits: int


def compare(
    left: str, right: str, weights: Frequencies, spellings: Spellings | None = None, *, joined: bool = False
) -> Similarity | None:
    """How two tokens agree, or None where they do not. The order of the arguments makes no difference.

    If they are `joined`, the first is several neighbours written as one word. It agrees by the same keys, but one letter of it may
    be wrong at most, and no initial stands for it; of two scripts both keys have to agree or, if the other is no alphabet, one key
    and about the number of syllables. What would earn nothing is no join.
    """
    lighter = min(weights.token(left), weights.token(right))
    if left == right:
        if is_initial(left):
            return Similarity(Relation.INITIAL, min(INITIAL, lighter))
        return Similarity(Relation.SAME, lighter - SAME)
    if is_initial(left) or is_initial(right):
        if joined:
            return None
        alike = latin(left)[:1] == latin(right)[:1] and not (is_initial(left) and is_initial(right))
        return Similarity(Relation.INITIAL, min(INITIAL, lighter - SAME)) if alike else None
    other = script_of(left) is not script_of(right)
    found = []
    if (price := variants(left).get(right)) is not None and not (joined and lighter <= price):
        found.append(Similarity(Relation.VARIANT, lighter - price))
    earned = letters_alone(left, right, weights, spellings or shipped_spellings(), joined=joined)
    if earned is not None and earned >= (1 if joined else LEAST):
        how = Relation.UNLIKE if earned < HARDLY else Relation.SCRIPT if other else Relation.SPELLING
        found.append(Similarity(how, earned))
    return max(found, key=lambda similarity: similarity.millibits, default=None)


def letters_alone(
    left: str, right: str, weights: Frequencies, spellings: Spellings, *, joined: bool = False
) -> int | None:
    """What two different tokens earn by their letters or sounds; None if no key makes them comparable."""
    lighter = min(weights.token(left), weights.token(right))
    scripts = {script_of(left), script_of(right)}
    if len(scripts) == 2 and Script.LATIN in scripts:
        native, written = (right, left) if script_of(left) is Script.LATIN else (left, right)
        return _in_latin(native, written, weights, spellings, joined)
    heard = bool(set(sound_keys(left)) & set(sound_keys(right)))
    if len(scripts) == 2:
        sound = max((weights.sound(key) for key in set(sound_keys(left)) & set(sound_keys(right))), default=0)
        return min(lighter, sound) - FOREIGN if heard else None
    allowed = min(edits_allowed(left, joined=joined), edits_allowed(right))
    if not heard and not (allowed and edit_distance(left, right) <= allowed):
        return None
    if Script.LATIN in scripts:
        return _respelled(left, right, weights, spellings, slip=allowed > 0)
    price = _edits_price(left, right, allowed)
    return lighter - (min(price, SAME_SOUND) if heard else price)


def _in_latin(native: str, written: str, weights: Frequencies, spellings: Spellings, joined: bool) -> int | None:
    alphabetic = script_of(native) in ALPHABETS
    shared = set(script_keys(native)).intersection(script_keys(written))
    if len(shared) < (2 if joined and alphabetic else 1):
        return None
    if joined and not alphabetic and vowels(written) > len(native) + 1:
        return None
    cost = spelling_cost(native, written, spellings)
    return (
        None
        if cost >= BEYOND
        else _explained(chance_of(written, weights), cost, native, written, weights) - OTHER_SCRIPT
    )


def unlike(left: str, right: str, weights: Frequencies, spellings: Spellings) -> int:
    """What it costs, in millibits, that a Latin token and one of another script sound unlike; 0 if no model reads that one."""
    native, written = (right, left) if script_of(left) is Script.LATIN else (left, right)
    if not spellings.read(native):
        return 0
    cost = spelling_cost(native, written, spellings)
    if cost >= BEYOND:
        return MOST_UNLIKE
    earned = _explained(chance_of(written, weights), cost, native, written, weights) - OTHER_SCRIPT
    return min(max(0, LEAST - earned) // UNLIKE_SHARE, MOST_UNLIKE)


_VOWELS = re.compile("[aeiouy]+")


def vowels(written: str) -> int:
    """How many runs of vowels a Latin word has: about as many as it has syllables, or fewer."""
    return len(_VOWELS.findall(written))


def _respelled(left: str, right: str, weights: Frequencies, spellings: Spellings, *, slip: bool) -> int | None:
    """The more usual is the name, the other its spelling; other syllables of Korean names are no spellings of each other."""
    name, spelling = sorted((left, right), key=lambda word: (weights.token(word), word))
    others = are_other_syllables(syllables(left), syllables(right))
    cost = BEYOND if others else spelling_cost(name, spelling, spellings)
    respelled = (
        None if cost >= BEYOND else _explained(chance_of(spelling, weights), cost, name, spelling, weights) - RESPELLED
    )
    if not slip or edit_distance(left, right) != 1:
        return respelled
    return max(respelled or -BEYOND, _slipped(name, spelling, weights))


def _slipped(name: str, written: str, weights: Frequencies) -> int:
    """What it earns that a token is one slip away from a more usual one: the more, the less it looks like a name of its own."""
    known = weights.tokens.get(written)
    rarity = max(chance_of(written, weights), weights.token(written)) if known is None else known
    return min(weights.token(name), rarity - SLIPS[len(written)]) - SLIPPED


def _explained(chance: int, cost: int, left: str, right: str, weights: Frequencies) -> int:
    """What a spelling earns that costs `cost` where chance makes it cost `chance`: the difference, at most what the lighter
    token weighs, and less what is missing to what one expects of two spellings of one name.
    """
    lighter, heavier = sorted((weights.token(left), weights.token(right)))
    expected = chance * (EXPECTED_OF_USUAL if heavier < WELL_KNOWN else EXPECTED) // 1000
    gained = chance - cost
    return min(lighter, gained) - max(0, expected - gained)


def chance_of(token: str, weights: Frequencies) -> int:
    """-log2 of the chance that somebody else's token is spelled precisely so, in millibits: by its letters, or because it is put
    together of two usual syllables, as *Myongchol* is, unless it is a usual name itself.
    """
    known, least = weights.tokens, by_chance(token)
    if known.get(token, USUAL) < USUAL:
        return least
    for cut in range(max(2, len(token) - SYLLABLE), min(len(token) - 2, SYLLABLE) + 1):
        first, second = known.get(token[:cut], USUAL), known.get(token[cut:], USUAL)
        if first < WELL_KNOWN and second < WELL_KNOWN:
            least = min(least, first + second + COMPOUND)
    return least


def by_chance(token: str) -> int:
    """-log2 of the chance that a token is spelled precisely so, by its letters alone, in millibits.

    A half that many names share (*Abd-*, *-allah*) tells little.
    """
    for half in SHARED_HALVES:
        if token.startswith(half) and len(token) > len(half) + 1:
            return surprise(token[len(half) :]) + SHARED_HALF
    for half in SHARED_ENDS:
        if token.endswith(half) and len(token) > len(half) + 1:
            return surprise(token[: -len(half)]) + SHARED_HALF
    return surprise(token)


def _edits_price(left: str, right: str, allowed: int) -> int:
    """The price of different letters of one script other than Latin."""
    edits = edit_distance(left, right)
    if edits > allowed:
        return SAME_SOUND + TWO_EDITS
    return TWO_EDITS if edits == 2 else ONE_EDIT.get(min(len(left), len(right)), ONE_EDIT_LONG)


def edit_distance(left: str, right: str) -> int:
    """Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, each letter edited
    once.
    """
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(above[column] + 1, current[column - 1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == right[column - 2] and other == left[row - 2]:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, above = above, current
    return above[-1]
