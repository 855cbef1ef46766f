"""Mistakes that an engine of protocols could have, each an edit of one place; and the programme that looks for each of them by
comparing a copy of the engine with what the model said of some random histories.

    python mutants_of_decide.py KEPT [FOLDER]

compares the engine, or the copy of its package in a folder, with what `keep` wrote, and ends with status 1 where they differ.
"""

from __future__ import annotations

import pickle
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kstep.protocol.facts import Fact
    from protocol.model_values import Seen

PACKAGE = Path(__file__).parents[2] / "src" / "kstep" / "protocol"


class Mutant(NamedTuple):
    """A mistake: what it is called, and which text of which module becomes what."""

    name: str
    module: str
    old: str
    new: str


MUTANTS = (
    Mutant("evidence_before_its_fact_is_lost", "history", "        self.facts.append(fact)\n",
           "        self.facts.append(fact)\n        self.filed.pop(fact.id, None)\n"),
    Mutant("later_evidence_replaces_earlier", "history", "(*self.filed.get(of, ()), fact)", "(fact,)"),
    Mutant("evidence_is_filed_without_a_piece", "acts", 'may and fact.says.get("kind", "") in fact.evidence', "may"),
    Mutant("anybody_files_evidence", "acts", "may and fact.says", "fact.says"),
    Mutant("nobody_else_files_evidence", "acts",
           "fact.actor == claim.actor or bool(fact.roles.intersection(step.who))", "fact.actor == claim.actor"),
    Mutant("the_claimant_files_no_evidence", "acts",
           "fact.actor == claim.actor or bool(fact.roles.intersection(step.who))",
           "bool(fact.roles.intersection(step.who))"),
    Mutant("the_last_of_one_id_counts", "history", "counted.setdefault(fact.id, fact)", "counted[fact.id] = fact"),
    Mutant("ids_do_not_order", "history", "key=lambda fact: fact.order", "key=lambda fact: fact.recorded"),
    Mutant("void_after_done", "history", "before = self.standing\n", "before = list(self.owed)\n"),
    Mutant("void_is_about_everything", "history", "void, fact) and agree(one.about, fact.about)",
           "void, fact)"),
    Mutant("an_authority_lasts_for_ever", "history",
           "        if kind is not None:\n            ends", "        if False:\n            ends"),
    Mutant("custody_outlasts_its_authority", "history",
           "            ends.append(self._last_end(fact))\n", "            pass\n"),
    Mutant("an_authority_of_no_kind_holds", "history", "elif self.protocol.custody and fact.kind in AUTHORITIES:",
           "elif False:"),
    Mutant("custody_without_an_authority_goes_on", "history", "return max([fact.recorded, *ends])",
           "return max(ends, default=moment_of(fact, \"expires\"))"),
    Mutant("given_is_forgotten", "history", "return given and not", "return not"),
    Mutant("whoever_may_not_act_does", "gates", "return not happened and any(", "return False and any("),
    Mutant("what_happened_is_forgotten", "gates", "return not happened and any(", "return any("),
    Mutant("unless_is_forgotten", "history", "return given and not any_holds(", "return given or any_holds("),
    Mutant("times_one_too_many", "history", "len(same) >= step.times", "len(same) > step.times"),
    Mutant("then_is_forgotten", "history", "if step.then and", "if False and"),
    Mutant("then_goes_round_in_circles", "history", "step.then not in instead_of", "True"),
    Mutant("then_stops_after_one", "history", "step.then not in instead_of", "not instead_of"),
    Mutant("a_closed_file_stays_closed", "history", "self.closed = None\n        for", "for"),
    Mutant("what_comes_before_is_begun_again", "history", " and not self._related(before, held)", ""),
    Mutant("what_comes_before_needs_no_key", "history", "(before.per == FILE or before.per in about) and ", ""),
    Mutant("what_comes_before_is_about_everything", "history", "self._related(self.protocol.steps[name], one.about)",
           "self._related(self.protocol.steps[name], {})"),
    Mutant("a_waived_step_still_holds_others_up", "history", "if before.settled is None]",
           "if before.settled is not Settled.DONE]"),
    Mutant("ready_from_the_beginning", "decide", "        ready = max(ready, settled)\n", ""),
    Mutant("ready_forgets_what_had_passed", "decide", "            if due is not None and due <= begun:\n",
           "            if False:\n"),
    Mutant("due_while_it_waits", "decide", "and settled > one.at):\n            return None",
           "and settled > one.at):\n            continue"),
    Mutant("out_of_order_does_not_count", "history",
           "all(breach.kind is BreachKind.OUT_OF_ORDER for breach in found)", "not found"),
    Mutant("done_before_its_turn", "history", " and not self.waits_for(one)", ""),
    Mutant("evidence_is_ignored", "history", "return [kind for kind in one.step.evidence if",
           "return [kind for kind in () if"),
    Mutant("done_when_it_was_claimed", "history", "at=fact.recorded)", "at=by.recorded)"),
    Mutant("followers_count_from_the_claim", "history", "self._owe(step, fact, about, by=done.by)",
           "self._owe(step, done.by or fact, about)"),
    Mutant("followers_say_what_the_evidence_says", "history", ", said_by=by)", ")"),
    Mutant("a_waiver_needs_no_key", "history", "if one.step.per == FILE or one.step.per in fact.about), None)", "), None)"),
    Mutant("a_pause_without_an_end", "history", "min(rule.at_most.microseconds, left)",
           "9 * min(rule.at_most.microseconds, left)"),
    Mutant("pauses_do_not_add_up", "history", "min(rule.at_most.microseconds, left)", "rule.at_most.microseconds"),
    Mutant("resuming_lengthens_what_had_ended", "history", "min(end, max(start, fact.recorded))",
           "max(start, fact.recorded)"),
    Mutant("closed_with_something_owed", "history", "if self.standing:\n            left", "if False:\n            left"),
    Mutant("a_step_needs_no_name", "acts", "named is not None or KINDS[fact.kind].answers", "named is not None"),
    Mutant("a_claim_needs_no_key", "acts", "(step.per == FILE or step.per in fact.about) and ", ""),
    Mutant("what_has_to_be_said_is_not_asked", "acts", "if missing:", "if False:"),
    Mutant("any_outcome_will_do", "acts", "if step.outcomes and", "if False and"),
    Mutant("roles_are_asked_outside", "acts", "outside = KINDS[fact.kind].outside", "outside = False"),
    Mutant("one_course_will_do", "acts", "if course not in fact.training and", "if not fact.training and"),
    Mutant("second_people_did_nothing", "acts", "(other.actor, other.second)", "(other.actor,)"),
    Mutant("whoever_supervises_judges", "acts", "for role in step.not_of if role in fact.roles]",
           "for role in step.not_of if not fact.roles]"),
    Mutant("redress_is_other_work", "acts", "if one.step.per == REDRESS:", "if False:"),
    Mutant("redress_and_more_is_no_other_work", "acts", "set(fact.about) == {REDRESS}", "REDRESS in fact.about"),
    Mutant("not_by_whoever_did_it_for_another", "acts", "and agree(other.about, one.about))", ")"),
    Mutant("blind_to_what_is_shown_after", "acts", "if shown.order < fact.order", "if shown.order > fact.order"),
    Mutant("blind_about_everything", "acts", "        and agree(shown.about, fact.about)\n", ""),
    Mutant("a_waiver_with_oneself", "acts", "if not fact.second or fact.second == fact.actor:", "if not fact.second:"),
    Mutant("a_waiver_with_anybody", "acts", "if rule.second not in fact.second_roles:", "if False:"),
    Mutant("naming_less_differs", "matching", "other.get(key, value) != value", "other.get(key) != value"),
    Mutant("until_is_forgotten", "matching", "any(when <= ended and", "any(False and"),
    Mutant("it_holds_at_its_end", "matching", "now >= moment_of(fact", "now > moment_of(fact"),
    Mutant("only_the_last_holds", "matching", "            continue\n        ends", "            return False\n        ends"),
    Mutant("agreeing_is_disagreeing", "matching", "(outcome(compared) == outcome(done)) != equal",
           "(outcome(compared) == outcome(done)) == equal"),
    Mutant("compared_with_the_first", "matching", "for one in reversed(all_done) if", "for one in all_done if"),
    Mutant("a_gate_decides_too_late", "gates", "now >= until", "now > until"),
    Mutant("an_override_is_for_ever", "gates", "if not is_spent:", "if True:"),
    Mutant("any_act_spends_an_override", "gates", "any(agree(fact.about, act.about) for act in acts)", "bool(acts)"),
    Mutant("asking_again_begins_anew", "gates", "            first = fact\n", "            pass\n"),
    Mutant("a_gate_bars_everything", "gates", "if one.id in gate.barred_by and agree(one.about, about)]",
           "if one.id in gate.barred_by]"),
    Mutant("anybody_acts", "gates", "if gate.who and not fact.roles.intersection(gate.who):", "if False:"),
    Mutant("a_gate_needs_nothing", "gates", "if gate.needs and not", "if False and not"),
    Mutant("a_gate_does_not_wait", "gates", "if not waiting or gate.at_most is None:", "if True:"),
    Mutant("anybody_decides", "gates", "(stood.way is Way.DECIDES and gate.then in fact.roles)",
           "(stood.way is Way.DECIDES)"),
    Mutant("known_late_after_the_deadline", "decide", "one.at >= due", "one.at > due"),
    Mutant("late_after_the_deadline", "decide", "if due is not None and now >= due:", "if due is not None and now > due:"),
    Mutant("a_breach_after_the_deadline", "decide", ">= self.due", "> self.due"),
    Mutant("what_is_recorded_now_does_not_count", "decide", "if fact.recorded <= now)", "if fact.recorded < now)"),
    Mutant("what_is_recorded_later_counts", "decide", "if fact.recorded <= now)", "if fact.recorded <= now + 60_000_000)"),
    Mutant("due_by_when_it_happened", "decide", "None = one.begun.recorded\n", "None = one.begun.happened or one.begun.recorded\n"),
    Mutant("counted_from_the_first", "decide", "before[-1] if before", "before[0] if before"),
    Mutant("counted_from_what_was_before_only", "decide", "next((fact.recorded for fact in counted), None)", "None"),
    Mutant("pauses_do_not_count_by_days", "decide", "due.within.amount, one.pauses)", "due.within.amount)"),
    Mutant("pauses_do_not_count_by_hours", "decide", "due.within.microseconds, one.pauses)", "due.within.microseconds)"),
    Mutant("days_are_hours", "decide", 'if due.within.unit == "day":', "if False:"),
    Mutant("a_waiver_undoes_lateness", "decide", "if one.was_late(now))",
           "if one.was_late(now) and one.state is not State.WAIVED)"),
)  # fmt: skip


