"""What stands on a printed file, as plain values in words: no layout, and nothing that has to be looked up.

A text that somebody wrote is `quoted`, so that nobody takes it for what kstep says. All moments are texts in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Who:
    """Whoever did something: the name, and the account under which it was done."""

    name: str
    account: str


@dataclass(frozen=True)
class Said:
    """Something that a fact says: of what, and what; and whether these are somebody's own words."""

    label: str
    text: str
    quoted: bool = False


@dataclass(frozen=True)
class Fields:
    """What the register knows of a person: a label, and every value."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """Whose file it is, by which protocol it is kept, how it stands; and when, by whom and for what it was printed."""

    person: int
    office: str
    known: tuple[Fields, ...]
    protocol: str
    protocol_hash: str
    example: bool
    state: str
    opened: str
    printed: str
    by: Who
    purpose: str
    marking: str


@dataclass(frozen=True)
class Owed:
    """Something that is or was owed: what, about what, how it stands and why, since when and until when, who owes it; and when and
    by whom it was settled. `number` is that of the fact that made it so.
    """

    title: str
    about: str
    state: str
    is_standing: bool
    is_late: bool
    since: str
    due: str
    who: str
    settled: str
    by: Who | None
    why: str
    number: str


@dataclass(frozen=True)
class Breach:
    """What was done against the protocol, or not in time."""

    kind: str
    at: str
    where: str
    about: str
    why: str
    number: str


@dataclass(frozen=True)
class SetAside:
    """A waiver, a pause or an override: of what, on which ground, by whom and with whom, and whether the protocol permits it."""

    what: str
    of: str
    at: str
    ground: str
    by: Who
    second: Who | None
    refused: str
    number: str


@dataclass(frozen=True)
class Review:
    """What a reviewer, or the confirming authority, answered about a possible match: for which side it speaks, on which fields,
    with what reason.
    """

    speaks: str
    outcome: str
    step: str
    at: str
    by: Who
    says: tuple[Said, ...]
    number: str


@dataclass(frozen=True)
class Compared:
    """A row of what the engine finds: what each side says, how they relate, what it is worth, and for which side it speaks."""

    field: str
    person: str
    entry: str
    relation: str
    bits: str
    speaks: str


@dataclass(frozen=True)
class Comparison:
    """The engine's explanation of a possible match as it stands now: the bits of all rows, and of the odds before them."""

    entry: str
    edition: str
    engine: str
    bits: str
    prior: str
    rows: tuple[Compared, ...]


@dataclass(frozen=True)
class Pairing:
    """A possible match: how it stands, and the evidence for and against it."""

    key: str
    state: str
    reviews: tuple[Review, ...]
    comparison: Comparison | None


@dataclass(frozen=True)
class Piece:
    """A piece of evidence. Where it is from is left out if whoever prints may not see what is marked like it. `fault` says what is
    wrong with the file, if it is kept here and is not what it was.
    """

    kind: str
    hash: str
    pointer: str
    type: str
    source: str
    marking: str
    withheld: bool
    fault: str


@dataclass(frozen=True)
class Happening:
    """A fact: its number in its log, when it was recorded and when it happened, by whom and with whom, for what purpose, what it is
    about and says, its evidence, and in what it breaks the protocol.
    """

    number: str
    recorded: str
    happened: str
    title: str
    by: Who
    second: Who | None
    purpose: str
    about: tuple[Said, ...]
    says: tuple[Said, ...]
    evidence: tuple[Piece, ...]
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class Concluded:
    """What somebody concluded, or the authority answered, with the reason in their own words."""

    text: str
    at: str
    by: Who
    reason: str
    number: str


@dataclass(frozen=True)
class Asked:
    """An act that was asked for, and how its gate stands."""

    title: str
    way: str
    why: str


@dataclass(frozen=True)
class Contained:
    """The last checkpoint of a log, and which events of the file it contains; `missing` are those that it does not."""

    origin: str
    size: str
    root: str
    made: str
    note: str
    numbers: str
    missing: str


@dataclass(frozen=True)
class Paper:
    """A file as it is printed. `answered` says whether the authority answered positively in writing."""

    head: Head
    answered: bool
    concluded: tuple[Concluded, ...]
    asked: tuple[Asked, ...]
    owed: tuple[Owed, ...]
    breaches: tuple[Breach, ...]
    set_aside: tuple[SetAside, ...]
    pairings: tuple[Pairing, ...]
    history: tuple[Happening, ...]
    checkpoints: tuple[Contained, ...]


__all__ = [
    "Asked", "Breach", "Compared", "Comparison", "Concluded", "Contained", "Fields", "Happening", "Head", "Owed", "Pairing",
    "Paper", "Piece", "Review", "Said", "SetAside", "Who",
]  # fmt: skip
