"""`kstep ledger keys`: the keys that sign a node's checkpoints. Who changes them proves who it is, and stands in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import DONE, AsJson, print_json, say
from kstep.model import InputError

if TYPE_CHECKING:
    from kstep.ledger.keys import LogKey

app = typer.Typer(no_args_is_help=True, help="The keys that sign this node's checkpoints.")


@app.callback()
def root() -> None:
    """The keys that sign this node's checkpoints."""


@app.command("list")
def list_(
    as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = "administration"
) -> int:
    """The keys of this node's log: which signs, and which was retired."""
    with acting(home, as_, purpose, "ledger.checkpoint", node=True) as now:
        found = _log_keys(now)
    if as_json:
        print_json([vars(key) | {"key": str(key.key), "id": key.key.id.hex()} for key in found])
        return DONE
    for key in found:
        came = "from the beginning" if key.added is None else f"added by event {key.added:,}"
        stands = "signs" if key.retired is None else f"retired at {key.retired:,} events"
        print(f"{key.key}  {came}, {stands}, longest checkpoint {'none' if key.signed is None else f'{key.signed:,}'}")
    return DONE


@app.command()
def add(home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = "administration") -> int:
    """Make another key, which signs from the next checkpoint on, and print it."""
    from kstep.ledger.keys import add_key

    with acting(home, as_, purpose, "keys.manage", node=True) as now:
        made = now.home.add_signing_key()
        recorded = add_key(now.ledger, now.by, made.key)
    print(made.key)
    say(f"event {recorded.number:,} adds it; make a checkpoint next, so that verifiers can trust it")
    return DONE


@app.command()
def retire(
    key: Annotated[str, typer.Argument(help="A key of this log, or its id.", show_default=False)],
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
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:  # fmt: skip
    """Make what a key signs of more events worth nothing."""
    from kstep.ledger.keys import retire_key

    with acting(home, as_, purpose, "keys.manage", node=True) as now:
        named = [found.key for found in _log_keys(now) if key in (str(found.key), found.key.id.hex())]
        if not named:
            raise InputError("is no key of this log", where=key, mend="choose one that kstep ledger keys list shows")
        held = [signer.key for signer in now.home.signing_keys]
        recorded = retire_key(now.ledger, now.by, named[0], held=held, size=size, told=told_outside)
    say(f"event {recorded.number:,} retires it; its file among the home's keys can be destroyed")
    return DONE


def _log_keys(now: Acting) -> list[LogKey]:
    from kstep.ledger.keys import log_keys

    with now.home.database.read() as connection:
        return log_keys(now.ledger, connection, [signer.key for signer in now.home.signing_keys])
