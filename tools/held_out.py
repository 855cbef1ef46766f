"""Which name tokens of the transliteration data are never trained on: those that `bench/accuracy` measures with.

The choice depends on the native form alone, so every Latin spelling of a held-out form is held out with it, in every file.
"""

from __future__ import annotations

import functools
import hashlib
import unicodedata
from pathlib import Path

from kstep.names.scripts import own_form

HELD_OUT_OF_256 = 26
"""Native forms of which the hash begins with a lower byte than this are held out: 10 %."""

USUAL = Path(__file__).parent / "data" / "usual_natives.txt"
"""Forms that the hash would hold out, but of which the data have 60 bearers or more: without *Mohammed* nobody's names can be
read, and to measure with what everybody knows says little.
"""


def form_of(native: str) -> str:
    """The one form in which names have this token; white space and how signs are composed do not matter."""
    plain = unicodedata.normalize("NFKC", "".join(native.split())).casefold()
    return own_form(plain) or plain


@functools.cache
def _usual() -> frozenset[str]:
    return frozenset(USUAL.read_text(encoding="utf-8").split())


def is_held_out(native: str) -> bool:
    """Whether the token of this native form is kept for measuring. What names do not tell apart is one form (أحمد and احمد)."""
    form = form_of(native)
    return hashlib.sha256(form.encode()).digest()[0] < HELD_OUT_OF_256 and form not in _usual()


FIT_OF_256 = 128
"""Entries of lists of which the id's hash begins with a lower byte than this are counted: a half."""


def is_fit_entry(entry_id: str) -> bool:
    """Whether a list's entry is of the half that may be counted; recall and false alarms are measured on the other."""
    return hashlib.sha256(entry_id.encode()).digest()[0] < FIT_OF_256
