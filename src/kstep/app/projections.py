"""What every room computes from the log, in the order in which their tables build on each other."""

from __future__ import annotations

from kstep.access.projection import ACCESS

PROJECTIONS = (ACCESS,)

__all__ = ["PROJECTIONS"]
