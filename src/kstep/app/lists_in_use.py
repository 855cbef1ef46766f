"""The lists of a home as screening needs them: their current editions, and those against which people were screened last."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select

from kstep.app.home import Home
from kstep.editions.view import EditionsView
from kstep.ledger.service import Ledger
from kstep.model import InputError
from kstep.register.projection import RegisterProjection
from kstep.screening.canaries import Canaries
from kstep.screening.coverage import InUse
from kstep.screening.rescreen import ListInUse, Standard
from kstep.screening.sources import ListSource, OpenList, open_lists
from kstep.screening.tables import coverage

THRESHOLD, NOMINAL_LIST = 0.5, 8_000


def standard_of(home: Home) -> Standard:
    """By what a pair is a possible match in this home. Raises `InputError` if its settings make no sense."""
    told = home.settings.get("screening", {})
    threshold, nominal = told.get("threshold", THRESHOLD), told.get("nominal_list", NOMINAL_LIST)
    if type(threshold) is not float or not 0 < threshold < 1 or type(nominal) is not int or nominal < 1:
        mend = "write threshold = 0.5 and nominal_list = 8000 in the section [screening], or leave it out"
        raise InputError("screening has a standard that makes no sense", where=str(home.path / "kstep.toml"), mend=mend)
    return Standard(threshold, nominal)


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


def canaries_of(home: Home, ledger: Ledger, say: Callable[[str], None]) -> Canaries:
    """The canaries of a home. Raises `InputError` if its settings make no sense."""
    return Canaries(ledger, RegisterProjection(home.vault), home.path / "indexes", standard_of(home), say)


def _screened(connection: Connection) -> dict[str, str]:
    return {line.list: line.edition for line in connection.execute(select(coverage.c.list, coverage.c.edition))}


def _open(view: EditionsView, name: str, numbers: Sequence[int], say: Callable[[str], None]) -> OpenList | None:
    if not numbers:
        return None
    stored = view.stored(name, numbers[0])
    return open_lists([ListSource(stored.kind, stored.path, name)], say)[0]


__all__ = ["canaries_of", "ever_in_use", "in_use", "open_in_use", "standard_of"]
