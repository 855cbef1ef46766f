"""Offices that work apart, each with a log of its own, and what they send each other."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from encounters.offices import HOUR, Office
from kstep.encounters.exchange import Exchange, Taken
from kstep.encounters.facts import facts_of
from kstep.encounters.happened import happened_in
from kstep.encounters.tables import obligations
from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.export import export
from kstep.ledger.verifier import Key
from kstep.model.events import AnswersConflict, Recorded

NORTH, SOUTH, EAST = "screening.example/north", "screening.example/south", "screening.example/east"


class Apart:
    """Some offices, and what they send each other."""

    def __init__(self, folder: Path, *origins: str) -> None:
        self.folder, self.bundles = folder, 0
        self.offices = {
            origin: Office.begun(folder / str(place) / "home", origin=origin) for place, origin in enumerate(origins)
        }

    def at(self, origin: str) -> Office:
        return self.offices[origin]

    def export(self, origin: str) -> Path:
        office, self.bundles = self.at(origin), self.bundles + 1
        make_checkpoint(office.ledger, office.kept.home.signing_keys)
        out = self.folder / f"bundle-{self.bundles}"
        export(office.ledger, out, lambda _: True)
        return out

    def key(self, origin: str) -> Key:
        return self.at(origin).kept.home.signing_key.key

    def take(self, into: str, origin: str) -> Taken:
        """One office takes in what another recorded so far."""
        return self.take_bundle(into, origin, self.export(origin))

    def take_bundle(self, into: str, origin: str, out: Path) -> Taken:
        office = self.at(into)
        (taken,) = Exchange(office.files).take(office.by("director"), out, [self.key(origin)])
        shutil.rmtree(out)
        return taken

    def meet(self, order: Sequence[tuple[str, str]]) -> None:
        for into, origin in order:
            self.take(into, origin)

    def everybody_with_everybody(self, chance: random.Random) -> None:
        """Twice, so that each has what the others made of what they got."""
        order = [(into, origin) for into in self.offices for origin in self.offices if into != origin]
        for _ in range(2):
            chance.shuffle(order)
            self.meet(order)

    def held(self, origin: str, number: int = 1) -> list[Any]:
        """The facts of a file as an office holds them, in the words of all offices."""
        office = self.at(origin)
        with office.kept.home.database.read() as connection:
            found = facts_of(connection, office.number(number))
        return [
            (one.id, one.kind, one.recorded, one.actor.partition(" at ")[0], sorted(one.roles), sorted(one.training),
             one.second.partition(" at ")[0], sorted(one.second_roles), dict(one.about), dict(one.says), one.evidence)
            for one in found
        ]  # fmt: skip

    def owed(self, origin: str, moment: int, number: int = 1) -> Any:
        """What an office says is owed, and what was broken."""
        office = self.at(origin)
        decided = office.files.decide(office.number(number), moment)
        obligations = [
            (one.step, one.key, one.number, str(one.state), one.fact, one.since, one.due, one.settled)
            for one in decided.obligations
        ]
        return decided.state, obligations, [(str(one.kind), one.at, one.where, one.fact) for one in decided.breaches]

    def agree(self, number: int = 1) -> None:
        first, *others = self.offices
        moment = max(office.now for office in self.offices.values()) + 1_000 * HOUR
        for other in others:
            assert self.held(first, number) == self.held(other, number)
            assert self.owed(first, moment, number) == self.owed(other, moment, number)
            assert self.kept(first, number) == self.kept(other, number)

    def kept(self, origin: str, number: int) -> list[Any]:
        """What an office keeps of what is owed."""
        office = self.at(origin)
        with office.kept.home.database.read() as connection:
            this = obligations.c.person == office.number(number)
            lines = connection.execute(select(obligations).where(this).order_by(*obligations.primary_key)).all()
        return [tuple(line)[1:] for line in lines]

    def conflicts(self, origin: str) -> list[Recorded]:
        office = self.at(origin)
        with office.kept.home.database.read() as connection:
            found = happened_in(office.ledger, connection, office.number(1))
        return [event for event in found if isinstance(event.fact, AnswersConflict)]


def finish(apart: Apart) -> None:
    for office in apart.offices.values():
        office.finish()
