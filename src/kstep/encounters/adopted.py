"""The protocols that were adopted, what there is in them, and who could do what they ask for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from kstep.access.directory import find_accounts
from kstep.access.roles import IN_PROTOCOL
from kstep.encounters.checking import FileError
from kstep.encounters.facts import facts_of, protocol_with
from kstep.encounters.projection import JOINED
from kstep.encounters.tables import files, protocols
from kstep.ledger.service import Ledger
from kstep.model import one_line
from kstep.protocol.decide import FileState
from kstep.protocol.diff import touched
from kstep.protocol.protocol import Protocol

_OPEN = files.c.state.not_in((FileState.CLOSED, JOINED))
"""Which files are neither closed nor joined to another's."""


def adopted(ledger: Ledger) -> list[dict[str, Any]]:
    """The protocols that were adopted, the last first: name, hash, use, when and by whom, and how many files each keeps."""
    with ledger.database.read() as connection:
        kept = select(files.c.protocol, func.count().label("kept")).group_by(files.c.protocol)
        counts = {line.protocol: line.kept for line in connection.execute(kept)}
        lines = connection.execute(select(protocols).order_by(protocols.c.adopted.desc())).all()
    return [
        {"name": line.name, "hash": line.hash, "use": line.use, "adopted": line.adopted, "by": line.actor,
         "files": counts.get(line.hash, 0)}
        for line in lines
    ]  # fmt: skip


def roles_of_nobody(ledger: Ledger, protocol: Protocol) -> list[str]:
    """The roles of a protocol that no open account has."""
    with ledger.database.read() as connection:
        held = {grant.role for account in find_accounts(connection) if account.active for grant in account.grants}
    return [role for role in protocol.roles if f"{IN_PROTOCOL}{role}" not in held]


def touched_by(ledger: Ledger, old: Protocol, new: Protocol, now: int) -> dict[int, list[str]]:
    """The open files kept by a protocol in which something would stand otherwise by another: by person, the steps."""
    found: dict[int, list[str]] = {}
    with ledger.database.read() as connection:
        asked = select(files.c.person).where(files.c.protocol == old.hash, _OPEN).order_by(files.c.person)
        for person in connection.execute(asked).scalars().all():
            if steps := touched(old, new, facts_of(connection, person), max(now, ledger.moment(connection))):
                found[person] = steps
    return found


def check_named(connection: Connection, *, role: str | None = None, step: str | None = None) -> None:
    """Raise `FileError` if a role or a step is one of no protocol by which an open file is kept, or would be opened."""
    if role is None and step is None:
        return
    used = _in_use(connection)
    for what, name, there in (
        ("role", role, (one for protocol in used for one in protocol.roles)),
        ("step", step, (one for protocol in used for one in protocol.steps)),
    ):
        known = dict.fromkeys(there)
        if name is None or name in known:
            continue
        mend = f"say one of {', '.join(known)}" if used else "kstep protocol adopt FILE adopts one"
        raise FileError(
            f"--{what}: {one_line(name, 40)!r} is no {what} of a protocol by which files are kept here; {mend}"
        )


def _in_use(connection: Connection) -> list[Protocol]:
    """The protocols by which files are opened, those adopted last first, and then the others by which one is kept that is open."""
    adopted = connection.execute(select(protocols.c.use, protocols.c.hash).order_by(protocols.c.adopted.desc())).all()
    opening = {line.use: line.hash for line in reversed(adopted)}
    kept = connection.execute(select(files.c.protocol).where(_OPEN).distinct().order_by(files.c.protocol)).scalars()
    return [protocol_with(connection, hash) for hash in dict.fromkeys([*opening.values(), *kept])]


__all__ = ["adopted", "check_named", "roles_of_nobody", "touched_by"]
