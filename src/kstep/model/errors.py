"""The one tree of errors. A message says what was wrong, where (file, line, field) and how to mend it."""

from __future__ import annotations


class KstepError(Exception):
    """Anything kstep refuses to do, said in one line that a person can act on."""


class InputError(KstepError):
    """A file or an argument that cannot be used.

    `what` says what is wrong, `where` the file, line or field, `mend` what to do about it.
    """

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what, self.where, self.mend = what, where, mend
        mended = f"; {one_line(mend, 200)}" if mend else ""
        place = one_line(where, 10_000)
        if len(place) > 150:  # of a long path, its end says most; what is wrong and the mend are never cut off
            place = f"…{place[-149:]}"
        super().__init__(one_line(f"{place}: {what}" if where else what, 400 - len(mended)) + mended)


class ValueRefused(KstepError, ValueError):
    """A value that breaks a rule of the model, such as an impossible date."""


def one_line(text: str, limit: int = 400) -> str:
    """`text` on one line with control characters made visible, at most `limit` characters: names are hostile input."""
    shown = "".join(ch if ch.isprintable() else " " if ch.isspace() else repr(ch)[1:-1] for ch in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
