"""Pictures of what birth dates, sex, countries and documents earn, and of what evidence means as a probability."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources

from drawing import MARGIN, WIDTH, Picture, Scale, bits, both_sides, down_axis, foot_axis
from kstep.matching.weights import shipped_weights

WHOLE_DAYS = (
    "equal", "equal 1 January", "day and month swapped", "a day or two off", "same day, a year off", "same year, placeholder",
    "one digit differs", "digits transposed", "same day, other year", "same year and month", "same year", "a year apart",
    "two years apart", "conflict",
)  # fmt: skip
LESS_KNOWN = (
    "same month", "year agrees", "about the same year", "within the range", "within a wide range", "neighbouring years",
    "about, some years apart",
)  # fmt: skip
LENGTHS = range(3, 15)
BANDS = ((0.5, "possible"), (0.95, "strong"))
OTHER_PRIORS = ((10, "a list of 10"), (1_000_000, "a million"))


def _errors(group: str) -> dict[str, float]:
    """The standard error in bits of each weight that was counted."""
    text = resources.files("kstep.matching").joinpath("data/weights.json").read_text(encoding="utf-8")
    counted = json.loads(text)["fields"]["counts"][group]
    return {name: said["error_bits"] for name, said in counted.items() if "error_bits" in said}


def dates() -> str:
    """What each relation of two birth dates earns."""
    picture = Picture(
        "Birth dates",
        "What each relation of two dates earns (blue) or costs (red), in bits. The thin line is one",
        "standard error to each side, from",
        "the number of pairs that were counted; where a date is not known to the day, less can be said.",
    )
    worth, errors = shipped_weights().birth_date, _errors("birth_date")
    x = Scale(-9, 16, 250, WIDTH - MARGIN - 20)
    y = picture.top + 16
    for tick in range(-8, 17, 4):
        picture.line(x(tick), y - 4, x(tick), y + 24 * (len(WHOLE_DAYS) + len(LESS_KNOWN)) + 56)
        picture.text(x(tick), y - 9, f"{tick:+d}".replace("-", "−") if tick else "0", "note soft", "middle")
    for heading, names in (("two whole days", WHOLE_DAYS), ("one is known less well", LESS_KNOWN)):
        picture.text(MARGIN, y + 15, heading, "head ink")
        y += 26
        for name in names:
            bar = worth[name] / 1000
            picture.text(236, y + 13, name, "body ink", "end")
            picture.rect(min(x(0), x(bar)), y + 2, abs(x(bar) - x(0)), 14, "gain" if bar > 0 else "loss", 0.7, 2)
            error = errors.get(name, 0.0)
            if error:
                picture.line(x(bar - error), y + 9, x(bar + error), y + 9, "mark")
                picture.line(x(bar - error), y + 5, x(bar - error), y + 13, "mark")
                picture.line(x(bar + error), y + 5, x(bar + error), y + 13, "mark")
            end = x(max(bar + error, 0)) + 6 if bar > 0 else x(min(bar - error, 0)) - 6
            picture.text(end, y + 13, bits(worth[name]), "figure ink", "start" if bar > 0 else "end")
            y += 24
        y += 4
    picture.line(x(0), picture.top + 12, x(0), y, "mark")
    return picture.svg(y + 10)


def countries() -> str:
    """What nationality, country of birth and sex earn."""
    found = shipped_weights()
    rows: list[tuple[str, int]] = [
        ("sharing a nationality or a country of birth", found.country["equal"]),
        ("a related state in its place", found.related_state),
        ("both nationality and country of birth agree, in addition", found.birth_country["also"]),
        ("one's nationality is the other's country of birth", max(0, found.country["equal"] - found.country["cross"])),
        ("nationality differs", found.nationality["conflict"]),
        ("country of birth differs", found.birth_country["conflict"]),
        ("one's nationality is not the other's country of birth", found.country["cross_conflict"]),
        ("sex equal", found.sex["equal"]),
        ("sex differs", found.sex["conflict"]),
    ]
    picture = Picture(
        "Countries and sex",
        "In bits. Names already tell where people are from and mostly their sex, so agreement says",
        "little more; a conflict says much.",
        "A related state is one that came of the other or gives its people papers; it earns half.",
    )
    return picture.svg(both_sides(picture, rows, picture.top + 6, 400) + 14)


def documents() -> str:
    """What the numbers of documents earn, by how long they are."""
    price = shipped_weights().document
    picture = Picture(
        "Documents",
        "What two numbers of one type earn, by how many letters and digits they have. The longer, the",
        "less likely that they agree by",
        "chance. Where the type differs, or the issuer, some is taken off; two different national",
        "numbers of one state cost.",
    )
    top, bottom = picture.top + 26, picture.top + 276
    x, y = Scale(LENGTHS[0], LENGTHS[-1], MARGIN + 40, 560), Scale(-4, 24, bottom, top)
    down_axis(picture, x, y, (-4, 0, 4, 8, 12, 16, 20, 24), "bits")
    foot_axis(picture, x, y, [(length, str(length)) for length in LENGTHS], "letters and digits that the number has")
    equal = [(n, min(price["most"], price["character"] * n) if n >= price["least_length"] else 0) for n in LENGTHS]
    core = [
        (n, min(price["most"], price["character"] * n) - price["core_differs"])
        for n in LENGTHS
        if n >= price["core_least_length"]
    ]
    off = [
        (n, min(price["one_off_most"], price["one_off_character"] * n))
        for n in LENGTHS
        if n >= price["one_off_least_length"]
    ]
    conflict = [(n, price["conflict"]) for n in LENGTHS]
    lines: Sequence[tuple[str, str, list[tuple[int, int]]]] = (
        ("equal", "l0", equal), ("equal but for prefix, zeros, O and 0", "l3", core),
        ("one character differs", "l5", off), ("national numbers of one state differ", "l1", conflict),
    )  # fmt: skip
    for label, shade, points in lines:
        picture.path([(x(length), y(worth / 1000)) for length, worth in points], shade)
        for length, worth in points:
            picture.dot(x(length), y(worth / 1000), 2.5, shade.replace("l", "s"))
        picture.text(572, y(points[-1][1] / 1000) + 4, bits(points[-1][1]), "figure ink")
        for place, part in enumerate(_two_lines(label)):
            picture.text(614, y(points[-1][1] / 1000) + 4 + 15 * place, part, "note ink")
    taken = (
        ("taken off where the type differs", -price["type_differs"]),
        ("taken off where the issuer differs", -price["issuer_differs"]),
    )
    return picture.svg(both_sides(picture, taken, bottom + 56, 300) + 14)


def _two_lines(label: str) -> list[str]:
    """A label in lines of no more than some twenty letters."""
    lines = [""]
    for word in label.split(" "):
        if len(lines[-1]) + len(word) > 22:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def probability() -> str:
    """What evidence means as a probability."""
    found = shipped_weights()
    listed = round(2 ** (-found.prior / 1000))
    picture = Picture(
        "From evidence to probability",
        f"Before any evidence each of some {round(listed, -2):,} entries is as likely to be the person:",
        f"that is the prior, {bits(found.prior)} bits. Every bit of",
        "evidence doubles the odds. The dashed curves are what other sizes of a list would give; kstep",
        "uses one prior for everyone.",
    )
    top, bottom = picture.top + 26, picture.top + 286
    x, y = Scale(0, 30, MARGIN + 36, WIDTH - MARGIN - 16), Scale(0, 1, bottom, top)
    edges = [0.0, *(found.needed(threshold) / 1000 for threshold, _ in BANDS), 30.0]
    for place, name in enumerate(("weak", *(name for _, name in BANDS))):
        low, high = edges[place], edges[place + 1]
        picture.rect(x(low), top, x(high) - x(low), bottom - top, "gain", 0.05 + 0.09 * place)
        picture.text(x((low + high) / 2), top - 8, name, "head ink", "middle")
    down_axis(picture, x, y, (0, 0.25, 0.5, 0.75, 1), "probability")
    foot_axis(picture, x, y, [(bit, str(bit)) for bit in range(0, 31, 5)], "bits of evidence")
    steps = [step / 4 for step in range(121)]
    for size, label in OTHER_PRIORS:
        curve = [(x(at), y(1 / (1 + size * 2**-at))) for at in steps]
        for begin, end in zip(curve[::2], curve[1::2], strict=False):
            picture.line(*begin, *end, "l6")
        crossing = next(at for at in steps if size * 2**-at < 0.5)
        picture.text(x(crossing) + 6, y(0.42), label, "note soft")
    picture.path([(x(at), y(found.probability(round(1000 * at)))) for at in steps], "l0", 3)
    for threshold, _ in BANDS:
        need = found.needed(threshold) / 1000
        picture.dot(x(need), y(threshold), 4.5, "s0")
        picture.text(x(need) + 9, y(threshold) + 16, f"{threshold:g} from {need:.1f} bits", "figure ink")
    return picture.svg(bottom + 52)


__all__ = ["countries", "dates", "documents", "probability"]
