"""A small protocol that uses what the shipped one does not: clocks that count from another fact, several conditions, chains of
`then` that close to a circle, steps begun by steps whose evidence comes later, and hours over the nights in which clocks change.
"""

TINY = """
protocol: tiny
title: A small protocol
purpose: To be compared with a model.
authority: [none]
file: a file
calendars:
  berlin:
    time_zone: Europe/Berlin
    hours: {monday: ["08:00-12:00", "13:00-17:30"], wednesday: 08:00-17:00, friday: 08:00-24:00, saturday: 00:00-06:00,
      sunday: 01:00-05:00}
    holidays: [DE-BY]
    closed: [2026-03-11]
  nights:
    time_zone: America/New_York
    hours: {monday: 00:00-24:00, tuesday: 22:00-24:00, wednesday: 00:00-02:00, thursday: 09:00-10:00, saturday: 20:00-24:00,
      sunday: 00:00-02:30}
roles: {clerk: a clerk, judge: a judge, chief: the chief}
custody: {said: {title: a hold, lasts: 20 hours}}
steps:
  base:
    title: Begin
    who: [clerk]
    training: [basics]
    starts: [{fact: EncounterOpened}]
    done: [{fact: CheckEnded, result: [returned-nothing, returned-hits]}]
    evidence: [paper, stamp]
    due: {within: 3 hours, on: nights}
    waiver: {who: [judge], grounds: [no need], second: chief}
  call:
    title: Call
    per: request
    who: [clerk]
    starts: [{fact: RequestArrived}]
    times: 1
    then: write
    done: [{fact: MessageAcknowledged, message: [reply]}, {fact: TransferAnswered, answer: [accepted, no-reply]}]
    due: {within: 2 days, on: berlin}
    waiver: {who: [clerk, judge], grounds: [no need], second: chief}
    void: [{fact: TransferAnswered, answer: [declined]}]
  write:
    title: Write
    per: request
    who: [clerk]
    starts: [{step: answer, outcome: [again]}]
    times: 1
    then: visit
    done: [{fact: MessageQueued, message: [reply]}, {fact: TransferAnswered, answer: [accepted]}]
    due: {within: 1 day, on: nights}
  visit:
    title: Visit
    per: request
    who: [judge]
    times: 1
    then: call
    done: [{fact: StepCompleted}, {fact: TransferAnswered, answer: [accepted, no-reply]}]
    needs: [write]
    due: {within: 90 minutes, once: ready}
  answer:
    title: Answer
    per: request
    who: [judge]
    needs: [base]
    after: [call]
    not_by: [call]
    starts: [{fact: RequestArrived}]
    done: [{fact: StepCompleted}]
    outcomes: [again, enough]
    due: {within: 3 hours, on: berlin, of: {fact: TransferRequested}}
  first:
    title: Look
    per: pairing
    who: [clerk]
    starts: [{fact: PossibleMatchFound}]
    done: [{fact: ReviewGiven}]
    outcomes: [refer, not-the-same]
    due: {within: 3 days, on: nights}
    void: [{fact: PossibleMatchWithdrawn}]
  second:
    title: Look again
    per: pairing
    who: [clerk, judge]
    not_by: [first]
    blind_to: [first]
    starts: [{step: first}]
    done: [{fact: ReviewGiven}]
    outcomes: [refer, not-the-same]
    states: [reason]
    due: {within: 1 day, on: berlin, of: {fact: PossibleMatchFound}}
  third:
    title: Decide
    per: pairing
    who: [judge]
    not_by: [everybody]
    starts: [{step: second, disagrees_with: first}]
    done: [{fact: ReviewGiven}]
    outcomes: [refer, not-the-same]
    due: {within: 5 hours, on: berlin}
  inquiry:
    title: Inquire
    per: pairing
    who: [clerk]
    needs: [base]
    starts: [{step: second, agrees_with: first}, {fact: PossibleMatchFound}]
    given:
      - {fact: EncounterOpened, nature: [contact], until: [{fact: AgeQuestioned, age: [minor]}, {step: third}]}
      - {fact: CustodyAuthorityIssued, while_before: expires, until: [{fact: CustodyAuthorityEnded}]}
    done: [{fact: StepCompleted}]
    states: [found]
    due: {within: 2 hours, of: {fact: StatementTaken}}
  clearing:
    title: Clear
    per: pairing
    who: [judge]
    starts: [{step: second, agrees_with: first}, {step: third, outcome: [not-the-same]}]
    unless: [{fact: CustodyBegan, until: [{fact: PersonReleased}]}]
    done: [{fact: ClearanceGiven}]
    evidence: [paper]
    due: {within: 20 minutes, on: nights}
  expiry:
    title: Look when it expires
    per: pairing
    who: [clerk]
    starts: [{step: clearing}]
    done: [{fact: ClearanceEnded}]
    due: {at: expires}
    waiver: {who: [judge], grounds: [no need], second: judge}
  told:
    title: Tell
    per: referral
    who: [clerk]
    starts: [{fact: ReferralMade}]
    done: [{fact: MessageAcknowledged, message: [notification]}]
    due: {within: 1 hour}
  ready:
    title: Sign that it was told, by the same message
    per: referral
    who: [clerk]
    after: [told]
    starts: [{fact: ReferralMade}]
    done: [{fact: MessageAcknowledged, message: [notification, reply]}]
    evidence: [stamp]
  summary:
    title: Sum up, once for the file, what was told of one referral or of none
    who: [chief]
    needs: [told]
    after: [first]
    starts: [{fact: MessageQueued}]
    done: [{fact: DispositionGiven}]
    due: {within: 4 hours, on: berlin, once: ready}
  this:
    title: One of two
    per: redress
    who: [clerk]
    starts: [{fact: PersonRelisted}]
    times: 1
    then: that
    done: [{fact: EveryCopyCorrected}]
  that:
    title: The other
    per: redress
    who: [clerk]
    times: 1
    then: this
    done: [{fact: EveryCopyCorrected}, {fact: RedressRequested}]
  appeal:
    title: Decide whether it was wrong
    per: redress
    who: [judge, clerk]
    not_by: [everybody]
    not_of: [chief]
    starts: [{fact: RedressRequested}, {fact: PersonRelisted}]
    done: [{fact: StepCompleted}]
  leaving:
    title: Let go when custody has to end
    per: custody
    who: [clerk]
    starts: [{fact: CustodyBegan}, {fact: CustodyAuthorityRenewed}]
    done: [{fact: PersonReleased}, {fact: CustodyAuthorityRenewed}]
    due: {at: expires}
gates:
  release:
    title: Release
    act: {fact: PersonReleased, ground: [discretion]}
    asked_by: {fact: ReleaseProposed}
    waits_for: [base, told, first]
    at_most: 3 hours
    then: chief
    override: {who: [chief, judge], second: judge, grounds: [no need]}
  custody:
    title: Custody
    act: {fact: CustodyBegan}
    who: [clerk, chief]
    barred_by: [third]
    barred_if:
      - {step: first, outcome: [not-the-same], until: [{step: second, outcome: [refer]}, {fact: PossibleMatchWithdrawn}]}
      - {fact: ClearanceGiven, while_before: expires}
    needs:
      - {fact: CustodyAuthorityIssued, while_before: expires, until: [{fact: CustodyAuthorityEnded}]}
      - {step: third, outcome: [refer]}
  clearance:
    title: Clearing
    act: {fact: ClearanceGiven}
    barred_if: [{step: second, disagrees_with: first, until: [{step: third}]}]
    needs: [{step: second, outcome: [not-the-same], agrees_with: first}, {step: third, disagrees_with: second}]
    override: {who: [judge], second: chief, grounds: [no need]}
  answering:
    title: Answering that it was accepted
    act: {fact: TransferAnswered, answer: [accepted]}
    who: [clerk, judge]
pauses:
  who: [judge]
  grounds: [no need]
  at_most: 12 hours
  in_all: 12 hours
  steps: [base, call, write, answer, first, second, expiry, clearing]
closing:
  who: [chief]
"""
"""Dates in it are in the weeks in which the drawn histories are."""

__all__ = ["TINY"]
