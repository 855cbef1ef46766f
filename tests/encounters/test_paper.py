"""The file of a person on paper: what stands on it, what never does, and that it is one PDF that everybody can read."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from encounters.offices import CHECK, HOUR, NOT_THE_SAME, PAIRING, PROTOCOLS, REFER, SECOND, START, Office
from kstep.encounters.checking import FileError
from kstep.encounters.evidence import Evidence, pointed_at
from kstep.encounters.paper.gathering import gather
from kstep.encounters.paper.letters import drawn
from kstep.encounters.paper.setting import pdf, pictures
from kstep.encounters.paper.sheet import Compared, Comparison, Paper
from kstep.encounters.paper.words import moment, ranges
from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.service import By
from kstep.ledger.verifier import Checkpoint
from kstep.model.markings import Level, Marking

SOURCE = Path(__file__).parents[2] / "src" / "kstep"
NEVER = re.compile(
    r"terroris|\bsuspect|criminal|offender|perpetrator|extremist|dangerous|guilty|culprit|fugitive", re.IGNORECASE
)
"""Words that say of somebody what nobody found."""

FOUND = Comparison(
    "QASRAWAN, Tariq (E-1)", "edition 3", "engine 7", "+7.0", "−13.0",
    (Compared("name", "طارق قصروان", "Tariq Qasrawan", "transliterated", "+9.0", "for"),
     Compared("nationality", "JO", "SY", "different", "−2.0", "against")),
)  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office.begun(tmp_path / "home")
    yield made
    made.kept.home.database.close()


def paper_of(office: Office, person: int = 1, **more: Any) -> Paper:
    return gather(office.ledger, office.number(person), office.by("supervisor"), **more)


def ours(told: Any) -> Iterator[str]:
    """Every text that kstep or the protocol says: not what people wrote."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        written = {"reason", *(["text"] if told.get("quoted") else [])}
        yield from (text for name, held in told.items() if name not in written for text in ours(held))
    elif isinstance(told, list | tuple):
        for held in told:
            yield from ours(held)


def called_confirmed(paper: Paper) -> list[str]:
    return [text for text in ours(asdict(paper)) if re.search(r"\bconfirmed\b", text, re.IGNORECASE)]


def test_who_did_what_when_and_on_what_ground(office: Office) -> None:
    office.referred("contact", "same passport,\nsame father")
    paper = paper_of(office)
    assert [one.title for one in paper.history][:3] == [
        "The file was opened", "A possible match was found", "There was contact with the person, or notice of it",
    ]  # fmt: skip
    (review,) = [one for one in paper.history if one.title == "A reviewer answered"]
    assert (review.by.name, review.by.account, review.purpose) == ("reviewer", "account 3", "review")
    assert review.recorded == moment(START + 5_000_000) == "2027-03-01 09:00:05 UTC"
    said = {one.label: (one.text, one.quoted) for one in review.says}
    assert said["reason"] == ("same passport,\nsame father", True)
    assert said["outcome"] == ("refer it to the confirming authority", False)
    assert said["step"] == ("Review the possible match", False)
    assert [int(one.number) for one in paper.history] == sorted(int(one.number) for one in paper.history)


def test_head_says_whose_file_by_which_protocol_and_who_prints_it_for_what(office: Office) -> None:
    office.referred("contact")
    head = paper_of(office).head
    assert (head.person, head.office, head.state) == (office.number(1), "office 1", "pending: something is owed")
    assert head.protocol == "Encounters with people under supervision"
    assert len(head.protocol_hash) == 64
    assert (head.by.name, head.purpose, head.marking) == (
        "supervisor",
        "review: judging a possible match",
        "restricted",
    )
    assert {one.label: one.values for one in head.known}["Names"] == ("Mohammed Ivanova",)


def test_obligations_with_their_states(office: Office) -> None:
    about = office.referred("contact")
    office.later(19 * HOUR)
    office.answered(about, "inconclusive")
    office.later(100 * HOUR)
    owed = {one.title: one for one in paper_of(office).owed}
    review, unclear = owed["Review the possible match"], owed["Resolve an answer that is inconclusive, or none"]
    assert (review.state, review.is_standing, review.about) == ("done", False, "own#1")
    assert review.by is not None
    assert review.by.name == "reviewer"
    assert (unclear.state, unclear.is_late, unclear.who) == ("late", True, "who speaks with confirming authorities")


