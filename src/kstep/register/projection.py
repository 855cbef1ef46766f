"""What the register's tables hold, computed from events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kstep.ledger.segments import SegmentRow, read_rows
from kstep.ledger.service import Projection
from kstep.ledger.vault import Vault
from kstep.model.canaries import is_canary
from kstep.model.events import (
    CanariesPlanted,
    CanariesTakenAway,
    PeopleImported,
    PeopleMerged,
    PeopleUnmerged,
    PersonErased,
    PersonLeft,
    PersonReturned,
    Recorded,
    RepairAssigned,
    RepairClosed,
    RosterMoved,
)
from kstep.register.quality import address_words, due
from kstep.register.records import counted, row_text
from kstep.register.tables import (
    PROJECTED,
    State,
    addresses,
    imports,
    movements,
    people,
    repairs,
    shared,
    standings,
    versions,
)

ROSTER = "register:roster"
"""What the events are about that tell how the roster moved."""

_PERSON, _CANARY, _TOGETHER, _DIFFERENCE = "person:", "canary:", "together:", "difference:"


def person_of(subject: str) -> int:
    """The number of the person that an event or a row is about."""
    if subject.startswith(_CANARY):
        return -int(subject.removeprefix(_CANARY))
    return int(subject.removeprefix(_PERSON))


def subject_of(person: int) -> str:
    """What events about a person have as their subject."""
    return f"{_CANARY}{-person}" if is_canary(person) else f"{_PERSON}{person}"


def together(people: Iterable[int]) -> str:
    """What events and rows about several people at once have as their subject. Whoever of them is erased, it goes with them."""
    return f"{_TOGETHER}{':'.join(map(str, people))}"


def stranger(difference: str) -> str:
    """What is the subject of a difference about somebody who is nobody of ours."""
    return f"{_DIFFERENCE}{difference}"


def subjects_with(connection: Connection, person: int) -> list[str]:
    """The subjects that are somebody together with others, whether or not their secrets are gone."""
    asked = select(shared.c.subject).where(shared.c.person == person).order_by(shared.c.subject)
    return list(connection.execute(asked).scalars())


def note_together(connection: Connection, subjects: Iterable[str]) -> None:
    """Keep who is told of by such of these subjects as name several people."""
    for subject in sorted(set(subjects)):
        for person in people_of(subject):
            _replace(connection, shared, {"person": person, "subject": subject}, {"subject": subject})


def people_of(subject: str) -> tuple[int, ...]:
    """The numbers of the people whom a subject names, in its order; none if it is about nobody, or about one."""
    numbers = subject.split(":")[1:] if subject.startswith(_TOGETHER) else []
    return tuple(map(int, numbers)) if all(map(str.isdecimal, numbers)) else ()


class RegisterProjection:
    """The register's handlers. References and fingerprints are made with the home's key, so they tell nothing without it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def projection(self) -> Projection:
        """Its tables, and what changes them."""
        return Projection(
            PROJECTED,
            {
                PeopleImported: self._imported,
                PersonLeft: self._left,
                PersonReturned: self._returned,
                PersonErased: self._erased,
                PeopleMerged: self._merged,
                PeopleUnmerged: self._unmerged,
                RepairAssigned: _assigned,
                RepairClosed: _closed,
                RosterMoved: _moved,
                CanariesPlanted: self._planted,
                CanariesTakenAway: self._taken_away,
            },
        )

    def reference(self, person_id: str) -> bytes:
        """By what a source's id is found again."""
        return self._vault.keyed("reference", person_id.encode())

    def fingerprint(self, text: bytes) -> bytes:
        """By what it is told whether a person's row changed."""
        return self._vault.keyed("fingerprint", text)[:16]

    def _imported(self, connection: Connection, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, PeopleImported)
        for some in read_rows(connection, self._vault, fact.segment["id"]):
            self._put(connection, event, fact.segment["id"], some)
        _add(connection, imports, [{"segment": fact.segment["id"], "digest": fact.digest, "recorded": event.recorded}])

    def _put(self, connection: Connection, event: Recorded, segment: str, rows: Sequence[SegmentRow]) -> None:
        """Put the people of some rows where they are."""
        last = {person_of(row.subject): row for row in rows}  # of two rows of one person the later counts
        asked = select(people.c.person).where(people.c.person.in_(last))
        there = set(connection.execute(asked).scalars())
        lines, wrong, lived_at = [], [], []
        for person, row in last.items():
            line = {"person": person, "changed": event.recorded, "segment": segment, "place": row.place}
            if row.row is None:  # erased since
                known: dict[str, Any] = {
                    "reference": None,
                    "office": "",
                    "custody": "",
                    "fields": 0,
                    "fingerprint": None,
                }
            else:
                about = counted(row.row)
                known = {
                    "reference": self.reference(row.row["records"][0]["person_id"]), "office": about.office,
                    "custody": about.custody, "fields": about.known,
                    "fingerprint": self.fingerprint(row_text(row.row["records"], row.row["errors"])),
                }  # fmt: skip
                lived_at += [{"person": person, "address": at} for at in self._addresses(row.row["records"])]
                wrong += [
                    {"person": person, "reason": flaw.value, "since": event.recorded, "owner": about.office,
                     "due": due(flaw, event.recorded)}
                    for flaw in about.flaws
                ]  # fmt: skip
            lines.append({**line, **known, "state": State.PRESENT})
        new = [line for line in lines if line["person"] not in there]
        old = [line for line in lines if line["person"] in there]
        _add(connection, people, new)
        for line in old:
            kept = {name: value for name, value in line.items() if name not in ("person", "state")}
            connection.execute(update(people).where(people.c.person == line["person"]).values(kept))
        if old:
            _kept_changed(connection, [line["person"] for line in old], event.recorded)
            connection.execute(delete(repairs).where(repairs.c.person.in_([line["person"] for line in old])))
            connection.execute(delete(addresses).where(addresses.c.person.in_([line["person"] for line in old])))
        _add(connection, repairs, wrong)
        _add(connection, addresses, lived_at)
        seen = [{"recorded": event.recorded, "person": line["person"]} for line in lines]
        _add(connection, versions, [
            {**when, "segment": segment, "place": line["place"]} for when, line in zip(seen, lines, strict=True)
        ])  # fmt: skip
        stood = [{**when, "state": State.PRESENT} for when in seen if when["person"] not in there]
        _add(connection, standings, stood)

    def _addresses(self, records: Sequence[dict[str, Any]]) -> list[bytes]:
        """By what the addresses of a row are counted, each once."""
        texts = {" ".join(address_words(text)) for record in records for text in record.get("addresses", ())}
        return [self._vault.keyed("address", text.encode())[:16] for text in sorted(texts)]

    def _left(self, connection: Connection, event: Recorded) -> None:
        _stand(connection, event, State.LEFT)

    def _returned(self, connection: Connection, event: Recorded) -> None:
        _stand(connection, event, State.PRESENT)

    def _erased(self, connection: Connection, event: Recorded) -> None:
        assert isinstance(event.fact, PersonErased)
        person = event.fact.person
        self._vault.destroy(connection, subject_of(person), event.fact.generation)
        for subject in subjects_with(connection, person):
            self._vault.destroy(connection, subject)
        _stand(connection, event, State.ERASED, person)
        nothing = {
            "reference": None,
            "office": "",
            "custody": "",
            "fields": 0,
            "segment": None,
            "place": None,
            "fingerprint": None,
        }
        connection.execute(update(people).where(people.c.person == person).values(nothing))
        connection.execute(delete(repairs).where(repairs.c.person == person))

    def _planted(self, connection: Connection, event: Recorded) -> None:
        """They lie where all others do, and in no other table: they have no id, no history, and nothing that is to be mended."""
        assert isinstance(event.fact, CanariesPlanted)
        segment = event.fact.segment["id"]
        line = {"state": State.CANARY, "office": "", "custody": "", "fields": 0, "changed": event.recorded}
        for rows in read_rows(connection, self._vault, segment):
            lies = [{"person": person_of(row.subject), "segment": segment, "place": row.place} for row in rows]
            _add(connection, people, [{**line, **where} for where in lies])

    def _taken_away(self, connection: Connection, event: Recorded) -> None:
        assert isinstance(event.fact, CanariesTakenAway)
        for person in event.fact.people:
            self._vault.destroy(connection, subject_of(person))
        connection.execute(delete(people).where(people.c.person.in_(event.fact.people)))

    def _merged(self, connection: Connection, event: Recorded) -> None:
        kept, other = _pair(event)
        note_together(connection, [event.subject])
        _stand(connection, event, State.MERGED, other, kept)
        _join(connection, event, kept, other, apart=False)

    def _unmerged(self, connection: Connection, event: Recorded) -> None:
        kept, other = _pair(event)
        note_together(connection, [event.subject])
        _stand(connection, event, State.PRESENT, other)
        _join(connection, event, kept, other, apart=True)


