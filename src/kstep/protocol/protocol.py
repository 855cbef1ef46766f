"""A protocol as it is worked with: frozen values, checked when they were read (`declaration`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kstep.model import ValueRefused
from kstep.protocol.calendars import Calendar

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
"""Microseconds."""

EVERYBODY = "everybody"
"""Who may not do a step that asks for somebody who did nothing else in the file."""

_LENGTH = re.compile(r"(\d{1,4}) (minute|hour|day)s?")
_SIZES = {"minute": 1, "hour": 60, "day": 24 * 60}


@dataclass(frozen=True)
class Length:
    """A length of time as it is written, such as `4 hours`. Days count as days of a calendar, hours and minutes as time in which it
    is open.
    """

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Length:
        """Raises `ValueRefused`."""
        found = _LENGTH.fullmatch(text)
        if not found:
            raise ValueRefused(f"{text[:40]!r} is no length of time; write it like 30 minutes, 4 hours or 2 days")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"

    @property
    def microseconds(self) -> int:
        """The same on a clock that never stands still."""
        return self.amount * _SIZES[self.unit] * MINUTE


@dataclass(frozen=True)
class Pattern:
    """What matches a fact, or the completion of a step: a kind of fact or a step, and the values that its fields have to have; the
    step whose outcome it has to differ from, or agree with. As a condition, it holds after the last match, until something matches
    one of `until`, and before the moment that the field `while_before` of the match says.
    """

    fact: str = ""
    step: str = ""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    disagrees_with: str = ""
    agrees_with: str = ""
    until: tuple[Pattern, ...] = ()
    while_before: str = ""


@dataclass(frozen=True)
class Deadline:
    """Within what length of time on which calendar; of the fact that began the step, or of the last one of another kind, or from
    when nothing that comes before it is owed any more. Or at the moment that a field of the beginning fact says.
    """

    within: Length | None = None
    calendar: str = "always"
    of: Pattern | None = None
    at: str = ""
    once_ready: bool = False


@dataclass(frozen=True)
class Rung:
    """Something that happens at a moment before (negative) or after a deadline, in microseconds: reminding those who owe a step, or
    telling others that it is late.
    """

    offset: int
    escalates: bool
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Exemption:
    """Who may set something aside, on which grounds, and with a second person of which role."""

    who: tuple[str, ...]
    grounds: tuple[str, ...]
    second: str


@dataclass(frozen=True)
class Sending:
    """A kind of message that goes out by itself, and the role, in the registry of recipients, of those to whom it goes."""

    message: str
    to: str


@dataclass(frozen=True)
class Step:
    """Something that is owed: what for each of (`per`), by whom, since when, until when, and what it takes to be done."""

    id: str
    title: str
    why: str
    per: str
    who: tuple[str, ...]
    training: tuple[str, ...]
    not_by: tuple[str, ...]
    blind_to: tuple[str, ...]
    needs: tuple[str, ...]
    after: tuple[str, ...]
    starts: tuple[Pattern, ...]
    given: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    done: tuple[Pattern, ...]
    outcomes: tuple[str, ...]
    states: tuple[str, ...]
    evidence: tuple[str, ...]
    due: Deadline | None
    ladder: tuple[Rung, ...]
    waiver: Exemption | None
    void: tuple[Pattern, ...]
    times: int | None
    then: str
    sends: Sending | None = None
    not_of: tuple[str, ...] = ()

    @property
    def before(self) -> tuple[str, ...]:
        """The steps that come before it, whether or not it begins them."""
        return (*self.needs, *self.after)


@dataclass(frozen=True)
class Gate:
    """What has to be so before an act. It may wait for steps, for no longer than `at_most` since it was asked for; then a person of
    the role `then` decides. Or it is barred while steps are open or conditions hold, and it may need something. An override passes
    it. However it stands, the act may be one of `who` alone, if that says anything.
    """

    id: str
    title: str
    act: Pattern
    asked_by: Pattern | None
    waits_for: tuple[str, ...]
    at_most: Length | None
    then: str
    barred_by: tuple[str, ...]
    barred_if: tuple[Pattern, ...]
    needs: tuple[Pattern, ...]
    override: Exemption | None
    who: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pauses:
    """Who may stop the clock of which steps, on which grounds, and for how long at most, each time and in all."""

    who: tuple[str, ...]
    grounds: tuple[str, ...]
    at_most: Length
    in_all: Length
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Closing:
    """Who may close a file in which nothing is owed any more."""

    who: tuple[str, ...]


@dataclass(frozen=True)
class Custody:
    """A kind of authority for custody, and how long it lasts at most."""

    title: str
    lasts: Length


@dataclass(frozen=True)
class Protocol:
    """A protocol. `hash` names exactly this one."""

    name: str
    title: str
    purpose: str
    example: bool
    authority: tuple[str, ...]
    file: str
    calendars: Mapping[str, Calendar]
    roles: Mapping[str, str]
    custody: Mapping[str, Custody]
    steps: Mapping[str, Step]
    gates: Mapping[str, Gate]
    pauses: Pauses | None
    closing: Closing
    hash: str


__all__ = [
    "DAY", "EVERYBODY", "MINUTE", "Closing", "Custody", "Deadline", "Exemption", "Gate", "Length", "Pattern", "Pauses", "Protocol",
    "Rung", "Sending", "Step",
]  # fmt: skip
