"""The protocols that were adopted, and who could do what they ask for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from kstep.access.directory import find_accounts
from kstep.access.roles import IN_PROTOCOL
from kstep.encounters.tables import files, protocols
from kstep.ledger.service import Ledger
from kstep.protocol.protocol import Protocol


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


__all__ = ["adopted", "roles_of_nobody"]
