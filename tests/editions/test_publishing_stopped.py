"""A publisher that is killed has published nothing, whatever it had written, and the next one does it again."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lists_in_use import ANN, Node, crowd

# Publishes a file in a process of its own that is killed: when the clock is asked for the so-many-th time, or when the edition was
# put in force but its unit has not ended.
_PUBLISH = """
import os, signal, sys
from pathlib import Path
from kstep.editions.projection import editions_projection
from kstep.editions.service import Editions
from kstep.ledger.service import By, Ledger, Projection
from kstep.ledger.vault import Vault
from kstep.model.events import EditionPublished
from kstep.store import Database

url, folder, file, when = sys.argv[1:]

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def clock():
    if when == "clock":
        killed()
    return 1_770_000_000_000_000

vault = Vault(b"k" * 32)
after = [Projection([], {EditionPublished: killed})] if when == "published" else []
ledger = Ledger(Database.open(url), vault, clock, [editions_projection(vault), *after])
Editions(ledger, Path(folder)).publish(By("account:1", "x"), "own", "table", Path(file))
print("published")
"""


def publish_and_die(node: Node, rows: dict[str, dict[str, str]], when: str) -> None:
    url = node.database.url.render_as_string(hide_password=False)
    arguments = [url, str(node.folder / "editions"), str(node.file(rows)), when]
    ended = subprocess.run([sys.executable, "-c", _PUBLISH, *arguments], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, ""), ended.stderr


@pytest.mark.parametrize("when", ["clock", "published"])
def test_killed_publisher_leaves_nothing_half(node: Node, when: str) -> None:
    node.register()
    node.publish(crowd(3))
    before, happened = node.dump(), node.happened()
    publish_and_die(node, crowd(5), when)
    assert (node.dump(), node.happened()) == (before, happened)
    assert len(list((node.folder / "editions" / "own").iterdir())) > 1, "files were copied"
    outcome = node.publish(crowd(5))
    assert (outcome.state, outcome.number, outcome.counts["added"]) == ("published", 2, 2)
    assert len(node.editions.entries("own", 2)) == 5
    live = node.dump()
    node.ledger.rebuild()
    assert node.dump() == live


def test_files_that_were_half_copied_are_replaced(node: Node) -> None:
    node.register()
    edition = node.publish(crowd(3)).edition
    kept = node.folder / "editions" / "own" / edition / "list.jsonl"
    kept.write_bytes(kept.read_bytes()[:10])
    node.publish(crowd(4))
    node.force(crowd(3))
    assert len(node.editions.entries("own", 3)) == 3


def test_leftovers_of_others_do_no_harm(node: Node) -> None:
    node.register()
    folder = node.folder / "editions" / "own"
    for name in (".incoming-dead", "0" * 64, "notes"):
        (folder / name).mkdir(parents=True)
        (folder / name / "list.jsonl").write_text("nobody's", encoding="utf-8")
    assert node.publish(crowd(3)).state == "published"
    assert [kept.number for kept in node.editions.editions("own")] == [1]


def test_publishers_side_by_side_come_one_after_the_other(node: Node, tmp_path: Path) -> None:
    """Each delta is to the edition before it, whoever published that."""
    node.register(most_removed="1/1")
    files = []
    for size in (3, 4, 5, 6):
        folder = tmp_path / str(size)
        folder.mkdir()
        files.append(node.file(crowd(size)).rename(folder / "own.jsonl"))
    failed: list[BaseException] = []

    def publish(file: Path) -> None:
        try:
            node.editions.publish(ANN, "own", "table", file)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=publish, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    kept = node.editions.editions("own")
    assert [edition.number for edition in kept] == [1, 2, 3, 4]
    assert [edition.previous for edition in kept] == [None, 1, 2, 3]
    assert len(set(node.numbers().values())) == kept[-1].told["persons"]
    live = node.dump()
    node.ledger.rebuild()
    assert node.dump() == live
