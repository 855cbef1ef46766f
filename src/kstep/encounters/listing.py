"""What is registered of a list, held against what a reviewer says of one of its entries: a reviewer's word makes no authority where
there is none, and no stranger of the state that lists its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from kstep.editions.records import lists_among
from kstep.encounters.checking import FileError
from kstep.encounters.projection import pairing_of
from kstep.ledger.vault import Vault
from kstep.register.projection import subject_of
from kstep.register.states import own_states

OWN, OTHERS = "own-state", "others"
SOME, NONE = "some", "none"


def of_its_list(connection: Connection, vault: Vault, person: int, key: str, says: Mapping[str, str]) -> dict[str, str]:
    """What a review of a pairing says, with what is registered of the list: whether an authority says who is meant by its entries,
    and whether the person's own state issues it. Raises `FileError` if the reviewer says otherwise. A reviewer who knows more of
    the person than the register may say that it is their own state's.
    """
    found, named = dict(says), pairing_of(key)
    kept = lists_among(connection, [named[0]]) if named else {}
    if not named or named[0] not in kept:
        return found
    source = kept[named[0]].source
    authority = SOME if source.authority else NONE
    if found.setdefault("authority", authority) != authority:
        whose = (
            f"is registered with the authority {source.authority}" if source.authority else "is registered without one"
        )
        mend = "leave authority= out, or mend it with kstep lists register --change"
        raise FileError(f"{subject_of(person)}: the list {source.list} {whose}: {mend}")
    if source.country:
        own = source.country in own_states(connection, vault, [person])[person]
        if found.setdefault("rests_on", OWN if own else OTHERS) == OTHERS and own:
            raise FileError(
                f"{subject_of(person)}: the list {source.list} is issued by {source.country}, a state of this person: "
                "say rests_on=own-state, so that counsel is asked"
            )
    return found


__all__ = ["of_its_list"]
