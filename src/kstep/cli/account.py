"""`kstep account`: who may do what on a node."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import DONE, print_json, say
from kstep.model import InputError, one_line

if TYPE_CHECKING:
    from kstep.access.account import Account
    from kstep.access.keys import PersonalKey

app = typer.Typer(no_args_is_help=True, help="Say who may do what.")

Number = Annotated[int, typer.Argument(metavar="ACCOUNT", help="The account's number.", show_default=False)]
Role = Annotated[str, typer.Argument(metavar="ROLE", help="The role.", show_default=False)]
Office = Annotated[str, typer.Option(metavar="CODE", help="Only at this office; otherwise everywhere.")]
Ground = Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands in the log.")]
PublicKey = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="PUBLIC", help="The public key that the person's make-key printed.", show_default=False
    ),
]
KeyOut = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Make a key and write it there, to be handed over.", show_default=False),
]


@app.callback()
def root() -> None:
    """Say who may do what."""


@app.command("make-key")
def make_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.", show_default=False)],
) -> int:
    """Make a personal key, and print the public one, for which an administrator opens an account."""
    from kstep.access.keys import PersonalKey

    key = PersonalKey.generate()
    _write(key, file)
    print(key.public)
    return DONE


@app.command("open")
def open_(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its owner.", show_default=False)],
    key: PublicKey = None,
    key_out: KeyOut = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Open an account, which may do nothing yet, and print its number."""
    with acting(home, as_, purpose, "accounts.manage") as now:
        public, made = _public(key, key_out)
        try:
            number = now.access.open_account(now.actor, name, public, purpose)
        except BaseException:
            if made is not None:
                made.unlink()  # nobody has this key
            raise
    print(number)
    return DONE


@app.command()
def close(
    account: Number,
    ground: Ground,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Close an account, for good."""
    with acting(home, as_, purpose) as now:
        now.access.close_account(now.actor, account, ground, purpose)
    return DONE


@app.command("replace-key")
def replace_key(
    account: Number,
    ground: Ground,
    key: PublicKey = None,
    key_out: KeyOut = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Give an account another key; its owner may do so too."""
    with acting(home, as_, purpose) as now:
        public, made = _public(key, key_out)
        try:
            now.access.replace_key(now.actor, account, public, ground, purpose)
        except BaseException:
            if made is not None:
                made.unlink()
            raise
    return DONE


@app.command()
def grant(
    account: Number,
    role: Role,
    office: Office = "",
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Give an account a role, at an office or everywhere."""
    with acting(home, as_, purpose) as now:
        now.access.grant(now.actor, account, role, office, purpose)
    return DONE


@app.command()
def withdraw(
    account: Number,
    role: Role,
    ground: Ground,
    office: Office = "",
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Take a role away, at an office or the one everywhere."""
    with acting(home, as_, purpose) as now:
        now.access.withdraw(now.actor, account, role, office, ground, purpose)
    return DONE


@app.command()
def eligible(
    account: Number,
    level: Annotated[str, typer.Option(help="internal, restricted, confidential, secret or top-secret.")] = "internal",
    category: Annotated[list[str] | None, typer.Option(help="A category; may be given several times.")] = None,
    audience: Annotated[list[str] | None, typer.Option(help="An audience; may be given several times.")] = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Say what of the marked an account may see; what was said before is void."""
    from kstep.model.markings import Level

    with acting(home, as_, purpose) as now:
        parsed = Level.parse(level)
        now.access.set_eligibility(now.actor, account, parsed, category or (), audience or (), purpose)
    return DONE


@app.command()
def train(
    account: Number,
    course: Annotated[str, typer.Argument(metavar="COURSE", help="Its name.", show_default=False)],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day, in UTC, on which it counts.")],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Record that the owner of an account completed a course."""
    from kstep.access.service import end_of

    with acting(home, as_, purpose) as now:
        now.access.record_training(now.actor, account, course, end_of(until.date()), purpose)
    return DONE


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """All accounts, and what they may do."""
    with acting(home, as_, purpose) as now:
        found = now.access.accounts(now.actor, purpose)
    if as_json:
        print_json([account.to_json() for account in found])
    else:
        _print(found)
    return DONE


def _public(key: str | None, key_out: Path | None) -> tuple[str, Path | None]:
    """The public key that was given, or that of a new one; and the file in which that is."""
    from kstep.access.keys import PersonalKey

    if (key is None) == (key_out is None):
        mend = "say --key PUBLIC if the person has one (kstep account make-key), otherwise --key-out FILE"
        raise InputError("one key is needed", where="--key", mend=mend)
    if key_out is None:
        return key or "", None
    made = PersonalKey.generate()
    _write(made, key_out)
    return made.public, key_out


def _write(key: PersonalKey, file: Path) -> None:
    password = os.environ.get("KSTEP_NEW_KEY_PASSWORD", "")
    key.write(file, password)
    if not password:
        say(f"{file} is behind no password: whoever can read it can act; KSTEP_NEW_KEY_PASSWORD sets one")


def _print(found: list[Account]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_edge=False, pad_edge=False)
    for title in ("account", "name", "roles", "may see", "courses"):
        table.add_column(title)
    for account in found:
        held = account.eligibility
        seen = "//".join(
            part
            for part in (held.level.text, "/".join(sorted(held.categories)), "/".join(sorted(held.audiences)))
            if part
        )
        roles = "\n".join(map(str, sorted(account.grants))) if account.active else "closed"
        line = (str(account.number), account.name, roles, seen, "\n".join(account.courses))
        table.add_row(*(Text("\n".join(one_line(part) for part in cell.splitlines())) for cell in line))
    Console().print(table)
