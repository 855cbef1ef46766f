"""What somebody says of a file, checked before it is recorded: whether it makes sense, and whether it answers what is owed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from kstep.editions.tables import editions, entries, lists
from kstep.encounters.facts import facts_of, is_kind
from kstep.encounters.projection import pairing_of
from kstep.encounters.tables import facts
from kstep.model import KstepError, one_line
from kstep.protocol.acts import answers, may_file, unsaid
from kstep.protocol.facts import FILE, KINDS, MOMENTS, Fact
from kstep.protocol.history import AUTHORITIES, History
from kstep.protocol.matching import agree
from kstep.protocol.protocol import MINUTE, Protocol
from kstep.protocol.vocabulary import evidence_of, fields_of
from kstep.register.projection import subject_of

FIELDS = (
    "name", "birth_date", "birth_place", "birth_country", "sex", "nationality", "documents", "address", "photograph",
    "fingerprints", "statement", "papers",
)  # fmt: skip
"""On what a review can rest: fields that are compared, and what only people compare."""

LONGEST = 4_000
"""Characters of a text in a fact."""

AHEAD = 5 * MINUTE
"""Microseconds by which the clock of whoever tells of something may be ahead of this node's."""

_SIGNED = "it is recorded when the recipient has signed; kstep files send has somebody told"
BY_ITSELF: Mapping[str, str] = {
    "ReferralMade": "it is recorded when it is sent; kstep files send sends a message of the kind referral, and records it",
    "MessageQueued": "kstep files send has somebody told, and records it",
    "MessageAcknowledged": _SIGNED,
    "AnswersConflict": "it is recorded when the history of another office comes in; see kstep files take",
    "EveryCopyCorrected": "it is recorded when all have signed; kstep files correct has every copy corrected",
}
"""What nobody can only say: why not, and what to do."""


class FileError(KstepError):
    """Something cannot be done in a file."""


def checked_says(kind: str, says: Mapping[str, str]) -> dict[str, str]:
    """What a fact of a kind says. Raises `FileError`."""
    if not is_kind(kind) or kind == "RungFired":
        raise FileError(f"{one_line(kind, 40)!r} is no kind of fact; kstep protocol facts shows them all")
    closed = KINDS[kind].fields if kind in KINDS else {}
    for name, value in says.items():
        if not name.isascii() or not name.replace("_", "").isalnum() or len(name) > 40:
            raise FileError(f"{one_line(name, 40)!r} cannot name a field of {kind}; use small letters and _")
        values = closed.get(name, ())
        if values and value not in values:
            raise FileError(f"{kind} says of {name} {one_line(value, 40)!r}; say one of {', '.join(values)}")
        if value and not values and not any(map(str.isalnum, value)):
            raise FileError(f"{kind}: what it says of {name} says nothing; write it in words")
        if len(value) > LONGEST or "\0" in value:
            raise FileError(f"{kind}: what it says of {name} is longer than {LONGEST:,} characters, or no text")
        if name in MOMENTS and not (value.isascii() and value.isdigit() and len(value) < 19):
            mend = "write it as 2027-03-01T09:00Z, or in microseconds since 1970"
            raise FileError(f"{kind}: {name} {one_line(value, 40)!r} is no moment; {mend}")
    if kind == "ReviewGiven":
        _check_cited(kind, says.get("fields", ""))
    if kind in AUTHORITIES:
        _check_authority(kind, says)
    return dict(says)


def _check_cited(kind: str, fields: str) -> None:
    strange = [one for one in fields.replace(",", " ").split() if one not in FIELDS]
    if strange:
        what = f"{one_line(strange[0], 40)!r} is no field on which a review can rest"
        raise FileError(f"{kind}: {what}; cite {', '.join(FIELDS)}")


