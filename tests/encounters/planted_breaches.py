"""One breach in a file that had none: each edits raw facts as somebody would have left them who broke the protocol once, and says
by the protocol's text which breach that is, of what and in which minute. What would follow from it is edited away, or leads to
other minutes being drawn (`DoesNotFit`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from encounters.raw_histories import DAY, HOUR, DoesNotFit, FileHistory, Hired
from kstep.protocol.breaches import BreachKind

Edit = Callable[[FileHistory], None]

AFTER_CHECKS = ("referral", "own-inquiry", "disposition")


def never_came(file: FileHistory, step: str) -> None:
    """A step stays owed, so that it is late from its deadline on."""
    file.expect(BreachKind.LATE, step, file.due[step], owed=True)


def _comes_before(file: FileHistory, minute: int, *labels: str) -> None:
    if any(label in file.facts and file.at(label) <= minute for label in labels):
        raise DoesNotFit("what comes later was recorded earlier")


def report_unsent(file: FileHistory) -> None:
    """The incident report was written, but never reached headquarters; so the file was never closed."""
    file.drop("incident-report", "closing")
    never_came(file, "incident-report")


def late(step: str, *followed_by: str) -> Edit:
    """It was done at its deadline or hours after, and before what follows."""

    def edit(file: FileHistory) -> None:
        minute = file.move(step, file.due[step], file.due[step] + file.random.choice((0, 1, 6 * HOUR)))
        _comes_before(file, minute, "closing", *followed_by)
        file.expect(BreachKind.LATE, step, file.due[step])

    return edit


def late_before(step: str, label: str, earlier: str, hours: int) -> Edit:
    """It began so early that what did it was done too late."""

    def edit(file: FileHistory) -> None:
        minute = file.at(label) - hours * HOUR - file.random.choice((0, 1, HOUR))
        moved = file.move(earlier, minute, minute)
        file.expect(BreachKind.LATE, step, moved + hours * HOUR)

    return edit


def answered_late(file: FileHistory) -> None:
    """Who was asked for a transfer answered too late; what follows keeps its own deadline."""
    late("transfer-answer", "transfer-follow-up")(file)
    if file.at("transfer-follow-up") >= file.days_after(file.at("transfer-answer"), 1):
        raise DoesNotFit("it would be late too")


def concluded_late(file: FileHistory) -> None:
    late("disposition", "rescreening")(file)  # which is due 30 days after: later than it was


def authority_over(file: FileHistory) -> None:
    """The authority that was renewed ended before the person was released."""
    ends = file.pick(file.at("renewal") + 1, file.at("release"))
    file.change("renewal", expires=file.moment(ends))
    file.expect(BreachKind.LATE, "authority-ends", ends)


def evidence_late(step: str, *followed_by: str) -> Edit:
    """It was done in time, and its evidence came when it was too late."""

    def edit(file: FileHistory) -> None:
        (kind,) = file.facts[step].evidence
        minute = file.pick(file.due[step], file.due[step] + HOUR)
        _comes_before(file, minute, "closing", *followed_by)
        file.change(step, evidence=())
        file.add("evidence", minute, "EvidenceFiled", "officer", fact=f"@{step}", kind=kind, evidence=(kind,))
        file.expect(BreachKind.LATE, step, file.due[step])

    return edit


def errored(step: str, *followed_by: str) -> Edit:
    """A check did not return, and was run again when it was too late."""

    def edit(file: FileHistory) -> None:
        minute = file.pick(file.due[step], file.due[step] + HOUR)
        _comes_before(file, minute, "closing", *followed_by)
        file.repeat(step, f"{step} again", minute, file.facts[step].actor)
        file.change(step, result=file.random.choice(("errored", "timed-out", "partial")))
        file.expect(BreachKind.LATE, step, file.due[step])

    return edit


def done_first_by(step: str, begun: str, kind: BreachKind, actor: str) -> Edit:
    """Somebody did it who may not; later somebody did who may."""

    def edit(file: FileHistory) -> None:
        _copy(file, step, begun, kind, actor)

    return edit


def _copy(file: FileHistory, step: str, begun: str, kind: BreachKind, actor: str) -> None:
    minute = file.pick(file.at(begun) + 1, file.at(step) - 1)
    file.repeat(step, f"{step} before", minute, actor)
    file.expect(kind, step, minute)


def dismissed(step: str, begun: str, role: str, *courses: str) -> Edit:
    """Somebody did it from whom the role had been taken a minute before."""

    def edit(file: FileHistory) -> None:
        _copy(file, step, begun, BreachKind.WRONG_ROLE, "dismissed")
        taken = dict.fromkeys(courses)
        file.hire(Hired("dismissed", (role,), taken, dismissed=file.at(f"{step} before") - 1))

    return edit


def of_another_office(step: str, begun: str, role: str, *courses: str) -> Edit:
    """Somebody did it who has the role at another office than the person's."""

    def edit(file: FileHistory) -> None:
        file.hire(Hired("stranger", (role,), dict.fromkeys(courses), office="office 9"))
        _copy(file, step, begun, BreachKind.WRONG_ROLE, "stranger")

    return edit


