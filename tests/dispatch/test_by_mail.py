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
from kstep.dispatch.taking import take_file
from kstep.ledger.mail import Mail
from kstep.store import Database
from messaging import HOUR, WE, Telegraph, named, note
from receivers import an_inbox, both, free_port


class Box:
    """What came in, and whether anything is taken."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.refuses = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuses:
            return "451 come back later"
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
    assert len(held.mails) == 1, "a mail is not sent twice over one channel"
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
