"""What each kind of message says: one template a kind, with a version and a published schema. No template calls anybody
anything; a match is named with what the confirming authority answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from kstep.model import InputError, one_line
from kstep.protocol.wrong import wrong_in

HOUR = 3_600 * 1_000_000

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$")]
MessageId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PersonTold(_Part):
    """Somebody of the register, by number, as far as the recipient has to know."""

    person: Annotated[int, Field(gt=0)]
    name: Short = ""
    birth_date: Annotated[str, StringConstraints(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")] = ""
    nationality: Short = ""
    documents: Annotated[list[Line], Field(max_length=50)] = []


class MatchTold(_Part):
    """A possible match with an entry of a list, and what the confirming authority answered: by telephone, until it is written."""

    list: Line
    entry: Line
    confirmation: Literal["positive", "negative", "inconclusive", "no reply", "not asked"]
    form: Literal["written", "telephone"] = "written"
    reference: Short = ""


class _Body(_Part):
    people: Annotated[list[PersonTold], Field(max_length=100)] = []


class Notification(_Body):
    """Something that has to be known in minutes."""

    what: Text
    happened: Moment
    place: Short = ""
    match: MatchTold | None = None


class IncidentReport(_Body):
    """What happened, whole."""

    summary: Text
    happened: Moment
    place: Short = ""
    match: MatchTold | None = None
    steps: Annotated[list[Line], Field(max_length=100)] = []


class Supplement(_Body):
    """More to an earlier message."""

    adds: Text
    match: MatchTold | None = None


class Correction(_Body):
    """What was wrong in an earlier message, or in what was handed over otherwise, and what is right."""

    wrong: Text
    right: Text
    handed: Annotated[list[Line], Field(max_length=100)] = []
    match: MatchTold | None = None


class Retraction(_Body):
    """An earlier message is taken back: whoever has it, or passed it on, is to treat it as never sent."""

    ground: Line


class Referral(_Body):
    """A possible match, for the confirming authority."""

    match: MatchTold
    question: Text


class Answer(_Body):
    """What is answered to a question that came in."""

    request: MessageId
    result: Literal["record", "no record"]
    says: Annotated[str, StringConstraints(max_length=8_000)] = ""


TEMPLATES: Mapping[str, tuple[type[_Body], int]] = {
    "notification": (Notification, 1), "incident-report": (IncidentReport, 1), "supplement": (Supplement, 1),
    "correction": (Correction, 1), "retraction": (Retraction, 1), "referral": (Referral, 1), "answer": (Answer, 1),
}  # fmt: skip
"""The template of each kind, and its version."""

REFERS = ("supplement", "correction", "retraction")
"""Kinds that are about an earlier message."""

WITHIN = {"incident-report": HOUR}
WITHIN_OTHERS = 4 * HOUR
"""Microseconds in which a message is to be done, by kind."""


def checked(kind: str, body: Any) -> dict[str, Any]:
    """The body of a message of this kind. Raises `InputError`."""
    template, _ = template_of(kind)
    try:
        found = template.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the body"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        mend = f"see kstep messages schema {kind}"
        raise InputError(f"{one_line(wrong_in(first), 120)}{more}", where=f"{kind}, {where}", mend=mend) from None
    return found.model_dump(mode="json")


def template_of(kind: str) -> tuple[type[_Body], int]:
    """A kind's template and its version. Raises `InputError` if there is no such kind."""
    if kind not in TEMPLATES:
        mend = f"write one of {', '.join(TEMPLATES)}"
        raise InputError(f"{one_line(kind, 40)!r} is no kind of message", where="kind", mend=mend)
    return TEMPLATES[kind]


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind's body. Raises `InputError`."""
    template, version = template_of(kind)
    identifier = f"urn:kstep:message:{kind}:{version}"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier,
        **template.model_json_schema(),
    }


def people_of(body: Mapping[str, Any]) -> tuple[int, ...]:
    """Whom a body is about, in order."""
    return tuple(sorted({told["person"] for told in body["people"]}))


def is_undecided(body: Mapping[str, Any]) -> bool:
    """Whether a body tells of a match on which nobody has decided."""
    match = body.get("match")
    return match is not None and match["confirmation"] not in ("positive", "negative")


__all__ = [
    "REFERS", "TEMPLATES", "WITHIN", "WITHIN_OTHERS", "checked", "is_undecided", "people_of", "schema", "template_of",
]  # fmt: skip
