"""Letters by mail: one a mail, as a file, over TLS to the server of this node. Receipts come back as files, by another
way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.utils import formatdate

from kstep.dispatch.folder import LETTER_END
from kstep.dispatch.transports import Answer, Letter, NotDelivered
from kstep.ledger.mail import Mail, MailRefused, NotMailed


@dataclass
class ByMail:
    """The way through a mail server. The subject and the text of a mail say nothing of anybody."""

    server: Mail
    clock: Callable[[], int]
    again: bool = False

    def send(self, channel: str, letters: Sequence[Letter]) -> Mapping[str, Answer]:
        """Mail letters. That a server took one is no receipt; one that it refuses for good keeps no other."""
        sent: dict[str, Answer] = {}
        for letter in letters:
            try:
                replace(self.server, recipients=(channel.removeprefix("mailto:"),)).post(self._mail(channel, letter))
            except MailRefused as error:
                sent[letter.message] = Answer(problem=str(error))
                continue
            except NotMailed as error:
                if sent:
                    return sent  # what went is recorded; the rest fails by itself
                raise NotDelivered(str(error)) from None
            sent[letter.message] = Answer()
        return sent

    def ask(self, channel: str, messages: Sequence[str]) -> Mapping[str, Answer]:
        """Nothing: receipts come as files."""
        return {}

    def _mail(self, channel: str, letter: Letter) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self.server.sender, channel.removeprefix("mailto:")
        mail["Subject"] = f"Message {letter.message}"
        mail["Date"] = formatdate(self.clock() // 1_000_000)
        mail["Message-ID"] = f"<{letter.message}@{self.server.sender.rpartition('@')[2]}>"
        mail.set_content("The message is in the file. Take it in with kstep receive take, and send the receipt back.\n")
        mail.add_attachment(
            letter.text, maintype="application", subtype="json", filename=f"{letter.message}{LETTER_END}"
        )
        return mail


__all__ = ["ByMail"]
