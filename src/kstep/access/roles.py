"""Which role may do what: the one table from which every answer follows. What is not in it is denied."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto


class Reach(Enum):
    """Of which items an action may be done by who has a role at an office."""

    OFFICE = auto()
    """Of those of that office. What belongs to no office is for who has the role everywhere."""

    ALL = auto()
    """Of all, whatever their office."""


ADMINISTRATOR = "administrator"

ACTIONS: Mapping[str, str] = {
    "accounts.manage": "open and close accounts and offices; say what accounts may do; record training",
    "accounts.read": "see accounts and what they may do",
    "backup": "take a copy of the node away, and restore it",
    "coverage.read": "see who was screened against what, and who is owed it",
    "files.act": "record what happens in files, as protocols say",
    "files.adopt": "decide by which protocol files are kept, and move one to another",
    "files.read": "look into the files of people",
    "keys.manage": "add and retire the keys of the log",
    "ledger.checkpoint": "sign how long the log is, and send it away; check the database; see the keys of the log",
    "ledger.export": "give an inspector the log and what it says",
    "ledger.rebuild": "compute all tables again from the log",
    "lists.publish": "take lists in, and put editions of them into force; say who runs which, and what is wrong in one",
    "lists.read": "look into editions of lists",
    "lists.release": "put an edition into force that was held back, or have it never come in force",
    "matches.close": "say what came of a possible match whose entry was withdrawn",
    "messages.deliver": "send what is due, take receipts, and hold both sides against each other",
    "messages.read": "see messages and what became of them, and what others ask",
    "messages.send": "tell somebody something, and take it back; answer what others ask",
    "people.erase": "destroy what is known of a person",
    "people.import": "take people and changes to them into the register",
    "people.leave": "record that a person left the roster, and why",
    "people.merge": "record that two records are of one person",
    "people.read": "look at people in the register",
    "protection.manage": "say from which states somebody is protected, and that this has ended",
    "recipients.manage": "register, verify and retire those whom messages go to",
    "reconcile": "hold the register against another source",
    "retention.apply": "erase what need not be kept any longer",
    "screening.adopt": "decide by which engine and threshold people are screened",
    "screening.run": "screen people against lists",
}
"""What can be done, and what that means."""

IN_PROTOCOL = "protocol:"
"""What the name of a role begins with that a protocol declares: whoever has it works on files, as the protocol says."""

_READING = {"coverage.read": Reach.OFFICE, "lists.read": Reach.ALL, "people.read": Reach.OFFICE}


def _here(*actions: str) -> dict[str, Reach]:
    return dict.fromkeys(actions, Reach.OFFICE)


ROLES: Mapping[str, Mapping[str, Reach]] = {
    ADMINISTRATOR: _here("accounts.manage", "accounts.read", "backup", "ledger.checkpoint", "ledger.rebuild"),
    "records-officer": {
        **_READING,
        **_here(
            "people.import",
            "people.leave",
            "people.merge",
            "people.erase",
            "protection.manage",
            "reconcile",
            "retention.apply",
        ),
    },
    "list-officer": {**_here("coverage.read", "lists.publish", "lists.release"), "lists.read": Reach.ALL},
    "screening-operator": {**_READING, **_here("messages.deliver", "screening.run")},
    "dispatcher": {**_READING, **_here("messages.deliver", "messages.read", "messages.send")},
    "reviewer": {**_READING, **_here("matches.close", "messages.read", "messages.send")},
    "supervisor": {
        **_READING,
        **_here(
            "matches.close",
            "people.leave",
            "people.merge",
            "people.erase",
            "lists.release",
            "messages.read",
            "messages.send",
            "protection.manage",
            "recipients.manage",
            "reconcile",
            "retention.apply",
            "screening.adopt",
            "files.adopt",
            "files.read",
        ),
    },
    "key-custodian": _here("backup", "keys.manage", "ledger.checkpoint"),
    "inspector": {**_READING, **_here("accounts.read", "ledger.export", "files.read", "messages.read")},
}
"""The actions of each role, and their reach."""


WORKING: Mapping[str, Reach] = _here("files.act", "files.read", "messages.send", "people.read")
"""What every role of a protocol may do, and its reach: which steps are theirs to do, the protocol says."""


def actions_of(role: str) -> Mapping[str, Reach]:
    """What a role may do, and its reach; nothing, if there is no such role."""
    return WORKING if role.startswith(IN_PROTOCOL) else ROLES.get(role, {})


def roles_for(action: str) -> list[str]:
    """The roles that may do this; those of protocols are one."""
    found = [role for role, actions in ROLES.items() if action in actions]
    return [*found, f"{IN_PROTOCOL}ROLE"] if action in WORKING else found


__all__ = ["ACTIONS", "ADMINISTRATOR", "IN_PROTOCOL", "ROLES", "WORKING", "Reach", "actions_of", "roles_for"]
