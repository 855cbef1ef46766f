"""Pictures as SVG text: a canvas of shapes in pixels, in colours that are legible on light and on dark.

A picture has its own background, no script and no foreign font, and the same shapes give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from textwrap import wrap

WIDTH = 800
MARGIN = 24
LETTERS_A_LINE = 128

_FONTS = (
    "'Noto Sans','Segoe UI','Helvetica Neue',Arial,'Noto Sans Arabic','Noto Sans Hebrew','Noto Sans CJK SC',sans-serif"
)
_LIGHT = {
    "paper": "#fbfaf7", "ink": "#1d2327", "soft": "#59636d", "rule": "#dcd8cf", "gain": "#2f6690", "loss": "#b3452c",
    "s0": "#2f6690", "s1": "#b3452c", "s2": "#7c6a00", "s3": "#2f7d50", "s4": "#7a4fa0", "s5": "#a95a1f", "s6": "#4d545c",
}  # fmt: skip
_DARK = {
    "paper": "#15191d", "ink": "#eceff1", "soft": "#a3adb6", "rule": "#333b42", "gain": "#7db4e0", "loss": "#e58a70",
    "s0": "#7db4e0", "s1": "#e58a70", "s2": "#d6c15a", "s3": "#7cc79a", "s4": "#bd9be3", "s5": "#e0a066", "s6": "#b5bcc4",
}  # fmt: skip
_SIZES = {
    "title": (600, "17px"), "head": (600, "13px"), "body": (400, "13px"), "note": (400, "12px"), "sign": (400, "21px"),
    "figure": (600, "12px"),
}  # fmt: skip

SERIES = 7
"""Colours that tell lines apart: classes `s0` to `s6`, and `l0` to `l6` for strokes."""


def _colours(shades: dict[str, str]) -> str:
    fills = "".join(f".{name}{{fill:{shade}}}" for name, shade in shades.items())
    strokes = "".join(f".{name.replace('s', 'l')}{{stroke:{shades[name]}}}" for name in shades if name[1:].isdigit())
    return f"{fills}{strokes}.line{{stroke:{shades['rule']}}}.mark{{stroke:{shades['ink']}}}"


_SHEET = (
    f"text{{font-family:{_FONTS}}}"
    + "".join(f".{name}{{font-size:{size};font-weight:{weight}}}" for name, (weight, size) in _SIZES.items())
    + ".open{fill:none}"
    + _colours(_LIGHT)
    + f"@media(prefers-color-scheme:dark){{{_colours(_DARK)}}}"
)  # fmt: skip


def figure(value: float) -> str:
    """A number of pixels, or an opacity, in as few signs as tell it."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def bits(millibits: float, signed: bool = True) -> str:
    """Millibits as bits with one decimal, as people read them."""
    text = f"{millibits / 1000:+.1f}" if signed else f"{millibits / 1000:.1f}"
    return text.replace("-", "−")


