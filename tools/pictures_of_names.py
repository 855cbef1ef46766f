"""Pictures of how usual names are, of the letters they are made of, of known variants, and of how names are summed up."""

from __future__ import annotations

import math
from collections import defaultdict

from drawing import MARGIN, WIDTH, Picture, Scale, bits, both_sides, down_axis, foot_axis
from kstep.matching.prepared import PreparedName
from kstep.matching.reference import compare_names
from kstep.matching.weights import shipped_weights
from kstep.names.frequencies import shipped_frequencies
from kstep.names.letters import BOUNDARY, SYMBOLS, letter_costs, surprise
from kstep.names.scripts import Script, script_of
from kstep.names.similarity import INITIAL, MOST_UNLIKE, SAME, USUAL
from kstep.names.tokens import tokenize
from kstep.names.variants import asset as variants_asset
from kstep.names.variants import variants
from pictures_of_spellings import share

NAMES = (
    "mohammed", "maria", "kim", "nguyen", "singh", "ivanov", "wang", "garcia", "abdallah", "smith", "hussein",
    "yusuf", "tesfaye", "okafor", "jovanovic", "takahashi", "zawahiri", "gaddafi", "tchaikovsky", "lukashenka",
)  # fmt: skip
SURPRISING = ("maria", "mohammed", "takahashi", "nguyen", "szczepan", "xqzvk")
HEADS = ("mohammed", "youssef", "robert", "alexander", "katherine", "ivan", "lee", "abdallah")
MOST_SHOWN = 9

EXAMPLES = (
    ("a name between is missing", "Omar Barre Jama", "Omar Jama"),
    ("one letter off", "Omar Barre Jama", "Omar Bare Jama"),
    ("another father", "Omar Barre Jama", "Omar Farah Jama"),
    ("two brothers", "Ahmed Khalil Zawahiri", "Mohammed Khalil Zawahiri"),
    ("the same person in another script", "Youssef Haddad", "يوسف حداد"),
    ("one word for two", "Nur Muhammad Taraki", "Nurmuhammad Taraki"),
)