def _pair(event: Recorded) -> tuple[int, int]:
    """Who is kept, and the other, of two people who were found one, or two."""
    if isinstance(event.fact, PeopleMerged | PeopleUnmerged):
        return event.fact.kept, event.fact.other
    kept, other = people_of(event.subject)
    return kept, other


def _moved(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, RosterMoved)
    line = {"log": event.log, "number": event.number, "recorded": event.recorded}
    _add(connection, movements, [{**line, "reason": event.fact.reason, "people": event.fact.people}])


def _assigned(connection: Connection, event: Recorded) -> None:
    fact, person = event.fact, person_of(event.subject)
    if not isinstance(fact, RepairAssigned):
        return  # who is erased has nothing to be mended any more
    this = (repairs.c.person == person) & (repairs.c.reason == fact.reason)
    connection.execute(update(repairs).where(this).values(owner=fact.owner, due=fact.due))


def _closed(connection: Connection, event: Recorded) -> None:
    if not isinstance(event.fact, RepairClosed):
        return
    this = (repairs.c.person == person_of(event.subject)) & (repairs.c.reason == event.fact.reason)
    connection.execute(delete(repairs).where(this))


def _stand(
    connection: Connection, event: Recorded, state: State, person: int | None = None, kept: int | None = None
) -> None:
    person = person_of(event.subject) if person is None else person
    changed = {"state": state, "changed": event.recorded}
    connection.execute(update(people).where(people.c.person == person).values(changed))
    _replace(connection, standings, {"person": person, "recorded": event.recorded}, {"state": state, "kept": kept})


