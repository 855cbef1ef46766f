"""`kstep retention`: what is known of people goes when its time is over, unless it is held, and it is proved that it is gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, print_json, say
from kstep.cli.register_items import (
    AsJson,
    Ground,
    PersonNamed,
    find_person,
    item,
    of_person,
    register_of,
    require_person,
)
from kstep.cli.second import SecondKey, agreeing
from kstep.cli.tables import show, told_dates
from kstep.model import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from kstep.access.policy import Item
    from kstep.register.retention import Retention, Stranger

app = typer.Typer(no_args_is_help=True, help="Erase what need not be kept any longer, and prove that it is gone.")

PURPOSE = "retention"
ACTION = "retention.apply"


@app.callback()
def root() -> None:
    """Erase what need not be kept any longer, and prove that it is gone."""


@app.command()
def plan(as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = PURPOSE) -> int:
    """Whose time is over, and what holds them."""
    from kstep.register.retention import STRANGERS

    with _retention(home, as_, purpose) as (now, retention):
        moment, only = now.ledger.clock(), partial(now.actor.filter, ACTION)
        found, strangers = retention.plan(moment, only), retention.strangers(moment, only)
        of_people = [of_person(one.person, one.office) for one in found]
        now.access.read_marked(now.actor, ACTION, [*of_people, *map(_stranger, strangers)], purpose)
    if as_json:
        of_nobody = {"person": None, "ground": STRANGERS, "holds": (), "against": (), "free": True}
        print_json([
            *({**asdict(one), "difference": None, "free": one.free} for one in found),
            *({**of_nobody, "difference": one.difference, "office": one.office, "left": one.settled, "over": one.over}
              for one in strangers),
        ])  # fmt: skip
        return DONE
    rows = [
        {"of": f"person {one.person}", "office": one.office, "ground": one.ground, "left": told_dates(one.left),
         "time_over": told_dates(one.over), "held_by": "; ".join((*one.holds, *one.against))}
        for one in found
    ] + [
        {"of": f"difference {one.difference}", "office": one.office, "ground": STRANGERS, "left": told_dates(one.settled),
         "time_over": told_dates(one.over), "held_by": ""}
        for one in strangers
    ]  # fmt: skip
    show(rows, ("of", "office", "ground", "left", "time_over", "held_by"), "nobody's time is over")
    return DONE


@app.command()
def apply(
    second: SecondKey = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Erase whom the plan lets go; two people have to say so."""
    from kstep.app.erasure import erasing

    with _retention(home, as_, purpose) as (now, retention):
        moment, only = now.ledger.clock(), partial(now.actor.filter, ACTION)
        planned = retention.plan(moment, only)
        strangers = map(_stranger, retention.strangers(moment, only))
        of_people = [of_person(one.person, one.office) for one in planned if one.free]
        agreed = agreeing(now, second, ACTION, [*of_people, *strangers])
        with erasing(now.home):
            erased = retention.apply(moment, agreed, now.by, only)
            forgotten = retention.forget(moment, agreed, now.by, only)
    counts = {"held": len(planned) - len(erased), "forgotten": len(forgotten)}
    if as_json:
        print_json({"erased": [one.person for one in erased], **counts})
    else:
        say(f"{len(erased):,} erased, {counts['held']:,} held, {counts['forgotten']:,} settled differences forgotten")
    return DONE


@app.command()
def prove(as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = PURPOSE) -> int:
    """Look for what is left of everyone who was erased."""
    from kstep.access.policy import NODE
    from kstep.ledger.ways import ways_of
    from kstep.ledger.witness import Witness
    from kstep.register.erasures import prove as proved

    with _retention(home, as_, purpose) as (now, _):
        now.access.require(now.actor, ACTION, NODE, purpose)
        ways = ways_of(now.home.settings, now.home.path)
        witnesses = [key for way in ways if isinstance(way, Witness) for key in way.keys]
        proof = proved(now.ledger, [*(signer.key for signer in now.home.signing_keys), *witnesses])
    if as_json:
        erasures = [{**asdict(one), "proved": one.proved} for one in proof.erasures]
        print_json({"holds": proof.holds, "erasures": erasures, "unsound": list(proof.unsound)})
        return DONE if proof.holds else ATTENTION
    rows = [
        {"person": one.person, "event": one.event, "erased": told_dates(one.recorded), "by": one.actor, "sealed": one.sealed,
         "left": "nothing" if one.proved else f"{one.readable} readable; {', '.join(one.kept)}"}
        for one in proof.erasures
    ]  # fmt: skip
    show(rows, ("person", "event", "erased", "by", "sealed", "left"), "nobody was erased")
    for finding in proof.unsound:
        say(one_line(f"WRONG: {finding}"))
    return DONE if proof.holds else ATTENTION


@app.command()
def hold(
    person: PersonNamed,
    ground: Ground,
    second: SecondKey = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Have what is known of somebody kept, and print the name of the hold; two people have to say so."""
    with _retention(home, as_, purpose) as (now, retention):
        number = find_person(now, person)
        held = require_person(now, ACTION, number)
        print(retention.place(number, ground, agreeing(now, second, ACTION, [held]), now.by))
    return DONE


@app.command()
def lift(
    hold: Annotated[str, typer.Argument(metavar="HOLD", help="Its name.", show_default=False)],
    ground: Ground,
    second: SecondKey = None,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = PURPOSE,
) -> int:
    """Have it kept no longer on that account; two people have to say so."""
    with _retention(home, as_, purpose) as (now, retention):
        person = retention.person_of(hold)
        held = require_person(now, ACTION, person)
        retention.lift(hold, ground, agreeing(now, second, ACTION, [held]), now.by)
    return DONE


@app.command()
def holds(as_json: AsJson = False, home: HomeFolder = None, as_: ActingKey = None, purpose: Purpose = PURPOSE) -> int:
    """What is held, and why."""
    from kstep.register.repair_queue import office_of

    with _retention(home, as_, purpose) as (now, retention):
        found = retention.holds(partial(now.actor.filter, ACTION))
        items = [of_person(one.person, office_of(now.ledger, one.person)) for one in found]
        now.access.read_marked(now.actor, ACTION, items, purpose)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        rows = [{**asdict(one), "placed": told_dates(one.placed)} for one in found]
        show(rows, ("hold", "person", "ground", "placed"), "nothing is held")
    return DONE


def _stranger(one: Stranger) -> Item:
    from kstep.register.projection import stranger

    return item(stranger(one.difference), one.office)


@contextmanager
def _retention(home: Path | None, key: Path | None, purpose: str) -> Iterator[tuple[Acting, Retention]]:
    from kstep.register.retention import Retention, schedule_of

    with acting(home, key, purpose, ACTION) as now:
        yield now, Retention(now.ledger, register_of(now), schedule_of(now.home.settings))
