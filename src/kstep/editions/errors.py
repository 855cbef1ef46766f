"""What this room refuses."""

from __future__ import annotations

from kstep.model import KstepError


class EditionsError(KstepError):
    """What was asked of lists in use cannot be done, or may not be by whom it was asked."""


class NotFetched(EditionsError):
    """A list could not be fetched from its address; nothing of it was taken in. `missing` if there is no such file there."""

    def __init__(self, told: str, *, missing: bool = False) -> None:
        super().__init__(told)
        self.missing = missing


__all__ = ["EditionsError", "NotFetched"]
