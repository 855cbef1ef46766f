"""`kstep files take`: what another office recorded in files, taken in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kstep.cli.acting import ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, print_json, say
from kstep.cli.files_told import files_of
from kstep.cli.ledger_verify import CheckpointsLeft, checkpoint_of, key_of
from kstep.cli.register_items import AsJson
from kstep.model import InputError


def take_(
    bundle: Annotated[
        Path, typer.Argument(metavar="BUNDLE", help="What kstep ledger export wrote there.", show_default=False)
    ],
    key: Annotated[
        list[str], typer.Option("--key", help="A key of its log that was told from outside.", show_default=False)
    ],
    checkpoint: CheckpointsLeft = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "supervision",
) -> int:
    """Take in what another office recorded in the files of people whom both know. Taken again, nothing is taken twice."""
    from dataclasses import asdict

    from kstep.encounters.exchange import Exchange
    from kstep.register.projection import subject_of

    _check_bundle(bundle)
    keys, outside = [key_of(text) for text in key], [checkpoint_of(path) for path in checkpoint or ()]
    with acting(home, as_, purpose, "files.adopt", node=True) as now:
        taken = Exchange(files_of(now)).take(now.by, bundle, keys, outside)
    if as_json:
        print_json([asdict(one) for one in taken])
    for one in taken:
        if not as_json:
            print(f"{one.log}: {one.facts:,} facts are new here")
        if one.conflicts:
            say(
                f"{one.log}: {one.conflicts:,} answers differ that were given apart; kstep files list shows who decides"
            )
        if one.unknown:
            say(
                f"{one.log}: {one.unknown:,} people with files there are nobody in this register; register them, and take it again"
            )
        if one.hidden:
            say(
                f"{one.log}: {one.hidden:,} facts are not shown; export it with --payloads, as somebody who may read them"
            )
        if one.otherwise:
            others = ", ".join(subject_of(person) for person in one.otherwise[:5])
            say(f"{one.log}: kept there by another protocol: {others}{' and more' if len(one.otherwise) > 5 else ''}")
    return ATTENTION if any(one.conflicts or one.unknown or one.hidden or one.otherwise for one in taken) else DONE


def _check_bundle(path: Path) -> None:
    """Raise `InputError` if a file is no bundle at all; whether one is what it must be, is verified."""
    import zipfile

    if path.is_file() and not zipfile.is_zipfile(path):
        mend = "give what kstep ledger export wrote"
        raise InputError("is no bundle, and nothing of it was taken", where=str(path), mend=mend)


__all__ = ["take_"]
