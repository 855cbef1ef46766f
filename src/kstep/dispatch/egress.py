"""The one check that everything passes which leaves: messages, exports, counts, log lines. Nothing about a protected
person goes home, and no match goes back to the state that listed one of its own.

Whoever is refused for that sees what they would see if there were no record; why it was refused is known here alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Connection

from kstep.dispatch.protection import homes
from kstep.dispatch.recipients import CONFIRMING_AUTHORITY, Recipient
from kstep.editions.records import lists_among
from kstep.ledger.vault import Vault
from kstep.model.markings import INTERNAL, Marking
from kstep.register.states import own_states

Row = TypeVar("Row")


class Rule(StrEnum):
    """Why something does not leave."""

    HOME = "nothing goes home"
    RETIRED = "the recipient is retired"
    UNVERIFIED = "the recipient's address was never verified"
    MARKING = "it is marked higher than the recipient may see"
    PURPOSE = "the recipient is not told anything for this purpose"
    UNDECIDED = "nobody has decided on the match, and this is no referral to a confirming authority"


@dataclass(frozen=True)
class Leaving:
    """Something that is to leave: its marking, what for, whom it tells of; whether it tells of a match that was not
    decided, and is a referral; of which lists are the matches that it tells of.
    """

    purpose: str
    people: frozenset[int] = frozenset()
    marking: Marking = INTERNAL
    undecided: bool = False
    referral: bool = False
    lists: frozenset[str] = frozenset()


def refusal(leaving: Leaving, recipient: Recipient, protected: Mapping[int, frozenset[str]]) -> Rule | None:
    """Why something does not leave to a recipient, or None if it does; `protected` tells who is, and from which states.
    That nothing goes home is asked first, so that no other reason can show that it was not.
    """
    if any(protected.get(person, frozenset()) & set(recipient.states) for person in leaving.people):
        return Rule.HOME
    if recipient.retired is not None:
        return Rule.RETIRED
    if recipient.verified is None:
        return Rule.UNVERIFIED
    if not _within(leaving.marking, Marking.parse(recipient.highest)):
        return Rule.MARKING
    if leaving.purpose not in recipient.permitted or leaving.purpose in recipient.prohibited:
        return Rule.PURPOSE
    referred = leaving.referral and CONFIRMING_AUTHORITY in recipient.roles
    if (leaving.undecided or leaving.referral) and not referred:
        return Rule.UNDECIDED
    return None


def _within(marking: Marking, highest: Marking) -> bool:
    open_to = marking.audience is None or bool(marking.audience & (highest.audience or frozenset()))
    return marking.level <= highest.level and marking.categories <= highest.categories and open_to


def refusals(
    connection: Connection, vault: Vault, leaving: Sequence[Leaving], recipient: Recipient
) -> list[Rule | None]:
    """Why each of these does not leave to a recipient, as it stands now."""
    protected = homes(connection, vault, {person for one in leaving for person in one.people})
    issued = _issued(connection, {name for one in leaving for name in one.lists})
    listed = {person for one in leaving if one.lists & issued.keys() for person in one.people}
    own = own_states(connection, vault, listed) if listed else {}
    found = []
    for one in leaving:
        issuers = {issued[name] for name in one.lists if name in issued}
        listed_by_own = {person: own[person] for person in one.people if issuers and own[person] & issuers}
        states = {
            person: listed_by_own.get(person, frozenset()) | protected.get(person, frozenset()) for person in one.people
        }
        found.append(refusal(one, recipient, states))
    return found


def _issued(connection: Connection, names: set[str]) -> dict[str, str]:
    """Which state issues each of these lists; those of which it is not known are left out."""
    kept = lists_among(connection, names)
    return {name: one.source.country for name, one in kept.items() if one.source.country}


def kept_from_home(
    connection: Connection, vault: Vault, rows: Iterable[Row], recipient: Recipient, told: Callable[[Row], Leaving]
) -> list[Row]:
    """Those of some rows of an export, or lines of a log, that may leave to a recipient: the others are not there, and
    not counted.
    """
    return divided(connection, vault, rows, recipient, told)[0]


def divided(
    connection: Connection, vault: Vault, rows: Iterable[Row], recipient: Recipient, told: Callable[[Row], Leaving]
) -> tuple[list[Row], list[tuple[Leaving, Rule]]]:
    """Those rows that may leave to a recipient, and what the others were, with the rule that keeps each: that is for here alone."""
    held = list(rows)
    leaving = [told(row) for row in held]
    found = refusals(connection, vault, leaving, recipient)
    left = [row for row, refused in zip(held, found, strict=True) if refused is None]
    return left, [(one, refused) for one, refused in zip(leaving, found, strict=True) if refused is not None]


def may_have_a_bundle(recipient: Recipient, own: str) -> bool:
    """Whether a bundle of the log may go to a recipient: it shows of which people there are events, so it leaves for
    nobody of a state that is not the node's own, whoever is protected.
    """
    return bool(own) and set(recipient.states) == {own}


__all__ = ["Leaving", "Rule", "divided", "kept_from_home", "may_have_a_bundle", "refusal", "refusals"]
