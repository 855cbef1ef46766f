"""The worker: what a node owes without being asked. It does what is due, however long it was down, and nothing that is not.

What is due is read from what was recorded, never remembered: a worker that was killed and one that starts do the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import randbelow

from kstep.access.account import Actor
from kstep.access.service import Access
from kstep.app.correspondence import Correspondence
from kstep.app.home import Home
from kstep.app.lists_in_use import in_use, open_in_use, rescreening
from kstep.app.overdue import overdue
from kstep.app.reviews import Reviews
from kstep.app.sending import Sending
from kstep.editions.service import Editions
from kstep.editions.view import EditionsView
from kstep.encounters.service import Files
from kstep.ledger.checkpoints import last_checkpoint, make_checkpoint
from kstep.ledger.leaving import leave
from kstep.ledger.service import Ledger
from kstep.ledger.ways import ways_of
from kstep.model import KstepError
from kstep.model.canaries import CANARIES
from kstep.register.canaries import ImportUnderWay
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from kstep.screening.adoption import in_force
from kstep.screening.canaries import Canaries, alarms
from kstep.screening.power import SEEDS, Power

SECOND = 1_000_000
CHECKPOINT_EVERY = 3_000 * SECOND
"""Microseconds after which a checkpoint leaves again: less than an hour, so that one hour is never missed."""

FETCH_EVERY = 3_600 * SECOND
"""Microseconds after which a list is asked for again that has an address."""

DUTIES = {
    "lists.publish": "fetch lists", "screening.run": "screen", "messages.deliver": "send messages",
    "ledger.checkpoint": "sign checkpoints",
}  # fmt: skip
"""What the account of a worker must be allowed to do, and what for."""

_LATE = "looking for what is overdue"


@dataclass
class Worker:
    """A worker of a home, acting as an account that was authenticated; `say` is told what it does, and what failed."""

    home: Home
    ledger: Ledger
    access: Access
    actor: Actor
    say: Callable[[str], None]
    _asked: dict[str, int] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)

    def check(self) -> None:
        """Raise `AccessError` unless its account may do all that is due."""
        for action in DUTIES:
            self.access.require(self.actor, action, None, "screening")

    def turn(self) -> list[str]:
        """Do what is due, and return what could not be done: what comes after it is done all the same."""
        failed = []
        for what, duty in (
            ("fetching lists", self._fetch), ("looking for lists that stopped", self._overdue),
            ("planting canaries", self._plant), ("screening", self._screen), ("opening reviews", self._review),
            ("telling what is owed", self._tell), ("sending messages", self._dispatch),
            ("looking for canaries", self._look), ("measuring", self._measure), (_LATE, self._late),
            ("checkpoint", self._checkpoint),
        ):  # fmt: skip
            try:
                failed += [f"{what}: {reason}" for reason in duty()]
            except KstepError as error:
                failed.append(f"{what}: {error}")
            except Exception as error:  # a defect of one duty keeps nobody from being screened
                failed.append(f"{what}: a defect of kstep, {type(error).__name__}; please report it")
        for reason in failed:
            if _but_counts(reason) not in self._said:  # once, and again when it was over in between
                self.say(reason)
        self._said = set(map(_but_counts, failed))
        return failed

    def _editions(self) -> Editions:
        return Editions(self.ledger, self.home.path / "editions")

    def _fetch(self) -> Sequence[str]:
        failed, editions, by = [], self._editions(), self.actor.by("lists")
        for kept in editions.lists():
            name, now = kept.source.list, self.ledger.clock()
            arrived = kept.arrived if kept.current else 0
            last = max(
                one for one in (0, arrived, self._asked.get(name, 0)) if one <= now
            )  # not what a clock was ahead
            if not kept.source.address or now - last < FETCH_EVERY:
                continue
            self._asked[name] = now
            try:
                outcome = editions.fetch(by, name)
            except KstepError as error:
                failed.append(str(error))
                continue
            self.say(f"{name}: edition {outcome.number} {outcome.state}" if outcome.number else f"{name}: nothing new")
            if outcome.state == "held":
                failed.append(f"{name}: edition {outcome.number} is held until somebody releases or rejects it")
        return failed

    def _overdue(self) -> Sequence[str]:
        return [
            f"{late.list}: did not arrive when it was due" for late in self._editions().overdue(self.actor.by("lists"))
        ]

    def _canaries(self) -> Canaries:
        projection = RegisterProjection(self.home.vault)
        return Canaries(rescreening(self.home, self.ledger, Register(self.ledger, projection), self.say), projection)

    def _plant(self) -> Sequence[str]:
        canaries = self._canaries()
        if canaries.are_due():
            with suppress(ImportUnderWay):  # they wait; it is an alarm if that takes too long
                canaries.plant(self.actor.by("screening"))
        return []

    def _screen(self) -> Sequence[str]:
        canaries, by = self._canaries(), self.actor.by("screening")
        lists = [*open_in_use(self.home, self.ledger, self.say), *canaries.in_use()]
        for done in canaries.run.run(lists, by):
            if done.list != CANARIES:
                self.say(f"{done.list}: {done.found:,} possible matches, {done.gone:,} no longer")
        if night := canaries.bring_home(by):
            self.say(f"of {night.pairs:,} canaries {night.found:,} came back")
        return []

    def _review(self) -> Sequence[str]:
        """Have files follow what screening found: a run does so itself, but for what it found before a protocol was there."""
        reviews = Reviews(self.ledger, Register(self.ledger, RegisterProjection(self.home.vault)), self._files())
        reviews.follow(self.actor.by("screening"))
        return []

    def _tell(self) -> Sequence[str]:
        """Tell whoever is to be told by now of what is owed in files, each once."""
        by, files = self.actor.by("supervision"), self._files()
        files.send_what_waits(by)
        for told in files.fire(by):
            self.say(told)
        return []

    def _files(self) -> Files:
        return Correspondence(self.ledger, self.home.origin).files

    def _look(self) -> Sequence[str]:
        with self.home.database.read() as connection:
            return alarms(connection, self.ledger.clock())

    def _late(self) -> Sequence[str]:
        lists = in_use(EditionsView(self.ledger, self.home.path / "editions"))
        with self.home.database.read() as connection:
            return overdue(connection, lists, self.ledger.clock())

    def _measure(self) -> Sequence[str]:
        """Measure the classes of records of which it is not known how well the engine in use finds them."""
        with self.home.database.read() as connection:
            power = Power(self.ledger, in_force(connection).standard)
            owed = power.owed(connection)
        lists = open_in_use(self.home, self.ledger, self.say) if owed else []
        if power.measure(owed, lists, self.actor.by("screening"), randbelow(SEEDS)):
            self.say(
                f"classes of records measured: {len(owed)}; kstep coverage --by class tells how well each is found"
            )
        return []

    def _dispatch(self) -> Sequence[str]:
        """Send what is owed, climb for what is late, and hold both sides against each other."""
        return Sending(self.home, self.ledger, self.actor.by("reporting")).turn()

    def _checkpoint(self) -> Sequence[str]:
        with self.home.database.read() as connection:
            last = last_checkpoint(connection)
        if last is not None and 0 <= self.ledger.clock() - last.made < CHECKPOINT_EVERY:
            return []
        kept = make_checkpoint(self.ledger, self.home.signing_keys)
        ways = ways_of(self.home.settings, self.home.path)
        if not ways:
            return ["it goes nowhere: say in kstep.toml, [checkpoints], where it goes"]
        return [f"{gone.to}: {gone.failed}" for gone in leave(self.ledger, kept, ways) if gone.failed]


def _but_counts(reason: str) -> str:
    """A reason, however many it counts: what is overdue is not said again because there is one more of it."""
    return re.sub(rf"^({_LATE}: (?:[^:]*: )?)[0-9][0-9,]* ", r"\1", reason)


__all__ = ["CHECKPOINT_EVERY", "DUTIES", "FETCH_EVERY", "Worker"]
