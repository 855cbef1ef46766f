"""What the commands about files share: whom they are about, and how what is owed is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import Acting
from kstep.cli.console import ATTENTION, DONE, print_json, say
from kstep.cli.register_items import item
from kstep.cli.tables import told_dates

if TYPE_CHECKING:
    from kstep.encounters.service import Files, Told
    from kstep.protocol.decide import Decision

PURPOSE = "review"
READ = "files.read"

PersonId = Annotated[
    str,
    typer.Argument(metavar="PERSON_ID", help="The id that the source gives, or person:NUMBER.", show_default=False),
]


def files_of(now: Acting) -> Files:
    from kstep.cli.dispatch_items import correspondence_of

    return correspondence_of(now).files


def seen_by(now: Acting) -> str:
    """Of which offices an account may see files, in words that follow a list; none if of all. It goes by the account alone, so
    the words are the same whether or not there is something else. Raises `AccessError` if there can be no file that it may see.
    """
    offices = sorted({"", *(grant.office for grant in now.actor.grants)})
    seen = [office for office in offices if now.actor.may(READ, item("files:all", office)).allowed]
    if not seen:
        now.access.require(now.actor, READ, item("files:all", offices[-1]), now.purpose)
    return "" if "" in seen else f" in {' or '.join(seen)}; this account may see no files of other offices"


def owed_in(decided: Decision) -> list[dict[str, Any]]:
    return [
        {"step": one.step, "key": one.key, "number": one.number, "state": str(one.state), "due": one.due, "who": list(one.who),
         "why": one.why, "settled": one.settled, "by": one.by}
        for one in decided.obligations
    ]  # fmt: skip


def breaches_in(decided: Decision) -> list[dict[str, Any]]:
    return [
        {"kind": str(one.kind), "at": one.at, "where": one.where, "key": one.key, "fact": one.fact, "why": one.why}
        for one in decided.breaches
    ]


def gates_in(decided: Decision) -> list[dict[str, Any]]:
    return [
        {
            "gate": one.gate,
            "way": str(one.way),
            "why": one.why,
            "since": one.since,
            "until": one.until,
            "then": one.then,
        }
        for one in decided.gates
    ]


def tell(told: Told, number: int, *, as_json: bool) -> int:
    """What a fact made of a file."""
    from kstep.register.projection import subject_of

    fact = told.recorded.fact
    if as_json:
        about = getattr(fact, "about", {})
        print_json(
            {
                "id": told.id,
                "person": number,
                "about": about,
                "owed": owed_in(told.decision),
                "breaches": breaches_in(told.decision),
            }
        )
    else:
        named = "; ".join(f"{key} {value}" for key, value in getattr(fact, "about", {}).items())
        print(f"recorded as {told.id}{f' ({named})' if named else ''}")
        for one in told.decision.obligations:
            if one.is_standing:
                until = f", until {told_dates(one.due)}" if one.due else ""
                print(f"  {one.state}: {one.step}{f' ({one.key})' if one.key else ''}{until}, {' or '.join(one.who)}")
    for breach in told.breaches:
        say(f"{subject_of(number)}: this breaks the protocol: {breach.kind} ({breach.where}), {breach.why}")
    if told.lacking:
        say(f"{subject_of(number)}: {told.lacking}")
    return ATTENTION if told.breaches or told.lacking else DONE


__all__ = ["PURPOSE", "PersonId", "breaches_in", "files_of", "gates_in", "owed_in", "seen_by", "tell"]
