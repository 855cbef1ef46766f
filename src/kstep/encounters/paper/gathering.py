"""What stands on the paper of a file, gathered from the log and from what follows from it by the protocol of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, select

from kstep.access.directory import find_accounts
from kstep.access.purposes import PURPOSES
from kstep.encounters.facts import facts_of, name_of
from kstep.encounters.happened import happened_in
from kstep.encounters.paper import sheet
from kstep.encounters.paper.evidence import pairings_of, pieces_of
from kstep.encounters.paper.reading import contained
from kstep.encounters.paper.words import Words, about_of, answer, answered, moment, number_of
from kstep.encounters.service import Files
from kstep.encounters.tables import files
from kstep.encounters.worklist import hidden
from kstep.ledger.service import By, Ledger
from kstep.model.events import FileFact, Recorded
from kstep.model.markings import Marking, combined
from kstep.protocol.breaches import BreachKind
from kstep.protocol.decide import Decision, FileState, Obligation
from kstep.protocol.history import History
from kstep.protocol.protocol import Protocol
from kstep.register.projection import RegisterProjection
from kstep.register.service import Register
from kstep.register.tables import people

Sees = Callable[[Marking], bool]
"""Whether whoever prints may see what is marked so."""

_STATES = {
    FileState.EMPTY: "empty: nothing was ever owed",
    FileState.PENDING: "pending: something is owed",
    FileState.TO_CLOSE: "to be closed: nothing is owed any more",
    FileState.CLOSED: "closed",
}
_SET_ASIDE = {
    "StepWaived": "waived", "GateOverridden": "passed all the same",
    "ClockPaused": "clock stopped", "ClockResumed": "clock goes on",
}  # fmt: skip


def gather(
    ledger: Ledger,
    person: int,
    by: By,
    *,
    sees: Sees = lambda marking: True,
    comparisons: Mapping[str, sheet.Comparison] | None = None,
    answers: bool = False,
    signers: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> sheet.Paper:
    """The file of a person as it stands now, for whoever prints it. `comparisons` are the engine's explanations of the possible
    matches that stand, by their keys, `signers` say who signed for which message, and when, and `faults` what is wrong with
    evidence that is kept here, by hashes. Answers that a second reviewer must not see are on it only with `answers`, and it is for
    the caller to record that they were shown.
    Raises `FileError` if there is no file.
    """
    with ledger.database.read() as connection:
        now = max(ledger.clock(), ledger.moment(connection))
        return _Gathering(ledger, connection, person, now, sees, answers, signers or {}, faults or {}).paper(
            by, comparisons or {}
        )


class _Gathering:
    def __init__(
        self,
        ledger: Ledger,
        connection: Connection,
        person: int,
        now: int,
        sees: Sees,
        answers: bool,
        signers: Mapping[str, str],
        faults: Mapping[str, str],
    ) -> None:
        self.faults = faults
        self.ledger, self.connection, self.person, self.now, self.sees = ledger, connection, person, now, sees
        self.protocol: Protocol = Files(ledger).protocol(connection, person)
        facts = facts_of(connection, person)
        self.decision: Decision = Files(ledger).decide_in(connection, person, now)
        self.events = happened_in(ledger, connection, person)
        unseen = frozenset[str]() if answers else frozenset(hidden(History.of(self.protocol, facts)))
        known = {**_recipients(self.events), **signers}
        self.words = Words(self.protocol, answered=answered(self.events), unseen=unseen, signers=known)
        self.names = {account.subject: account.name for account in find_accounts(connection)}
        self.origin = ledger.origin(connection)

    def paper(self, by: By, comparisons: Mapping[str, sheet.Comparison]) -> sheet.Paper:
        history = tuple(map(self._happening, self.events))
        return sheet.Paper(
            head=self._head(by, history),
            answered=self.words.answered,
            concluded=tuple(self._concluded()),
            asked=tuple(
                sheet.Asked(self.words.where(gate.gate), str(gate.way), self._gate_why(gate.why, gate.until, gate.then))
                for gate in self.decision.gates
            ),
            owed=tuple(map(self._owed, self.decision.obligations)),
            breaches=tuple(
                sheet.Breach(
                    str(one.kind), moment(one.at), self.words.where(one.where), one.key, self.words.why(one.why),
                    self._number(one.fact),
                )
                for one in self.decision.breaches
            ),
            set_aside=tuple(self._set_aside()),
            pairings=pairings_of(self.events, self.words, self.who, self.number, comparisons),
            history=history,
            checkpoints=contained(self.connection, self.person),
        )  # fmt: skip

    def _head(self, by: By, history: Sequence[sheet.Happening]) -> sheet.Head:
        asked = select(files.c.opened).where(files.c.person == self.person)
        office = select(people.c.office).where(people.c.person == self.person)
        return sheet.Head(
            person=self.person,
            office=self.connection.execute(office).scalar() or "",
            known=self._known(),
            protocol=self.words.let(self.protocol.title),
            protocol_hash=self.protocol.hash,
            example=self.protocol.example,
            state=_STATES[self.decision.state],
            opened=moment(self.connection.execute(asked).scalar()),
            printed=moment(self.now),
            by=self.who(by.actor, self.origin),
            purpose=f"{by.purpose}: {PURPOSES[by.purpose]}" if by.purpose in PURPOSES else by.purpose,
            marking=self._marking(history),
        )

    def _marking(self, history: Sequence[sheet.Happening]) -> str:
        """The paper is marked no lower than anything that stands on it."""
        shown = [piece.marking for one in history for piece in one.evidence if not piece.withheld]
        return str(combined(*(Marking.parse(text) for text in {*shown, *(event.marking for event in self.events)})))

    def _known(self) -> tuple[sheet.Fields, ...]:
        register = Register(self.ledger, RegisterProjection(self.ledger.vault))
        records = register.as_of(self.connection, self.person, self.now)[1] or []
        found: dict[str, list[str]] = {}
        for record in records:
            known = record.identity
            for label, values in (
                ("Known as", [record.person_id]), ("Names", [name.full for name in known.names]),
                ("Born", [*map(str, known.birth_dates), *known.birth_places, *known.birth_countries]),
                ("Nationality", known.nationalities), ("Documents", map(str, known.documents)),
            ):  # fmt: skip
                found.setdefault(label, []).extend(values)
        return tuple(sheet.Fields(label, tuple(dict.fromkeys(values))) for label, values in found.items() if values)

    def who(self, actor: str, log: str) -> sheet.Who:
        """Whoever acted: by the name of the account, if it is one of this node."""
        if actor.startswith("system:"):
            return sheet.Who("kstep", "by itself")
        actor = actor.partition(" at ")[0]
        account = actor.replace(":", " ")
        return (
            sheet.Who(self.names.get(actor, ""), account)
            if log == self.origin
            else sheet.Who("", f"{account} of {log}")
        )

    def number(self, event: Recorded) -> str:
        """The number of an event in its log, and of which log, if that is another node's."""
        return str(event.number) if event.log == self.origin else f"{event.number} of {event.log}"

    def _number(self, name: str) -> str:
        own = name.startswith(f"{self.origin}#")
        return number_of(name) if own else f"{number_of(name)} of {name.rpartition('#')[0]}"

    def _gate_why(self, why: str, until: int | None, then: str) -> str:
        text = self.words.why(why)
        return (
            f"{text}; it waits until {moment(until)} at most, and then {self.words.roles([then])} decides"
            if until
            else text
        )

    def _owed(self, one: Obligation) -> sheet.Owed:
        event = next((event for event in self.events if name_of(event.log, event.number) == one.fact), None)
        return sheet.Owed(
            title=self.words.step(one.step),
            about=one.key,
            state=str(one.state),
            is_standing=one.is_standing,
            is_late=one.was_late(self.now),
            since=moment(one.since),
            due=moment(one.due),
            who=self.words.roles(one.who),
            settled=moment(one.settled),
            by=self._settled_by(one.by, event) if one.by else None,
            why=self.words.why(one.why),
            number=self._number(one.fact) + self._completed_by(one, event),
        )

    def _completed_by(self, one: Obligation, event: Recorded | None) -> str:
        """The event with which a step was whole that somebody had done before: its evidence, or what had to come first."""
        if one.settled is None or event is None or event.recorded == one.settled:
            return ""
        last = next((other for other in self.events if other.recorded == one.settled), None)
        return f", whole with no. {self._number(name_of(last.log, last.number))}" if last else ""

    def _settled_by(self, actor: str, event: Recorded | None) -> sheet.Who:
        """Who settled what was owed: of what is signed for, whoever signed, and not whoever took the receipt in."""
        if event and (signer := self.words.signer(event)):
            return sheet.Who("", signer)
        return self.who(actor, event.log if event else self.origin)

    def _set_aside(self) -> list[sheet.SetAside]:
        wrong = {one.fact: one.why for one in self.decision.breaches if one.kind != BreachKind.LATE}
        return [
            sheet.SetAside(
                what=_SET_ASIDE[event.type],
                of=self.words.where(fact.says.get("step") or fact.says.get("gate", "")),
                at=moment(event.recorded),
                ground=fact.says.get("ground", ""),
                by=self.who(event.actor, event.log),
                second=self.who(fact.second, event.log) if fact.second else None,
                refused=self.words.why(wrong.get(name_of(event.log, event.number), "")),
                number=self.number(event),
            )
            for event in self.events
            if event.type in _SET_ASIDE and isinstance(fact := event.fact, FileFact)
        ]

    def _concluded(self) -> list[sheet.Concluded]:
        found = []
        for event in self.events:
            if not isinstance(fact := event.fact, FileFact):
                continue
            says, text = fact.says, ""
            if event.type == "DispositionGiven":
                text = f"The file concludes: {self.words.outcome(says.get('outcome', ''))}"
            elif event.type == "ConfirmationReceived":
                text = answer(says.get("answer", ""), says.get("form", ""))
            elif event.type in ("ClearanceGiven", "ClearanceEnded"):
                given = "was cleared" if event.type == "ClearanceGiven" else "is cleared no more"
                text = f"The possible match {fact.about.get('pairing', '')} {given}"
            if text:
                at, by = moment(event.recorded), self.who(event.actor, event.log)
                found.append(sheet.Concluded(text, at, by, says.get("reason", ""), self.number(event)))
        return found

    def _happening(self, event: Recorded) -> sheet.Happening:
        fact = event.fact if isinstance(event.fact, FileFact) else FileFact()
        name = name_of(event.log, event.number)
        broken = [one for one in self.decision.breaches if one.fact == name and one.kind != BreachKind.LATE]
        return sheet.Happening(
            number=self.number(event),
            recorded=moment(event.recorded),
            happened=moment(event.happened),
            title=self.words.title(event),
            by=self.who(event.actor, event.log),
            second=self.who(fact.second, event.log) if fact.second else None,
            purpose=event.purpose,
            about=about_of(fact.about),
            says=self.words.says(event),
            evidence=pieces_of(fact, self.sees, self.faults if event.log == self.origin else {}),
            breaks=tuple(f"{one.kind} ({self.words.where(one.where)}): {self.words.why(one.why)}" for one in broken),
        )


def _recipients(events: Sequence[Recorded]) -> dict[str, str]:
    """To whom each message of a file went."""
    return {
        event.fact.says["id"]: event.fact.says["to"]
        for event in events
        if event.type == "MessageQueued" and isinstance(event.fact, FileFact) and {"id", "to"} <= event.fact.says.keys()
    }


__all__ = ["Sees", "gather"]
