"""What a flaw of a protocol is, however it was found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Flaw:
    """Something wrong: where, what, and how to mend it. Not `serious` is what may be meant so."""

    where: str
    what: str
    mend: str
    serious: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.mend}"


__all__ = ["Flaw"]
