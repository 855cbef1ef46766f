"""The lists of a home as screening needs them: their current editions, and those against which people were screened last; and
screening against them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, select

from kstep.app.correspondence import Correspondence
from kstep.app.home import Home
from kstep.app.reviews import Reviews
from kstep.editions.view import EditionsView
from kstep.ledger.service import Ledger
from kstep.register.service import Register
from kstep.screening.adoption import Proposed, in_force
from kstep.screening.coverage import InUse
from kstep.screening.rescreen import ListInUse, Rescreening
from kstep.screening.sources import ListSource, OpenList, open_lists
from kstep.screening.tables import coverage, withdrawn


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
        screened, owed = _screened(connection), _owed(connection)
    found = []
    for used in in_use(view):
        editions = [kept for kept in view.editions(used.name) if kept.published is not None]
        numbers = {kept.edition: kept.number for kept in editions}  # the last of those that were in force again
        this, last = numbers[used.edition], screened.get(used.name, used.edition)
        before = _open(view, used.name, numbers[last], say) if last in numbers and last != used.edition else None
        moved = {
            edition: _moved(view, used.name, numbers[edition], this)
            for edition in {last, *owed.get(used.name, ())}
            if edition in numbers and edition != used.edition
        }
        found.append(ListInUse(used.name, _open(view, used.name, this, say), before, moved))
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
    follow = Reviews(ledger, register, Correspondence(ledger, home.origin).files).follow_in
    return Rescreening(ledger, register, home.path / "indexes", what.standard, what.age, say, progress, follow)


def _moved(view: EditionsView, name: str, since: int, until: int) -> dict[str, str | None]:
    """Of the entries that had another id in an edition, by kstep's numbers: that id, and the one they have in a later edition, None
    if they were withdrawn.
    """
    changes = ((change.source_id_before, change.source_id) for change in view.changes(name, since, until))
    return {before: now for before, now in changes if before is not None and before != now}


def _screened(connection: Connection) -> dict[str, str]:
    return {line.list: line.edition for line in connection.execute(select(coverage.c.list, coverage.c.edition))}


def _owed(connection: Connection) -> dict[str, set[str]]:
    """The editions that last had entries which were withdrawn, as long as somebody has to look after a match with one."""
    found: dict[str, set[str]] = {}
    for name, edition in connection.execute(select(withdrawn.c.list, withdrawn.c.edition).distinct()):
        found.setdefault(name, set()).add(edition)
    return found


def _open(view: EditionsView, name: str, number: int, say: Callable[[str], None]) -> OpenList:
    stored = view.stored(name, number)
    return open_lists([ListSource(stored.kind, stored.path, name)], say)[0]


__all__ = ["ever_in_use", "in_use", "open_in_use", "rescreening"]