def test_what_was_done_before_it_was_whole_says_with_which_event_it_was(office: Office) -> None:
    office.does("officer", "EncounterOpened", nature="notice")
    claim = office.does("officer", "CheckEnded", step="identity-check", result="returned-nothing")
    later = office.does("officer", "EvidenceFiled", fact=claim.id, kind="check-return", evidence=[CHECK])
    whole = office.does("officer", "CheckEnded", step="records-check", result="returned-nothing", evidence=[CHECK])
    numbers = {one.title: one.number for one in paper_of(office).owed}
    first, second = claim.recorded.number, later.recorded.number
    assert numbers["Check the person's identity"] == f"{first}, whole with no. {second}"
    assert numbers["Ask every database that the person has to be held against"] == f"{whole.recorded.number}"


def test_what_was_against_the_protocol_and_what_was_set_aside(office: Office) -> None:
    about = office.referred("contact")
    office.answered(about, "inconclusive")
    office.does("officer", "PersonReleased", about={"custody": "C1"}, ground="discretion")
    office.does("director", "GateOverridden", gate="release", ground="medical", second="counsel")
    office.does("supervisor", "StepWaived", step="statement", ground="person declined", second="director")
    paper = paper_of(office)
    (breach,) = paper.breaches
    assert (breach.kind, breach.where, breach.about) == ("gate not open", "Release at our discretion", "C1")
    assert [one.breaks for one in paper.history if one.breaks] == [
        ("gate not open (Release at our discretion): still open: unclear answer",)
    ]
    gate, waiver = paper.set_aside
    assert gate.second is not None
    assert (gate.of, gate.ground, gate.second.name, gate.refused) == (
        "Release at our discretion",
        "medical",
        "counsel",
        "",
    )
    assert (waiver.what, waiver.of, waiver.ground) == ("waived", "Take the person's own statement", "person declined")


def test_evidence_for_and_against_with_hashes(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("officer", "EncounterOpened", nature="notice")
    held = Evidence("check-return", hash="ab" * 32, type="text/plain", source="records office")
    office.does("officer", "CheckEnded", step="identity-check", result="returned-nothing", evidence=[held, CHECK])
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **NOT_THE_SAME)
    office.does("second", "ReviewGiven", about=PAIRING, step="second-review", **REFER)
    paper = paper_of(office, comparisons={"own#1": FOUND})
    (pairing,) = paper.pairings
    assert [(one.speaks, one.by.name) for one in pairing.reviews] == [("against", "reviewer"), ("for", "second")]
    assert [one.text for one in pairing.reviews[0].says if one.quoted] == ["another father's name", "documents"]
    assert pairing.comparison == FOUND
    (pieces,) = [one.evidence for one in paper.history if one.evidence]
    assert [(one.hash, one.pointer, one.marking) for one in pieces] == [
        ("ab" * 32, "", "restricted"), ("", "vault 7, folder 12", "restricted"),
    ]  # fmt: skip


def test_answer_that_a_second_reviewer_must_not_see_is_not_on_it(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **NOT_THE_SAME)
    paper = paper_of(office)
    assert "another father" not in repr(paper)
    assert "not the same person" not in repr(paper)
    assert paper.pairings[0].reviews[0].outcome == "Not shown before the second answer is given"
    assert "another father" in repr(paper_of(office, answers=True))
    office.does("second", "ReviewGiven", about=PAIRING, step="second-review", **NOT_THE_SAME)
    assert "another father" in repr(paper_of(office))


def test_where_marked_evidence_lies_is_not_printed_for_who_may_not_see_it(office: Office) -> None:
    office.does("officer", "EncounterOpened", nature="notice")
    secret = pointed_at("check-return", "vault 9", "a source", "secret//SOURCES")
    office.does("officer", "CheckEnded", step="identity-check", result="returned-nothing", evidence=[secret])

    def sees(marking: Marking) -> bool:
        return marking.level <= Level.RESTRICTED

    less, all_of_it = paper_of(office, sees=sees), paper_of(office)
    assert "vault 9" not in repr(less)
    assert "a source" not in repr(less)
    assert (less.head.marking, all_of_it.head.marking) == ("restricted", "secret//SOURCES")
    assert "vault 9" in repr(all_of_it)


