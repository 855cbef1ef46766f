"""A protocol as it is written: what may stand in its text, and reading it. `SCHEMA` is published as JSON Schema.

What a text names has to be there: roles, steps, calendars, facts and their fields. Whether it makes sense is for `lint`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
_Line = Annotated[str, StringConstraints(min_length=1, max_length=400)]
_Length = Annotated[str, StringConstraints(pattern=r"^\d{1,4} (minute|hour|day)s?$")]
_At = Annotated[str, StringConstraints(pattern=r"^(when due|\d{1,4} (minute|hour|day)s? (before|after))$")]
_Hours = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
_Field = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
_Ids = Annotated[list[_Id], Field(min_length=1, max_length=20)]
_Values = Annotated[list[_Line], Field(min_length=1, max_length=20)]

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = get_args(Day)
Key = Literal["file", "pairing", "referral", "claim", "custody", "request", "redress", "conflict"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CalendarText(_Part):
    """When time counts. One without hours is always open."""

    time_zone: str | None = Field(None, description="as in the IANA database, such as Europe/Oslo")
    hours: dict[Day, _Hours | list[_Hours]] | None = Field(None, description="by day; a day left out is closed")
    holidays: list[_Line] = Field([], description="countries, or parts of them, such as US or US-TX")
    closed: list[_Line] = Field([], description="further days on which it is closed, such as 2027-01-02")


class PatternText(BaseModel):
    """A kind of fact, or a step that is done; and the values that its fields have to have."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    __pydantic_extra__: dict[str, _Values] = Field(init=False)

    fact: str | None = Field(None, description="the kind of fact")
    step: _Id | None = Field(None, description="the step that was done")
    disagrees_with: _Id | None = Field(None, description="the step from whose outcome its outcome differs")
    agrees_with: _Id | None = Field(None, description="the step whose outcome it has too")
    until: list[PatternText] = Field([], description="what ends it, where it is a condition")
    while_before: _Field | None = Field(
        None, description="the field that says until when it holds, where it is a condition"
    )


class DeadlineText(_Part):
    """When something is late: the first moment that is too late."""

    within: _Length | None = None
    on: _Id = Field("always", description="the calendar")
    of: PatternText | None = Field(
        None, description="the fact from which it counts, if not the one that began the step"
    )
    at: _Field | None = Field(None, description="the field of the beginning fact that says the moment")
    once: Literal["ready"] | None = Field(
        None,
        description="ready: it counts from when nothing that comes before is owed",
        exclude_if=lambda once: once is None,
    )


class RungText(_Part):
    """What happens before or after a deadline."""

    at: _At
    remind: _Ids | None = None
    escalate: _Ids | None = None


class ExemptionText(_Part):
    """Who may set something aside, on which grounds, and with whom."""

    who: _Ids
    grounds: _Values
    second: _Id


class SendsText(_Part):
    """What is told by itself when a step begins. What a person has to write, nothing writes for them."""

    message: Literal["notification"]
    to: _Id = Field(description="the role, in the registry of recipients, of those to whom it goes")


class StepText(_Part):
    """Something that is owed."""

    title: _Line
    why: str = ""
    per: Key = Field("file", description="what it is owed for each of")
    who: _Ids
    training: list[_Id] = Field([], description="courses that are current for whoever does it")
    not_by: list[_Id] = Field(
        [],
        description="not by whoever did these steps; everybody: by nobody who did anything in the file; "
        "of redress, but for other redress",
    )
    not_of: list[_Id] = Field(
        [], description="by nobody who has one of these roles then", exclude_if=lambda roles: not roles
    )
    blind_to: list[_Id] = Field([], description="without having seen the answers of these steps")
    needs: list[_Id] = Field([], description="steps that come before, and are owed as soon as this one is")
    after: list[_Id] = Field([], description="steps that come before, if they are owed")
    starts: list[PatternText] = Field([], description="what begins it")
    given: list[PatternText] = Field([], description="what has to hold then, all of it")
    unless: list[PatternText] = Field(
        [], description="what may not hold then, none of it", exclude_if=lambda conditions: not conditions
    )
    done: Annotated[list[PatternText], Field(min_length=1)]
    outcomes: list[_Id] = []
    states: list[_Field] = Field([], description="fields that whoever does it has to fill in")
    evidence: list[_Id] = []
    due: DeadlineText | None = None
    late: list[RungText] = []
    waiver: ExemptionText | None = None
    void: list[PatternText] = []
    times: Annotated[int, Field(ge=1, le=99)] | None = Field(None, description="how often it is owed at most for each")
    then: _Id | None = Field(None, description="the step that is owed instead when that was often enough")
    sends: SendsText | None = Field(
        None, description="the message that goes out by itself when it begins", exclude_if=lambda sent: sent is None
    )
    """A text that says nothing of it has the hash that it had before there was such a field."""


class GateText(_Part):
    """What has to be so before an act."""

    title: _Line
    act: PatternText
    who: list[_Id] = Field(
        [], description="the roles of which whoever does it needs one", exclude_if=lambda who: not who
    )
    asked_by: PatternText | None = None
    waits_for: list[_Id] = []
    at_most: _Length | None = None
    then: _Id | None = Field(None, description="the role that decides when the time is up")
    barred_by: list[_Id] = Field([], description="steps while which are open it may not be")
    barred_if: list[PatternText] = Field(
        [], description="it may not be while any of these holds", exclude_if=lambda conditions: not conditions
    )
    needs: list[PatternText] = Field([], description="any of these has to hold")
    override: ExemptionText | None = None


class PausesText(_Part):
    """Stopping a clock."""

    who: _Ids
    grounds: _Values
    at_most: _Length = Field(description="each time")
    in_all: _Length = Field(description="of everything that is owed once, by the clock on the wall")
    steps: _Ids


class ClosingText(_Part):
    """Closing a file in which nothing is owed any more."""

    who: _Ids


class CustodyText(_Part):
    """A kind of authority for custody."""

    title: _Line
    lasts: _Length


class ProtocolText(_Part):
    """A protocol."""

    protocol: _Id
    title: _Line
    purpose: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    example: bool = Field(False, description="whether it is an example, to be replaced")
    authority: _Values = Field(description="the laws and rules that it carries out")
    file: _Line = Field(description="what a file is opened for")
    calendars: dict[_Id, CalendarText] = {}
    roles: Annotated[dict[_Id, _Line], Field(min_length=1)]
    custody: dict[_Id, CustodyText] = {}
    steps: Annotated[dict[_Id, StepText], Field(min_length=1, max_length=200)]
    gates: dict[_Id, GateText] = {}
    pauses: PausesText | None = None
    closing: ClosingText


def schema() -> Mapping[str, Any]:
    """The JSON Schema of a protocol's text."""
    found = ProtocolText.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


__all__ = [
    "DAYS", "CalendarText", "ClosingText", "DeadlineText", "ExemptionText", "GateText", "PatternText", "PausesText", "ProtocolText",
    "RungText", "SendsText", "StepText", "schema",
]  # fmt: skip
