"""Facts in words, for paper. The word that only a positive answer in writing permits is written nowhere without one, whatever a
protocol lets people record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from kstep.encounters.facts import name_of
from kstep.encounters.paper.sheet import Said
from kstep.model.events import FileFact, FileMoved, FileOpened, Recorded
from kstep.protocol.facts import HANDLING, KINDS, MOMENTS
from kstep.protocol.protocol import Protocol
from kstep.protocol.wording import capital, length, listed, plain

UNANSWERED = "a conclusion that needs a positive answer in writing, of which there is none"
"""What stands for the word that only a positive answer in writing permits, where there is none."""

UNSEEN = "not shown before the second answer is given"
"""What stands for an answer that a second reviewer must not see."""

_CONFIRMED = re.compile(r"(calling (a|the) person )?\bconfirmed\b", re.IGNORECASE)
_OUTCOMES = {
    "refer": "refer it to the confirming authority", "not-the-same": "not the same person", "unresolved": "unresolved",
    "needs-more": "more is needed", "nothing-found": "nothing was found",
    "confirmed": "confirmed: the authority answered positively, in writing",
}  # fmt: skip
_ABOUT = {"pairing": "possible match", "custody": "custody", "request": "request", "redress": "request for redress",
          "claim": "claim", "referral": "referral"}  # fmt: skip
_LABELS = {
    "number": "time",
    "key": "of",
    "ground": "on the ground",
    "rests_on": "rests on a listing by",
    "fact": "put to",
    "id": "message",
    "message": "kind of message",
    "person_print": "print of the person",
    "entry_print": "print of the entry",
}
_PRINTS = frozenset({"print", "person_print", "entry_print"})
_OURS = frozenset({"step", "gate", "outcome", "rung", "fact", "number", "key", "bits", *MOMENTS, *_PRINTS})
_OF_MESSAGES = frozenset({
    ("MessageQueued", "id"), ("MessageQueued", "to"), ("MessageAcknowledged", "id"), ("MessageAcknowledged", "signed_as"),
})  # fmt: skip
"""What kstep itself writes of messages: of other facts, the same fields hold what somebody wrote."""
_VALUES = {
    "own-state": "the person's own state",
    "others": "others",
    "some": "one that can confirm",
    "none": "none that confirms",
}
_ANSWERS = {"positive": "a positive", "negative": "a negative", "inconclusive": "an inconclusive"}
_FORMS = {"written": " in writing", "telephone": " by telephone, which is no answer in writing"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(at: int | None) -> str:
    """A moment (microseconds since 1970) with its zone; nothing if there is none."""
    if at is None:
        return ""
    try:
        return (_EPOCH + timedelta(microseconds=at)).strftime("%Y-%m-%d %H:%M:%S UTC")
    except OverflowError:
        return f"{at} microseconds after 1970 began"


def about_of(about: Mapping[str, str]) -> tuple[Said, ...]:
    """What a fact is about."""
    return tuple(Said(_ABOUT.get(key, plain(key)), value) for key, value in sorted(about.items()))


def ranges(numbers: Iterable[int]) -> str:
    """Whole numbers in order, those that follow one another as a range."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in found)


