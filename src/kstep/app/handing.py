"""What a home hands to somebody outside otherwise than as a message: lists, counts, what is known of one person. It passes the one
check of everything that leaves; what was left of it, and what was kept here, is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, bindparam

from kstep.app.home import Home
from kstep.dispatch.egress import Leaving, Rule, divided, may_have_a_bundle, refusal, refusals
from kstep.dispatch.outbox import subject_about
from kstep.dispatch.projection import subject_of_recipient
from kstep.dispatch.protection import kept_from
from kstep.dispatch.recipients import Recipient, find_recipient
from kstep.dispatch.settings import own_state
from kstep.editions.errors import EditionsError
from kstep.editions.view import EditionsView
from kstep.encounters.answers import is_decided
from kstep.encounters.facts import facts_of, kept_as
from kstep.encounters.projection import pairing_key
from kstep.encounters.referring import matches_in
from kstep.ledger.service import By, Ledger
from kstep.model import InputError
from kstep.model.canaries import is_canary
from kstep.model.events import EgressRefused, HandedOut
from kstep.model.markings import INTERNAL, Marking
from kstep.register.importing import MARKING
from kstep.register.tables import Only, people
from kstep.screening.lookback import Then

Row = TypeVar("Row")
_AT_ONCE = 500


class Match(Protocol):
    """A match of a person with an entry, which has its source's id."""

    @property
    def person(self) -> int: ...
    @property
    def list(self) -> str: ...
    @property
    def entry(self) -> str: ...


@dataclass(frozen=True)
class _Entry:
    person: int
    list: str
    entry: str