def lapsed(step: str, begun: str, role: str, course: str, minutes: int = DAY) -> Edit:
    """Somebody did it whose training had ended the day before."""

    def edit(file: FileHistory) -> None:
        _copy(file, step, begun, BreachKind.UNTRAINED, "lapsed")
        file.hire(Hired("lapsed", (role,), {course: file.at(f"{step} before") - minutes}))

    return edit


def still_trained(step: str, role: str, course: str) -> Edit:
    """No breach: the training ends in the minute after."""

    def edit(file: FileHistory) -> None:
        file.change(
            step, actor=file.hire(Hired("nearly", (role,), {course: file.at(step) + 1}, dismissed=file.at(step) + 1))
        )

    return edit


def third_after_second(file: FileHistory) -> None:
    """Who gave the second answer decides between the two, at first."""
    name = file.hire(Hired("both", ("reviewer", "supervisor"), {"reviewing": None}))
    file.change("second-review", actor=name)
    _copy(file, "third-review", "second-review", BreachKind.NOT_INDEPENDENT, name)


def judged_own_work(file: FileHistory) -> None:
    """Who checked the person's identity decides on redress, at first."""
    name = file.hire(Hired("judge", ("officer", "adjudicator"), {"redress": None, "identity": None}))
    file.change("identity-check", actor=name)
    _copy(file, "redress-decision", "redress-receipt", BreachKind.NOT_INDEPENDENT, name)


def shown_first(file: FileHistory) -> None:
    """Somebody answers a second time after they were shown the first answer; then somebody else who was not."""
    name = file.hire(Hired("curious", ("reviewer",), {"reviewing": None}))
    minute = file.pick(file.at("review") + 1, file.at("second-review") - 2)
    file.add("shown before", minute, "AnswerShown", name, "pairing", step="review")
    _copy(file, "second-review", "shown before", BreachKind.NOT_BLIND, name)


def referred_before_check(file: FileHistory) -> None:
    """It was referred before its checks, though both came in time; so the answer was due earlier too."""
    minute = file.move("referral", file.at("review") + 1, file.at("identity-check") - 1)
    if file.at("confirmation") >= minute + DAY:
        raise DoesNotFit("it would be late")
    file.expect(BreachKind.OUT_OF_ORDER, "referral", minute)


def signed_before_written(file: FileHistory) -> None:
    file.move("report-writing", file.at("incident-report") + 1, file.due["report-writing"] - 1)
    file.expect(BreachKind.OUT_OF_ORDER, "incident-report", file.at("incident-report"))


def opinion_before_review(file: FileHistory) -> None:
    passed = min(file.at("transfer"), file.at("removal"))
    file.move("citizenship-review", file.at("citizenship-opinion") + 1, min(file.due["citizenship-review"], passed) - 1)
    file.expect(BreachKind.OUT_OF_ORDER, "citizenship-opinion", file.at("citizenship-opinion"))


def concluded_before_link(file: FileHistory) -> None:
    """The screening again is due 30 days after there was all that the conclusion needs."""
    known = max(file.at(label) for label in ("confirmation", "identity-check", "records-check"))
    minute = file.move("disposition", known + 1, file.at("evidence-of-link") - 1)
    if file.at("rescreening") >= file.at("evidence-of-link") + 30 * DAY:
        raise DoesNotFit("it would be late")
    file.expect(BreachKind.OUT_OF_ORDER, "disposition", minute)


def released_early(file: FileHistory) -> None:
    """A day had not passed since somebody asked; a minute was missing, or hours."""
    floor = max(file.at("custody") + 1, file.at("release") - DAY + 1)
    file.move("proposed", floor, file.random.choice((floor, file.at("release") - 1)))
    file.expect(BreachKind.GATE, "release", file.at("release"))


def released_by_another(file: FileHistory) -> None:
    """It waited for its time, but the director did not decide."""
    file.change("release", actor="supervisor")
    file.expect(BreachKind.GATE, "release", file.at("release"))


def released_unasked(file: FileHistory) -> None:
    file.drop("proposed")
    file.expect(BreachKind.GATE, "release", file.at("release"))


