"""What happens to lists: where they come from, which editions of them arrived, were held, and are in force, and the errors that
somebody found in an entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kstep.model.events.fact import Fact


@dataclass(frozen=True, kw_only=True)
class ListSourceRegistered(Fact):
    """A list is taken in from here on.

    `address` is where it is fetched from, or empty if people bring it; `cadence` how many seconds may pass until it arrives again,
    0 if it is not waited for; `country` (ISO 3166 alpha-2, or empty) and `authority` who issues it. `authenticity` says how a file
    is known to be the issuer's (`none`, `tls`, `sha256`, `ed25519`), with a `key` where that needs one. `most_removed` is the
    share of entries, as a fraction, beyond which a removal is held; `review_days` how many days an entry stands until it is due
    for review,
    0 if the issuer does not say.
    """

    list: str
    kind: str
    address: str
    cadence: int
    country: str
    authority: str
    authenticity: str
    key: str
    most_removed: str
    review_days: int


@dataclass(frozen=True, kw_only=True)
class ListSourceChanged(ListSourceRegistered):
    """From here on this holds of a list's source; all of it is told."""


@dataclass(frozen=True, kw_only=True)
class ListArrived(Fact):
    """The issuer's file came in, whatever became of it; `edition` is the id that its bytes give."""

    list: str
    edition: str


@dataclass(frozen=True, kw_only=True)
class ListOverdue(Fact):
    """A list did not arrive by `due` (microseconds since 1970); by now, so many arrivals in a row are `missed`."""

    list: str
    due: int
    missed: int


@dataclass(frozen=True, kw_only=True)
class _EditionTold(Fact):
    """What there is to say of an edition: the `number` it has among those of its list, the id that its bytes and its reader give,
    its files as they are kept (`name`, `bytes`, `sha256`), and what servers called them (`etags`).
    """

    list: str
    number: int
    edition: str
    kind: str
    digest: str
    reader: str
    source_date: str | None
    files: tuple[dict[str, Any], ...]
    etags: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class EditionPublished(_EditionTold):
    """An edition is in force. Its delta to the one before (`previous`, its id) is the `segment`, a row for each entry.

    `rows` and `left_out` count the source's records and what was left out, by kind and reason; `stated` is how many records the
    source says it holds, and how many it does; `unended` names files that lack their end mark. Of the `added`, so many `returned`.
    """

    previous: str | None
    persons: int
    rows: dict[str, int]
    left_out: dict[str, int]
    stated: tuple[int, int] | None
    unended: tuple[str, ...]
    added: int
    returned: int
    changed: int
    removed: int
    renumbered: int
    entries_root: str
    segment: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class EditionHeld(_EditionTold):
    """An edition is not in force until a named person says so; `reasons` each have a `reason` and a `detail`."""

    reasons: tuple[dict[str, str], ...]
    persons: int | None
    added: int | None
    changed: int | None
    removed: int | None


@dataclass(frozen=True, kw_only=True)
class EditionReleased(Fact):
    """Somebody answers for an edition that was held; it is published with this."""

    list: str
    number: int
    edition: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class EditionRejected(Fact):
    """Somebody says that an edition that was held never comes in force."""

    list: str
    number: int
    edition: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ConsumersDeclared(Fact):
    """These systems run a list from here on, and owe a word on each of its editions."""

    list: str
    consumers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ConsumersEnded(Fact):
    """These systems run a list no more."""

    list: str
    consumers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EditionAcknowledged(Fact):
    """A consumer of a list runs this edition from here on."""

    list: str
    number: int
    edition: str
    consumer: str


@dataclass(frozen=True, kw_only=True)
class EntryErrorReported(Fact):
    """Somebody found an error in an entry, and told its nominator, who owes an answer."""

    report: int
    list: str
    entry: int
    what: str
    nominator: str


@dataclass(frozen=True, kw_only=True)
class EntryErrorAnswered(Fact):
    """A nominator answered a report of an error."""

    report: int
    list: str
    entry: int
    answer: str


__all__ = [
    "ConsumersDeclared", "ConsumersEnded", "EditionAcknowledged", "EditionHeld", "EditionPublished", "EditionRejected",
    "EditionReleased", "EntryErrorAnswered", "EntryErrorReported", "ListArrived", "ListOverdue", "ListSourceChanged",
    "ListSourceRegistered",
]  # fmt: skip