@dataclass(frozen=True)
class Handing:
    """Handing something to a recipient, as somebody, for a purpose."""

    home: Home
    ledger: Ledger
    recipient: Recipient
    by: By

    @classmethod
    def to(cls, home: Home, ledger: Ledger, name: str, by: By, marking: Marking) -> Handing:
        """To a recipient in the registry, who may see what is marked so, and for what. Raises `InputError`: the same whomever
        anything tells of.
        """
        with ledger.database.read() as connection:
            recipient = find_recipient(connection, name)
        if rule := refusal(Leaving(by.purpose, marking=marking), recipient, {}):
            mend = "see kstep recipients list, and what it may be told for --purpose"
            raise InputError(f"nothing of this may be handed to it: {rule}", where=name, mend=mend)
        return cls(home, ledger, recipient, by)

    def rows(self, item: str, found: Iterable[Row], of: Callable[[Row], Iterable[int]]) -> list[Row]:
        """Those rows that may leave, by the people of whom each tells: the others are not there, and not counted."""
        return self._divided(item, found, lambda row: Leaving(self.by.purpose, frozenset(of(row))))

    def matches(self, item: str, found: Sequence[Any]) -> list[Any]:
        """Those matches that may leave: of nobody who is protected from the recipient, and decided by the confirming authority."""
        undecided = self._undecided(found)
        held = list(enumerate(found))
        left = self._divided(
            item,
            held,
            lambda row: Leaving(
                self.by.purpose,
                frozenset([row[1].person]),
                undecided=undecided[row[0]],
                lists=frozenset([row[1].list]),
            ),
        )
        return [row for _, row in left]

    def then(self, item: str, person: int, then: Then) -> Then:
        """What was recorded of somebody, without the matches on which nobody has decided."""
        held = [_Entry(person, stood.list, entry) for stood in then.lists for entry, _ in stood.matches]
        left = {(one.list, one.entry) for one in self.matches(item, held)}
        lists = [
            replace(stood, matches=tuple(match for match in stood.matches if (stood.list, match[0]) in left))
            for stood in then.lists
        ]
        return replace(then, lists=tuple(lists))

    def may_tell_of(self, item: str, person: int) -> bool:
        """Whether what is known of somebody may leave. If not, there is no record of them, as far as the recipient is told."""
        return bool(self.rows(item, [person], lambda number: [number]))

    def page(self, item: str, leaving: Leaving) -> bool:
        """Whether a page may leave of which nothing can be left out; not if it would go home, of which nothing is said. Raises
        `InputError` for every other reason.
        """
        with self.ledger.database.read() as connection:
            (rule,) = refusals(connection, self.ledger.vault, [leaving], self.recipient)
        if rule is None:
            return True
        self._record(item, [(leaving, rule)])
        if rule is not Rule.HOME:
            raise InputError(f"may not be handed out: {rule}", where=self.recipient.recipient)
        return False

    def file(self, person: int, marking: Marking) -> Leaving:
        """What the file of somebody is that is to leave: undecided if one of its matches is."""
        with self.ledger.database.read() as connection:
            answered = decided(connection, [person]).get(person, set())
            matches = matches_in(connection, person)
        known, named = {pairing_key(*one) for one in matches}, frozenset(name for name, _ in matches)
        return Leaving(self.by.purpose, frozenset([person]), marking, undecided=bool(known - answered), lists=named)

    def only(self, only: Only) -> Only:
        """Which people are counted: those whom somebody may see, without those of whom nothing reaches the recipient."""
        with self.ledger.database.read() as connection:
            protected = kept_from(connection, self.ledger.vault, self.recipient.states)
        away: BindParameter[Any] = bindparam(None, sorted(protected), expanding=True, literal_execute=True)

        def counted(columns: Any) -> ColumnElement[bool]:
            return and_(only(columns), people.c.person.not_in(away)) if protected else only(columns)

        return counted

    def whole(self, what: str) -> None:
        """Go on only if something may leave of which nothing can be left out, because it is signed as it is. Raises `InputError`:
        the same whoever is protected from whom.
        """
        own = own_state(self.home.settings)
        if not may_have_a_bundle(self.recipient, own):
            mend = "say in kstep.toml, [dispatch] state, which state this node is of, and choose a recipient of that state alone"
            raise InputError(f"{what} leaves for nobody of another state", where=self.recipient.recipient, mend=mend)

    def handed(self, item: str, rows: int, told: Iterable[int] = ()) -> None:
        """Record that this was handed out, and of whom it tells: if something in it was wrong, whoever has it is to know."""
        name, numbers = self.recipient.recipient, sorted({number for number in told if not is_canary(number)})
        with self.ledger.unit(self.by) as unit:
            for first in range(0, max(len(numbers), 1), _AT_ONCE):
                some = tuple(numbers[first : first + _AT_ONCE])
                about = subject_about(some, name) if some else ""
                fact = HandedOut(recipient=name, item=item, rows=0 if first else rows, about=about)
                unit.record(fact, subject=subject_of_recipient(name), marking=MARKING if some else str(INTERNAL))

    def _divided(self, item: str, found: Iterable[Row], told: Callable[[Row], Leaving]) -> list[Row]:
        with self.ledger.database.read() as connection:
            left, kept = divided(connection, self.ledger.vault, found, self.recipient, told)
        if kept:
            self._record(item, kept)
        return left

    def _record(self, item: str, kept: Iterable[tuple[Leaving, Rule]]) -> None:
        """Record what was kept here and why: of the protected, sealed as they are, and otherwise once for each reason."""
        reasons = {(rule, one.people if rule is Rule.HOME else frozenset()) for one, rule in kept}
        name = self.recipient.recipient
        with self.ledger.unit(self.by) as unit:
            for rule, about in sorted(reasons, key=lambda reason: (reason[0], sorted(reason[1]))):
                why = EgressRefused(message=item, recipient=name, rule=rule.name.lower())
                unit.record(why, subject=subject_about(tuple(sorted(about)), name), marking=MARKING)

    def _undecided(self, found: Sequence[Match]) -> list[bool]:
        """Whether nobody has decided on each of these matches."""
        with self.ledger.database.read() as connection:
            answered = decided(connection, {one.person for one in found})
        view = EditionsView(self.ledger, self.home.path / "editions")
        return [not answered.get(one.person) or _key(view, one) not in answered[one.person] for one in found]


def decided(connection: Connection, numbers: Iterable[int]) -> dict[int, set[str]]:
    """The possible matches of these people on which the confirming authority decided, by what files call them."""
    found: dict[int, set[str]] = {}
    for person in sorted(set(numbers)):
        held = facts_of(connection, kept_as(connection, person))
        keys = {fact.about["pairing"] for fact in held if fact.kind == "ConfirmationReceived"}
        if sure := {key for key in keys if is_decided(held, key)}:
            found[person] = sure
    return found


def _key(view: EditionsView, one: Match) -> str:
    """What files call a match; nothing if they cannot know of it."""
    try:
        return pairing_key(one.list, view.entry_number(one.list, one.entry))
    except EditionsError:
        return ""


__all__ = ["Handing", "decided"]
