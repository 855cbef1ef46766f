"""What the model of a protocol finds among what happened: whatever a pattern asks for, and whether a condition holds."""

from __future__ import annotations

from protocol.minutes_model import Text, span
from protocol.model_values import About, Match, Recorded, alike, moment


class Patterns:
    """What happened in a file so far, in order, and what of it a protocol's patterns ask for."""

    protocol: Text

    def __init__(self) -> None:
        self.now = 0
        self.facts: list[Recorded] = []
        self.matches: list[Match] = []

    def _match(self, fact: Recorded) -> Match:
        return Match(fact.kind, fact.about, fact, fact.recorded, False, len(self.matches))

    def _is(self, pattern: Text, match: Match) -> bool:
        if pattern.get("step" if match.is_step else "fact") != match.name:
            return False
        for name, values in pattern.items():
            if name in ("fact", "step", "until", "while_before"):
                continue
            if name in ("disagrees_with", "agrees_with"):
                others = [
                    other
                    for other in self.matches[: match.place]
                    if other.is_step and other.name == values and alike(other.about, match.about)
                ]
                if not others:
                    return False
                equal = others[-1].fact.says.get("outcome", "") == match.fact.says.get("outcome", "")
                if equal != (name == "agrees_with"):
                    return False
            elif match.fact.says.get(name) not in values:
                return False
        return True

    def _matching(self, pattern: Text, about: About) -> list[Match]:
        return [match for match in self.matches if alike(match.about, about) and self._is(pattern, match)]

    def _holds(self, condition: Text, about: About) -> bool:
        for match in self._matching(condition, about):
            ended = any(
                end.order >= match.order and alike({**end.about, "referral": ""}, {**match.about, "referral": ""})
                for pattern in condition.get("until", [])
                for end in self._matching(pattern, about)
            )
            over = "while_before" in condition and self._moment(match.fact, condition["while_before"]) <= self.now
            if not ended and not over:
                return True
        return False

    def _moment(self, fact: Recorded, name: str) -> int:
        """The moment that a field says; of custody and its authority, not after that authority can last: what rests on none that
        is known is over when it is recorded.
        """
        said = moment(fact, name)
        if name != "expires" or not fact.kind.startswith("Custody") or fact.kind == "CustodyAuthorityEnded":
            return said
        lasts = {kind: span(one["lasts"]) for kind, one in self.protocol.get("custody", {}).items()}
        authority = fact.says.get("authority", "")
        capped = min(said, fact.recorded + lasts[authority]) if authority in lasts else said
        if fact.kind != "CustodyBegan":
            return min(said, fact.recorded) if lasts and authority not in lasts else capped
        before = [one for one in self.facts[: self.facts.index(fact)] if alike(one.about, fact.about)]
        ended = [place for place, one in enumerate(before) if one.kind == "CustodyAuthorityEnded"]
        since = before[ended[-1] + 1 :] if ended else before
        known = (one for one in since if one.kind in ("CustodyAuthorityIssued", "CustodyAuthorityRenewed"))
        holding = [end for end in (self._moment(one, name) for one in known) if end > fact.recorded]
        return min(capped, max(holding, default=fact.recorded))
