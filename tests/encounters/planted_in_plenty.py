"""Several breaches in one file: edits after which others follow, each listed with what follows by the protocol's text; and which
edits are planted in files of which shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from encounters import history_shapes as shapes
from encounters import planted_breaches as one
from encounters.planted_breaches import AFTER_CHECKS, Edit, late, never_came
from encounters.raw_histories import DAY, DoesNotFit, FileHistory
from kstep.protocol.breaches import BreachKind

Shape = Callable[[FileHistory], None]


def _closed_early(file: FileHistory) -> None:
    """It was closed all the same."""
    file.expect(BreachKind.CLOSED_EARLY, "closing", file.at("closing"))


def _barred(file: FileHistory, gate: str, label: str) -> None:
    file.expect(BreachKind.GATE, gate, file.at(label))


def _out_of_order(file: FileHistory, step: str) -> None:
    """It was done while something before it was owed for good: so it is owed for good too."""
    file.expect(BreachKind.OUT_OF_ORDER, step, file.at(step))
    never_came(file, step)


def check_lacks(step: str, how: str) -> Edit:
    """A check was not run, did not return, or nobody can show that it did: nothing that needs it is done."""

    def edit(file: FileHistory) -> None:
        if how == "not run":
            file.drop(step)
        elif how == "no evidence":
            file.change(step, evidence=())
        else:
            file.change(step, result=how)
        never_came(file, step)
        for later in AFTER_CHECKS:
            if later in file.facts:
                _out_of_order(file, later)
        _closed_early(file)

    return edit


def report_unwritten(file: FileHistory) -> None:
    file.drop("report-writing", "incident-report")
    never_came(file, "report-writing")
    never_came(file, "incident-report")
    _closed_early(file)


def report_unsent_and_more(file: FileHistory) -> None:
    """Headquarters was told too late, the report never came, and somebody closed the file whose task that is not."""
    late("notification")(file)
    file.drop("incident-report")
    never_came(file, "incident-report")
    file.change("closing", actor="officer")
    file.expect(BreachKind.WRONG_ROLE, "closing", file.at("closing"))
    _closed_early(file)


def link_missing(file: FileHistory) -> None:
    """What links the person to the entry is not in the file, and the report never reached headquarters."""
    file.change("evidence-of-link", evidence=())
    never_came(file, "evidence-of-link")
    _out_of_order(file, "disposition")
    file.drop("incident-report")
    never_came(file, "incident-report")
    _closed_early(file)


def _not_reviewed(file: FileHistory, step: str) -> None:
    """A review does not count, so there is no ground for the clearance."""
    never_came(file, step)
    _barred(file, "clearance", "clearance")
    _closed_early(file)


def second_by_first(file: FileHistory) -> None:
    file.change("second-review", actor="reviewer")
    file.expect(BreachKind.NOT_INDEPENDENT, "second-review", file.at("second-review"))
    _not_reviewed(file, "second-review")


def second_was_shown(file: FileHistory) -> None:
    minute = file.pick(file.at("review") + 1, file.at("second-review") - 1)
    file.add("shown", minute, "AnswerShown", "second", "pairing", step="review")
    file.expect(BreachKind.NOT_BLIND, "second-review", file.at("second-review"))
    _not_reviewed(file, "second-review")


def first_untrained(file: FileHistory) -> None:
    file.change("review", actor="learner")
    file.expect(BreachKind.UNTRAINED, "review", file.at("review"))
    _not_reviewed(file, "review")


def third_by_officer(file: FileHistory) -> None:
    file.change("third-review", actor="officer")
    file.expect(BreachKind.WRONG_ROLE, "third-review", file.at("third-review"))
    file.expect(BreachKind.UNTRAINED, "third-review", file.at("third-review"))
    _not_reviewed(file, "third-review")


def never_answered(file: FileHistory) -> None:
    """The authority never answered, and the person was cleared and the file concluded as if it had."""
    file.drop("confirmation")
    never_came(file, "confirmation")
    _barred(file, "clearance", "clearance")
    _out_of_order(file, "disposition")
    _closed_early(file)


def never_resolved(file: FileHistory) -> None:
    """An inconclusive answer was taken for a positive one."""
    file.drop("unclear-answer")
    never_came(file, "unclear-answer")
    _barred(file, "confirmed", "disposition")
    _out_of_order(file, "disposition")
    _closed_early(file)


def cleared_by_telephone(file: FileHistory) -> None:
    file.change("confirmation", form="telephone")
    file.due["written-confirmation"] = file.days_after(file.at("confirmation"), 3)
    never_came(file, "written-confirmation")
    _barred(file, "clearance", "clearance")
    _closed_early(file)


def confirmed_by_telephone(file: FileHistory) -> None:
    file.drop("written-confirmation")
    never_came(file, "written-confirmation")
    _barred(file, "confirmed", "disposition")
    _closed_early(file)


def no_authority_at_all(file: FileHistory) -> None:
    """Neither custody nor the request for transfer rests on anything, and nobody ordered the removal."""
    file.drop("authority", "ordered")
    one.held_on_none(file)
    _barred(file, "transfer-request", "transfer")
    _barred(file, "removal", "removal")


def claim_never_decided(file: FileHistory) -> None:
    file.drop("citizenship-opinion")
    never_came(file, "citizenship-opinion")
    _barred(file, "transfer-request", "transfer")
    _barred(file, "removal", "removal")
    _closed_early(file)


def waived_alone(file: FileHistory) -> None:
    file.change("statement-waiver", second=file.random.choice(("", "supervisor", "counsel")))
    file.expect(BreachKind.WAIVER, "statement", file.at("statement-waiver"))
    never_came(file, "statement")
    _closed_early(file)


def paused_by_officer(file: FileHistory) -> None:
    """The clock went on, so that what was found came too late."""
    file.change("pause", actor="officer")
    file.expect(BreachKind.PAUSE, "gathering", file.at("pause"))
    file.expect(BreachKind.LATE, "gathering", file.at("first-review") + 3 * DAY)


def overridden_alone(file: FileHistory) -> None:
    file.change("override", second="")
    file.expect(BreachKind.OVERRIDE, "release", file.at("override"))
    _barred(file, "release", "release")


def release_forgotten(file: FileHistory) -> None:
    """Nobody told of the release, acted on the answer that came later, or sent the report."""
    file.drop("release-told", "positive-after-release", "incident-report")
    for step in ("release-told", "positive-after-release", "incident-report"):
        never_came(file, step)
    _closed_early(file)


def never_cleared(file: FileHistory) -> None:
    file.drop("clearance")
    never_came(file, "clearance")
    _barred(file, "suppression", "suppression")
    _closed_early(file)


def second_match_cleared_unseen(file: FileHistory) -> None:
    """Of two possible matches one was looked at a second time, and both were cleared."""
    file.drop("second-review-2")
    file.expect(BreachKind.LATE, "second-review", file.due["second-review-2"], owed=True)
    _barred(file, "clearance", "clearance-2")
    _closed_early(file)


def both_reviews_late(file: FileHistory) -> None:
    """Both reviewers were late, one after the other; the clearance counts from the second."""
    for step, label, hours in (("review", "match", 24), ("second-review", "review", 48)):
        file.due[step] = file.at(label) + hours * 60
        minute = file.move(step, file.due[step], file.due[step] + 60)
        file.expect(BreachKind.LATE, step, file.due[step])
    file.due["clearance"] = file.days_after(minute, 3)
    if not minute < file.at("clearance") < file.due["clearance"] or minute >= file.at("disposition"):
        raise DoesNotFit("what follows would be late or early too")


def all_of(*edits: Edit) -> Edit:
    """Several edits that have nothing to do with one another."""

    def edit(file: FileHistory) -> None:
        for single in edits:
            single(file)

    return edit


ROLE, UNTRAINED, NOT_INDEPENDENT = BreachKind.WRONG_ROLE, BreachKind.UNTRAINED, BreachKind.NOT_INDEPENDENT

SINGLE: Sequence[tuple[Shape, Edit]] = (
    *[(shapes.confirmed, one.report_unsent)] * 4,
    *[(shapes.telephone, one.report_unsent)] * 3,
    *[(shapes.inconclusive, one.report_unsent)] * 3,
    *[(shapes.disagreement_referred, one.report_unsent)] * 2,
    (shapes.waited, one.report_unsent),
    (shapes.confirmed, late("notification")),
    (shapes.negative, late("clearance")),
    (shapes.cleared, one.evidence_late("statement")),
    (shapes.cleared, one.errored("identity-check", *AFTER_CHECKS)),
    (shapes.disagreement, late("records-check", *AFTER_CHECKS)),
    (shapes.no_authority, one.evidence_late("records-check", *AFTER_CHECKS)),
    (shapes.negative, one.concluded_late),
    (shapes.citizenship, one.answered_late),
    (shapes.screened, late("inbound-answer")),
    (shapes.renewal, one.authority_over),
    (shapes.paused, one.late_before("review", "first-review", "match", 24)),
    (shapes.cleared, one.done_first_by("review", "match", ROLE, "supervisor")),
    (shapes.confirmed, one.dismissed("identity-check", "encounter", "officer", "identity")),
    (shapes.cleared, one.of_another_office("review", "match", "reviewer", "reviewing")),
    (shapes.negative, one.done_first_by("review", "match", UNTRAINED, "learner")),
    (shapes.confirmed, one.lapsed("report-writing", "confirmation", "officer", "reporting")),
    (shapes.citizenship, one.lapsed("citizenship-review", "claim", "supervisor", "citizenship", 0)),
    (shapes.cleared, one.done_first_by("second-review", "review", NOT_INDEPENDENT, "reviewer")),
    (shapes.redress, one.judged_own_work),
    (shapes.cleared, one.shown_first),
    (shapes.disagreement, one.shown_first),
    (shapes.negative, one.referred_before_check),
    (shapes.confirmed, one.concluded_before_link),
    (shapes.waited, one.released_early),
    (shapes.waited, one.released_unasked),
    (shapes.negative, one.cleared_while_asked),
    (shapes.cleared, one.suppressed_after_expiry),
    (shapes.citizenship, one.asked_during_claim),
    (shapes.waited, one.overrides("director", "release", "confirmation", "release", "the plane leaves", "counsel")),
    (shapes.renewal, one.overrides("director", "custody", "encounter", "custody", "medical", "counsel")),
    (shapes.confirmed, one.waives("supervisor", "statement", "encounter", "statement", "person declined", "")),
    (shapes.paused, one.pauses("supervisor", "gathering", "first-review", "gathering", "a holiday")),
    (shapes.inconclusive, one.closed_before_the_end),
)
"""Files with one breach each."""

SEVERAL: Sequence[tuple[Shape, Edit]] = (
    (shapes.negative, check_lacks("identity-check", "not run")),
    (shapes.confirmed, check_lacks("records-check", "errored")),
    (shapes.no_authority, check_lacks("identity-check", "no evidence")),
    (shapes.cleared, check_lacks("records-check", "timed-out")),
    (shapes.confirmed, report_unwritten),
    (shapes.inconclusive, report_unwritten),
    (shapes.telephone, report_unsent_and_more),
    (shapes.disagreement_referred, report_unsent_and_more),
    (shapes.confirmed, link_missing),
    (shapes.waited, release_forgotten),
    (shapes.cleared, second_by_first),
    (shapes.redress, second_was_shown),
    (shapes.cleared, first_untrained),
    (shapes.disagreement, third_by_officer),
    (shapes.negative, never_answered),
    (shapes.inconclusive, never_resolved),
    (shapes.negative, cleared_by_telephone),
    (shapes.telephone, confirmed_by_telephone),
    (shapes.renewal, one.held_without_authority),
    (shapes.citizenship, no_authority_at_all),
    (shapes.citizenship, claim_never_decided),
    (shapes.waived, waived_alone),
    (shapes.paused, paused_by_officer),
    (shapes.overridden, overridden_alone),
    (shapes.cleared, never_cleared),
    (shapes.cleared, both_reviews_late),
    (shapes.two_matches, second_match_cleared_unseen),
    (shapes.redress, all_of(late("redress-reply"), late("corrections"))),
    (shapes.waited, all_of(late("positive-after-release"), late("release-told"), one.released_by_another)),
    (shapes.citizenship, all_of(one.removed_without_order, one.opinion_before_review)),
    (
        shapes.court_order,
        all_of(
            one.held_on_ended_authority,
            one.overrides("supervisor", "release", "custody", "release", "medical", "counsel"),
            late("release-follow-up"),
        ),
    ),
    (
        shapes.confirmed,
        all_of(
            one.waives("officer", "statement", "encounter", "statement", "person declined", "director"),
            one.signed_before_written,
            one.cleared_without_ground,
        ),
    ),
    (
        shapes.negative,
        all_of(
            one.called_confirmed,
            one.waives("supervisor", "review", "match", "review", "person declined", "director", "pairing"),
            one.closed_by_another,
        ),
    ),
    (
        shapes.disagreement,
        all_of(one.done_first_by("clearance", "third-review", ROLE, "officer"), one.third_after_second),
    ),
    (
        shapes.cleared,
        all_of(
            one.evidence_late("statement"),
            one.pauses("supervisor", "review", "match", "review", "authority asks for time"),
            one.suppressed_after_end,
        ),
    ),
)
"""Files with several."""

HARMLESS: Sequence[tuple[Shape, Edit]] = (
    (shapes.confirmed, one.still_trained("report-writing", "officer", "reporting")),
    (shapes.cleared, one.still_trained("second-review", "reviewer", "reviewing")),
    (shapes.citizenship, one.still_trained("citizenship-review", "supervisor", "citizenship")),
)
"""Edits that come as near to a breach as can be, and are none."""

__all__ = ["HARMLESS", "SEVERAL", "SINGLE"]
