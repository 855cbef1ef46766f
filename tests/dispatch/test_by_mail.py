"""Letters by mail, through a real server; receipts come back as files."""

from __future__ import annotations

import email
import email.policy
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from certificates import HOST, Papers
from kstep.dispatch.inbox import Inbox
from kstep.dispatch.mail import ByMail
from kstep.dispatch.receipts import Receipt
from kstep.dispatch.taking import take_file
from kstep.ledger.mail import Mail
from kstep.store import Database
from messaging import DAY, HOUR, HQ, WE, Telegraph, key_of, named, note, told_recipient
from receivers import an_inbox, both, free_port


class Box:
    """What came in, and whether anything is taken."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.refuses = False
        self.bad = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuses:
            return "451 come back later"
        if self.bad and self.bad.encode() in envelope.content:
            return "554 content rejected"
        self.mails.append(envelope.content)
        return "250 taken"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[tuple[Box, int, Papers]]:
    """A server that speaks TLS alone, from STARTTLS on."""
    papers, _ = both(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers.certificate, papers.key)
    held, port = Box(), free_port()
    controller = Controller(held, hostname=HOST, port=port, tls_context=context, require_starttls=True)
    controller.start()
    yield held, port, papers
    controller.stop()


def test_letter_goes_by_mail_and_its_receipt_comes_back_as_a_file(
    database: Database, tmp_path: Path, box: tuple[Box, int, Papers]
) -> None:
    held, port, papers = box
    node = Telegraph(database, tmp_path).begin()
    node.ways["mailto"] = ByMail(Mail(HOST, port, "kstep@here.example", (), authority=papers.authority), node.clock)
    node.add(channels=["mailto:intake@hq.example"])
    held.refuses = True
    who = node.number(1)
    message = node.tell(body=note("said of Tariq", [named(who)]))
    assert "come back later" in node.turn()[0]
    assert node.state(message) == "queued"
    held.refuses = False
    node.now += HOUR
    assert node.turn() == []
    assert node.state(message) == "sent", "that a server took it is no receipt"
    for _ in range(3):
        node.now += HOUR // 2
        node.turn()
    assert len(held.mails) == 1, "a mail is not sent twice over one channel in a day"
    mail = email.message_from_bytes(held.mails[0], policy=email.policy.default)
    assert message in mail["Message-ID"]
    assert "Tariq" not in str(mail["Subject"]) + str(mail.get_body(("plain",)))
    (file,) = mail.iter_attachments()
    inbox: Inbox = an_inbox(tmp_path, node.clock)
    ((name, answer),) = inbox.take([file.get_content()])
    assert (name, answer.problem) == (message, "")
    with node.ledger.unit(WE) as unit:
        take_file(unit, inbox.sign(message, "acknowledged"))
    assert node.state(message) == "acknowledged"
    assert node.replays()


def test_server_with_a_certificate_of_nobody_gets_nothing(
    database: Database, tmp_path: Path, box: tuple[Box, int, Papers]
) -> None:
    held, port, _ = box
    node = Telegraph(database, tmp_path).begin(people=0)
    node.ways["mailto"] = ByMail(Mail(HOST, port, "kstep@here.example", ()), node.clock)
    node.add(channels=["mailto:intake@hq.example"])
    node.tell()
    assert "CERTIFICATE_VERIFY_FAILED" in node.turn()[0]
    assert held.mails == []


@pytest.fixture
def node(database: Database, tmp_path: Path, box: tuple[Box, int, Papers]) -> Telegraph:
    """A node that sends to headquarters by mail."""
    _, port, papers = box
    node = Telegraph(database, tmp_path).begin(people=0)
    node.ways["mailto"] = ByMail(Mail(HOST, port, "kstep@here.example", (), authority=papers.authority), node.clock)
    node.add(channels=["mailto:old@hq.example"])
    return node


def mailed(box: Box) -> list[tuple[str, str]]:
    """To whom which message went, in order."""
    mails = [email.message_from_bytes(one, policy=email.policy.default) for one in box.mails]
    return [(str(mail["To"]), str(mail["Subject"]).removeprefix("Message ")) for mail in mails]


def test_mail_that_is_refused_for_good_keeps_no_other(node: Telegraph, box: tuple[Box, int, Papers]) -> None:
    first, *others = [node.tell() for _ in range(3)]
    box[0].bad = first
    (failed,) = node.turn()
    assert first in failed and "554" in failed
    assert [node.state(one) for one in (first, *others)] == ["queued", "sent", "sent"]
    assert node.turn() == [], "it waits, as after any failure"
    box[0].bad = ""
    node.now += HOUR
    assert node.turn() == []
    assert [message for _, message in mailed(box[0])] == [*others, first]


def test_mail_that_is_refused_for_good_is_tried_now_and_then_also_elsewhere(
    node: Telegraph, box: tuple[Box, int, Papers]
) -> None:
    node.add(channels=["mailto:old@hq.example", "mailto:other@hq.example"])
    message = node.tell()
    box[0].bad = message
    node.turn()
    node.now += DAY
    node.turn()
    assert node.line(message).rung == 1
    told = [len(node.turn()) for _ in range(3)]
    assert told == [1, 0, 0], "refused by the other address, and left in peace for a while"
    later = node.tell()
    node.turn()
    assert mailed(box[0]) == [("old@hq.example", later)], "what is new goes at once"
    box[0].bad = ""
    node.now += HOUR
    node.turn()
    assert ("other@hq.example", message) in mailed(box[0])


def test_address_that_is_another_now_is_sent_what_is_open(node: Telegraph, box: tuple[Box, int, Papers]) -> None:
    done, message = node.tell(), node.tell()
    node.turn()
    with node.ledger.unit(WE) as unit:
        receipt = Receipt(done, node.line(done).digest, HQ, "acknowledged", node.clock())
        take_file(unit, receipt.signed(key_of(HQ)))
    box[0].mails.clear()
    node.recipients.register(told_recipient(HQ, channels=["mailto:new@hq.example", "mailto:old@hq.example"]), WE)
    node.turn()
    assert mailed(box[0]) == [], "nobody verified it"
    node.recipients.verify(HQ, "called back", WE)
    node.add(channels=["mailto:new@hq.example", "mailto:other@hq.example"])
    for _ in range(3):
        node.now += HOUR
        node.turn()
    assert mailed(box[0]) == [("new@hq.example", message)]
    assert node.outbox.withdraw(message, "sent in error", WE)
    assert node.replays()


def test_mail_for_which_nobody_signs_goes_again_each_day(node: Telegraph, box: tuple[Box, int, Papers]) -> None:
    """A bounce, or a mailbox that was lost, is heard of by nobody."""
    message = node.tell()
    for _ in range(4 * 24):
        node.turn()
        node.now += HOUR
    assert mailed(box[0]) == [("old@hq.example", message)] * 4
    with node.ledger.unit(WE) as unit:
        receipt = Receipt(message, node.line(message).digest, HQ, "received", node.clock())
        take_file(unit, receipt.signed(key_of(HQ)))
    for _ in range(3):
        node.turn()
        node.now += DAY
    assert len(box[0].mails) == 4, "it is there"
