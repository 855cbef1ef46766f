"""Who acts, on which home, and what for: the options that every command on a home has, and what they lead to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.model import InputError

if TYPE_CHECKING:
    from kstep.access.account import Actor
    from kstep.access.service import Access
    from kstep.app.home import Home
    from kstep.ledger.service import By, Ledger

HomeFolder = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", envvar="KSTEP_HOME", help="The node's home.", show_default=False),
]
"""The option `--home`."""

ActingKey = Annotated[
    Path | None,
    typer.Option("--as", metavar="KEYFILE", envvar="KSTEP_KEY", help="Your personal key.", show_default=False),
]
"""The option `--as`."""

Purpose = Annotated[
    str, typer.Option("--purpose", metavar="WORD", envvar="KSTEP_PURPOSE", help="What for; it stands in the log.")
]
"""The option `--purpose`; a command's default is what it usually serves."""


@dataclass(frozen=True)
class Acting:
    """Somebody who proved who it is, on a home, for a purpose that is declared."""

    home: Home
    ledger: Ledger
    access: Access
    actor: Actor
    purpose: str

    @property
    def by(self) -> By:
        """Who records something, and what for."""
        return self.actor.by(self.purpose)


@contextmanager
def acting(
    home: Path | None, key: Path | None, purpose: str, action: str = "", *, node: bool = False
) -> Iterator[Acting]:
    """The home, open, and who acts. With an action, only if that account may do it with some item at all; which ones, the room
    still asks. With `node`, only if it may do it with what belongs to no office, as lists and the log do. Raises `InputError`,
    `AccessError` and `StoreError`.
    """
    from kstep.access.purposes import checked_purpose
    from kstep.access.service import Access
    from kstep.app.home import Home

    checked_purpose(purpose)
    if home is None:
        mend = "say --home DIR or set KSTEP_HOME; kstep init makes one"
        raise InputError("no home was named", where="--home", mend=mend)
    if key is None:
        raise InputError(
            "who acts was not said",
            where="--as",
            mend="say --as KEYFILE or set KSTEP_KEY; kstep account make-key FILE makes a key, and an administrator opens an "
            "account for it",
        )
    opened = Home.open(home)
    try:
        ledger = opened.ledger()
        access = Access(ledger)
        actor = access.authenticate(key, os.environ.get("KSTEP_KEY_PASSWORD", ""))
        if action:
            access.require_somewhere(actor, action, purpose)
        if node:
            access.require(actor, action, None, purpose)
        yield Acting(opened, ledger, access, actor, purpose)
    finally:
        opened.database.close()


__all__ = ["Acting", "ActingKey", "HomeFolder", "Purpose", "acting"]
