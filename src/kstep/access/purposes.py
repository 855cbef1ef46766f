"""What something may be done for. Who acts says one of these, and it stands in the log with what was done."""

from __future__ import annotations

from collections.abc import Mapping

from kstep.model import InputError, one_line

AUTHENTICATION = "authentication"

PURPOSES: Mapping[str, str] = {
    "administration": "looking after accounts, offices, keys and the machine",
    AUTHENTICATION: "proving who acts",
    "lists": "keeping lists up to date",
    "oversight": "inspecting and auditing what was done",
    "records": "keeping the register true and complete",
    "reporting": "telling those who have to be told, and answering them",
    "redress": "answering a person who contests what is kept",
    "retention": "erasing what need not be kept",
    "review": "judging a possible match",
    "screening": "comparing people with lists",
    "supervision": "directing and checking the work of others",
    "training": "teaching and learning how the work is done",
}
"""The purposes, and what each means."""


def checked_purpose(purpose: str) -> str:
    """This purpose. Raises `InputError` if it is not declared."""
    if purpose not in PURPOSES:
        mend = f"say one of {', '.join(PURPOSES)}"
        raise InputError(f"{one_line(purpose, 40)!r} is no declared purpose", where="--purpose", mend=mend)
    return purpose


__all__ = ["AUTHENTICATION", "PURPOSES", "checked_purpose"]
