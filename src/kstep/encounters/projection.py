"""What the tables of files hold, computed from events: each fact has everything that is owed in its file computed again."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from sqlalchemy import Connection, Table, delete, insert, select, update

from kstep.encounters.facts import row_of, row_of_taken
from kstep.encounters.judging import decide_file
from kstep.encounters.tables import (
    TABLES,
    courses,
    erased,
    facts,
    files,
    heard,
    obligations,
    pairings,
    protocols,
    rungs,
)
from kstep.ledger.service import Projection
from kstep.model.events import (
    FILE_FACTS,
    FactTaken,
    FileErased,
    FileFact,
    FileMoved,
    FileOpened,
    HistoryTaken,
    PeopleMerged,
    PeopleUnmerged,
    PersonErased,
    PossibleMatchFound,
    PossibleMatchSuppressed,
    PossibleMatchWithdrawn,
    ProtocolAdopted,
    Recorded,
)
from kstep.protocol.decide import Decision
from kstep.register.projection import person_of
from kstep.register.tables import merged_into, people

ADULTS, MINORS = "adults", "minors"
"""What files are opened for: a minor, or somebody of whom it is in doubt, has a protocol of their own."""

JOINED = "joined"
"""How the file of somebody stands who was found to be another, in whose file it goes on."""

_OF_PERSON: Sequence[Table] = (files, courses, facts, obligations, rungs, pairings)

_PAIRING = re.compile(r"([^#]+)#([1-9][0-9]{0,17})")

_PAIRED = {PossibleMatchFound: "found", PossibleMatchSuppressed: "suppressed", PossibleMatchWithdrawn: "withdrawn"}


def pairing_key(name: str, entry: int) -> str:
    """What protocols call a possible match of the person of a file: the list, and kstep's number of the entry."""
    return f"{name}#{entry}"


def pairing_of(key: str) -> tuple[str, int] | None:
    """The list and the number that such a key names; None if it names an entry that only another node knows, or nothing."""
    found = _PAIRING.fullmatch(key)
    return None if found is None else (found[1], int(found[2]))


