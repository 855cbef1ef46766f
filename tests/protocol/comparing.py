"""What the engine and the model say about a file, side by side."""

from __future__ import annotations

from kstep.protocol.decide import Decision
from protocol.model_values import Seen

OF_GATES = {"gate not open", "override not permitted"}
"""The breaches of which the document does not say for what they are."""


def differences(seen: Seen, found: Decision) -> list[str]:
    """In what the engine's view of a file differs from the model's at the same moment; nothing if they agree.

    The model does not know when something will be due that is not yet: then the engine must not say that it was.
    """
    said: list[str] = []
    owed = {(one.step, one.key, one.number): one for one in found.obligations}
    if owed.keys() != seen.obligations.keys() or len(owed) != len(found.obligations):
        said.append(f"owed: engine {sorted(owed)}, model {sorted(seen.obligations)}")
    for name in owed.keys() & seen.obligations.keys():
        one, (state, due, settled) = owed[name], seen.obligations[name]
        if (one.state, one.settled) != (state, settled):
            said.append(f"{name}: engine {one.state} {one.settled}, model {state} {settled}")
        until = seen.now if settled is None else settled
        if one.due != due and (due is not None or (one.due is not None and one.due <= until)):
            said.append(f"{name}: due by the engine {one.due}, by the model {due or f'not until {until}'}")
    breaches = [
        (str(one.kind), one.at, one.where, "" if one.kind in OF_GATES else one.key, one.fact) for one in found.breaches
    ]
    wrongs = [(one.kind, one.at, one.where, one.key, one.fact) for one in seen.wrongs]
    if sorted(breaches) != sorted(wrongs):
        said.append(f"breaches: engine {sorted(breaches)}, model {sorted(wrongs)}")
    gates = sorted((one.gate, str(one.way), one.since or 0, one.until or 0) for one in found.gates)
    asked = sorted((one.gate, one.way, one.since or 0, one.until or 0) for one in seen.asked)
    if gates != asked:
        said.append(f"gates: engine {gates}, model {asked}")
    if found.state != seen.state:
        said.append(f"file: engine {found.state}, model {seen.state}")
    return said


__all__ = ["differences"]
