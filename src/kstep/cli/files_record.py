"""`kstep files record` and `kstep files clear`: what happens in a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.files_told import PURPOSE, PersonId, files_of, tell
from kstep.cli.moments import moment_in
from kstep.cli.register_items import AsJson, register_of, require_person
from kstep.cli.second import SecondKey, agreeing
from kstep.model import InputError

if TYPE_CHECKING:
    from kstep.encounters.evidence import Evidence

Said = Annotated[
    list[str] | None, typer.Option("--says", metavar="FIELD=TEXT", help="What the fact says.", show_default=False)
]
About = Annotated[
    list[str] | None, typer.Option("--about", metavar="KEY=VALUE", help="What it is about.", show_default=False)
]
Pieces = Annotated[
    list[str] | None,
    typer.Option(
        "--evidence", metavar="KIND=FILE", help="A file as evidence; KIND@WHERE says where it lies.", show_default=False
    ),
]
Source = Annotated[str, typer.Option("--source", metavar="TEXT", help="Where the evidence is from.")]
Marked = Annotated[str, typer.Option("--marking", metavar="MARKING", help="How the evidence is marked.")]


_SCREENING = ("PossibleMatchWithdrawn", "PossibleMatchSuppressed")
"""What nobody says by hand: it would void what is owed, and begin it again with new time."""


def record_(
    person_id: PersonId,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="As kstep protocol facts has it.", show_default=False)],
    says: Said = None,
    about: About = None,
    evidence: Pieces = None,
    source: Source = "the person's file",
    marking: Marked = "restricted",
    happened: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="When it happened, as 2027-03-01T09:00Z.", show_default=False)
    ] = None,
    second: SecondKey = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Record a fact in the file of a person, which is opened if there is none."""
    from kstep.app.reviews import Reviews

    if kind in _SCREENING:
        raise InputError("is recorded when people are screened", where=kind, mend="kstep rescreen finds what is so")
    with acting(home, as_, purpose, "files.act") as now:
        number = register_of(now).find(person_id)
        item = require_person(now, "files.act", number)
        agreed = agreeing(now, second, "files.act", [item]) if second else ""
        said = said_in(now, says)
        files = files_of(now)
        with pieces_of(now, number, evidence or [], source, marking) as pieces:
            told = files.record(
                now.by, number, kind, about=pairs(about, "--about"), says=said, evidence=pieces, second=agreed,
                happened=None if happened is None else moment_in(happened, "--happened"),
            )  # fmt: skip
        if kind == "ClearanceEnded":  # what it stood between is a possible match again
            Reviews(now.ledger, register_of(now), files).follow(now.by)
    return tell(told, number, as_json=as_json)


def said_in(now: Acting, texts: list[str] | None) -> dict[str, str]:
    """What `--says` says of a fact; moments in microseconds since 1970, as files keep them. Raises `InputError`."""
    from kstep.protocol.facts import MOMENTS

    found = pairs(texts, "--says")
    for name in found.keys() & set(MOMENTS):
        found[name] = str(moment_in(found[name], f"--says {name}", now=now.ledger.clock()))
    return found


def pairs(texts: list[str] | None, option: str) -> dict[str, str]:
    """What an option says, each name once. Raises `InputError`."""
    found: dict[str, str] = {}
    for text in texts or []:
        name, equals, value = text.partition("=")
        if not equals or not name or name in found:
            what = "is said twice" if name in found else "says nothing"
            raise InputError(what, where=f"{option} {text[:40]}", mend=f"write {option} NAME=VALUE, each name once")
        found[name] = value
    return found


@contextmanager
def pieces_of(now: Acting, person: int, texts: list[str], source: str, marking: str) -> Iterator[list[Evidence]]:
    """The evidence that an option names; files are kept, unless what they are for is refused. Raises `InputError`."""
    from kstep.encounters.evidence import EvidenceStore, pointed_at

    with EvidenceStore(now.home.path / "evidence", now.home.database, now.home.vault).unless_refused() as store:
        found = []
        for text in texts:
            kind, equals, path = text.partition("=")
            if equals:
                found.append(store.put(person, Path(path), kind, source, marking))
                continue
            kind, at, where = text.partition("@")
            if not at:
                raise InputError(
                    "is no evidence", where=f"--evidence {text[:40]}", mend="write KIND=FILE or KIND@WHERE"
                )
            found.append(pointed_at(kind, where, source, marking))
        yield found


def clear_(
    person_id: PersonId,
    pairing: Annotated[
        str, typer.Argument(metavar="LIST#NUMBER", help="The pairing, as the file names it.", show_default=False)
    ],
    expires: Annotated[
        str, typer.Option(metavar="MOMENT", help="Until when, as 2028-03-01 or 90 days.", show_default=False)
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands in the log.", show_default=False)],
    second: SecondKey = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Clear a pairing: it alarms nobody again until a day comes, or something material changes."""
    from kstep.app.reviews import Reviews

    with acting(home, as_, purpose, "files.act") as now:
        register = register_of(now)
        number = register.find(person_id)
        item = require_person(now, "files.act", number)
        agreed = agreeing(now, second, "files.act", [item]) if second else ""
        told = Reviews(now.ledger, register, files_of(now)).clear(
            now.by, number, pairing, moment_in(expires, "--expires", now=now.ledger.clock()), reason, agreed
        )
    return tell(told, number, as_json=as_json)


__all__ = ["About", "Marked", "Pieces", "Said", "Source", "clear_", "pairs", "pieces_of", "record_", "said_in"]
