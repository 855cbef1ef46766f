"""The second person whom some things take: somebody else, who proves it with a key and may do the same."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.acting import Acting
from kstep.model import InputError

if TYPE_CHECKING:
    from kstep.access.policy import Item

SecondKey = Annotated[
    Path | None,
    typer.Option("--second", metavar="KEYFILE", help="The key of a second person, who agrees.", show_default=False),
]
"""The option `--second`; its password, if it has one, is in `KSTEP_SECOND_PASSWORD`."""


def agreeing(now: Acting, key: Path | None, action: str, items: Iterable[Item]) -> str:
    """Who the second person is, as logs call them. Raises `InputError` if none was named, and `AccessError` if it is the first, or
    may not do this with one of the items.
    """
    from kstep.access.account import AccessError, second_person

    if key is None:
        raise InputError(
            "this takes two people", where="--second", mend="say --second KEYFILE, the key of somebody else"
        )
    second = now.access.authenticate(key, os.environ.get("KSTEP_SECOND_PASSWORD", ""))
    for item in items:
        decision = second_person(now.actor, second, action, item)
        if not decision.allowed:
            raise AccessError(f"{action} was denied to the second person: {decision.reason}")
    return second.subject


__all__ = ["SecondKey", "agreeing"]
