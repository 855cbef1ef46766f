"""Accounts and offices: opening and closing them, and saying what accounts may do. All of it is for administrators; at an office,
its own administrators say who has a role there.

There is always an administrator: the last open one can neither be closed nor lose the role. A key that was once an account's is
never another's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, func, select

from kstep.access.account import AccessError, Account, Actor, Decision, Grant
from kstep.access.directory import Office, administrators, find_account, find_accounts, find_offices
from kstep.access.gate import Gate, take_turn
from kstep.access.keys import checked_public
from kstep.access.policy import NODE, Item
from kstep.access.roles import ADMINISTRATOR, IN_PROTOCOL, ROLES
from kstep.access.tables import accounts, keys
from kstep.ledger.service import INTERNAL, SYSTEM, By, Unit
from kstep.model import InputError, one_line
from kstep.model.events import (
    AccountClosed,
    AccountKeyReplaced,
    AccountOpened,
    EligibilitySet,
    Fact,
    OfficeClosed,
    OfficeOpened,
    RoleGranted,
    RoleWithdrawn,
    TrainingCompleted,
)
from kstep.model.markings import Level, codes

MANAGE = "accounts.manage"
MOST_CODES = 64
"""Categories, or audiences, of one account: each makes the filter of a table longer."""

_PROTOCOL_ROLE = re.compile(rf"{IN_PROTOCOL}[a-z][a-z0-9-]{{0,39}}")
_LONGEST_CODE, _LONGEST_TEXT = 40, 200
_LAST_MOMENT = 253_402_300_800_000_000  # the end of the year 9999


class Access(Gate):
    """What one can ask for. Each change names who makes it and what for, and raises `AccessError` if it is denied, `InputError` if
    it makes no sense; then nothing was changed.
    """

    def open_first(self, name: str, key: str) -> int:
        """Open the first account, with the role of an administrator everywhere, for the holder of this public key; returns its
        number. Raises `AccessError` if there ever was an account.
        """
        with self.ledger.unit(By(SYSTEM, "administration")) as unit:
            take_turn(unit.connection)
            if find_accounts(unit.connection):
                raise AccessError(
                    "there are accounts already; the first one is opened when a home is made, and never again"
                )
            number = _open(unit, name, key)
            _tell(unit, RoleGranted(role=ADMINISTRATOR, office=""), number)
        return number

    def open_account(self, actor: Actor, name: str, key: str, purpose: str) -> int:
        """Open an account for the holder of this public key, which may do nothing yet; returns its number."""
        with self.unit(actor, MANAGE, NODE, purpose) as unit:
            return _open(unit, name, key)

    def close_account(self, actor: Actor, number: int, ground: str, purpose: str) -> None:
        """Close an account, for good."""
        with self.unit(actor, MANAGE, Item(f"account:{number}"), purpose) as unit:
            _found(unit.connection, number)
            _keep_an_administrator(unit.connection, number)
            _tell(unit, AccountClosed(ground=_text(ground, "ground")), number)

    def replace_key(self, actor: Actor, number: int, key: str, ground: str, purpose: str) -> None:
        """Let another public key be an account's; its owner may do so too."""

        def decide(account: Account, item: Item) -> Decision:
            own = account.active and account.number == number
            return Decision(True, f"{account.subject} is its own") if own else account.may(MANAGE, item)

        with self._unit(actor, MANAGE, [Item(f"account:{number}")], purpose, decide) as unit:
            _found(unit.connection, number)
            told = AccountKeyReplaced(key=_new_key(unit.connection, key), ground=_text(ground, "ground"))
            _tell(unit, told, number)

    def set_eligibility(
        self, actor: Actor, number: int, level: Level, categories: Iterable[str], audiences: Iterable[str], purpose: str
    ) -> None:
        """Say what of the marked an account may see; what was said before is void."""
        held = sorted(codes(categories)), sorted(codes(audiences))
        if max(map(len, held)) > MOST_CODES:
            raise InputError(
                f"more than {MOST_CODES} categories or audiences", where=f"account:{number}", mend="give fewer"
            )
        with self.unit(actor, MANAGE, Item(f"account:{number}"), purpose) as unit:
            _found(unit.connection, number)
            told = EligibilitySet(level=level.text, categories=tuple(held[0]), audiences=tuple(held[1]))
            _tell(unit, told, number)

    def grant(self, actor: Actor, number: int, role: str, office: str, purpose: str) -> None:
        """Give an account a role at an office, or everywhere where that is empty."""
        with self.unit(actor, MANAGE, Item(f"account:{number}", office), purpose) as unit:
            account = _found(unit.connection, number)
            grant = Grant(_role(role), office)
            if office and office not in {found.code for found in find_offices(unit.connection) if found.open}:
                mend = "open it first, with kstep office open"
                raise InputError(f"there is no open office {one_line(office, 40)!r}", where="--office", mend=mend)
            if grant in account.grants:
                raise InputError(f"is {grant} already", where=account.subject, mend="nothing needs to be done")
            _tell(unit, RoleGranted(role=role, office=office), number)

    def withdraw(self, actor: Actor, number: int, role: str, office: str, ground: str, purpose: str) -> None:
        """Take a role at an office away, or the one everywhere where that is empty."""
        with self.unit(actor, MANAGE, Item(f"account:{number}", office), purpose) as unit:
            account = _found(unit.connection, number)
            grant = Grant(_role(role), office)
            if grant not in account.grants:
                held = ", ".join(map(str, sorted(account.grants))) or "nothing"
                raise InputError(f"is not {one_line(str(grant), 80)}", where=account.subject, mend=f"it is {held}")
            if grant == Grant(ADMINISTRATOR):
                _keep_an_administrator(unit.connection, number)
            _tell(unit, RoleWithdrawn(role=role, office=office, ground=_text(ground, "ground")), number)

    def record_training(self, actor: Actor, number: int, course: str, until: int, purpose: str) -> None:
        """Record that the owner of an account completed a course, which counts until then (microseconds since 1970, UTC)."""
        if not 0 < until <= _LAST_MOMENT:
            raise InputError(
                "is no time until which a course can count", where=f"{until}", mend="give a date after 1970"
            )
        with self.unit(actor, MANAGE, Item(f"account:{number}"), purpose) as unit:
            _found(unit.connection, number)
            _tell(unit, TrainingCompleted(course=_text(course, "course", _LONGEST_CODE), until=until), number)

    def open_office(self, actor: Actor, code: str, name: str, purpose: str) -> None:
        """Open an office under the code by which files of people name it; one that was closed may be opened again."""
        code = _text(code, "code of an office", _LONGEST_CODE)
        with self.unit(actor, MANAGE, NODE, purpose) as unit:
            if code in {office.code for office in find_offices(unit.connection) if office.open}:
                raise InputError("is open already", where=f"office {code}", mend="nothing needs to be done")
            unit.record(OfficeOpened(name=_text(name, "name of an office")), subject=f"office:{code}", marking=INTERNAL)

    def close_office(self, actor: Actor, code: str, ground: str, purpose: str) -> None:
        """Close an office; whoever had a role there has it no more. What belongs to it is for those who have one everywhere."""
        code = _text(code, "code of an office", _LONGEST_CODE)
        with self.unit(actor, MANAGE, Item(f"office:{code}"), purpose) as unit:
            known = [office.code for office in find_offices(unit.connection) if office.open]
            if code not in known:
                mend = f"open offices are {', '.join(known) or 'none'}"
                raise InputError(f"there is no open office {one_line(code, 40)!r}", where="CODE", mend=mend)
            unit.record(OfficeClosed(ground=_text(ground, "ground")), subject=f"office:{code}", marking=INTERNAL)

    def account(self, number: int) -> Account:
        """An account, closed ones too: what it may do, not somebody who acts. Raises `InputError` if there is none."""
        with self.ledger.database.read() as connection:
            return _found(connection, number, closed_too=True)

    def accounts(self, actor: Actor, purpose: str) -> list[Account]:
        """All accounts by number, closed ones too."""
        self.require(actor, "accounts.read", NODE, purpose)
        with self.ledger.database.read() as connection:
            return find_accounts(connection)

    def offices(self) -> list[Office]:
        """All offices by code, closed ones too."""
        with self.ledger.database.read() as connection:
            return find_offices(connection)


