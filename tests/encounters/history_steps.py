"""Steps of files in which everybody keeps to the protocol: each draws its minute within the deadline that the protocol's text sets,
and notes that deadline by the label of the fact that does it.
"""

from __future__ import annotations

from typing import Any

from encounters.raw_histories import DAY, HOUR, FileHistory

NOT_THE_SAME = {
    "outcome": "not-the-same",
    "rests_on": "others",
    "authority": "some",
    "reason": "another father",
    "fields": "names",
}
REFER = {**NOT_THE_SAME, "outcome": "refer", "reason": "the same passport"}
RETURNED = ("returned-nothing", "returned-hits")


def opened(file: FileHistory, *, contact: bool = False, match: bool = True) -> None:
    """An encounter, its checks, the statement of who was met, and a possible match."""
    begun = file.add("encounter", 0, "EncounterOpened", "officer", nature="contact" if contact else "notice")
    file.due["disposition"] = file.days_after(begun, 15)
    if match:
        file.add("match", file.pick(1, 30), "PossibleMatchFound", "officer", "pairing")
    checks(file, begun)
    if contact:
        minute = file.within("statement", begun, 24 * HOUR)
        file.add("statement", minute, "StatementTaken", "officer", interpreter="none", evidence=("statement",))


def checks(file: FileHistory, begun: int, *, floor: int = 0) -> None:
    for step in ("identity-check", "records-check"):
        minute, result = file.within(step, begun, 4 * HOUR, floor=floor), file.random.choice(RETURNED)
        file.add(step, minute, "CheckEnded", "officer", step=step, result=result, evidence=("check-return",))


def review(file: FileHistory, step: str, actor: str, begun: str, hours: int, says: dict[str, str]) -> int:
    minute = file.within(step, file.at(begun), hours * HOUR)
    return file.add(step, minute, "ReviewGiven", actor, "pairing", step=step, **says)


def referral(file: FileHistory, begun: str) -> None:
    floor = max(file.at("identity-check"), file.at("records-check"))
    minute = file.within("referral", file.at(begun), 6 * HOUR, floor=floor)
    file.add("referral", minute, "ReferralMade", "liaison", "pairing referral", reference="R-1")


def answered(file: FileHistory, label: str, minute: int, answer: str, form: str = "written") -> int:
    says = {"answer": answer, "form": form, "reference": "A-1", "desk": "day"}
    return file.add(label, minute, "ConfirmationReceived", "liaison", "pairing referral", **says)


def confirmation(file: FileHistory, answer: str, form: str = "written") -> int:
    return answered(file, "confirmation", file.within("confirmation", file.at("referral"), DAY), answer, form)


def positive(file: FileHistory, begun: int) -> None:
    """What a positive answer asks for."""
    told = file.within("notification", begun, 30)
    file.add(
        "notification",
        told,
        "MessageAcknowledged",
        "officer",
        "referral",
        message="notification",
        signed_as="headquarters",
    )
    written = file.within("report-writing", begun, 12 * HOUR)
    file.add("report-writing", written, "MessageQueued", "officer", "referral", message="incident-report")
    signed = file.within("incident-report", begun, DAY, floor=written)
    file.add(
        "incident-report",
        signed,
        "MessageAcknowledged",
        "officer",
        "referral",
        message="incident-report",
        signed_as="headquarters",
    )
    linked = file.within("evidence-of-link", begun, 2 * DAY)
    file.add(
        "evidence-of-link", linked, "StepCompleted", "officer", "referral", step="evidence-of-link", evidence=("link",)
    )


def clearance(file: FileHistory, begun: str, *, suppressed: bool = False) -> None:
    minute = file.within_days("clearance", file.at(begun), 3)
    expires = minute + 60 * DAY
    file.add("clearance", minute, "ClearanceGiven", "supervisor", "pairing", expires=file.moment(expires))
    if suppressed:
        file.add(
            "suppression", file.pick(minute + 1, minute + 4 * DAY), "PossibleMatchSuppressed", "officer", "pairing"
        )


def disposition(file: FileHistory, outcome: str, *after: str) -> None:
    """What the file concludes, after all that has to be known; the person is screened again, and the file is closed."""
    floor = max(file.at(label) for label in (*after, "identity-check", "records-check") if label in file.facts)
    minute = file.pick(floor + 1, file.due["disposition"] - 1)
    file.add("disposition", minute, "DispositionGiven", "supervisor", outcome=outcome, reason="what was found")
    again = file.within("rescreening", minute, 30 * DAY)
    file.add("rescreening", again, "CheckEnded", "officer", step="rescreening", result=file.random.choice(RETURNED))


def custody(file: FileHistory, begun: int, lasts: int) -> None:
    """Custody that rests on an authority; `begun` is when that was issued, and it lasts so many minutes."""
    file.due["authority-ends"] = begun + lasts
    said: dict[str, Any] = {"authority": "warrant", "expires": file.moment(begun + lasts)}
    file.add("authority", begun, "CustodyAuthorityIssued", "officer", "custody", **said)
    file.add("custody", file.pick(begun + 1, begun + 3 * HOUR), "CustodyBegan", "officer", "custody", **said)


def released(file: FileHistory, minute: int, ground: str, actor: str = "officer") -> None:
    file.add("release", minute, "PersonReleased", actor, "custody", ground=ground)
    told = file.within("release-told", minute, 4 * HOUR)
    file.add(
        "release-told",
        told,
        "MessageAcknowledged",
        "officer",
        "custody",
        message="notification",
        signed_as="headquarters",
    )
    if ground != "discretion":
        followed = file.within_days("release-follow-up", minute, 1)
        file.add(
            "release-follow-up",
            followed,
            "StepCompleted",
            "supervisor",
            "custody",
            step="release-follow-up",
            plan="calls",
        )
