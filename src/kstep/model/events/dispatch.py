"""What happens to messages, out and in, and to those whom they go to. What a message says is sealed under whom it is
about; that there was one, its hash and what became of it say nothing of anybody, and stay.
"""

from __future__ import annotations

from dataclasses import dataclass

from kstep.model.events.fact import Fact


@dataclass(frozen=True, kw_only=True)
class RecipientRegistered(Fact):
    """A recipient is as told here: whose it is, the states that it belongs to, its channels in the order in which they
    are tried, the keys of its receipts, what it may be told for, what it is besides, and how high what goes there may be
    marked.
    """

    recipient: str
    owner: str
    states: tuple[str, ...]
    channels: tuple[str, ...]
    keys: tuple[str, ...]
    permitted: tuple[str, ...]
    prohibited: tuple[str, ...]
    roles: tuple[str, ...]
    highest: str


@dataclass(frozen=True, kw_only=True)
class RecipientVerified(Fact):
    """Somebody made sure that the recipient's channels lead to it."""

    recipient: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class RecipientRetired(Fact):
    """Nothing goes there any more."""

    recipient: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class ProtectionRecorded(Fact):
    """Nothing about somebody goes to these states: of nationality, of birth, and those that are claimed."""

    states: tuple[str, ...]
    ground: str


@dataclass(frozen=True, kw_only=True)
class ProtectionEnded(Fact):
    """Somebody is protected no longer, as two people say."""

    ground: str
    second: str


@dataclass(frozen=True, kw_only=True)
class MessageWritten(Fact):
    """What a message says: the canonical text of its payload."""

    text: str


@dataclass(frozen=True, kw_only=True)
class MessageOwed(Fact):
    """A message is owed to a recipient; `written` is the number of the event that holds its text, `within` the
    microseconds in which it is to be done, `action` whether that takes a decision of the recipient. It does not leave
    before `release`. The time counts from `at`, which the clock showed then: where it had been ahead, events are recorded later.
    """

    message: str
    kind: str
    recipient: str
    digest: str
    written: int
    about: str
    office: str
    purpose: str
    refers: str
    duty: str
    within: int
    action: bool
    release: int
    at: int = 0


@dataclass(frozen=True, kw_only=True)
class MessageStopped(Fact):
    """A message may not leave."""

    message: str


@dataclass(frozen=True, kw_only=True)
class EgressRefused(Fact):
    """Why it may not: the rule, and to whom it would have gone. It is sealed as what it is about. Of what is handed out and is no
    message, `message` says what it is.
    """

    message: str
    recipient: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class HandedOut(Fact):
    """Something that is no message was handed to a recipient: what, how many rows or pages of it were left, and `about` whom: the
    subject of one person or several, empty if it tells of nobody.
    """

    recipient: str
    item: str
    rows: int
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class MessagesTried(Fact):
    """These messages are about to be handed to a recipient for the first time: whatever is heard of it, it may have them."""

    recipient: str
    messages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MessagesSent(Fact):
    """These messages were handed to a recipient's channel of this rung."""

    recipient: str
    rung: int
    messages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReceiptsTaken(Fact):
    """A recipient signed these receipts, each the canonical text that was signed for, with key and signature."""

    recipient: str
    receipts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MessagesEscalated(Fact):
    """These messages were not done in time: the next channel is tried, this rung, `last` if there is none after it.
    `told` are the messages to duty officers that say so.
    """

    recipient: str
    rung: int
    last: bool
    messages: tuple[str, ...]
    told: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MessageSuperseded(Fact):
    """Another message takes its place."""

    message: str
    by: str


@dataclass(frozen=True, kw_only=True)
class MessageWithdrawn(Fact):
    """A message is taken back, on a declared ground; if it was sent, by a retraction."""

    message: str
    ground: str
    retraction: str


@dataclass(frozen=True, kw_only=True)
class QuestionRead(Fact):
    """What a question that came in asks."""

    asks: str


@dataclass(frozen=True, kw_only=True)
class QuestionArrived(Fact):
    """A recipient asks something, to be answered by a deadline. The first of the `owners` sees to it, then the next. An
    answer leaves at `release`. A `voice` says at which desk, and under which reference, it was asked by telephone. It came
    at `at`, as the clock showed then.
    """

    request: str
    recipient: str
    written: int
    about: str
    owners: tuple[str, ...]
    deadline: int
    release: int
    voice: str
    at: int = 0


@dataclass(frozen=True, kw_only=True)
class QuestionAssigned(Fact):
    """Somebody sees to a request from now on."""

    request: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class QuestionFailedOver(Fact):
    """A request was not answered in time, and the next owner has it."""

    request: str
    owner: str
    step: int


@dataclass(frozen=True, kw_only=True)
class QuestionConfirmed(Fact):
    """What was asked by telephone was confirmed in writing."""

    request: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Fact):
    """The answer to a request is written: this message, which is still to be sent and acknowledged."""

    request: str
    message: str


@dataclass(frozen=True, kw_only=True)
class MessagesReconciled(Fact):
    """What was sent to a recipient was held against what it has, by its own word (`log` names the file, or is empty).
    `only_here`, `only_there` and `differs` are messages; what is `agreed` was one of these before. The time to settle them counts
    from `at`, as that of a message that is owed.
    """

    recipient: str
    log: str
    matched: int
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]
    differs: tuple[str, ...]
    agreed: tuple[str, ...]
    at: int = 0


@dataclass(frozen=True, kw_only=True)
class UnmatchedSettled(Fact):
    """Somebody found out what an unmatched item comes from."""

    item: str
    how: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class HeartbeatMissed(Fact):
    """A recipient's receiver has not been heard of since a moment (microseconds since 1970)."""

    recipient: str
    since: int


@dataclass(frozen=True, kw_only=True)
class HeartbeatReturned(Fact):
    """It is heard of again."""

    recipient: str


__all__ = [
    "EgressRefused", "HandedOut", "HeartbeatMissed", "HeartbeatReturned", "MessageOwed", "MessageStopped", "MessageSuperseded",
    "MessageWithdrawn", "MessageWritten", "MessagesEscalated", "MessagesReconciled", "MessagesSent", "MessagesTried",
    "ProtectionEnded", "ProtectionRecorded", "QuestionAnswered", "QuestionArrived", "QuestionAssigned",
    "QuestionConfirmed", "QuestionFailedOver", "QuestionRead", "ReceiptsTaken", "RecipientRegistered",
    "RecipientRetired", "RecipientVerified", "UnmatchedSettled",
]  # fmt: skip
