"""Shapes of files in which everybody keeps to the protocol, as they begin at some hour of some day of the spring of 2027."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from encounters.history_steps import (
    NOT_THE_SAME,
    REFER,
    answered,
    checks,
    clearance,
    confirmation,
    custody,
    disposition,
    opened,
    positive,
    referral,
    released,
    review,
)
from encounters.raw_histories import DAY, HOUR, DoesNotFit, FileHistory, minute_of


def cleared(file: FileHistory) -> None:
    opened(file, contact=True)
    review(file, "review", "reviewer", "match", 24, NOT_THE_SAME)
    review(file, "second-review", "second", "review", 48, NOT_THE_SAME)
    clearance(file, "second-review", suppressed=True)
    disposition(file, "not-the-same", "second-review")


def two_matches(file: FileHistory) -> None:
    """Two possible matches: whoever answered first about one answers second about the other, and was shown another answer."""
    cleared(file)
    file.drop("rescreening", "disposition")
    for label, begun, hours, actor in (
        ("review-2", "match-2", 24, "second"),
        ("second-review-2", "review-2", 48, "reviewer"),
    ):
        if begun == "match-2":
            file.add(begun, file.pick(1, HOUR), "PossibleMatchFound", "officer", "pairing=own#2")
        minute = file.within(label, file.at(begun), hours * HOUR)
        says = {**NOT_THE_SAME, "step": label.removesuffix("-2")}
        file.add(label, minute, "ReviewGiven", actor, "pairing=own#2", **says)
    shown = file.pick(file.at("review") + 1, file.at("review") + HOUR)
    file.add("shown", shown, "AnswerShown", "reviewer", "pairing", step="review")
    minute = file.within_days("clearance-2", file.at("second-review-2"), 3)
    expires = file.moment(minute + 30 * DAY)
    file.add("clearance-2", minute, "ClearanceGiven", "supervisor", "pairing=own#2", expires=expires)
    disposition(file, "not-the-same", "second-review", "second-review-2")


def disagreement(file: FileHistory) -> None:
    opened(file)
    review(file, "review", "reviewer", "match", 24, NOT_THE_SAME)
    review(file, "second-review", "second", "review", 48, REFER)
    review(file, "third-review", "supervisor", "second-review", 24, NOT_THE_SAME)
    shown = file.pick(file.at("second-review") + 1, file.at("third-review") + HOUR)
    file.add(
        "shown", shown, "AnswerShown", "supervisor", "pairing", step="review"
    )  # the third may know the first answer
    clearance(file, "third-review")
    disposition(file, "not-the-same", "third-review")


def disagreement_referred(file: FileHistory) -> None:
    opened(file)
    review(file, "review", "reviewer", "match", 24, NOT_THE_SAME)
    review(file, "second-review", "second", "review", 48, REFER)
    review(file, "third-review", "supervisor", "second-review", 24, REFER)
    referral(file, "third-review")
    positive(file, confirmation(file, "positive"))
    disposition(file, "confirmed", "evidence-of-link")


def _referred(file: FileHistory, *, contact: bool = False) -> None:
    opened(file, contact=contact)
    review(file, "review", "reviewer", "match", 24, REFER)
    referral(file, "review")


def negative(file: FileHistory) -> None:
    _referred(file)
    confirmation(file, "negative")
    clearance(file, "confirmation")
    disposition(file, "not-the-same", "confirmation")


def confirmed(file: FileHistory) -> None:
    _referred(file, contact=True)
    positive(file, confirmation(file, "positive"))
    disposition(file, "confirmed", "evidence-of-link")


def telephone(file: FileHistory) -> None:
    _referred(file)
    begun = confirmation(file, "positive", "telephone")
    positive(file, begun)
    answered(file, "written-confirmation", file.within_days("written-confirmation", begun, 3), "positive")
    disposition(file, "confirmed", "evidence-of-link", "written-confirmation")


def inconclusive(file: FileHistory) -> None:
    _referred(file)
    begun = confirmation(file, file.random.choice(("inconclusive", "no-reply")))
    positive(file, answered(file, "unclear-answer", file.within("unclear-answer", begun, 3 * DAY), "positive"))
    disposition(file, "confirmed", "evidence-of-link")


def waited(file: FileHistory) -> None:
    """A release at discretion that waited a day for an answer, and then the director decided; a positive answer came later."""
    _referred(file)
    custody(file, file.pick(1, 4 * HOUR), 20 * DAY)
    begun = confirmation(file, "inconclusive")
    asked = file.pick(max(file.at("custody") + 1, begun - 6 * HOUR), begun + 6 * HOUR)
    file.add("proposed", asked, "ReleaseProposed", "officer", "custody")
    minute = file.pick(max(asked + DAY, begun + 1), max(asked, begun) + DAY + HOUR)
    released(file, minute, "discretion", "director")
    _positive_after_release(file, begun)


def overridden(file: FileHistory) -> None:
    """The same, but the director and counsel took it on themselves at once."""
    _referred(file)
    custody(file, file.pick(1, 4 * HOUR), 20 * DAY)
    begun = confirmation(file, "inconclusive")
    passed = file.pick(max(begun, file.at("custody")) + 1, begun + 4 * HOUR)
    file.add(
        "override", passed, "GateOverridden", "director", "custody", second="counsel", gate="release", ground="medical"
    )
    released(file, file.pick(passed + 1, passed + 2 * HOUR), "discretion")
    _positive_after_release(file, begun)


def _positive_after_release(file: FileHistory, begun: int) -> None:
    minute = file.within("unclear-answer", begun, 3 * DAY, floor=file.at("release"))
    answered(file, "unclear-answer", minute, "positive")
    positive(file, minute)
    acted = file.within("positive-after-release", minute, 4 * HOUR)
    says = {"step": "positive-after-release", "action": "the office of the new address was told"}
    file.add("positive-after-release", acted, "StepCompleted", "supervisor", "referral", **says)
    disposition(file, "confirmed", "evidence-of-link")


def court_order(file: FileHistory) -> None:
    _referred(file)
    custody(file, file.pick(1, 4 * HOUR), 20 * DAY)
    low = max(file.at("referral"), file.at("custody")) + 1
    released(file, file.pick(low, low + 3 * HOUR), "court-order")
    confirmation(file, "negative")
    clearance(file, "confirmation")
    disposition(file, "not-the-same", "confirmation")


def citizenship(file: FileHistory) -> None:
    opened(file, match=False)
    custody(file, file.pick(1, 4 * HOUR), 12 * DAY)
    file.add("ordered", file.pick(1, 8 * HOUR), "RemovalOrdered", "supervisor")
    claimed = file.add("claim", file.pick(file.at("custody") + 1, DAY), "CitizenshipClaimed", "officer", "claim")
    found = {"outcome": "not-shown", "reason": "no record of birth"}
    looked = file.within("citizenship-review", claimed, DAY)
    file.add(
        "citizenship-review", looked, "StepCompleted", "supervisor", "claim", step="citizenship-review",
        evidence=("citizenship-inquiry",), **found,
    )  # fmt: skip
    said = file.within("citizenship-opinion", claimed, 2 * DAY, floor=looked)
    file.add("citizenship-opinion", said, "StepCompleted", "counsel", "claim", step="citizenship-opinion", **found)
    asked = file.pick(said + 1, said + DAY)
    file.add("transfer", asked, "TransferRequested", "officer", "request", authority="state police")
    file.add("removal", file.pick(said + 1, said + DAY), "RemovalProposed", "supervisor")
    answer = file.within("transfer-answer", asked, 2 * DAY)
    file.add("transfer-answer", answer, "TransferAnswered", "officer", "request", answer="declined")
    planned = file.within_days("transfer-follow-up", answer, 1)
    file.add(
        "transfer-follow-up", planned, "StepCompleted", "officer", "request", step="transfer-follow-up", plan="visits"
    )
    released(file, file.pick(planned + 1, file.due["authority-ends"] - 1), "statutory-limit")
    disposition(file, "nothing-found")


def renewal(file: FileHistory) -> None:
    """Custody whose authority is renewed before it ends, and a release when that ends."""
    opened(file, match=False)
    custody(file, file.pick(1, 4 * HOUR), 2 * DAY)
    renewed = file.pick(file.at("custody") + 1, file.due["authority-ends"] - 1)
    ends = file.due["second-authority-ends"] = renewed + 5 * DAY
    said: dict[str, Any] = {"authority": "order", "expires": file.moment(ends)}
    file.add("renewal", renewed, "CustodyAuthorityRenewed", "officer", "custody", **said)
    released(file, file.pick(renewed + 1, ends - 1), "authority-expired")
    disposition(file, "nothing-found")


def redress(file: FileHistory) -> None:
    cleared(file)
    asked = file.add("redress", file.pick(file.last + 1, file.last + 2 * DAY), "RedressRequested", "officer", "redress")
    given = file.within_days("redress-receipt", asked, 2)
    file.add("redress-receipt", given, "StepCompleted", "liaison", "redress", step="redress-receipt", control="C-17")
    decided = file.within_days("redress-decision", asked, 20, floor=given)
    says = {"outcome": "corrected", "reason": "a box was ticked wrongly"}
    file.add("redress-decision", decided, "StepCompleted", "adjudicator", "redress", step="redress-decision", **says)
    replied = file.within_days("redress-reply", decided, 5)
    file.add("redress-reply", replied, "StepCompleted", "liaison", "redress", step="redress-reply", evidence=("reply",))
    mended = file.within_days("corrections", decided, 10)
    file.add("corrections", mended, "EveryCopyCorrected", "liaison", "redress")


def own_state(file: FileHistory) -> None:
    opened(file)
    review(file, "review", "reviewer", "match", 24, {**REFER, "rests_on": "own-state"})
    says = {"step": "counsel-opinion", "reason": "the entry is that of the state that the person fled"}
    minute = file.within_days("counsel-opinion", file.at("review"), 2)
    if file.random.random() < 0.5:
        file.add("counsel-opinion", minute, "StepCompleted", "counsel", "pairing", outcome="go-no-further", **says)
        disposition(file, "unresolved", "counsel-opinion")
        return
    file.add("counsel-opinion", minute, "StepCompleted", "counsel", "pairing", outcome="refer-elsewhere", **says)
    referral(file, "counsel-opinion")
    confirmation(file, "negative")
    clearance(file, "confirmation")
    disposition(file, "not-the-same", "confirmation")


def no_authority(file: FileHistory) -> None:
    opened(file)
    review(file, "review", "reviewer", "match", 24, {**REFER, "authority": "none"})
    floor = max(file.at("identity-check"), file.at("records-check"))
    minute = file.within_days("own-inquiry", file.at("review"), 5, floor=floor)
    says = {"step": "own-inquiry", "findings": "two addresses, one of them the person's"}
    file.add("own-inquiry", minute, "StepCompleted", "officer", "pairing", evidence=("inquiry",), **says)
    disposition(file, "unresolved", "own-inquiry")


def waived(file: FileHistory) -> None:
    """The person said nothing, and asked not to be cleared."""
    opened(file, contact=True)
    del file.facts["statement"]
    says = {"step": "statement", "ground": "person declined"}
    file.add("statement-waiver", file.pick(1, DAY - 1), "StepWaived", "supervisor", second="director", **says)
    review(file, "review", "reviewer", "match", 24, NOT_THE_SAME)
    review(file, "second-review", "second", "review", 48, NOT_THE_SAME)
    says = {"step": "clearance", "ground": "person asked not to be cleared"}
    minute = file.within_days("clearance-waiver", file.at("second-review"), 3)
    file.add("clearance-waiver", minute, "StepWaived", "supervisor", "pairing", second="counsel", **says)
    disposition(file, "not-the-same", "second-review")


def paused(file: FileHistory) -> None:
    """Found by screening, without an encounter: the reviewer needs more, and the clock of who finds it stands still for days."""
    file.add("match", 0, "PossibleMatchFound", "officer", "pairing")
    begun = file.within("first-review", 0, DAY)
    asked = {**NOT_THE_SAME, "step": "review", "outcome": "needs-more"}
    file.add("first-review", begun, "ReviewGiven", "reviewer", "pairing", **asked)
    stopped = file.pick(begun + 1, begun + 3 * DAY - 1)
    says = {"step": "gathering", "ground": "person is in hospital"}
    file.add("pause", stopped, "ClockPaused", "supervisor", "pairing", **says)
    lasts = 10 * DAY
    if file.random.random() < 0.5:
        resumed = file.pick(stopped + DAY, stopped + 9 * DAY)
        file.add("resumed", resumed, "ClockResumed", "supervisor", "pairing", step="gathering")
        lasts = resumed - stopped
    file.due["gathering"] = begun + 3 * DAY + lasts
    found = file.pick(begun + 3 * DAY, begun + 3 * DAY + lasts - 1)
    file.add(
        "gathering", found, "StepCompleted", "officer", "pairing", step="gathering", findings="a birth certificate"
    )
    review(file, "review", "reviewer", "gathering", 24, NOT_THE_SAME)
    second = review(file, "second-review", "second", "review", 48, NOT_THE_SAME)
    file.due["disposition"] = file.days_after(second, 15)
    checks(file, second)
    clearance(file, "second-review")
    disposition(file, "not-the-same")


def screened(file: FileHistory) -> None:
    """Found by screening; the checks are owed as soon as it has to be referred. Another agency asks, and tells of an encounter."""
    file.add("match", 0, "PossibleMatchFound", "officer", "pairing")
    begun = review(file, "review", "reviewer", "match", 24, REFER)
    met = file.add("encounter", file.pick(begun + 1, begun + HOUR), "EncounterOpened", "officer", nature="notice")
    file.due["disposition"] = file.days_after(met, 15)
    checks(file, begun, floor=met)
    referral(file, "review")
    asked = file.add("asked", file.pick(1, DAY), "RequestArrived", "liaison", "request")
    sent = file.within("inbound-answer", asked, DAY)
    file.add("inbound-answer", sent, "MessageAcknowledged", "liaison", "request", message="supplement")
    confirmation(file, "negative")
    clearance(file, "confirmation")
    disposition(file, "not-the-same", "confirmation")


def withdrawn(file: FileHistory) -> None:
    """The entry was withdrawn before anybody reviewed the match."""
    opened(file, contact=True)
    file.add("withdrawal", file.pick(file.at("match") + 1, DAY), "PossibleMatchWithdrawn", "officer", "pairing")
    disposition(file, "nothing-found")


SHAPES: tuple[Callable[[FileHistory], None], ...] = (
    cleared, two_matches, disagreement, disagreement_referred, negative, confirmed, telephone,
    inconclusive, waited, overridden, court_order,
    citizenship, renewal, redress, own_state, no_authority, waived, paused, screened, withdrawn,
)  # fmt: skip


def laid_out(shape: Callable[[FileHistory], None], random: Random) -> FileHistory:
    """A history of a shape. It begins at any hour of any day from March to May; minutes that do not fit are drawn again."""
    for _ in range(2_000):
        start = random.randint(minute_of(2027, 3, 3), minute_of(2027, 5, 15))
        file = FileHistory(shape.__name__, start, random)
        try:
            shape(file)
            file.add("closing", file.pick(file.last + 1, file.last + DAY), "FileClosed", "supervisor")
        except DoesNotFit:
            continue
        return file
    raise AssertionError(f"no file of the shape {shape.__name__} keeps to the protocol")


__all__ = ["SHAPES", "laid_out"]