def mutated(mutant: Mutant, folder: Path) -> Path:
    """A copy of the package in a folder, with a mistake."""
    copy = folder / "kstep" / "protocol"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    path = copy / f"{mutant.module}.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1, f"{mutant.name}: its text is {text.count(mutant.old)} times in {path.name}"
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return copy.parent


Kept = list[tuple[str, "list[Fact]", "list[Seen]"]]
"""Histories: the name of the protocol, the facts in the order in which they arrived, and the file at some moments."""


def keep(path: Path, texts: dict[str, str], numbers: Sequence[int], facts: int) -> None:
    """Write histories of these numbers, and what the model says of them."""
    from protocol.drawn_facts import Drawing, take
    from protocol.protocol_model import Course

    kept: Kept = []
    for number in numbers:
        name = sorted(texts)[number % len(texts)]
        dice, course = Random(number), Course(texts[name])
        drawing = Drawing(course)
        now = drawing.begin(dice)
        found: list[Fact] = []
        waiting: list[Fact] = []
        seen: list[Seen] = []
        while len(found) < facts:
            later = drawing.later(dice, now) if found else now
            if later > now:
                take(course, waiting, dice.choice((now, now, later - 1)))
                seen.append(course.seen())
                course.advance(later)
                now = later
            before = [fact for fact in found if fact.recorded < now]
            again = before and dice.random() < 0.04
            fact = replace(dice.choice(before), recorded=now, says={}) if again else drawing.fact(dice, now)
            found.append(fact)
            waiting.append(fact)
        take(course, waiting, now)
        seen.append(course.seen())
        dice.shuffle(found)
        kept.append((name, found, seen))
    path.write_bytes(pickle.dumps((texts, kept)))


def compare(path: Path, folder: Path | None) -> int:
    """How often the engine in a folder differs from what was kept; it stops at the first."""
    import kstep

    if folder is not None:
        kstep.__path__.insert(0, str(folder))
    from kstep.protocol.decide import __file__ as where
    from kstep.protocol.decide import decide
    from kstep.protocol.reading import protocol_of
    from kstep.protocol.text import Text
    from protocol.comparing import differences

    assert folder is None or Path(where).is_relative_to(folder), "another engine would be compared"
    texts, kept = pickle.loads(path.read_bytes())
    protocols = {name: protocol_of(Text(name, text)) for name, text in texts.items()}
    for place, (name, facts, seen) in enumerate(kept):
        for one in seen:
            if said := differences(one, decide(protocols[name], facts, one.now)):
                print(f"history {place}: {said[0][:300]}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(compare(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
