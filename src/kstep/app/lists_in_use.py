"""The lists of a home as screening needs them: their current editions, and those against which people were screened last; and
screening against them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select

from kstep.app.home import Home
from kstep.editions.view import EditionsView
from kstep.ledger.service import Ledger
from kstep.register.service import Register
from kstep.screening.adoption import Proposed, in_force
from kstep.screening.coverage import InUse
from kstep.screening.rescreen import ListInUse, Rescreening
from kstep.screening.sources import ListSource, OpenList, open_lists
from kstep.screening.tables import coverage


def in_use(view: EditionsView) -> list[InUse]:
    """The lists with an edition in force."""
    found = []
    for kept in view.lists():
        current = view.current(kept.source.list)
        if current is not None:
            found.append(InUse(kept.source.list, current.edition, current.published or 0))
    return found


def ever_in_use(view: EditionsView) -> list[tuple[str, str, int]]:
    """All editions that ever were in force: list, edition, and since when."""
    return [
        (kept.source.list, edition.edition, edition.published)
        for kept in view.lists()
        for edition in view.editions(kept.source.list)
        if edition.published is not None
    ]


def open_in_use(home: Home, ledger: Ledger, say: Callable[[str], None]) -> list[ListInUse]:
    """The lists with an edition in force, ready to screen against; each with the edition of the last screening, if that is
    another.
    """
    view = EditionsView(ledger, home.path / "editions")
    with home.database.read() as connection:
        screened = _screened(connection)
    found = []
    for used in in_use(view):
        editions = view.editions(used.name)
        now = _open(view, used.name, [kept.number for kept in editions if kept.edition == used.edition][-1:], say)
        other = [kept.number for kept in editions if kept.edition == screened.get(used.name) != used.edition][-1:]
        before = _open(view, used.name, other, say)
        if now is not None:
            found.append(ListInUse(used.name, now, before))
    return found


def rescreening(
    home: Home,
    ledger: Ledger,
    register: Register,
    say: Callable[[str], None],
    progress: Callable[[int], None] = lambda people: None,
    what: Proposed | None = None,
) -> Rescreening:
    """Screening by what was adopted, or by what somebody thinks of adopting. Raises `NotAdopted`."""
    if what is None:
        with home.database.read() as connection:
            stands = in_force(connection)
        what = Proposed(stands.standard, stands.days)
    return Rescreening(ledger, register, home.path / "indexes", what.standard, what.age, say, progress)


def _screened(connection: Connection) -> dict[str, str]:
    return {line.list: line.edition for line in connection.execute(select(coverage.c.list, coverage.c.edition))}


def _open(view: EditionsView, name: str, numbers: Sequence[int], say: Callable[[str], None]) -> OpenList | None:
    if not numbers:
        return None
    stored = view.stored(name, numbers[0])
    return open_lists([ListSource(stored.kind, stored.path, name)], say)[0]


__all__ = ["ever_in_use", "in_use", "open_in_use", "rescreening"]
