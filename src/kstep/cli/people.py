"""`kstep people`: the register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, print_json, progress, say

if TYPE_CHECKING:
    from kstep.cli.acting import Acting
    from kstep.register.importing import Account
    from kstep.register.service import Register

app = typer.Typer(no_args_is_help=True, help="The people under supervision.")

PersonId = Annotated[
    str, typer.Argument(metavar="PERSON_ID", help="The id that the source gives them.", show_default=False)
]
Ground = Annotated[str, typer.Option(help="Why; it is kept.", show_default=False)]
SHOWN = 20


@app.callback()
def root() -> None:
    """The people under supervision."""


def register_of(now: Acting) -> Register:
    """The register of a home."""
    from kstep.register.projection import RegisterProjection
    from kstep.register.service import Register

    return Register(now.ledger, RegisterProjection(now.home.vault))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The people: a CSV, JSONL or Parquet file.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "records",
) -> int:
    """Read a file of people into the register; one that was stopped goes on where it was. Nobody leaves by not being in a file."""
    with acting(home, as_, purpose, "people.import") as now, progress("importing", None) as advance:
        account = register_of(now).import_people(file, now.by, advance)
    for notice in account.notices:
        say(f"{file.name}: {notice}")
    for error in account.wrong[:SHOWN]:
        say(f"{file.name}, line {error.line}: {error.field or 'the row'}: {error.message}")
    if len(account.wrong) > SHOWN:
        say(f"{file.name}: and {account.refused.total() + account.errors.total() - SHOWN:,} more")
    _print_account(account, as_json)
    return ATTENTION if account.refused or account.errors or account.absent else DONE


def _print_account(account: Account, as_json: bool) -> None:
    told = {
        "already": account.already, "rows": account.rows, "new": account.new, "changed": account.changed,
        "unchanged": account.unchanged, "shared": account.shared, "absent": account.absent,
        "refused": dict(sorted(account.refused.items())), "errors": dict(sorted(account.errors.items())),
    }  # fmt: skip
    if as_json:
        print_json(told)
        return
    if account.already:
        print("this file is what was imported last; nothing changed")
        return
    print(f"rows         {account.rows:>12,}")
    print(f"new          {account.new:>12,}")
    print(f"changed      {account.changed:>12,}")
    print(f"unchanged    {account.unchanged:>12,}")
    for name, counts in (("refused", account.refused), ("not read", account.errors)):
        for what, number in sorted(counts.items()):
            print(f"{name:<12} {number:>12,}  {what}")
    if account.absent:
        print(f"absent       {account.absent:>12,}  on the roster, and not in the file; they stay")


@app.command()
def leave(
    person_id: PersonId,
    ground: Annotated[
        str, typer.Option(help="Why: departed, removed, status_granted, citizen, deceased, …", show_default=False)
    ],
    evidence: Annotated[str, typer.Option(help="The paper that shows it.", show_default=False)],
    second: Annotated[
        Path, typer.Option(metavar="KEYFILE", help="The personal key of the second person.", show_default=False)
    ],
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "records",
) -> int:
    """Take somebody off the roster, as two people say."""
    with acting(home, as_, purpose, "people.leave") as now:
        other = second_of(now, second, "people.leave")
        register = register_of(now)
        register.leave(register.find(person_id), ground, evidence, other, now.by)
    return DONE


def second_of(now: Acting, key: Path, action: str) -> str:
    """The account of a second person who agrees, by their key. Raises `AccessError`."""
    import os

    from kstep.access.account import AccessError, second_person
    from kstep.access.policy import NODE

    other = now.access.authenticate(key, os.environ.get("KSTEP_SECOND_PASSWORD", ""))
    decision = second_person(now.actor, other, action, NODE)
    if not decision.allowed:
        raise AccessError(f"the second person cannot agree: {decision.reason}")
    return other.subject


@app.command("return")
def return_(
    person_id: PersonId,
    ground: Ground,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "records",
) -> int:
    """Put somebody who had left on the roster again."""
    with acting(home, as_, purpose, "people.leave") as now:
        register = register_of(now)
        register.come_back(register.find(person_id), ground, now.by)
    return DONE


@app.command()
def erase(
    person_id: PersonId,
    ground: Ground,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "records",
) -> int:
    """Destroy what is known of somebody, for good; the record that it was stands."""
    from kstep.screening import register_index

    with acting(home, as_, purpose, "people.erase") as now:
        register = register_of(now)
        number = register.find(person_id)
        register.erase(number, ground, now.by)
        register_index.forget(now.home.path / "indexes")
    return DONE
