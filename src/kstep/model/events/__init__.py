"""What can happen, in the past tense: one frozen class for each type of event, whose fields are its payload.

A type keeps its name for good. What its payload holds may change with its `VERSION`; what was written before is still read.
"""

from kstep.model.events.fact import Fact, Recorded, fact_of
from kstep.model.events.logs import ClockWentBack, LogBegun, LogKeyAdded, LogKeyRetired
from kstep.model.events.register import (
    PeopleImported,
    PeopleMerged,
    PeopleUnmerged,
    PersonErased,
    PersonLeft,
    PersonReturned,
    RepairAssigned,
    RepairClosed,
    RosterMoved,
)
from kstep.model.events.screening import CoverageCertified, PeopleScreened

__all__ = [
    "ClockWentBack", "CoverageCertified", "Fact", "LogBegun", "LogKeyAdded", "LogKeyRetired", "PeopleImported", "PeopleMerged",
    "PeopleScreened", "PeopleUnmerged", "PersonErased", "PersonLeft", "PersonReturned", "Recorded", "RepairAssigned",
    "RepairClosed", "RosterMoved", "fact_of",
]  # fmt: skip