def _check_authority(kind: str, says: Mapping[str, str]) -> None:
    if "expires" not in says:
        raise FileError(f"{kind} does not say when it expires, and would permit nothing; say it with --says expires=…")
    if int(says.get("issued", 0)) > int(says["expires"]):
        mend = "say when with --says issued=… and expires=…"
        raise FileError(f"{kind}: it would have expired before it was issued; {mend}")


def checked_about(connection: Connection, kind: str, about: Mapping[str, str]) -> dict[str, str]:
    """What a fact of a kind is about, with a new key for what it begins. Raises `FileError`."""
    known = KINDS[kind].about if kind in KINDS else KINDS["StepCompleted"].about
    for key, value in about.items():
        if key not in known:
            raise FileError(f"{kind} is about no {one_line(key, 40)}, but {', '.join(known) or 'the file'}")
        if not value or len(value) > 100 or not value.isprintable():
            raise FileError(f"{kind}: {one_line(value, 40)!r} cannot name a {key}; use 1 to 100 printable characters")
    found = dict(about)
    for key in ("referral", "claim", "custody", "request", "redress"):
        if known[:1] == (key,) and key not in found and len(known) == 1 and kind in _BEGINNING:
            found[key] = _new_key(key)
    if kind == "ReferralMade" and "referral" not in found:
        found["referral"] = _new_key("referral")
    if kind in _ONE and not set(known) <= set(found):
        missing = ", ".join(key for key in known if key not in found)
        raise FileError(f"{kind} says not which {missing}; say so")
    if "pairing" in found and pairing_of(found["pairing"]) is None and not _is_elsewhere(connection, found["pairing"]):
        raise FileError(f"{one_line(found['pairing'], 40)!r} names no pairing; write LIST#NUMBER")
    return found


def entry_of(connection: Connection, key: str) -> dict[str, str]:
    """The entry that a pairing names, by the id that its list gives it, and the edition of that list in force."""
    if (named := pairing_of(key)) is None:
        return {}
    name, number = named
    entry = select(entries.c.source_id).where(entries.c.list == name, entries.c.entry == number)
    current = select(lists.c.current).where(lists.c.list == name).scalar_subquery()
    edition = select(editions.c.edition).where(editions.c.list == name, editions.c.number == current)
    found = {"entry": connection.execute(entry).scalar(), "edition": connection.execute(edition).scalar()}
    return {field: str(value) for field, value in found.items() if value is not None}


def _is_elsewhere(connection: Connection, key: str) -> bool:
    """Whether another node has an entry of which this one does not know."""
    asked = select(facts.c.about).where(facts.c.elsewhere != "", facts.c.kind == "PossibleMatchFound")
    return any(json.loads(about).get("pairing") == key for about in connection.execute(asked).scalars())


_BEGINNING = frozenset({
    "CitizenshipClaimed", "CustodyAuthorityIssued", "TransferRequested", "RequestArrived", "RedressRequested",
})  # fmt: skip
"""Facts that begin something with a key of its own, which is made if none is given."""

_ONE = frozenset({
    "PossibleMatchFound", "PossibleMatchWithdrawn", "PossibleMatchSuppressed", "ReviewGiven", "ReferralMade", "ClearanceGiven",
    "ClearanceEnded", "CustodyBegan", "PersonReleased", "ReleaseProposed", "CustodyAuthorityRenewed", "CustodyAuthorityEnded",
    "TransferAnswered", "EveryCopyCorrected", "PersonRelisted", "ConfirmationReceived", *_BEGINNING,
})  # fmt: skip
"""Facts that have to say what exactly they are about."""


_CONTROL = "23456789BCDFGHJKLMNPQRSTVWXZ"
"""What control numbers are made of: nothing that is taken for something else, and no words."""


def _new_key(key: str) -> str:
    """A key that nothing has, in no office; a control number tells nothing, and cannot be guessed."""
    if key == "redress":
        return "-".join(_drawn(4) for _ in range(3))
    return f"{key[:1].upper()}-{_drawn(8)}"


