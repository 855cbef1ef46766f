"""`kstep people`: the register."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, print_json, progress, say, without_values
from kstep.cli.handing import To, find_for, handing_to
from kstep.cli.register_items import AsJson, Ground, read_list, register_of, require_person
from kstep.cli.second import SecondKey, agreeing

if TYPE_CHECKING:
    from kstep.cli.acting import Acting
    from kstep.model import Person
    from kstep.register.importing import Account
    from kstep.screening.lookback import Then

app = typer.Typer(no_args_is_help=True, help="The people under supervision.")

PersonId = Annotated[
    str, typer.Argument(metavar="PERSON_ID", help="The id that the source gives them.", show_default=False)
]
SHOWN = 20


@app.callback()
def root() -> None:
    """The people under supervision."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The people: a CSV, JSONL or Parquet file.", show_default=False)],
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "records",
) -> int:
    """Read a file of people into the register; one that was stopped goes on where it was. Nobody leaves by not being in a file."""
    from kstep.register.placeholders import frequent_placeholders

    with acting(home, as_, purpose, "people.import", node=True) as now, progress("importing", None) as advance:
        account = register_of(now).import_people(file, now.by, advance)
        with now.home.database.read() as connection:
            only = partial(now.actor.filter, "people.read")
            told = [] if account.already else frequent_placeholders(now.ledger, connection, only)
        often = [one for one in told if one.source == file.name]
        read_list(now, "people.read", "register:placeholders", (one.office for one in often))
    for notice in account.notices:
        say(f"{file.name}: {notice}")
    for error in account.wrong[:SHOWN]:
        say(f"{file.name}, line {error.line}: {error.field or 'the row'}: {without_values(error.message)}")
    if len(account.wrong) > SHOWN:
        say(f"{file.name}: and {account.refused.total() + account.errors.total() - SHOWN:,} more")
    for one in often:
        say(
            f"{one.source}, office {one.office or 'unknown'}: {one.what} in {one.people:,} of {one.of:,} records; the form or the "
            "clerk may write it by itself"
        )
    _print_account(account, as_json)
    return ATTENTION if account.refused or account.errors or account.absent or account.left or often else DONE


def _print_account(account: Account, as_json: bool) -> None:
    told = {
        "already": account.already, "rows": account.rows, "new": account.new, "changed": account.changed,
        "unchanged": account.unchanged, "shared": account.shared, "absent": account.absent, "left": account.left,
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
    if account.left:
        print(
            f"left         {account.left:>12,}  not on the roster, and in the file; kstep register reconcile names them"
        )


@app.command()
def show(
    person_id: PersonId,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="As it was recorded then: 2025-03-03, or with T12:00, in UTC.", show_default=False
        ),
    ] = None,
    would: Annotated[
        bool, typer.Option("--would", help="And what today's engine would find of it in today's lists.")
    ] = False,
    threshold: Annotated[
        float | None, typer.Option(metavar="P", help="With --would: another least probability.", show_default=False)
    ] = None,
    to: To = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "records",
) -> int:
    """What is recorded of somebody, or was at a moment: what the register said, which editions were current, was she screened."""
    from kstep.app.home import now as time
    from kstep.app.lists_in_use import ever_in_use
    from kstep.editions.view import EditionsView
    from kstep.register.projection import subject_of
    from kstep.register.repair_queue import office_of
    from kstep.screening.lookback import look_back

    if threshold is not None and not would:
        raise typer.BadParameter("says what would be found; write --would, too", param_hint="--threshold")
    if would and to is not None:
        raise typer.BadParameter("shows matches that nobody has decided, and is handed to nobody", param_hint="--would")
    moment = time() if as_of is None else _moment(as_of)
    with acting(home, as_, purpose, "people.read") as now:
        handing = handing_to(now, to)
        register = register_of(now)
        number = find_for(now, handing, "people:show", person_id)
        read_list(now, "people.read", subject_of(number), [office_of(now.ledger, number)])
        editions = ever_in_use(EditionsView(now.ledger, now.home.path / "editions"))
        with now.home.database.read() as connection:
            then = look_back(now.ledger, register, connection, number, moment, editions)
        if handing:
            then = handing.then("people:show", number, then)
            handing.handed("people:show", 1, [number])
        found = _would(now, then.records or (), threshold) if would else None
    print_json(_then_json(then, number) | ({"would": found} if found else {}))
    return DONE


