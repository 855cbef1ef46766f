"""`kstep backup` and `kstep restore`: who may, what is said, and what is there then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import Ran, kstep_here
from kept_homes import ANN, Kept, a_home
from kstep.access.keys import PersonalKey
from kstep.access.service import Access

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    for name in ("KSTEP_RECOVERY_PASSWORD", "KSTEP_BACKUP_PASSPHRASE", "KSTEP_KEY_PASSWORD", "KSTEP_PURPOSE"):
        monkeypatch.delenv(name, raising=False)
    found = a_home(tmp_path / "home")
    monkeypatch.setenv("KSTEP_HOME", str(found.home.path))
    monkeypatch.setenv("KSTEP_KEY", str(tmp_path / "ada.key"))
    monkeypatch.chdir(tmp_path)
    yield found
    found.home.database.close()


def refused(ended: Ran) -> str:
    assert (ended.code, ended.out, len(ended.told)) == (2, "", 1), ended
    return ended.told[0]


RESTORE = ("restore", "out", "--home", "new", "--recovery", "recovery.pem")


def test_backup_is_written_forgotten_and_restored(kept: Kept, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "make one with kstep backup make-key" in refused(kstep_here(capsys, "backup", "out"))
    monkeypatch.setenv("KSTEP_RECOVERY_PASSWORD", "tulip")
    monkeypatch.setenv("KSTEP_BACKUP_PASSPHRASE", "a phrase")
    assert kstep_here(capsys, "backup", "make-key", "recovery.pem").out.startswith("x25519:")
    assert kstep_here(capsys, "backup", "out").code == 0
    kept.register.erase(kept.number_of(5), "retention", ANN)
    assert kstep_here(capsys, "backup", "forget", "out.keys").out == "1 secrets taken out\n"
    (checkpoint,) = (kept.home.path / "checkpoints").iterdir()
    ended = kstep_here(capsys, *RESTORE, "--checkpoint", checkpoint)
    assert (ended.code, ended.told) == (0, []), ended
    assert ended.out.endswith("1 people erased again\n")
    assert "is there already" in refused(kstep_here(capsys, *RESTORE))


def test_who_may_not_neither_backs_up_nor_restores(kept: Kept, capsys: Capture) -> None:
    assert kstep_here(capsys, "backup", "make-key", "recovery.pem").code == 0
    access = Access(kept.home.ledger())
    key = PersonalKey.generate()
    key.write(Path("bo.key"))
    number = access.open_account(access.authenticate(Path("ada.key")), "Bo", key.public, "administration")
    access.grant(access.authenticate(Path("ada.key")), number, "reviewer", "", "administration")
    assert kstep_here(capsys, "backup", "out").code == 0
    for line in (("backup", "more"), ("backup", "forget", "out.keys"), ("backup", "make-key", "x.pem"), RESTORE):
        assert "backup" in refused(kstep_here(capsys, *line, "--as", "bo.key"))
    assert not any(Path(name).exists() for name in ("more", "more.keys", "x.pem", "new"))
    key = PersonalKey.generate()
    key.write(Path("stranger.key"))
    refused(kstep_here(capsys, *RESTORE, "--as", "stranger.key"))
    assert not Path("new").exists()


def test_restore_without_a_checkpoint_needs_attention(kept: Kept, capsys: Capture) -> None:
    kstep_here(capsys, "backup", "make-key", "recovery.pem")
    kstep_here(capsys, "backup", "--keys", "elsewhere.keys", "out")
    assert "out.keys: cannot be read" in refused(kstep_here(capsys, *RESTORE))
    ended = kstep_here(capsys, *RESTORE, "--keys", "elsewhere.keys")
    assert ended.code == 1
    assert any("no checkpoint from outside" in line for line in ended.told)
    assert any("the log's keys did not come with it" in line for line in ended.told)
