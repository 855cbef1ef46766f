"""Small protocols as texts, for tests that change one thing in them."""

from __future__ import annotations

from kstep.protocol.protocol import Protocol
from kstep.protocol.reading import protocol_of
from kstep.protocol.text import Text

SMALL = """\
protocol: small
title: A small protocol
purpose: To try one thing
authority: [nobody's]
file: one file for each person
calendars:
  office: {time_zone: Europe/Oslo, hours: {monday: 09:00-16:00, tuesday: [09:00-12:00, 13:00-16:00]}, closed: [2027-03-02]}
roles: {clerk: the clerk, chief: the chief}
custody: {order: {title: an order, lasts: 48 hours}}
steps:
  look:
    title: Look
    per: pairing
    who: [clerk]
    starts: [{fact: PossibleMatchFound}]
    done: [{fact: ReviewGiven}]
    outcomes: [refer, not-the-same]
    states: [reason]
    due: {within: 4 hours}
    late: [{at: 1 hour before, remind: [clerk]}, {at: when due, escalate: [chief]}]
  tell:
    title: Tell
    per: pairing
    who: [chief]
    starts: [{step: look, outcome: [refer]}]
    done: [{fact: StepCompleted}]
    due: {within: 2 hours, on: office}
    late: [{at: when due, escalate: [chief]}]
  leave:
    title: Let go
    per: custody
    who: [clerk]
    starts: [{fact: CustodyBegan}]
    done: [{fact: PersonReleased}]
    due: {at: expires}
    late: [{at: when due, escalate: [chief]}]
  claim:
    title: Hear a claim of citizenship
    per: claim
    who: [chief, clerk]
    starts: [{fact: CitizenshipClaimed}]
    done:
      - {fact: StepCompleted}
    due: {within: 3 hours}
    late: [{at: when due, escalate: [chief, clerk]}]
  settle:
    title: Settle what two offices answered
    per: conflict
    who: [clerk, chief]
    starts: [{fact: AnswersConflict}]
    done: [ {fact: StepCompleted} ]
    due: {within: 1 day}
    late: [{at: 1 hour after, escalate: [chief]}]
gates:
  release:
    title: Release
    act: {fact: PersonReleased, ground: [discretion]}
    asked_by: {fact: ReleaseProposed}
    waits_for: [look]
    at_most: 24 hours
    then: chief
  custody: {title: Hold, act: {fact: CustodyBegan}, needs: [{fact: CustodyAuthorityIssued}]}
  transfer: {title: Hand over, act: {fact: TransferRequested}, barred_by: [claim]}
  removal: {title: Remove, act: {fact: RemovalProposed}, barred_by: [claim]}
closing: {who: [chief]}
"""


def small(*changes: tuple[str, str]) -> Protocol:
    """The small protocol, after some of its text was replaced."""
    return protocol_of(Text("small.yaml", changed(*changes)))


def changed(*changes: tuple[str, str]) -> str:
    """Its text, changed."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
