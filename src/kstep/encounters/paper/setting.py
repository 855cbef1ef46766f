"""Setting the paper of a file as a PDF that is tagged for those who cannot see it (PDF/UA-1), or as pictures of its pages. The same
paper, with the same fonts, gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import typst

from kstep.encounters.paper.letters import drawn
from kstep.encounters.paper.sheet import Paper
from kstep.model import KstepError

PAPERS = ("a4", "us-letter")
_PREFERRED = (
    "Libertinus Serif", "Noto Serif", "Noto Naskh Arabic", "Noto Serif Hebrew", "Noto Serif Devanagari", "Noto Serif CJK SC",
    "Noto Sans CJK SC", "Noto Sans", "DejaVu Sans",
)  # fmt: skip
"""Families in the order in which a letter is looked for; the first comes with the typesetter, and has most of Latin, Greek and
Cyrillic. After them any font of the machine is looked into.
"""

_WORDS = b"""#set document(title: "words")
#set text(font: json(bytes(sys.inputs.fonts)))
#for word in json(bytes(sys.inputs.words)) [#word #parbreak()]
"""


class NotSet(KstepError):
    """A file cannot be set on paper."""


def pdf(paper: Paper, size: str = "a4") -> bytes:
    """The file as a PDF. Raises `NotSet`."""
    source, inputs = _told(paper, size)
    try:
        return bytes(
            typst.compile(
                source, font_paths=_fonts(), format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=_printed(paper)
            )
        )  # fmt: skip
    except typst.TypstError as error:
        raise NotSet(f"person {paper.head.person}: the file cannot be set on paper ({error.message})") from None


def pictures(paper: Paper, size: str = "a4", ppi: float = 110) -> Sequence[bytes]:
    """Each page as a PNG."""
    source, inputs = _told(paper, size)
    made: Any = typst.compile(
        source, font_paths=_fonts(), format="png", ppi=ppi, sys_inputs=inputs, timestamp=_printed(paper)
    )
    return made if isinstance(made, list) else [made]


def _told(paper: Paper, size: str) -> tuple[bytes, dict[str, str]]:
    told, numbered = drawn(asdict(paper), _can_draw)
    told |= {"numbered": numbered, "size": size, "fonts": _families()}
    source = resources.files("kstep.encounters.paper").joinpath("file.typ").read_bytes()
    return source, {"told": json.dumps(told)}


def _printed(paper: Paper) -> int:
    return int(datetime.strptime(paper.head.printed.replace("UTC", "+0000"), "%Y-%m-%d %H:%M:%S %z").timestamp())


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()


@cache
def _families() -> list[str]:
    there = set(_fonts().families())
    return [family for family in _PREFERRED if family in there]


def _can_draw(words: frozenset[str]) -> bool:
    """Whether a document that refuses letters without a font can be made of these words."""
    inputs = {"words": json.dumps(sorted(words)), "fonts": json.dumps(_families())}
    try:
        typst.compile(_WORDS, font_paths=_fonts(), format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=0)
    except typst.TypstError:
        return False
    return True


__all__ = ["PAPERS", "NotSet", "pdf", "pictures"]
