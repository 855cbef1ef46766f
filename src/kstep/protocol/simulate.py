"""Playing a scenario: what a protocol would ask for, remind of and call late, moment by moment, in a file that nobody has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from whenever import Instant, PlainDateTime, RepeatedTime, SkippedTime, TimeZoneNotFoundError

from kstep.model import InputError
from kstep.protocol.decide import Decision, Obligation, decide
from kstep.protocol.facts import HANDLING, KINDS, MOMENTS, Fact
from kstep.protocol.obligations import State
from kstep.protocol.protocol import Length, Protocol
from kstep.protocol.text import Text, told
from kstep.protocol.wording import Wording, plain

_When = Annotated[str, StringConstraints(pattern=r"^(\d{1,4} (minute|hour|day)s?|\d{4}-\d{2}-\d{2}T\d{2}:\d{2})$")]
MOST_MOMENTS = 5_000


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Person(_Part):
    roles: list[str]
    training: list[str] = []


class _Happening(_Part):
    at: _When
    fact: str
    by: str
    second: str | None = None
    says: dict[str, str] = {}
    about: dict[str, str] = {}
    evidence: list[str] = []


class _Scenario(_Part):
    scenario: str
    begins: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")]
    time_zone: str = "UTC"
    people: dict[str, _Person]
    happens: Annotated[list[_Happening], Field(max_length=1000)]
    ends: Annotated[str, StringConstraints(pattern=r"^\d{1,4} (minute|hour|day)s?$")]


@dataclass(frozen=True)
class Scenario:
    """A scenario: its title, the zone of its clock, when it begins and ends (microseconds since 1970), and what happens."""

    title: str
    time_zone: str
    begins: int
    ends: int
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Moment:
    """What happened at a moment, and what follows from it, in plain words."""

    at: int
    happened: Sequence[str]
    follows: Sequence[str]


def read_scenario(path: Path, protocol: Protocol) -> Scenario:
    """The scenario in a file. Raises `InputError`."""
    text = Text.read(path)
    try:
        read = _Scenario.model_validate(text.values)
    except ValidationError as error:
        raise told(text, error) from None
    begins = _moment(text, ("begins",), read.begins, read.time_zone, 0)
    facts = [_fact(text, place, one, read, begins, protocol) for place, one in enumerate(read.happens)]
    return Scenario(read.scenario, read.time_zone, begins, begins + Length.parse(read.ends).microseconds, facts)


def _moment(text: Text, at: tuple[str | int, ...], written: str, zone: str, begins: int) -> int:
    if " " in written:
        return begins + Length.parse(written).microseconds
    try:
        read = PlainDateTime.parse_iso(written + ":00")
        return read.assume_tz(zone, disambiguation="raise").timestamp() * 1_000_000
    except RepeatedTime:
        return read.assume_tz(zone, disambiguation="earlier").timestamp() * 1_000_000
    except SkippedTime:
        mend = "write an hour that comes on that day"
        what = f"never comes on the clock of {zone}, which is set forward then"
        raise InputError(what, where=text.where(at), mend=mend) from None
    except (ValueError, TimeZoneNotFoundError):
        mend = "write it as 2027-03-01T09:00, and the time_zone as Europe/Oslo"
        raise InputError("is no moment", where=text.where(at), mend=mend) from None


def _fact(text: Text, place: int, read: _Happening, scenario: _Scenario, begins: int, protocol: Protocol) -> Fact:
    at = ("happens", place)
    if read.fact not in KINDS and read.fact not in HANDLING:
        mend = "kstep protocol facts shows them all"
        raise InputError(f"{read.fact!r} is no kind of fact", where=text.where((*at, "fact")), mend=mend)
    for name in [read.by, *([read.second] if read.second else [])]:
        if name not in scenario.people:
            mend = "add them to people"
            raise InputError(f"{name!r} is nobody of this scenario", where=text.where((*at, "by")), mend=mend)
    for role in scenario.people[read.by].roles:
        if role not in protocol.roles:
            where = text.where(("people", read.by, "roles"))
            raise InputError(f"{role!r} is no role of the protocol", where=where, mend="mend its spelling")
    person, second = scenario.people[read.by], scenario.people.get(read.second or "")
    keys = KINDS[read.fact].about if read.fact in KINDS else ()
    moment = _moment(text, (*at, "at"), read.at, scenario.time_zone, begins)
    says = dict(read.says)
    for name in says.keys() & set(MOMENTS):
        says[name] = str(_moment(text, (*at, "says", name), says[name], scenario.time_zone, begins))
    return Fact(
        id=f"{place + 1:04}", kind=read.fact, recorded=moment, actor=read.by, roles=frozenset(person.roles),
        training=frozenset(person.training), second=read.second or "", second_roles=frozenset(second.roles if second else []),
        about=read.about or dict.fromkeys(keys, "1"), says=says, evidence=tuple(read.evidence), happened=moment,
    )  # fmt: skip


def clock(moment: int, time_zone: str) -> str:
    """A moment as the clock of a zone shows it, such as `2027-03-01 Mon 09:00`."""
    shown = Instant.from_timestamp(moment // 1_000_000).to_tz(time_zone).to_plain()
    return (
        f"{shown.date().format_iso()} {shown.date().day_of_week().name[:3].title()} {shown.hour:02}:{shown.minute:02}"
    )


def simulate(protocol: Protocol, scenario: Scenario) -> list[Moment]:
    """The moments of a scenario at which something happens or follows, in order."""
    say = Wording(protocol)
    found: list[Moment] = []
    before = decide(protocol, (), scenario.begins - 1)
    coming = sorted({fact.recorded for fact in scenario.facts})
    while len(found) < MOST_MOMENTS:
        now = min(
            [moment for moment in coming if moment > before.now] + ([before.next] if before.next else []), default=None
        )
        if now is None or now > scenario.ends:
            break
        after = decide(protocol, scenario.facts, now)
        happened = [_told(fact, scenario.time_zone) for fact in scenario.facts if fact.recorded == now]
        follows = _follows(say, before, after, scenario.time_zone)
        if happened or follows:
            found.append(Moment(now, happened, follows))
        before = after
    return found


_IDS = frozenset({"step", "gate", "outcome", "kind"})
"""Fields that hold what a protocol calls something; in all others, what has no values of its own is told as it was written."""


def _told(fact: Fact, time_zone: str) -> str:
    meaning = KINDS[fact.kind].meaning if fact.kind in KINDS else HANDLING[fact.kind]
    said = ", ".join(f"{plain(name)} {_said(fact, name, time_zone)}" for name in fact.says)
    return f"{fact.actor}: {meaning}{f' ({said})' if said else ''}"


def _said(fact: Fact, name: str, time_zone: str) -> str:
    value, closed = fact.says[name], KINDS[fact.kind].fields.get(name) if fact.kind in KINDS else None
    if name in MOMENTS:
        return clock(int(value), time_zone)
    return plain(value) if closed or name in _IDS else value


def _follows(say: Wording, before: Decision, after: Decision, time_zone: str) -> list[str]:
    found, known = [], {(one.step, one.key, one.number): one for one in before.obligations}
    for one in after.obligations:
        was = known.get((one.step, one.key, one.number))
        if was is None or was.state != one.state:
            found.append(_state(say, one, time_zone))
        for rung in one.rungs:
            if (was is None or before.now < rung.at) and rung.at <= after.now and one.is_standing:
                verb = "told" if rung.escalates else "reminded"
                found.append(f"{verb}: {', '.join(map(plain, rung.roles))}, of {say.title(one.step)}")
    for breach in after.breaches:
        if breach not in before.breaches and breach.kind != "late":
            where = say.title(breach.where) if breach.where in say.protocol.steps else plain(breach.where)
            found.append(f"BREACH, {breach.kind}: {where}, {breach.why}")
    gates = {(one.gate, one.since): one.way for one in before.gates}
    found += [
        f"{say.protocol.gates[one.gate].title}: {one.way}, {one.why}"
        for one in after.gates
        if gates.get((one.gate, one.since)) != one.way
    ]
    if before.state != after.state:
        found.append(f"the file is {after.state}")
    return found


def _state(say: Wording, one: Obligation, time_zone: str) -> str:
    if one.state in (State.OPEN, State.NOT_YET):
        until = "" if one.due is None else f" until {clock(one.due, time_zone)}"
        waits = f"; it {one.why}" if one.state is State.NOT_YET else ""
        return f"owed{until}: {say.title(one.step)}{waits}"
    return f"{one.state}: {say.title(one.step)}, {one.why}"


__all__ = ["Moment", "Scenario", "clock", "read_scenario", "simulate"]
