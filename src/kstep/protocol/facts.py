"""What a protocol can speak of: the kinds of facts that a file is made of, and what each of them says.

A protocol names facts and their fields; what it does not find here, it cannot ask for. No kind has a score: nothing that a
protocol decides can hang on one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

FILE = "file"
"""What a step is for that is owed once in a file, and not for each pairing, referral or the like."""

REDRESS = "redress"
"""What a step is for that is owed for each request for redress."""


class Liberty(Enum):
    """What an act does to somebody's liberty."""

    NOTHING = auto()
    GIVES = auto()
    TAKES = auto()


@dataclass(frozen=True)
class Kind:
    """A kind of fact: what it means; what it is about; its fields with their values, where these are closed; whether it has to name
    the step that it answers; whether it comes from outside, so that it counts whoever records it; whether somebody else says it,
    so that how often it comes is not ours; and what it does to somebody's liberty.
    """

    meaning: str
    about: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: bool = False
    outside: bool = False
    reply: bool = False
    liberty: Liberty = Liberty.NOTHING


_ALL = ("pairing", "referral", "claim", "custody", "request", "redress", "conflict")
_ANSWERING = (
    "CheckEnded", "ReviewGiven", "DispositionGiven", "StepCompleted", "ConfirmationReceived", "TransferAnswered", "AgeQuestioned",
)  # fmt: skip
ANY: tuple[str, ...] = ()
"""The values of a field that is free text, or a list of its own."""

MESSAGES = ("notification", "incident-report", "supplement", "correction", "retraction", "referral", "answer", "reply")
_TOLD = ("pairing", "referral", "custody", "request", "redress")
_AUTHORITY: Mapping[str, tuple[str, ...]] = {"authority": ANY, "reference": ANY, "issued": ANY, "expires": ANY}
_ANSWERS = ("positive", "negative", "inconclusive", "no-reply")

MOMENTS = ("issued", "expires")
"""Fields that say a moment."""

KINDS: Mapping[str, Kind] = {
    "PossibleMatchFound": Kind("a possible match was found", ("pairing",)),
    "PossibleMatchWithdrawn": Kind("the entry of a possible match was withdrawn or corrected", ("pairing",)),
    "PossibleMatchSuppressed": Kind("a possible match was not shown, because it had been cleared", ("pairing",)),
    "EncounterOpened": Kind("there was contact with the person, or notice of it", (), {"nature": ("contact", "notice")}),
    "CheckEnded": Kind(
        "a check ended", ("pairing",),
        {"result": ("returned-nothing", "returned-hits", "errored", "timed-out", "partial")}, answers=True,
    ),
    "StatementTaken": Kind("the person's own statement was taken", ("pairing",), {"interpreter": ANY}),
    "ReviewGiven": Kind(
        "a reviewer answered", ("pairing",),
        {"outcome": ("refer", "not-the-same", "needs-more"), "rests_on": ("own-state", "others"),
         "authority": ("some", "none"), "reason": ANY, "fields": ANY},
        answers=True,
    ),
    "AnswerShown": Kind("somebody was shown the answer of a step", ("pairing",), {"step": ANY}),
    "ReferralMade": Kind(
        "a possible match was referred to the confirming authority", ("pairing", "referral"), {"reference": ANY, "id": ANY}
    ),
    "ConfirmationReceived": Kind(
        "the confirming authority answered", ("pairing", "referral"),
        {"answer": _ANSWERS, "form": ("written", "telephone"), "reference": ANY, "desk": ANY, "words": ANY, "entry": ANY,
         "edition": ANY},
        reply=True,
    ),
    "MessageQueued": Kind(
        "a message was written, and goes out until it is signed for", _TOLD, {"message": MESSAGES, "id": ANY, "to": ANY}
    ),
    "MessageAcknowledged": Kind(
        "a message was signed for by its recipient", _TOLD, {"message": MESSAGES, "id": ANY, "signed_as": ANY}, outside=True
    ),
    "EveryCopyCorrected": Kind(
        "every recipient of an earlier copy has acknowledged its correction", ("redress",), outside=True
    ),
    "CustodyAuthorityIssued": Kind("a statute or an order permits custody", ("custody",), _AUTHORITY),
    "CustodyAuthorityRenewed": Kind(
        "a new authority permits custody from now on", ("custody",), _AUTHORITY, outside=True
    ),
    "CustodyAuthorityEnded": Kind("an authority for custody was lifted", ("custody",)),
    "CustodyBegan": Kind(
        "the person was taken into custody", ("custody",), {"authority": ANY, "expires": ANY}, liberty=Liberty.TAKES
    ),
    "ReleaseProposed": Kind("somebody asked to release the person at discretion", ("custody",)),
    "PersonReleased": Kind(
        "the person was released", ("custody",),
        {"ground": ("discretion", "court-order", "statutory-limit", "authority-expired")}, outside=True,
        liberty=Liberty.GIVES,
    ),
    "TransferRequested": Kind(
        "another authority was asked to hand the person over", ("request",), {"authority": ANY}, liberty=Liberty.TAKES
    ),
    "TransferAnswered": Kind(
        "a request for transfer was answered", ("request",), {"answer": ("accepted", "declined", "no-reply")}, outside=True
    ),
    "RemovalOrdered": Kind("a court or an agency ordered removal", ()),
    "RemovalOrderEnded": Kind("an order of removal was lifted or stayed", ()),
    "RemovalProposed": Kind("a step towards removal was taken", (), liberty=Liberty.TAKES),
    "CitizenshipClaimed": Kind("the person claims to be a citizen, or something says so", ("claim",)),
    "AgeQuestioned": Kind(
        "the person is a minor, or may be one", (), {"age": ("minor", "doubtful", "adult")}
    ),
    "DispositionGiven": Kind(
        "somebody said what the file concludes", (),
        {"outcome": ("confirmed", "not-the-same", "unresolved", "nothing-found"), "reason": ANY},
    ),
    "ClearanceGiven": Kind("a pairing was cleared", ("pairing",), {"expires": ANY}),
    "ClearanceEnded": Kind(
        "a clearance lapsed, expired or was withdrawn", ("pairing",), {"ended": ("by-hand", "by-itself")}
    ),
    "RequestArrived": Kind("another agency asked something", ("request",)),
    "RedressRequested": Kind("the person asked for redress", ("redress",)),
    "PersonRelisted": Kind("an entry that had been corrected came back on unchanged grounds", ("redress",)),
    "AnswersConflict": Kind(
        "two offices that worked apart gave answers that differ", _ALL, {"kind": _ANSWERING, "of": ANY}
    ),
    "StepCompleted": Kind("a step was completed", _ALL, {"outcome": ANY}, answers=True),
}  # fmt: skip
"""What can happen in a file, apart from what every protocol understands by itself (`HANDLING`)."""