def end_of(day: date) -> int:
    """The end of a day in UTC, in microseconds since 1970."""
    return (day.toordinal() + 1 - date(1970, 1, 1).toordinal()) * 86_400_000_000


def _tell(unit: Unit, fact: Fact, number: int) -> None:
    unit.record(fact, subject=f"account:{number}", marking=INTERNAL)


def _open(unit: Unit, name: str, key: str) -> int:
    told = AccountOpened(name=_text(name, "name"), key=_new_key(unit.connection, key))
    number = (unit.connection.execute(select(func.max(accounts.c.account))).scalar() or 0) + 1
    _tell(unit, told, number)
    return number


def _new_key(connection: Connection, key: str) -> str:
    known = connection.execute(select(keys.c.account).where(keys.c.key == checked_public(key))).scalar()
    if known is not None:
        mend = "make another, with kstep account make-key"
        raise InputError(f"is or was the key of account:{known}", where="--key", mend=mend)
    return key


def _found(connection: Connection, number: int, *, closed_too: bool = False) -> Account:
    account = find_account(connection, number) if abs(number) < 2**53 else None
    if account is None:
        raise InputError("there is no such account", where=f"account:{number}", mend="see kstep account list")
    if not account.active and not closed_too:
        raise InputError("is closed", where=account.subject, mend="open another for its owner")
    return account


def _keep_an_administrator(connection: Connection, number: int) -> None:
    if administrators(connection) == [number]:
        mend = f"grant somebody else the role {ADMINISTRATOR} everywhere first"
        raise InputError("is the last administrator", where=f"account:{number}", mend=mend)


def _role(role: str) -> str:
    if role not in ROLES and not _PROTOCOL_ROLE.fullmatch(role):
        mend = f"roles are {', '.join(ROLES)}, and those of protocols, such as {IN_PROTOCOL}officer"
        raise InputError(f"{one_line(role, 40)!r} is no role", where="ROLE", mend=mend)
    return role


def _text(text: str, what: str, longest: int = _LONGEST_TEXT) -> str:
    """A text that somebody wrote, on one line and without spaces around it."""
    found = text.strip()
    if not found or len(found) > longest or not found.isprintable():
        mend = f"write 1 to {longest} printable characters"
        raise InputError(
            f"is no {what.removeprefix('a ').removeprefix('an ')}", where=f"{one_line(text, 60)!r}", mend=mend
        )
    return found


__all__ = ["MANAGE", "MOST_CODES", "Access", "end_of"]