def _drawn(length: int) -> str:
    return "".join(secrets.choice(_CONTROL) for _ in range(length))


_COMPUTED = ("print", "person_print", "entry_print", "bits", "to", "ended")
"""What a clearance is held against, to whom a message goes, and whether somebody ended a clearance: kstep computes it."""


_LEFT_OUT = ("rests_on", "authority")
"""What may be left out of what is said by hand, though it is one of a few values: the list says it, or the protocol asks for it."""


def checked_by_hand(kind: str, says: Mapping[str, str]) -> dict[str, str]:
    """What a fact says that somebody writes: of a clearance that ended, that somebody ended it. Raises `FileError` if the fact, or
    what it says, is nothing that anybody can write.
    """
    if kind in BY_ITSELF:
        raise FileError(f"{kind} is nothing to write: {BY_ITSELF[kind]}")
    if computed := [name for name in _COMPUTED if name in says]:
        raise FileError(f"{kind}: {computed[0]} is nothing to say, kstep computes it; leave it out")
    return {**says, "ended": "by-hand"} if kind == "ClearanceEnded" else dict(says)


_BESIDES: Mapping[str, tuple[str, ...]] = {
    "PossibleMatchFound": ("entry", "entry_print"),
    "PossibleMatchSuppressed": ("entry", "entry_print"),
    "ClearanceGiven": ("print", "person_print", "entry_print", "bits"),
    "ReferralMade": ("to",),
    "MessageQueued": ("step", "key", "number"),
    "MessageAcknowledged": ("step", "key", "number"),
    "AnswersConflict": ("one", "other"),
}
"""What kstep itself writes besides into facts of a kind."""


def check_known(before: History, kind: str, says: Mapping[str, str], evidence: Iterable[str]) -> None:
    """Raise `FileError` if a fact says something, or brings evidence, that neither its kind nor the protocol of the file knows."""
    protocol = before.protocol
    known = fields_of(protocol, kind, says.get("step", ""))
    if unknown := [name for name in says if name not in (*known, *_BESIDES.get(kind, ()))]:
        of = f"{kind} of {says['step']}" if "step" in known and says.get("step") in protocol.steps else kind
        raise FileError(f"{of} has no field {one_line(unknown[0], 40)!r}; it can say {', '.join(known)}")
    kinds = evidence_of(protocol)
    if strange := [one for one in evidence if one not in kinds]:
        mend = f"it knows {', '.join(kinds)}" if kinds else "it asks for none"
        what = f"{one_line(strange[0], 40)!r} is no evidence that the protocol {protocol.name} knows"
        raise FileError(f"{kind}: {what}; {mend}")


_BY_A_ROLE = ("ConfirmationReceived", "TransferAnswered", "DispositionGiven", "ClearanceGiven", "ReferralMade")
"""Facts on which much hangs, and which only somebody records who could be owed them, also when nothing is owed."""


def check_who(protocol: Protocol, fact: Fact) -> None:
    """Raise `FileError` if somebody recorded by hand what is for others to record, though nothing is owed that it would do; or left
    out what it has to say for anything to follow from it.
    """
    for name, values in KINDS[fact.kind].fields.items() if fact.kind in KINDS else ():
        if values and not fact.says.get(name) and name not in _LEFT_OUT:
            raise FileError(
                f"{fact.kind} does not say {name}, on which hangs what follows; say one of {', '.join(values)}"
            )
    steps = [step for step in protocol.steps.values() if any(done.fact == fact.kind for done in step.done)]
    who = dict.fromkeys(role for step in steps for role in step.who)
    if fact.kind in _BY_A_ROLE and who and not fact.roles.intersection(who):
        raise FileError(f"{fact.kind} is recorded by: {' or '.join(who)}")
    if fact.kind == "ConfirmationReceived" and fact.says["answer"] != "no-reply" and not fact.says.get("reference"):
        raise FileError(
            f"{fact.kind} says not by which reference the authority answered; say it with --says reference=…"
        )


