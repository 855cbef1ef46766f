"""What can happen, in the past tense: one frozen class for each type of event, whose fields are its payload.

A type keeps its name for good. What its payload holds may change with its `VERSION`; what was written before is still read.
"""

from kstep.model.events.editions import (
    EditionAcknowledged,
    EditionHeld,
    EditionPublished,
    EditionRejected,
    EditionReleased,
    EntryErrorAnswered,
    EntryErrorReported,
    ListArrived,
    ListOverdue,
    ListSourceChanged,
    ListSourceRegistered,
)
from kstep.model.events.fact import Fact, Recorded, fact_of
from kstep.model.events.logs import ClockWentBack, LogBegun, LogKeyAdded, LogKeyRetired

__all__ = [
    "ClockWentBack", "EditionAcknowledged", "EditionHeld", "EditionPublished", "EditionRejected", "EditionReleased",
    "EntryErrorAnswered", "EntryErrorReported", "Fact", "ListArrived", "ListOverdue", "ListSourceChanged",
    "ListSourceRegistered", "LogBegun", "LogKeyAdded", "LogKeyRetired", "Recorded", "fact_of",
]  # fmt: skip
