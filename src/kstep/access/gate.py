"""The gate that everybody passes: who acts proves to be it; what may not be done is refused, with its reason, and recorded; reads
of what is marked are recorded.

Each decision is made from what the account may do at that moment, not from what it could when its owner came in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, select

from kstep.access.account import AccessError, Account, Actor, Decision
from kstep.access.directory import administrators, find_account
from kstep.access.keys import CHALLENGE_BYTES, PersonalKey, proves
from kstep.access.policy import NODE, Item
from kstep.access.purposes import AUTHENTICATION
from kstep.access.tables import keys
from kstep.ledger.service import By, Ledger, Unit
from kstep.ledger.tables import OWN, logs
from kstep.model.events import AccessDenied, MarkedItemRead

AUTHENTICATE = "authenticate"
_MOST_NAMED = 3


class Gate:
    """Authentication, decisions and their record, over a ledger from which `ACCESS` is computed."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def authenticate(self, path: Path, password: str = "") -> Actor:
        """The owner of the personal key in a file. Raises `InputError` if it is no such file, `AccessError` if the key is
        nobody's, was replaced, or its account is closed.
        """
        key = PersonalKey.read(path, password)
        challenge = os.urandom(CHALLENGE_BYTES)
        return self.admit(key.public, challenge, key.answer(self.node(), challenge))

    def node(self) -> str:
        """The name in which this node asks for proofs: its log's origin."""
        with self.ledger.database.read() as connection:
            return connection.execute(select(logs.c.origin).where(logs.c.log == OWN)).scalar() or ""

    def admit(self, public: str, challenge: bytes, answer: bytes) -> Actor:
        """Who proves by an answer to a challenge to hold the private key to a public one. The challenge must be random, of
        `CHALLENGE_BYTES`, and asked once. Raises `AccessError`.
        """
        node = self.node()
        with self.ledger.database.read() as connection:
            known = connection.execute(select(keys).where(keys.c.key == public)).one_or_none()
            account = None if known is None else find_account(connection, known.account)
            whom = _whom(connection)
        if account is None or known is None or not proves(public, node, challenge, answer):
            raise AccessError(
                f"this key is no account's on this node; to get an account, show its public key to {whom}"
            )
        if not account.active:
            self._deny(account, AUTHENTICATE, NODE, AUTHENTICATION, f"{account.subject} is closed")
        if known.replaced is not None:
            self._deny(account, AUTHENTICATE, NODE, AUTHENTICATION, f"this key of {account.subject} was replaced")
        return Actor(account.number, account.name, account.active, account.grants, account.eligibility, account.courses)

    def require(self, actor: Actor, action: str, item: Item | None, purpose: str) -> None:
        """Go on only if an account may do this with an item, or with the node as a whole. If not, the denial is recorded in a unit
        of its own, so this is never called inside one. Raises `AccessError`, and `InputError` for an unknown purpose.
        """
        self._check(actor, action, [item or NODE], purpose)

    def require_somewhere(self, actor: Actor, action: str, purpose: str) -> None:
        """As `require`, before the items are known: go on only if there can be one with which this may be done."""
        actor.by(purpose)
        with self.ledger.database.read() as connection:
            decision = _as_it_stands(connection, actor).may_somewhere(action)
        if not decision.allowed:
            self._deny(actor, action, NODE, purpose, decision.reason)

    @contextmanager
    def unit(self, actor: Actor, action: str, item: Item | None, purpose: str) -> Iterator[Unit]:
        """A unit of work in which somebody does something: nothing that takes the right away can come in between. Raises as
        `require` does, and then there was no unit.
        """
        with self._unit(actor, action, [item or NODE], purpose) as unit:
            yield unit

    def read_marked(self, actor: Actor, action: str, items: Sequence[Item], purpose: str) -> None:
        """Go on only if an account may read all of these items, and record each read of one that not everybody may see. To be
        called before they are shown. Raises as `require` does, and then nothing is to be shown.
        """
        if not any(item.marking.restricts for item in items):
            self._check(actor, action, items, purpose)
            return
        with self._unit(actor, action, items, purpose) as unit:
            for item in items:
                if item.marking.restricts:
                    told = MarkedItemRead(action=action, item=item.subject, marking=str(item.marking))
                    unit.record(told, subject=actor.subject, marking=str(item.marking))

    def _check(self, actor: Actor, action: str, items: Sequence[Item], purpose: str) -> None:
        actor.by(purpose)
        with self.ledger.database.read() as connection:
            account = _as_it_stands(connection, actor)
        for item in items:
            decision = account.may(action, item)
            if not decision.allowed:
                self._deny(actor, action, item, purpose, decision.reason)

    @contextmanager
    def _unit(
        self,
        actor: Actor,
        action: str,
        items: Sequence[Item],
        purpose: str,
        decide: Callable[[Account, Item], Decision] | None = None,
    ) -> Iterator[Unit]:
        denied: tuple[Item, str] | None = None
        with self.ledger.unit(actor.by(purpose)) as unit:
            take_turn(unit.connection)
            account = _as_it_stands(unit.connection, actor)
            for item in items:
                decision = decide(account, item) if decide else account.may(action, item)
                if not decision.allowed and denied is None:
                    denied = item, decision.reason
            if denied is None:
                yield unit
        if denied is not None:
            self._deny(actor, action, denied[0], purpose, denied[1])

    def _deny(self, account: Account, action: str, item: Item, purpose: str, reason: str) -> None:
        with self.ledger.unit(By(account.subject, purpose)) as unit:
            told = AccessDenied(action=action, item=item.subject, reason=reason)
            unit.record(told, subject=account.subject, marking=str(item.marking))
            whom = _whom(unit.connection)
        what = f" ({item.subject})" if item.subject else ""
        raise AccessError(f"{action}{what} was denied: {reason}; ask {whom}")


def take_turn(connection: Connection) -> None:
    """Wait until nobody else writes to this node's log; whoever comes later waits for this unit."""
    connection.execute(select(logs.c.size).where(logs.c.log == OWN).with_for_update()).one_or_none()


def _as_it_stands(connection: Connection, actor: Actor) -> Account:
    found = find_account(connection, actor.number)
    return found or Account(actor.number, "", active=False)


def _whom(connection: Connection) -> str:
    found = [f"account:{number}" for number in administrators(connection)]
    if not found:
        return "an administrator"
    return f"an administrator ({', '.join(found[:_MOST_NAMED])}{', …' if len(found) > _MOST_NAMED else ''})"


__all__ = ["AUTHENTICATE", "Gate", "take_turn"]
