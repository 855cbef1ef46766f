"""`kstep ledger`: checkpoints that leave, bundles for inspectors, checking, replaying, and keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.console import ATTENTION, DONE, print_json, say
from kstep.model import InputError, one_line

if TYPE_CHECKING:
    from kstep.ledger.checkpoints import Kept
    from kstep.ledger.keys import LogKey
    from kstep.ledger.leaving import Departure
    from kstep.ledger.soundness import Soundness
    from kstep.ledger.verifier import Checkpoint, Key

app = typer.Typer(no_args_is_help=True, help="Checkpoints, bundles, and checks of what happened.")
keys = typer.Typer(no_args_is_help=True, help="The keys that sign this node's checkpoints.")
app.add_typer(keys, name="keys")

COPIES = "checkpoints"
"""Where a home keeps a copy of each checkpoint."""

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="KSTEP_HOME", help="The home of this node.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def root() -> None:
    """Checkpoints, bundles, and checks of what happened."""


@keys.callback()
def keys_root() -> None:
    """The keys that sign this node's checkpoints."""


@app.command()
def checkpoint(home: HomeOption, as_json: JsonOption = False) -> int:
    """Sign how long the log is and which root it has, and send that where it cannot be reached from here."""
    from kstep.app.home import Home
    from kstep.ledger.checkpoints import make_checkpoint
    from kstep.ledger.leaving import Directory, leave
    from kstep.ledger.ways import ways_of

    opened = Home.open(home)
    ways = ways_of(opened.settings, home)
    copies = Directory(home / COPIES)
    copies.path.mkdir(exist_ok=True, mode=0o700)
    ledger = opened.ledger()
    folders = [copies, *(way for way in ways if isinstance(way, Directory) and way.path.is_dir())]
    known = [found for folder in folders if (found := folder.longest(opened.origin))]
    kept = make_checkpoint(ledger, opened.signing_keys, known)
    copies.send(kept.note, kept.made)
    departures = leave(ledger, kept, ways)
    if as_json:
        print_json(_checkpoint_json(kept, opened.origin, departures))
    else:
        print(kept.note.decode(), end="")
    for departure in departures:
        say(departure.failed or f"{departure.to}: has it")
    if not ways:
        say(f"the checkpoint went nowhere: say in {home / 'kstep.toml'}, [checkpoints], where it goes")
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
    home: HomeOption,
    payloads: Annotated[
        bool,
        typer.Option(
            "--payloads", help="Show every payload that can be read, and not only what says nothing of anybody."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Write the bundle that an inspector gets: every log up to its last checkpoint, and the verifier."""
    from kstep.app.home import Home
    from kstep.ledger import export as bundle
    from kstep.ledger.service import INTERNAL

    ledger = Home.open(home).ledger()
    exported = bundle.export(
        ledger, out, lambda recorded: payloads or recorded.marking == INTERNAL, archive=out.suffix == ".zip"
    )
    if as_json:
        print_json([found._asdict() for found in exported])
    else:
        _print_table(
            ("log", "events", "behind its last checkpoint"),
            [(found.origin, f"{found.size:,}", f"{found.behind:,}") for found in exported],
        )
    return DONE


@app.command()
def verify(
    bundle: Annotated[
        Path | None,
        typer.Argument(help="A folder or a ZIP archive; without, the database of the home.", show_default=False),
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="A key that was told from outside.", show_default=False)
    ] = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="A checkpoint that left, in a file.", show_default=False)
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", envvar="KSTEP_HOME", help="The home of this node.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Check a bundle, or the database of a home, against keys and checkpoints from outside."""
    told, outside = [key_of(text) for text in key or ()], [checkpoint_of(path) for path in checkpoint or ()]
    if bundle is not None:
        if not bundle.exists():
            raise InputError(
                "there is no such file or folder", where=str(bundle), mend="give a bundle, or --home alone"
            )
        return _verify_bundle(bundle, told, outside, as_json)
    if home is None:
        raise InputError("neither a bundle nor a home", mend="give BUNDLE, or --home DIR, or set KSTEP_HOME")
    return _verify_home(home, told, outside, as_json)


def _verify_bundle(bundle: Path, told: list[Key], outside: list[Checkpoint], as_json: bool) -> int:
    from kstep.ledger import verifier

    if not as_json:
        arguments = [str(bundle), *(f"--key={key}" for key in told)]
        return verifier.main([*arguments, *(f"--checkpoint={found.where}" for found in outside)])
    refused = None
    found: list[verifier.Log] = []
    try:
        found = verifier.verify(bundle, told, outside)
    except (verifier.Refused, OSError, *verifier.DAMAGED) as error:
        refused = str(error)
    verified = refused is None and all(log.from_outside for log in found)
    print_json({
        "verified": verified, "refused": refused,
        "logs": [
            {"log": log.origin, "events": log.size, "payloads": log.shown, "rows": log.rows, "from_outside": len(log.from_outside),
             "cosigned": log.cosigned}
            for log in found
        ],
    })  # fmt: skip
    return DONE if verified else ATTENTION


def _verify_home(home: Path, told: list[Key], outside: list[Checkpoint], as_json: bool) -> int:
    from kstep.app.home import Home
    from kstep.ledger.soundness import Soundness
    from kstep.ledger.ways import ways_of
    from kstep.ledger.witness import Witness

    opened = Home.open(home)
    witnesses = [key for way in ways_of(opened.settings, home) if isinstance(way, Witness) for key in way.keys]
    own = [signer.key for signer in opened.signing_keys]
    look = Soundness(opened.ledger(), [*told, *witnesses, *own], outside)
    found = []
    for finding in look.findings():
        found.append(finding)
        if not as_json:
            print(one_line(f"WRONG: {finding}"))
    owed = [looked.origin for looked in look.looked if not looked.from_outside]
    if as_json:
        print_json({
            "sound": not found, "findings": [finding._asdict() for finding in found],
            "logs": [vars(looked) for looked in look.looked],
        })  # fmt: skip
    else:
        _print_looked(look)
    for origin in owed:
        say(f"{origin}: no checkpoint from outside; nothing but this database's word stands against another history")
    return ATTENTION if found or owed else DONE


def _print_looked(look: Soundness) -> None:
    _print_table(
        ("log", "events", "payloads read", "destroyed", "rows read", "checkpoints from outside"),
        [
            (looked.origin, *(f"{count:,}" for count in list(vars(looked).values())[1:]))
            for looked in look.looked
        ],
    )  # fmt: skip


@app.command()
def rebuild(home: HomeOption, as_json: JsonOption = False) -> int:
    """Throw away what was computed from events, and compute it again from all of them."""
    from kstep.app.home import Home

    count = Home.open(home).ledger().rebuild()
    if as_json:
        print_json({"events": count})
    else:
        print(f"computed again from {count:,} events")
    return DONE


@keys.command("list")
def list_keys(home: HomeOption, as_json: JsonOption = False) -> int:
    """The keys of this node's log: which signs, and which was retired."""
    from kstep.app.home import Home

    opened = Home.open(home)
    found = _log_keys(opened)
    if as_json:
        print_json([vars(key) | {"key": str(key.key), "id": key.key.id.hex()} for key in found])
        return DONE
    for key in found:
        came = "from the beginning" if key.added is None else f"added by event {key.added:,}"
        stands = "signs" if key.retired is None else f"retired at {key.retired:,} events"
        print(f"{key.key}  {came}, {stands}, longest checkpoint {'none' if key.signed is None else f'{key.signed:,}'}")
    return DONE


@keys.command("add")
def add(home: HomeOption) -> int:
    """Make another key, which signs from the next checkpoint on, and print it."""
    from kstep.app.home import Home
    from kstep.ledger.keys import add_key
    from kstep.ledger.service import ITSELF

    opened = Home.open(home)
    made = opened.add_signing_key()
    recorded = add_key(opened.ledger(), ITSELF, made.key)
    print(made.key)
    say(f"event {recorded.number:,} adds it; make a checkpoint next, so that verifiers can trust it")
    return DONE


@keys.command("retire")
def retire(
    key: Annotated[str, typer.Argument(help="A key of this log, or its id.", show_default=False)],
    home: HomeOption,
    size: Annotated[
        int | None,
        typer.Option(
            "--size", min=0, show_default=False,
            help="Events up to which its signatures count: of a stolen key, what the log had when it was last yours alone.",
        ),
    ] = None,
    told_outside: Annotated[
        bool, typer.Option("--told-outside", help="Verifiers are told another key from outside: this one is lost.")
    ] = False,
) -> int:  # fmt: skip
    """Make what a key signs of more events worth nothing."""
    from kstep.app.home import Home
    from kstep.ledger.keys import retire_key
    from kstep.ledger.service import ITSELF

    opened = Home.open(home)
    named = [found.key for found in _log_keys(opened) if key in (str(found.key), found.key.id.hex())]
    if not named:
        raise InputError("is no key of this log", where=key, mend="choose one that kstep ledger keys list shows")
    held = [signer.key for signer in opened.signing_keys]
    recorded = retire_key(opened.ledger(), ITSELF, named[0], held=held, size=size, told=told_outside)
    say(f"event {recorded.number:,} retires it; its file among the home's keys can be destroyed")
    return DONE


def _log_keys(opened: Any) -> list[LogKey]:
    from kstep.ledger.keys import log_keys

    with opened.database.read() as connection:
        return log_keys(opened.ledger(), connection, [signer.key for signer in opened.signing_keys])


def key_of(text: str) -> Key:
    from kstep.ledger.verifier import Key, Refused

    try:
        return Key.parse(text)
    except Refused as refused:
        raise InputError(str(refused), where="--key", mend="give the line as kstep ledger keys list shows it") from None


def checkpoint_of(path: Path) -> Checkpoint:
    from kstep.ledger.verifier import Checkpoint, Refused

    try:
        return Checkpoint.parse(path.read_bytes(), str(path))
    except Refused as refused:
        raise InputError(str(refused), where="--checkpoint", mend="give the file as it left") from None
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", where=str(path), mend="give the file as it left"
        ) from None


def _print_table(titles: tuple[str, ...], lines: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_edge=False, pad_edge=False)
    for title in titles:
        table.add_column(title, justify="left" if title == titles[0] else "right", overflow="fold")
    for line in lines:
        table.add_row(*(Text(one_line(held)) for held in line))
    Console().print(table)
