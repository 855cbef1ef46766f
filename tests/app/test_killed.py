"""Kill -9 at enumerated points of import, publish, rescreen, checkpoint and erasure, on both databases: nothing is lost, nothing
doubled, and the verifier passes, at once and after the same was run again.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from databases import new_postgresql
from kept_homes import Kept
from killed_phases import ELSEWHERE, ERASED, PHASES, Phases
from kstep.ledger.segments import read_rows
from kstep.ledger.tables import secrets
from kstep.ledger.verifier import Checkpoint
from kstep.screening import register_index

HITS = 24
"""Points of each phase at which it is killed in the long run, and has to be."""


@pytest.fixture(scope="module")
def phases() -> Iterator[Phases]:
    found = Phases()
    yield found
    found.close()


class Ground:
    """A home in which a phase has something to do, and copies of it."""

    def __init__(self, folder: Path, phases: Phases, phase: str, server: str | None) -> None:
        self.folder, self.phases, self.phase, self.server = folder, phases, phase, server
        self._made = 0
        self._first = folder / "first"
        self._first.mkdir()
        self._url = new_postgresql(server) if server else None
        phases.ask(prepare=phase, folder=str(self._first), url=self._url)
        kept = Kept.open(self._first / "home")
        (self._first / "erased.json").write_text(json.dumps([kept.number_of(number) for number in ERASED]))
        kept.home.database.close()

    def copy(self) -> Path:
        """Another one, as it was."""
        self._made += 1
        folder = self.folder / str(self._made)
        shutil.copytree(self._first, folder)
        if self.server:
            name = make_url(self._url or "").database or ""
            url = new_postgresql(self.server, name)
            settings = folder / "home/kstep.toml"
            settings.write_text(settings.read_text().replace(name, make_url(url).database or ""))
        return folder

    def forget(self, folder: Path) -> None:
        """Take a copy away."""
        if self.server:
            found = re.search(r"kstep_\d+", (folder / "home/kstep.toml").read_text())
            assert found
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {found.group()} WITH (FORCE)".encode())
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> str | None:
    """The URL of PostgreSQL's server, or none."""
    return request.getfixturevalue("postgresql") if request.param == "postgresql" else None


def plain(value: Any) -> Any:
    """A value without the random end of a segment's name, and the root, which that salts."""
    if not isinstance(value, str):
        return value
    value = re.sub(r'("root": ?)"[0-9a-f]{64}"', r"\1", value)
    return re.sub(r'((?:import|screened|edition) [^"]*?) [0-9a-f]{8,32}(?="|$)', r"\1", value)


def looked_at(folder: Path) -> dict[str, Any]:
    """All that a node says, but for what is random; once it was found sound, and its tables to be those of its events."""
    kept = Kept.open(folder / "home")
    try:
        left = [Checkpoint.parse(path.read_bytes(), path.name) for path in (folder / ELSEWHERE).glob("*.checkpoint")]
        copies = (folder / "home/checkpoints").glob("*.checkpoint")
        left += [Checkpoint.parse(path.read_bytes(), path.name) for path in copies]
        assert kept.findings(*left) == []
        live = kept.dump()
        kept.home.ledger().rebuild()
        assert kept.dump() == live
        found: dict[str, Any] = {table: [tuple(map(plain, row)) for row in rows] for table, rows in live.items()}
        ledger = kept.home.ledger()
        with kept.home.database.read() as connection:
            told = list(ledger.opened(connection, 0))
            found["events"] = [
                (one.event.type, one.event.subject, one.event.actor, one.event.recorded, plain(json.dumps(one.payload)))
                for one in told
            ]
            segments = [one.payload["segment"]["id"] for one in told if one.payload and "segment" in one.payload]
            found["rows"] = [
                [(row.subject, row.row) for some in read_rows(connection, kept.home.vault, segment) for row in some]
                for segment in segments
            ]
            lines = connection.execute(select(secrets).where(secrets.c.subject.like("person:%"))).all()
            found["secrets"] = sorted((line.subject, line.generation, not line.wrapped) for line in lines)
        found["left"] = sorted({checkpoint.size for checkpoint in left})
        found["editions"] = sorted(
            path.relative_to(folder).as_posix() for path in (folder / "home/editions").rglob("*")
            if path.is_file() and "/." not in path.as_posix()
        )  # fmt: skip
        return found
    finally:
        kept.home.database.close()


DATED = {"events", "rows", "secrets", "left", "editions_lists"}
"""What says more when something that was done is asked for once more: that a list arrived again, or how long the log is then."""


def check_killed(ground: Ground, kill_at: int, undisturbed: dict[str, Any], where: str) -> None:
    """Kill a phase at a point, and run it again."""
    folder = ground.copy()
    ended = ground.phases.run(ground.phase, folder, kill_at)
    assert ended["killed"], f"{where}: this point was never hit"
    found = looked_at(folder)
    done = found["events"] == undisturbed["events"]  # it was killed when all was written
    ended = ground.phases.run(ground.phase, folder)
    assert not ended["killed"] and "refused" not in ended, f"{where}: {ended}"
    again = looked_at(folder)
    for name, held in undisturbed.items():
        if not done or name not in DATED:
            assert again[name] == held, f"{where}: {name}"
        elif name not in ("left", "editions_lists"):
            assert found[name] == held, f"{where}: {name}"
    assert again["left"][-1] >= undisturbed["left"][-1], where
    if ground.phase == "erasure":
        assert register_index.find(folder / "home/indexes") is None, where
    ground.forget(folder)


def killed_at_points(ground: Ground, wanted: int) -> int:
    """Kill a phase at so many points, evenly among all, the first and the last with them; returns how often it was."""
    folder = ground.copy()
    before = looked_at(folder)
    ended = ground.phases.run(ground.phase, folder)
    assert "refused" not in ended, ended
    undisturbed = looked_at(folder)
    assert undisturbed["events"][: len(before["events"])] == before["events"]
    assert len(undisturbed["events"]) > len(before["events"]), "it did something"
    ground.forget(folder)
    count = len(ended["points"])
    points = sorted({1 + number * (count - 1) // (wanted - 1) for number in range(wanted)})
    for kill_at in points:
        where = f"{ground.phase}, killed at {kill_at} of {count} ({ended['points'][kill_at - 1]})"
        check_killed(ground, kill_at, undisturbed, where)
    return len(points)


@pytest.mark.parametrize("phase", PHASES)
def test_killed_and_run_again_is_as_if_it_never_was(
    tmp_path: Path, phases: Phases, phase: str, server: str | None
) -> None:
    assert killed_at_points(Ground(tmp_path, phases, phase, server), 3) == 3


@pytest.mark.proof
@pytest.mark.parametrize("phase", PHASES)
def test_killed_at_many_points(tmp_path: Path, phases: Phases, phase: str, server: str | None) -> None:
    assert killed_at_points(Ground(tmp_path, phases, phase, server), HITS) >= 20, "points are too few"
