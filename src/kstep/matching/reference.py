"""The model itself, one pair of records at a time: what brute force evaluates and what explains a kept pair.

A pair's bits are those of its best pair of names, less a charge for how many name pairs there were to choose from,
and of birth date, sex, countries and documents. Agreement earns, conflict costs, absence does neither; no conflict is
a veto.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from kstep.matching.prepared import Prepared, PreparedName
from kstep.matching.reference_dates import compare_dates
from kstep.matching.reference_fields import Finding, compare_countries, compare_documents, compare_sexes
from kstep.matching.unlike import least_unlike
from kstep.matching.weights import Weights
from kstep.names import Join, NameTokens, Similarity, compare, shipped_frequencies
from kstep.names.similarity import SAME, USUAL


@dataclass(frozen=True, slots=True)
class Pairing:
    """A token, or several that one word stands for, beside its counterpart; `left` and `right` are indexes of
    tokens.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    left_word: str
    right_word: str
    relation: str
    millibits: int


@dataclass(frozen=True, slots=True)
class NameComparison:
    """How two names compare: the pairings, how many usual tokens conflict and how many others, how many one side lacks that are
    first or last in their name and how many that stand between, what agreement loses because not all agrees, and the sum,
    in millibits.
    """

    pairings: tuple[Pairing, ...]
    conflicts: int
    conflicts_rare: int
    missing: int
    missing_inner: int
    doubt: int
    millibits: int


@functools.lru_cache(maxsize=1 << 18)
def similarity(left: str, right: str, joined: bool = False) -> Similarity | None:
    """How two tokens agree by the shipped frequencies, `joined` if the first is a join; remembered, because names repeat."""
    return compare(left, right, shipped_frequencies(), joined=joined)


class Prices(NamedTuple):
    """What two usual tokens cost that conflict, two of which one is rare, a token that one side lacks and that is the first or
    the last of its name, one that stands between, and the share (thousandths) of agreement that a conflict takes.
    """

    conflict: int
    conflict_rare: int
    missing: int
    missing_inner: int
    doubt: int


def compare_names(left: PreparedName, right: PreparedName, weights: Weights) -> NameComparison:
    """The best one-to-one pairing of two names' tokens, where at most one word may stand for two neighbours."""
    words = (NameTokens(left.tokens, left.joins), NameTokens(right.tokens, right.joins))
    prices = Prices(*(weights.name[price] for price in Prices._fields))
    found = _best_pairing(*words, prices)
    millibits = found.millibits - weights.name["weak_alias"] * right.weak
    return replace(found, millibits=max(millibits, weights.name["other_name"]))


@functools.lru_cache(maxsize=1 << 14)
def _best_pairing(left: NameTokens, right: NameTokens, prices: Prices) -> NameComparison:
    """The pairing of tokens and joins that earns the most; remembered, because names repeat."""
    starts = [_assign(*start, left, right, prices) for start in _starts(left, right)]
    return max(starts, key=lambda found: found.millibits)


_Start = tuple[tuple[Pairing, ...], tuple[int, ...], tuple[int, ...]]


def _starts(left: NameTokens, right: NameTokens) -> Iterable[_Start]:
    """No join, or one join that finds its counterpart, with the tokens that are left to pair on each side."""
    lefts, rights = range(len(left.tokens)), range(len(right.tokens))
    yield (), tuple(lefts), tuple(rights)
    for join in left.joins:
        covered = tuple(range(join.start, join.stop))
        most = sum(shipped_frequencies().token(left.tokens[index]) - SAME for index in covered)
        for other in rights:
            found = similarity(join.token, right.tokens[other], True)
            if found and found.millibits > 0:
                together = " ".join(left.tokens[index] for index in covered)
                pairing = Pairing(covered, (other,), together, right.tokens[other], _how(join, together, found),
                                  min(found.millibits, most))  # fmt: skip
                yield (pairing,), tuple(i for i in lefts if i not in covered), tuple(i for i in rights if i != other)
    for join in right.joins:
        covered = tuple(range(join.start, join.stop))
        most = sum(shipped_frequencies().token(right.tokens[index]) - SAME for index in covered)
        for other in lefts:
            found = similarity(join.token, left.tokens[other], True)
            if found and found.millibits > 0:
                together = " ".join(right.tokens[index] for index in covered)
                pairing = Pairing((other,), covered, left.tokens[other], together, _how(join, together, found),
                                  min(found.millibits, most))  # fmt: skip
                yield (pairing,), tuple(i for i in lefts if i != other), tuple(i for i in rights if i not in covered)


def _how(join: Join, together: str, found: Similarity) -> str:
    """How a join agrees, for people to read; a compound of the form `together` as it is written is no neighbours' join."""
    is_compound = join.stop - join.start == 1 and not join.token.endswith(together)
    return found.relation.value if is_compound else "written as one"