def frequencies() -> str:
    """What known tokens weigh by their rank, and unseen ones by their letters."""
    weights = shipped_frequencies()
    picture = Picture(
        "What it is worth to share a name",
        "Left: every token that the data know, the most usual of its script first. One bit more means",
        "half as many bearers where the name",
        "is most usual. Right: a token that the data do not know, by how unusual its letters are",
        "(Latin) or how many it has.",
    )
    top, bottom = picture.top + 26, picture.top + 276
    by_script: defaultdict[Script, list[int]] = defaultdict(list)
    for token, weight in weights.tokens.items():
        by_script[script_of(token)].append(weight)
    x, y = Scale(0, 5.6, MARGIN + 30, 452), Scale(0, 17, bottom, top)
    down_axis(picture, x, y, (0, 4, 8, 12, 16), "bits")
    foot_axis(picture, x, y, [(place, f"{10**place:,}") for place in range(6)], "rank among the tokens of its script")
    for script in Script:
        heavy = sorted(by_script[script])
        ranks = sorted({round(10 ** (step / 12)) for step in range(70)} & set(range(1, len(heavy) + 1)))
        picture.path([(x(math.log10(rank)), y(heavy[rank - 1] / 1000)) for rank in ranks], f"l{script.value}", 1.8)
    for script in Script:
        where = (x.start + 10 + 98 * (script.value // 4), top + 12 + 16 * (script.value % 4))
        picture.rect(where[0], where[1] - 9, 10, 10, f"s{script.value}")
        picture.text(where[0] + 15, where[1], script.name.capitalize(), "note ink")
    right = Scale(8, 60, 520, 632)
    down_axis(picture, right, y, (0, 4, 8, 12, 16), "bits")
    foot_axis(picture, right, y, [(10, "10"), (35, "35"), (60, "60")], "bits of surprise")
    picture.path(
        [(right(at / 1000), y(millibits / 1000)) for at, millibits in weights.unseen[Script.LATIN] if at <= 60_000],
        "l0",
    )
    letters = Scale(1, 13, 668, WIDTH - MARGIN)
    for tick in (0, 4, 8, 12, 16):
        picture.line(letters.start, y(tick), letters.stop, y(tick))
    foot_axis(picture, letters, y, [(1, "1"), (7, "7"), (13, "13")], "letters")
    for script, knots in weights.unseen.items():
        if script is not Script.LATIN:
            picture.path([(letters(at), y(millibits / 1000)) for at, millibits in knots], f"l{script.value}")
    return picture.svg(_some_names(picture, bottom + 64))


def _some_names(picture: Picture, top: float) -> float:
    """Some names with their weights; where the drawing ends."""
    weights = shipped_frequencies()
    picture.text(MARGIN, top + 4, "Some names", "head ink")
    rows = -(-len(NAMES) // 2)
    for place, name in enumerate(sorted(NAMES, key=lambda name: (weights.token(name), name))):
        x, y = MARGIN + 388 * (place // rows), top + 16 + 21 * (place % rows)
        weight = weights.token(name)
        picture.text(x, y + 12, name.capitalize(), "body ink")
        picture.rect(x + 100, y + 2, 14 * weight / 1000, 12, "gain" if name in weights.tokens else "soft", 0.75, 2)
        picture.text(x + 106 + 14 * weight / 1000, y + 12, bits(weight, signed=False), "note soft")
    bottom = top + 16 + 21 * rows
    picture.text(
        MARGIN,
        bottom + 16,
        f"Grey: not among the known tokens. Below {bits(USUAL, signed=False)} bits a token counts as a usual one.",
        "note soft",
    )
    return bottom + 34


def letters() -> str:
    """Which letter follows which, and what the letters of some names tell."""
    picture = Picture(
        "How ordinary a spelling is",
        "Which letter (across) follows which (down) in names: the stronger the colour, the likelier. ^ is the edge",
        "of the word. The model itself looks at",
        "two letters before; here they are averaged as often as the model itself would write them.",
    )
    after = _after_one()
    names = "abcdefghijklmnopqrstuvwxyz^"
    left, top, size = MARGIN + 26, picture.top + 24, 16.6
    for place, name in enumerate(names):
        picture.text(left + size * (place + 0.5), top - 7, name, "note ink", "middle")
        picture.text(left - 9, top + size * (place + 0.5) + 4, name, "note ink", "middle")
        for other in range(SYMBOLS):
            opacity = min(1.0, round(after[place][other] ** 0.5 * 1.1, 2))
            picture.rect(left + size * other, top + size * place, size - 0.6, size - 0.6, "gain", max(0.03, opacity))
    x, y = left + size * SYMBOLS + 30, top + 2
    picture.text(x, y + 4, "Bits that each letter tells", "head ink")
    y += 16
    for name in SURPRISING:
        told = [surprise_of_letter(name, place) for place in range(len(name) + 1)]
        wide = min(24.0, (WIDTH - MARGIN - x) / len(told))
        for place, (letter, cost) in enumerate(zip(name + "^", told, strict=True)):
            tall = min(36.0, 3.2 * cost / 1000)
            picture.rect(x + wide * place, y + 38 - tall, wide - 3, tall, "loss", 0.6, 1)
            picture.text(x + wide * (place + 0.5) - 1.5, y + 52, letter, "note ink", "middle")
        picture.text(WIDTH - MARGIN, y + 8, f"{bits(surprise(name), signed=False)} in all", "note soft", "end")
        y += 71
    return picture.svg(top + size * SYMBOLS + 22)


def surprise_of_letter(name: str, place: int) -> int:
    """What the letter at `place` (or the end) tells after the two before it, in millibits."""
    costs = letter_costs()
    symbols = [BOUNDARY, BOUNDARY, *(ord(letter) - ord("a") for letter in name), BOUNDARY]
    return int(costs[symbols[place], symbols[place + 1], symbols[place + 2]])


def _after_one() -> list[list[float]]:
    """The probability of each symbol after one other, where words are written by the model of two letters."""
    costs = letter_costs()
    rows = [[[share(costs[a, b, c]) for c in range(SYMBOLS)] for b in range(SYMBOLS)] for a in range(SYMBOLS)]
    met = {(BOUNDARY, BOUNDARY): 1.0}
    total = [[0.0] * SYMBOLS for _ in range(SYMBOLS)]
    for _ in range(15):
        following: defaultdict[tuple[int, int], float] = defaultdict(float)
        for (before, last), mass in met.items():
            for symbol in range(SYMBOLS):
                part = mass * rows[before][last][symbol]
                total[last][symbol] += part
                if symbol != BOUNDARY:
                    following[last, symbol] += part
        met = dict(following)
    return [[part / sum(row) for part in row] for row in total]


def known_variants() -> str:
    """What known variants cost, and some of them."""
    prices = [int(line.split("\t")[2]) for line in variants_asset().decode().splitlines() if not line.startswith("#")]
    picture = Picture(
        "Known variants",
        "Names that stand for one another though their letters do not tell. The price says how many",
        "bearers of one are known by the other:",
        "1 bit for half of them, 3.5 for one in eleven. A pair earns the weight of the lighter name,",
        "less the price.",
    )
    top, bottom = picture.top + 20, picture.top + 150
    counts = [sum(500 * step <= price < 500 * (step + 1) for price in prices) for step in range(18)]
    x, y = Scale(0, 9, MARGIN + 46, WIDTH - MARGIN), Scale(0, max(counts), bottom, top)
    for place, count in enumerate(counts):
        picture.rect(x(place / 2) + 1, y(count), x(0.5) - x(0) - 2, bottom - y(count), "gain", 0.7, 1)
        if count:
            picture.text(x(place / 2 + 0.25), y(count) - 4, f"{count:,}", "note soft", "middle")
    foot_axis(picture, x, y, [(bit, str(bit)) for bit in range(10)], f"price in bits of {len(prices):,} pairs")
    line = bottom + 62
    for head in HEADS:
        picture.text(MARGIN, line + 16, head, "head ink")
        at = MARGIN + 104.0
        for other, price in sorted(variants(head).items(), key=lambda item: (item[1], item[0]))[:MOST_SHOWN]:
            said, cost = other, bits(price, signed=False)
            wide = 8.4 * len(said) + 7 * len(cost) + 24
            if at + wide > WIDTH - MARGIN:
                break
            picture.rect(at, line, wide - 6, 22, "gain", max(0.1, 0.55 - price / 16_000), 4)
            picture.text(at + 6, line + 16, said, "body ink")
            picture.text(at + wide - 12, line + 16, cost, "note soft", "end")
            at += wide
        line += 30
    return picture.svg(line + 10)


def prices() -> str:
    """What stands beside the agreement of tokens: conflicts, missing tokens, weak aliases, the best of many."""
    found = shipped_weights()
    name = found.name
    rows = [
        ("two usual tokens conflict", -name["conflict"]),
        ("two tokens conflict, one of them rare", -name["conflict_rare"]),
        ("the first or last token is missing on one side", -name["missing"]),
        ("a token between others is missing", -name["missing_inner"]),
        ("a weak alias of the list", -name["weak_alias"]),
        ("names have nothing in common (at the worst)", name["other_name"]),
        ("and are in two scripts and sound unlike, at most", -MOST_UNLIKE),
        ("the same token, beside its weight", -SAME),
        ("an initial, at most", INITIAL),
    ]
    rows += [(f"the best of {count} pairs of names", -found.charge(count)) for count in (2, 8, 50, 400)]
    picture = Picture(
        "Names: what does not depend on the token",
        "In bits. Beside these, what agrees loses a share where something conflicts, because people of",
        "one family share names:",
        f"{name['doubt'] / 10:g} % of it where a usual token conflicts, in proportion where what is",
        "against weighs less.",
    )
    return picture.svg(both_sides(picture, rows, picture.top + 6, 320) + 14)


def examples() -> str:
    """Pairs of names and how what each token says is summed up."""
    weights = shipped_weights()
    picture = Picture(
        "Names, summed up",
        "Each bar begins where the one above it ends. Blue earns, red costs; the thin black bar is what",
        "the names are worth together.",
        "Doubt is what agreement loses where something conflicts, because people of one family share names.",
    )
    y = picture.top + 6
    x = Scale(-14, 32, 330, WIDTH - MARGIN - 10)
    for title, mine, theirs in EXAMPLES:
        steps, total = _steps(mine, theirs)
        picture.text(MARGIN, y + 14, title, "head ink")
        picture.text(MARGIN, y + 33, mine, "body soft")
        picture.text(MARGIN, y + 52, theirs, "body soft")
        at, top = 0, y
        for label, worth in steps:
            left, right = sorted((x(at / 1000), x((at + worth) / 1000)))
            picture.rect(left, y + 2, max(1.0, right - left), 14, "gain" if worth > 0 else "loss", 0.75, 1)
            said = f"{label} {bits(worth)}"
            if right + 7 * len(said) < WIDTH - MARGIN:
                picture.text(right + 5, y + 13, said, "note ink")
            else:
                picture.text(left - 5, y + 13, said, "note ink", "end")
            at += worth
            y += 19
        total = max(total, weights.name["other_name"])
        left, right = sorted((x(0), x(total / 1000)))
        picture.rect(left, y + 6, right - left, 4, "ink")
        picture.text(right + 5, y + 13, f"together {bits(total)}", "figure ink")
        picture.line(x(0), top - 2, x(0), y + 18)
        y = max(y + 28, top + 72)
        picture.line(MARGIN, y - 4, WIDTH - MARGIN, y - 4)
        y += 10
    return picture.svg(y)


def _steps(mine: str, theirs: str) -> tuple[list[tuple[str, int]], int]:
    """What adds up to a pair of names, and the sum, in millibits."""
    weights = shipped_weights()
    read = [(name, tokenize(name)) for name in (mine, theirs)]
    left, right = (PreparedName(found.tokens, found.joins, False, name) for name, found in read)
    found = compare_names(left, right, weights)
    steps = [(f"{pair.left_word} – \u2068{pair.right_word}\u2069", pair.millibits) for pair in found.pairings]
    lost = weights.name["conflict"] * found.conflicts + weights.name["conflict_rare"] * found.conflicts_rare
    steps += [("conflict", -lost)] if lost else []
    lacking = found.missing * weights.name["missing"] + found.missing_inner * weights.name["missing_inner"]
    steps += [("missing", -lacking)] if lacking else []
    steps += [("doubt", -found.doubt)] if found.doubt else []
    return steps, found.millibits


__all__ = ["examples", "frequencies", "known_variants", "letters", "prices"]
