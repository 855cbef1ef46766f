"""What every room computes from the log, in the order in which their tables build on each other."""

from __future__ import annotations

from collections.abc import Sequence

from kstep.access.projection import ACCESS
from kstep.ledger.service import Projection
from kstep.ledger.vault import Vault
from kstep.register.projection import RegisterProjection
from kstep.screening.standing import ScreeningProjection


def projections(vault: Vault) -> Sequence[Projection]:
    """The projections of a home with this vault."""
    return (ACCESS, RegisterProjection(vault).projection(), ScreeningProjection(vault).projection())


__all__ = ["projections"]