class Words:
    """The words of one file: by its protocol, and by whether the authority answered positively in writing."""

    def __init__(
        self,
        protocol: Protocol,
        *,
        answered: bool,
        unseen: frozenset[str] = frozenset(),
        signers: Mapping[str, str] | None = None,
    ) -> None:
        self.protocol = protocol
        self.answered = answered
        self._unseen = unseen
        self._signers = signers or {}

    def signer(self, event: Recorded) -> str:
        """Who signed for a message, if a fact says that somebody did and it is known who."""
        if event.type != "MessageAcknowledged" or not isinstance(event.fact, FileFact):
            return ""
        return self._signers.get(event.fact.says.get("id", ""), "")

    def let(self, text: str) -> str:
        """A text of ours, or of a protocol, without the word that nothing in this file permits."""
        return text if self.answered else _CONFIRMED.sub(UNANSWERED, text)

    def step(self, id: str) -> str:
        """A step by its title."""
        step = self.protocol.steps.get(id)
        return self.let(step.title if step else capital(plain(id)))

    def where(self, id: str) -> str:
        """A step or a gate, by its title."""
        gate = self.protocol.gates.get(id)
        return self.let(gate.title) if gate else self.step(id)

    def roles(self, names: Iterable[str]) -> str:
        """Roles by what they are called."""
        return listed(self.protocol.roles.get(name, plain(name)) for name in names)

    def why(self, text: str) -> str:
        """A reason that was computed, with steps by their names."""
        return self.let(plain(text))

    def outcome(self, outcome: str) -> str:
        """What somebody found or concluded."""
        return (
            self.let(_OUTCOMES.get(outcome, plain(outcome))) if self.answered or outcome != "confirmed" else UNANSWERED
        )

    def is_unseen(self, event: Recorded) -> bool:
        """Whether a fact is an answer that a second reviewer must not see."""
        return name_of(event.log, event.number) in self._unseen

    def title(self, event: Recorded) -> str:
        """What happened."""
        if event.fact is None:
            return "Something was recorded; what it said was destroyed"
        kind = event.type
        if isinstance(event.fact, FileFact) and kind == "RungFired":
            return self._told(event.fact.says)
        return capital(_HEADS.get(kind) or (KINDS[kind].meaning if kind in KINDS else HANDLING.get(kind, plain(kind))))

    def _told(self, says: Mapping[str, str]) -> str:
        """Who was told, or reminded, of what was owed."""
        step = self.protocol.steps.get(says.get("step", ""))
        rungs = [rung for rung in step.ladder if str(rung.offset) == says.get("rung")] if step else []
        verb = "Reminded" if rungs and not any(rung.escalates for rung in rungs) else "Told"
        return f"{verb}: {self.roles(says.get('to', '').split())}"

    def says(self, event: Recorded) -> tuple[Said, ...]:
        """What a fact says, field by field: the closed ones in words, the others as they were written."""
        fact = event.fact
        if isinstance(fact, FileOpened | FileMoved):
            said = (Said("protocol", fact.protocol),)
            return (*said, Said("reason", fact.reason, quoted=True)) if isinstance(fact, FileMoved) else said
        if not isinstance(fact, FileFact):
            return ()
        if self.is_unseen(event):
            return Said("step", self.step(fact.says.get("step", ""))), Said("answer", UNSEEN)
        closed = KINDS[event.type].fields if event.type in KINDS else {}
        order = {name: place for place, name in enumerate(["step", "gate", *closed])}
        hidden = {"to"} if event.type == "RungFired" else set()
        names = sorted(
            (name for name, value in fact.says.items() if value and name not in hidden),
            key=lambda name: (order.get(name, 99), name),
        )
        told = (self._said(event.type, name, fact.says[name], bool(closed.get(name))) for name in names)
        signer = self.signer(event)
        return (*([Said("signed by", signer)] if signer else ()), *(one for one in told if one.text))

    def _said(self, kind: str, name: str, value: str, closed: bool) -> Said:
        label = _LABELS.get(name, plain(name))
        if name not in _OURS and (kind, name) not in _OF_MESSAGES:
            return Said(label, _VALUES.get(value, plain(value))) if closed else Said(label, value, quoted=True)
        return Said(label, self._ours(name, value))

    def _ours(self, name: str, value: str) -> str:
        match name:
            case "step" | "gate":
                return self.where(value)
            case "outcome":
                return self.outcome(value)
            case _ if name in MOMENTS:
                return moment(int(value)) if value.isascii() and value.isdigit() else value
            case "rung":
                return _offset(value)
            case "fact":
                return f"no. {number_of(value)}"
            case "bits":
                return f"{int(value) / 1000:.1f}" if value.isascii() and value.isdigit() else value
            case "number":
                return "" if value == "1" else f"no. {value}"
        return value


_HEADS = {"FileOpened": "the file was opened", "FileMoved": "the file is kept by another protocol from now on"}


def number_of(name: str) -> str:
    """The number in its log of the fact that has a name."""
    log, _, number = name.rpartition("#")
    return str(int(number)) if log and number.isascii() and number.isdigit() else name


def _offset(value: str) -> str:
    """When somebody is told, by microseconds after a deadline."""
    if not value.lstrip("-").isdecimal():
        return value
    offset = int(value)
    if offset == 0:
        return "when it is due"
    return f"{length(abs(offset))} {'before it is due' if offset < 0 else 'after it is due'}"


def answer(answer: str, form: str) -> str:
    """What the authority answered, and how."""
    if answer == "no-reply":
        return "The confirming authority did not reply"
    return f"The confirming authority gave {_ANSWERS.get(answer, 'an')} answer{_FORMS.get(form, '')}"


def answered(events: Sequence[Recorded]) -> bool:
    """Whether the last answer in writing to one of the referrals was positive."""
    last: dict[str, str] = {}
    for event in events:
        if (
            event.type == "ConfirmationReceived"
            and isinstance(fact := event.fact, FileFact)
            and fact.says.get("form") == "written"
        ):
            last[fact.about.get("referral", "")] = fact.says.get("answer", "")
    return "positive" in last.values()


__all__ = ["UNANSWERED", "UNSEEN", "Words", "about_of", "answer", "answered", "moment", "number_of", "ranges"]
