"""Beginning a node: its home, its log, and the account of who will let others in; and taking it to a later kstep."""

from __future__ import annotations

from pathlib import Path

from kstep import __version__
from kstep.access.keys import PersonalKey
from kstep.access.service import Access
from kstep.app import schema
from kstep.app.home import Home
from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.service import INTERNAL, ITSELF, By
from kstep.model import InputError
from kstep.model.events import LogBegun, SchemaUpgraded
from kstep.screening.adoption import adopt, proposed


def begin_node(
    path: Path, origin: str, administrator: str, key_out: Path, *, url: str | None = None, password: str = ""
) -> Home:
    """Make a home in a folder, begin its log, and open the first account, whose personal key is written to a file; then sign the
    first checkpoint. Raises `InputError` and `StoreError`.
    """
    if key_out.exists():
        raise InputError("is there already", where=str(key_out), mend="name a file that is not there yet")
    home = Home.create(path, origin, url)
    try:
        ledger = home.ledger()
        with home.database.write() as connection:
            ledger.begin(connection, origin)
        with ledger.unit(ITSELF) as unit:
            unit.record(LogBegun(kstep=__version__), subject=f"log:{origin}", marking=INTERNAL)
        key = PersonalKey.generate()
        key.write(key_out, password)
        first = Access(ledger).open_first(administrator, key.public)
        adopt(ledger, By(f"account:{first}", "administration"), "as kstep came, when the node began", proposed(None))
        make_checkpoint(ledger, home.signing_keys)
    except BaseException:
        home.database.close()
        raise
    return home


def upgrade_node(path: Path) -> tuple[str, int] | None:
    """Bring the database of a home to the schema of this kstep, and compute all tables again from its log, which is as it was;
    returns the schema that there was, and the number of events; None if there was nothing to do. Raises `InputError` and
    `StoreError`; then everything is as it was.
    """
    home = Home.open(path, any_schema=True)
    try:
        with home.database.read() as connection:
            before = schema.current(connection)
        if before not in schema.earlier():
            schema.check(home.database)
            return None
        ledger, counted = home.ledger(), list[int]()
        schema.upgrade(home.database, then=lambda connection: counted.append(ledger.compute_again(connection)))
        fact = SchemaUpgraded(before=str(before), after=schema.newest(), kstep=__version__)
        with ledger.unit(ITSELF) as unit:
            unit.record(fact, subject=f"log:{home.origin}", marking=INTERNAL)
        return str(before), counted[0]
    finally:
        home.database.close()


__all__ = ["begin_node", "upgrade_node"]
