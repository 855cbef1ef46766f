"""The commands and their order, and the one place where an error becomes a line on stderr and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

import typer

from kstep import __version__
from kstep.cli import (
    account,
    backup,
    canaries,
    demo,
    evaluate,
    files,
    init,
    ledger,
    lists,
    lookup,
    matches,
    messages,
    office,
    people,
    protection,
    protocol,
    receive,
    recipients,
    reconcile,
    register,
    requests,
    rescreen,
    retention,
    screen,
    standard,
    synth,
    warmup,
    worker,
)
from kstep.cli.console import BAD_INPUT, BROKEN, DONE, STOPPED, say
from kstep.model import KstepError

app = typer.Typer(
    name="kstep",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Screen everyone in a register against watchlists, lose no pair, explain each possible match.",
    epilog="Exit codes: 0 done, 1 done but something needs attention, 2 bad input or usage.",
)
app.command("screen")(screen.screen)
app.command("lookup")(lookup.lookup)
app.add_typer(lists.app, name="lists")
app.command("evaluate")(evaluate.evaluate)
app.add_typer(synth.app, name="synth")
app.add_typer(ledger.app, name="ledger")
app.command("init")(init.init)
app.command("upgrade")(init.upgrade)
app.add_typer(people.app, name="people")
app.command("rescreen")(rescreen.rescreen)
app.command("coverage")(rescreen.coverage)
app.command("certificate")(rescreen.certificate)
app.add_typer(standard.app, name="standard")
app.add_typer(matches.app, name="matches")
app.add_typer(protocol.app, name="protocol")
app.add_typer(files.app, name="files")
app.command("worker")(worker.worker)
app.add_typer(canaries.app, name="canaries")
app.command("demo")(demo.demo)
app.add_typer(account.app, name="account")
app.add_typer(office.app, name="office")
app.add_typer(backup.app, name="backup")
app.command("restore")(backup.restore)
app.add_typer(register.app, name="register")
app.add_typer(retention.app, name="retention")
app.add_typer(messages.app, name="messages")
app.add_typer(recipients.app, name="recipients")
app.add_typer(requests.app, name="requests")
app.add_typer(reconcile.app, name="reconcile")
app.add_typer(protection.app, name="protection")
app.add_typer(receive.app, name="receive")
app.command("warmup")(warmup.warmup)


def _version(wanted: bool) -> None:
    if wanted:
        from kstep.matching import engine_name

        print(engine_name())
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", is_eager=True, callback=_version, help="Print version and configuration."
    ),
) -> None:
    """Screen everyone in a register against watchlists, lose no pair, explain each possible match."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line with `arguments` (those of the process by default) and return its exit code."""
    try:
        result = app(args=None if arguments is None else list(arguments), standalone_mode=False, prog_name="kstep")
        sys.stdout.flush()
    except KstepError as error:
        say(str(error))
        return BAD_INPUT
    except typer.TyperException as error:
        say(_usage(error))
        return BAD_INPUT
    except (typer.Abort, KeyboardInterrupt):
        result = STOPPED
    except OSError as error:  # where no file is named, it is the standard output
        _give_up_output()
        say(
            f"{error.filename or 'standard output'}: cannot be used ({error.strerror or error}); check its room and permissions"
        )
        return BAD_INPUT
    except Exception as error:
        print(_traced(error), file=sys.stderr)
        say("an error of kstep itself: rely on nothing that this run wrote, and report the lines above")
        return BROKEN
    if result == STOPPED:  # typer returns it too, when it meets the interruption first
        say("stopped")
    return result if isinstance(result, int) else DONE


def _traced(error: BaseException) -> str:
    """Where an error came from, without its words: they may tell of somebody."""
    chain: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in chain:
        chain.append(found)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    told = [
        f"Traceback (most recent call last):\n{''.join(traceback.format_tb(one.__traceback__))}{type(one).__qualname__}"
        for one in reversed(chain)
    ]
    return "\n".join(told)


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "kstep"
    message = error.format_message() if isinstance(error, typer.BadParameter) else str(error)
    return f"{message.rstrip('.') or 'Missing command'}; see `{command} --help`"


def _give_up_output() -> None:
    """Let what is still unwritten go nowhere, so that the end of the process does not try once more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


__all__ = ["__version__", "app", "run"]
