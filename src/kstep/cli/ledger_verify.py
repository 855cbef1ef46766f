"""`kstep ledger verify`: a bundle is checked by whoever has it; the database of a home, by who proves who it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.acting import Acting, ActingKey, HomeFolder, Purpose, acting
from kstep.cli.console import ATTENTION, DONE, AsJson, print_json, print_table, say
from kstep.model import InputError, one_line

if TYPE_CHECKING:
    from kstep.ledger.soundness import Soundness
    from kstep.ledger.verifier import Checkpoint, Key


CheckpointsLeft = Annotated[
    list[Path] | None, typer.Option("--checkpoint", help="A checkpoint that left, in a file.", show_default=False)
]


def verify(
    bundle: Annotated[
        Path | None,
        typer.Argument(
            help="A folder or a ZIP archive, or a certificate; without, the database of the home.", show_default=False
        ),
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="A key that was told from outside.", show_default=False)
    ] = None,
    checkpoint: CheckpointsLeft = None,
    as_json: AsJson = False,
    home: HomeFolder = None,
    as_: ActingKey = None,
    purpose: Purpose = "administration",
) -> int:
    """Check a bundle, or the database of a home, against keys and checkpoints from outside."""
    told, outside = [key_of(text) for text in key or ()], [checkpoint_of(path) for path in checkpoint or ()]
    if bundle is not None:
        if not bundle.exists():
            raise InputError(
                "there is no such file or folder", where=str(bundle), mend="give a bundle, or --home alone"
            )
        if bundle.suffix == ".json":
            from kstep.ledger.verifier import check_certificate

            return check_certificate(bundle.read_bytes(), told)
        return _verify_bundle(bundle, told, outside, as_json)
    if home is None:
        raise InputError("neither a bundle nor a home", mend="give BUNDLE, or --home DIR, or set KSTEP_HOME")
    with acting(home, as_, purpose, "ledger.checkpoint", node=True) as now:
        return _verify_home(now, told, outside, as_json)


def _verify_bundle(bundle: Path, told: list[Key], outside: list[Checkpoint], as_json: bool) -> int:
    from kstep.ledger import verifier

    if not as_json:
        arguments = [str(bundle), *(f"--key={key}" for key in told)]
        return verifier.main([*arguments, *(f"--checkpoint={found.where}" for found in outside)])
    refused = None
    found: list[verifier.Log] = []
    try:
        found = verifier.verify(bundle, told, outside)
    except (verifier.Refused, OSError, *verifier.DAMAGED) as error:
        refused = str(error)
    verified = refused is None and all(log.from_outside for log in found)
    print_json({
        "verified": verified, "refused": refused,
        "logs": [
            {"log": log.origin, "events": log.size, "payloads": log.shown, "rows": log.rows, "from_outside": len(log.from_outside),
             "cosigned": log.cosigned}
            for log in found
        ],
    })  # fmt: skip
    return DONE if verified else ATTENTION


def _verify_home(now: Acting, told: list[Key], outside: list[Checkpoint], as_json: bool) -> int:
    from kstep.ledger.soundness import Soundness
    from kstep.ledger.ways import ways_of
    from kstep.ledger.witness import Witness

    witnesses = [
        key for way in ways_of(now.home.settings, now.home.path) if isinstance(way, Witness) for key in way.keys
    ]
    own = [signer.key for signer in now.home.signing_keys]
    look = Soundness(now.ledger, [*told, *witnesses, *own], outside)
    found = []
    for finding in look.findings():
        found.append(finding)
        if not as_json:
            print(one_line(f"WRONG: {finding}"))
    owed = [looked.origin for looked in look.looked if not looked.from_outside]
    if as_json:
        print_json({
            "sound": not found, "findings": [finding._asdict() for finding in found],
            "logs": [vars(looked) for looked in look.looked],
        })  # fmt: skip
    else:
        _print_looked(look)
    for origin in owed:
        say(f"{origin}: no checkpoint from outside; nothing but this database's word stands against another history")
    return ATTENTION if found or owed else DONE


def _print_looked(look: Soundness) -> None:
    print_table(
        ("log", "events", "payloads read", "destroyed", "rows read", "checkpoints from outside"),
        [
            (looked.origin, *(f"{count:,}" for count in list(vars(looked).values())[1:]))
            for looked in look.looked
        ],
    )  # fmt: skip


def key_of(text: str) -> Key:
    from kstep.ledger.verifier import Key, Refused

    try:
        return Key.parse(text)
    except Refused as refused:
        raise InputError(str(refused), where="--key", mend="give the line as kstep ledger keys list shows it") from None


def checkpoint_of(path: Path) -> Checkpoint:
    from kstep.ledger.verifier import Checkpoint, Refused

    try:
        return Checkpoint.parse(path.read_bytes(), str(path))
    except Refused as refused:
        raise InputError(str(refused), where="--checkpoint", mend="give the file as it left") from None
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", where=str(path), mend="give the file as it left"
        ) from None


__all__ = ["CheckpointsLeft", "checkpoint_of", "key_of", "verify"]
