"""From the text of a protocol to the protocol, or one line that says what is wrong where, and how to mend it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from kstep.ledger.verifier import canonical
from kstep.model import InputError, ValueRefused
from kstep.protocol.calendars import ALWAYS, Calendar
from kstep.protocol.declaration import (
    DAYS,
    CalendarText,
    DeadlineText,
    ExemptionText,
    GateText,
    PatternText,
    ProtocolText,
    RungText,
    StepText,
)
from kstep.protocol.protocol import (
    Closing,
    Custody,
    Deadline,
    Exemption,
    Gate,
    Length,
    Pattern,
    Pauses,
    Protocol,
    Rung,
    Sending,
    Step,
)
from kstep.protocol.references import check_references
from kstep.protocol.text import At, Text, told


def read_protocol(path: Path) -> Protocol:
    """The protocol in a file. Raises `InputError`."""
    return protocol_of(Text.read(path))


def protocol_of(text: Text) -> Protocol:
    """The protocol of a text. Raises `InputError`."""
    try:
        read = ProtocolText.model_validate(text.values)
    except ValidationError as error:
        raise told(text, error) from None
    calendars = {"always": ALWAYS} | {
        name: _calendar(text, name, one) for name, one in read.calendars.items() if name != "always"
    }
    made = Protocol(
        name=read.protocol,
        title=read.title,
        purpose=read.purpose,
        example=read.example,
        authority=tuple(read.authority),
        file=read.file,
        calendars=calendars,
        roles=dict(read.roles),
        custody={name: Custody(one.title, Length.parse(one.lasts)) for name, one in read.custody.items()},
        steps={name: _step(name, one) for name, one in read.steps.items()},
        gates={name: _gate(name, one) for name, one in read.gates.items()},
        pauses=None
        if read.pauses is None
        else Pauses(
            tuple(read.pauses.who),
            tuple(read.pauses.grounds),
            Length.parse(read.pauses.at_most),
            Length.parse(read.pauses.in_all),
            tuple(read.pauses.steps),
        ),
        closing=Closing(tuple(read.closing.who)),
        hash=hashlib.sha256(canonical(read.model_dump(mode="json"))).hexdigest(),
    )
    for at, what, mend in check_references(made):
        raise InputError(what, where=text.where(at), mend=mend)
    return made


def _calendar(text: Text, name: str, read: CalendarText) -> Calendar:
    at: At = ("calendars", name)
    if read.hours is None:
        raise InputError("has no hours", where=text.where(at), mend="give them, or use the calendar always")
    if read.time_zone is None:
        raise InputError("has no time_zone", where=text.where(at), mend="give one, such as Europe/Oslo")
    spans = (read.hours.get(day, []) for day in DAYS)
    hours = tuple(tuple(map(_span, [one] if isinstance(one, str) else one)) for one in spans)
    try:
        closed = frozenset(map(date.fromisoformat, read.closed))
        return Calendar(name, read.time_zone, hours, tuple(read.holidays), closed)
    except ValueRefused as error:
        what, _, mend = str(error).partition("; ")
        raise InputError(what, where=text.where(at), mend=mend) from None
    except ValueError:
        mend = "write days as 2027-01-02"
        raise InputError("has a closed day that is no date", where=text.where((*at, "closed")), mend=mend) from None


def _span(text: str) -> tuple[int, int]:
    first, last = (int(moment[:2]) * 60 + int(moment[3:]) for moment in text.split("-"))
    return first, last


def _pattern(read: PatternText) -> Pattern:
    extra: Mapping[str, Iterable[str]] = read.__pydantic_extra__ or {}
    return Pattern(
        fact=read.fact or "",
        step=read.step or "",
        where=tuple(sorted((name, tuple(values)) for name, values in extra.items())),
        disagrees_with=read.disagrees_with or "",
        agrees_with=read.agrees_with or "",
        until=_patterns(read.until),
        while_before=read.while_before or "",
    )


def _patterns(read: Iterable[PatternText]) -> tuple[Pattern, ...]:
    return tuple(map(_pattern, read))


def _deadline(read: DeadlineText) -> Deadline:
    return Deadline(
        Length.parse(read.within) if read.within else None,
        read.on,
        _pattern(read.of) if read.of else None,
        read.at or "",
        once_ready=read.once is not None,
    )


def _rung(read: RungText) -> Rung:
    roles = tuple(read.remind or read.escalate or ())
    if read.at == "when due":
        return Rung(0, read.escalate is not None, roles)
    length, _, side = read.at.rpartition(" ")
    sign = -1 if side == "before" else 1
    return Rung(sign * Length.parse(length).microseconds, read.escalate is not None, roles)


def _exemption(read: ExemptionText | None) -> Exemption | None:
    return None if read is None else Exemption(tuple(read.who), tuple(read.grounds), read.second)


def _step(name: str, read: StepText) -> Step:
    return Step(
        id=name,
        title=read.title,
        why=read.why,
        per=read.per,
        who=tuple(read.who),
        training=tuple(read.training),
        not_by=tuple(read.not_by),
        blind_to=tuple(read.blind_to),
        needs=tuple(read.needs),
        after=tuple(read.after),
        starts=_patterns(read.starts),
        given=_patterns(read.given),
        unless=_patterns(read.unless),
        done=_patterns(read.done),
        outcomes=tuple(read.outcomes),
        states=tuple(read.states),
        evidence=tuple(read.evidence),
        due=_deadline(read.due) if read.due else None,
        ladder=tuple(sorted(map(_rung, read.late), key=lambda rung: (rung.offset, rung.escalates, rung.roles))),
        waiver=_exemption(read.waiver),
        void=_patterns(read.void),
        times=read.times,
        then=read.then or "",
        sends=Sending(read.sends.message, read.sends.to) if read.sends else None,
        not_of=tuple(read.not_of),
    )


def _gate(name: str, read: GateText) -> Gate:
    return Gate(
        id=name,
        title=read.title,
        act=_pattern(read.act),
        asked_by=_pattern(read.asked_by) if read.asked_by else None,
        waits_for=tuple(read.waits_for),
        at_most=Length.parse(read.at_most) if read.at_most else None,
        then=read.then or "",
        barred_by=tuple(read.barred_by),
        barred_if=_patterns(read.barred_if),
        needs=_patterns(read.needs),
        override=_exemption(read.override),
        who=tuple(read.who),
    )


__all__ = ["protocol_of", "read_protocol"]