class Picture:
    """A canvas 800 pixels wide, with a title and some lines that say how to read it."""

    def __init__(self, title: str, *reading: str) -> None:
        self.title, self.reading = title, " ".join(reading)
        self.shapes: list[str] = []
        self.text(MARGIN, 34, title, "title ink")
        lines = wrap(self.reading, LETTERS_A_LINE)
        for place, line in enumerate(lines):
            self.text(MARGIN, 55 + 17 * place, line, "note soft")
        self.top = 62 + 17 * len(lines)
        """Where the drawing may begin."""

    def text(self, x: float, y: float, said: str, shade: str = "body ink", anchor: str = "start") -> None:
        """A text; `anchor` says which end of it stands at `x`."""
        where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.shapes.append(f'<text class="{shade}" x="{figure(x)}" y="{figure(y)}"{where}>{escape(said)}</text>')

    def rect(
        self, x: float, y: float, width: float, height: float, shade: str, opacity: float = 1, round_: float = 0
    ) -> None:
        """A bar; nothing where it has no extent."""
        if width <= 0 or height <= 0:
            return
        more = f' fill-opacity="{figure(opacity)}"' if opacity < 1 else ""
        more += f' rx="{figure(round_)}"' if round_ else ""
        size = f'x="{figure(x)}" y="{figure(y)}" width="{figure(width)}" height="{figure(height)}"'
        self.shapes.append(f'<rect class="{shade}" {size}{more}/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, shade: str = "line", dashes: str = "") -> None:
        """A straight line."""
        more = f' stroke-dasharray="{dashes}"' if dashes else ""
        ends = f'x1="{figure(x1)}" y1="{figure(y1)}" x2="{figure(x2)}" y2="{figure(y2)}"'
        self.shapes.append(f'<line class="{shade}" {ends}{more}/>')

    def path(self, points: Iterable[tuple[float, float]], shade: str, width: float = 2) -> None:
        """A line through points."""
        through = " ".join(f"{figure(x)},{figure(y)}" for x, y in points)
        self.shapes.append(f'<polyline class="open {shade}" stroke-width="{figure(width)}" points="{through}"/>')

    def dot(self, x: float, y: float, radius: float, shade: str) -> None:
        """A filled circle."""
        self.shapes.append(f'<circle class="{shade}" cx="{figure(x)}" cy="{figure(y)}" r="{figure(radius)}"/>')

    def svg(self, height: float) -> str:
        """The whole picture of this height."""
        described = escape(f"{self.title}. {self.reading}")
        size = f'width="{WIDTH}" height="{round(height)}" viewBox="0 0 {WIDTH} {round(height)}"'
        start = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{described}">'
        ground = '<rect class="paper" width="100%" height="100%" rx="8"/>'
        return "\n".join([start, f"<style>{_SHEET}</style>", ground, *self.shapes, "</svg>"]) + "\n"


class Scale:
    """Values to pixels, and back to what stands beside an axis."""

    def __init__(self, low: float, high: float, start: float, stop: float) -> None:
        self.low, self.high, self.start, self.stop = low, high, start, stop

    def __call__(self, value: float) -> float:
        return self.start + (self.stop - self.start) * (value - self.low) / (self.high - self.low)


def down_axis(picture: Picture, x: Scale, y: Scale, ticks: Sequence[float], label: str) -> None:
    """Level lines with their values at the left."""
    for tick in ticks:
        picture.line(x.start, y(tick), x.stop, y(tick))
        picture.text(x.start - 6, y(tick) + 4, f"{tick:g}".replace("-", "−"), "note soft", "end")
    picture.text(x.start - 30, y.stop - 10, label, "note soft")


def foot_axis(picture: Picture, x: Scale, y: Scale, ticks: Sequence[tuple[float, str]], label: str) -> None:
    """Values below the drawing, and what they are."""
    for tick, said in ticks:
        picture.line(x(tick), y.start, x(tick), y.start + 4)
        picture.text(x(tick), y.start + 18, said, "note soft", "middle")
    picture.text((x.start + x.stop) / 2, y.start + 36, label, "note soft", "middle")


def both_sides(picture: Picture, rows: Sequence[tuple[str, int]], top: float, left: float) -> float:
    """Bars to both sides of zero, with their labels left of `left`; where the drawing ends."""
    least, most = min(0, *(worth for _, worth in rows)), max(0, *(worth for _, worth in rows))
    x = Scale(least, most, left + 60, WIDTH - MARGIN - 60)
    for place, (label, worth) in enumerate(rows):
        y = top + 25 * place
        picture.text(left, y + 14, label, "body ink", "end")
        picture.rect(min(x(0), x(worth)), y + 2, abs(x(worth) - x(0)), 15, "gain" if worth > 0 else "loss", 0.75, 2)
        picture.text(
            x(worth) + (6 if worth > 0 else -6), y + 14, bits(worth), "figure ink", "start" if worth > 0 else "end"
        )
    picture.line(x(0), top - 2, x(0), top + 25 * len(rows), "mark")
    return top + 25 * len(rows)


__all__ = ["MARGIN", "SERIES", "WIDTH", "Picture", "Scale", "bits", "both_sides", "down_axis", "figure", "foot_axis"]
