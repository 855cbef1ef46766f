"""`kstep init` and `kstep upgrade`: a node's home."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kstep.cli.acting import HomeFolder
from kstep.cli.console import DONE


def init(
    home: Annotated[Path, typer.Argument(metavar="DIR", help="The new home.", show_default=False)],
    origin: Annotated[
        str, typer.Option(metavar="NAME", help="The name of its log, as screening.example/hq.", show_default=False)
    ],
    administrator: Annotated[str, typer.Option(metavar="NAME", help="Who lets others in.", show_default=False)],
    key_out: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Where the administrator's personal key is written.", show_default=False),
    ],
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="postgresql://…; by default a file in the home.", show_default=False),
    ] = None,
) -> int:
    """Make a home: its keys, its database, its log, and the first account."""
    from kstep.app.beginning import begin_node

    made = begin_node(
        home, origin, administrator, key_out, url=database, password=os.environ.get("KSTEP_NEW_KEY_PASSWORD", "")
    )
    print(f"home      {made.path}")
    print(f"log       {made.origin}")
    print(f"log key   {made.signing_key.key}")
    print(f"account   1, {administrator}, administrator; personal key in {key_out}")
    print("Tell the log key to whoever will verify: it is what they check against.")
    made.database.close()
    return DONE


def upgrade(home: HomeFolder = None) -> int:
    """Bring a home that an earlier kstep made to this one; back it up first. Whoever may write its files may do it."""
    from kstep.app.beginning import upgrade_node
    from kstep.model import InputError

    if home is None:
        raise InputError("no home was named", where="--home", mend="say --home DIR or set KSTEP_HOME")
    done = upgrade_node(home)
    if done is None:
        print("this home is of this kstep already")
    else:
        before, events = done
        print(f"upgraded from schema {before}; everything was computed again from {events:,} events")
    return DONE