def test_checkpoint_that_contains_the_file_or_does_not(office: Office) -> None:
    office.referred("contact")
    (none,) = paper_of(office).checkpoints
    assert (none.size, none.note) == ("", "")
    assert none.missing
    kept = make_checkpoint(office.ledger, office.kept.home.signing_keys)
    (whole,) = paper_of(office).checkpoints
    assert (whole.missing, whole.numbers) == ("", none.missing)
    checkpoint = Checkpoint.parse(whole.note.encode(), "paper")
    assert checkpoint.signed_by(office.kept.home.signing_keys[0].key)
    assert (f"{checkpoint.size:,}", checkpoint.root.hex()) == (whole.size, whole.root)
    event = office.does("officer", "EncounterOpened", nature="notice").recorded
    (part,) = paper_of(office).checkpoints
    assert event.number >= kept.size
    assert (part.numbers, part.missing) == (whole.numbers, str(event.number))


@pytest.mark.parametrize(
    ("answers", "may"),
    [
        ([], False),
        ([("positive", "telephone")], False),
        ([("inconclusive", "written")], False),
        ([("positive", "written")], True),
        ([("positive", "written"), ("negative", "written")], False),
    ],
)
def test_only_a_positive_answer_in_writing_permits_the_word(
    tmp_path: Path, answers: list[tuple[str, str]], may: bool
) -> None:
    office = Office.begun(tmp_path / "home")
    text = (PROTOCOLS / "kstep.yaml").read_text()
    gate = text.index("    act: {fact: DispositionGiven, outcome: [confirmed]}\n")
    lax = (
        text[:gate]
        + "    act: {fact: DispositionGiven}\n"
        + text[text.index("  referral:\n    title: Referring", gate) :]
    )
    after = "    after: [identity-check, records-check, confirmation, unclear-answer, evidence-of-link, conflict]\n"
    assert after in lax
    lax = lax.replace(after, "")
    path = tmp_path / "lax.yaml"
    path.write_text(lax)
    office.files.adopt(office.by("director"), path, "nobody should")
    about = office.referred("contact")
    for said, form in answers:
        office.answered(about, said, form)
    office.does("supervisor", "DispositionGiven", outcome="confirmed", reason="I call him confirmed")
    paper = paper_of(office)
    assert paper.answered is may
    assert bool(called_confirmed(paper)) is may
    office.kept.home.database.close()


def test_conclusion_without_an_answer_in_writing_is_not_printed_as_one(tmp_path: Path) -> None:
    office = Office.begun(tmp_path / "home", protocol="kstep")
    about = office.referred("contact")
    office.answered(about, "positive")
    link = [Evidence("link", pointer="vault 7")]
    office.does(
        "officer", "StepCompleted", about={"referral": about["referral"]}, step="evidence-of-link", evidence=link
    )
    office.does("supervisor", "DispositionGiven", outcome="confirmed", reason="the authority wrote so")
    assert called_confirmed(paper_of(office))
    office.answered(about, "negative")
    paper = paper_of(office)
    assert called_confirmed(paper) == []
    assert "a conclusion that needs a positive answer in writing" in repr(paper.concluded)
    assert not re.search(rb"(?i)\bconfirmed\b", (SOURCE / "encounters/paper/file.typ").read_bytes())
    office.kept.home.database.close()


def test_no_template_names_anybody_what_nobody_found() -> None:
    templates = [*SOURCE.rglob("*.typ"), *SOURCE.rglob("*.html"), *(SOURCE / "encounters" / "paper").glob("*.py")]
    assert {path.suffix for path in templates} >= {".typ", ".html", ".py"}
    told = [f"{path.name}: {found[0]}" for path in templates for found in NEVER.finditer(path.read_text())]
    assert told == []


def test_pdf_is_tagged_and_the_same_every_time(office: Office) -> None:
    office.referred("contact")
    paper = paper_of(office, comparisons={"own#1": FOUND})
    for size, width in (("a4", b"595.2"), ("us-letter", b"612")):
        made = pdf(paper, size)
        assert made == pdf(paper, size)
        for part in (b"/MarkInfo", b"/Lang", b"/StructTreeRoot", b"pdfuaid:part"):
            assert part in made, part
        assert b"[0 0 " + width in made
        assert f"/CreationDate(D:{re.sub('[^0-9]', '', paper.head.printed)}Z)".encode() in made
        assert len(re.findall(rb"/Type\s*/Page\b", made)) == len(pictures(paper, size, 20)) >= 3
    later = replace(paper, head=replace(paper.head, printed="2027-03-09 00:00:00 UTC"))
    assert pdf(later) != pdf(paper)


