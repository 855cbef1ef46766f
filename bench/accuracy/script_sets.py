"""Whole names, Latin against the original script, with the hardest negatives that there are.

Where a list gives names in their original script, they are real; for other scripts, and more of the same, names are
composed of two or three tokens of the transliteration data, and their sets say `composed`.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from labelled import HALVES, LabelledSet, Row, chance, good_names, is_held_out, pair, person, plain, script_of
from people import Alike, Listed, culture_of
from rapidfuzz import fuzz, process
from token_sets import TRANSLITERATION, Token, tokens_of

from kstep.model import Entry, Identity

NEGATIVES = 20
"""False pairs for each true one."""

COMPOSED = 1_000
"""Composed names a language and half, at most."""

LEAST_COUNT = 2
"""Tokens seen less often than this are not composed of: many of them were mined wrongly."""

LENGTHS = (2, 2, 3)
"""Tokens of a composed name: two, or one time in three three."""

BETWEEN_WORDS = {"katakana": "・", "zh": "·"}


def script_sets(data: Path, listed: Listed) -> Iterator[LabelledSet]:
    """The real names of the UN's list, then those composed, a language at a time."""
    yield from _real(listed)
    for language in TRANSLITERATION:
        tokens = [token for token in tokens_of(data, language) if token.count >= LEAST_COUNT]
        for half in HALVES:
            yield (f"composed_{language}_{half}",
                   _composed(language, half, [t for t in tokens if is_held_out(t.native) == (half == "test")]))  # fmt: skip


def _real(listed: Listed) -> Iterator[LabelledSet]:
    """Latin primary name against the name in its original script. Negatives of either half come from all of the list."""
    by_script: defaultdict[str, list[tuple[Entry, str, str]]] = defaultdict(list)
    for entry in listed.entries["un"]:
        if names := _both_scripts(entry.identity):
            by_script[script_of(names[1])].append((entry, *names))
    for script in ("Arabic", "Cyrillic"):
        written = by_script[script]
        alike = Alike([entry for entry, _, _ in written])
        rows: dict[str, list[Row]] = {half: [] for half in HALVES}
        for entry, latin, native in written:
            half = listed.half("un", entry)
            labels = {"script": script, "culture": culture_of(entry)}
            rows[half].append(pair(person([latin]), person([native]), True, **labels))
            others = [written[number] for number in alike.nearest([latin])]
            false = [name for other, _, name in others if not listed.may_be_one("un", entry, "un", other)
                     and (half == "test" or listed.half("un", other) == half)]  # fmt: skip
            rows[half] += [pair(person([latin]), person([name]), False, **labels) for name in false[:NEGATIVES]]
        for half in HALVES:
            yield f"script_{script.lower()}_{half}", rows[half]


def _both_scripts(identity: Identity) -> tuple[str, str] | None:
    """The first name in Latin letters and the first in others, which is the publisher's original of it."""
    names = [name.full for name in good_names(identity)]
    latin = next((name for name in names if script_of(name) == "Latin"), None)
    native = next((name for name in names if script_of(name) != "Latin"), None)
    return (latin, native) if latin and native else None


def _composed(language: str, half: str, tokens: list[Token]) -> list[Row]:
    """True pairs; half of the negatives share one token with the name, half are the composed names most like it."""
    draws = chance("composed", language, half)
    counts = list(itertools.accumulate(token.count for token in tokens))

    def drawn(number: int) -> list[Token]:
        return draws.choices(tokens, cum_weights=counts, k=number)

    composed = (drawn(draws.choice(LENGTHS)) for _ in range(COMPOSED))
    names = list({_written(language, name): name for name in composed if len(set(name)) == len(name)}.values())
    spelled = [plain(_latin(name)) for name in names]
    likeness = process.cdist(spelled, spelled, scorer=fuzz.ratio, dtype=np.uint8)
    rows = []
    for number, name in enumerate(names):
        left = person([_latin(name)])
        native = _written(language, name)
        labels = {"script": script_of(native), "culture": language}
        rows.append(pair(left, person([native]), True, **labels))
        nearest = [names[place] for place in np.argsort(-likeness[number].astype(np.int64), kind="stable").tolist()]
        sharing = []
        for _ in range(NEGATIVES):
            kept = draws.randrange(len(name))
            sharing.append([token if place == kept else other for place, (token, other) in
                            enumerate(zip(name, drawn(len(name)), strict=True))])  # fmt: skip
        for others in (nearest, sharing):
            rows += [pair(left, person([text]), False, **labels) for text in _false_names(language, others, name)]
    return rows


def _false_names(language: str, others: Iterable[Sequence[Token]], name: Sequence[Token]) -> list[str]:
    """The first of `others` that are another name, as written in their script; half of a name's negatives."""
    found: dict[str, None] = {}
    for other in others:
        if _is_another(other, name):
            found[_written(language, other)] = None
            if len(found) == NEGATIVES // 2:
                break
    return list(found)


def _latin(name: Sequence[Token]) -> str:
    return " ".join(token.latin for token in name)


def _written(language: str, name: Sequence[Token]) -> str:
    return BETWEEN_WORDS.get(language, " ").join(token.native for token in name)


def _is_another(other: Sequence[Token], name: Sequence[Token]) -> bool:
    """Whether `other` has a token that is in `name` neither by its native nor by its Latin form, and the other way round."""
    for mine, theirs in ((other, name), (name, other)):
        native, latin = {token.native for token in theirs}, {plain(token.latin) for token in theirs}
        if all(token.native in native or plain(token.latin) in latin for token in mine):
            return False
    return True
