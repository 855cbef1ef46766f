"""Printing the file of a person: the PDF, who may have it, what is recorded of that, and what is said when it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from encounters.offices import CHECK, NOT_THE_SAME, REFER, Office
from kept_homes import listed_file
from kstep.access.account import AccessError
from kstep.access.keys import PersonalKey
from kstep.app.file_comparisons import comparisons
from kstep.cli import files_print
from kstep.editions.view import EditionsView
from kstep.encounters.checking import FileError
from kstep.encounters.evidence import EvidenceStore
from kstep.encounters.facts import facts_of
from kstep.encounters.paper import setting
from kstep.encounters.paper.sheet import Paper
from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.service import By
from kstep.model import InputError
from kstep.model.events import MarkedItemRead
from kstep.model.markings import Level
from kstep.protocol.facts import Fact
from kstep.screening.adoption import adopt, proposed

pytestmark = pytest.mark.usefixtures("cache")


class Printer:
    """An office whose inspector prints files; the first person of its roster is a possible match of an entry of its list."""

    def __init__(self, folder: Path) -> None:
        self.office = office = Office.begun(folder / "home")
        self.folder, self.key = folder, folder / "inspector.key"
        key = PersonalKey.generate()
        key.write(self.key)
        access = office.access
        ada = access.authenticate(folder / "ada.key")
        self.account = access.open_account(ada, "Inès 王", key.public, "administration")
        access.grant(ada, self.account, "inspector", "", "administration")
        access.set_eligibility(ada, self.account, Level.RESTRICTED, [], [], "administration")
        adopt(office.ledger, By("account:1", "administration"), "for tests", proposed(None))
        office.kept.publish(listed_file(folder))
        entry = EditionsView(office.ledger, office.kept.home.path / "editions").entry_number("own", "E-own")
        self.about = {"pairing": f"own#{entry}"}
        office.does("officer", "PossibleMatchFound", 0, about=self.about)
        office.does("officer", "EncounterOpened", 0, nature="notice")
        office.does("officer", "CheckEnded", 0, step="identity-check", result="returned-nothing", evidence=[CHECK])
        office.does("reviewer", "ReviewGiven", 0, about=self.about, step="review", **REFER)

    def print(self, *arguments: str | Path, person: str = "P000000") -> int:
        app = typer.Typer()
        app.command("print")(files_print.print_)
        words = [person, *map(str, arguments), "--home", str(self.office.kept.home.path), "--as", str(self.key)]
        return int(app(words, standalone_mode=False))


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[Printer]:
    made = Printer(tmp_path)
    yield made
    made.office.kept.home.database.close()


def test_evidence_that_is_not_what_it_was_is_told_on_the_paper(
    printer: Printer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, number = printer.office.kept.home, printer.office.number(0)
    (printer.folder / "return.pdf").write_bytes(b"a return")
    store = EvidenceStore(home.path / "evidence", home.database, home.vault)
    piece = store.put(number, printer.folder / "return.pdf", "check-return", "records office")
    printer.office.does("officer", "CheckEnded", 0, step="records-check", result="returned-nothing", evidence=[piece])
    set_on_paper: list[Paper] = []

    def pdf(paper: Paper, size: str) -> bytes:
        set_on_paper.append(paper)
        return made(paper, size)

    made = setting.pdf
    monkeypatch.setattr(setting, "pdf", pdf)
    out = printer.folder / "file.pdf"
    assert printer.print("--out", out) == 0
    (kept,) = [path for path in store.folder.rglob("*") if path.is_file()]
    kept.unlink()
    assert printer.print("--out", out) == 1
    assert f"the evidence {piece.hash[:12]} (check-return) is missing; restore it" in capsys.readouterr().err
    faults = [[one.fault for fact in paper.history for one in fact.evidence] for paper in set_on_paper]
    assert faults == [["", ""], ["", "is missing"]]
    assert out.read_bytes().startswith(b"%PDF")


def test_file_is_printed_and_that_it_was_read_is_recorded(printer: Printer, capsys: pytest.CaptureFixture[str]) -> None:
    out = printer.folder / "file.pdf"
    assert printer.print("--out", out, "--paper", "us-letter", "--purpose", "oversight") == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert b"[0 0 612 792]" in out.read_bytes()
    assert "there is no checkpoint that contains the events" in capsys.readouterr().err
    ledger = printer.office.kept.home.ledger()
    with printer.office.kept.home.database.read() as connection:
        read = list(ledger.read(connection, types=[MarkedItemRead]))
    assert [(event.actor, event.purpose) for event in read] == [(f"account:{printer.account}", "oversight")] * 2
    told = [event.fact for event in read]
    subject = f"person:{printer.office.number(0)}"
    assert [(one.action, one.item) for one in told if isinstance(one, MarkedItemRead)] == [
        ("people.read", subject),
        ("files.read", subject),
    ]
    make_checkpoint(ledger, printer.office.kept.home.signing_keys)
    assert printer.print("--out", out) == 0
    assert capsys.readouterr().err == ""


def test_what_the_engine_finds_now_is_for_and_against(printer: Printer) -> None:
    home = printer.office.kept.home
    found = comparisons(home, printer.office.ledger, printer.office.number(0))
    assert list(found) == [printer.about["pairing"]]
    (one,) = found.values()
    assert one.entry == "Tariq Qasrawan (E-own)"
    rows = {(row.field, row.speaks): row for row in one.rows}
    assert rows["name", "for"].person == "qasrawan"
    assert rows["birth date", "for"].entry == "1950-03-01"
    assert comparisons(home, printer.office.ledger, printer.office.number(1)) == {}


def test_nothing_is_printed_of_who_has_no_file(printer: Printer) -> None:
    out = printer.folder / "file.pdf"
    with pytest.raises(FileError, match=r"person:\d+ has no file"):
        printer.print("--out", out, person="P000001")
    assert not out.exists()


def test_answers_that_are_hidden_are_printed_for_who_takes_it_on_the_record(printer: Printer) -> None:
    office, out = printer.office, printer.folder / "file.pdf"
    office.does("officer", "PossibleMatchFound", 0, about={"pairing": "own#77"})
    office.does("reviewer", "ReviewGiven", 0, about={"pairing": "own#77"}, step="review", **NOT_THE_SAME)
    with pytest.raises(AccessError, match=r"files\.act .*was denied"):
        printer.print("--out", out, "--with-answers")
    ada = office.access.authenticate(printer.folder / "ada.key")
    office.access.grant(ada, printer.account, "protocol:reviewer", "", "administration")
    printer.print("--out", out)
    before = {one.kind for one in facts(office)}
    printer.print("--out", out, "--with-answers")
    assert {one.kind for one in facts(office)} - before == {"AnswerShown"}


def facts(office: Office) -> list[Fact]:
    with office.ledger.database.read() as connection:
        return facts_of(connection, office.number(0))


def test_who_may_not_read_files_prints_none(printer: Printer) -> None:
    printer.key = printer.folder / "ada.key"
    with pytest.raises(AccessError, match=r"files\.read was denied"):
        printer.print("--out", printer.folder / "file.pdf")
    assert not (printer.folder / "file.pdf").exists()


def test_file_that_was_there_stays_until_the_new_one_is_whole(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = printer.folder / "file.pdf"
    out.write_text("what was there")
    whole = setting.pdf

    def broken(*_: object) -> bytes:
        raise FileError("it cannot be set")

    monkeypatch.setattr(setting, "pdf", broken)
    with pytest.raises(FileError):
        printer.print("--out", out)
    assert out.read_text() == "what was there"
    monkeypatch.setattr(setting, "pdf", whole)
    printer.print("--out", out)
    assert out.read_bytes().startswith(b"%PDF")
    assert [path.name for path in printer.folder.iterdir() if path.name.startswith(".")] == []


def test_place_that_cannot_be_written_is_told(printer: Printer) -> None:
    with pytest.raises(InputError, match=r"cannot be written .*choose another place with --out"):
        printer.print("--out", printer.folder / "nowhere" / "file.pdf")
