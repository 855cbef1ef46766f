"""How the tables of accounts and offices follow from events of this node's log. What another node's log says of its accounts gives
nobody a right here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from kstep.access.tables import TABLES, accounts, grants, held, keys, learned, offices, training
from kstep.ledger.service import Handler, Projection
from kstep.ledger.tables import OWN, logs
from kstep.model.events import (
    AccountClosed,
    AccountKeyReplaced,
    AccountOpened,
    EligibilitySet,
    OfficeClosed,
    OfficeOpened,
    Recorded,
    RoleGranted,
    RoleWithdrawn,
    TrainingCompleted,
)
from kstep.model.markings import Level, column_of

AnyFact = TypeVar("AnyFact")


def _own(handle: Callable[[Connection, Recorded, AnyFact], None]) -> Handler:
    """A handler of events of this node's log that can still be read."""

    def handler(connection: Connection, recorded: Recorded) -> None:
        fact: Any = recorded.fact
        if fact is not None and recorded.log == connection.execute(_ORIGIN).scalar():
            handle(connection, recorded, fact)

    return handler


_ORIGIN = select(logs.c.origin).where(logs.c.log == OWN)


def _id(recorded: Recorded) -> str:
    return recorded.subject.partition(":")[2]


def _opened(connection: Connection, recorded: Recorded, fact: AccountOpened) -> None:
    number = int(_id(recorded))
    nothing = {"level": int(Level.INTERNAL), "categories": column_of(frozenset()), "audiences": column_of(frozenset())}
    connection.execute(insert(accounts), [{"account": number, "name": fact.name, "closed": None, **nothing}])
    connection.execute(insert(keys), [{"key": fact.key, "account": number, "replaced": None}])


def _closed(connection: Connection, recorded: Recorded, fact: AccountClosed) -> None:
    of_account = accounts.c.account == int(_id(recorded))
    connection.execute(update(accounts).where(of_account).values(closed=recorded.recorded))
    _end(connection, recorded, held.c.account == int(_id(recorded)))


def _end(connection: Connection, recorded: Recorded, *these: ColumnElement[bool]) -> None:
    """Roles are held no longer."""
    connection.execute(update(held).where(held.c.until.is_(None), *these).values(until=recorded.recorded))


def _key_replaced(connection: Connection, recorded: Recorded, fact: AccountKeyReplaced) -> None:
    number = int(_id(recorded))
    in_use = keys.c.replaced.is_(None)
    connection.execute(update(keys).where(keys.c.account == number, in_use).values(replaced=recorded.recorded))
    connection.execute(insert(keys), [{"key": fact.key, "account": number, "replaced": None}])


def _eligible(connection: Connection, recorded: Recorded, fact: EligibilitySet) -> None:
    held = {
        "level": int(Level.parse(fact.level)),
        "categories": column_of(frozenset(fact.categories)),
        "audiences": column_of(frozenset(fact.audiences)),
    }
    connection.execute(update(accounts).where(accounts.c.account == int(_id(recorded))).values(held))


def _granted(connection: Connection, recorded: Recorded, fact: RoleGranted) -> None:
    connection.execute(insert(grants), [{"account": int(_id(recorded)), "role": fact.role, "office": fact.office}])
    line = {"account": int(_id(recorded)), "role": fact.role, "office": fact.office, "since": recorded.recorded}
    connection.execute(insert(held), [{**line, "until": None}])


def _withdrawn(connection: Connection, recorded: Recorded, fact: RoleWithdrawn) -> None:
    this = (grants.c.account == int(_id(recorded)), grants.c.role == fact.role, grants.c.office == fact.office)
    connection.execute(delete(grants).where(*this))
    these = (held.c.account == int(_id(recorded)), held.c.role == fact.role, held.c.office == fact.office)
    _end(connection, recorded, *these)


def _office_opened(connection: Connection, recorded: Recorded, fact: OfficeOpened) -> None:
    office = _id(recorded)
    connection.execute(delete(offices).where(offices.c.office == office))  # it was closed before
    connection.execute(insert(offices), [{"office": office, "name": fact.name, "closed": None}])


def _office_closed(connection: Connection, recorded: Recorded, fact: OfficeClosed) -> None:
    office = _id(recorded)
    connection.execute(delete(grants).where(grants.c.office == office))
    _end(connection, recorded, held.c.office == office)
    connection.execute(update(offices).where(offices.c.office == office).values(closed=recorded.recorded))


def _trained(connection: Connection, recorded: Recorded, fact: TrainingCompleted) -> None:
    number = int(_id(recorded))
    connection.execute(delete(training).where(training.c.account == number, training.c.course == fact.course))
    connection.execute(insert(training), [{"account": number, "course": fact.course, "until": fact.until}])
    before = (learned.c.account == number) & (learned.c.course == fact.course) & (learned.c.until > recorded.recorded)
    connection.execute(update(learned).where(before).values(until=recorded.recorded))
    line = {"account": number, "course": fact.course, "since": recorded.recorded, "until": fact.until}
    connection.execute(insert(learned), [line])


ACCESS = Projection(
    TABLES,
    {
        AccountOpened: _own(_opened),
        AccountClosed: _own(_closed),
        AccountKeyReplaced: _own(_key_replaced),
        EligibilitySet: _own(_eligible),
        RoleGranted: _own(_granted),
        RoleWithdrawn: _own(_withdrawn),
        OfficeOpened: _own(_office_opened),
        OfficeClosed: _own(_office_closed),
        TrainingCompleted: _own(_trained),
    },
)
"""The tables of this room, and how they are computed."""

__all__ = ["ACCESS"]
