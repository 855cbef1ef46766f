"""Facts of files between the log, the tables and protocols. Of what people wrote, a table says only that there is something."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from kstep.access.directory import Careers
from kstep.access.roles import IN_PROTOCOL
from kstep.encounters.tables import facts, protocols
from kstep.ledger.tables import OWN, logs
from kstep.model import KstepError
from kstep.model.events import FactTaken, FileFact, Recorded
from kstep.protocol.facts import HANDLING, KINDS, Fact
from kstep.protocol.history import AUTHORITIES
from kstep.protocol.protocol import Protocol
from kstep.protocol.reading import protocol_of
from kstep.protocol.text import Text
from kstep.register.tables import merged_into, people

SAID = "said"
"""What stands for a text that somebody wrote."""

_KEPT = frozenset({
    "step", "outcome", "ground", "gate", "key", "number", "rung", "fact", "kind", "expires", "print", "person_print", "entry_print",
    "bits", "id", "one", "other", "of", "signed_as", "to",
})  # fmt: skip
"""Fields that are no texts of people, whatever the kind."""

_KIND = re.compile("[a-z][a-z0-9-]{0,39}")
"""What a protocol can call a kind of authority for custody: how long it lasts hangs on that."""


class NoProtocol(KstepError):
    """There is no such protocol here."""


def row_of(event: Recorded, fact: FileFact, person: int, office: str, knew: Mapping[str, int]) -> dict[str, Any]:
    """A fact as a table holds it."""
    return {
        "log": event.log, "number": event.number, "person": person, "kind": event.type, "recorded": event.recorded,
        "happened": event.happened, "actor": event.actor, "second": fact.second, "about": _text(fact.about),
        "says": _text(asked_of(event.type, fact.says)), "evidence": _text([one["kind"] for one in fact.evidence]),
        "office": office, "knew": _text(knew),
    }  # fmt: skip


def row_of_taken(fact: FactTaken, person: int) -> dict[str, Any]:
    """The same of a fact that another node recorded."""
    who = {"roles": list(fact.roles), "training": list(fact.training), "second_roles": list(fact.second_roles)}
    return {
        "log": fact.log, "number": fact.number, "person": person, "kind": fact.type, "recorded": fact.recorded,
        "happened": fact.happened, "actor": fact.actor, "second": fact.second, "about": _text(fact.about),
        "says": _text(asked_of(fact.type, fact.says)), "evidence": _text([one["kind"] for one in fact.evidence]),
        "elsewhere": _text(who), "knew": _text(fact.knew),
    }  # fmt: skip


def asked_of(kind: str, says: Mapping[str, str]) -> dict[str, str]:
    """What a protocol can ask for of what a fact says."""
    closed = {name for name, values in KINDS[kind].fields.items() if values} if kind in KINDS else set(says)
    if kind in (*AUTHORITIES, "CustodyBegan") and _KIND.fullmatch(says.get("authority", "")):
        closed.add("authority")
    return {name: value if name in closed | _KEPT else SAID for name, value in says.items() if value}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def facts_of(connection: Connection, person: int) -> list[Fact]:
    """The facts in the file of a person, each with the roles and the training that its actors had then where the person was."""
    return facts_with(connection, person, list(connection.execute(merged_into(person)).scalars()))


def facts_with(connection: Connection, person: int, others: Sequence[int]) -> list[Fact]:
    """The same of a person with these others."""
    office = connection.execute(select(people.c.office).where(people.c.person == person)).scalar() or ""
    own = own_log(connection)
    asked = select(facts).where(facts.c.person.in_([person, *others]))
    lines = connection.execute(asked.order_by(facts.c.recorded, facts.c.log, facts.c.number)).all()
    ours = [line for line in lines if line.log == own]
    careers = Careers(connection, (_account(actor) for line in ours for actor in (line.actor, line.second)))
    found, told = [], set[tuple[str, str]]()
    for line in lines:
        says = json.loads(line.says)
        if line.kind == "AnswersConflict":  # several nodes may notice one
            pair = (says.get("one", ""), says.get("other", ""))
            if pair in told:
                continue
            told.add(pair)
        roles, training, second = _standing_of(careers, line, office if line.office is None else line.office)
        at = "" if line.log == own else f" at {line.log}"
        found.append(
            Fact(
                id=name_of(line.log, line.number), kind=line.kind, recorded=line.recorded, happened=line.happened,
                actor=f"{line.actor}{at}", roles=roles, training=training,
                second=f"{line.second}{at}" if line.second else "", second_roles=second,
                about=json.loads(line.about), says=says, evidence=tuple(json.loads(line.evidence)),
            )
        )  # fmt: skip
    return found


def _standing_of(careers: Careers, line: Any, office: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The roles and the training of who recorded a fact, and the roles of the second person: of another node's, as it told them."""
    if line.elsewhere:
        who = json.loads(line.elsewhere)
        return frozenset(who["roles"]), frozenset(who["training"]), frozenset(who["second_roles"])
    second, _ = _standing(careers, line.second, office, line.recorded)
    return *_standing(careers, line.actor, office, line.recorded), second


def kept_as(connection: Connection, person: int) -> int:
    """In whose file somebody is: their own, or that of whom they were found to be."""
    found = connection.execute(select(people.c.merged_into).where(people.c.person == person)).scalar()
    return person if found is None else int(found)


def own_log(connection: Connection) -> str:
    """The origin of this node's own log."""
    return str(connection.execute(select(logs.c.origin).where(logs.c.log == OWN)).scalar_one())


def name_of(log: str, number: int) -> str:
    """What facts of files call an event."""
    return f"{log}#{number:09}"


def _account(actor: str) -> int:
    """The number of an account; 0, which nobody has, for whoever else acts."""
    _, _, number = actor.partition("account:")
    return int(number) if number.isdecimal() else 0


def _standing(careers: Careers, actor: str, office: str, moment: int) -> tuple[frozenset[str], frozenset[str]]:
    """The roles in protocols, and the courses, that an actor had at a moment."""
    held = careers.roles(_account(actor), office, moment)
    roles = frozenset(role.removeprefix(IN_PROTOCOL) for role in held if role.startswith(IN_PROTOCOL))
    return roles, careers.courses(_account(actor), moment)


def protocol_with(connection: Connection, hash: str) -> Protocol:
    """The protocol that was adopted with this hash. Raises `NoProtocol`."""
    text = connection.execute(select(protocols.c.text).where(protocols.c.hash == hash).limit(1)).scalar()
    if text is None:
        raise NoProtocol(f"no protocol with the hash {hash[:12]} was adopted here; see kstep protocol adopted")
    return _read(text)


@lru_cache(maxsize=32)
def _read(text: str) -> Protocol:
    return protocol_of(Text("a protocol that was adopted", text))


def is_kind(kind: str) -> bool:
    """Whether files know such facts."""
    return kind in KINDS or kind in HANDLING


__all__ = [
    "SAID",
    "NoProtocol",
    "asked_of",
    "facts_of",
    "facts_with",
    "is_kind",
    "kept_as",
    "name_of",
    "own_log",
    "protocol_with",
    "row_of",
    "row_of_taken",
]
