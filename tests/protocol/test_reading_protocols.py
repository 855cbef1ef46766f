"""A text that cannot be a protocol is refused in one line: what is wrong, on which line, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kstep.model import InputError
from kstep.protocol.reading import protocol_of, read_protocol
from kstep.protocol.text import MOST_BYTES, Text
from protocol.texts import SMALL, changed, small

REFUSED = [
    ("    who: [clerk]\n    starts: [{fact: Poss", "    who: [cleric]\n    starts: [{fact: Poss",
     "line 14: steps.look.who: 'cleric' is no role; declare it, or use one of clerk, chief"),
    ("fact: PossibleMatchFound", "fact: ScoreRose", "line 15: steps.look.starts.0: 'ScoreRose' is no kind of fact; kstep"),
    ("step: look, outcome: [refer]", "step: lock, outcome: [refer]", "steps.tell.starts.0: 'lock' is no step; mend its spelling"),
    ("step: look, outcome: [refer]", "step: look, outcome: [needs-more]", "'needs-more' is never said there"),
    ("step: look, outcome: [refer]", "step: look, score: [high]", "has no field 'score'; kstep protocol facts"),
    ("step: look, outcome: [refer]", "step: look, fact: ReviewGiven", "names neither a fact nor a step, or both"),
    ("outcomes: [refer, not-the-same]", "outcomes: [refer, guilty]", "ReviewGiven never has the outcome 'guilty'; use some"),
    ("within: 4 hours", "within: four hours", "line 19: steps.look.due.within: 'four hours' is not written so; write it like 30"),
    ("due: {within: 2 hours, on: office}", "sends: {message: notification, to: hq}\n    due: {within: 2 hours, on: office}",
     "sends a notification that does not do the step when it is signed for; add done: {fact: MessageAcknowledged, message"),
    ("due: {within: 2 hours, on: office}", "sends: {message: incident-report, to: hq}\n    due: {within: 2 hours, on: office}",
     "steps.tell.sends.message: "),
    ("due: {within: 2 hours, on: office}", "due: {within: 2 hours, on: office, once: ready}",
     "steps.tell.due.once: waits for nothing: the step has neither needs nor after; leave it out, or say what comes before"),
    ("due: {within: 2 hours, on: office}", "due: {within: 2 hours, once: ready, of: {fact: EncounterOpened}}",
     "steps.tell.due.once: counts from something else already; leave out once, or of and at"),
    ("due: {within: 2 hours, on: office}", "due: {within: 2 hours, on: bureau}", "'bureau' is no calendar; use one of always"),
    ("due: {within: 2 hours, on: office}", "due: {within: 9999 days, on: office}", "takes more than twenty years on that calendar"),
    ("due: {at: expires}", "due: {at: ends}", "'ends' is no field of what begins the step"),
    ("due: {at: expires}", "due: {}", "says neither within nor at, or both; give one of them"),
    ("due: {within: 4 hours}\n    late", "late", "steps.look.late: never comes: the step has no deadline; give it one"),
    ("{at: 1 hour before, remind: [clerk]}", "{at: when due, remind: [clerk]}",
     "line 20: steps.look.late: has two rungs at the same moment; make them one, with the roles of both, or move one of them"),
    ("{at: 1 hour before, remind: [clerk]}, {at: when due", "{at: 60 minutes after, remind: [clerk]}, {at: 1 hour after",
     "has two rungs at the same moment"),
    ("per: custody", "per: claim", "steps.leave.starts.0: is about no claim, for each of which the step is owed"),
    ("time_zone: Europe/Oslo", "time_zone: Europe/Bergen", "'Europe/Bergen' is no time zone; write a name such as"),
    ("closed: [2027-03-02]", "closed: [tomorrow]", "calendars.office.closed: has a closed day that is no date"),
    ("hours: {monday: 09:00-16:00", "hours: {monday: 16:00-09:00", "are reversed"),
    ("title: A small protocol", "title: A small protocol\ntitle: Another", "line 3: title: is said twice; keep one of the two"),
    ("purpose: To try one thing", "purpose: &a To try one thing\nexample: *a", "is an alias (*name); write it out"),
    ("purpose: To try one thing", "purpose: !!python/name:os.system To", "has the tag tag:yaml.org,2002:python/name:os.system"),
    ("purpose: To try one thing", "aim: To try one thing", "purpose: is missing; add it"),
    ("closing: {who: [chief]}", "closing: {who: chief}", "closing.who: is no list; write it as a list: [one, another]"),
    ("purpose: To try one thing", "purpose: 7", "purpose: is no text; mend it"),
    ("closing: {who: [chief]}", "closing: {who: [chief], how: well}", "closing.how: is no field that is known here; take it out"),
    ("    at_most: 24 hours\n", "", "waits without an end; give waits_for, asked_by, at_most and then"),
    (", ground: [discretion]}", "}", "would hold up a release that is not ours to hold up; add ground: [discretion]"),
    ("    waits_for: [look]\n", "    waits_for: [look]\n    barred_by: [tell]\n", "keeps somebody from being released"),
    ("    waits_for: [look]\n", "    waits_for: [look]\n    barred_if: [{step: tell}]\n", "keeps somebody from being released"),
    ("{title: Hold, ", "{title: Hold, barred_if: [{step: lock}], ", "gates.custody.barred_if.0: 'lock' is no step"),
    ("fact: PersonReleased, ground: [discretion]}", "fact: TransferRequested}",
     "lets time or an override open what takes somebody's liberty"),
    ("    per: custody\n    who: [clerk]\n", "    per: custody\n    who: [clerk]\n    not_of: [judge]\n",
     "steps.leave.not_of: 'judge' is no role; declare it, or use one of clerk"),
    ("    per: custody\n    who: [clerk]\n", "    per: custody\n    who: [clerk]\n    not_of: [chief, clerk]\n",
     "steps.leave.not_of: leaves nobody of who; take out a role that may do it, or let another do it"),
    ("{title: Hold, ", "{title: Hold, who: [judge], ", "gates.custody.who: 'judge' is no role; declare it, or use one of clerk"),
    ("    then: chief\n", "    then: chief\n    who: [clerk]\n",
     "gates.release.who: leaves out 'chief', who decides when the time is up; add it, or change then"),
    ("roles: {clerk", "roles: [clerk", "is no YAML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), REFUSED)
def test_what_is_wrong_is_told_in_one_line(old: str, new: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        small((old, new))
    assert told in str(refused.value)
    assert str(refused.value).startswith("small.yaml, line ")
    assert "\n" not in str(refused.value)
    assert "; " in str(refused.value), "it says how to mend it"


def test_unquoted_words_are_text() -> None:
    read = small(
        ("title: A small protocol", "title: yes"), ("authority: [nobody's]", "authority: [2027-01-02, no, 1.5]")
    )
    assert (read.title, read.authority) == ("yes", ("2027-01-02", "no", "1.5"))


def test_hash_is_of_what_is_said() -> None:
    said = small().hash
    assert small(("title: A small protocol", "title:   'A small protocol'  # a remark")).hash == said
    lines = SMALL.splitlines(keepends=True)
    assert protocol_of(Text("x", "".join([*lines[1:], lines[0]]))).hash == said
    assert small(("within: 4 hours", "within: 5 hours")).hash != said


def test_what_is_not_said_is_not_in_the_hash() -> None:
    """A field that came to be known later changes the hash of no protocol that does not say it."""
    said = small().hash
    assert small(("{title: Hold, ", "{title: Hold, who: [], ")).hash == said
    assert small(("{title: Hold, ", "{title: Hold, who: [clerk], ")).hash != said


def test_a_gate_may_say_only_who() -> None:
    gates = "gates:\n  asking: {title: Ask, act: {fact: RequestArrived}, who: [clerk]}\n"
    assert small(("gates:\n", gates)).gates["asking"].who == ("clerk",)


def test_file_is_told_that_cannot_be_read(tmp_path: Path) -> None:
    for make, told in (
        (lambda path: None, "cannot be read (No such file or directory)"),
        (lambda path: path.write_bytes(b"title: \xff"), "is no UTF-8 at byte 7"),
        (lambda path: path.write_bytes(b" " * (MOST_BYTES + 1)), "is larger than 1 MiB"),
        (lambda path: path.write_text("- a\n- b\n"), "holds no fields"),
        (lambda path: path.write_text("a: " + "[" * 5_000), "is no YAML: it is nested too deep"),
        (lambda path: path.mkdir(), "cannot be read (Is a directory)"),
    ):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.yaml"
        make(path)
        with pytest.raises(InputError, match=r".+") as refused:
            read_protocol(path)
        assert told in str(refused.value)


@given(
    st.integers(0, len(SMALL) - 1),
    st.sampled_from(["", "x", ":", "- ", "\n", "{", "]", "&", "\0", "é", "  "]),
    st.integers(0, 9),
)
def test_any_damage_is_read_or_told(place: int, put: str, take: int) -> None:
    text = SMALL[:place] + put + SMALL[place + take :]
    try:
        assert protocol_of(Text("small.yaml", text)).name
    except InputError as refused:
        assert str(refused).startswith("small.yaml")


def test_small_protocol_is_changed_where_it_is_said() -> None:
    assert changed(("title: Look", "title: Watch")).count("Watch") == 1
