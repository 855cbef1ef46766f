"""`kstep files`: what is owed in the files of people, what happens in them, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli import files_compare, files_evidence, files_print, files_record, files_send, files_take
from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, print_json
from kstep.cli.files_told import PURPOSE, PersonId, breaches_in, files_of, gates_in, owed_in, seen_by
from kstep.cli.moments import told_field
from kstep.cli.register_items import AsJson, read_list, register_of, require_person
from kstep.cli.tables import show, told_dates

if TYPE_CHECKING:
    from kstep.access.policy import Item
    from kstep.model.events import Recorded
    from kstep.protocol.decide import Decision

app = typer.Typer(no_args_is_help=True, help="Files of people: what is owed in them, and what happens.")


@app.callback()
def root() -> None:
    """Files of people: what is owed in them, and what happens."""


@app.command("list")
def list_(
    office: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only of people of this office.", show_default=False)
    ] = None,
    role: Annotated[
        str | None, typer.Option(metavar="ROLE", help="Only what this role owes.", show_default=False)
    ] = None,
    step: Annotated[str | None, typer.Option(metavar="STEP", help="Only this step.", show_default=False)] = None,
    late: Annotated[bool, typer.Option("--late", help="Only what is late.")] = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """What is owed in all files, what is due first first."""
    from kstep.encounters.adopted import check_named
    from kstep.encounters.worklist import owed_in_files
    from kstep.register.projection import subject_of

    with acting(home, as_, purpose, "files.read") as now:
        moment, seen = now.ledger.clock(), seen_by(now)
        only = partial(now.actor.filter, "files.read")
        with now.home.database.read() as connection:
            check_named(connection, role=role, step=step)
            found = owed_in_files(
                connection, only, office=office, role=role, step=step, due_by=moment if late else None
            )
        read_list(now, "files.read", "files:owed", (one.office for one in found))
    rows: list[dict[str, Any]] = [
        {"person": one.person, "step": one.step, "key": one.key, "late": one.due is not None and one.due <= moment, "due": one.due,
         "who": " ".join(one.who), "office": one.office, "since": one.since}
        for one in found
    ]  # fmt: skip
    if as_json:
        print_json(rows)
    else:
        dated = [
            row
            | {
                "person": subject_of(row["person"]),
                "due": told_dates(row["due"]) if row["due"] else "",
                "late": "LATE" if row["late"] else "",
            }
            for row in rows
        ]
        show(dated, ("person", "step", "key", "due", "late", "who", "office"), f"nothing is owed{seen}")
    return ATTENTION if any(row["late"] for row in rows) else DONE


@app.command("counts")
def counts_(
    as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = "oversight"
) -> int:
    """How often gates were passed all the same, steps waived, clocks stopped, matches not shown; and what broke protocols."""
    from kstep.encounters.worklist import counts_in_files

    with acting(home, as_, purpose, "files.read") as now:
        seen = seen_by(now)
        with now.home.database.read() as connection:
            found = counts_in_files(connection, partial(now.actor.filter, "files.read"))
        read_list(now, "files.read", "files:counts", [])
    rows = [{"what": kind, "of": of, "count": count} for kind, of, count in found]
    if as_json:
        print_json(rows)
    else:
        show(rows, ("what", "of", "count"), f"nothing is to be counted{seen}")
    return DONE


@app.command("show")
def show_(
    person_id: PersonId,
    answers: Annotated[
        bool, typer.Option("--with-answers", help="Also answers that a second reviewer must not see; it is recorded.")
    ] = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """The file of a person: what is owed, what was done, what broke the protocol, and every fact."""
    from kstep.encounters.facts import name_of
    from kstep.encounters.worklist import hidden, read_file, show_answers

    with acting(home, as_, purpose, "files.read") as now:
        number = register_of(now).find(person_id)
        item = require_person(now, "files.read", number)
        files = files_of(now)
        decided = files.decide(number)
        read_list(now, "files.read", item.subject, [item.office])
        if answers:
            require_person(now, "files.act", number)
            show_answers(files, now.by, number)
        with now.home.database.read() as connection:
            history = files.history(connection, number)
            unseen = set() if answers else hidden(history)
        own = now.home.origin
        events = read_file(files, number)
        faults = files_evidence.faults_told(now, number, events)
        told = [_fact(one, name_of(one.log, one.number) in unseen, own, faults) for one in events]
        for one in told:
            one["evidence"] = [piece if _may_see(now, item, piece) else _bare(piece) for piece in one["evidence"]]
        protocol = history.protocol
    rows = owed_in(decided)
    if as_json:
        print_json({
            "person": number, "protocol": {"name": protocol.name, "hash": protocol.hash}, "state": decided.state, "owed": rows,
            "breaches": breaches_in(decided), "gates": gates_in(decided), "facts": told,
        })  # fmt: skip
    else:
        _print_file(number, f"{protocol.name} {protocol.hash[:12]}", decided, rows, told, own)
    return ATTENTION if faults or any(row["state"] == "late" for row in rows) else DONE


def _fact(event: Recorded, is_hidden: bool, own: str, faults: Mapping[str, str]) -> dict[str, Any]:
    from kstep.encounters.facts import name_of
    from kstep.model.events import FileFact

    fact = event.fact
    assert isinstance(fact, FileFact)
    says = (
        {"step": fact.says.get("step", ""), "answer": "not shown before the second answer"} if is_hidden else fact.says
    )
    by = event.actor if event.log == own else f"{event.actor} at {event.log}"
    here = faults if event.log == own else {}
    return {
        "id": name_of(event.log, event.number), "recorded": event.recorded, "happened": event.happened, "kind": event.type,
        "by": by, "second": fact.second, "about": fact.about, "says": says,
        "evidence": [] if is_hidden else [{**one, "fault": here.get(one["hash"], "")} for one in fact.evidence],
    }  # fmt: skip


def _may_see(now: Acting, item: Item, piece: Mapping[str, str]) -> bool:
    from kstep.access.policy import Item
    from kstep.model.markings import Marking

    return now.actor.may("files.read", Item(item.subject, item.office, Marking.parse(piece["marking"]))).allowed


def _bare(piece: Mapping[str, str]) -> dict[str, str]:
    """That there is a piece, of what kind, and that it is what it was; not where it is from."""
    return {name: piece[name] for name in ("kind", "hash", "marking", "fault")}


def _print_file(
    number: int, protocol: str, decided: Decision, rows: list[dict[str, Any]], told: list[dict[str, Any]], own: str
) -> None:
    from kstep.encounters.filing import short_id
    from kstep.register.projection import subject_of

    print(f"{subject_of(number)}, protocol {protocol}: {decided.state}\n")
    dated = [row | {"due": told_dates(row["due"]) if row["due"] else "", "who": " ".join(row["who"])} for row in rows]
    show(dated, ("step", "key", "state", "due", "who", "why"), "nothing was ever owed")
    for gate in decided.gates:
        until = f" until {told_dates(gate.until)}, then for the {gate.then}" if gate.until else ""
        print(f"\n{gate.gate}: {gate.way}{until}; {gate.why}")
    if decided.breaches:
        print()
        broken = [
            {"when": told_dates(one.at), "breach": one.kind, "where": one.where, "why": one.why}
            for one in decided.breaches
        ]
        show(broken, ("when", "breach", "where", "why"), "")
    print()
    lines = [
        {"id": short_id(one["id"], own), "recorded": told_dates(one["recorded"]), "fact": one["kind"], "by": one["by"],
         "says": "; ".join(f"{name}: {told_field(name, value)}" for name, value in {**one["about"], **one["says"]}.items()),
         "evidence": ", ".join(" ".join(filter(None, _told_piece(piece))) for piece in one["evidence"])}
        for one in told
    ]  # fmt: skip
    show(lines, ("id", "recorded", "fact", "by", "says", "evidence"), "")


def _told_piece(piece: dict[str, str]) -> tuple[str, str, str]:
    return piece["kind"], piece["hash"][:12], piece["fault"].upper()


@app.command("move")
def move_(
    person_id: PersonId,
    protocol: Annotated[
        str, typer.Argument(metavar="HASH", help="Of a protocol that was adopted.", show_default=False)
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands in the log.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "supervision",
) -> int:
    """Keep a file by another protocol from now on."""
    with acting(home, as_, purpose, "files.adopt") as now:
        number = register_of(now).find(person_id)
        require_person(now, "files.adopt", number)
        files_of(now).move(now.by, number, protocol, reason)
    return DONE


app.command("record")(files_record.record_)
app.command("clear")(files_record.clear_)
app.command("compare")(files_compare.compare_)
app.command("print")(files_print.print_)
app.command("evidence")(files_evidence.evidence_)
app.command("send")(files_send.send_)
app.command("correct")(files_send.correct_)
app.command("reply")(files_send.reply_)
app.command("take")(files_take.take_)

__all__ = ["app"]
