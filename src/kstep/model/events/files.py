"""What happens in the file of a person: every kind of fact that a protocol can speak of, and how files are kept.

What each fact is about, and what it can say, is declared once, where protocols are (`protocol/facts.py`): a protocol can ask for
nothing else. Fields here that are texts of people (a reason, somebody's words) are read by people alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kstep.model.events.fact import Fact


@dataclass(frozen=True, kw_only=True)
class ProtocolAdopted(Fact):
    """Somebody decided that files which are opened for this `use` are kept by this protocol from now on; `text` is all of it."""

    name: str
    hash: str
    use: str
    text: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class FileOpened(Fact):
    """A file was opened for a person, kept by the protocol with this hash."""

    protocol: str


@dataclass(frozen=True, kw_only=True)
class FileErased(Fact):
    """A file goes with its person, who is erased: where they were, how the file stood, how much was still owed in it, how much was
    late, and how many acts broke the protocol. It is about the erasure, so that it can still be read.
    """

    office: str
    state: str
    owed: int
    late: int
    breaches: int


@dataclass(frozen=True, kw_only=True)
class FileKnownAs(Fact):
    """The ids by which sources know the person of a file, by which other nodes know of whom it is; and the office they are at."""

    ids: tuple[str, ...]
    office: str = ""


@dataclass(frozen=True, kw_only=True)
class FactTaken(Fact):
    """A fact that another node recorded in a file of its own: where it stands in its log, and what it says, with the roles and the
    training that whoever did it, and the second person, had there. `about` is in this node's words. When it was recorded, that node
    `knew` so many events of other logs.
    """

    log: str
    number: int
    type: str
    recorded: int
    happened: int | None
    actor: str
    roles: tuple[str, ...]
    training: tuple[str, ...]
    second: str
    second_roles: tuple[str, ...]
    about: dict[str, str]
    says: dict[str, str]
    evidence: tuple[dict[str, str], ...]
    knew: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class HistoryTaken(Fact):
    """The histories of files in the log of another node were taken in, up to this size, at which it has this root: so many facts
    were new; so many people of it are nobody here.
    """

    log: str
    size: int
    root: str
    facts: int
    unknown: int


@dataclass(frozen=True, kw_only=True)
class FileMoved(Fact):
    """From now on the file is kept by another protocol, for a reason; from `since` on, if that is one that was there before."""

    protocol: str
    reason: str
    since: int = 0


@dataclass(frozen=True, kw_only=True)
class FileFact(Fact):
    """A fact in a file: what it is about, what it says, and the evidence that came with it, each piece with its `kind` and either
    the `hash` of a file or a `pointer` to where the marked original is; and the second person, if it took one.
    """

    about: dict[str, str] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    evidence: tuple[dict[str, str], ...] = ()
    second: str = ""


class PossibleMatchFound(FileFact):
    """A possible match was found."""


class PossibleMatchWithdrawn(FileFact):
    """The entry of a possible match was withdrawn or corrected."""


class PossibleMatchSuppressed(FileFact):
    """A possible match was not shown, because it had been cleared."""


class EncounterOpened(FileFact):
    """There was contact with the person, or notice of it."""


class CheckEnded(FileFact):
    """A check ended."""


class StatementTaken(FileFact):
    """The person's own statement was taken."""


class ReviewGiven(FileFact):
    """A reviewer answered."""


class AnswerShown(FileFact):
    """Somebody was shown the answer of a step."""


class ReferralMade(FileFact):
    """A possible match was referred to the confirming authority."""


class ConfirmationReceived(FileFact):
    """The confirming authority answered."""


class MessageQueued(FileFact):
    """A message was written, and goes out until it is signed for."""


class MessageAcknowledged(FileFact):
    """A message was signed for by its recipient."""


class EveryCopyCorrected(FileFact):
    """Every recipient of an earlier copy has acknowledged its correction."""


class CustodyAuthorityIssued(FileFact):
    """A statute or an order permits custody."""


class CustodyAuthorityRenewed(FileFact):
    """A new authority permits custody from now on."""


class CustodyAuthorityEnded(FileFact):
    """An authority for custody was lifted."""


class CustodyBegan(FileFact):
    """The person was taken into custody."""


class ReleaseProposed(FileFact):
    """Somebody asked to release the person at discretion."""


class PersonReleased(FileFact):
    """The person was released."""


class TransferRequested(FileFact):
    """Another authority was asked to hand the person over."""


class TransferAnswered(FileFact):
    """A request for transfer was answered."""


class RemovalOrdered(FileFact):
    """A court or an agency ordered removal."""


class RemovalOrderEnded(FileFact):
    """An order of removal was lifted or stayed."""


class RemovalProposed(FileFact):
    """A step towards removal was taken."""


class CitizenshipClaimed(FileFact):
    """The person claims to be a citizen, or something says so."""


class AgeQuestioned(FileFact):
    """The person is a minor, or may be one."""


class DispositionGiven(FileFact):
    """Somebody said what the file concludes."""


class ClearanceGiven(FileFact):
    """A pairing was cleared."""


class ClearanceEnded(FileFact):
    """A clearance lapsed, expired or was withdrawn."""


class RequestArrived(FileFact):
    """Another agency asked something."""


class RedressRequested(FileFact):
    """The person asked for redress."""


class PersonRelisted(FileFact):
    """An entry that had been corrected came back on unchanged grounds."""


class StepCompleted(FileFact):
    """A step was completed."""


class EvidenceFiled(FileFact):
    """Evidence was put to a fact."""


class StepWaived(FileFact):
    """A step was waived."""


class ClockPaused(FileFact):
    """The clock of a step was stopped."""


class ClockResumed(FileFact):
    """The clock of a step goes on."""


class GateOverridden(FileFact):
    """Somebody took it on themselves to pass a gate."""


class RungFired(FileFact):
    """Somebody was reminded, or told that something is late."""


class AnswersConflict(FileFact):
    """Two nodes that had not heard of each other answered the same otherwise."""


class FileClosed(FileFact):
    """The file was closed."""


FILE_FACTS: Mapping[str, type[FileFact]] = {one.__name__: one for one in FileFact.__subclasses__()}
"""The kinds of facts in files, by their names."""

__all__ = [
    "FILE_FACTS",
    "AgeQuestioned",
    "AnswerShown",
    "AnswersConflict",
    "CheckEnded",
    "CitizenshipClaimed",
    "ClearanceEnded",
    "ClearanceGiven",
    "ClockPaused",
    "ClockResumed",
    "ConfirmationReceived",
    "CustodyAuthorityEnded",
    "CustodyAuthorityIssued",
    "CustodyAuthorityRenewed",
    "CustodyBegan",
    "DispositionGiven",
    "EncounterOpened",
    "EveryCopyCorrected",
    "EvidenceFiled",
    "FactTaken",
    "FileClosed",
    "FileErased",
    "FileFact",
    "FileKnownAs",
    "FileMoved",
    "FileOpened",
    "GateOverridden",
    "HistoryTaken",
    "MessageAcknowledged",
    "MessageQueued",
    "PersonReleased",
    "PersonRelisted",
    "PossibleMatchFound",
    "PossibleMatchSuppressed",
    "PossibleMatchWithdrawn",
    "ProtocolAdopted",
    "RedressRequested",
    "ReferralMade",
    "ReleaseProposed",
    "RemovalOrderEnded",
    "RemovalOrdered",
    "RemovalProposed",
    "RequestArrived",
    "ReviewGiven",
    "RungFired",
    "StatementTaken",
    "StepCompleted",
    "StepWaived",
    "TransferAnswered",
    "TransferRequested",
]  # fmt: skip
