"""What a node does, run in processes that are killed with SIGKILL at the n-th call by which they touch the database or the disk.

Run as a programme, it reads commands as lines of JSON and forks a process for each, so that none has to be loaded anew. Nothing of
this is in kstep: the calls that are counted are those of SQLAlchemy and `os`.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, select
from sqlalchemy.engine.default import DefaultDialect

from kept_homes import ANN, Kept, listed_file
from kstep.app import erasure, home
from kstep.ledger.checkpoints import make_checkpoint
from kstep.ledger.leaving import Directory, leave
from kstep.model import KstepError
from kstep.register import importing
from kstep.register.tables import State, people
from nodes import people_file, person

NOW = 1_770_000_000_000_000
LEAVING, ERASED = range(4), range(4, 8)
ELSEWHERE = "elsewhere"
"""A folder beside a home, to which its checkpoints leave."""

FILE_CALLS = ("fsync", "rename", "replace", "link", "unlink", "mkdir", "open")


def prepare(folder: Path, phase: str, url: str | None = None) -> None:
    """A home in `folder/home` in which this phase has something to do."""
    (folder / ELSEWHERE).mkdir()
    kept = Kept.make(folder / "home", url)
    kept.import_people(people_file(folder / "first.csv", [person(number) for number in range(12)]))
    changed = [person(number) for number in range(2, 9)] + [
        person(1, name="Tarik Kasrawan"),
        person(0, name="Other Name"),
    ]
    people_file(folder / "second.csv", changed + [person(number) for number in range(20, 34)])
    kept.publish(listed_file(folder))
    if phase in ("rescreen", "erasure"):
        kept.rescreen()
    if phase == "rescreen":
        kept.import_people(folder / "second.csv")
        kept.publish(listed_file(folder, 9))
    listed_file(folder, 9)
    kept.checkpoint()
    kept.home.database.close()


def import_(kept: Kept, folder: Path) -> None:
    importing.AT_ONCE = 5
    kept.import_people(folder / "second.csv")


def publish(kept: Kept, folder: Path) -> None:
    kept.publish(folder / "own.jsonl")


def rescreen(kept: Kept, folder: Path) -> None:
    kept.rescreen()


def checkpoint(kept: Kept, folder: Path) -> None:
    """People leave, and after each the log is signed and the note sent away."""
    for number in LEAVING:
        who = kept.number_of(number)
        with kept.home.database.read() as connection:
            state = connection.execute(select(people.c.state).where(people.c.person == who)).scalar()
        if state == State.PRESENT:
            kept.register.leave(who, "departed", "a ticket", "account:2", ANN)
        made = make_checkpoint(kept.home.ledger(), kept.home.signing_keys)
        copies = Directory(kept.home.path / "checkpoints")
        copies.send(made.note, made.made)
        assert not any(one.failed for one in leave(kept.home.ledger(), made, [Directory(folder / ELSEWHERE)]))


def erase(kept: Kept, folder: Path) -> None:
    asked = json.loads((folder / "erased.json").read_text())
    erasure.erase(kept.home, kept.register, asked, "retention", ANN)


PHASES: dict[str, Callable[[Kept, Path], None]] = {
    "import": import_, "publish": publish, "rescreen": rescreen, "checkpoint": checkpoint, "erasure": erase,
}  # fmt: skip


class Points:
    """Counts the calls that matter, by what they are, and kills this process at one of them."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at = kill_at
        self.met: list[str] = []

    def meet(self, what: str) -> None:
        self.met.append(what)
        if len(self.met) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        event.listen(Engine, "before_cursor_execute", lambda *told: self.meet(f"sql {str(told[2]).split()[0]}"))
        first: Any = DefaultDialect.do_commit

        def do_commit(dialect: Any, connection: Any) -> None:
            self.meet("before commit")
            first(dialect, connection)
            self.meet("after commit")

        DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
        for name in FILE_CALLS:
            self._wrap(name)

    def _wrap(self, name: str) -> None:
        first = getattr(os, name)

        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.meet(f"before {name}")
            done = first(*arguments, **named)
            if name != "open":
                self.meet(f"after {name}")
            return done

        setattr(os, name, wrapped)


def run_child(asked: dict[str, Any], out: int) -> None:
    """Run a phase in this process, which ends with it."""
    folder = Path(asked["folder"])
    points = Points(asked["kill_at"])
    told: dict[str, Any] = {}
    try:
        if asked.get("largest_file"):
            resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest_file"], asked["largest_file"]))
        kept = Kept.open(folder / "home")
        points.install()
        PHASES[asked["phase"]](kept, folder)
    except (KstepError, OSError) as error:
        told["refused"] = str(error)
    except BaseException:
        traceback.print_exc()
        told["broken"] = traceback.format_exc()
    told["points"] = points.met
    with os.fdopen(out, "w") as file:
        json.dump(told, file)
    os._exit(0)


def serve() -> None:
    """Run what is asked, each in a process of its own."""
    home.now = lambda: NOW
    os.cpu_count = lambda: 1
    with tempfile.TemporaryDirectory() as folder:  # what is compiled is loaded once
        prepare(Path(folder), "rescreen")
        kept = Kept.open(Path(folder) / "home")
        kept.rescreen()
        kept.home.database.close()
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "prepare" in asked:
            prepare(Path(asked["folder"]), asked["prepare"], asked["url"])
            print(json.dumps({}), flush=True)
            continue
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            os.close(reading)
            run_child(asked, writing)
        os.close(writing)
        with os.fdopen(reading) as file:
            text = file.read()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps({"killed": killed, **(json.loads(text) if text else {})}), flush=True)


class Phases:
    """A programme that runs phases, as tests ask it."""

    def __init__(self) -> None:
        paths = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )  # fmt: skip
        assert self._process.stdout is not None and self._process.stdin is not None
        self._out, self._in = self._process.stdout, self._process.stdin
        while (line := self._out.readline()) != "ready\n":
            assert line, "it ended"

    def ask(self, **asked: Any) -> dict[str, Any]:
        self._in.write(json.dumps(asked) + "\n")
        self._in.flush()
        told: dict[str, Any] = json.loads(self._out.readline())
        assert "broken" not in told, told["broken"]
        return told

    def run(self, phase: str, folder: Path, kill_at: int = 0, **more: Any) -> dict[str, Any]:
        return self.ask(phase=phase, folder=str(folder), kill_at=kill_at, **more)

    def close(self) -> None:
        self._in.close()
        self._process.wait(60)
        self._out.close()


if __name__ == "__main__":
    serve()