def check_handling(before: History, kind: str, about: Mapping[str, str], says: Mapping[str, str]) -> None:
    """Raise `FileError` if a waiver, a pause or an override is of nothing."""
    if kind == "GateOverridden" and says.get("gate") not in before.protocol.gates:
        known = ", ".join(before.protocol.gates)
        raise FileError(f"{one_line(says.get('gate', ''), 40)!r} is no gate of {before.protocol.name}; it has {known}")
    if kind not in ("StepWaived", "ClockPaused", "ClockResumed"):
        return
    step = says.get("step", "")
    owed = [one for one in before.standing if one.id == step and agree(one.about, about)]
    if not owed:
        raise FileError(f"{one_line(step, 40)!r} is not owed in this file; kstep files show PERSON says what is")
    per = owed[0].step.per
    if per != FILE and per not in about:
        keys = ", ".join(one.key for one in owed)
        raise FileError(f"{kind} says not of which {per} the {step} is: say --about {per}=…, of {keys}")


def check_answer(before: History, fact: Fact) -> None:
    """Raise `FileError` if a fact that names a step does not do what is owed."""
    if fact.kind not in KINDS or not KINDS[fact.kind].answers:
        return
    step = fact.says.get("step", "")
    if step not in before.protocol.steps:
        raise FileError(
            f"{one_line(step, 40)!r} is no step of the protocol {before.protocol.name}; say which with step="
        )
    owed = [one for one in before.standing if answers(one, fact)]
    if not owed:
        raise FileError(
            f"{step} is not owed in this file{' for that' if fact.about else ''}; kstep files show PERSON says what is"
        )
    for one in owed:
        if why := unsaid(one.step, fact):
            raise FileError(f"{step}: {why}")


def check_happened(kind: str, happened: int | None, now: int) -> None:
    """Raise `FileError` if something is said to have happened (microseconds since 1970) later than now."""
    if happened is not None and happened > now + AHEAD:
        raise FileError(f"{kind}: it cannot have happened after now; say when it did, or leave --happened out")


def check_evidence(before: History, fact: Fact) -> None:
    """Raise `FileError` if evidence is put to nothing, or by somebody from whom it would not count."""
    of = fact.says.get("fact", "")
    claim = next((one for one in before.facts if one.id == of), None)
    if claim is None:
        mend = "kstep files show PERSON names each" if of else "say to which with --says fact=…"
        raise FileError(f"{fact.kind}: {one_line(of, 60)!r} is no fact of this file; {mend}")
    lack = [one for one in before.standing if claim in one.claims and before.missing(one, claim)]
    if lack and not any(may_file(one.step, fact, claim) for one in lack):
        who = " or ".join(dict.fromkeys(role for one in lack for role in one.step.who))
        raise FileError(
            f"{fact.kind}: it would not count; what {lack[0].id} lacks is put to {of} by whoever recorded that, or by: {who}"
        )


def check_redress(connection: Connection, person: int, redress: str) -> None:
    """Raise `FileError` unless a request for redress with this control number is in the file of a person."""
    asked = (fact for fact in facts_of(connection, person) if fact.kind == "RedressRequested")
    if not any(fact.about.get("redress") == redress for fact in asked):
        raise FileError(f"{subject_of(person)}: {one_line(redress, 40)!r} is no request for redress in this file")


def written(text: str, what: str) -> str:
    """A text that says something. Raises `FileError`."""
    found = text.strip()
    if not found or len(found) > LONGEST:
        raise FileError(f"{what} is missing, or longer than {LONGEST:,} characters; write why")
    return found


__all__ = [
    "BY_ITSELF", "LONGEST", "FileError", "check_answer", "check_evidence", "check_handling", "check_happened", "check_known",
    "check_redress", "check_who", "checked_about", "checked_by_hand", "checked_says", "entry_of", "written",
]  # fmt: skip
