"""What can happen, in the past tense: one frozen class for each type of event, whose fields are its payload.

A type keeps its name for good. What its payload holds may change with its `VERSION`; what was written before is still read.
"""

from kstep.model.events.access import (
    AccessDenied,
    AccountClosed,
    AccountKeyReplaced,
    AccountOpened,
    EligibilitySet,
    MarkedItemRead,
    OfficeClosed,
    OfficeOpened,
    RoleGranted,
    RoleWithdrawn,
    TrainingCompleted,
)
from kstep.model.events.fact import Fact, Recorded, fact_of
from kstep.model.events.logs import ClockWentBack, LogBegun, LogKeyAdded, LogKeyRetired

__all__ = [
    "AccessDenied", "AccountClosed", "AccountKeyReplaced", "AccountOpened", "ClockWentBack", "EligibilitySet", "Fact", "LogBegun",
    "LogKeyAdded", "LogKeyRetired", "MarkedItemRead", "OfficeClosed", "OfficeOpened", "Recorded", "RoleGranted", "RoleWithdrawn",
    "TrainingCompleted", "fact_of",
]  # fmt: skip
