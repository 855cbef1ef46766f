"""`kstep backup` and `kstep restore`: a copy of a node that leaves the machine, and a node made of it again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, say
from kstep.model import InputError

if TYPE_CHECKING:
    from kstep.ledger.service import Ledger


class _WriteByDefault(TyperGroup):
    """`kstep backup OUT` is `kstep backup write OUT`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["write", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_WriteByDefault, no_args_is_help=True, help="Take a copy of a node away: kstep backup OUT writes one."
)


@app.callback()
def root() -> None:
    """Take a copy of a node away: kstep backup OUT writes one."""


@app.command()
def write(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A folder that is not there yet.", show_default=False)],
    keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where the sealed secrets go; otherwise OUT.keys.", show_default=False),
    ] = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Write a backup, and beside it the secrets, sealed for the recovery key."""
    from kstep.app.backup import back_up, keys_beside

    beside = keys or keys_beside(out)
    with acting(home, as_, purpose, "backup") as now:
        made = back_up(now.home, out, beside, os.environ.get("KSTEP_BACKUP_PASSPHRASE", ""))
    print(f"{made.events:,} events, {made.rows:,} rows, {made.secrets:,} secrets")
    say(
        f"the secrets are in {beside}: keep them elsewhere than {out}, and run kstep backup forget on them after erasures"
    )
    if not made.log_keys:
        say("the log's keys are not in it; set KSTEP_BACKUP_PASSPHRASE to have them in it, behind that")
    return DONE


@app.command("make-key")
def make_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Make the recovery key for which this home's secrets are sealed, and print its public part."""
    from kstep.app.backup import make_recovery_key

    password = os.environ.get("KSTEP_RECOVERY_PASSWORD", "")
    with acting(home, as_, purpose, "backup") as now:
        print(make_recovery_key(now.home, file, password))
    say(f"take {file} away from this machine: it opens every backup")
    return DONE


@app.command()
def forget(
    files: Annotated[list[Path], typer.Argument(metavar="KEYS...", help="Files of secrets.", show_default=False)],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "retention",
) -> int:
    """Take the secrets of who was erased since out of files of secrets."""
    from kstep.app.backup import destroyed_in
    from kstep.app.backup_keys import forget as take_out

    with acting(home, as_, purpose, "backup") as now, now.home.database.read() as connection:
        count = take_out(files, destroyed_in(connection))
    print(f"{count:,} secrets taken out")
    return DONE


def restore(
    source: Annotated[Path, typer.Argument(metavar="IN", help="The folder of a backup.", show_default=False)],
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="DIR", help="The new home, which is not there yet.", show_default=False),
    ] = None,
    recovery: Annotated[Path | None, typer.Option(metavar="FILE", help="The recovery key.", show_default=False)] = None,
    keys: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The sealed secrets; otherwise IN.keys.", show_default=False)
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A database with nothing in it; otherwise a file.", show_default=False),
    ] = None,
    ledger: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="A newer log: a bundle, or the old home.", show_default=False),
    ] = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A checkpoint that left.", show_default=False)
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="A key of the log told from outside.", show_default=False)
    ] = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Make a node of a backup, once everything in it was checked; who was erased since stays erased."""
    from kstep.access.purposes import checked_purpose
    from kstep.app.backup import keys_beside
    from kstep.app.backup_form import Backup
    from kstep.app.backup_keys import RecoveryKey, SecretsFile
    from kstep.app.restore import Restoring
    from kstep.cli.ledger_verify import checkpoint_of, key_of

    checked_purpose(purpose)
    if home is None:
        raise InputError("no home was named", where="--home", mend="say --home DIR, a folder that is not there yet")
    if recovery is None:
        raise InputError("no recovery key was named", where="--recovery", mend="say --recovery FILE")
    restoring = Restoring(
        Backup.open(source), SecretsFile(keys or keys_beside(source)),
        RecoveryKey.read(recovery, os.environ.get("KSTEP_RECOVERY_PASSWORD", "")),
        os.environ.get("KSTEP_BACKUP_PASSPHRASE", ""), [key_of(line) for line in key or ()],
        [checkpoint_of(path) for path in checkpoint or ()], ledger or (), _permit(as_, purpose),
    )  # fmt: skip
    done = restoring.into(home, database)
    print(f"{done.events:,} events restored, {done.erased_again:,} people erased again")
    if not done.log_keys:
        say("the log's keys did not come with it; add one with kstep ledger keys add, and tell verifiers")
    if done.lacking:
        say(f"a newer log has {done.lacking:,} events more, which are not here: this node signs nothing against them")
    if not done.from_outside:
        say("no checkpoint from outside: nothing but the backup's word stands against another history")
    return ATTENTION if done.lacking or not done.from_outside else DONE


def _permit(as_: Path | None, purpose: str) -> Callable[[Ledger], None]:
    """Whether who asks may restore, as the restored node itself says."""
    from kstep.access.service import Access

    if as_ is None:
        raise InputError("who acts was not said", where="--as", mend="say --as KEYFILE or set KSTEP_KEY")

    def permit(ledger: Ledger) -> None:
        access = Access(ledger)
        actor = access.authenticate(as_, os.environ.get("KSTEP_KEY_PASSWORD", ""))
        access.require_somewhere(actor, "backup", purpose)

    return permit


__all__ = ["app", "restore"]
