"""What every room computes from the log, in the order in which their tables build on each other."""

from __future__ import annotations

from collections.abc import Sequence

from kstep.access.projection import ACCESS
from kstep.dispatch.projection import DISPATCH
from kstep.editions.projection import editions_projection
from kstep.encounters.projection import FILES
from kstep.ledger.service import Projection
from kstep.ledger.vault import Vault
from kstep.register.projection import RegisterProjection
from kstep.register.tasks import TasksProjection
from kstep.screening.canary_standing import CanaryProjection
from kstep.screening.standing import ScreeningProjection


def projections(vault: Vault) -> Sequence[Projection]:
    """The projections of a home with this vault."""
    return (
        ACCESS, editions_projection(vault), RegisterProjection(vault).projection(), TasksProjection(vault).projection(),
        ScreeningProjection(vault).projection(), CanaryProjection(vault).projection(), FILES, DISPATCH,
    )  # fmt: skip


__all__ = ["projections"]
