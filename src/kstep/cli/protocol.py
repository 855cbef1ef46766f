"""`kstep protocol`: reading protocols, finding what is wrong with them, playing them, comparing them; and adopting one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, AsJson, print_json, print_table, progress, say
from kstep.cli.register_items import register_of
from kstep.model import InputError

if TYPE_CHECKING:
    from kstep.protocol.facts import Kind
    from kstep.protocol.lint import Flaw
    from kstep.protocol.protocol import Protocol
    from kstep.protocol.simulate import Moment

app = typer.Typer(no_args_is_help=True, help="Protocols: what is owed after a possible match, as a text.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="A protocol.", show_default=False)]


@app.callback()
def root() -> None:
    """Protocols: what is owed after a possible match, as a text."""


@app.command("explain")
def explain_(file: File) -> int:
    """A protocol as a page of plain English, in Markdown."""
    from kstep.protocol.explain import explain
    from kstep.protocol.reading import read_protocol

    print(explain(read_protocol(file)), end="")
    return DONE


@app.command("lint")
def lint_(file: File, as_json: AsJson = False) -> int:
    """What is wrong with a protocol: each step is looked at in every state to which anything may bring it."""
    from kstep.protocol.reading import read_protocol

    protocol = read_protocol(file)
    found = _flaws(protocol)
    if as_json:
        told = [{"where": one.where, "what": one.what, "mend": one.mend, "serious": one.serious} for one in found]
        print_json({"protocol": protocol.name, "hash": protocol.hash, "steps": len(protocol.steps), "flaws": told})
    else:
        for one in found:
            print(one if one.serious else f"{one} (unless it is meant so)")
        print(f"{protocol.name}, {len(protocol.steps)} steps, {len(protocol.gates)} gates, hash {protocol.hash}")
    serious = sum(one.serious for one in found)
    if serious:
        say(
            f"{file}: {serious} of {len(found)} flaws have to be mended"
            if serious < len(found)
            else f"{file}: flaws: {serious}"
        )
    return ATTENTION if serious else DONE


def _flaws(protocol: Protocol) -> list[Flaw]:
    """What is wrong with a protocol, with progress: to look at every state takes seconds."""
    from kstep.protocol.lint import lint

    with progress("looking at steps", len(protocol.steps)) as advance:
        return lint(protocol, advance=advance)


@app.command("simulate")
def simulate_(
    file: File,
    scenario: Annotated[
        Path, typer.Option("--scenario", metavar="FILE", help="What happens, and when.", show_default=False)
    ],
    as_json: AsJson = False,
) -> int:
    """What would follow if something happened: what is owed, reminded of, late, or against the protocol, moment by moment."""
    from kstep.protocol.reading import read_protocol
    from kstep.protocol.simulate import clock, read_scenario, simulate

    protocol = read_protocol(file)
    read = read_scenario(scenario, protocol)
    moments = simulate(protocol, read)
    if as_json:
        print_json([_moment(one, clock(one.at, read.time_zone)) for one in moments])
    else:
        print(f"{read.title}\n")
        print_table(("when", "what happens", "what follows"), _lines(moments, read.time_zone), numbers=False)
    return DONE


def _moment(one: Moment, when: str) -> dict[str, Any]:
    return {"at": one.at, "when": when, "happens": list(one.happened), "follows": list(one.follows)}


def _lines(moments: list[Moment], time_zone: str) -> list[tuple[str, str, str]]:
    from itertools import zip_longest

    from kstep.protocol.simulate import clock

    lines = []
    for one in moments:
        shown = clock(one.at, time_zone)
        for happens, follows in zip_longest(one.happened, one.follows, fillvalue=""):
            lines.append((shown, happens, follows))
            shown = ""
    return lines


@app.command("diff")
def diff_(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A protocol.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="What it becomes.", show_default=False)],
    files: Annotated[
        bool, typer.Option("--files", help="Also the open files of the home in which something would stand otherwise.")
    ] = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "supervision",
) -> int:
    """What changed from one protocol to another, in words; and which open files that would touch."""
    from kstep.protocol.diff import diff
    from kstep.protocol.reading import read_protocol

    before, after = read_protocol(old), read_protocol(new)
    changes = diff(before, after)
    found: dict[int, list[str]] = {}
    if files:
        from kstep.encounters.adopted import touched_by

        with acting(home, as_, purpose, "files.adopt", node=True) as now:
            found = touched_by(now.ledger, before, after, now.ledger.clock())
    if as_json:
        told = [{"part": one.part, "gone": list(one.gone), "new": list(one.new)} for one in changes]
        some = [{"person": person, "steps": steps} for person, steps in found.items()]
        print_json({"old": before.hash, "new": after.hash, "changes": told, **({"files": some} if files else {})})
        return DONE
    for one in changes:
        print(one.part)
        print("\n".join([*(f"  - {line}" for line in one.gone), *(f"  + {line}" for line in one.new)]))
    if not changes:
        same = "they are the same protocol" if before.hash == after.hash else "they say the same in other words"
        print(same)
    from kstep.register.projection import subject_of

    for person, steps in found.items():
        print(f"{subject_of(person)}: {', '.join(steps)}")
    if files:
        print(f"open files in which something would stand otherwise: {len(found):,}")
    return DONE


@app.command("facts")
def facts_(as_json: AsJson = False) -> int:
    """Everything a protocol can speak of: the kinds of facts, what each is about, and its fields with their values."""
    from kstep.protocol.facts import KINDS

    if as_json:
        print_json([
            {"kind": name, "meaning": one.meaning, "about": list(one.about),
             "fields": {field: list(values) for field, values in one.fields.items()}, "names_its_step": one.answers}
            for name, one in {**KINDS, **_handling()}.items()
        ])  # fmt: skip
        return DONE
    for name, one in {**KINDS, **_handling()}.items():
        _print_kind(name, one)
    _print_wrapped(
        "A step can ask for more, as kstep protocol explain shows; and why, as a reason, can be said of anything."
    )
    return DONE


def _handling() -> dict[str, Kind]:
    """What every protocol understands by itself, as kinds of facts."""
    from kstep.protocol.facts import HANDLING, HANDLING_FIELDS, KINDS, Kind

    of_steps, every = ("StepWaived", "ClockPaused", "ClockResumed"), KINDS["StepCompleted"].about
    return {
        name: Kind(meaning, every if name in of_steps else (), HANDLING_FIELDS[name])
        for name, meaning in HANDLING.items()
    }


_MEANT = {
    "step": "a step of the protocol", "gate": "a gate of the protocol", "ground": "one that the protocol names",
    **dict.fromkeys(("issued", "expires"), "a moment, such as 2027-03-01T09:00Z"), "fact": "the id of a fact of the file",
    "kind": "the kind of evidence",
}  # fmt: skip
"""What is said in a field that has no values of its own; in all others, a text."""

_BROADEST, _LABEL = 120, 14
"""Characters of a line on the terminal at most, and of what stands before the values of a field."""


def _print_kind(name: str, one: Kind) -> None:
    """A kind of fact, whole at any width: its name and meaning, then a line for what it is about, and one for each field."""
    fields = {"step": (), **one.fields} if one.answers else one.fields
    told = [("about", ", ".join(one.about))] if one.about else []
    told += [(field, ", ".join(values) or _MEANT.get(field, "text")) for field, values in fields.items()]
    _print_wrapped(f"{name}: {one.meaning}", after="    ")
    for label, text in told:
        _print_wrapped(text, f"    {label:<{_LABEL}}", " " * (4 + _LABEL))
    print()


def _print_wrapped(text: str, first: str = "", after: str = "") -> None:
    """A text in as many lines as it takes, no word broken; what stands before the first, and before those after it."""
    import shutil
    import textwrap

    broad = min(shutil.get_terminal_size().columns, _BROADEST)
    wrapped = textwrap.wrap(
        text, broad, initial_indent=first, subsequent_indent=after, break_on_hyphens=False, break_long_words=False
    )
    print("\n".join(wrapped))


@app.command("schema")
def schema_() -> int:
    """The JSON Schema of a protocol's text."""
    from kstep.protocol.declaration import schema

    print_json(schema())
    return DONE


