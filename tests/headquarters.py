"""Everybody whom an office tells, at work: folders in which letters come, real inboxes, and people who sign."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from encounters.offices import MINUTE, SECOND, Office
from kstep.app.sending import Sending
from kstep.dispatch.inbox import Inbox
from kstep.dispatch.recipients import Recipients
from kstep.ledger.service import By
from kstep.model.events import FileFact
from kstep.model.ports import Telling
from messaging import HQ, key_of, told_recipient

AUTHORITY = "authority.example/confirm"
DESK = "desk.example/duty"


class Headquarters:
    """Everybody who is told: each with a folder in which letters come, and receipts go."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder, self.inboxes = office, folder, dict[str, Inbox]()

    def register(self, name: str, *roles: str, **more: Any) -> None:
        drop = self.folder / name.replace("/", "-")
        drop.mkdir(exist_ok=True)
        told = told_recipient(name, channels=[f"file:{drop}"], roles=list(roles), **more)
        recipients = Recipients(self.office.ledger)
        recipients.register(told, self.office.by("director"))
        recipients.verify(name, "called back", self.office.by("director"))
        if name not in self.inboxes:
            keys = [self.office.kept.home.signing_key.key]
            self.inboxes[name] = Inbox.open(drop / "inbox.db", key_of(name), keys, lambda: self.office.now)

    def turn(self) -> list[str]:
        self.office.later(SECOND)
        return Sending(self.office.kept.home, self.office.ledger, By("account:2", "reporting")).turn()

    def got(self, name: str = HQ) -> list[dict[str, Any]]:
        """Take what lies in the folder, sign that it is there, and say all that came so far, the oldest first."""
        drop, inbox = self.folder / name.replace("/", "-"), self.inboxes[name]
        for letter in sorted(drop.glob("letters/*.json")):
            for message, answer in inbox.take([letter.read_bytes()]):
                for receipt in answer.receipts:
                    self._answer(drop, message, "received", receipt)
        found = [json.loads(inbox.text(line["message"])) for line in inbox.all()]
        return sorted((json.loads(json.dumps(one)) for one in found), key=lambda one: one["made"])

    def sign(self, message: str, state: str = "acknowledged", name: str = HQ, **more: Any) -> None:
        self.office.later(SECOND)
        text = self.inboxes[name].sign(message, state, **more)
        self._answer(self.folder / name.replace("/", "-"), message, state, text)

    def signs_for(self, message: str, state: str = "acknowledged", name: str = HQ, **more: Any) -> None:
        """Sign, and have the office hear of it when it asks next."""
        self.sign(message, state, name, **more)
        self.office.later(5 * MINUTE)
        self.turn()

    @staticmethod
    def _answer(drop: Path, message: str, state: str, text: bytes) -> None:
        (drop / "receipts").mkdir(exist_ok=True)
        (drop / "receipts" / f"{message}.{state}.receipt.json").write_bytes(text)

    def close(self) -> None:
        for inbox in self.inboxes.values():
            inbox.database.close()


def confirmed(office: Office, answer: str = "positive", form: str = "written") -> str:
    """A file in which the authority answered; returns the referral."""
    about = office.referred()
    office.answered(about, answer, form)
    return about["referral"]


def decided(office: Office) -> str:
    """A request for redress by which something was wrong; returns its control number."""
    fact = office.does("liaison", "RedressRequested").recorded.fact
    assert isinstance(fact, FileFact)
    decision: dict[str, Any] = {"step": "redress-decision", "outcome": "corrected", "reason": "another man"}
    office.does("adjudicator", "StepCompleted", about=fact.about, **decision)
    return fact.about["redress"]


def report(**body: Any) -> Telling:
    told = {"summary": "What happened.", "happened": "2027-03-01", **body}
    return Telling(kind="incident-report", recipient=HQ, body=told, marking="restricted", purpose="reporting")


def sends(office: Office, telling: Telling, about: Mapping[str, str], who: str = "officer", **says: str) -> str:
    office.later(SECOND)
    by = By(office.by(who).actor, "reporting")
    return office.correspondence.send(by, office.number(1), telling, about=about, says=says)[0]


def person_told(office: Office) -> list[dict[str, Any]]:
    return [{"person": office.number(1), "name": "x"}]
