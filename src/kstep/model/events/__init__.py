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
from kstep.model.events.canaries import CanariesPlanted, CanariesReturned, CanariesTakenAway, CanaryEntriesListed
from kstep.model.events.editions import (
    ConsumersDeclared,
    ConsumersEnded,
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
from kstep.model.events.logs import ClockWentBack, LogBegun, LogKeyAdded, LogKeyRetired, SchemaUpgraded
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
from kstep.model.events.register_tasks import (
    DifferenceForgotten,
    DifferenceSettled,
    LegalHoldLifted,
    LegalHoldPlaced,
    RegisterReconciled,
    RetentionApplied,
    StatusDated,
    StatusEnded,
)
from kstep.model.events.screening import (
    CoverageCertified,
    PeopleScreened,
    PowerMeasured,
    StandardAdopted,
    WithdrawnMatchClosed,
)

__all__ = [
    "AccessDenied", "AccountClosed", "AccountKeyReplaced", "AccountOpened", "CanariesPlanted", "CanariesReturned",
    "CanariesTakenAway", "CanaryEntriesListed", "ClockWentBack", "ConsumersDeclared", "ConsumersEnded", "CoverageCertified",
    "DifferenceForgotten", "DifferenceSettled", "EditionAcknowledged", "EditionHeld", "EditionPublished", "EditionRejected",
    "EditionReleased", "EligibilitySet", "EntryErrorAnswered", "EntryErrorReported", "Fact", "LegalHoldLifted",
    "LegalHoldPlaced", "ListArrived", "ListOverdue", "ListSourceChanged", "ListSourceRegistered", "LogBegun", "LogKeyAdded",
    "LogKeyRetired", "MarkedItemRead", "OfficeClosed", "OfficeOpened", "PeopleImported", "PeopleMerged", "PeopleScreened",
    "PeopleUnmerged", "PersonErased", "PersonLeft", "PersonReturned", "PowerMeasured", "Recorded", "RegisterReconciled",
    "RepairAssigned", "RepairClosed", "RetentionApplied", "RoleGranted", "RoleWithdrawn", "RosterMoved", "SchemaUpgraded",
    "StandardAdopted", "StatusDated", "StatusEnded", "TrainingCompleted", "WithdrawnMatchClosed", "fact_of",
]  # fmt: skip