def _join(connection: Connection, event: Recorded, kept: int, other: int, *, apart: bool) -> None:
    """Have somebody screened with another from now on, or alone; both are screened anew."""
    connection.execute(update(people).where(people.c.person == other).values(merged_into=None if apart else kept))
    connection.execute(update(people).where(people.c.person == kept).values(changed=event.recorded))


def _kept_changed(connection: Connection, others: Sequence[int], moment: int) -> None:
    """Have those screened anew with whom the changed record of another is screened."""
    kept = select(people.c.merged_into).where(people.c.person.in_(others), people.c.merged_into.is_not(None))
    connection.execute(update(people).where(people.c.person.in_(kept)).values(changed=moment))


def _add(connection: Connection, table: Table, lines: Sequence[dict[str, Any]]) -> None:
    if lines:
        connection.execute(insert(table), lines)


_INSERTS: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def _replace(connection: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Put a line in the place of the one that has its key, if there is one: two things at one moment."""
    new = _INSERTS[connection.dialect.name](table).values({**key, **values})
    connection.execute(new.on_conflict_do_update(index_elements=list(key), set_=values))


__all__ = [
    "ROSTER", "RegisterProjection", "note_together", "people_of", "person_of", "stranger", "subject_of", "subjects_with",
    "together",
]  # fmt: skip
