"""Who acts proves it by a personal key in a file that nobody else may read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from access_nodes import FOR, ORIGIN, Node
from kstep.access.account import AccessError
from kstep.access.keys import CHALLENGE_BYTES, PersonalKey, proves
from kstep.model import InputError
from kstep.model.events import AccessDenied
from kstep.store import Database


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    return Node.begun(database, tmp_path)


def written(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_owner_of_a_key_is_let_in(node: Node) -> None:
    number = node.open("reviewer")
    actor = node.actor(number)
    assert (actor.number, actor.subject, actor.active) == (number, f"account:{number}", True)
    assert (actor.by("review").actor, actor.by("review").purpose) == (f"account:{number}", "review")
    with pytest.raises(InputError, match="'curiosity' is no declared purpose; say one of administration, "):
        actor.by("curiosity")


def test_key_of_nobody_is_refused_and_whom_to_ask_is_told(node: Node) -> None:
    with pytest.raises(AccessError, match=r"no account's on this node; .* to an administrator \(account:1\)"):
        node.access.authenticate(node.write("stranger.key"))


def test_public_key_alone_proves_nothing(node: Node, tmp_path: Path) -> None:
    """Neither with an answer of another key, nor with one to another challenge, or given to another node."""
    mine, other = PersonalKey.read(node.files[1]), PersonalKey.generate()
    challenge, stale = os.urandom(CHALLENGE_BYTES), os.urandom(CHALLENGE_BYTES)
    for answer in (
        other.answer(ORIGIN, challenge), mine.answer(ORIGIN, stale), mine.answer("other.example/x", challenge), b"", b"\x00" * 64,
    ):  # fmt: skip
        assert not proves(mine.public, ORIGIN, challenge, answer)
        with pytest.raises(AccessError, match="this key is no account's"):
            node.access.admit(mine.public, challenge, answer)
    assert node.access.admit(mine.public, challenge, mine.answer(ORIGIN, challenge)).number == 1
    assert not proves("ed25519:nonsense", ORIGIN, challenge, b"")


def test_replaced_key_and_closed_account_are_refused_and_recorded(node: Node) -> None:
    number = node.open("reviewer")
    old = node.files[number]
    node.files[number] = node.write("new.key")
    node.access.replace_key(node.actor(), number, PersonalKey.read(node.files[number]).public, "lost", FOR)
    with pytest.raises(AccessError, match="this key of account:2 was replaced; ask an administrator"):
        node.access.authenticate(old)
    assert node.actor(number).number == number
    node.access.close_account(node.actor(), number, "left", FOR)
    with pytest.raises(AccessError, match="account:2 is closed"):
        node.actor(number)
    denied = node.told(AccessDenied)
    assert [(told.actor, told.purpose, told.subject) for told in denied] == [
        ("account:2", "authentication", "account:2")
    ] * 2
    assert [told.fact.reason for told in denied if isinstance(told.fact, AccessDenied)] == [
        "this key of account:2 was replaced", "account:2 is closed",
    ]  # fmt: skip


def test_owner_replaces_the_own_key_and_no_other(node: Node) -> None:
    number, other = node.open(), node.open()
    fresh = node.write("fresh.key")
    node.access.replace_key(node.actor(number), number, PersonalKey.read(fresh).public, "on paper", FOR)
    assert node.access.authenticate(fresh).number == number
    with pytest.raises(AccessError, match="no role that may do this: administrator"):
        node.access.replace_key(node.access.authenticate(fresh), other, PersonalKey.generate().public, "theft", FOR)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644, 0o660])
def test_file_that_others_may_read_or_write_is_refused(node: Node, mode: int) -> None:
    node.files[1].chmod(mode)
    with pytest.raises(InputError, match=r"first.key: can be read or written by others; chmod 600 .*first.key; if"):
        node.actor()
    node.files[1].chmod(0o400)
    assert node.actor().number == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only the super-user gives files away")
def test_file_of_somebody_else_is_refused(node: Node) -> None:
    os.chown(node.files[1], 12345, -1)
    with pytest.raises(InputError, match="belongs to somebody else"):
        node.actor()


def test_new_file_is_its_owners_alone_and_replaces_nothing(tmp_path: Path) -> None:
    key = PersonalKey.generate()
    before = os.umask(0)
    try:
        key.write(tmp_path / "mine.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "mine.key").stat().st_mode) == 0o600
    assert PersonalKey.read(tmp_path / "mine.key").public == key.public
    with pytest.raises(InputError, match="is there already; choose another file"):
        PersonalKey.generate().write(tmp_path / "mine.key")
    assert PersonalKey.read(tmp_path / "mine.key").public == key.public
    with pytest.raises(InputError, match="cannot be written"):
        key.write(tmp_path / "gone" / "mine.key")
    assert repr(key) == f"PersonalKey({key.public})"


def test_password_guards_a_file(tmp_path: Path) -> None:
    key = PersonalKey.generate()
    key.write(tmp_path / "mine.key", "pass wörd \udcff")
    assert PersonalKey.read(tmp_path / "mine.key", "pass wörd \udcff").public == key.public
    with pytest.raises(InputError, match="is a key behind a password; set KSTEP_KEY_PASSWORD"):
        PersonalKey.read(tmp_path / "mine.key")
    with pytest.raises(InputError, match="check KSTEP_KEY_PASSWORD"):
        PersonalKey.read(tmp_path / "mine.key", "another")
    key.write(tmp_path / "open.key")
    assert PersonalKey.read(tmp_path / "open.key", "for another file").public == key.public


def test_file_that_is_no_key_is_told(tmp_path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    pem, pkcs8, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    curve = generate_private_key(SECP256R1()).private_bytes(pem, pkcs8, plain)
    mine = private.private_bytes(pem, pkcs8, plain)
    shown = private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path, told in (
        (written(tmp_path / "empty", b""), "holds no key that can be read"),
        (written(tmp_path / "noise", os.urandom(500)), "holds no key that can be read"),
        (written(tmp_path / "public", shown), "name the file of your key, not of your public key"),
        (written(tmp_path / "cut", mine[:-40]), "holds no key that can be read"),
        (written(tmp_path / "curve", curve), "is a key of another kind than Ed25519"),
        (written(tmp_path / "long", b"\n" * 20_000 + mine), "holds no key that can be read"),
        (tmp_path / "folder", "cannot be read (Is a directory)"),
        (tmp_path / "pipe", "is no file"),
        (tmp_path / "gone", "cannot be read (No such file or directory); name the file of your key"),
        (Path("/dev/null"), "is no file"),
    ):
        with pytest.raises(InputError) as raised:
            PersonalKey.read(path)
        assert told in str(raised.value)