def held_without_authority(file: FileHistory) -> None:
    file.drop("authority")
    held_on_none(file)


def held_on_ended_authority(file: FileHistory) -> None:
    """The authority ended before custody began."""
    minute = file.pick(file.at("authority") + 1, file.at("custody") - 1)
    file.add("lifted", minute, "CustodyAuthorityEnded", "officer", "custody")
    held_on_none(file)


def held_on_none(file: FileHistory) -> None:
    """Custody was to end as soon as it began."""
    file.expect(BreachKind.GATE, "custody", file.at("custody"))
    file.expect(BreachKind.LATE, "authority-ends", file.at("custody"))


def cleared_while_asked(file: FileHistory) -> None:
    """It was cleared before the authority answered, and again when it had."""
    minute = file.pick(file.at("referral") + 1, file.at("confirmation") - 1)
    _insert_clearance(file, minute)


def cleared_without_ground(file: FileHistory) -> None:
    """A pairing that is confirmed was cleared."""
    _insert_clearance(file, file.pick(file.at("disposition") + 1, file.at("closing") - 1))


def _insert_clearance(file: FileHistory, minute: int) -> None:
    expires = file.moment(minute + 60 * DAY)
    file.add("early", minute, "ClearanceGiven", "supervisor", "pairing", expires=expires)
    file.expect(BreachKind.GATE, "clearance", minute)


def suppressed_after_end(file: FileHistory) -> None:
    """The clearance was withdrawn before."""
    minute = file.pick(file.at("clearance") + 1, file.at("suppression") - 1)
    file.add("ended", minute, "ClearanceEnded", "supervisor", "pairing")
    file.expect(BreachKind.GATE, "suppression", file.at("suppression"))


def suppressed_after_expiry(file: FileHistory) -> None:
    """The clearance had expired in the very minute, or before."""
    expires = file.pick(file.at("clearance") + 1, file.at("suppression"))
    file.change("clearance", expires=file.moment(expires))
    file.expect(BreachKind.GATE, "suppression", file.at("suppression"))


def asked_during_claim(file: FileHistory) -> None:
    """Counsel's opinion came in time, but after the request for transfer; removal was proposed later."""
    limit = min(file.due["citizenship-opinion"], file.at("removal")) - 1
    file.move("citizenship-opinion", file.at("transfer") + 1, limit)
    file.expect(BreachKind.GATE, "transfer-request", file.at("transfer"))


def removed_without_order(file: FileHistory) -> None:
    file.drop("ordered")
    file.expect(BreachKind.GATE, "removal", file.at("removal"))


def called_confirmed(file: FileHistory) -> None:
    """Later somebody says of a person that they are confirmed of whom the authority said that they are not."""
    minute = file.pick(file.at("disposition") + 1, file.at("closing") - 1)
    file.add("worse", minute, "DispositionGiven", "supervisor", outcome="confirmed", reason="a hunch")
    file.expect(BreachKind.GATE, "confirmed", minute)


def inserted(
    kind: BreachKind, where: str, fact: str, actor: str, after: str, before: str, about: str = "", **more: Any
) -> Edit:
    """Something handled as it may not be, between two other facts; it changes nothing."""

    def edit(file: FileHistory) -> None:
        minute = file.pick(file.at(after) + 1, file.at(before) - 1)
        file.add(f"{fact} inserted", minute, fact, actor, about, **more)
        file.expect(kind, where, minute)

    return edit


def closed_by_another(file: FileHistory) -> None:
    file.change("closing", actor="officer")
    file.expect(BreachKind.WRONG_ROLE, "closing", file.at("closing"))


def waives(actor: str, step: str, after: str, before: str, ground: str, second: str, about: str = "") -> Edit:
    more = {"about": about, "step": step, "ground": ground, "second": second}
    return inserted(BreachKind.WAIVER, step, "StepWaived", actor, after, before, **more)


def pauses(actor: str, step: str, after: str, before: str, ground: str) -> Edit:
    more = {"about": "pairing", "step": step, "ground": ground}
    return inserted(BreachKind.PAUSE, step, "ClockPaused", actor, after, before, **more)


def overrides(actor: str, gate: str, after: str, before: str, ground: str, second: str) -> Edit:
    more = {"about": "custody", "gate": gate, "ground": ground, "second": second}
    return inserted(BreachKind.OVERRIDE, gate, "GateOverridden", actor, after, before, **more)


def closed_before_the_end(file: FileHistory) -> None:
    """It was closed once before the person was screened again, and once more at its end."""
    kind = BreachKind.CLOSED_EARLY
    inserted(kind, "closing", "FileClosed", "supervisor", "disposition", "rescreening")(file)
