"""Why an edition is held until a named person says that it is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from kstep.editions.delta import REMOVED, Delta
from kstep.editions.reconciliation import reconciled
from kstep.lists import Edition


class Doubt(StrEnum):
    """What is wrong with an edition, or may be."""

    UNREADABLE = "cannot be read"
    UNPROVEN = "not proven to be its issuer's"
    OTHER_KIND = "of another kind"
    EARLIER = "an earlier edition again"
    OLDER = "older than the edition in force"
    NOBODY = "nobody is on it"
    MANY_REMOVED = "many are gone"
    CUT_OFF = "may be cut off"
    OTHER_COUNT = "not as many records as it says"
    ODD_ACCOUNT = "does not add up"


@dataclass(frozen=True, slots=True)
class Reason:
    """A doubt, and a detail to read."""

    doubt: Doubt
    detail: str

    def told(self) -> dict[str, str]:
        """As an event tells it."""
        return {"reason": self.doubt.value, "detail": self.detail}


def doubts(edition: Edition, delta: Delta, removable: Fraction, current: dict[str, Any] | None) -> Iterator[Reason]:
    """What is odd in an edition and its delta to the one in force, of which `current` is what its event says."""
    if not edition.entries:
        yield Reason(Doubt.NOBODY, "it has no person")
    removed = delta.counts[REMOVED]
    if removed > removable * delta.before:
        yield Reason(Doubt.MANY_REMOVED, f"{removed:,} of {delta.before:,}, more than {removable}")
    if edition.stated and edition.stated[0] != edition.stated[1]:
        yield Reason(Doubt.OTHER_COUNT, f"it says {edition.stated[0]:,} and holds {edition.stated[1]:,}")
    for odd in reconciled(edition).odd:
        yield Reason(Doubt.ODD_ACCOUNT, odd)
    if current is None:
        return
    if edition.source_date and current["source_date"] and edition.source_date.isoformat() < current["source_date"]:
        yield Reason(Doubt.OLDER, f"of {edition.source_date}, and the one in force of {current['source_date']}")
    if edition.kind == current["kind"] and (unended := set(edition.unended) - set(current["unended"])):
        yield Reason(Doubt.CUT_OFF, f"without the end mark that the one in force has: {', '.join(sorted(unended))}")


__all__ = ["Doubt", "Reason", "doubts"]
