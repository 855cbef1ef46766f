"""A disk that is full, a folder that cannot be written to, a database that is gone: one clear line, and nothing half-written."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from command_line import KSTEP, Ran, kstep
from full_disk import ROOMS
from kept_homes import Kept, a_home, listed_file
from killed_phases import PHASES, Phases
from kstep.app.backup import back_up, keys_beside, make_recovery_key


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    found = a_home(tmp_path / "home")
    make_recovery_key(found.home, tmp_path / "recovery.pem", "")
    monkeypatch.setenv("KSTEP_HOME", str(found.home.path))
    monkeypatch.setenv("KSTEP_KEY", str(tmp_path / "ada.key"))
    yield found
    found.home.database.close()


def with_small_disk(*arguments: str | Path, largest: int = 4_096) -> Ran:
    """The command where no file may grow beyond some bytes."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    ended = subprocess.run(
        [str(KSTEP), *map(str, arguments)], capture_output=True, timeout=300, env=os.environ, preexec_fn=limit
    )
    return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def one_line_of(ended: Ran, *said: str) -> None:
    assert (ended.code, ended.out, len(ended.told)) == (2, "", 1), ended
    assert any(one in ended.err for one in said), ended.err


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def without_room(*arguments: str | Path) -> Ran:
    return with_small_disk(*arguments)


def without_rights(*arguments: str | Path) -> Ran:
    return kstep(*arguments, powers=False)


@pytest.mark.parametrize("fault", [without_room, without_rights])
def test_backup_that_cannot_be_written_is_not_there(kept: Kept, tmp_path: Path, fault: Callable[..., Ran]) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    if fault is without_rights:
        folder.chmod(0o555)
    one_line_of(fault("backup", folder / "out"), "File too large", "Permission denied", "disk")
    assert names_in(folder) == []


@pytest.mark.parametrize("fault", [without_room, without_rights])
def test_restore_that_cannot_be_written_is_not_there(kept: Kept, tmp_path: Path, fault: Callable[..., Ran]) -> None:
    back_up(kept.home, tmp_path / "out", keys_beside(tmp_path / "out"))
    folder = tmp_path / "new"
    folder.mkdir()
    if fault is without_rights:
        folder.chmod(0o555)
    ended = fault("restore", tmp_path / "out", "--home", folder / "home", "--recovery", tmp_path / "recovery.pem")
    one_line_of(ended, "File too large", "Permission denied", "disk")
    assert names_in(folder) == []


def test_database_that_is_gone_is_told(kept: Kept, tmp_path: Path) -> None:
    kept.home.database.close()
    settings = kept.home.path / "kstep.toml"
    settings.write_text('origin = "screening.example/hq"\ndatabase = "postgresql://nobody@127.0.0.1:9/gone"\n')
    for line in (["backup", str(tmp_path / "out")], ["lists", "publish", f"table={listed_file(tmp_path)}"]):
        one_line_of(kstep(*line), "it has to be running and reachable")
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def phases() -> Iterator[Phases]:
    found = Phases()
    yield found
    found.close()


@pytest.mark.parametrize("phase", PHASES)
def test_full_disk_stops_a_phase_whole(tmp_path: Path, phases: Phases, phase: str) -> None:
    """No file may grow; what was there is there, and with room the same goes through."""
    phases.ask(prepare=phase, folder=str(tmp_path), url=None)
    kept = Kept.open(tmp_path / "home")
    erased = [kept.number_of(number) for number in (4, 5)]
    (tmp_path / "erased.json").write_text(str(erased))
    before = kept.dump()
    kept.home.database.close()
    ended = phases.run(phase, tmp_path, largest_file=4_096)
    assert "refused" in ended and len(ended["refused"].splitlines()) == 1, ended
    kept = Kept.open(tmp_path / "home")
    assert kept.findings() == []
    assert kept.dump() == before
    kept.home.database.close()
    assert "refused" not in phases.run(phase, tmp_path)
    kept = Kept.open(tmp_path / "home")
    assert kept.findings() == []
    assert kept.dump() != before
    kept.home.database.close()


@pytest.mark.proof
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_disk_that_is_full_to_the_last_byte_stops_a_phase_whole(tmp_path: Path, kind: str) -> None:
    """A file system of its own, which the node and its server lie on; it takes the rights to mount one."""
    folder = Path(tempfile.mkdtemp(prefix="kstep-full-", dir="/tmp"))  # the path of a socket has to be short
    folder.chmod(0o755)
    programme = Path(__file__).parents[1] / "full_disk.py"
    ended = subprocess.run(
        ["unshare", "--mount", sys.executable, str(programme), kind, str(folder)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    shutil.rmtree(folder)
    assert ended.returncode == 0, ended.stderr
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {(one["phase"], one["room"]) for one in told} == {(phase, room) for phase in PHASES for room in ROOMS}
    for one in told:
        assert one["findings"] == one["findings then"] == [], one
        assert one["as before"] is (one["refused"] is not None), one
        assert one["goes through"], one
        if one["refused"]:
            assert len(one["refused"].splitlines()) == 1
            assert "No space left" in one["refused"] or "disk is full" in one["refused"], one
    assert len({one["phase"] for one in told if one["refused"]}) >= 4