@app.command("adopt")
def adopt_(
    file: File,
    ground: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands in the log.", show_default=False)],
    use: Annotated[str, typer.Option(metavar="WORD", help="For files of adults or minors.")] = "adults",
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "supervision",
) -> int:
    """Keep files that are opened from now on by a protocol. What lint finds wrong in it has to be mended first."""
    from kstep.app.reviews import Reviews
    from kstep.cli.files_told import files_of
    from kstep.encounters.adopted import roles_of_nobody
    from kstep.protocol.reading import read_protocol

    flaws = [flaw for flaw in _flaws(read_protocol(file)) if flaw.serious]
    if flaws:
        raise InputError(str(flaws[0]), where=str(file), mend=f"see kstep protocol lint for all {len(flaws)}")
    with acting(home, as_, purpose, "files.adopt", node=True) as now:
        files = files_of(now)
        adopted = files.adopt(now.by, file, ground, use)
        with progress("opening reviews", None) as advance:
            opened = Reviews(now.ledger, register_of(now), files).follow(now.by, advance)
        nobody = roles_of_nobody(now.ledger, adopted)
    print(
        f"{adopted.name}, hash {adopted.hash}, is the protocol for {use} from now on; possible matches to review: {opened:,}"
    )
    if nobody:
        say(f"{file}: nobody has these roles: {', '.join(nobody)}; kstep account grant NUMBER protocol:ROLE gives them")
    return ATTENTION if nobody else DONE


@app.command("adopted")
def adopted_(
    as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = "supervision"
) -> int:
    """The protocols that were adopted, the last one first, and how many files are kept by each."""
    from kstep.cli.tables import show, told_dates
    from kstep.encounters.adopted import adopted

    with acting(home, as_, purpose, "files.read") as now:
        found = adopted(now.ledger)
    if as_json:
        print_json(found)
    else:
        rows = [row | {"adopted": told_dates(int(row["adopted"]))} for row in found]
        show(rows, ("name", "use", "adopted", "by", "files", "hash"), "no protocol was adopted")
    return DONE


__all__ = ["app"]