def _adopted(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    assert isinstance(fact, ProtocolAdopted)
    connection.execute(delete(protocols).where(protocols.c.hash == fact.hash, protocols.c.use == fact.use))
    line = {"hash": fact.hash, "use": fact.use, "name": fact.name, "text": fact.text, "actor": event.actor}
    connection.execute(insert(protocols), [{**line, "adopted": event.recorded}])


def _opened(connection: Connection, event: Recorded) -> None:
    if isinstance(event.fact, FileOpened):  # who is erased has none any more
        line = {"person": person_of(event.subject), "protocol": event.fact.protocol, "opened": event.recorded}
        connection.execute(insert(files), [{**line, "state": "empty", "breaches": 0}])
        _goes_on(connection, event, person_of(event.subject), event.fact.protocol)


def _moved(connection: Connection, event: Recorded) -> None:
    if isinstance(event.fact, FileMoved):
        person = person_of(event.subject)
        connection.execute(update(files).where(files.c.person == person).values(protocol=event.fact.protocol))
        _goes_on(connection, event, person, event.fact.protocol, event.fact.since)
        compute(connection, person, event.recorded)


def _happened(connection: Connection, event: Recorded) -> None:
    fact = event.fact
    if not isinstance(fact, FileFact):
        return
    person = person_of(event.subject)
    office = connection.execute(select(people.c.office).where(people.c.person == person)).scalar() or ""
    knew = {line.log: line.size for line in connection.execute(select(heard))}
    connection.execute(insert(facts), [row_of(event, fact, person, office, knew)])
    if (state := _PAIRED.get(type(fact))) and (named := pairing_of(fact.about.get("pairing", ""))):
        name, entry = named
        this = (pairings.c.person == person, pairings.c.list == name, pairings.c.entry == entry)
        connection.execute(delete(pairings).where(*this))
        line = {"person": person, "list": name, "entry": entry, "state": state, "found": event.recorded}
        connection.execute(insert(pairings), [line])
    compute(connection, person, event.recorded)


def _taken(connection: Connection, event: Recorded) -> None:
    """What another node recorded is a fact here too; which possible matches are known, this node's own screening says."""
    if isinstance(event.fact, FactTaken):
        person = person_of(event.subject)
        connection.execute(insert(facts), [row_of_taken(event.fact, person)])
        compute(connection, person, event.recorded)


def _merged(connection: Connection, event: Recorded) -> None:
    """Two people were found to be one: what is owed to either is owed in one file, kept as the kept one's, or the other's."""
    if isinstance(event.fact, PeopleMerged):
        kept, other = event.fact.kept, event.fact.other
        there = {
            line.person: line for line in connection.execute(select(files).where(files.c.person.in_((kept, other))))
        }
        if other in there:
            if kept not in there:
                connection.execute(insert(files), [{**there[other]._asdict(), "person": kept}])
            elif _is_for_minors(connection, there[other].protocol):  # guardian and counsel stay owed
                connection.execute(update(files).where(files.c.person == kept).values(protocol=there[other].protocol))
            for table in (obligations, rungs):
                connection.execute(delete(table).where(table.c.person == other))
            connection.execute(update(files).where(files.c.person == other).values(state=JOINED))
            _goes_on(connection, event, other, "")
        _goes_on(connection, event, kept)
        compute(connection, kept, event.recorded)


def _is_for_minors(connection: Connection, hash: str) -> bool:
    asked = select(protocols.c.hash).where(protocols.c.hash == hash, protocols.c.use == MINORS)
    return connection.execute(asked).first() is not None


def _unmerged(connection: Connection, event: Recorded) -> None:
    if isinstance(event.fact, PeopleUnmerged):
        for person in (event.fact.kept, event.fact.other):
            _goes_on(connection, event, person)
            compute(connection, person, event.recorded)


def _heard(connection: Connection, event: Recorded) -> None:
    if isinstance(event.fact, HistoryTaken):
        connection.execute(delete(heard).where(heard.c.log == event.fact.log))
        line = {"log": event.fact.log, "size": event.fact.size, "root": event.fact.root}
        connection.execute(insert(heard), [line])


def _goes_on(connection: Connection, event: Recorded, person: int, protocol: str | None = None, since: int = 0) -> None:
    """Write down by which protocol a file is kept from here on, or since a moment, and with whose facts; if there is a file."""
    if protocol is None:
        protocol = connection.execute(select(files.c.protocol).where(files.c.person == person)).scalar()
    if protocol is not None:
        others = connection.execute(merged_into(person)).scalars().all()
        line = {"person": person, "number": event.number, "since": since or event.recorded, "protocol": protocol}
        connection.execute(insert(courses), [{**line, "others": json.dumps(sorted(others))}])


def _went(connection: Connection, event: Recorded) -> None:
    if isinstance(event.fact, FileErased):
        fact = event.fact
        line = {
            "number": event.number,
            "office": fact.office,
            "owed": fact.owed,
            "late": fact.late,
            "breaches": fact.breaches,
        }
        connection.execute(insert(erased), [line])


def _erased(connection: Connection, event: Recorded) -> None:
    assert isinstance(event.fact, PersonErased)
    for table in _OF_PERSON:
        connection.execute(delete(table).where(table.c.person == event.fact.person))


def compute(connection: Connection, person: int, now: int) -> Decision | None:
    """Compute what is owed in the file of a person, by the facts in it; None if there is no file."""
    decided = decide_file(connection, person, now)
    if decided is None:
        return None
    for table in (obligations, rungs):
        connection.execute(delete(table).where(table.c.person == person))
    owed, left = [], []
    for one in decided.obligations:
        name = {"person": person, "step": one.step, "key": one.key, "number": one.number}
        settled = "" if one.is_standing else str(one.state)
        owed.append(
            {**name, "settled": settled, "since": one.since, "due": one.due, "ended": one.settled, "fact": one.fact}
        )
        left += [
            {**name, "rung": rung.offset, "at": rung.at, "roles": " ".join(rung.roles), "escalates": rung.escalates}
            for rung in one.rungs
            if one.is_standing and not rung.fired
        ]
    if owed:
        connection.execute(insert(obligations), owed)
    if left:
        connection.execute(insert(rungs), left)
    acts = sum(breach.kind != "late" for breach in decided.breaches)
    stands = {"state": str(decided.state), "breaches": acts}
    connection.execute(update(files).where(files.c.person == person).values(stands))
    return decided


FILES = Projection(
    TABLES,
    {
        ProtocolAdopted: _adopted,
        FileOpened: _opened,
        FileMoved: _moved,
        **dict.fromkeys(FILE_FACTS.values(), _happened),
        FactTaken: _taken,
        PeopleMerged: _merged,
        PeopleUnmerged: _unmerged,
        HistoryTaken: _heard,
        FileErased: _went,
        PersonErased: _erased,
    },
)
"""The tables of this room, and how they are computed."""

__all__ = ["ADULTS", "FILES", "JOINED", "MINORS", "compute", "pairing_key", "pairing_of"]
