"""What the engine that runs here finds now of the possible matches in a file, for people to look at: nothing that a protocol
decides hangs on it, and nobody records it.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from kstep.app.home import Home
from kstep.app.lists_in_use import in_use, open_in_use
from kstep.editions.view import EditionsView
from kstep.encounters.paper.sheet import Compared, Comparison
from kstep.encounters.projection import pairing_key
from kstep.encounters.tables import pairings
from kstep.ledger.service import Ledger
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from kstep.register.tables import is_of
from kstep.screening.adoption import adopted
from kstep.screening.matches import PossibleMatch
from kstep.screening.run import screen


def comparisons(
    home: Home, ledger: Ledger, person: int, say: Callable[[str], None] = lambda text: None
) -> dict[str, Comparison]:
    """What `compared` finds, as people read it."""
    return {key: in_words(match) for key, match in compared(home, ledger, person, say).items()}


def compared(
    home: Home, ledger: Ledger, person: int, say: Callable[[str], None] = lambda text: None
) -> dict[str, PossibleMatch]:
    """Each possible match of a person that stands in the file and still does in a list in use, explained, by its key there."""
    view, register = EditionsView(ledger, home.path / "editions"), Register(ledger, RegisterProjection(ledger.vault))
    with ledger.database.read() as connection:
        standard = adopted(connection)
        wanted = set(connection.execute(select(pairings.c.list).where(is_of(pairings, person))).scalars())
        records = [record for one in register.records(connection, [person]) for record in one.records]
    if standard is None or not records or not wanted.intersection(used.name for used in in_use(view)):
        return {}
    opened = [used.opened for used in open_in_use(home, ledger, say) if used.name in wanted]
    found: dict[str, PossibleMatch] = {}
    matches = screen(records, opened, standard.threshold, nominal_list=standard.nominal_list).matches
    for match in sorted(
        matches, key=lambda match: -match.millibits
    ):  # of several records the one that speaks most for it
        found.setdefault(pairing_key(match.list, view.entry_number(match.list, match.entry.entry_id)), match)
    return found


def in_words(match: PossibleMatch) -> Comparison:
    """A possible match as people read it."""
    return Comparison(
        entry=f"{match.entry_name} ({match.entry.entry_id})",
        edition=match.edition,
        engine=match.engine,
        bits=_bits(match.millibits),
        prior=_bits(match.prior_millibits),
        rows=tuple(
            Compared(
                one.field.replace("_", " "),
                one.person,
                one.entry,
                one.relation.replace("_", " "),
                _bits(one.millibits),
                _speaks(one.millibits),
            )
            for one in match.evidence
        ),
    )


def _bits(millibits: int) -> str:
    return f"{millibits / 1000:+.1f}".replace("-", "−")


def _speaks(millibits: int) -> str:
    return "for" if millibits > 0 else "against" if millibits < 0 else "neither"


__all__ = ["compared", "comparisons", "in_words"]
