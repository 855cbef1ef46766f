"""`kstep receive`: the other side, for a headquarters. It takes letters in, keeps them, and signs for them; it needs no home."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kstep.cli.console import ATTENTION, DONE, AsJson, print_json, say
from kstep.cli.dispatch_items import MessageId, read_bytes
from kstep.cli.tables import show as show_table
from kstep.cli.tables import told_dates
from kstep.model import InputError

if TYPE_CHECKING:
    from kstep.dispatch.inbox import Inbox
    from kstep.ledger.signing import SigningKey

app = typer.Typer(no_args_is_help=True, help="Take letters in, and sign for them: for a headquarters.")

KeyFile = Annotated[
    Path, typer.Option("--key", metavar="FILE", help="The key that signs receipts.", show_default=False)
]
InboxFile = Annotated[Path, typer.Option("--inbox", metavar="FILE", help="Where letters are kept.", show_default=False)]
Sender = Annotated[
    list[str] | None, typer.Option("--sender", metavar="KEY", help="Whose letters are taken; several times.")
]


@app.callback()
def root() -> None:
    """Take letters in, and sign for them: for a headquarters."""


@app.command("make-key")
def make_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The recipient's name.", show_default=False)],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the key is to lie.", show_default=False)],
) -> int:
    """Make the key that signs receipts; prints what checks them, for the registries of senders."""
    from kstep.ledger.signing import SigningKey

    made = SigningKey.generate(name)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
            written.write(f"{name}\n{made.secret.hex()}\n")
    except OSError as error:
        mend = "choose a file that is not there"
        raise InputError(f"cannot be written ({error.strerror})", where=str(file), mend=mend) from None
    print(made.key)
    return DONE


@app.command()
def serve(
    key: KeyFile,
    inbox: InboxFile,
    certificate: Annotated[Path, typer.Option(metavar="FILE", help="This server's certificate.", show_default=False)],
    private_key: Annotated[Path, typer.Option(metavar="FILE", help="Its key.", show_default=False)],
    authority: Annotated[Path, typer.Option(metavar="FILE", help="Who vouches for senders.", show_default=False)],
    sender: Sender = None,
    host: Annotated[str, typer.Option(metavar="HOST", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", min=1, max=65535, help="Where to listen.")] = 8443,
) -> int:
    """Run the receiver, until it is stopped."""
    from kstep.dispatch.receiver import Listening, server

    opened = _open(key, inbox, _known(sender))
    running = server(opened, Listening(host, port, certificate, private_key, authority))
    say(f"{opened.signer.name} takes letters at https://{host}:{port}")
    running.run()
    return DONE


@app.command()
def take(
    what: Annotated[Path, typer.Argument(metavar="PATH", help="A letter, or a folder of them.", show_default=False)],
    key: KeyFile,
    inbox: InboxFile,
    sender: Sender = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where receipts go; the same folder unless said.", show_default=False),
    ] = None,
) -> int:
    """Take letters in that came as files, and write their receipts."""
    from kstep.dispatch.folder import LETTER_END, LETTERS, write_receipts

    opened = _open(key, inbox, _known(sender))
    folder = what / LETTERS if (what / LETTERS).is_dir() else what
    files = sorted(folder.glob(f"*{LETTER_END}")) if folder.is_dir() else [what]
    told = opened.take([read_bytes(path) for path in files])
    write_receipts(out or (what if what.is_dir() else what.parent), dict(told))
    wrong = [(path, answer.problem) for path, (_, answer) in zip(files, told, strict=True) if answer.problem]
    for path, problem in wrong:
        say(f"{path}: {problem}")
    print(f"{len(files) - len(wrong):,} letters are kept")
    return ATTENTION if wrong else DONE


@app.command("list")
def list_(key: KeyFile, inbox: InboxFile, as_json: AsJson = False) -> int:
    """The messages that came, the oldest first, and what was signed for each."""
    rows = _open(key, inbox, None).all()
    if as_json:
        print_json(rows)
    else:
        dated = [{**row, "arrived": told_dates(row["arrived"]), "states": ", ".join(row["states"])} for row in rows]
        show_table(dated, ("message", "sender", "arrived", "states"), "nothing came yet")
    return DONE


@app.command()
def show(message: MessageId, key: KeyFile, inbox: InboxFile) -> int:
    """What a message says: the bytes whose hash is signed for."""
    print(_open(key, inbox, None).text(message).decode())
    return DONE


@app.command()
def acknowledge(
    message: MessageId,
    key: KeyFile,
    inbox: InboxFile,
    action: Annotated[
        str, typer.Option(metavar="STATE", help="acknowledged, acted-on, no-action-decided or refused.")
    ] = "acknowledged",
    reason: Annotated[str, typer.Option(metavar="WORD", help="Why it is refused.")] = "",
    reference: Annotated[str, typer.Option(metavar="TEXT", help="Your own file number.")] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the receipt there, too.", show_default=False)
    ] = None,
) -> int:
    """Sign for what became of a message; whoever sent it gets the receipt when it next asks, or as a file."""
    from kstep.dispatch.folder import write_receipts

    if out is not None and not out.is_dir():
        raise InputError("is no folder; nothing was signed", where=str(out), mend="make it, or give one that is there")
    opened = _open(key, inbox, None)
    opened.sign(message, action, reason=reason, reference=reference)
    if out is not None:
        write_receipts(out, opened.receipts([message]))
    return DONE


def _known(senders: list[str] | None) -> list[str]:
    """The senders whose letters are taken. Raises `InputError` if there are none: every letter would be refused."""
    if not senders:
        mend = "say --sender KEY for each, as kstep ledger keys list shows it there"
        raise InputError("whose letters are taken was not said", where="--sender", mend=mend)
    return senders


def _open(key: Path, inbox: Path, senders: list[str] | None) -> Inbox:
    from kstep.app.home import now
    from kstep.dispatch.inbox import Inbox
    from kstep.ledger.verifier import Key, Refused

    try:
        known = [Key.parse(text) for text in senders or ()]
    except Refused as refused:
        raise InputError(
            str(refused), where="--sender", mend="give the key that kstep ledger keys list shows"
        ) from None
    return Inbox.open(inbox, _signer(key), known, now)


def _signer(path: Path) -> SigningKey:
    from kstep.ledger.signing import SigningKey
    from kstep.model import ValueRefused

    lines = read_bytes(path).decode(errors="replace").split("\n")
    try:
        return SigningKey.from_bytes(lines[0], bytes.fromhex(lines[1]))
    except (ValueError, IndexError, ValueRefused):
        what = "is no key that signs receipts: its name in one line, and its secret in the next"
        raise InputError(what, where=str(path), mend="make one with kstep receive make-key") from None
