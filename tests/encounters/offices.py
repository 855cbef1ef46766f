"""An office at work: a home with people, accounts that have the roles and the training of a protocol, and a clock that is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kept_homes import ORIGIN, Kept
from kstep.access.keys import PersonalKey
from kstep.access.service import Access
from kstep.app.correspondence import Correspondence
from kstep.app.projections import projections
from kstep.encounters.evidence import Evidence, pointed_at
from kstep.encounters.keeping import FileKeeper
from kstep.encounters.service import Files, Told
from kstep.ledger.service import By, Ledger
from kstep.model.events import FileFact
from kstep.protocol.decide import Decision
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from nodes import people_file, person

PROTOCOLS = Path(__file__).parents[2] / "protocols"
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
START = 1_803_891_600_000_000
"""2027-03-01, a Monday, at 9 o'clock in UTC."""

STAFF: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "officer": (["officer"], ["identity", "databases", "reporting", "minors"]),
    "reviewer": (["reviewer"], ["reviewing", "minors"]),
    "second": (["reviewer"], ["reviewing", "minors"]),
    "supervisor": (["supervisor"], ["reviewing", "citizenship", "minors"]),
    "liaison": (["liaison"], ["referrals"]),
    "counsel": (["counsel"], []),
    "director": (["director"], []),
    "adjudicator": (["adjudicator"], ["redress"]),
    "welfare": (["child-welfare-officer"], ["minors"]),
    "learner": (["officer", "reviewer", "liaison"], []),
}
CHECK = pointed_at("check-return", "vault 7, folder 12", "records office")
PAIRING = {"pairing": "own#1"}
REFER: dict[str, Any] = {
    "outcome": "refer",
    "rests_on": "others",
    "authority": "some",
    "reason": "same passport",
    "fields": "documents",
}
NOT_THE_SAME: dict[str, Any] = {**REFER, "outcome": "not-the-same", "reason": "another father's name"}


@dataclass
class Office:
    """The office; `now` is what its clock shows, in microseconds since 1970."""

    kept: Kept
    now: int = START
    accounts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def begun(
        cls, folder: Path, url: str | None = None, protocol: str = "kstep", people: int = 4, origin: str = ORIGIN
    ) -> Office:
        made = cls(Kept.make(folder, url, origin))
        office = made.access
        key = folder.parent / "ada.key"
        ada = office.authenticate(key)
        for number, (name, (roles, courses)) in enumerate(STAFF.items(), 2):
            made.accounts[name] = office.open_account(ada, name, PersonalKey.generate().public, "administration")
            assert made.accounts[name] == number
            for role in roles:
                office.grant(ada, number, f"protocol:{role}", "", "administration")
            for course in courses:
                office.record_training(ada, number, course, START + 9_999 * HOUR, "administration")
        made.register.import_people(
            people_file(folder.parent / "people.csv", [person(number) for number in range(people)]), made.by("officer")
        )
        made.files.adopt(made.by("director"), PROTOCOLS / f"{protocol}.yaml", "the policy of 2027")
        return made

    @property
    def ledger(self) -> Ledger:
        home = self.kept.home
        return Ledger(home.database, home.vault, lambda: self.now, projections(home.vault))

    @property
    def access(self) -> Access:
        return Access(self.ledger)

    @property
    def register(self) -> Register:
        return Register(self.ledger, RegisterProjection(self.kept.home.vault), FileKeeper(Files(self.ledger)))

    @property
    def files(self) -> Files:
        return self.correspondence.files

    @property
    def correspondence(self) -> Correspondence:
        return Correspondence(self.ledger, self.kept.home.origin)

    def by(self, name: str) -> By:
        return By(f"account:{self.accounts[name]}", "review")

    def does(
        self,
        name: str,
        kind: str,
        /,
        person: int = 1,
        *,
        second: str = "",
        evidence: Sequence[Evidence] = (),
        **more: Any,
    ) -> Told:
        """Somebody records something of the person with this place in the roster; what it is about, and says, is given by name."""
        about, says = more.pop("about", {}), {key: str(value) for key, value in more.items()}
        other = f"account:{self.accounts[second]}" if second else ""
        number = self.number(person)
        self.later(SECOND)
        if kind == "ReferralMade":  # kstep records it when a message refers somebody
            with self.ledger.unit(self.by(name)) as unit:
                return self.files.record_in(unit, number, kind, about, says, evidence, other)
        return self.files.record(self.by(name), number, kind, about=about, says=says, evidence=evidence, second=other)

    def reviewed(self, nature: str = "notice", reason: str = REFER["reason"]) -> None:
        """The file of the second person comes to a review that asks for a referral, with both checks done."""
        self.does("officer", "PossibleMatchFound", about=PAIRING)
        self.does("officer", "EncounterOpened", nature=nature)
        for step in ("identity-check", "records-check"):
            self.does("officer", "CheckEnded", step=step, result="returned-nothing", evidence=[CHECK])
        self.does("reviewer", "ReviewGiven", about=PAIRING, step="review", **{**REFER, "reason": reason})

    def referred(self, nature: str = "notice", reason: str = REFER["reason"]) -> dict[str, str]:
        """It comes to a referral; returns what its answer is about."""
        self.reviewed(nature, reason)
        fact = self.does("liaison", "ReferralMade", about=PAIRING, reference="R-1").recorded.fact
        assert isinstance(fact, FileFact)
        return {**PAIRING, "referral": fact.about["referral"]}

    def answered(self, about: Mapping[str, str], answer: str, form: str = "written") -> None:
        """The confirming authority answers."""
        said: dict[str, Any] = {"reference": "A-1", "desk": "day desk", "words": "as they said"}
        self.does("liaison", "ConfirmationReceived", about=dict(about), answer=answer, form=form, **said)

    def number(self, person: int) -> int:
        """kstep's number of the person with a place in the roster; any other number, if there is none."""
        return self.register.find(f"P{person:06d}") if person < 9 else person

    def decide(self, person: int = 1) -> Decision:
        """What is owed now in the file of somebody."""
        return self.files.decide(self.number(person))

    def finish(self) -> None:
        """Close the home; its tables are what follows from its log, and nothing is wrong with that."""
        assert self.kept.findings() == []
        before = self.kept.dump()
        self.ledger.rebuild()
        assert self.kept.dump() == before, "the tables follow from the log"
        self.kept.home.database.close()

    def later(self, microseconds: int) -> None:
        self.now += microseconds

    def owed(self, person: int = 1) -> dict[str, str]:
        """What is owed in a file, and how each stands."""
        return {one.step: str(one.state) for one in self.decide(person).obligations}