HANDLING: Mapping[str, str] = {
    "EvidenceFiled": "evidence was put to a fact",
    "StepWaived": "a step was waived",
    "ClockPaused": "the clock of a step was stopped",
    "ClockResumed": "the clock of a step goes on",
    "GateOverridden": "somebody took it on themselves to pass a gate",
    "RungFired": "somebody was reminded, or told that something is late",
    "FileClosed": "the file was closed",
}

HANDLING_FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "EvidenceFiled": {"fact": ANY, "kind": ANY},
    "StepWaived": {"step": ANY, "ground": ANY},
    "ClockPaused": {"step": ANY, "ground": ANY},
    "ClockResumed": {"step": ANY},
    "GateOverridden": {"gate": ANY, "ground": ANY},
    "RungFired": {"step": ANY, "key": ANY, "number": ANY, "rung": ANY, "to": ANY},
    "FileClosed": {"reason": ANY},
}
"""What each of these says."""


@dataclass(frozen=True)
class Fact:
    """Something that was recorded in a file: its id, which orders what was recorded in one microsecond; its kind; when it was
    recorded by the clock of the node that recorded it, and when it happened (microseconds since 1970, UTC); who did it, with the
    roles and the courses that were theirs at that moment, and the same of a second person; what it is about; what it says; and the
    kinds of evidence that came with it.
    """

    id: str
    kind: str
    recorded: int
    actor: str = ""
    roles: frozenset[str] = frozenset()
    training: frozenset[str] = frozenset()
    second: str = ""
    second_roles: frozenset[str] = frozenset()
    about: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    happened: int | None = None

    @property
    def order(self) -> tuple[int, str]:
        """Where it stands among the facts of a file."""
        return self.recorded, self.id


__all__ = [
    "ANY",
    "FILE",
    "HANDLING",
    "HANDLING_FIELDS",
    "KINDS",
    "MESSAGES",
    "MOMENTS",
    "REDRESS",
    "Fact",
    "Kind",
    "Liberty",
]
