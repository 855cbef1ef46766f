"""`kstep ledger`: checkpoints that leave, bundles for inspectors, and tables computed again. Who does so proves who it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli import ledger_keys, ledger_verify
from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, AsJson, print_json, print_table, say
from kstep.cli.handing import To, handing_to

if TYPE_CHECKING:
    from kstep.ledger.checkpoints import Kept
    from kstep.ledger.leaving import Departure

app = typer.Typer(no_args_is_help=True, help="Checkpoints, bundles, and checks of what happened.")

COPIES = "checkpoints"
"""Where a home keeps a copy of each checkpoint."""


@app.callback()
def root() -> None:
    """Checkpoints, bundles, and checks of what happened."""


@app.command()
def checkpoint(
    as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = "administration"
) -> int:
    """Sign how long the log is and which root it has, and send that where it cannot be reached from here."""
    from kstep.ledger.checkpoints import make_checkpoint
    from kstep.ledger.leaving import Directory, leave
    from kstep.ledger.ways import ways_of

    with acting(home, as_, purpose, "ledger.checkpoint", node=True) as now:
        folder, origin = now.home.path, now.home.origin
        ways = ways_of(now.home.settings, folder)
        copies = Directory(folder / COPIES)
        copies.path.mkdir(exist_ok=True, mode=0o700)
        folders = [copies, *(way for way in ways if isinstance(way, Directory) and way.path.is_dir())]
        known = [found for place in folders if (found := place.longest(origin))]
        kept = make_checkpoint(now.ledger, now.home.signing_keys, known)
        copies.send(kept.note, kept.made)
        departures = leave(now.ledger, kept, ways)
    if as_json:
        print_json(_checkpoint_json(kept, origin, departures))
    else:
        print(kept.note.decode(), end="")
    for departure in departures:
        say(departure.failed or f"{departure.to}: has it")
    if not ways:
        say(f"the checkpoint went nowhere: say in {folder / 'kstep.toml'}, [checkpoints], where it goes")
    return DONE if ways and not any(departure.failed for departure in departures) else ATTENTION


def _checkpoint_json(kept: Kept, origin: str, departures: list[Departure]) -> dict[str, Any]:
    found = kept.checkpoint
    return {
        "log": origin, "size": kept.size, "root": found.root.hex(), "made": kept.made, "note": kept.note.decode(),
        "left": [departure._asdict() for departure in departures],
    }  # fmt: skip


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="A folder that is not there yet, or a file ending in .zip.")],
    payloads: Annotated[
        bool,
        typer.Option("--payloads", help="Show of the marked what you may see, too; it is recorded that you did."),
    ] = False,
    to: To = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "oversight",
) -> int:
    """Write the bundle that an inspector gets: every log up to its last checkpoint, and the verifier."""
    from kstep.access.bundle import EXPORT, export_for

    if payloads and to is not None:
        raise typer.BadParameter(
            "shows matches that nobody has decided, and is handed to nobody", param_hint="--payloads"
        )
    with acting(home, as_, purpose, EXPORT, node=True) as now:
        handing = handing_to(now, to, "internal")
        if handing:
            handing.whole("a bundle of the log")
        archive = out.suffix == ".zip"
        exported = export_for(now.access, now.actor, out, purpose, marked=payloads, archive=archive)
        if handing:
            handing.handed("ledger:bundle", sum(found.size for found in exported))
    if as_json:
        print_json([found._asdict() for found in exported])
    else:
        print_table(
            ("log", "events", "behind its last checkpoint"),
            [(found.origin, f"{found.size:,}", f"{found.behind:,}") for found in exported],
        )
    return DONE


app.command("verify")(ledger_verify.verify)


@app.command()
def rebuild(
    as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = "administration"
) -> int:
    """Throw away what was computed from events, and compute it again from all of them."""
    with acting(home, as_, purpose, "ledger.rebuild", node=True) as now:
        count = now.ledger.rebuild()
    if as_json:
        print_json({"events": count})
    else:
        print(f"computed again from {count:,} events")
    return DONE


app.add_typer(ledger_keys.app, name="keys")