def _assign(
    given: tuple[Pairing, ...],
    left_free: Sequence[int],
    right_free: Sequence[int],
    left: NameTokens,
    right: NameTokens,
    prices: Prices,
) -> NameComparison:
    """Pair the free tokens so that the sum is highest, of equal sums that of which more agrees (dynamic programme over the
    tokens of the right name).

    People of one family share names, so what agrees says less where something else conflicts: it loses the share `doubt`,
    in proportion where what is against is less than one conflict.
    """
    inner_left, inner_right = range(1, len(left.tokens) - 1), range(1, len(right.tokens) - 1)
    reached: dict[int, tuple[tuple[int, ...], tuple[Pairing, ...]]] = {0: ((0,) * 7, given)}
    for index in left_free:
        following = dict(reached)
        for place, other in enumerate(right_free):
            mine, theirs = left.tokens[index], right.tokens[other]
            found = similarity(mine, theirs)
            if found is None or found.millibits + prices.conflict <= 0:
                continue
            pairing = Pairing((index,), (other,), mine, theirs, found.relation.value, found.millibits)
            adds = (found.millibits + prices.conflict, max(found.millibits, 0), 1, is_usual(mine), is_usual(theirs),
                    index in inner_left, other in inner_right)  # fmt: skip
            for used, (so_far, pairings) in reached.items():
                if not used >> place & 1:
                    worth = tuple(map(operator.add, so_far, adds))
                    now = used | 1 << place
                    if now not in following or worth > following[now][0]:
                        following[now] = (worth, (*pairings, pairing))
        reached = following
    _, (worth, pairings) = max(reached.items(), key=lambda item: (item[1][0], -item[0]))
    matched, usual_left, usual_right, between_left, between_right = worth[2:]
    usual_left = sum(is_usual(left.tokens[index]) for index in left_free) - usual_left
    usual_right = sum(is_usual(right.tokens[index]) for index in right_free) - usual_right
    conflicts = min(len(left_free), len(right_free)) - matched
    usual = min(conflicts, usual_left, usual_right)
    lacking = abs(len(left_free) - len(right_free))
    if len(left_free) > len(right_free):
        inner = min(lacking, sum(index in inner_left for index in left_free) - between_left)
    else:
        inner = min(lacking, sum(index in inner_right for index in right_free) - between_right)
    agreed = sum(max(pairing.millibits, 0) for pairing in pairings)
    against = usual * prices.conflict + (conflicts - usual) * prices.conflict_rare
    against -= sum(min(pairing.millibits, 0) for pairing in pairings)
    doubt = 0
    if prices.conflict:
        doubt = agreed * prices.doubt * min(against, prices.conflict) // (1000 * prices.conflict)
    total = agreed - against - (lacking - inner) * prices.missing - inner * prices.missing_inner - doubt
    return NameComparison(pairings, usual, conflicts - usual, lacking - inner, inner, doubt, total)


@functools.lru_cache(maxsize=1 << 16)
def is_usual(token: str) -> bool:
    """Whether a token is one that many people carry."""
    return shipped_frequencies().token(token) < USUAL


@dataclass(frozen=True, slots=True)
class Score:
    """A pair's evidence in millibits, and the indexes of its best pair of names (None where a side has no name)."""

    millibits: int
    names: tuple[int, int] | None


def score(person: Prepared, entry: Prepared, weights: Weights) -> Score:
    """All the evidence of a pair. Of equally good pairs of names, the first counts."""
    total = sum(finding.millibits for finding in _other_findings(person, entry, weights))
    best: tuple[int, int] | None = None
    best_millibits = 0
    for i, j in itertools.product(range(len(person.names)), range(len(entry.names))):
        found = compare_names(person.names[i], entry.names[j], weights).millibits
        if best is None or found > best_millibits:
            best, best_millibits = (i, j), found
    if best:
        if of_strangers := strangers(person, entry):
            best_millibits, best = weights.name["other_name"] - of_strangers[0], of_strangers[1:]
        total += best_millibits - weights.charge(len(person.names) * len(entry.names))
    return Score(total, best)


def strangers(person: Prepared, entry: Prepared) -> tuple[int, int, int] | None:
    """If all names of the one are in another script than all of the other and nothing in them is comparable: what it costs, in
    millibits, that they sound unlike, and the two names that do so least, the first of several. Else None.
    """
    least: tuple[int, int, int] | None = None
    for (i, mine), (j, theirs) in itertools.product(enumerate(person.names), enumerate(entry.names)):
        sound = least_unlike(mine.tokens, theirs.tokens)
        if sound is None or _have_comparable(mine, theirs):
            return None
        least = min(least or (sound, i, j), (sound, i, j))
    return least


def _have_comparable(left: PreparedName, right: PreparedName) -> bool:
    """Whether any tokens or joins of two names are comparable."""
    words = [(mine, theirs, False) for mine, theirs in itertools.product(left.tokens, right.tokens)]
    words += [(join.token, token, True) for join in left.joins for token in right.tokens]
    words += [(join.token, token, True) for join in right.joins for token in left.tokens]
    return any(similarity(*pair) for pair in words)


