"""Finding accounts and offices as they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kstep.access.account import Account, Eligibility, Grant
from kstep.access.roles import ADMINISTRATOR
from kstep.access.tables import accounts, grants, held, learned, offices, training
from kstep.model.markings import Level, codes_of


@dataclass(frozen=True, slots=True)
class Office:
    """An office by its code."""

    code: str
    name: str
    open: bool


def find_accounts(connection: Connection, number: int | None = None) -> list[Account]:
    """All accounts by number, closed ones too; or the one of this number, if there is one."""
    narrowed = [] if number is None else [accounts.c.account == number]
    held: defaultdict[int, set[Grant]] = defaultdict(set)
    learned: defaultdict[int, dict[str, int]] = defaultdict(dict)
    joined = select(grants).join(accounts, accounts.c.account == grants.c.account).where(*narrowed)
    for account, role, office in connection.execute(joined):
        held[account].add(Grant(role, office))
    joined = select(training).join(accounts, accounts.c.account == training.c.account).where(*narrowed)
    for account, course, until in connection.execute(joined.order_by(training.c.course)):
        learned[account][course] = until
    return [
        Account(
            number=line.account,
            name=line.name,
            active=line.closed is None,
            grants=frozenset(held[line.account]),
            eligibility=Eligibility(Level(line.level), codes_of(line.categories), codes_of(line.audiences)),
            courses=learned[line.account],
        )
        for line in connection.execute(select(accounts).where(*narrowed).order_by(accounts.c.account))
    ]


def find_account(connection: Connection, number: int) -> Account | None:
    """The account of this number."""
    return next(iter(find_accounts(connection, number)), None)


def find_offices(connection: Connection) -> list[Office]:
    """All offices by code, closed ones too."""
    found = connection.execute(select(offices).order_by(offices.c.office))
    return [Office(line.office, line.name, line.closed is None) for line in found]


class Careers:
    """What some accounts were at any time: their roles, and the courses that counted."""

    def __init__(self, connection: Connection, numbers: Iterable[int]) -> None:
        some = sorted(set(numbers))
        self._held = connection.execute(select(held).where(held.c.account.in_(some))).all() if some else []
        self._learned = connection.execute(select(learned).where(learned.c.account.in_(some))).all() if some else []

    def roles(self, account: int, office: str, moment: int) -> frozenset[str]:
        """The roles that an account had at an office, or everywhere, at a moment (microseconds since 1970)."""
        return frozenset(
            line.role
            for line in self._held
            if line.account == account
            and line.office in ("", office)
            and line.since <= moment
            and (line.until is None or line.until > moment)
        )

    def courses(self, account: int, moment: int) -> frozenset[str]:
        """The courses that an account had completed at a moment, and that counted."""
        mine = (line for line in self._learned if line.account == account)
        return frozenset(line.course for line in mine if line.since <= moment < line.until)


def administrators(connection: Connection) -> list[int]:
    """The open accounts that look after all others."""
    asked = select(grants.c.account).join(accounts, accounts.c.account == grants.c.account)
    everywhere = (grants.c.role == ADMINISTRATOR, grants.c.office == "", accounts.c.closed.is_(None))
    return list(connection.execute(asked.where(*everywhere).order_by(grants.c.account)).scalars())


__all__ = ["Careers", "Office", "administrators", "find_account", "find_accounts", "find_offices"]
