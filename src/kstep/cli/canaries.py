"""`kstep canaries`: made-up people and entries that screening has to find, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, AsJson, print_json, say
from kstep.cli.tables import show, told_dates

if TYPE_CHECKING:
    from kstep.screening.canaries import Missed

app = typer.Typer(no_args_is_help=True, help="Made-up pairs that screening has to find, every night.")

SHOWN = 14
"""Nights that are shown."""

WAYS = {1: "the person came", 2: "the entry came"}
"""Which side of a pair came when the other was there, by the part of a night's entries."""


@app.callback()
def root() -> None:
    """Made-up pairs that screening has to find, every night."""


@app.command()
def run(
    pairs: Annotated[int, typer.Option(min=1, max=1_000, metavar="N", help="Pairs to plant.")] = 20,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "screening",
    as_json: AsJson = False,
) -> int:
    """Plant new canaries in the place of the last ones, and see whether screening finds all; kstep worker does so by itself."""
    from kstep.app.lists_in_use import rescreening
    from kstep.cli.register_items import projection_of, register_of
    from kstep.screening.canaries import Canaries, missed_pairs

    with acting(home, as_, purpose, "screening.run", node=True) as now:
        canaries = Canaries(rescreening(now.home, now.ledger, register_of(now), say), projection_of(now))
        canaries.plant(now.by, pairs)
        night = canaries.bring_home(now.by)
        missed = [_missed(one) for one in missed_pairs(now.ledger)]
    if night is None:
        say("somebody else planted canaries meanwhile; see kstep canaries status")
        return ATTENTION
    if as_json:
        print_json({"planted": night.pairs, "found": night.found, "missed": missed})
    else:
        print(f"of {night.pairs:,} canaries {night.found:,} came back")
    _say_missed(missed)
    return ATTENTION if night.missed else DONE


@app.command()
def status(
    home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = "oversight", as_json: AsJson = False
) -> int:
    """Whether canaries came back in the last nights, and which were missed."""
    from kstep.screening.canaries import alarms, last_nights, missed_pairs

    with acting(home, as_, purpose, "coverage.read") as now:
        with now.home.database.read() as connection:
            nights = last_nights(connection, SHOWN)
            wrong = alarms(connection, now.ledger.clock())
        missed = [_missed(one) for one in missed_pairs(now.ledger)]
    rows: list[dict[str, Any]] = [
        {"night": night.night, "planted": told_dates(night.planted), "pairs": night.pairs, "found": night.found,
         "returned": None if night.returned is None else told_dates(night.returned)}
        for night in nights
    ]  # fmt: skip
    if as_json:
        print_json({"nights": rows, "missed": missed, "alarms": wrong})
    else:
        show(rows, ("night", "planted", "pairs", "returned", "found"), "no canaries were planted yet")
    for alarm in wrong:
        say(alarm)
    _say_missed(missed)
    return ATTENTION if wrong else DONE


def _missed(one: Missed) -> dict[str, Any]:
    return {"canary": one.canary, "way": WAYS[one.part], "differs": list(one.kinds)}


def _say_missed(missed: list[dict[str, Any]]) -> None:
    for one in missed:
        say(f"canary {one['canary']} was missed: {one['way']}; differs in {', '.join(one['differs'])}")


__all__ = ["app"]