def _would(now: Acting, records: Sequence[Person], threshold: float | None) -> dict[str, Any]:
    """What the engine that runs here finds of records in the lists in force; nobody recorded that it did."""
    from kstep.app.lists_in_use import open_in_use
    from kstep.matching import engine_name
    from kstep.screening.adoption import in_force
    from kstep.screening.run import check_threshold, screen

    now.access.require(now.actor, "lists.read", None, now.purpose)
    with now.home.database.read() as connection:
        stands = in_force(connection)
    least = check_threshold(stands.threshold if threshold is None else threshold)
    lists = [used.opened for used in open_in_use(now.home, now.ledger, say)]
    found = screen(list(records), lists, least, nominal_list=stands.nominal_list)
    return {
        "what": "what today's engine finds of what was known then, in the lists of today; nobody was told so then",
        "engine": engine_name(),
        "threshold": least,
        "possible_matches": [match.to_json() for match in found.matches],
    }


def _moment(text: str) -> int:
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no time; write one like 2025-03-03 or 2025-03-03T12:00", param_hint="--as-of"
        ) from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    if "T" not in text and " " not in text:
        found = found.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return round(found.timestamp() * 1_000_000)


def _then_json(then: Then, number: int) -> dict[str, Any]:
    from kstep.model.codec import person_to_json

    records = (
        [compared | rest for compared, rest in map(person_to_json, then.records)] if then.records is not None else None
    )
    return {
        "person": number,
        "as_of": _shown(then.moment),
        "state": then.state and then.state.name.lower(),
        "records": records,
        "lists": [
            {"list": stood.list, "edition_in_force": stood.edition, "screened": _shown(stood.screened), "against": stood.against,
             "engine": stood.engine, "was_screened": stood.was_screened,
             "possible_matches": [{"entry": entry, "bits": bits / 1000} for entry, bits in stood.matches]}
            for stood in then.lists
        ],
    }  # fmt: skip


def _shown(moment: int | None) -> str | None:
    from datetime import UTC, datetime

    return None if moment is None else datetime.fromtimestamp(moment / 1e6, UTC).isoformat(timespec="seconds")


@app.command()
def leave(
    person_id: PersonId,
    ground: Annotated[
        str, typer.Option(help="Why: departed, removed, status_granted, citizen, deceased, …", show_default=False)
    ],
    evidence: Annotated[str, typer.Option(help="The paper that shows it.", show_default=False)],
    second: SecondKey = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "records",
) -> int:
    """Take somebody off the roster, as two people say."""
    with acting(home, as_, purpose, "people.leave") as now:
        register = register_of(now)
        number = register.find(person_id)
        agreed = agreeing(now, second, "people.leave", [require_person(now, "people.leave", number)])
        register.leave(number, ground, evidence, agreed, now.by)
    return DONE


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
        number = register.find(person_id)
        require_person(now, "people.leave", number)
        register.come_back(number, ground, now.by)
    return DONE


@app.command()
def erase(
    person_id: PersonId,
    ground: Ground,
    second: SecondKey = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "records",
) -> int:
    """Destroy what is known of somebody, for good, as two people say; the record that it was stands."""
    from kstep.app.erasure import erase as erase_of_home
    from kstep.cli.files_told import files_of
    from kstep.encounters.keeping import FileKeeper

    with acting(home, as_, purpose, "people.erase") as now:
        register = register_of(now)
        number = register.find(person_id)
        agreed = agreeing(now, second, "people.erase", [require_person(now, "people.erase", number)])
        with now.home.database.read() as connection:
            owed = FileKeeper(files_of(now)).owed_of(connection, number)
        erase_of_home(now.home, register, [number], ground, now.by, agreed)
    if owed:
        say(f"person:{number}: {owed:,} still owed in the file went with it; kstep files counts keeps how much")
    return ATTENTION if owed else DONE