HOSTILE = [
    "#panic()", "*bold* _it_ $x$ <label>", "@ref #include \"/etc/passwd\"", "\\ ] } ) `", "王小明 طارق قصروان देवनागरी Дмитрий",
    "x" * 3_000, "عبد" * 400, "\u202eevil\u202c", "a\x07b\x1bc", "\U0010fffd\u0378", "q\u0483\u1ab0\U000e0041",
    "\ufeff\u200b\u00ad",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_out_as_text(office: Office, text: str) -> None:
    source = pointed_at("check-return", "vault", text, "restricted")
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.does("officer", "EncounterOpened", nature="notice")
    office.does("officer", "CheckEnded", step="identity-check", result="returned-nothing", evidence=[source])
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **{**REFER, "reason": f"so: {text}"})
    paper = paper_of(office)
    (reason,) = [one.text for one in paper.pairings[0].reviews[0].says if one.label == "reason"]
    assert reason == f"so: {text}"
    named = replace(paper, head=replace(paper.head, by=replace(paper.head.by, name=text), office=text))
    assert pdf(named).startswith(b"%PDF")


def test_long_words_are_copied_from_the_page_as_they_were_recorded(office: Office, tmp_path: Path) -> None:
    tool = shutil.which("pdftotext")
    assert tool, "tools/ensure_browser.sh installs it"
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    words = ["0f" * 16, "n" * 40]
    office.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **{**REFER, "reason": " ".join(words)})
    (tmp_path / "file.pdf").write_bytes(pdf(paper_of(office)))
    read = [tool, str(tmp_path / "file.pdf"), "-"]
    told = subprocess.run(read, capture_output=True, check=True, text=True).stdout
    assert set(words) <= set(re.sub("[“”]", " ", told).split())
    assert "\u200b" not in told


def test_answer_of_the_authority_stands_with_the_evidence(office: Office) -> None:
    about = office.referred()
    office.answered(about, "inconclusive", "telephone")
    office.answered(about, "positive")
    (pairing,) = paper_of(office).pairings
    assert [(one.speaks, one.outcome) for one in pairing.reviews[1:]] == [
        ("neither", "The confirming authority gave an inconclusive answer by telephone, which is no answer in writing"),
        ("for", "The confirming authority gave a positive answer in writing"),
    ]
    assert ("words", "as they said", True) in [(one.label, one.text, one.quoted) for one in pairing.reviews[2].says]


def test_letters_that_cannot_be_drawn_are_written_as_numbers() -> None:
    told = {"name": "a\u202eb\nc", "text": "one\ntwo", "hash": "ab" * 32, "other": "王ж x", "long": "y" * 30,
            "id": "sent as " + "0f" * 16}  # fmt: skip
    shown, numbered = drawn(told, lambda words: not any("ж" in word for word in words))
    assert shown == {
        "name": "a[U+202E]b[U+000A]c", "text": "one\ntwo", "hash": "ab" * 32, "other": "王[U+0436] x",
        "long": "y" * 24 + "\u200b" + "y" * 6, "id": "sent as " + "0f" * 16,
    }  # fmt: skip
    assert numbered
    assert drawn({"text": "one\ntwo", "name": "Ünal 王"}, lambda words: True) == (
        {"text": "one\ntwo", "name": "Ünal 王"},
        False,
    )


def test_a_word_of_which_no_letter_is_at_fault_is_written_as_numbers() -> None:
    shown, numbered = drawn({"name": "ab\u0301\u0300c"}, lambda words: "ab\u0301\u0300c" not in words)
    assert (shown, numbered) == ({"name": "ab[U+0301][U+0300]c"}, True)


def test_reminders_say_who_was_told_of_what(office: Office) -> None:
    office.does("officer", "PossibleMatchFound", about=PAIRING)
    office.later(24 * HOUR + SECOND)
    office.files.fire(By("system:kstep", "review"))
    first, second = paper_of(office).history[-2:]
    assert (first.title, first.by.name) == ("Reminded: a reviewer of possible matches", "kstep")
    assert second.title == "Told: the supervisor of the office"
    assert [one.text for one in second.says] == ["Review the possible match", "own#1", "when it is due"]


def test_moments_and_ranges_in_words() -> None:
    assert moment(2**62) == f"{2**62} microseconds after 1970 began"
    assert (moment(None), moment(0)) == ("", "1970-01-01 00:00:00 UTC")
    assert ranges([3, 1, 2, 7, 9, 10]) == "1–3, 7, 9–10"


def test_no_file_no_paper(office: Office) -> None:
    with pytest.raises(FileError, match="has no file"):
        paper_of(office, 2)
