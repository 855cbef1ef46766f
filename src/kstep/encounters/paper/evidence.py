"""The evidence that stands on the paper of a file: each piece, and what speaks for and against each possible match."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kstep.encounters.paper import sheet
from kstep.encounters.paper.words import UNSEEN, Words, answer, moment
from kstep.model import ValueRefused
from kstep.model.events import FileFact, Recorded
from kstep.model.markings import Marking
from kstep.protocol.wording import capital

_STATES = {
    "PossibleMatchFound": "it stands", "PossibleMatchSuppressed": "it is not shown, because it was cleared",
    "PossibleMatchWithdrawn": "its entry was withdrawn or corrected",
    "ClearanceGiven": "it was cleared", "ClearanceEnded": "it was cleared once, and is so no more",
}  # fmt: skip
_SPEAKS = {"refer": "for", "not-the-same": "against", "positive": "for", "negative": "against"}


def pieces_of(fact: FileFact, sees: Callable[[Marking], bool], faults: Mapping[str, str]) -> tuple[sheet.Piece, ...]:
    """The evidence that came with a fact, with what is wrong with it, by hashes."""
    return tuple(_piece(piece, sees, faults.get(piece.get("hash", ""), "")) for piece in fact.evidence)


def _piece(piece: Mapping[str, str], sees: Callable[[Marking], bool], fault: str) -> sheet.Piece:
    marking = piece.get("marking", "")
    try:
        withheld = not sees(Marking.parse(marking))
    except ValueRefused:  # what nobody can read as a marking, nobody may see
        withheld = True
    shown = {} if withheld else piece
    return sheet.Piece(
        kind=piece.get("kind", ""), hash=piece.get("hash", ""), pointer=shown.get("pointer", ""), type=shown.get("type", ""),
        source=shown.get("source", ""), marking=marking, withheld=withheld, fault=fault,
    )  # fmt: skip


def pairings_of(
    events: Sequence[Recorded],
    words: Words,
    who: Callable[[str, str], sheet.Who],
    number: Callable[[Recorded], str],
    comparisons: Mapping[str, sheet.Comparison],
) -> tuple[sheet.Pairing, ...]:
    """Each possible match of a file, with what reviewers and the authority answered, and what the engine finds now."""
    states: dict[str, str] = {}
    reviews: dict[str, list[sheet.Review]] = {}
    for event in events:
        fact = event.fact
        if not isinstance(fact, FileFact) or "pairing" not in fact.about:
            continue
        key = fact.about["pairing"]
        states[key] = _STATES.get(event.type, states.get(key, "it stands"))
        if event.type in ("ReviewGiven", "ConfirmationReceived"):
            reviews.setdefault(key, []).append(_answered(event, fact, words, who, number))
    return tuple(
        sheet.Pairing(key, state, tuple(reviews.get(key, ())), comparisons.get(key)) for key, state in states.items()
    )


def _answered(
    event: Recorded,
    fact: FileFact,
    words: Words,
    who: Callable[[str, str], sheet.Who],
    number: Callable[[Recorded], str],
) -> sheet.Review:
    """What a reviewer answered, or the confirming authority."""
    is_unseen = words.is_unseen(event)
    if event.type == "ConfirmationReceived":
        given, step = fact.says.get("answer", ""), "Recorded as the authority's answer"
        outcome, told = answer(given, fact.says.get("form", "")), ("step", "answer", "form")
    else:
        given, step = fact.says.get("outcome", ""), words.step(fact.says.get("step", ""))
        outcome, told = capital(UNSEEN) if is_unseen else words.outcome(given), ("step", "outcome", "answer")
    return sheet.Review(
        speaks="" if is_unseen else _SPEAKS.get(given, "neither"),
        outcome=outcome,
        step=step,
        at=moment(event.recorded),
        by=who(event.actor, event.log),
        says=tuple(said for said in words.says(event) if said.label not in told),
        number=number(event),
    )


__all__ = ["pairings_of", "pieces_of"]
