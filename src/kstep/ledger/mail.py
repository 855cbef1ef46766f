"""Sending a checkpoint by mail: in the text, so that it can be printed, and as a file, so that it can be used."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from kstep.ledger.verifier import Checkpoint, sha256
from kstep.model import KstepError, one_line

PATIENCE = 30
"""Seconds to wait for an answer."""

_FOR_GOOD = 500
"""From which number on a server's answer is its last."""


class NotMailed(KstepError):
    """A mail was not taken."""


class MailRefused(NotMailed):
    """The server refuses what this mail says, for good; it may take another."""


@dataclass(frozen=True)
class Mail:
    """A mail server, which is spoken to over TLS only, from the beginning or by STARTTLS; who sends, and to whom.

    `authority` is the file of who vouches for the server's certificate, where that is not a public authority.
    """

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    starttls: bool = True
    user: str = ""
    password: Path | None = None
    authority: Path | None = None

    def __str__(self) -> str:
        return f"the mail to {', '.join(self.recipients)}"

    def send(self, note: bytes, time: int) -> None:
        """Mail a note, as of a time in microseconds since 1970. Raises `NotMailed`."""
        self.post(self._message(note, time))

    def post(self, message: EmailMessage) -> None:
        """Mail a message to all recipients. Raises `NotMailed` if one of them is refused, and `MailRefused` if the message is."""
        try:
            refused = self._deliver(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            is_refused = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= _FOR_GOOD
            kind = MailRefused if is_refused else NotMailed
            raise kind(f"{self}: {self.host} port {self.port}: {one_line(str(error), 200)}") from None
        if refused:
            raise NotMailed(f"{self}: {self.host} refuses {', '.join(sorted(refused))}")

    def _message(self, note: bytes, time: int) -> EmailMessage:
        checkpoint = Checkpoint.parse(note, "a checkpoint")
        message = EmailMessage()
        message["From"], message["To"] = self.sender, ", ".join(self.recipients)
        message["Subject"] = f"Checkpoint of {checkpoint.origin}: {checkpoint.size} events"
        message["Date"] = formatdate(time // 1_000_000)
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message.set_content(f"Keep this: whoever checks the log later brings it along.\n\n{note.decode()}")
        name = f"{checkpoint.size:016}.{sha256(note)[:8].hex()}.checkpoint"
        message.add_attachment(note, maintype="application", subtype="octet-stream", filename=name)
        return message

    def _deliver(self, message: EmailMessage) -> dict[str, tuple[int, bytes]]:
        context = ssl.create_default_context(cafile=self.authority)
        with (
            smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
            if self.starttls
            else smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
        ) as server:
            if self.starttls:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password.read_text().strip() if self.password else "")
            return server.send_message(message)


__all__ = ["Mail", "MailRefused", "NotMailed"]