def explain(person: Prepared, entry: Prepared, names: tuple[int, int] | None, weights: Weights) -> list[Finding]:
    """Every finding of a pair of which the best names are known; their millibits add up to the pair's score."""
    return [*_name_findings(person, entry, names, weights), *_other_findings(person, entry, weights)]


def _other_findings(person: Prepared, entry: Prepared, weights: Weights) -> list[Finding]:
    return [
        *_date_findings(person, entry, weights),
        *compare_sexes(person, entry, weights),
        *compare_countries(person, entry, weights),
        *compare_documents(person, entry, weights),
    ]


def _date_findings(person: Prepared, entry: Prepared, weights: Weights) -> list[Finding]:
    if not (person.dates and entry.dates):
        return []
    relations = [compare_dates(mine, theirs) for mine, theirs in itertools.product(person.dates, entry.dates)]
    best = max(range(len(relations)), key=lambda index: weights.birth_date[relations[index]])
    mine, theirs = divmod(best, len(entry.dates))
    worth = weights.birth_date[relations[best]] - weights.date_charge(len(relations))
    shown = [side.read_as[place] or str(side.dates[place]) for side, place in ((person, mine), (entry, theirs))]
    return [Finding("birth_date", shown[0], shown[1], relations[best], worth)]


def _name_findings(person: Prepared, entry: Prepared, names: tuple[int, int] | None, weights: Weights) -> list[Finding]:
    if names is None:
        return []
    mine, theirs = person.names[names[0]], entry.names[names[1]]
    compared = compare_names(mine, theirs, weights)
    of_strangers = strangers(person, entry)
    if of_strangers or compared.millibits == weights.name["other_name"]:
        findings = [Finding("name", mine.shown, theirs.shown, "other name", weights.name["other_name"])]
        if of_strangers and of_strangers[0]:
            findings.append(Finding("name", mine.shown, theirs.shown, "sounds unlike", -of_strangers[0]))
        return [*findings, *_charge(person, entry, weights)]
    ordered = sorted(compared.pairings, key=lambda pairing: pairing.left)
    findings = [Finding("name", pair.left_word, pair.right_word, pair.relation, pair.millibits) for pair in ordered]
    conflicts = compared.conflicts + compared.conflicts_rare
    left = _unpaired(mine.tokens, [index for pair in ordered for index in pair.left], conflicts)
    right = _unpaired(theirs.tokens, [index for pair in ordered for index in pair.right], conflicts)
    for index in range(conflicts):
        price = weights.name["conflict" if index < compared.conflicts else "conflict_rare"]
        findings.append(Finding("name", left[index], right[index], "conflict", -price))
    ends = conflicts + compared.missing
    for index, token in enumerate(left[conflicts:], conflicts):
        price = weights.name["missing" if index < ends else "missing_inner"]
        findings.append(Finding("name", token, "", "not in entry", -price))
    for index, token in enumerate(right[conflicts:], conflicts):
        price = weights.name["missing" if index < ends else "missing_inner"]
        findings.append(Finding("name", "", token, "not in person", -price))
    if compared.doubt:
        findings.append(Finding("name", mine.shown, theirs.shown, "not all agrees", -compared.doubt))
    if theirs.weak:
        findings.append(Finding("name", "", theirs.shown, "weak alias", -weights.name["weak_alias"]))
    return [*findings, *_charge(person, entry, weights)]


def _unpaired(tokens: Sequence[str], paired: Sequence[int], conflicts: int) -> list[str]:
    """The tokens that no pairing covers: first those that conflict, usual ones and ends before others; then those that the other
    side lacks, the first and the last of the name before those between.
    """

    def between(index: int) -> bool:
        return 0 < index < len(tokens) - 1

    free = [index for index in range(len(tokens)) if index not in paired]
    free.sort(key=lambda index: (not is_usual(tokens[index]), between(index)))
    return [tokens[index] for index in (*free[:conflicts], *sorted(free[conflicts:], key=between))]


def _charge(person: Prepared, entry: Prepared, weights: Weights) -> list[Finding]:
    charge = weights.charge(len(person.names) * len(entry.names))
    shown = tuple("1 name" if len(side.names) == 1 else f"{len(side.names)} names" for side in (person, entry))
    return [Finding("name", shown[0], shown[1], "best of several", -charge)] if charge else []


def ceiling(record: Prepared, weights: Weights) -> int:
    """What a perfect copy of a record would earn, in millibits: below the threshold, the record is too poor to
    screen.
    """
    return score(record, record, weights).millibits


__all__ = [
    "Finding",
    "NameComparison",
    "Pairing",
    "Score",
    "ceiling",
    "compare_names",
    "explain",
    "score",
    "similarity",
]
